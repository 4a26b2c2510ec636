//! What someone has chosen to hear of, and what that makes of a message.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::{
    BLOCKED_MAX, Body, BreaksThrough, ConversationId, HEARINGS_MAX, Hear, Hearing, Millis,
    PersonId, Priority, QuietHours,
};

/// What someone has chosen: how much to hear where, when to hear nothing, and of whom. It is what the
/// facts in their own stream ([`ConversationId::Own`]) have made of it, one by one, on each of their devices
/// and on the server alike.
///
/// ```
/// use waypost_protocol::{
///     Body, ConversationId, Hear, Hearing, Loudness, NotificationSettings, PersonId, Priority, Said,
/// };
///
/// let mut chosen = NotificationSettings::default();
/// let north = ConversationId::Group(3);
/// let hearing = Some(Hearing { hear: Hear::Mentions, until: None });
/// chosen.hears(&Body::Notify { conversation: Some(north), hearing });
/// let said = Said {
///     conversation: north,
///     author: PersonId(2),
///     priority: Priority::Routine,
///     calls_me: false,
/// };
/// assert_eq!(chosen.loudness(said, 0, 0), Loudness::Silent);
/// assert_eq!(chosen.loudness(Said { calls_me: true, ..said }, 0, 0), Loudness::Sounds);
/// ```
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NotificationSettings {
    /// How much to hear where nothing else is chosen.
    #[serde(default)]
    pub everywhere: Hearing,
    /// How much to hear in these conversations.
    #[serde(default)]
    pub conversations: BTreeMap<ConversationId, Hearing>,
    /// When to hear nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quiet_hours: Option<QuietHours>,
    /// What is heard all the same, there and then.
    #[serde(default)]
    pub breaks_through: BreaksThrough,
    /// Of whom to hear nothing.
    #[serde(default)]
    pub blocked: BTreeSet<PersonId>,
}

/// A message, as far as its loudness depends on it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Said {
    /// Where it was said.
    pub conversation: ConversationId,
    /// By whom.
    pub author: PersonId,
    /// How urgent it is.
    pub priority: Priority,
    /// Whether it calls the reader by name.
    pub calls_me: bool,
}

/// What a device makes of a message that comes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Loudness {
    /// It sounds.
    Sounds,
    /// It is shown, and counted as unread.
    Silent,
    /// It is folded away: its author is blocked.
    Hidden,
}

impl NotificationSettings {
    /// Takes in what its person has chosen; anything else changes nothing.
    pub fn hears(&mut self, body: &Body) {
        match body {
            Body::Notify { conversation: None, hearing } => {
                self.everywhere = hearing.unwrap_or_default();
            }
            Body::Notify { conversation: Some(conversation), hearing: Some(hearing) } => {
                self.conversations.insert(*conversation, *hearing);
            }
            Body::Notify { conversation: Some(conversation), hearing: None } => {
                self.conversations.remove(conversation);
            }
            Body::QuietHours { hours, breaks_through } => {
                self.quiet_hours.clone_from(hours);
                self.breaks_through = *breaks_through;
            }
            Body::Blocked { person } => drop(self.blocked.insert(*person)),
            Body::Unblocked { person } => drop(self.blocked.remove(person)),
            _ => {}
        }
    }

    /// Whether there is more of it than there may be.
    pub fn is_too_large(&self) -> bool {
        self.conversations.len() > HEARINGS_MAX || self.blocked.len() > BLOCKED_MAX
    }

    /// How much is heard of a conversation at this time.
    pub fn hearing_of(&self, conversation: ConversationId, at: Millis) -> Hear {
        let now = |hearing: &&Hearing| hearing.until.is_none_or(|until| at < until);
        let chosen = self.conversations.get(&conversation).filter(now);
        let everywhere = || Some(&self.everywhere).filter(now);
        chosen.or_else(everywhere).map(|hearing| hearing.hear).unwrap_or_default()
    }

    /// What a message is that comes at this time to a device with this offset from UTC. An emergency
    /// sounds wherever and whenever, whoever says it.
    pub fn loudness(&self, said: Said, at: Millis, offset_minutes: i16) -> Loudness {
        if said.priority == Priority::Emergency {
            return Loudness::Sounds;
        }
        if self.blocked.contains(&said.author) {
            return Loudness::Hidden;
        }
        if said.priority == Priority::Urgent && self.breaks_through == BreaksThrough::Urgent {
            return Loudness::Sounds;
        }
        let is_quiet =
            self.quiet_hours.as_ref().is_some_and(|hours| hours.are_at(at, offset_minutes));
        let is_heard = match self.hearing_of(said.conversation, at) {
            Hear::Everything => true,
            Hear::Mentions => said.calls_me,
            Hear::Nothing => false,
        };
        if is_heard && !is_quiet { Loudness::Sounds } else { Loudness::Silent }
    }
}
