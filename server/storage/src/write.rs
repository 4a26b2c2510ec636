//! Writing a decision in a few set statements.

use std::collections::{BTreeMap, HashMap, HashSet};

use sqlx::AnyConnection;
use waypost_domain::rights::{Right, may};
use waypost_domain::{Decision, Head, Recorded};
use waypost_protocol::{Body, ConversationId, Millis, PersonId, Role};

use crate::remembered::Remembered;
use crate::sql::big;
use crate::{Db, StorageError};

/// A row of `membership` that begins.
pub(crate) struct Joined {
    pub(crate) person: PersonId,
    pub(crate) conversation: ConversationId,
    pub(crate) from_n: u64,
    /// Beyond this number it may ask for what was said before.
    pub(crate) opened_from_n: Option<u64>,
}

impl Db {
    /// Writes all of a decision; the caller commits.
    pub(crate) async fn write(
        &self,
        on: &mut AnyConnection,
        decision: &Decision,
        remembered: &mut Remembered,
        now: Millis,
    ) -> Result<(), StorageError> {
        self.insert_facts(on, &decision.facts).await?;
        self.touch_conversations(on, &decision.facts, &mut remembered.opened).await?;
        self.insert_receipts(on, &decision.facts).await?;
        self.insert_revisions(on, &decision.facts).await?;
        self.insert_recipients(on, &decision.facts).await?;
        self.write_watching(on, &decision.watching).await?;
        self.write_cases(on, decision).await?;
        self.write_chosen(on, decision).await?;
        self.write_expiries(on, decision).await?;
        self.write_reported(on, decision).await?;
        self.write_trips(on, decision).await?;
        self.insert_promises(on, decision).await?;
        self.insert_attached(on, decision).await?;
        self.insert_rejections(on, decision).await?;
        self.move_lanes(on, decision).await?;
        self.move_marks(on, decision).await?;
        let pseudonyms = decision.pseudonyms.iter().copied().collect();
        for fact in decision.facts.iter().filter(|fact| fact.deed.is_some()) {
            self.project(on, fact, &pseudonyms, now).await?;
        }
        remembered.spoken.hears(&decision.facts);
        remembered.commits += 1;
        self.write_head(on, &decision.head, remembered.commits).await
    }

    async fn write_head(
        &self,
        on: &mut AnyConnection,
        head: &Head,
        commits: i64,
    ) -> Result<(), StorageError> {
        self.sql("UPDATE head SET epoch = ")
            .bind(i64::from(head.epoch))
            .push(", size = ")
            .bind(big(head.tree.size()))
            .push(", frontier = ")
            .bind(head.tree.frontier_bytes())
            .push(", last_person = ")
            .bind(i64::from(head.last_person))
            .push(", last_group = ")
            .bind(i64::from(head.last_group))
            .push(", commits = ")
            .bind(commits)
            .push(" WHERE id = 1")
            .execute(on)
            .await?;
        Ok(())
    }

    /// Notes the newest fact of each conversation, and the readers of one that nobody had to open.
    async fn touch_conversations(
        &self,
        on: &mut AnyConnection,
        facts: &[Recorded],
        opened: &mut HashSet<ConversationId>,
    ) -> Result<(), StorageError> {
        let mut newest = BTreeMap::new();
        for fact in facts {
            if let Some(conversation) = fact.conversation {
                newest.insert(conversation, fact.sequence.n);
            }
        }
        let newest: Vec<_> = newest.into_iter().collect();
        let mut joined = Vec::new();
        for chunk in self.chunks(&newest) {
            let mut sql =
                self.sql("INSERT INTO conversation (conversation, last_n, staff_reads) VALUES ");
            sql.tuples(chunk, |row, (conversation, n)| {
                row.bind(conversation.to_string())
                    .bind(big(*n))
                    .bind(i64::from(staff_reads(*conversation)));
            });
            sql.push(" ON CONFLICT (conversation) DO UPDATE SET last_n = excluded.last_n");
            sql.execute(on).await?;
            for (conversation, _) in chunk {
                let readers = readers_from_the_first(*conversation);
                if !readers.is_empty() && opened.insert(*conversation) {
                    joined.extend(readers.into_iter().map(|person| Joined {
                        person,
                        conversation: *conversation,
                        from_n: 0,
                        opened_from_n: None,
                    }));
                }
            }
        }
        self.insert_members(on, &joined).await
    }

