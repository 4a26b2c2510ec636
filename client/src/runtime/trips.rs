//! What drivers and dispatchers wish for their trips: where it is said, and by which plan.

use ed25519_dalek::{Signer as _, SigningKey};
use waypost_engine::Wish;
use waypost_protocol::{
    Answered, Body, Content, ConversationId, EvidenceItem, EvidenceManifest, FactId, Header,
    PersonId, SignedManifest, Stop, StopId, StopMove, StopPlan, StopState, TemplateUse, Trip,
    TripId, TripPlan,
};

use super::CommandError;
use super::commands::Task;
use crate::command::{Evidence, StopDone, TripCommand};
use crate::store::Reading;

/// What a command about trips is told with: the id of the fact that it makes, and the key of the device.
pub(super) struct Pen<'a> {
    pub(super) id: FactId,
    pub(super) key: &'a SigningKey,
}

/// Looks up what the command leaves open.
pub(super) async fn understand(
    command: TripCommand,
    reading: &Reading<'_>,
    pen: &Pen<'_>,
) -> Result<Task, CommandError> {
    let id = pen.id;
    let (conversation, body) = match command {
        TripCommand::PlanTrip { trip, plan, driver } => {
            plan_trip(trip, plan, driver, reading, id).await?
        }
        TripCommand::PlanStop { stop, plan } => plan_stop(stop, plan, reading, id).await?,
        TripCommand::Answer { trip, stops, accepted, reason, text } => {
            let answers = answers(trip, &stops, reading).await?;
            if answers.is_empty() {
                return Ok(Task::Done(super::Sent { id: None }));
            }
            let place = ConversationId::Dispatch(reading.me());
            (place, Body::PlansAnswered { answers, accepted, reason, text })
        }
        TripCommand::MoveStop { stop, to, done } => {
            move_stop(stop, to, *done, reading, pen).await?
        }
        TripCommand::SettleStop { stop, state, text } => {
            let known = known_stop(stop, reading).await?;
            (place_of(known.driver), Body::StopSettled { stop, state, text })
        }
        TripCommand::HandOverTrip { trip, to } => {
            let known = known_trip(trip, reading).await?;
            (place_of(known.driver), Body::TripHandedOver { trip, to })
        }
        TripCommand::HandOverStop { stop, to } => {
            let known = known_stop(stop, reading).await?;
            (place_of(known.driver), Body::StopHandedOver { stop, to })
        }
    };
    Ok(Task::Wish(Wish::SayAs { id, conversation, body: body.into() }))
}

/// A wedged fact under a new id. What was done keeps its time, and evidence is signed anew for the new fact.
pub(super) fn anew(old: FactId, content: Content, pen: &Pen<'_>) -> (Option<FactId>, Content) {
    let random = u128::from_be_bytes(*pen.id.as_bytes());
    let Ok(Body::StopMoved { mut moved, text, template, header }) = content.to_body() else {
        return (None, content);
    };
    let id = FactId::mint(old.occurred_at().unwrap_or(0), random);
    if let Some(Ok(manifest)) = moved.proof.as_ref().map(|proof| proof.manifest()) {
        moved.proof = Some(sign(&EvidenceManifest { fact: id, ..manifest }, pen.key));
    }
    (Some(id), Body::StopMoved { moved, text, template, header }.to_content())
}

async fn plan_trip(
    trip: Option<TripId>,
    plan: Box<TripPlan>,
    driver: Option<PersonId>,
    reading: &Reading<'_>,
    id: FactId,
) -> Result<(ConversationId, Body), CommandError> {
    let known = match trip {
        Some(trip) => Some(known_trip(trip, reading).await?),
        None => None,
    };
    // Whose it is by now, a plan does not change: it is handed over.
    let driver = known.map_or(driver, |known| known.driver);
    let trip = trip.unwrap_or(TripId(id.0));
    Ok((place_of(driver), Body::TripPlanned { trip, plan }))
}

async fn plan_stop(
    stop: Option<StopId>,
    plan: Box<StopPlan>,
    reading: &Reading<'_>,
    id: FactId,
) -> Result<(ConversationId, Body), CommandError> {
    let trip = known_trip(plan.trip, reading).await?;
    let stop = stop.unwrap_or(StopId(id.0));
    Ok((place_of(trip.driver), Body::StopPlanned { stop, plan }))
}

/// What of this waits for an answer.
async fn answers(
    trip: Option<TripId>,
    stops: &[StopId],
    reading: &Reading<'_>,
) -> Result<Vec<Answered>, CommandError> {
    let mut answers = Vec::new();
    if let Some(trip) = trip {
        let known = known_trip(trip, reading).await?;
        if known.driver == Some(reading.me()) && known.asks() {
            answers.push(Answered::trip(trip, known.planned));
        }
    }
    for stop in stops {
        let known = known_stop(*stop, reading).await?;
        if let Some(plan) =
            known.planned.filter(|_| known.driver == Some(reading.me()) && known.asks())
        {
            answers.push(Answered::stop(*stop, plan));
        }
    }
    Ok(answers)
}

async fn move_stop(
    stop: StopId,
    to: StopState,
    done: StopDone,
    reading: &Reading<'_>,
    pen: &Pen<'_>,
) -> Result<(ConversationId, Body), CommandError> {
    let known = known_stop(stop, reading).await?;
    let StopDone { reason, at, text, template, evidence } = done;
    if let Some(evidence) = &evidence {
        is_of_this_stop(stop, evidence, reading).await?;
    }
    let proof = evidence.map(|evidence| sign(&listed(stop, to, *evidence, pen.id), pen.key));
    let moved = StopMove { stop, to, reason, seen: known.planned, at, proof };
    let template = template.map(Box::<TemplateUse>::new);
    let body = Body::StopMoved { moved: moved.into(), text, template, header: Header::default() };
    // A driver says it where their own stops are, also of one that was theirs until a moment ago.
    let mine = known.drivers.contains(&reading.me());
    let place = if mine { ConversationId::Dispatch(reading.me()) } else { place_of(known.driver) };
    Ok((place, body))
}

/// What has bytes was captured at this very stop.
async fn is_of_this_stop(
    stop: StopId,
    evidence: &Evidence,
    reading: &Reading<'_>,
) -> Result<(), CommandError> {
    let captured = reading.captured(stop).await?;
    let has_bytes = |item: &&EvidenceItem| item.original.is_some() || item.preview.is_some();
    match evidence.items.iter().filter(has_bytes).all(|item| captured.contains(item)) {
        true => Ok(()),
        false => Err(CommandError::NotCapturedHere),
    }
}

fn listed(stop: StopId, outcome: StopState, evidence: Evidence, fact: FactId) -> EvidenceManifest {
    let Evidence { items, received_by, counts, note } = evidence;
    EvidenceManifest { stop, fact, outcome, items, received_by, counts, note }
}

fn sign(manifest: &EvidenceManifest, key: &SigningKey) -> Box<SignedManifest> {
    SignedManifest::of(manifest, |message| key.sign(message).to_bytes()).into()
}

fn place_of(driver: Option<PersonId>) -> ConversationId {
    driver.map_or(ConversationId::Staff, ConversationId::Dispatch)
}

async fn known_trip(trip: TripId, reading: &Reading<'_>) -> Result<Trip, CommandError> {
    reading.trip(trip).await?.ok_or(CommandError::NoSuchTrip)
}

async fn known_stop(stop: StopId, reading: &Reading<'_>) -> Result<Stop, CommandError> {
    reading.stop(stop).await?.ok_or(CommandError::NoSuchTrip)
}
