//! Trips and stops, in the model: who plans and who moves what, what is said to whom they are handed over, and
//! what each stop is. That is played anew from all that was said of it, step by step and slowly, and the server's
//! must be the same.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use waypost_domain::{Decision, Recorded};
use waypost_protocol::{
    Body, ConversationId, FactId, Header, Millis, PersonId, Role, STOP_WORDS_MAX, StopId, StopKind,
    StopPlan, StopState, TemplateUse, TripId, TripPlan, kind,
};

use crate::device::Device;
use crate::evidence::is_proven;
use crate::places::{driver_of, place_of};
use crate::story::{Broken, broken};

/// The trips of one epoch.
#[derive(Clone, Default)]
pub(crate) struct Trips {
    drivers: BTreeSet<PersonId>,
    trips: BTreeMap<TripId, (Option<PersonId>, TripPlan)>,
    stops: BTreeMap<StopId, Told>,
    /// What the server has to say next.
    due: VecDeque<(ConversationId, Body)>,
}

/// What was said of a stop.
#[derive(Clone, Default)]
struct Told {
    trip: Option<TripId>,
    plan: Option<StopPlan>,
    planned: Option<FactId>,
    driver: Option<PersonId>,
    drivers: BTreeSet<PersonId>,
    /// What dispatch has decided last, and whose it was then.
    settled: Option<(StopState, Option<PersonId>)>,
    /// What was done since.
    done: Vec<Done>,
    /// What its consignee has said, each with the fact that said it first.
    words: Vec<(FactId, TemplateUse)>,
    /// Who has heard which of them.
    heard: BTreeSet<(PersonId, FactId)>,
}

#[derive(Clone, Debug)]
struct Done {
    at: Millis,
    fact: FactId,
    what: What,
}

#[derive(Clone, Debug)]
enum What {
    Planned { driver: Option<PersonId>, by_server: bool, other_work: bool },
    Agreed,
    Moved { to: StopState, seen: Option<FactId>, driver: Option<PersonId> },
}

/// How a stop is: its state, whose it is, and the facts that do not fit.
type Is = (StopState, Option<PersonId>, BTreeSet<FactId>);

impl Trips {
    /// Someone is in the directory.
    pub(crate) fn knows(&mut self, person: PersonId, role: Role) {
        self.drivers.extend(Some(person).filter(|_| role == Role::Driver));
    }

    /// Whether a fact is what is due; nothing else may come while something is.
    pub(crate) fn brings(&mut self, fact: &Recorded) -> Result<bool, Broken> {
        let is_of_trips = kind::is_of_trips(fact.content.kind);
        let Some((place, body)) = self.due.pop_front() else {
            let is_word = fact.content.kind == kind::CONSIGNEE_SAID;
            return match is_of_trips && fact.author == PersonId::SERVER && !is_word {
                true => broken("nobody plans by himself", format!("{}", fact.sequence)),
                false => Ok(false),
            };
        };
        let is_due = fact.conversation == Some(place) && fact.content.to_body() == Ok(body);
        if !is_due || fact.author != PersonId::SERVER {
            let what = format!("{} came instead", fact.sequence);
            return broken("whoever takes over learns what is planned", what);
        }
        Ok(true)
    }

    /// Nothing is due when a commit ends.
    pub(crate) fn are_told(&self) -> Result<(), Broken> {
        match self.due.front() {
            None => Ok(()),
            Some((place, _)) => {
                broken("whoever takes over learns what is planned", format!("nothing in {place}"))
            }
        }
    }

