//! What the person has chosen to hear of, as far as this device knows.

use waypost_protocol::NotificationSettings;

use super::StoreError;
use super::read::{Reading, content};

impl Reading<'_> {
    /// What they have chosen; what waits in the outbox counts as chosen. Not by their stream, which an older
    /// version of this app could not read: by the kinds, which stand nowhere else.
    pub(crate) async fn notifications(&self) -> Result<NotificationSettings, StoreError> {
        let rows = sqlx::query(
            "SELECT f.kind, f.content FROM facts f LEFT JOIN outbox o ON o.id = f.id AND o.state = 0
             WHERE f.author = ? AND f.kind IN (110, 111, 112, 113) AND f.lost IS NULL
               AND (f.n IS NOT NULL OR o.id IS NOT NULL)
             ORDER BY f.n IS NULL, f.epoch, f.n, o.number",
        )
        .bind(self.me().0)
        .fetch_all(self.pool)
        .await?;
        let mut chosen = NotificationSettings::default();
        for row in &rows {
            if let Ok(body) = content(row, 0)?.to_body() {
                chosen.hears(&body);
            }
        }
        Ok(chosen)
    }
}
