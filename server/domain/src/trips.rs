//! Trips and stops: who may plan and move them, what each has become ([`waypost_protocol::Stop`]), and what is said
//! to whom they are handed over.

use waypost_protocol::{
    Body, ConsigneeWord, Content, ConversationId, Entry, FactId, Header, Millis, PersonId,
    ProblemCode, STOP_STEPS_MAX, STOP_STEPS_OF_PLANS_MAX, STOP_WORDS_MAX, SignedManifest, Stop,
    StopId, StopMove, StopState, StopWord, TRIP_STOPS_MAX, Trip, TripId, kind,
};

use crate::batch::Actor;
use crate::decide::Desk;
use crate::evidence::is_signed_by;
use crate::known::Known;
use crate::rights::{Right, may};
use crate::wanted::Wanted;

/// The trip and stops that an entry is about, and what has to be known of them.
pub(crate) fn add_trips(wanted: &mut Wanted, actor: Actor, entry: &Entry) {
    if !kind::is_of_trips(entry.content.kind) {
        return; // Nothing else is read twice.
    }
    let Ok(body) = entry.content.to_body() else { return };
    wanted.stops.extend(Stop::of(&body));
    wanted.trips.extend(Trip::of(&body));
    match &body {
        Body::StopPlanned { plan, .. } => drop(wanted.trips.insert(plan.trip)),
        Body::StopHandedOver { to, .. } => drop(wanted.trips.insert(*to)),
        Body::TripHandedOver { trip, to } => {
            wanted.handed.insert(*trip);
            wanted.people.extend(to);
        }
        Body::StopMoved { moved, .. } => {
            wanted.facts.extend(moved.seen);
            wanted.keys.extend(actor.enrolment.filter(|_| moved.proof.is_some()));
        }
        _ => {}
    }
}

/// Whether this person may say something about trips there.
pub(crate) fn may_say_of_trips(
    actor: Actor,
    place: ConversationId,
    known: &Known,
) -> Result<(), ProblemCode> {
    let plans = may(actor.role, Right::PlanTrips);
    let may_say = match place {
        ConversationId::Dispatch(person) => {
            let works = actor.person == person && may(actor.role, Right::WorkStops);
            works || (plans && known.has_role(person, |role| may(role, Right::WorkStops)))
        }
        ConversationId::Staff => plans,
        _ => false,
    };
    if may_say { Ok(()) } else { Err(ProblemCode::NotFound) }
}

impl Desk<'_, '_> {
    /// Dispatch plans, hands over and decides; drivers answer and move what is, or was, theirs. What is said of a
    /// trip or a stop that is not known (a restore may have lost it, until whoever planned it gives it back)
    /// stands in nobody's way.
    pub(crate) fn check_trips(
        &self,
        actor: Actor,
        entry: &Entry,
        body: &Body,
    ) -> Result<(), ProblemCode> {
        let place = entry.conversation;
        let plans = || match may(actor.role, Right::PlanTrips) {
            true => Ok(()),
            false => Err(ProblemCode::NotAllowed),
        };
        match body {
            Body::TripPlanned { trip, .. } => {
                plans()?;
                self.check_trip_is_at(*trip, place)
            }
            Body::StopPlanned { stop, plan } => {
                plans()?;
                self.check_trip_is_at(plan.trip, place)?;
                self.check_planned(*stop, plan.trip)
            }
            Body::TripHandedOver { trip, to } => {
                plans()?;
                self.check_trip_is_at(*trip, place)?;
                let driver = self.known.trips.get(trip).map(|trip| trip.driver);
                if driver == Some(*to) {
                    return Err(ProblemCode::AlreadyDone);
                }
                let drives =
                    |it: &PersonId| self.known.has_role(*it, |role| may(role, Right::WorkStops));
                if to.iter().all(drives) { Ok(()) } else { Err(ProblemCode::NotFound) }
            }
            Body::StopHandedOver { stop, to } => {
                plans()?;
                self.check_stop_is_at(*stop, place)?;
                if !self.known.trips.contains_key(to) {
                    return Err(ProblemCode::NotFound);
                }
                let of = self.known.trips.get(to).map(|trip| (Some(*to), trip.driver));
                let is = self.known.stops.get(stop).map(|stop| (stop.trip, stop.driver));
                if is.is_some() && is == of {
                    return Err(ProblemCode::AlreadyDone);
                }
                self.check_room(*to)
            }
            Body::StopSettled { stop, .. } => {
                plans()?;
                self.check_stop_is_at(*stop, place)
            }
            Body::StopMoved { moved, .. } => self.check_moved(actor, entry, moved),
            Body::ConsigneeSaid { stop, .. } => self.check_word(actor, *stop, place),
            Body::PlansAnswered { .. } if place != ConversationId::Dispatch(actor.person) => {
                Err(ProblemCode::NotAllowed)
            }
            Body::PlansAnswered { .. } => {
                let stops = Stop::of(body);
                stops.into_iter().try_for_each(|stop| self.check_was_theirs(stop, place))
            }
            _ => Ok(()),
        }
    }

