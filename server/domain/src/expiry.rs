//! When a message goes: as it says itself, or as its conversation has it, whichever is sooner.

use waypost_protocol::{Body, ConversationId};

use crate::decide::Desk;

impl Desk<'_, '_> {
    /// After how many seconds a message of someone goes. What a broadcast or a chain brings is not asked: it
    /// stays as long as it says.
    pub(crate) fn expires_after_s(&self, conversation: ConversationId, body: &Body) -> Option<u32> {
        let own = body.header()?.expires_after_s;
        let here = match conversation {
            ConversationId::Group(group) => {
                self.known.groups.get(&group).and_then(|group| group.settings.expires_after_s)
            }
            direct => self.known.expiries.get(&direct).copied(),
        };
        own.into_iter().chain(here).min()
    }

    /// Notes how long messages stay from here on.
    pub(crate) fn hears_of_expiry(&mut self, conversation: ConversationId, body: &Body) {
        let Body::ExpirySet { after_s } = body else { return };
        match after_s {
            Some(after_s) => drop(self.known.expiries.insert(conversation, *after_s)),
            None => drop(self.known.expiries.remove(&conversation)),
        }
        self.decision.expiries.insert(conversation, *after_s);
    }
}
