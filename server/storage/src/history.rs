//! What was said before: one fact by its id, and conversations from their newest fact backwards, as far
//! as they are open to a person.

use sqlx::{AnyConnection, Row as _};
use waypost_domain::page::earlier;
use waypost_protocol::{ConversationId, EVENTS_MAX, Earlier, FactId, History, PersonId};

use crate::facts::fact_of;
use crate::revisions::COLUMNS_FOR_READERS;
use crate::sql::{Sql, big, unsigned};
use crate::{Db, FactRow, StorageError};

/// A stretch of a conversation that is open to someone: beyond `after`, up to `up_to`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Open {
    after: u64,
    up_to: u64,
}

impl Db {
    /// The answer to a `History` of this person.
    pub async fn earlier(
        &self,
        person: PersonId,
        asked: &History,
    ) -> Result<Earlier, StorageError> {
        let mut on = self.readers.acquire().await?;
        let epoch = self.read_head(&mut on).await?.epoch;
        // One more says whether that is all.
        let limit = usize::from(asked.limit).min(EVENTS_MAX) + 1;
        let History { conversation, before, .. } = *asked;
        let rows = self.said_before(&mut on, person, conversation, before, limit).await?;
        Ok(earlier(epoch, asked, rows.into_iter().map(|row| row.event).collect()))
    }

    /// The facts of a conversation that this person may read, newest first, before a number.
    pub async fn history(
        &self,
        person: PersonId,
        conversation: ConversationId,
        before: u64,
        limit: usize,
    ) -> Result<Vec<FactRow>, StorageError> {
        let mut on = self.readers.acquire().await?;
        self.said_before(&mut on, person, conversation, before, limit).await
    }

    async fn said_before(
        &self,
        on: &mut AnyConnection,
        person: PersonId,
        conversation: ConversationId,
        before: u64,
        limit: usize,
    ) -> Result<Vec<FactRow>, StorageError> {
        let mut found = Vec::new();
        let stretches = self.open_to(on, person, conversation).await?;
        for Open { after, up_to } in stretches.into_iter().rev() {
            let left = limit.saturating_sub(found.len());
            let mut sql = self.sql("SELECT ");
            sql.push(&COLUMNS_FOR_READERS)
                .push(" FROM fact f WHERE f.conversation = ")
                .bind(conversation.to_string())
                .push(" AND f.n > ")
                .bind(big(after))
                .push(" AND f.n <= ")
                .bind(big(up_to.min(before.saturating_sub(1))))
                .push(" ORDER BY f.n DESC LIMIT ")
                .bind(left as i64);
            for row in sql.rows(on).await? {
                found.push(fact_of(&row)?);
            }
        }
        Ok(found)
    }

    /// What of a conversation is open to a person, in order and without overlaps.
    async fn open_to(
        &self,
        on: &mut AnyConnection,
        person: PersonId,
        conversation: ConversationId,
    ) -> Result<Vec<Open>, StorageError> {
        let stays = self.stays(on, person, conversation).await?;
        let (ConversationId::About(group), true) = (conversation, stays.is_empty()) else {
            return Ok(stays);
        };
        // Whoever is in a group knows all that is known about it, and whoever was, all until then.
        let stays = self.stays(on, person, ConversationId::Group(group)).await?;
        let last = stays.last().map(|stay| Open { after: 0, up_to: stay.up_to });
        Ok(last.into_iter().collect())
    }

    /// Whether a person reads a conversation, or has read it.
    pub(crate) async fn has_read(
        &self,
        on: &mut AnyConnection,
        person: PersonId,
        conversation: ConversationId,
    ) -> Result<bool, StorageError> {
        Ok(!self.stays(on, person, conversation).await?.is_empty())
    }

