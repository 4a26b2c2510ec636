//! Conversations and groups.

use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use waypost_domain::access::may_be_served;
use waypost_domain::rights::Right;
use waypost_domain::{Actor, Deed, DeedDone};
use waypost_protocol::{Body, ConversationId, GroupSettings, Millis, PersonId, ProblemCode};
use waypost_storage::{ConversationRow, Member};

use super::caller::{Caller, holds};
use super::extract::{IdempotencyKey, Json, NewFact, Path, Query, page_size};
use super::problem::Problem;
use crate::clock;
use crate::waypost::Waypost;

pub fn router() -> OpenApiRouter<Waypost> {
    OpenApiRouter::new()
        .routes(routes!(list_conversations))
        .routes(routes!(show_conversation))
        .routes(routes!(list_groups, create_group))
        .routes(routes!(change_group))
        .routes(routes!(join_group, leave_group))
        .routes(routes!(name_moderator, end_moderator))
}

/// A conversation of the caller.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ConversationShown {
    /// Its id.
    pub id: ConversationId,
    /// The name of a group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Who is in it now.
    pub members: Vec<PersonId>,
    /// Who of them looks after a group.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub moderators: Vec<PersonId>,
    /// How a group is run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settings: Option<GroupSettings>,
    /// After how many seconds messages of a direct conversation go for ever, if that was said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_after_s: Option<u32>,
}

/// A page of conversations.
#[derive(Serialize, ToSchema)]
struct Conversations {
    /// In the order of their ids.
    conversations: Vec<ConversationShown>,
    /// What to give as `after` for the next page; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<ConversationId>,
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct ConversationsPage {
    /// Only conversations after this id.
    after: Option<ConversationId>,
    /// At most this many; 200 at the most.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u16>,
}

/// A group to be opened.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GroupWanted {
    /// Name on the screen.
    #[schema(example = "Depot North", min_length = 1, max_length = 80, pattern = r"\S")]
    pub name: String,
    /// First members, at most 5,000.
    #[schema(max_items = 5000)]
    pub members: Vec<PersonId>,
    /// Who of them looks after it, at most 50; if nobody is named, those of the staff.
    #[serde(default)]
    #[schema(max_items = 50)]
    pub moderators: Vec<PersonId>,
    /// How it is run.
    #[serde(default)]
    pub settings: GroupSettings,
}

/// For how long after the last word an incident that is over stays among the conversations: a week.
const INCIDENTS_LISTED_FOR_MS: Millis = 7 * 24 * 60 * 60 * 1000;

/// How a group is to be from now on.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct GroupChange {
    /// Name on the screen.
    #[schema(example = "Depot North", min_length = 1, max_length = 80, pattern = r"\S")]
    name: String,
    /// How it is run: all of it, for what is left out is off.
    settings: GroupSettings,
}

/// My conversations. Of incidents, those that are open, and those in which something was said in the last week.
#[utoipa::path(get, path = "/v1/conversations", tag = "conversations", params(ConversationsPage),
    responses((status = 200, body = Conversations)))]
async fn list_conversations(
    State(waypost): State<Waypost>,
    Caller(actor): Caller,
    Query(page): Query<ConversationsPage>,
) -> Result<axum::Json<Conversations>, Problem> {
    let limit = page_size(page.limit)?;
    let after = page.after.map(|after| after.to_string()).unwrap_or_default();
    let since = clock::now() - INCIDENTS_LISTED_FOR_MS;
    let rows = waypost.db.conversations(actor.person, &after, since, limit).await?;
    listed(&waypost, rows, limit).await
}

/// Every group, also those in which I am not (staff). What is said in them its members read.
#[utoipa::path(get, path = "/v1/groups", tag = "conversations", params(ConversationsPage),
    responses((status = 200, body = Conversations)))]
async fn list_groups(
    State(waypost): State<Waypost>,
    Caller(actor): Caller,
    Query(page): Query<ConversationsPage>,
) -> Result<axum::Json<Conversations>, Problem> {
    holds(actor, Right::RunGroups)?;
    let limit = page_size(page.limit)?;
    let after = match page.after {
        None => 0,
        Some(ConversationId::Group(group)) => group,
        Some(_) => {
            let what = "this is no `next` of a page of groups";
            return Err(Problem::of_field(ProblemCode::Malformed, "after", what));
        }
    };
    let rows = waypost.db.groups(after, limit).await?;
    listed(&waypost, rows, limit).await
}

