//! Reading what a batch needs, each kind of key in one set query.

use std::collections::{HashMap, HashSet};

use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row as _};
use waypost_domain::audit::Tree;
use waypost_domain::{
    AuthorsOf, EnrolmentState, GroupState, Head, Known, MarkRange, Past, PastOutcome, PersonState,
    Request, Wanted, ranges, wanted_by_broadcasts, wanted_by_roster, wanted_by_steps,
    wanted_by_watches,
};
use waypost_protocol::{
    ConversationId, EnrolmentId, FactId, Flags, Millis, PersonId, ProblemCode, Sequence, kind,
};

use crate::decode::{conversation_id, enrolment_id, fact_id, fixed, from_json, person_id, role_of};
use crate::remembered::Remembered;
use crate::sql::{big, unsigned};
use crate::{Db, Dialect, StorageError};

impl Db {
    /// Locks the end of the record and reads all that the batch needs and nobody remembers.
    pub(crate) async fn read_known(
        &self,
        on: &mut AnyConnection,
        batch: &[Request],
        now: Millis,
        remembered: &mut Remembered,
    ) -> Result<(), StorageError> {
        let (head, commits) = self.lock_head(on).await?;
        *remembered = std::mem::take(remembered).at(head, commits);
        let wanted = remembered.asks_for(Wanted::by(batch));
        if !std::mem::replace(&mut remembered.has_rules, true) {
            remembered.known.chains = self.known_chains(on).await?;
            remembered.known.roster.coverages = self.read_coverages(on).await?;
            remembered.known.flags = Flags::new(&self.read_flag_rules(on).await?);
        }
        let known = &mut remembered.known;
        known.enrolments.extend(self.known_enrolments(on, &wanted).await?);
        known.people.extend(self.known_people(on, &wanted).await?);
        known.handles = self.known_handles(on, &wanted).await?;
        known.past = self.known_past(on, &wanted).await?;
        known.lanes.extend(self.known_lanes(on, &wanted).await?);
        self.know_members(on, &wanted, known).await?;
        known.groups.extend(self.known_groups(on, &wanted).await?);
        known.cases.extend(self.known_cases(on, &wanted).await?);
        known.chosen.extend(self.known_chosen(on, &wanted).await?);
        known.expiries.extend(self.known_expiries(on, &wanted).await?);
        known.reported = self.known_reported(on, &wanted).await?;
        self.know_trips(on, &wanted, known).await?;
        known.read.extend(self.known_read(on, &wanted).await?);
        known.tokens = self.known_tokens(on, &wanted).await?;
        known.templates = self.known_templates(on, &wanted).await?;
        known.broadcasts = self.known_broadcasts(on, &wanted).await?;
        self.know_watches(on, &wanted, known).await?;
        let of_watches = wanted_by_watches(batch, known);
        let of_now = (wanted.roster || of_watches.roster).then_some(now);
        known.roster.shifts.extend(self.known_shifts(on, &wanted.shifts, of_now).await?);
        let audiences = wanted.audiences.union(&of_watches.audiences).copied();
        known.audiences = self.known_audiences(on, &audiences.collect::<Vec<_>>()).await?;
        self.know_more(on, of_watches, remembered).await?;
        self.know_more(on, wanted_by_roster(&remembered.known), remembered).await?;
        let of_broadcasts = wanted_by_broadcasts(batch, &remembered.known, now);
        self.know_more(on, of_broadcasts, remembered).await?;
        let of_steps = wanted_by_steps(batch, &mut remembered.known, now);
        self.know_more(on, of_steps, remembered).await?;
        let known = &mut remembered.known;
        let is_staff = |person| known.people.get(&person).is_some_and(|it| it.role.is_staff());
        let (authors, passed) = remembered.spoken.authors_of(ranges(batch, known), is_staff);
        known.authors = authors;
        known.authors.extend(self.authors_of(on, &passed).await?);
        Ok(())
    }