    /// The stays of a person in a conversation, each with what it opened.
    async fn stays(
        &self,
        on: &mut AnyConnection,
        person: PersonId,
        conversation: ConversationId,
    ) -> Result<Vec<Open>, StorageError> {
        let mut sql =
            self.sql("SELECT COALESCE(opened_from_n, from_n), to_n FROM stay WHERE person = ");
        sql.bind(i64::from(person.0))
            .push(" AND conversation = ")
            .bind(conversation.to_string())
            .push(" ORDER BY from_n");
        let rows = sql.rows(on).await?;
        let stay = |row: &sqlx::any::AnyRow| -> Result<Open, StorageError> {
            let to: Option<i64> = row.try_get(1)?;
            Ok(Open { after: unsigned(row.try_get(0)?), up_to: to.map_or(u64::MAX, unsigned) })
        };
        Ok(without_overlaps(rows.iter().map(stay).collect::<Result<_, _>>()?))
    }

    /// One fact by id, if this person may read it.
    pub async fn fact_for(
        &self,
        person: PersonId,
        id: FactId,
    ) -> Result<Option<FactRow>, StorageError> {
        let mut on = self.readers.acquire().await?;
        let mut sql = self.sql("SELECT ");
        sql.push(&COLUMNS_FOR_READERS)
            .push(" FROM fact f WHERE f.id = ")
            .bind(id.as_bytes().to_vec())
            .push(" AND ");
        may_read(&mut sql, "f", person);
        sql.row(&mut on).await?.as_ref().map(fact_of).transpose()
    }
}

/// Asks whether a person may read the fact that goes by this name in the statement.
pub(crate) fn may_read(sql: &mut Sql, fact: &str, person: PersonId) {
    sql.push(&format!(
        "EXISTS (SELECT 1 FROM stay m WHERE m.conversation = {fact}.conversation \
         AND {fact}.n > COALESCE(m.opened_from_n, m.from_n) \
         AND (m.to_n IS NULL OR {fact}.n <= m.to_n) AND m.person = "
    ));
    sql.bind(i64::from(person.0)).push(")");
}

/// Later stays may open what earlier ones saw.
fn without_overlaps(mut stretches: Vec<Open>) -> Vec<Open> {
    stretches.sort_by_key(|stretch| (stretch.after, stretch.up_to));
    let mut apart: Vec<Open> = Vec::new();
    for stretch in stretches {
        match apart.last_mut().filter(|last| stretch.after <= last.up_to) {
            Some(last) => last.up_to = last.up_to.max(stretch.up_to),
            None => apart.push(stretch),
        }
    }
    apart
}

#[cfg(test)]
mod tests {
    use super::*;

    fn apart(stretches: &[(u64, u64)]) -> Vec<(u64, u64)> {
        let open = stretches.iter().map(|(after, up_to)| Open { after: *after, up_to: *up_to });
        let apart = without_overlaps(open.collect());
        apart.iter().map(|stretch| (stretch.after, stretch.up_to)).collect()
    }

    /// What the staff read is looked up for each fact: years of incidents are not put together first.
    #[tokio::test]
    async fn whether_someone_may_read_a_fact_is_a_search_and_no_walk() {
        let folder = tempfile::tempdir().expect("a folder");
        let url = format!("sqlite:{}", folder.path().join("record.db").display());
        let db = Db::open(&url).await.expect("the record opens");
        let mut on = db.readers.acquire().await.expect("a reader");
        let mut sql = db.sql("EXPLAIN QUERY PLAN SELECT f.n FROM fact f WHERE f.id = x'00' AND ");
        may_read(&mut sql, "f", PersonId(7));
        let plan = sql.rows(&mut on).await.expect("a plan");
        let plan: Vec<String> = plan.iter().map(|row| row.get(3)).collect();
        let walks = |step: &String| step.starts_with("SCAN") || step.contains("MATERIALIZE");
        assert!(!plan.iter().any(walks), "{plan:#?}");
        assert!(plan.iter().any(|step| step.contains("SEARCH c ")), "{plan:#?}");
    }

    #[test]
    fn nothing_is_read_twice_by_who_came_back() {
        assert_eq!(apart(&[(10, 20), (30, 40)]), [(10, 20), (30, 40)], "what lay between is not");
        assert_eq!(apart(&[(10, 20), (0, 40)]), [(0, 40)], "the second stay opened everything");
        assert_eq!(apart(&[(0, 20), (20, 40)]), [(0, 40)]);
        assert_eq!(apart(&[(10, 40), (20, 30)]), [(10, 40)]);
        assert_eq!(apart(&[]), []);
    }
}
