//! What a fact of the record means for the tables that screens are read from.

use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;
use waypost_protocol::{
    Body, Content, ConversationId, Event, FactId, Millis, Move, PersonId, Priority, ReceiptState,
};

use super::apply::{blob, expires_after_s, parse, place};
use super::groups::{about_group, group_again};
use super::lifetimes::{is_fleeting, lifetime_at};
use super::read::{fact_id, optional_id};
use super::writing::Writing;
use super::{Store, StoreError};

impl Store {
    /// Facts of kinds that an earlier version did not know take their effect now.
    pub(super) async fn understand_more(&self) -> Result<(), StoreError> {
        let rows = sqlx::query(
            "SELECT id, kind, content, author, conversation, n, recorded_at_ms FROM facts
             WHERE understood = 0 ORDER BY epoch, n",
        )
        .fetch_all(&self.pool)
        .await?;
        for row in rows {
            let event = kept(&row)?;
            if matches!(event.content.to_body(), Err(_) | Ok(Body::Unknown { .. })) {
                continue;
            }
            self.write(async |writing| understood(writing, &event).await).await?;
        }
        Ok(())
    }
}

/// A fact as its columns tell it: id, kind, content, author, conversation, number and time.
pub(super) fn kept(row: &SqliteRow) -> Result<Event, sqlx::Error> {
    let conversation = row.try_get::<Option<String>, _>(4)?;
    Ok(Event {
        n: row.try_get::<Option<i64>, _>(5)?.map_or(0, i64::unsigned_abs),
        recorded_at: row.try_get::<Option<i64>, _>(6)?.unwrap_or(0),
        content: Content { kind: row.try_get(1)?, bytes: row.try_get(2)? },
        id: Some(fact_id(row, 0)?),
        author: Some(PersonId(row.try_get(3)?)),
        conversation: conversation.as_deref().map(parse).transpose()?,
        offset_minutes: 0,
        skew_ms: None,
    })
}

async fn understood(writing: &mut Writing, event: &Event) -> Result<(), sqlx::Error> {
    let body = event.content.to_body().ok();
    match body.as_ref().and_then(Body::about) {
        // What is known about a group means something in its order alone.
        Some(ConversationId::About(group)) => group_again(writing, group).await?,
        _ => project(writing, event).await?,
    }
    let Beside { expires_after_s, broadcast, fleeting } = beside(writing, body.as_ref());
    let id = event.id.as_ref().map(blob);
    writing
        .sql(concat!(
            "UPDATE facts SET understood = 1, expires_after_s = ?, broadcast = ?, fleeting = ?,
                              lifetime_s = CASE WHEN ? THEN ",
            lifetime_at!("facts.conversation", "facts.n"),
            " END WHERE id = ?"
        ))
        .bind(expires_after_s)
        .bind(broadcast.as_ref().map(blob))
        .bind(fleeting)
        .bind(fleeting)
        .bind(id)
        .run()
        .await?;
    // Its words have to be found as well.
    writing
        .sql(
            "UPDATE progress SET searched = min(searched, (SELECT rowid FROM facts WHERE id = ?) - 1)",
        )
        .bind(id)
        .run()
        .await
}

/// Stores a fact of the record and what it means. It merges by id with what is known of it.
pub(super) async fn recorded(
    writing: &mut Writing,
    epoch: u32,
    event: &Event,
) -> Result<(), sqlx::Error> {
    if let Some(id) = event.id {
        keep(writing, epoch, id, event).await?;
    }
    project(writing, event).await
}

/// Stores a fact from before the person could read its conversation, and what it means. What is known
/// about a group means something in its order alone: see [`super::groups`].
pub(super) async fn earlier(
    writing: &mut Writing,
    epoch: u32,
    event: &Event,
) -> Result<(), sqlx::Error> {
    match event.conversation {
        Some(ConversationId::About(_)) => match event.id {
            Some(id) => keep(writing, epoch, id, event).await,
            None => Ok(()),
        },
        _ => recorded(writing, epoch, event).await,
    }
}

