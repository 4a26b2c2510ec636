//! What a stop is folded from: the words about it, and the steps that they make.

use serde::{Deserialize, Serialize};

use crate::{
    Body, ConversationId, FactId, Millis, PersonId, Priority, ReasonCode, StopState, TemplateUse,
};

/// What a consignee has said about a stop.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ConsigneeWord {
    /// What it is called, whoever is told.
    pub first: FactId,
    /// The fact with which whose stop it is now was told.
    pub fact: FactId,
    /// That fact's number in the record.
    #[serde(default)]
    pub n: u64,
    /// What.
    pub said: TemplateUse,
    /// How urgent it is.
    #[serde(default)]
    pub priority: Priority,
    /// Who was told.
    #[serde(default)]
    pub heard: Vec<PersonId>,
}

/// What a driver says of a plan.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PlanReply {
    /// The fact with the plan.
    pub plan: FactId,
    /// Whether they agree.
    pub accepted: bool,
    /// Why not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<ReasonCode>,
    /// What else there is to say.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// When.
    pub at: Millis,
}

/// Something that was done with a stop.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StopStep {
    /// The fact that says so.
    pub fact: FactId,
    /// By whom.
    pub by: PersonId,
    /// When it was done.
    pub at: Millis,
    /// What.
    #[serde(flatten)]
    pub what: Stepped,
    /// Why it does not fit what was done otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conflict: Option<Conflict>,
}

/// What was done with a stop.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "step", rename_all = "kebab-case")]
pub enum Stepped {
    /// It was planned.
    Planned {
        /// For whom.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        driver: Option<PersonId>,
        /// Whether whoever does not know this plan may do the wrong work.
        other_work: bool,
    },
    /// Its driver has agreed with the plan.
    Agreed,
    /// It has become so.
    Moved {
        /// What.
        to: StopState,
        /// Why.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<ReasonCode>,
        /// The plan that its author had before their eyes.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        seen: Option<FactId>,
        /// Whose stop it is where it was said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        driver: Option<PersonId>,
        /// Whether evidence came with it.
        #[serde(default)]
        proof: bool,
    },
}

/// Why something does not fit what was done otherwise.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = StopConflict))]
#[serde(rename_all = "kebab-case")]
pub enum Conflict {
    /// The stop was over by then.
    Over,
    /// The stop was someone else's by then.
    NotTheirs,
    /// It was done by another plan, which its author did not know.
    PlanUnseen,
    /// It was given to someone else when it was over.
    GivenTooLate,
}

/// Something that was said about trips and stops.
#[derive(Clone, Copy, Debug)]
pub struct StopWord<'a> {
    /// The fact.
    pub id: FactId,
    /// Its number in the record.
    pub n: u64,
    /// Who said it.
    pub author: PersonId,
    /// Where.
    pub place: ConversationId,
    /// When it was recorded.
    pub recorded_at: Millis,
    /// The server's clock minus the author's, as the author's device estimated it.
    pub skew_ms: Option<i64>,
    /// What.
    pub body: &'a Body,
}

impl StopWord<'_> {
    /// When it was done, by the clock of the server, as far as anyone can tell: nothing was done after it was
    /// recorded.
    pub fn at(&self) -> Millis {
        let occurred = self.id.occurred_at().unwrap_or(self.recorded_at);
        occurred.saturating_add(self.skew_ms.unwrap_or(0)).min(self.recorded_at)
    }
}
