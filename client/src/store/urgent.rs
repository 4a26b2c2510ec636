//! Urgent messages of others that wait for an acknowledgement.

use waypost_protocol::{ConversationId, FactId};

use super::StoreError;
use super::apply::parse;
use super::read::{Reading, fact_id};
use super::revisions::is_deleted;

/// Most of them that are shown.
const URGENT_MAX: i64 = 20;

impl Reading<'_> {
    /// Those of the last day that this person has not acknowledged, the oldest first. What is older is read in its
    /// conversation: a device that was away for a week must not be busy with last Monday.
    pub(crate) async fn urgent(&self) -> Result<Vec<(ConversationId, FactId)>, StoreError> {
        let rows = sqlx::query(concat!(
            "SELECT f.conversation, f.id FROM facts f
             WHERE f.urgent = 1 AND f.lost IS NULL AND f.expired IS NULL AND f.n IS NOT NULL
               AND f.conversation IS NOT NULL
               AND f.recorded_at_ms > (SELECT max(recorded_at_ms) FROM facts) - 86400000
               AND NOT EXISTS (SELECT 1 FROM receipts r WHERE r.message = f.id AND r.person = ?
                               AND r.acknowledged_at_ms IS NOT NULL)
               AND NOT ",
            is_deleted!(),
            " ORDER BY f.n LIMIT ?"
        ))
        .bind(self.me().0)
        .bind(URGENT_MAX)
        .fetch_all(self.pool)
        .await?;
        let urgent = |row| Ok((parse(sqlx::Row::try_get(row, 0)?)?, fact_id(row, 1)?));
        Ok(rows.iter().map(urgent).collect::<Result<_, sqlx::Error>>()?)
    }
}

#[cfg(test)]
mod tests {
    use waypost_engine::Change;
    use waypost_protocol::{Body, Header, PersonId, Priority};

    use crate::store::Store;
    use crate::testing::{DANA, Folder, OMAR, WITH_OMAR, entry, fact, person, store_at, text};

    fn urgent(words: &str, priority: Priority) -> Body {
        let header = Header { priority, ..Header::default() };
        Body::Text { text: words.into(), answers: None, header }
    }

    fn id_of(change: &Change) -> waypost_protocol::FactId {
        let Change::Recorded { event, .. } = change else { panic!("a fact") };
        event.id.expect("an id")
    }

    async fn waiting(store: &Store) -> Vec<waypost_protocol::FactId> {
        let urgent = store.reading().urgent().await.expect("a store");
        urgent
            .into_iter()
            .map(|(conversation, id)| {
                assert_eq!(conversation, WITH_OMAR);
                id
            })
            .collect()
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn what_is_urgent_waits_until_dana_has_acknowledged_it() {
        let folder = Folder::new();
        let store = store_at(&folder.path().join("dana.db")).await;
        let said = |n, author: PersonId, body: &Body| fact(n, author, Some(WITH_OMAR), body);
        let bridge = said(2, OMAR, &urgent("The bridge is closed", Priority::Urgent));
        let fire = said(3, OMAR, &urgent("Fire at dock 3", Priority::Emergency));
        let lunch = said(4, OMAR, &text("Lunch is at noon"));
        let mine = said(5, DANA, &urgent("I have broken down", Priority::Urgent));
        let all = [person(1, OMAR, "Omar"), bridge.clone(), fire.clone(), lunch, mine];
        store.apply(&all).await.expect("it is kept");
        assert_eq!(waiting(&store).await, [id_of(&bridge), id_of(&fire)], "the oldest first");
        let understood = Body::Acknowledgement { message: id_of(&bridge) };
        let tap = Change::Queued(entry(WITH_OMAR, 1, &understood));
        store.apply(&[tap]).await.expect("it is kept");
        assert_eq!(waiting(&store).await, [id_of(&fire)], "also while it waits for a network");
        let gone = Body::Deletion { message: id_of(&fire), author: OMAR };
        store.apply(&[said(6, OMAR, &gone)]).await.expect("it is kept");
        assert_eq!(waiting(&store).await, []);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn what_was_urgent_last_week_stands_in_nobodys_way() {
        let folder = Folder::new();
        let store = store_at(&folder.path().join("dana.db")).await;
        let body = urgent("The bridge is closed", Priority::Urgent);
        let later = |change: Change| {
            let Change::Recorded { epoch, mut event } = change else { panic!("a fact") };
            event.recorded_at += 86_400_001;
            Change::Recorded { epoch, event }
        };
        let old = fact(2, OMAR, Some(WITH_OMAR), &body);
        let new = later(fact(3, OMAR, Some(WITH_OMAR), &body));
        store.apply(&[person(1, OMAR, "Omar"), old, new.clone()]).await.expect("it is kept");
        assert_eq!(waiting(&store).await, [id_of(&new)]);
    }
}
