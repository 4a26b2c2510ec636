//! The steps of a chain: what follows when nobody acknowledges.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use super::{ContentError, Recipients};
use crate::frame::is_false;
use crate::{CHAIN_AFTER_MINUTES_MAX, CHAIN_STEPS_MAX};

/// One step of a chain.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, Encode, Decode)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// So many minutes after the time until which the message was to be acknowledged, at most
    /// [`crate::CHAIN_AFTER_MINUTES_MAX`].
    #[n(0)]
    pub after_minutes: u16,
    /// Who is told the message as well. Nobody: its own recipients are reminded.
    #[n(1)]
    #[cbor(skip_if = "Recipients::is_nothing")]
    #[serde(default, skip_serializing_if = "Recipients::is_nothing")]
    pub to: Recipients,
    /// And who looks after those whom the message concerns: the dispatchers whose coverage has its author
    /// in it, or the one it was written to; with `on_shift` in `to` only who of them is on shift.
    #[n(2)]
    #[cbor(skip_if = "is_false")]
    #[serde(default, skip_serializing_if = "is_false")]
    pub covering: bool,
}

impl Step {
    /// Whether it tells nobody else, and so reminds those who were told.
    pub fn is_reminder(&self) -> bool {
        self.to.is_empty() && !self.covering
    }
}

/// What follows where a message names no chain: its recipients are reminded for an hour.
pub fn reminders() -> Vec<Step> {
    let step = |after_minutes| Step { after_minutes, to: Recipients::default(), covering: false };
    [0, 5, 15, 30, 60].map(step).to_vec()
}

/// Steps come one after the other.
pub(super) fn check_steps(steps: &[Step]) -> Result<(), ContentError> {
    let wrong = |what: String| Err(ContentError { field: "steps", what });
    if steps.is_empty() || steps.len() > CHAIN_STEPS_MAX {
        return wrong(format!("from 1 to {CHAIN_STEPS_MAX}"));
    }
    if !steps.is_sorted_by_key(|step| step.after_minutes) {
        return wrong("each comes after the one before it".into());
    }
    if steps.iter().any(|step| step.after_minutes > CHAIN_AFTER_MINUTES_MAX) {
        return wrong(format!("at most {CHAIN_AFTER_MINUTES_MAX} minutes after the time"));
    }
    if steps.iter().any(|step| step.is_reminder() && step.to.on_shift) {
        return wrong(
            "`on_shift` narrows those whom a step names, and this one names nobody".into(),
        );
    }
    steps.iter().try_for_each(|step| step.to.check_bounds())
}
