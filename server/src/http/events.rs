//! The event feed: what concerns the caller, in the order of the record, as CloudEvents; page by page,
//! or as a stream that stays open. The caller keeps the cursor. It makes no receipt.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::sse::{self, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use futures_util::stream::{self, Stream};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use waypost_domain::rights::Right;
use waypost_edge::Identity;
use waypost_protocol::{Event, Events, Millis, ProblemCode, Sequence};

use super::caller::{Proven, holds};
use super::extract::{Query, page_size};
use super::problem::Problem;
use crate::feed::{FeedOf, Place};
use crate::waypost::{Proof, Waypost, actor_of};

const STREAM: &str = "text/event-stream";

/// Longest time that a question waits for something new, in seconds.
const WAIT_S_MAX: u64 = 30;

/// How often a stream is looked after where nothing happens.
const STREAM_LOOK: Duration = Duration::from_secs(15);

pub fn router() -> OpenApiRouter<Waypost> {
    OpenApiRouter::new().routes(routes!(list_events))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct FeedPage {
    /// The cursor: only what comes after it. From the beginning if it is absent.
    #[param(pattern = "^[0-9]{1,9}[.][0-9]{1,15}$", example = "0.57")]
    after: Option<String>,
    /// `trips`: all that is about trips and stops, whomever it concerns, in place of what concerns the caller (dispatch,
    /// bots and auditors).
    #[param(inline)]
    of: Option<Subject>,
    /// At most this many; 200 at the most.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u16>,
    /// If there is nothing new, waits for it, so many seconds at the most.
    #[param(minimum = 0, maximum = 30)]
    wait: Option<u64>,
}

/// What a feed is about.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
enum Subject {
    /// Trips and stops.
    Trips,
}

/// What is new.
#[derive(Serialize, ToSchema)]
struct FeedShown {
    /// In the order of the record.
    events: Vec<CloudEvent>,
    /// What to give as `after` for what comes next.
    next: String,
    /// Whether there is more already: ask again at once.
    more: bool,
    /// The record was restored from a backup: what you have of the cursor's epoch beyond this number is
    /// gone from it, and may come again under other numbers.
    #[serde(skip_serializing_if = "Option::is_none")]
    cut_after: Option<u64>,
}

/// A fact, in the envelope of CloudEvents 1.0.
#[derive(Serialize, ToSchema)]
struct CloudEvent {
    /// The version of the envelope.
    #[schema(example = "1.0")]
    specversion: &'static str,
    /// The id of the fact, the same for ever; for receipts, their place.
    #[schema(example = "0195572b-1e40-7000-8000-0000000000a1")]
    id: String,
    /// Its place in the record, which is also the cursor right after it. After a restore the same fact
    /// may come again with another epoch.
    #[schema(example = "0.57")]
    sequence: String,
    /// This server.
    #[schema(example = "https://fleet.example:8443/v1")]
    source: String,
    /// `waypost.` and the kind of its content.
    #[serde(rename = "type")]
    #[schema(example = "waypost.text")]
    kind: String,
    /// Where it belongs; absent for receipts.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "direct-2-7")]
    subject: Option<String>,
    /// When it was committed (RFC 3339).
    #[schema(example = "2026-03-02T08:30:00.9Z")]
    time: String,
    /// Of what is in it.
    #[schema(example = "application/json")]
    datacontenttype: &'static str,
    /// The fact.
    data: Event,
}

/// What concerns me, or all trips, as CloudEvents: a page, or with `Accept: text/event-stream` a stream that stays
/// open (server-sent events; it goes on after `Last-Event-ID`).
///
/// Keep `next` in the same transaction as what you make of the events, and nothing is lost or done
/// twice. Reading this makes no receipt.
#[utoipa::path(get, path = "/v1/events", tag = "events", params(FeedPage),
    responses((status = 200, content((FeedShown = "application/json"), (String = "text/event-stream")))))]