async fn listed(
    waypost: &Waypost,
    rows: Vec<ConversationRow>,
    limit: usize,
) -> Result<axum::Json<Conversations>, Problem> {
    let next = rows.last().filter(|_| rows.len() == limit).map(|last| last.conversation);
    let ids: Vec<_> = rows.iter().map(|row| row.conversation).collect();
    let mut members = waypost.db.members(&ids).await?;
    let conversations = rows.into_iter().map(|row| {
        let id = row.conversation;
        shown(id, Some(row), members.remove(&id).unwrap_or_default())
    });
    let conversations = conversations.collect();
    Ok(axum::Json(Conversations { conversations, next }))
}

/// One of my conversations.
#[utoipa::path(get, path = "/v1/conversations/{conversation}", tag = "conversations",
    params(("conversation" = ConversationId, Path)), responses((status = 200, body = ConversationShown)))]
async fn show_conversation(
    State(waypost): State<Waypost>,
    Caller(actor): Caller,
    Path(conversation): Path<ConversationId>,
) -> Result<axum::Json<ConversationShown>, Problem> {
    let members = members_for(&waypost, actor, conversation).await?;
    let row = waypost.db.conversation(conversation).await?;
    Ok(axum::Json(shown(conversation, row, members)))
}

fn shown(
    id: ConversationId,
    row: Option<ConversationRow>,
    members: Vec<Member>,
) -> ConversationShown {
    let moderators = members.iter().filter(|it| it.moderates).map(|it| it.person).collect();
    let members = members.iter().map(|it| it.person).collect();
    let expires_after_s = row.as_ref().and_then(|row| row.expires_after_s);
    let (title, settings) = row.map_or((None, None), |row| (row.title, row.settings));
    ConversationShown { id, title, members, moderators, settings, expires_after_s }
}

/// Who reads what someone says to dispatch, before anything was said.
async fn at_dispatch(waypost: &Waypost, person: PersonId) -> Result<Vec<Member>, Problem> {
    let served = waypost.db.person(person).await?.filter(|it| may_be_served(it.role));
    served.ok_or(ProblemCode::NotFound)?;
    let mut staff = waypost.db.members(&[ConversationId::Staff]).await?;
    let mut members = staff.remove(&ConversationId::Staff).unwrap_or_default();
    members.push(Member { person, moderates: false });
    members.sort_by_key(|member| member.person);
    Ok(members)
}

/// Who is in a conversation, for one of them. A direct one is there as soon as both people are, and what
/// someone says to dispatch as soon as they are.
pub async fn members_for(
    waypost: &Waypost,
    actor: Actor,
    conversation: ConversationId,
) -> Result<Vec<Member>, Problem> {
    if let Some(partner) = conversation.partner_of(actor.person) {
        waypost.db.person(partner).await?.ok_or(ProblemCode::NotFound)?;
        let both = [actor.person.min(partner), actor.person.max(partner)];
        return Ok(both.map(|person| Member { person, moderates: false }).to_vec());
    }
    let mut members = waypost.db.members(&[conversation]).await?;
    let mut members = members.remove(&conversation).unwrap_or_default();
    if let (ConversationId::Dispatch(person), true) = (conversation, members.is_empty()) {
        members = at_dispatch(waypost, person).await?;
    }
    match members.iter().any(|it| it.person == actor.person) {
        true => Ok(members),
        false => Err(ProblemCode::NotFound.into()),
    }
}

/// Opens a group (staff).
#[utoipa::path(post, path = "/v1/groups", tag = "conversations", request_body = GroupWanted,
    params(IdempotencyKey),
    responses((status = 201, body = ConversationShown)))]