    /// A fact has been recorded.
    pub(crate) fn hears(
        &mut self,
        fact: &Recorded,
        staff: &BTreeSet<PersonId>,
        devices: &[Device],
        is_recorded: impl Fn(&FactId) -> bool,
    ) -> Result<(), Broken> {
        if !kind::is_of_trips(fact.content.kind) {
            return Ok(());
        }
        let (Some(place), Ok(body)) = (fact.conversation, fact.content.to_body()) else {
            return broken("trips are planned somewhere", format!("{}", fact.sequence));
        };
        if fact.author != PersonId::SERVER {
            let is_restored = fact.sequence.epoch > 0;
            let seen = match &body {
                Body::StopMoved { moved, .. } => moved.seen,
                _ => None,
            };
            let is_lost = is_restored && seen.is_some_and(|seen| !is_recorded(&seen));
            self.is_said_by_right(fact, place, &body, staff, is_lost)?;
            is_proven(fact, &body, devices)?;
        }
        let driver = driver_of(place);
        match body {
            Body::ConsigneeSaid { stop, said, first, .. } => {
                self.is_told(fact, stop, *said, first, driver)?;
            }
            Body::TripPlanned { trip, plan } => {
                self.trips.insert(trip, (driver, *plan));
            }
            Body::TripHandedOver { trip, to } => self.is_handed_over(trip, to),
            Body::StopPlanned { stop, plan } => self.is_planned(fact, stop, *plan, driver),
            Body::StopMoved { moved, .. } => {
                let what = What::Moved { to: moved.to, seen: moved.seen, driver };
                self.stops.entry(moved.stop).or_default().does(fact, what);
            }
            Body::StopSettled { stop, state, .. } => {
                let told = self.stops.entry(stop).or_default();
                told.settled = Some((state, told.driver));
                told.done.clear();
            }
            Body::StopHandedOver { stop, to } => {
                let told = self.stops.entry(stop).or_default();
                told.trip = Some(to);
                let driver = self.trips.get(&to).map(|(driver, _)| *driver);
                let due = driver.map(|driver| given(driver, stop, to, told));
                self.due.extend(due.into_iter().flatten());
            }
            Body::PlansAnswered { answers, accepted: true, .. } => {
                for answer in answers {
                    let (Some(stop), plan) = (answer.stop, answer.plan) else { continue };
                    let Some(told) = self.stops.get_mut(&stop) else { continue };
                    let (state, ..) = told.is();
                    let is_asked = told.driver == driver && told.planned == Some(plan);
                    if is_asked && state == StopState::Assigned {
                        told.does(fact, What::Agreed);
                    }
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn is_planned(
        &mut self,
        fact: &Recorded,
        stop: StopId,
        plan: StopPlan,
        driver: Option<PersonId>,
    ) {
        let told = self.stops.entry(stop).or_default();
        let other_work = told.plan.as_ref().is_some_and(|before| work(before) != work(&plan));
        (told.trip, told.planned, told.driver) = (Some(plan.trip), Some(fact.id), driver);
        told.plan = Some(plan);
        told.drivers.extend(driver);
        let by_server = fact.author == PersonId::SERVER;
        told.does(fact, What::Planned { driver, by_server, other_work });
    }

    fn is_told(
        &mut self,
        fact: &Recorded,
        stop: StopId,
        said: TemplateUse,
        first: Option<FactId>,
        driver: Option<PersonId>,
    ) -> Result<(), Broken> {
        let told = self.stops.entry(stop).or_default();
        told.heard.extend(driver.map(|driver| (driver, first.unwrap_or(fact.id))));
        let first = first.unwrap_or(fact.id);
        if told.words.iter().any(|(known, _)| *known == first) {
            return Ok(()); // It was due.
        }
        let (state, ..) = told.is();
        let fits = driver.is_some() && driver == told.driver && !is_over(state);
        if fact.author != PersonId::SERVER || !fits || told.words.len() >= STOP_WORDS_MAX {
            let what = format!("{} of {} in {:?}", fact.sequence, fact.author, fact.conversation);
            return broken("a consignee is heard by whose stop it is", what);
        }
        told.words.push((first, said));
        Ok(())
    }

    fn is_handed_over(&mut self, trip: TripId, to: Option<PersonId>) {
        let Some((driver, plan)) = self.trips.get_mut(&trip) else { return };
        *driver = to;
        let plan = plan.clone().into();
        self.due.push_back((place_of(to), Body::TripPlanned { trip, plan }));
        for (stop, told) in &self.stops {
            let (state, ..) = told.is();
            let is_left = !is_over(state) && told.trip == Some(trip);
            if is_left {
                self.due.extend(given(to, *stop, trip, told));
            }
        }
    }

    fn is_said_by_right(
        &self,
        fact: &Recorded,
        place: ConversationId,
        body: &Body,
        staff: &BTreeSet<PersonId>,
        is_lost: bool,
    ) -> Result<(), Broken> {
        let plans = staff.contains(&fact.author);
        let driver = driver_of(place);
        let is_place = match place {
            ConversationId::Dispatch(person) => self.drivers.contains(&person),
            place => place == ConversationId::Staff,
        };
        let drives = driver == Some(fact.author) && !plans;
        let trip_is_here =
            |trip: &TripId| self.trips.get(trip).is_none_or(|(theirs, _)| *theirs == driver);
        let told = |stop: &StopId| self.stops.get(stop).filter(|told| told.plan.is_some());
        let stop_is_here = |stop: &StopId| told(stop).is_none_or(|told| told.driver == driver);
        let was_theirs = |stop: &StopId| {
            told(stop).is_none_or(|told| match driver {
                Some(driver) => told.drivers.contains(&driver),
                None => told.driver.is_none(),
            })
        };
        let fits = match body {
            Body::TripPlanned { trip, .. } => plans && trip_is_here(trip),
            Body::StopPlanned { stop, plan } => {
                let trip = told(stop).and_then(|told| told.trip);
                plans && trip_is_here(&plan.trip) && trip.is_none_or(|trip| trip == plan.trip)
            }
            Body::TripHandedOver { trip, to } => {
                plans && trip_is_here(trip) && to.is_none_or(|to| self.drivers.contains(&to))
            }
            Body::StopHandedOver { stop, to } => {
                plans && stop_is_here(stop) && self.trips.contains_key(to)
            }
            Body::StopSettled { stop, .. } => plans && stop_is_here(stop),
            Body::StopMoved { moved, .. } => {
                let may = plans || (drives && moved.to != StopState::Cancelled);
                may && (is_lost || was_theirs(&moved.stop))
            }
            Body::PlansAnswered { answers, .. } => {
                drives
                    && answers.iter().filter_map(|answer| answer.stop).all(|stop| was_theirs(&stop))
            }
            _ => false,
        };
        match fits && is_place {
            true => Ok(()),
            false => {
                let what = format!("{} of {} is in {place}", fact.sequence, fact.author);
                broken("dispatch plans, and drivers move what is theirs", what)
            }
        }
    }

    /// What the server has made of trips and stops is what was said of them, and no word is lost.
    pub(crate) fn are_so(&self, decision: &Decision) -> Result<(), Broken> {
        for (id, trip) in &decision.trips {
            let is_so = self
                .trips
                .get(id)
                .is_some_and(|(driver, plan)| (*driver, plan) == (trip.driver, &trip.plan));
            if !is_so {
                return broken("a trip is what was said of it", format!("{id}: {trip:?}"));
            }
        }
        for (id, stop) in &decision.stops {
            let Some(told) = self.stops.get(id) else {
                return broken("a stop is what was said of it", format!("{id}: {stop:?}"));
            };
            let conflicts = stop.conflicts().map(|step| step.fact).collect();
            let is = (stop.state, stop.driver, conflicts);
            let (state, holder, misfits) = told.is();
            if is != (state, told.driver, misfits) || holder.is_some() && stop.drivers.is_empty() {
                let what = format!("{id} is {is:?}, and {:?} was done", told.done);
                return broken("a stop is what was said of it", what);
            }
            let words = stop.words.iter().map(|word| (word.first, word.said.clone()));
            if words.collect::<Vec<_>>() != told.words {
                return broken("no word of a consignee is lost", format!("{id}: {stop:?}"));
            }
            let kept: BTreeSet<_> = stop.steps.iter().map(|step| step.fact).collect();
            if let Some(lost) = told.done.iter().find(|done| !kept.contains(&done.fact)) {
                return broken("no step of a stop is lost", format!("{id}: {lost:?}"));
            }
        }
        Ok(())
    }
}

impl Told {
    fn does(&mut self, fact: &Recorded, what: What) {
        let occurred = fact.id.occurred_at().unwrap_or(fact.recorded_at);
        let at = occurred.saturating_add(fact.skew_ms.unwrap_or(0)).min(fact.recorded_at);
        self.done.push(Done { at, fact: fact.id, what });
    }

    /// Plays what was done, in the order in which it was done.
    fn is(&self) -> Is {
        let (mut state, mut driver) = self.settled.unwrap_or_default();
        let mut done: Vec<_> = self.done.iter().collect();
        done.sort_by_key(|it| (it.at, it.fact));
        let mut misfits = BTreeSet::new();
        for (at, it) in done.iter().enumerate() {
            match it.what {
                What::Planned { driver: given, by_server, .. } => {
                    let is_first = self.settled.is_none() && at == 0;
                    let is_anothers = given != driver && !is_first;
                    driver = given;
                    match is_over(state) {
                        true if is_anothers => drop(misfits.insert(it.fact)),
                        false if is_anothers || by_server && !is_first => {
                            state = StopState::Assigned;
                        }
                        _ => {}
                    }
                }
                What::Agreed if state == StopState::Assigned => state = StopState::Accepted,
                What::Agreed => {}
                What::Moved { driver: theirs, .. } if theirs != driver => {
                    misfits.insert(it.fact);
                }
                What::Moved { to, .. } if is_over(state) => {
                    misfits.extend(Some(it.fact).filter(|_| to != state));
                }
                What::Moved { to: StopState::Accepted, .. } if state != StopState::Assigned => {}
                What::Moved { to, .. } if to == state => {}
                What::Moved { to, seen, .. } => {
                    state = to;
                    let is_outcome = matches!(
                        to,
                        StopState::Completed | StopState::Attempted | StopState::Refused
                    );
                    if is_outcome && seen.is_some_and(|seen| is_outdated(&done[..at], seen)) {
                        misfits.insert(it.fact);
                    }
                }
            }
        }
        (state, driver, misfits)
    }
}

/// Whether there was another plan with other work, after the one that was seen.
fn is_outdated(before: &[&Done], seen: FactId) -> bool {
    let from = before.iter().position(|it| it.fact == seen).map_or(0, |at| at + 1);
    before[from..].iter().any(|it| matches!(it.what, What::Planned { other_work: true, .. }))
}

fn is_over(state: StopState) -> bool {
    matches!(state, StopState::Completed | StopState::Refused | StopState::Cancelled)
}

fn work(plan: &StopPlan) -> (StopKind, &str, &str) {
    (plan.kind, &plan.name, &plan.address)
}

fn given(
    to: Option<PersonId>,
    stop: StopId,
    trip: TripId,
    told: &Told,
) -> Vec<(ConversationId, Body)> {
    let Some(plan) = told.plan.clone() else { return Vec::new() };
    let plan = StopPlan { trip, ..plan };
    let mut all = vec![(place_of(to), Body::StopPlanned { stop, plan: plan.into() })];
    if let Some(to_whom) = to {
        let news = told.words.iter().filter(|(first, _)| !told.heard.contains(&(to_whom, *first)));
        all.extend(news.map(|(first, said)| {
            let (first, said) = (Some(*first), said.clone().into());
            let header = Header::default();
            (place_of(to), Body::ConsigneeSaid { stop, said, first, header })
        }));
    }
    all
}