async fn list_events(
    State(waypost): State<Waypost>,
    Proven(proof): Proven,
    headers: HeaderMap,
    Query(page): Query<FeedPage>,
) -> Result<Response, Problem> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let streams = text(header::ACCEPT.as_str()).is_some_and(|accept| accept.contains(STREAM));
    let resumed = text("last-event-id").filter(|_| streams);
    let after = cursor(resumed.or(page.after.as_deref()))?;
    let limit = page_size(page.limit)?;
    let of = match page.of {
        None => FeedOf::Caller,
        Some(Subject::Trips) => {
            holds(actor_of(proof.who), Right::SeeTrips)?;
            FeedOf::Trips
        }
    };
    if streams {
        let _place = place(&waypost, proof.who)?;
        let reader = Reader { waypost, proof, of, after, pending: VecDeque::new(), _place };
        return Ok(Sse::new(reader.stream()).keep_alive(KeepAlive::default()).into_response());
    }
    let wait = page.wait.unwrap_or(0);
    if wait > WAIT_S_MAX {
        let what = format!("at most {WAIT_S_MAX} seconds");
        return Err(Problem::of_field(ProblemCode::Malformed, "wait", what));
    }
    let _place = if wait > 0 { Some(place(&waypost, proof.who)?) } else { None };
    let events = waypost.next_for(&proof, of, after, limit, Duration::from_secs(wait)).await?;
    let more = events.more;
    let next = Sequence { epoch: events.epoch, n: events.next }.to_string();
    let cut_after = events.cut_after;
    let events = wrapped(&waypost, events)?;
    Ok(axum::Json(FeedShown { events, next, more, cut_after }).into_response())
}

/// One who waits; only so many may.
fn place(waypost: &Waypost, who: Identity) -> Result<Place, Problem> {
    waypost.waiting.take(who.enrolment).ok_or_else(|| ProblemCode::Overloaded.into())
}

fn cursor(text: Option<&str>) -> Result<Sequence, Problem> {
    let Some(text) = text else { return Ok(Sequence::default()) };
    text.parse().map_err(|_| {
        let what = "a cursor is `<epoch>.<number>`, such as `next` of the page before";
        Problem::of_field(ProblemCode::Malformed, "after", what)
    })
}

fn wrapped(waypost: &Waypost, events: Events) -> Result<Vec<CloudEvent>, Problem> {
    let source = waypost.url("/v1");
    let epoch = events.epoch;
    events.events.into_iter().map(|event| cloud_event(&source, epoch, event)).collect()
}

fn cloud_event(source: &str, epoch: u32, event: Event) -> Result<CloudEvent, Problem> {
    let sequence = Sequence { epoch, n: event.n }.to_string();
    let content = serde_json::to_value(&event.content).map_err(|_| ProblemCode::Internal)?;
    Ok(CloudEvent {
        specversion: "1.0",
        id: event.id.map_or_else(|| sequence.clone(), |id| id.to_string()),
        sequence,
        source: source.to_owned(),
        kind: format!("waypost.{}", content["kind"].as_str().unwrap_or("unknown")),
        subject: event.conversation.map(|conversation| conversation.to_string()),
        time: rfc3339(event.recorded_at)?,
        datacontenttype: "application/json",
        data: event,
    })
}

fn rfc3339(at: Millis) -> Result<String, Problem> {
    let at = OffsetDateTime::from_unix_timestamp_nanos(i128::from(at) * 1_000_000);
    let text = at.ok().and_then(|at| at.format(&Rfc3339).ok());
    text.ok_or_else(|| ProblemCode::Internal.into())
}

/// Someone with an open stream.
struct Reader {
    waypost: Waypost,
    proof: Proof,
    of: FeedOf,
    after: Sequence,
    pending: VecDeque<sse::Event>,
    _place: Place,
}

impl Reader {
    /// Ends when the enrolment or the token does, when the server stops, or when the record cannot be read; whoever
    /// comes again goes on where it was.
    fn stream(self) -> impl Stream<Item = Result<sse::Event, Infallible>> {
        stream::unfold(self, |mut reader| async move {
            let event = reader.next().await?;
            Some((Ok(event), reader))
        })
    }

    async fn next(&mut self) -> Option<sse::Event> {
        loop {
            if let Some(event) = self.pending.pop_front() {
                return Some(event);
            }
            if self.waypost.fanout.is_closed() {
                return None;
            }
            let next = self.waypost.next_for(
                &self.proof,
                self.of,
                self.after,
                super::extract::PAGE_MAX,
                STREAM_LOOK,
            );
            let events = next.await.ok()?;
            if let Some(after) = events.cut_after {
                self.pending.push_back(sse::Event::default().event("cut").data(after.to_string()));
            }
            self.after = Sequence { epoch: events.epoch, n: events.next };
            for event in wrapped(&self.waypost, events).ok()? {
                let cursor = event.sequence.clone();
                self.pending.push_back(sse::Event::default().id(cursor).json_data(event).ok()?);
            }
        }
    }
}
