//! Which parts of the screen a transaction may have changed.

use std::collections::{BTreeMap, BTreeSet};

use waypost_protocol::{ConversationId, FactId};

/// What has to be read again.
#[derive(Debug, Default)]
pub(crate) struct Touched {
    /// What of each conversation.
    pub(crate) conversations: BTreeMap<ConversationId, Extent>,
    /// People, groups or members: names appear everywhere.
    pub(crate) directory: bool,
    /// What was reported.
    pub(crate) reports: bool,
    /// Trips and stops.
    pub(crate) trips: bool,
    /// The list of wedged facts.
    pub(crate) wedged: bool,
    /// When the next message expires.
    pub(crate) expiry: bool,
}

/// How much of a conversation has to be read again.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Extent {
    /// These messages, and how far it is read.
    Messages(BTreeSet<FactId>),
    /// All of it.
    Whole,
}

impl Touched {
    /// All of a conversation.
    pub(crate) fn whole(&mut self, conversation: ConversationId) {
        self.read_elsewhere(conversation);
        self.conversations.insert(conversation, Extent::Whole);
    }

    /// One message, or only how far the conversation is read.
    pub(crate) fn message(&mut self, conversation: ConversationId, message: Option<FactId>) {
        self.read_elsewhere(conversation);
        let none = Extent::Messages(BTreeSet::new());
        if let Extent::Messages(ids) = self.conversations.entry(conversation).or_insert(none) {
            ids.extend(message);
        }
    }

    /// Adds another transaction's.
    pub(crate) fn merge(&mut self, other: Touched) {
        for (conversation, extent) in other.conversations {
            match extent {
                Extent::Whole => self.whole(conversation),
                Extent::Messages(ids) => {
                    self.message(conversation, None);
                    ids.into_iter().for_each(|id| self.message(conversation, Some(id)));
                }
            }
        }
        self.directory |= other.directory;
        self.reports |= other.reports;
        self.trips |= other.trips;
        self.wedged |= other.wedged;
        self.expiry |= other.expiry;
    }

    /// Whether nothing was touched.
    pub(crate) fn is_empty(&self) -> bool {
        let nothing_else = !self.directory && !self.reports && !self.trips && !self.wedged;
        self.conversations.is_empty() && nothing_else
    }

    /// What people choose for themselves is read with what everyone knows; reports, and the trips of a day, are
    /// read as a whole.
    fn read_elsewhere(&mut self, conversation: ConversationId) {
        self.directory |= matches!(conversation, ConversationId::Own(_));
        self.reports |= conversation == ConversationId::Reports;
        self.trips |= matches!(conversation, ConversationId::Dispatch(_) | ConversationId::Staff);
    }
}
