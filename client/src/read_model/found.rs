//! What a search finds, as messages for the screen.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use waypost_protocol::{Body, ConversationId, FactId};

use super::ReadModel;
use crate::store::{Candidate, Reading, StoreError, says};
use crate::view::{Found, FoundMessage, MessageView, Search};

/// So often candidates are looked at for one page, so that nobody waits long.
const ROUNDS_MAX: usize = 20;

impl ReadModel {
    /// The messages of one page of a search.
    pub(crate) async fn found(
        &self,
        reading: &Reading<'_>,
        search: &Search,
    ) -> Result<Found, StoreError> {
        let mut before = search.before.unwrap_or(i64::MAX);
        let mut messages = Vec::new();
        for _ in 0..ROUNDS_MAX {
            let candidates = reading.candidates(search, before).await?;
            if candidates.is_empty() {
                return Ok(Found { messages, next: None, behind: false });
            }
            let shown = self.shown_of(reading, &candidates).await?;
            for candidate in candidates {
                before = candidate.place;
                let Some(message) = shown.get(&candidate.message) else { continue };
                let fits = speaks(&candidate, message, search)
                    && search.kind.is_none_or(|it| message.body.to_content().kind == it)
                    && says(&message.body, &search.words);
                if fits {
                    let (conversation, message) = (candidate.conversation, message.clone());
                    messages.push(FoundMessage { conversation, message });
                }
                if messages.len() >= search.limit {
                    return Ok(Found { messages, next: Some(before), behind: false });
                }
            }
        }
        Ok(Found { messages, next: Some(before), behind: false })
    }

    async fn shown_of(
        &self,
        reading: &Reading<'_>,
        candidates: &[Candidate],
    ) -> Result<BTreeMap<FactId, Arc<MessageView>>, StoreError> {
        let mut by_place: BTreeMap<ConversationId, BTreeSet<_>> = BTreeMap::new();
        for candidate in candidates {
            by_place.entry(candidate.conversation).or_default().insert(candidate.message);
        }
        let mut shown = BTreeMap::new();
        for (conversation, ids) in by_place {
            let read_up_to = reading.unread(conversation).await?.up_to;
            let some = self.some(reading, conversation, &ids, read_up_to).await?;
            shown.extend(some.into_iter().map(|(_, message)| (message.id, Arc::new(message))));
        }
        Ok(shown)
    }
}

/// Whether a message says now what this fact says: otherwise it would be found by each of its edits. What
/// is gone says nothing.
fn speaks(candidate: &Candidate, message: &MessageView, search: &Search) -> bool {
    let is_message = candidate.fact == candidate.message;
    let is_last = match message.edited_at {
        Some(at) if !search.words.is_empty() => {
            !is_message && candidate.fact.occurred_at() == Some(at)
        }
        _ => is_message,
    };
    is_last && !matches!(message.body, Body::Erased { .. })
}
