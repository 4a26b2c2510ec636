//! What the staff work on together, and what has become of it.

use serde::{Deserialize, Serialize};

use crate::{Body, ConversationId, IncidentCategory, Millis, PersonId, Priority};

/// A matter that the staff share: an incident, or what someone has said to dispatch. It is what its
/// conversation has made of it, word by word.
///
/// ```
/// use waypost_protocol::{Body, Case, ConversationId, PersonId, Word};
///
/// let (dana, omar) = (PersonId(7), PersonId(2));
/// let mut case = Case::of(ConversationId::Dispatch(dana)).expect("the staff share it");
/// let asks = Body::text("Which gate?");
/// case.hears(Word { author: dana, is_staff: false, at: 1_000, body: &asks });
/// assert_eq!(case.waiting_since, Some(1_000));
/// let answers = Body::text("Gate 5");
/// case.hears(Word { author: omar, is_staff: true, at: 9_000, body: &answers });
/// assert_eq!((case.waiting_since, case.answered_by), (None, Some(omar)));
/// ```
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Case {
    /// Of an incident, its sort. `None` for what is said to dispatch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<IncidentCategory>,
    /// Who outside of the staff is in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<PersonId>,
    /// How urgent it is: as the most urgent message that waits, of an incident as the most urgent of all.
    pub priority: Priority,
    /// Who of the staff has taken it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assignee: Option<PersonId>,
    /// When it was opened (milliseconds since 1970). `None` for an incident that nobody has opened yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opened_at: Option<Millis>,
    /// Since when someone outside of the staff waits for a word of theirs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiting_since: Option<Millis>,
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
    /// Who said it.
    pub author: PersonId,
    /// Whether they are of the staff.
    pub is_staff: bool,
    /// When, by one clock for all of the conversation.
    pub at: Millis,
    /// What.
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
            ConversationId::Incident(_) => Some(Self::default()),
            _ => None,
        }
    }

    /// Whether it is there: an incident once it was opened, what is said to dispatch always.
    pub fn has_begun(&self) -> bool {
        self.category.is_some() || self.person.is_some()
    }

    /// Whether the staff have something left to do.
    pub fn is_open(&self) -> bool {
        let is_at_work = match self.category {
            Some(_) => self.resolved_at.is_none(),
            None => self.assignee.is_some(),
        };
        is_at_work || self.waiting_since.is_some()
    }

    /// Since when it waits for the staff: for an answer, or at all.
    pub fn open_since(&self) -> Option<Millis> {
        self.waiting_since.or(self.opened_at).filter(|_| self.is_open())
    }

    /// What it has become by this, the next word of the record.
    pub fn hears(&mut self, word: Word<'_>) {
        let Word { author, is_staff, at, body } = word;
        match body {
            Body::Incident { category, person, header, .. } => {
                self.category = Some(*category);
                self.person = if is_staff { *person } else { Some(author) };
                self.opened_at = Some(at);
                self.waiting_since = Some(at).filter(|_| !is_staff);
                self.priority = header.priority;
            }
            Body::Assigned { to, .. } => self.assignee = *to,
            Body::Resolved { .. } => {
                self.waits_no_more();
                match self.category {
                    Some(_) => (self.resolved_by, self.resolved_at) = (Some(author), Some(at)),
                    // What is said to dispatch goes on for ever: it is only off the desk.
                    None => self.assignee = None,
                }
            }
            Body::Reopened {} => (self.resolved_by, self.resolved_at) = (None, None),
            Body::Acknowledgement { .. } if is_staff => self.is_answered(author, at),
            message if message.is_message() && is_staff => self.is_answered(author, at),
            message if message.is_message() => {
                let priority = message.header().map_or(Priority::Routine, |header| header.priority);
                self.priority = self.priority.max(priority);
                self.opened_at.get_or_insert(at);
                self.waiting_since.get_or_insert(at);
            }
            _ => {}
        }
    }

    fn is_answered(&mut self, by: PersonId, at: Millis) {
        self.waits_no_more();
        (self.answered_by, self.answered_at) = (Some(by), Some(at));
    }

    fn waits_no_more(&mut self) {
        self.waiting_since = None;
        if self.category.is_none() {
            self.priority = Priority::Routine;
        }
    }
}
