//! Groups as the device knows them: who is in them, and how they are run.
//!
//! Facts about a group mean something in their order alone. What comes as it happens is applied as it
//! comes; what is fetched backwards, or lost by a restore, is gone through again from the beginning.

use sqlx::Row as _;
use waypost_protocol::{Body, ConversationId, Event, GroupSettings, PersonId};

use super::apply::place;
use super::project::kept;
use super::writing::Writing;

/// What this fact says about a group; nothing if it is about something else.
pub(super) async fn about_group(
    writing: &mut Writing,
    event: &Event,
    body: Body,
) -> Result<(), sqlx::Error> {
    match body {
        Body::GroupCreated { group, name, members, moderators, settings } => {
            named(writing, group, name, (settings, event.n)).await?;
            for person in members {
                joined(writing, group, person, event.n).await?;
            }
            for person in moderators {
                moderates(writing, group, person, true).await?;
            }
            Ok(())
        }
        Body::GroupChanged { group, name, settings } => {
            named(writing, group, name, (settings, event.n)).await
        }
        Body::ModeratorNamed { group, person } => moderates(writing, group, person, true).await,
        Body::ModeratorEnded { group, person } => moderates(writing, group, person, false).await,
        Body::MemberJoined { group, person, .. } => joined(writing, group, person, event.n).await,
        Body::MemberLeft { group, person } => left(writing, group, person, event.n).await,
        _ => Ok(()),
    }
}

/// Forgets what is known of a group and takes it anew from all facts about it.
pub(super) async fn group_again(writing: &mut Writing, group: u32) -> Result<(), sqlx::Error> {
    writing.touched.directory = true;
    writing.sql("DELETE FROM members WHERE group_id = ?").bind(group).run().await?;
    writing.sql("DELETE FROM groups WHERE id = ?").bind(group).run().await?;
    writing
        .sql("DELETE FROM lifetimes WHERE conversation = ?")
        .bind(ConversationId::Group(group).to_string())
        .run()
        .await?;
    let about = ConversationId::About(group);
    // In records of earlier versions groups stood in the stream of everyone. What no restore has lost has
    // numbers that are alone, whatever the epoch.
    let facts = writing
        .sql(
            "SELECT id, kind, content, author, conversation, n, recorded_at_ms FROM facts
             WHERE conversation IN (?, 'fleet') AND kind BETWEEN 21 AND 26
               AND n IS NOT NULL AND lost IS NULL ORDER BY n",
        )
        .bind(about.to_string())
        .rows()
        .await?;
    for row in facts {
        let event = kept(&row)?;
        if let Ok(body) = event.content.to_body()
            && body.about() == Some(about)
        {
            about_group(writing, &event, body).await?;
        }
    }
    Ok(())
}

/// The same for every group: the record was cut, and some of it never happened.
pub(super) async fn all_groups_again(writing: &mut Writing) -> Result<(), sqlx::Error> {
    for row in writing.sql("SELECT id FROM groups").rows().await? {
        group_again(writing, row.try_get(0)?).await?;
    }
    Ok(())
}

/// What a group is called, and how it is run, from here on.
async fn named(
    writing: &mut Writing,
    group: u32,
    name: String,
    (settings, n): (GroupSettings, u64),
) -> Result<(), sqlx::Error> {
    let GroupSettings { announcements, leaving, history, expires_after_s } = settings;
    writing.touched.directory = true;
    writing.lives(ConversationId::Group(group), n, expires_after_s).await?;
    writing
        .sql(
            "INSERT INTO groups (id, name, announcements, leaving, history, expires_after_s)
             VALUES (?, ?, ?, ?, ?, ?)
             ON CONFLICT (id) DO UPDATE SET name = excluded.name, history = excluded.history,
                announcements = excluded.announcements, leaving = excluded.leaving,
                expires_after_s = excluded.expires_after_s",
        )
        .bind(group)
        .bind(name)
        .bind(i64::from(announcements))
        .bind(i64::from(leaving))
        .bind(i64::from(history))
        .bind(expires_after_s)
        .run()
        .await
}

async fn moderates(
    writing: &mut Writing,
    group: u32,
    person: PersonId,
    moderates: bool,
) -> Result<(), sqlx::Error> {
    writing.touched.directory = true;
    writing
        .sql(
            "UPDATE members SET moderates = ?
             WHERE group_id = ? AND person = ? AND until_n IS NULL",
        )
        .bind(i64::from(moderates))
        .bind(group)
        .bind(person.0)
        .run()
        .await
}

async fn joined(
    writing: &mut Writing,
    group: u32,
    person: PersonId,
    n: u64,
) -> Result<(), sqlx::Error> {
    writing.touched.directory = true;
    writing.sql(
        "INSERT INTO members (group_id, person, since_n) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
    )
    .bind(group)
    .bind(person.0)
    .bind(place(n))
    .run().await
}

async fn left(
    writing: &mut Writing,
    group: u32,
    person: PersonId,
    n: u64,
) -> Result<(), sqlx::Error> {
    writing.touched.directory = true;
    writing
        .sql("UPDATE members SET until_n = ? WHERE group_id = ? AND person = ? AND until_n IS NULL")
        .bind(place(n))
        .bind(group)
        .bind(person.0)
        .run()
        .await
}
