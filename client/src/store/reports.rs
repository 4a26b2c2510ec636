//! What was reported and flagged, as far as this device knows: for those who judge all of it, for others what
//! they have reported themselves.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::Row as _;
use waypost_protocol::{FactId, Millis, PersonId, Quote, ReportedMessage};

use super::StoreError;
use super::read::{Reading, content, fact_id};

impl Reading<'_> {
    /// What waits for a verdict, the one that has waited longest first. What is in the outbox counts as
    /// said.
    pub(crate) async fn reports(&self) -> Result<Vec<ReportedMessage>, StoreError> {
        let rows = sqlx::query(
            "SELECT f.id, f.author, f.recorded_at_ms, f.kind, f.content
             FROM facts f LEFT JOIN outbox o ON o.id = f.id AND o.state = 0
             WHERE f.conversation = 'reports' AND f.lost IS NULL
               AND (f.n IS NOT NULL OR o.id IS NOT NULL)
             ORDER BY f.n IS NULL, f.epoch, f.n, o.number",
        )
        .fetch_all(self.pool)
        .await?;
        let mut reported: BTreeMap<FactId, ReportedMessage> = BTreeMap::new();
        for row in &rows {
            let Ok(body) = content(row, 3)?.to_body() else { continue };
            let Some(message) = ReportedMessage::message_of(&body) else { continue };
            let recorded_at: Option<Millis> = row.try_get(2)?;
            let at = recorded_at.or(fact_id(row, 0)?.occurred_at()).unwrap_or(0);
            let (known, author) = (reported.remove(&message), PersonId(row.try_get(1)?));
            let after = ReportedMessage::after(known, author, at, &body);
            reported.extend(after.map(|it| (message, it)));
        }
        let mut open: Vec<_> =
            reported.into_values().filter(|it| it.open_since().is_some()).collect();
        open.sort_by_key(|it| (it.since, it.quote.message));
        Ok(open)
    }

    /// A message as the person reads it now; `None` if it is not there, or gone.
    pub(crate) async fn quote(&self, message: FactId) -> Result<Option<Quote>, StoreError> {
        let Some(known) = self.message(message).await? else { return Ok(None) };
        let (rows, _) = self.some_messages(&BTreeSet::from([message])).await?;
        let row = rows.into_iter().next().filter(|row| !row.content.is_erased());
        Ok(row.map(|row| {
            let (edit, said) = match row.edit {
                Some((edit, said)) => (Some(edit), said),
                None => (None, row.content),
            };
            Quote { message, author: row.author, conversation: known.conversation, said, edit }
        }))
    }
}