async fn keep(
    writing: &mut Writing,
    epoch: u32,
    id: FactId,
    event: &Event,
) -> Result<(), sqlx::Error> {
    let body = event.content.to_body();
    let understood = !matches!(body, Err(_) | Ok(Body::Unknown { .. }));
    let urgent = event.author != Some(writing.me) && body.as_ref().is_ok_and(is_urgent);
    let Beside { expires_after_s, broadcast, fleeting } = beside(writing, body.ok().as_ref());
    let conversation = event.conversation.map(|conversation| conversation.to_string());
    writing
        .sql(concat!(
            "INSERT INTO facts (id, conversation, author, kind, content, offset_minutes, skew_ms,
                            epoch, n, recorded_at_ms, expires_after_s, broadcast, understood,
                            fleeting, urgent, lifetime_s)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, CASE WHEN ? THEN ",
            lifetime_at!("?", "?"),
            " END)
         ON CONFLICT (id) DO UPDATE SET
            epoch = excluded.epoch, n = excluded.n, recorded_at_ms = excluded.recorded_at_ms,
            fleeting = excluded.fleeting, lifetime_s = excluded.lifetime_s, lost = NULL",
        ))
        .bind(blob(&id))
        .bind(conversation.clone())
        .bind(event.author.unwrap_or(PersonId::SERVER).0)
        .bind(event.content.kind)
        .bind(&event.content.bytes)
        .bind(event.offset_minutes)
        .bind(event.skew_ms)
        .bind(epoch)
        .bind(place(event.n))
        .bind(event.recorded_at)
        .bind(expires_after_s)
        .bind(broadcast.as_ref().map(blob))
        .bind(i64::from(understood))
        .bind(fleeting)
        .bind(urgent)
        .bind(fleeting)
        .bind(conversation)
        .bind(place(event.n))
        .run()
        .await?;
    if let Some(conversation) = event.conversation {
        writing.touched.message(conversation, Some(id));
    }
    writing.touch_broadcast(broadcast);
    Ok(())
}

/// Whether a message goes before what is routine.
fn is_urgent(body: &Body) -> bool {
    body.header().is_some_and(|header| header.priority > Priority::Routine)
}

/// What stands in columns beside a message: when it goes by itself, the broadcast that brought it, and
/// whether it goes as its conversation has it.
struct Beside {
    expires_after_s: Option<u32>,
    broadcast: Option<FactId>,
    fleeting: bool,
}

fn beside(writing: &mut Writing, body: Option<&Body>) -> Beside {
    let expires_after_s = body.and_then(expires_after_s);
    writing.touched.expiry |= expires_after_s.is_some();
    let broadcast = body.and_then(Body::header).and_then(|header| header.broadcast);
    Beside { expires_after_s, broadcast, fleeting: body.is_some_and(is_fleeting) }
}

async fn project(writing: &mut Writing, event: &Event) -> Result<(), sqlx::Error> {
    let Ok(body) = event.content.to_body() else { return Ok(()) };
    if let Body::Receipts { moves } = &body {
        for step in moves {
            moved(writing, step).await?;
        }
    }
    // Receipts alone have no id.
    let Some(id) = event.id else { return Ok(()) };
    // What a verdict has removed, the server takes away.
    let author = event.author.unwrap_or(PersonId::SERVER);
    match body {
        Body::Acknowledgement { message } => {
            let at = id.occurred_at().unwrap_or(event.recorded_at);
            acknowledged(writing, message, author, at).await
        }
        body @ Body::PersonAdded { .. } => in_the_directory(writing, event.n, body).await,
        Body::GroupCreated { .. }
        | Body::GroupChanged { .. }
        | Body::ModeratorNamed { .. }
        | Body::ModeratorEnded { .. }
        | Body::MemberJoined { .. }
        | Body::MemberLeft { .. } => about_group(writing, event, body).await,
        Body::Edit { .. } | Body::Deletion { .. } => writing.revises(id, author, event.conversation, &body).await,
        Body::Escalation { .. } | Body::EscalationStopped { .. } => writing.escalates(id, event.conversation, &body).await,
        Body::TemplatePublished { .. } => {
            writing.touched.directory = true;
            Ok(())
        }
        Body::ExpirySet { after_s } => match event.conversation {
            Some(conversation) => writing.lives(conversation, event.n, after_s).await,
            None => Ok(()),
        },
        body @ (Body::TripPlanned { .. }
        | Body::StopPlanned { .. }
        | Body::PlansAnswered { .. }
        | Body::StopMoved { .. }
        | Body::StopSettled { .. }
        | Body::TripHandedOver { .. }
        | Body::StopHandedOver { .. }
        | Body::ConsigneeSaid { .. }) => writing.is_of_trips(id, &body).await,
        Body::Text { .. }
        | Body::Template { .. }
        | Body::File { .. }
        | Body::Location { .. }
        | Body::Contact { .. }
        | Body::Incident { .. }
        | Body::Assigned { .. }
        | Body::Resolved { .. }
        | Body::Reopened {}
        // They are read as a whole.
        | Body::Notify { .. }
        | Body::QuietHours { .. }
        | Body::Blocked { .. }
        | Body::Unblocked { .. }
        | Body::Reported { .. }
        | Body::Flagged { .. }
        | Body::Judged { .. }
        | Body::FlagRulesSet { .. }
        | Body::Broadcast { .. }
        | Body::Receipts { .. }
        | Body::ChainSet { .. }
        | Body::CoverageSet { .. }
        | Body::ShiftPlanned { .. }
        | Body::ShiftCancelled { .. }
        | Body::Enrolled { .. }
        | Body::Revoked { .. }
        | Body::EpochBegan { .. }
        | Body::Erased { .. }
        | Body::Unknown { .. } => Ok(()),
    }
}