    /// Reads people and ids that turned out to be wanted as well.
    async fn know_more(
        &self,
        on: &mut AnyConnection,
        wanted: Wanted,
        remembered: &mut Remembered,
    ) -> Result<(), StorageError> {
        let wanted = remembered.asks_for(wanted);
        self.know_watches(on, &wanted, &mut remembered.known).await?;
        remembered.known.people.extend(self.known_people(on, &wanted).await?);
        remembered.known.past.extend(self.known_past(on, &wanted).await?);
        remembered.known.chosen.extend(self.known_chosen(on, &wanted).await?);
        Ok(())
    }

    /// The end of the record, and how often it was written to.
    async fn lock_head(&self, on: &mut AnyConnection) -> Result<(Head, i64), StorageError> {
        let lock = match self.dialect {
            Dialect::Sqlite => "", // BEGIN IMMEDIATE has locked everything
            Dialect::Postgres => " FOR UPDATE",
        };
        let row = self
            .sql(
                "SELECT epoch, size, frontier, last_person, last_group, commits FROM head \
                 WHERE id = 1",
            )
            .push(lock)
            .row(on)
            .await?
            .ok_or_else(|| StorageError::Damaged("the head row is missing".into()))?;
        Ok((head_of(&row)?, row.try_get(5)?))
    }

    async fn known_enrolments(
        &self,
        on: &mut AnyConnection,
        wanted: &Wanted,
    ) -> Result<HashMap<EnrolmentId, EnrolmentState>, StorageError> {
        let mut found = HashMap::new();
        let keys: Vec<_> = wanted.enrolments.iter().collect();
        for chunk in self.chunks(&keys) {
            let mut sql = self.sql(
                "SELECT enrolment, person, revoked_at_ms, stored_up_to FROM enrolment \
                 WHERE enrolment IN (",
            );
            sql.list(chunk, |key| key.as_bytes().to_vec()).push(")");
            for row in sql.rows(on).await? {
                let state = EnrolmentState {
                    person: person_id(row.try_get(1)?),
                    revoked: row.try_get::<Option<i64>, _>(2)?.is_some(),
                    stored_up_to: unsigned(row.try_get(3)?),
                };
                found.insert(enrolment_id(&row, 0)?, state);
            }
        }
        Ok(found)
    }

    async fn known_people(
        &self,
        on: &mut AnyConnection,
        wanted: &Wanted,
    ) -> Result<HashMap<PersonId, PersonState>, StorageError> {
        let mut found = HashMap::new();
        let keys: Vec<_> = wanted.people.iter().collect();
        for chunk in self.chunks(&keys) {
            let mut sql = self.sql(
                "SELECT person, role, pseudonym, \
                 (SELECT MAX(stored_up_to) FROM enrolment e WHERE e.person = p.person) \
                 FROM person p WHERE person IN (",
            );
            sql.list(chunk, |key| i64::from(key.0)).push(")");
            for row in sql.rows(on).await? {
                let state = PersonState {
                    role: role_of(row.try_get(1)?)?,
                    pseudonym: fixed(&row, 2)?,
                    delivered_up_to: row.try_get::<Option<i64>, _>(3)?.map_or(0, unsigned),
                };
                found.insert(person_id(row.try_get(0)?), state);
            }
        }
        Ok(found)
    }

    async fn known_handles(
        &self,
        on: &mut AnyConnection,
        wanted: &Wanted,
    ) -> Result<HashSet<String>, StorageError> {
        let mut found = HashSet::new();
        let keys: Vec<_> = wanted.handles.iter().collect();
        for chunk in self.chunks(&keys) {
            let mut sql = self.sql("SELECT handle FROM person WHERE handle IN (");
            sql.list(chunk, |key| key.to_string()).push(")");
            for row in sql.rows(on).await? {
                found.insert(row.try_get(0)?);
            }
        }
        Ok(found)
    }

    async fn known_past(
        &self,
        on: &mut AnyConnection,
        wanted: &Wanted,
    ) -> Result<HashMap<FactId, Past>, StorageError> {
        let mut found = HashMap::new();
        let keys: Vec<_> = wanted.facts.iter().collect();
        for chunk in self.chunks(&keys) {
            let mut sql = self.sql(
                "SELECT id, author, digest, epoch, n, recorded_at_ms, 0 AS code, conversation, kind \
                 FROM fact WHERE id IN (",
            );
            sql.list(chunk, |key| key.as_bytes().to_vec());
            sql.push(
                ") UNION ALL SELECT id, author, digest, epoch, n, 0, code, NULL, 0 FROM rejection \
                 WHERE id IN (",
            );
            sql.list(chunk, |key| key.as_bytes().to_vec()).push(")");
            for row in sql.rows(on).await? {
                found.insert(fact_id(&row, 0)?, past(&row)?);
            }
        }
        Ok(found)
    }

