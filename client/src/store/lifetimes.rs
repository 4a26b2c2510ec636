//! How long messages stay where their conversation says so: two people by what they say, a group by its
//! settings. It counts from one number of the record to the next, so every device comes to the same.

use waypost_protocol::{Body, ConversationId};

use super::apply::place;
use super::writing::Writing;

/// Whether it stays as long as its conversation has it. What a broadcast or a chain brings stays as long as
/// it says itself.
pub(super) fn is_fleeting(body: &Body) -> bool {
    body.header().is_some_and(|header| header.broadcast.is_none() && header.escalates.is_none())
}

/// How long messages stay at this place: of a conversation, by a number of the record.
macro_rules! lifetime_at {
    ($conversation:literal, $n:literal) => {
        concat!(
            "(SELECT l.after_s FROM lifetimes l WHERE l.conversation = ",
            $conversation,
            " AND l.n <= ",
            $n,
            " ORDER BY l.n DESC LIMIT 1)"
        )
    };
}
pub(super) use lifetime_at;

impl Writing {
    /// From this number on messages of a conversation go after so many seconds, or stay.
    pub(super) async fn lives(
        &mut self,
        conversation: ConversationId,
        n: u64,
        after_s: Option<u32>,
    ) -> Result<(), sqlx::Error> {
        self.touched.expiry = true;
        self.sql(
            "INSERT INTO lifetimes (conversation, n, after_s) VALUES (?, ?, ?)
             ON CONFLICT DO UPDATE SET after_s = excluded.after_s",
        )
        .bind(conversation.to_string())
        .bind(place(n))
        .bind(after_s)
        .run()
        .await?;
        // Own messages may have been recorded after it and known before it.
        self.sql(concat!(
            "UPDATE facts SET lifetime_s = ",
            lifetime_at!("facts.conversation", "facts.n"),
            " WHERE conversation = ? AND n > ? AND fleeting = 1 AND lost IS NULL"
        ))
        .bind(conversation.to_string())
        .bind(place(n))
        .run()
        .await
    }
}