async fn create_group(
    State(waypost): State<Waypost>,
    Caller(actor): Caller,
    NewFact(id): NewFact,
    Json(wanted): Json<GroupWanted>,
) -> Result<(StatusCode, axum::Json<ConversationShown>), Problem> {
    holds(actor, Right::RunGroups)?;
    let GroupWanted { name, members, moderators, settings } = wanted;
    let body = Body::GroupCreated {
        group: 0,
        name: name.clone(),
        members: members.clone(),
        moderators: moderators.clone(),
        settings,
    };
    body.check()?;
    let deed = Deed::CreateGroup { name, members, moderators, settings };
    let done = waypost.deed(actor, id, deed).await?;
    let fact = waypost.db.fact_at(done.sequence.n).await?.ok_or(ProblemCode::NotFound)?;
    let Ok(Body::GroupCreated { group, name, members, moderators, settings }) =
        fact.event.content.to_body()
    else {
        return Err(ProblemCode::Internal.into());
    };
    let (id, title, settings) = (ConversationId::Group(group), Some(name), Some(settings));
    let expires_after_s = None;
    let shown = ConversationShown { id, title, members, moderators, settings, expires_after_s };
    Ok((StatusCode::CREATED, axum::Json(shown)))
}

/// Gives a group another name, or runs it in another way (staff and moderators).
#[utoipa::path(put, path = "/v1/groups/{group}", tag = "conversations", request_body = GroupChange,
    params(("group" = u32, Path), IdempotencyKey),
    responses((status = 204, description = "The group is so.")))]
async fn change_group(
    State(waypost): State<Waypost>,
    Caller(actor): Caller,
    NewFact(id): NewFact,
    Path(group): Path<u32>,
    Json(GroupChange { name, settings }): Json<GroupChange>,
) -> Result<StatusCode, Problem> {
    Body::GroupChanged { group, name: name.clone(), settings }.check()?;
    waypost.deed(actor, id, Deed::ChangeGroup { group, name, settings }).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lets a member look after a group from now on (staff and moderators).
#[utoipa::path(put, path = "/v1/groups/{group}/moderators/{person}", tag = "conversations",
    params(("group" = u32, Path), ("person" = u32, Path), IdempotencyKey),
    responses((status = 204, description = "The member is a moderator.")))]
async fn name_moderator(
    State(waypost): State<Waypost>,
    Caller(actor): Caller,
    NewFact(id): NewFact,
    Path((group, person)): Path<(u32, PersonId)>,
) -> Result<StatusCode, Problem> {
    done_once(waypost.deed(actor, id, Deed::NameModerator { group, person }).await)
}

/// Ends that (staff and moderators).
#[utoipa::path(delete, path = "/v1/groups/{group}/moderators/{person}", tag = "conversations",
    params(("group" = u32, Path), ("person" = u32, Path), IdempotencyKey),
    responses((status = 204, description = "The member is no moderator.")))]
async fn end_moderator(
    State(waypost): State<Waypost>,
    Caller(actor): Caller,
    NewFact(id): NewFact,
    Path((group, person)): Path<(u32, PersonId)>,
) -> Result<StatusCode, Problem> {
    done_once(waypost.deed(actor, id, Deed::EndModerator { group, person }).await)
}

/// What is so already is as good as done.
fn done_once(done: Result<DeedDone, ProblemCode>) -> Result<StatusCode, Problem> {
    match done {
        Ok(_) | Err(ProblemCode::AlreadyDone) => Ok(StatusCode::NO_CONTENT),
        Err(code) => Err(code.into()),
    }
}

/// Lets a person into a group from now on (staff and moderators).
#[utoipa::path(put, path = "/v1/groups/{group}/members/{person}", tag = "conversations",
    params(("group" = u32, Path), ("person" = u32, Path), IdempotencyKey),
    responses((status = 204, description = "The person is a member.")))]
async fn join_group(
    State(waypost): State<Waypost>,
    Caller(actor): Caller,
    NewFact(id): NewFact,
    Path((group, person)): Path<(u32, PersonId)>,
) -> Result<StatusCode, Problem> {
    done_once(waypost.deed(actor, id, Deed::Join { group, person }).await)
}

/// Takes a person out of a group from now on (staff and moderators; oneself where the group lets its
/// members leave).
#[utoipa::path(delete, path = "/v1/groups/{group}/members/{person}", tag = "conversations",
    params(("group" = u32, Path), ("person" = u32, Path), IdempotencyKey),
    responses((status = 204, description = "The person is no member.")))]
async fn leave_group(
    State(waypost): State<Waypost>,
    Caller(actor): Caller,
    NewFact(id): NewFact,
    Path((group, person)): Path<(u32, PersonId)>,
) -> Result<StatusCode, Problem> {
    waypost.deed(actor, id, Deed::Leave { group, person }).await?;
    Ok(StatusCode::NO_CONTENT)
}