    async fn known_lanes(
        &self,
        on: &mut AnyConnection,
        wanted: &Wanted,
    ) -> Result<HashMap<(EnrolmentId, ConversationId), u32>, StorageError> {
        let mut found = HashMap::new();
        let keys: Vec<_> = wanted.lanes.iter().collect();
        for chunk in self.chunks(&keys) {
            let mut sql = self.sql(
                "SELECT enrolment, conversation, last FROM lane \
                 WHERE (enrolment, conversation) IN (VALUES ",
            );
            sql.tuples(chunk, |row, (enrolment, conversation)| {
                row.bind(enrolment.as_bytes().to_vec()).bind(conversation.to_string());
            })
            .push(")");
            for row in sql.rows(on).await? {
                let key = (enrolment_id(&row, 0)?, conversation_id(row.try_get(1)?)?);
                found.insert(key, unsigned(row.try_get(2)?) as u32);
            }
        }
        Ok(found)
    }

    /// Who is in their group, and who of them looks after it.
    async fn know_members(
        &self,
        on: &mut AnyConnection,
        wanted: &Wanted,
        known: &mut Known,
    ) -> Result<(), StorageError> {
        let keys: Vec<_> = wanted.members.iter().collect();
        for chunk in self.chunks(&keys) {
            let mut sql = self.sql(
                "SELECT person, conversation, moderates_from_n FROM membership \
                 WHERE to_n IS NULL \
                 AND (person, conversation) IN (VALUES ",
            );
            sql.tuples(chunk, |row, (group, person)| {
                row.bind(i64::from(person.0)).bind(ConversationId::Group(*group).to_string());
            })
            .push(")");
            for row in sql.rows(on).await? {
                if let ConversationId::Group(group) = conversation_id(row.try_get(1)?)? {
                    let member = (group, person_id(row.try_get(0)?));
                    known.members.insert(member);
                    let moderates: Option<i64> = row.try_get(2)?;
                    known.moderators.extend(moderates.map(|_| member));
                }
            }
        }
        Ok(())
    }

    async fn known_groups(
        &self,
        on: &mut AnyConnection,
        wanted: &Wanted,
    ) -> Result<HashMap<u32, GroupState>, StorageError> {
        let mut found = HashMap::new();
        let keys: Vec<_> = wanted.groups.iter().map(|it| ConversationId::Group(*it)).collect();
        for chunk in self.chunks(&keys) {
            let mut sql = self.sql(
                "SELECT c.conversation, c.settings, (SELECT count(*) FROM membership m \
                 WHERE m.conversation = c.conversation AND m.to_n IS NULL) \
                 FROM conversation c WHERE c.conversation IN (",
            );
            sql.list(chunk, ConversationId::to_string).push(")");
            for row in sql.rows(on).await? {
                let settings: Option<String> = row.try_get(1)?;
                let state = GroupState {
                    settings: settings.as_deref().map(from_json).transpose()?.unwrap_or_default(),
                    members: unsigned(row.try_get(2)?) as usize,
                };
                if let ConversationId::Group(group) = conversation_id(row.try_get(0)?)? {
                    found.insert(group, state);
                }
            }
        }
        Ok(found)
    }

    async fn known_read(
        &self,
        on: &mut AnyConnection,
        wanted: &Wanted,
    ) -> Result<HashMap<(PersonId, ConversationId), u64>, StorageError> {
        let mut found = HashMap::new();
        let keys: Vec<_> = wanted.read.iter().collect();
        for chunk in self.chunks(&keys) {
            let mut sql = self.sql(
                "SELECT person, conversation, up_to FROM read_mark \
                 WHERE (person, conversation) IN (VALUES ",
            );
            sql.tuples(chunk, |row, (person, conversation)| {
                row.bind(i64::from(person.0)).bind(conversation.to_string());
            })
            .push(")");
            for row in sql.rows(on).await? {
                let key = (person_id(row.try_get(0)?), conversation_id(row.try_get(1)?)?);
                found.insert(key, unsigned(row.try_get(2)?));
            }
        }
        Ok(found)
    }