    pub(crate) async fn insert_members(
        &self,
        on: &mut AnyConnection,
        joined: &[Joined],
    ) -> Result<(), StorageError> {
        for chunk in self.chunks(joined) {
            let mut sql = self.sql(
                "INSERT INTO membership (person, conversation, from_n, opened_from_n) VALUES ",
            );
            sql.tuples(chunk, |row, joined| {
                row.bind(i64::from(joined.person.0))
                    .bind(joined.conversation.to_string())
                    .bind(big(joined.from_n))
                    .bind(joined.opened_from_n.map(big));
            });
            sql.push(" ON CONFLICT (person, conversation, from_n) DO NOTHING");
            sql.execute(on).await?;
        }
        Ok(())
    }

    async fn insert_rejections(
        &self,
        on: &mut AnyConnection,
        decision: &Decision,
    ) -> Result<(), StorageError> {
        for chunk in self.chunks(&decision.rejections) {
            let mut sql =
                self.sql("INSERT INTO rejection (id, author, digest, code, epoch, n) VALUES ");
            sql.tuples(chunk, |row, rejection| {
                row.bind(rejection.id.as_bytes().to_vec())
                    .bind(i64::from(rejection.author.0))
                    .bind(rejection.digest.to_vec())
                    .bind(i64::from(rejection.code.number()))
                    .bind(i64::from(rejection.at.epoch))
                    .bind(big(rejection.at.n));
            });
            sql.execute(on).await?;
        }
        Ok(())
    }

    async fn move_lanes(
        &self,
        on: &mut AnyConnection,
        decision: &Decision,
    ) -> Result<(), StorageError> {
        let last: HashMap<_, _> = decision
            .lanes
            .iter()
            .map(|lane| ((lane.enrolment, lane.conversation), lane.last))
            .collect();
        let last: Vec<_> = last.into_iter().collect();
        for chunk in self.chunks(&last) {
            let mut sql = self.sql("INSERT INTO lane (enrolment, conversation, last) VALUES ");
            sql.tuples(chunk, |row, ((enrolment, conversation), last)| {
                row.bind(enrolment.as_bytes().to_vec())
                    .bind(conversation.to_string())
                    .bind(i64::from(*last));
            });
            sql.push(" ON CONFLICT (enrolment, conversation) DO UPDATE SET last = excluded.last");
            sql.execute(on).await?;
        }
        Ok(())
    }

    async fn move_marks(
        &self,
        on: &mut AnyConnection,
        decision: &Decision,
    ) -> Result<(), StorageError> {
        let stored: HashMap<_, _> =
            decision.stored.iter().map(|moved| (moved.enrolment, moved.up_to)).collect();
        let stored: Vec<_> = stored.into_iter().collect();
        for chunk in self.chunks(&stored) {
            let mut sql = self.sql("WITH moved (enrolment, up_to) AS (VALUES ");
            sql.tuples(chunk, |row, (enrolment, up_to)| {
                row.bind(enrolment.as_bytes().to_vec()).bind(big(*up_to));
            });
            sql.push(
                ") UPDATE enrolment SET stored_up_to = \
                 (SELECT m.up_to FROM moved m WHERE m.enrolment = enrolment.enrolment) \
                 WHERE enrolment IN (SELECT m.enrolment FROM moved m)",
            );
            sql.execute(on).await?;
        }
        let read: HashMap<_, _> = decision
            .read
            .iter()
            .map(|(person, mark)| ((*person, mark.conversation), (mark.up_to, mark.at)))
            .collect();
        let read: Vec<_> = read.into_iter().collect();
        for chunk in self.chunks(&read) {
            let mut sql =
                self.sql("INSERT INTO read_mark (person, conversation, up_to, at_ms) VALUES ");
            sql.tuples(chunk, |row, ((person, conversation), (up_to, at))| {
                row.bind(i64::from(person.0))
                    .bind(conversation.to_string())
                    .bind(big(*up_to))
                    .bind(*at);
            });
            sql.push(
                " ON CONFLICT (person, conversation) \
                 DO UPDATE SET up_to = excluded.up_to, at_ms = excluded.at_ms",
            );
            sql.execute(on).await?;
        }
        Ok(())
    }