    /// What is said of a trip is said where it is: whoever plans by what they knew of it learns that it is someone
    /// else's by now.
    fn check_trip_is_at(&self, trip: TripId, place: ConversationId) -> Result<(), ProblemCode> {
        let is_there = |trip: &Trip| place_of(trip.driver) == place;
        match self.known.trips.get(&trip).is_none_or(is_there) {
            true => Ok(()),
            false => Err(ProblemCode::Outdated),
        }
    }

    fn check_stop_is_at(&self, stop: StopId, place: ConversationId) -> Result<(), ProblemCode> {
        let is_there = |stop: &Stop| stop.plan.is_none() || place_of(stop.driver) == place;
        match self.known.stops.get(&stop).is_none_or(is_there) {
            true => Ok(()),
            false => Err(ProblemCode::Outdated),
        }
    }

    fn check_planned(&self, stop: StopId, trip: TripId) -> Result<(), ProblemCode> {
        match self.known.stops.get(&stop).filter(|known| known.plan.is_some()) {
            None => self.check_room(trip),
            // It is handed over, so that whose it was hears of it.
            Some(known) if known.trip != Some(trip) => Err(ProblemCode::Outdated),
            Some(known) if known.steps.len() >= STOP_STEPS_OF_PLANS_MAX => {
                Err(ProblemCode::TooLarge)
            }
            Some(_) => Ok(()),
        }
    }

    fn check_room(&self, trip: TripId) -> Result<(), ProblemCode> {
        let stops = self.known.stops_of.get(&trip).map_or(0, |stops| stops.len());
        if stops < TRIP_STOPS_MAX { Ok(()) } else { Err(ProblemCode::TooLarge) }
    }

    fn check_moved(
        &self,
        actor: Actor,
        entry: &Entry,
        moved: &StopMove,
    ) -> Result<(), ProblemCode> {
        if moved.to == StopState::Cancelled && !may(actor.role, Right::PlanTrips) {
            return Err(ProblemCode::NotAllowed);
        }
        // After a restore it may be theirs by what was lost, until dispatch gives that back.
        let is_lost = |seen: &FactId| !self.known.past.contains_key(seen);
        if !(self.known.head.epoch > 0 && moved.seen.as_ref().is_some_and(is_lost)) {
            self.check_was_theirs(moved.stop, entry.conversation)?;
        }
        self.known.stops.get(&moved.stop).map_or(Ok(()), check_steps)?;
        moved.proof.iter().try_for_each(|proof| self.check_proof(actor, entry.id, proof))
    }

    /// The server alone speaks for a consignee, to whom the stop is by now, and while something is left to do there.
    fn check_word(
        &self,
        actor: Actor,
        stop: StopId,
        place: ConversationId,
    ) -> Result<(), ProblemCode> {
        if actor.person != PersonId::SERVER {
            return Err(ProblemCode::NotAllowed);
        }
        let known = self.known.stops.get(&stop).ok_or(ProblemCode::NotFound)?;
        let is_there = known.driver.map(ConversationId::Dispatch) == Some(place);
        if !is_there || known.state.is_final() {
            return Err(ProblemCode::Outdated);
        }
        match known.words.len() < STOP_WORDS_MAX {
            true => Ok(()),
            false => Err(ProblemCode::TooLarge),
        }
    }

    /// Whose a stop never was cannot say anything of it; whose it was until a moment ago can.
    fn check_was_theirs(&self, stop: StopId, place: ConversationId) -> Result<(), ProblemCode> {
        let was_theirs = |stop: &Stop| match place {
            ConversationId::Dispatch(person) => {
                stop.plan.is_none() || stop.drivers.contains(&person)
            }
            _ => stop.driver.is_none(),
        };
        match self.known.stops.get(&stop).is_none_or(was_theirs) {
            true => Ok(()),
            false => Err(ProblemCode::NotFound),
        }
    }

    /// Evidence is signed by the very device that sends it, for the very fact that it comes with.
    fn check_proof(
        &self,
        actor: Actor,
        fact: FactId,
        proof: &SignedManifest,
    ) -> Result<(), ProblemCode> {
        let key = actor.enrolment.and_then(|enrolment| self.known.keys.get(&enrolment));
        let is_of_this = proof.manifest().is_ok_and(|manifest| manifest.fact == fact);
        match is_of_this && key.is_some_and(|key| is_signed_by(proof, key)) {
            true => Ok(()),
            false => Err(ProblemCode::EvidenceInvalid),
        }
    }

