//! What the staff work on together, and what has become of it.

use serde::{Deserialize, Serialize};

use crate::{
    Body, ConversationId, FactId, IncidentCategory, Millis, PersonId, Priority, StopState, kind,
};

/// A matter that the staff share: an incident, or what someone has said to dispatch. It is what its
/// conversation has made of it, word by word.
///
/// ```
/// use waypost_protocol::{Body, Case, ConversationId, FactId, PersonId, Word};
///
/// let (dana, omar) = (PersonId(7), PersonId(2));
/// let mut case = Case::of(ConversationId::Dispatch(dana)).expect("the staff share it");
/// let says = |author, is_staff, at, body| Word { id: FactId::mint(at, 0), author, is_staff, at, body };
/// let (asks, answers) = (Body::text("Which gate?"), Body::text("Gate 5"));
/// case.hears(says(dana, false, 1_000, &asks));
/// assert_eq!(case.waiting_since, Some(1_000));
/// case.hears(says(omar, true, 9_000, &answers));
/// assert_eq!((case.waiting_since, case.answered_by), (None, Some(omar)));
/// ```
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Case {
    /// Whether it is an incident, and not what is said to dispatch.
    pub incident: bool,
    /// Of an incident, its sort. `None` for one that nobody has opened yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<IncidentCategory>,
    /// Who outside of the staff is in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<PersonId>,
    /// How urgent it is: as the most urgent message that waits, of an incident as the most urgent of all
    /// from outside of the staff.
    pub priority: Priority,
    /// Who of the staff has taken it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assignee: Option<PersonId>,
    /// When they have (milliseconds since 1970).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assigned_at: Option<Millis>,
    /// When an incident was opened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opened_at: Option<Millis>,
    /// Since when someone outside of the staff waits for a word of theirs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiting_since: Option<Millis>,
    /// The first message that waits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiting: Option<FactId>,
    /// Who of the staff has answered last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered_by: Option<PersonId>,
    /// When they did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered_at: Option<Millis>,
    /// Who has resolved it, unless it was opened again since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolved_by: Option<PersonId>,
    /// When they did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolved_at: Option<Millis>,
}

/// Something that was said where the staff share a conversation.
#[derive(Clone, Copy, Debug)]
pub struct Word<'a> {
    /// The fact.
    pub id: FactId,
    /// Who said it.
    pub author: PersonId,
    /// Whether they are of the staff.
    pub is_staff: bool,
    /// When, by one clock for all of the conversation.
    pub at: Millis,
    /// What. Of a message that is gone it counts that it was there.
    pub body: &'a Body,
}

impl Case {
    /// The case of a conversation before anything is said there. `None` for one that the staff do not
    /// share.
    pub fn of(conversation: ConversationId) -> Option<Self> {
        match conversation {
            ConversationId::Dispatch(person) => {
                Some(Self { person: Some(person), ..Self::default() })
            }
            ConversationId::Incident(_) => Some(Self { incident: true, ..Self::default() }),
            _ => None,
        }
    }

    /// Whether it is there: an incident once it was opened, what is said to dispatch always.
    pub fn has_begun(&self) -> bool {
        !self.incident || self.category.is_some()
    }

    /// Whether the staff have something left to do.
    pub fn is_open(&self) -> bool {
        let is_at_work = match self.incident {
            true => self.has_begun() && self.resolved_at.is_none(),
            false => self.assignee.is_some(),
        };
        is_at_work || self.waiting_since.is_some()
    }

    /// Since when it is on the desk: since someone waits, or since it was taken or opened.
    pub fn open_since(&self) -> Option<Millis> {
        let since = self.waiting_since.or(self.opened_at).or(self.assigned_at);
        since.filter(|_| self.is_open())
    }

    /// What it has become by this, the next word of the record.
    pub fn hears(&mut self, word: Word<'_>) {
        let Word { author, is_staff, at, .. } = word;
        match word.body {
            Body::Incident { category, person, .. } => {
                self.category = Some(*category);
                self.person = if is_staff { *person } else { Some(author) };
                self.opened_at = Some(at);
                self.rises(word);
                // After a restore the staff may have given back what they said before this.
                if !is_staff && self.answered_at.is_none() && self.resolved_at.is_none() {
                    self.waits(word);
                }
            }
            Body::Assigned { to, .. } => {
                (self.assignee, self.assigned_at) = (*to, to.map(|_| at));
            }
            // What is said to dispatch goes on for ever: what comes next begins anew.
            Body::Resolved { .. } if !self.incident => {
                *self = Self { person: self.person, ..Self::default() };
            }
            Body::Resolved { .. } => {
                self.waits_no_more();
                (self.resolved_by, self.resolved_at) = (Some(author), Some(at));
            }
            Body::Reopened {} => (self.resolved_by, self.resolved_at) = (None, None),
            // Of what was said before it says nothing of what waits.
            Body::Acknowledgement { message } => {
                let is_of_what_waits = self.waiting.is_some_and(|waiting| waiting <= *message);
                if is_staff && is_of_what_waits {
                    self.is_answered(author, at);
                }
            }
            // How it goes at a stop is told, and asks for nothing, unless it did not go as planned.
            Body::StopMoved { moved, .. } if is_staff || !went_wrong(moved.to) => {}
            // It is said to the driver: nobody waits for dispatch, and nobody of dispatch has answered.
            Body::ConsigneeSaid { .. } => {}
            message if is_message(message) && is_staff => self.is_answered(author, at),
            message if is_message(message) => {
                self.rises(word);
                self.waits(word);
            }
            _ => {}
        }
    }

    fn rises(&mut self, word: Word<'_>) {
        let priority = word.body.header().map_or(Priority::Routine, |header| header.priority);
        self.priority = self.priority.max(priority);
    }

    fn waits(&mut self, word: Word<'_>) {
        self.waiting_since.get_or_insert(word.at);
        self.waiting.get_or_insert(word.id);
    }

    fn is_answered(&mut self, by: PersonId, at: Millis) {
        self.waits_no_more();
        (self.answered_by, self.answered_at) = (Some(by), Some(at));
    }

    fn waits_no_more(&mut self) {
        (self.waiting_since, self.waiting) = (None, None);
        if !self.incident {
            self.priority = Priority::Routine;
        }
    }
}

fn went_wrong(state: StopState) -> bool {
    matches!(state, StopState::Attempted | StopState::Refused)
}

fn is_message(body: &Body) -> bool {
    match body {
        Body::Erased { number } => kind::is_message(*number),
        other => other.is_message(),
    }
}
