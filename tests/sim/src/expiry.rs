//! How long messages stay, in the model: as each says, or as its conversation has it at that place of the
//! record, whichever is sooner.

use std::collections::BTreeMap;

use waypost_domain::Recorded;
use waypost_protocol::{Body, ConversationId, GroupSettings, Header};

use crate::story::{Broken, broken};

/// After how many seconds messages go in direct conversations, in one epoch.
#[derive(Clone, Default)]
pub(crate) struct Expiries(BTreeMap<ConversationId, u32>);

impl Expiries {
    /// A fact has been recorded; what a broadcast or a chain brings stays as it says itself.
    pub(crate) fn hears(
        &mut self,
        fact: &Recorded,
        groups: &BTreeMap<u32, GroupSettings>,
    ) -> Result<(), Broken> {
        let body = fact.content.to_body();
        let header = body.as_ref().ok().and_then(Body::header).cloned();
        let own = header.as_ref().and_then(|header| header.expires_after_s);
        let is_brought = |header: &Header| header.broadcast.is_some() || header.escalates.is_some();
        let here = match fact.conversation {
            _ if header.as_ref().is_none_or(is_brought) => None,
            Some(ConversationId::Group(group)) => {
                groups.get(&group).and_then(|settings| settings.expires_after_s)
            }
            Some(place) => self.0.get(&place).copied(),
            None => None,
        };
        let after_s = own.into_iter().chain(here).min();
        let at = after_s.map(|after_s| fact.recorded_at + i64::from(after_s) * 1000);
        if fact.expires_at != at {
            let what = format!("{} goes at {:?} and not {at:?}", fact.sequence, fact.expires_at);
            return broken("messages go when their conversation says so", what);
        }
        let (Ok(Body::ExpirySet { after_s }), Some(place)) = (body, fact.conversation) else {
            return Ok(());
        };
        if !matches!(place, ConversationId::Direct(..)) {
            let what = format!("{} is said in {place}", fact.sequence);
            return broken("two people say how long they keep it", what);
        }
        match after_s {
            Some(after_s) => drop(self.0.insert(place, after_s)),
            None => drop(self.0.remove(&place)),
        }
        Ok(())
    }
}