    /// Notes what trips and stops have become by this, and says to whom they are handed over what is planned.
    pub(crate) fn hears_of_trips(&mut self, word: StopWord<'_>) {
        if !word.body.is_of_trips() {
            return;
        }
        let before = self.stops_named(word.body);
        self.note_trips(word);
        match word.body {
            Body::TripHandedOver { trip, to } => self.tell_trip(*trip, *to),
            Body::StopHandedOver { to, .. } => {
                let driver = self.known.trips.get(to).and_then(|trip| trip.driver);
                before.into_iter().for_each(|(id, stop)| self.tell_stop(id, &stop, *to, driver));
            }
            _ => {}
        }
    }

    fn stops_named(&self, body: &Body) -> Vec<(StopId, Stop)> {
        let named = Stop::of(body).into_iter();
        named.filter_map(|id| Some((id, self.known.stops.get(&id)?.clone()))).collect()
    }

    fn note_trips(&mut self, word: StopWord<'_>) {
        for id in Trip::of(word.body) {
            let Some(trip) = Trip::after(self.known.trips.remove(&id), id, word) else { continue };
            self.decision.trips.insert(id, trip.clone());
            self.known.trips.insert(id, trip);
        }
        for id in Stop::of(word.body) {
            let known = self.known.stops.remove(&id);
            let was_of = known.as_ref().and_then(|stop| stop.trip);
            let Some(stop) = Stop::after(known, id, word) else { continue };
            if was_of != stop.trip {
                let stops_of = &mut self.known.stops_of;
                was_of.and_then(|trip| stops_of.get_mut(&trip)).map(|stops| stops.remove(&id));
                stop.trip.map(|trip| stops_of.entry(trip).or_default().insert(id));
            }
            self.decision.stops.insert(id, stop.clone());
            self.known.stops.insert(id, stop);
        }
    }

    /// Says where a trip is from here on what is planned, of stops what is left to do. What is done stays with who
    /// has done it.
    fn tell_trip(&mut self, id: TripId, to: Option<PersonId>) {
        let Some(trip) = self.known.trips.get(&id) else { return };
        let plan = Box::new(trip.plan.clone());
        self.tell_of_trips(place_of(to), &Body::TripPlanned { trip: id, plan });
        let stops = self.known.stops_of.get(&id).cloned().unwrap_or_default();
        let stops =
            stops.into_iter().filter_map(|id| Some((id, self.known.stops.get(&id)?.clone())));
        for (stop, state) in stops.collect::<Vec<_>>() {
            if !state.state.is_final() {
                self.tell_stop(stop, &state, id, to);
            }
        }
    }

    fn tell_stop(&mut self, id: StopId, stop: &Stop, trip: TripId, to: Option<PersonId>) {
        let Some(plan) = &stop.plan else { return };
        let mut plan = plan.clone();
        plan.trip = trip;
        self.tell_of_trips(place_of(to), &Body::StopPlanned { stop: id, plan });
        let Some(to) = to else { return };
        let news = stop.words.iter().filter(|word| !word.heard.contains(&to)).cloned();
        for ConsigneeWord { first, said, priority, .. } in news {
            let header = Header { priority, ..Header::default() };
            let first = Some(first);
            let said = Body::ConsigneeSaid { stop: id, said: said.into(), first, header };
            self.tell_of_trips(ConversationId::Dispatch(to), &said);
        }
    }

    fn tell_of_trips(&mut self, place: ConversationId, body: &Body) {
        self.told_to_many += 1;
        let (id, n, recorded_at) = self.says(place, body);
        let (author, skew_ms) = (PersonId::SERVER, None);
        self.note_trips(StopWord { id, n, author, place, recorded_at, skew_ms, body });
    }

    /// How many facts the handing over of a trip becomes.
    pub(crate) fn told_by_handing_over(&self, content: &Content) -> usize {
        if content.kind != kind::TRIP_HANDED_OVER {
            return 0;
        }
        let Ok(Body::TripHandedOver { trip, .. }) = content.to_body() else { return 0 };
        let told = |stop| 1 + self.known.stops.get(stop).map_or(0, |stop| stop.words.len());
        let stops = self.known.stops_of.get(&trip).into_iter().flatten();
        1 + stops.map(told).sum::<usize>()
    }
}

/// Where what is planned for this driver, or for nobody yet, is told.
fn place_of(driver: Option<PersonId>) -> ConversationId {
    driver.map_or(ConversationId::Staff, ConversationId::Dispatch)
}

/// A stop takes so many steps until dispatch decides.
fn check_steps(stop: &Stop) -> Result<(), ProblemCode> {
    if stop.steps.len() < STOP_STEPS_MAX { Ok(()) } else { Err(ProblemCode::TooLarge) }
}

/// The word that a recorded fact is about trips.
pub(crate) fn word<'a>(
    (id, n, recorded_at): (FactId, u64, Millis),
    author: PersonId,
    entry: &Entry,
    body: &'a Body,
) -> StopWord<'a> {
    let (place, skew_ms) = (entry.conversation, entry.skew_ms);
    StopWord { id, n, author, place, recorded_at, skew_ms, body }
}