    /// For each range, who other than its person wrote messages in it.
    async fn authors_of(
        &self,
        on: &mut AnyConnection,
        ranges: &[MarkRange],
    ) -> Result<AuthorsOf, StorageError> {
        let mut found: AuthorsOf = ranges.iter().map(|range| (*range, Vec::new())).collect();
        let numbered: Vec<_> = ranges.iter().enumerate().collect();
        for chunk in self.chunks(&numbered) {
            let mut sql = self.sql("WITH passed (i, person, only_in, low, high) AS (VALUES ");
            sql.tuples(chunk, |row, (i, range)| {
                row.bind(*i as i64)
                    .bind(i64::from(range.person.0))
                    .bind(range.conversation.map(|c| c.to_string()).unwrap_or_default())
                    .bind(big(range.from))
                    .bind(big(range.to));
            });
            // The stretches are made first, so that both bounds are in the search of the index:
            // joined in one go, PostgreSQL reads a conversation from its begin, and SQLite all that
            // anyone said.
            sql.push(&format!(
                "), stretch AS MATERIALIZED (SELECT p.i, p.person, m.conversation, \
                 CASE WHEN m.from_n > p.low THEN m.from_n ELSE p.low END AS low, \
                 CASE WHEN m.to_n < p.high THEN m.to_n ELSE p.high END AS high \
                 FROM passed p JOIN membership m ON m.person = p.person \
                 AND (p.only_in = '' OR p.only_in = m.conversation) \
                 JOIN conversation c ON c.conversation = m.conversation AND c.last_n > p.low \
                 UNION ALL SELECT p.i, p.person, c.conversation, p.low, p.high \
                 FROM passed p JOIN membership s ON s.person = p.person AND s.conversation = 'staff' \
                 JOIN conversation c ON c.staff_reads = 1 AND c.last_n > p.low \
                 AND (p.only_in = '' OR p.only_in = c.conversation)) \
                 SELECT DISTINCT s.i, f.author FROM stretch s CROSS JOIN fact f \
                 WHERE f.conversation = s.conversation AND f.n > s.low AND f.n <= s.high \
                 AND f.author <> s.person AND f.kind IN ({}) ORDER BY s.i, f.author",
                kind::TOLD.map(|kind| kind.to_string()).join(", ")
            ));
            for row in sql.rows(on).await? {
                let range = ranges[unsigned(row.try_get(0)?) as usize];
                found.entry(range).or_default().push(person_id(row.try_get(1)?));
            }
        }
        Ok(found)
    }
}

pub(crate) fn head_of(row: &AnyRow) -> Result<Head, StorageError> {
    let frontier: Vec<u8> = row.try_get(2)?;
    let tree = Tree::resume(unsigned(row.try_get(1)?), &frontier)
        .map_err(|error| StorageError::Damaged(error.to_string()))?;
    Ok(Head {
        epoch: unsigned(row.try_get(0)?) as u32,
        tree,
        last_person: unsigned(row.try_get(3)?) as u32,
        last_group: unsigned(row.try_get(4)?) as u32,
    })
}

/// A fact, or with a code a refusal.
fn past(row: &AnyRow) -> Result<Past, StorageError> {
    let epoch = unsigned(row.try_get(3)?) as u32;
    let at = Sequence { epoch, n: unsigned(row.try_get(4)?) };
    let outcome = match unsigned(row.try_get(6)?) {
        0 => PastOutcome::Recorded {
            sequence: at,
            recorded_at: row.try_get(5)?,
            conversation: row.try_get::<Option<String>, _>(7)?.map(conversation_id).transpose()?,
            kind: unsigned(row.try_get(8)?) as u16,
        },
        code => PastOutcome::Rejected { code: ProblemCode::from_number(code as u16), at },
    };
    Ok(Past { author: person_id(row.try_get(1)?), digest: fixed(row, 2)?, outcome })
}