async fn in_the_directory(writing: &mut Writing, n: u64, body: Body) -> Result<(), sqlx::Error> {
    let Body::PersonAdded { person, handle, name, role, language } = body else { return Ok(()) };
    writing.touched.directory = true;
    writing
        .sql(PERSON)
        .bind(person.0)
        .bind(handle)
        .bind(name)
        .bind(role.name())
        .bind(language)
        .bind(place(n))
        .run()
        .await
}

const PERSON: &str = "
    INSERT INTO people (id, handle, name, role, language, since_n) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET handle = excluded.handle, name = excluded.name,
        role = excluded.role, language = excluded.language, since_n = excluded.since_n";

/// Someone has acknowledged a message. The first time wins.
pub(super) async fn acknowledged(
    writing: &mut Writing,
    message: FactId,
    person: PersonId,
    at: Millis,
) -> Result<(), sqlx::Error> {
    writing
        .sql(
            "INSERT INTO receipts (message, person, acknowledged_at_ms) VALUES (?, ?, ?)
         ON CONFLICT (message, person) DO UPDATE SET
            acknowledged_at_ms = coalesce(acknowledged_at_ms, excluded.acknowledged_at_ms)",
        )
        .bind(blob(&message))
        .bind(person.0)
        .bind(at)
        .run()
        .await?;
    let row = writing
        .sql("SELECT conversation, broadcast FROM facts WHERE id = ?")
        .bind(blob(&message))
        .row()
        .await?;
    let Some(row) = row else { return Ok(()) };
    writing.touch_broadcast(optional_id(&row, 1)?);
    writing.touch(row.try_get(0)?, message)
}

/// Applies a move to own messages that it covers and no earlier move did.
async fn moved(writing: &mut Writing, step: &Move) -> Result<(), sqlx::Error> {
    let me = writing.me;
    let direct = ConversationId::direct(me, step.person).map(|id| id.to_string());
    let (update, state, within) = match (step.state, step.conversation) {
        (ReceiptState::Delivered, _) => (DELIVERED, 2, String::new()),
        (ReceiptState::Read, Some(conversation)) => (READ, 3, conversation.to_string()),
        _ => return Ok(()),
    };
    let before = applied_up_to(writing, step.person, state, &within).await?;
    let rows = writing
        .sql(COVERED)
        .bind(me.0)
        .bind(place(before))
        .bind(place(step.up_to))
        .bind(&within)
        .bind(&within)
        .bind(direct)
        .rows()
        .await?;
    for row in rows {
        let id = fact_id(&row, 0)?;
        writing.sql(update).bind(blob(&id)).bind(step.person.0).bind(step.at).run().await?;
        writing.touch_broadcast(optional_id(&row, 2)?);
        writing.touch(row.try_get(1)?, id)?;
    }
    writing
        .sql(
            "INSERT INTO receipt_progress (person, state, conversation, up_to) VALUES (?, ?, ?, ?)
         ON CONFLICT (person, state, conversation)
         DO UPDATE SET up_to = max(up_to, excluded.up_to)",
        )
        .bind(step.person.0)
        .bind(state)
        .bind(within)
        .bind(place(step.up_to))
        .run()
        .await
}

async fn applied_up_to(
    writing: &mut Writing,
    person: PersonId,
    state: i64,
    within: &str,
) -> Result<u64, sqlx::Error> {
    let row = writing
        .sql(
            "SELECT up_to FROM receipt_progress
             WHERE person = ? AND state = ? AND conversation = ?",
        )
        .bind(person.0)
        .bind(state)
        .bind(within)
        .row()
        .await?;
    row.map_or(Ok(0), |row| Ok(row.try_get::<i64, _>(0)?.unsigned_abs()))
}

/// Own messages between two numbers that may have gone to this person. Who was in a group when, and
/// who is of the staff, the device may not know yet; what was never theirs no screen shows.
const COVERED: &str = "
    SELECT f.id, f.conversation, f.broadcast FROM facts f
    WHERE f.author = ? AND f.kind IN (1, 2, 8, 9, 100, 101, 123) AND f.n > ? AND f.n <= ?
      AND (? = '' OR f.conversation = ?)
      AND (f.conversation = ? OR f.conversation LIKE 'group-%' OR f.conversation LIKE 'dispatch-%'
           OR f.conversation LIKE 'incident-%')";

const DELIVERED: &str = "
    INSERT INTO receipts (message, person, delivered_at_ms) VALUES (?, ?, ?)
    ON CONFLICT (message, person) DO UPDATE SET
        delivered_at_ms = coalesce(delivered_at_ms, excluded.delivered_at_ms)";

const READ: &str = "
    INSERT INTO receipts (message, person, read_at_ms) VALUES (?, ?, ?)
    ON CONFLICT (message, person) DO UPDATE SET
        read_at_ms = coalesce(read_at_ms, excluded.read_at_ms)";