    /// Keeps the directory rows that a deed's fact stands for.
    async fn project(
        &self,
        on: &mut AnyConnection,
        fact: &Recorded,
        pseudonyms: &HashMap<PersonId, [u8; 16]>,
        now: Millis,
    ) -> Result<(), StorageError> {
        let n = fact.sequence.n;
        let body = fact.content.to_body();
        match body.map_err(|error| StorageError::Damaged(error.to_string()))? {
            Body::PersonAdded { person, handle, name, role, language } => {
                let pseudonym = pseudonyms.get(&person).copied().unwrap_or_default();
                let row = crate::PersonRow { person, handle, name, role, language };
                self.insert_person(on, &row, pseudonym, n).await?;
                self.insert_members(on, &streams_of(person, role)).await
            }
            body @ (Body::GroupCreated { .. }
            | Body::GroupChanged { .. }
            | Body::ModeratorNamed { .. }
            | Body::ModeratorEnded { .. }
            | Body::MemberJoined { .. }
            | Body::MemberLeft { .. }) => self.project_group(on, n, body).await,
            Body::Enrolled { person, .. } => match &fact.deed {
                Some(deed) => self.insert_enrolment(on, person, deed, now).await,
                None => Ok(()),
            },
            Body::Revoked { enrolment, .. } => self.revoke(on, enrolment, now).await,
            Body::EpochBegan { size, .. } => self.insert_epoch(on, fact.sequence.epoch, size).await,
            Body::ChainSet { chain, name, steps } => {
                self.set_chain(on, &crate::ChainRow { chain, name, steps }).await
            }
            body @ (Body::CoverageSet { .. }
            | Body::ShiftPlanned { .. }
            | Body::ShiftCancelled { .. }) => self.project_roster(on, fact.id, body).await,
            Body::TemplatePublished { template, version, .. } => {
                self.publish_template(on, &template, version, n).await
            }
            Body::FlagRulesSet { rules } => self.set_flag_rules(on, &rules).await,
            Body::Text { .. }
            | Body::Template { .. }
            | Body::File { .. }
            | Body::Location { .. }
            | Body::Contact { .. }
            | Body::Incident { .. }
            | Body::Assigned { .. }
            | Body::Resolved { .. }
            | Body::Reopened {}
            | Body::Notify { .. }
            | Body::QuietHours { .. }
            | Body::Blocked { .. }
            | Body::Unblocked { .. }
            | Body::ExpirySet { .. }
            | Body::Reported { .. }
            | Body::Flagged { .. }
            | Body::Judged { .. }
            | Body::TripPlanned { .. }
            | Body::StopPlanned { .. }
            | Body::PlansAnswered { .. }
            | Body::StopMoved { .. }
            | Body::StopSettled { .. }
            | Body::TripHandedOver { .. }
            | Body::StopHandedOver { .. }
            | Body::ConsigneeSaid { .. }
            | Body::EscalationStopped { .. }
            | Body::Escalation { .. }
            | Body::Acknowledgement { .. }
            | Body::Edit { .. }
            | Body::Deletion { .. }
            | Body::Broadcast { .. }
            | Body::Receipts { .. }
            | Body::Erased { .. }
            | Body::Unknown { .. } => Ok(()),
        }
    }

    async fn insert_epoch(
        &self,
        on: &mut AnyConnection,
        epoch: u32,
        after_n: u64,
    ) -> Result<(), StorageError> {
        self.sql("INSERT INTO epoch (epoch, after_n) VALUES (")
            .bind(i64::from(epoch))
            .push(", ")
            .bind(big(after_n))
            .push(")")
            .execute(on)
            .await?;
        Ok(())
    }
}

/// Who reads a conversation that is there from its first fact on.
fn readers_from_the_first(conversation: ConversationId) -> Vec<PersonId> {
    match conversation {
        ConversationId::Direct(low, high) => vec![low, high],
        ConversationId::Broadcasts(whose)
        | ConversationId::Dispatch(whose)
        | ConversationId::Own(whose) => vec![whose],
        // Whom it concerns, its opening says.
        ConversationId::Incident(_)
        | ConversationId::Group(_)
        | ConversationId::About(_)
        | ConversationId::Reports
        | ConversationId::Fleet
        | ConversationId::Staff => Vec::new(),
    }
}

/// Whether the staff read all of it.
fn staff_reads(conversation: ConversationId) -> bool {
    conversation.is_shared() || matches!(conversation, ConversationId::About(_))
}

/// The directory streams that a new person reads, from their beginning.
fn streams_of(person: PersonId, role: Role) -> Vec<Joined> {
    let staff = Some(ConversationId::Staff).filter(|_| role.is_staff());
    let reports = Some(ConversationId::Reports).filter(|_| may(role, Right::Moderate));
    std::iter::once(ConversationId::Fleet)
        .chain(staff)
        .chain(reports)
        .map(|conversation| Joined { person, conversation, from_n: 0, opened_from_n: None })
        .collect()
}
