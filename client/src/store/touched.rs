//! Which parts of the screen a transaction may have changed.

use std::collections::BTreeSet;

use waypost_protocol::ConversationId;

/// What has to be read again.
#[derive(Debug, Default)]
pub(crate) struct Touched {
    /// Their newest message, unread count or receipts.
    pub(crate) conversations: BTreeSet<ConversationId>,
    /// People, groups or members: names appear everywhere.
    pub(crate) directory: bool,
    /// The list of wedged facts.
    pub(crate) wedged: bool,
}

impl Touched {
    /// Adds another transaction's.
    pub(crate) fn merge(&mut self, other: Touched) {
        self.conversations.extend(other.conversations);
        self.directory |= other.directory;
        self.wedged |= other.wedged;
    }

    /// Whether nothing was touched.
    pub(crate) fn is_empty(&self) -> bool {
        self.conversations.is_empty() && !self.directory && !self.wedged
    }
}
