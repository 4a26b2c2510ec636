//! The driver's day: the stop that matters now, what comes after it, what dispatch has changed, and which ready
//! messages are wanted at this moment. It reads a view and decides nothing about messages.

use waypost_client::View;
use waypost_client::view::TripView;
use waypost_locales::{Template, Texts};
use waypost_protocol::ArgumentType::{Minutes, Text};
use waypost_protocol::{FactId, Role, Stop, StopId, StopKind, StopState, TripId};

/// Most ready messages on the first screen. The last place is for all the others, if there are more.
pub const TILES: usize = 6;

/// A stop with its trip.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Place<'v> {
    /// The trip.
    pub trip: &'v TripView,
    /// Which stop.
    pub id: StopId,
    /// What has become of it.
    pub stop: &'v Stop,
}

/// What matters now.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Day<'v> {
    /// The stop that the driver looks at.
    pub stop: Option<Place<'v>>,
    /// The one that matters by itself, if they look at another.
    pub running: Option<Place<'v>>,
    /// The trip whose progress is told.
    trip: Option<&'v TripView>,
}

/// What dispatch wants to have answered.
#[derive(Clone, PartialEq, Debug)]
pub enum Asked<'v> {
    /// A trip is new, with its stops.
    Trip(&'v TripView),
    /// A trip is planned otherwise: the order of its stops, its vehicle, its day.
    Order(&'v TripView),
    /// A stop is new.
    New(Place<'v>),
    /// A stop is planned otherwise than the driver has agreed to.
    Changed(Place<'v>),
}

/// What an answer names, and the plans that the driver has before their eyes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Named {
    /// The trip.
    pub trip: Option<TripId>,
    /// The stops.
    pub stops: Vec<StopId>,
    /// The facts with their plans.
    pub plans: Vec<Option<FactId>>,
}

impl<'v> Day<'v> {
    /// What matters on this day (`2026-11-30`): the stop that the driver has chosen; else where they are today, the first
    /// that is left of today, and what is left of the days before. What is planned for later matters only if they choose
    /// it.
    pub fn of(view: &'v View, chosen: Option<StopId>, today: &str) -> Self {
        let until_today = |it: &Place<'v>| it.trip.trip.plan.day.as_str() <= today;
        let of_today = |it: &Place<'v>| it.trip.trip.plan.day == today;
        let begun = |of: &dyn Fn(&Place<'v>) -> bool| {
            let begun = open(view).filter(|it| of(it) && is_begun(it.stop));
            begun.max_by_key(|it| it.stop.since)
        };
        let first = |of: &dyn Fn(&Place<'v>) -> bool| {
            open(view).find(|it| of(it) && it.stop.state < StopState::Completed)
        };
        let found = begun(&of_today).or_else(|| first(&of_today));
        let found = found.or_else(|| begun(&until_today)).or_else(|| first(&until_today));
        let chosen = open(view).find(|it| Some(it.id) == chosen);
        let running = found.filter(|found| chosen.is_some_and(|it| it.id != found.id));
        let stop = chosen.or(found);
        let last = view.trips.iter().rfind(|trip| trip.trip.plan.day.as_str() <= today);
        Self { stop, running, trip: stop.map(|it| it.trip).or(last) }
    }

    /// What is left beside it, what was attempted in vain last.
    pub fn next(&self, view: &'v View) -> Vec<Place<'v>> {
        let is_other = |it: &Place<'v>| self.stop.is_none_or(|current| current.id != it.id);
        let mut left: Vec<_> = open(view).filter(is_other).collect();
        left.sort_by_key(|it| it.stop.state == StopState::Attempted);
        left
    }

    /// How many stops of its trip are over or were attempted, and how many it has; `None` without a trip until today.
    pub fn progress(&self) -> Option<(usize, usize)> {
        let stops = &self.trip?.stops;
        let over = stops.iter().filter(|(_, stop)| stop.state >= StopState::Completed);
        Some((over.count(), stops.len()))
    }

    /// The ready messages that are wanted now: by what can be said of the stop, then all others.
    pub fn tiles<'t>(&self, texts: &'t Texts) -> Vec<&'t Template> {
        let wanted = wanted_at(self.stop.map(|it| it.stop));
        let catalogue = texts.catalogue();
        let is_offered = |template: &&Template| {
            let definition = &template.definition;
            let fits = definition.moves.is_none_or(|action| {
                self.stop.is_none_or(|it| it.stop.state.may_become(action.to))
            });
            definition.used_by.contains(&Role::Driver) && fits && can_be_filled(template)
        };
        let mut tiles: Vec<_> =
            wanted.iter().filter_map(|id| catalogue.current(id)).filter(is_offered).collect();
        let others = catalogue.for_role(Role::Driver).filter(is_offered);
        let others: Vec<_> =
            others.filter(|it| !tiles.iter().any(|known| known.id == it.id)).collect();
        tiles.extend(others);
        tiles
    }
}

/// What waits for an answer.
pub fn asked(view: &View) -> Vec<Asked<'_>> {
    let mut all = Vec::new();
    for trip in view.trips.iter() {
        let places = || trip.stops.iter().map(|(id, stop)| Place { trip, id: *id, stop });
        let asking = || places().filter(|it| it.stop.asks());
        let is_left = places().any(|it| !it.stop.state.is_final());
        let is_new = trip.trip.asks() && trip.trip.agreed.is_none();
        if is_new && is_left && asking().all(|it| it.stop.agreed.is_none()) {
            all.push(Asked::Trip(trip));
            continue;
        }
        let order = trip.trip.asks() && trip.trip.agreed.is_some() && is_left;
        all.extend(order.then_some(Asked::Order(trip)));
        all.extend(asking().map(|it| match it.stop.agreed {
            Some(_) => Asked::Changed(it),
            None => Asked::New(it),
        }));
    }
    all
}

impl Asked<'_> {
    /// What an answer to it names.
    pub fn named(&self) -> Named {
        let of = |trip: &TripView, stops: Vec<(StopId, &Stop)>, names_trip: bool| {
            let trip_plan = names_trip.then_some(trip.trip.planned);
            let plans = trip_plan.map(Some).into_iter();
            let plans = plans.chain(stops.iter().map(|(_, stop)| stop.planned)).collect();
            let stops = stops.iter().map(|(id, _)| *id).collect();
            Named { trip: names_trip.then_some(trip.id), stops, plans }
        };
        match self {
            Self::Trip(trip) => {
                let asking = trip.stops.iter().filter(|(_, stop)| stop.asks());
                of(trip, asking.map(|(id, stop)| (*id, stop)).collect(), true)
            }
            Self::Order(trip) => of(trip, Vec::new(), true),
            // Whoever answers the stops of a new trip one by one has answered the trip.
            Self::New(it) | Self::Changed(it) => {
                let is_new = it.trip.trip.asks() && it.trip.trip.agreed.is_none();
                of(it.trip, vec![(it.id, it.stop)], is_new)
            }
        }
    }

    /// What it is called among the others.
    pub fn key(&self) -> String {
        match self {
            Self::Trip(trip) | Self::Order(trip) => trip.id.to_string(),
            Self::New(it) | Self::Changed(it) => it.id.to_string(),
        }
    }
}

/// The stop of this id, if something can still be said of it.
pub fn place(view: &View, id: StopId) -> Option<Place<'_>> {
    open(view).find(|it| it.id == id)
}

/// Whether a driver is at it.
pub fn is_begun(stop: &Stop) -> bool {
    matches!(stop.state, StopState::EnRoute | StopState::Arrived | StopState::Servicing)
}

/// Whether the app can ask for all that it wants: one argument at most, in minutes or words.
pub fn can_be_filled(template: &Template) -> bool {
    match template.definition.arguments.as_slice() {
        [] => true,
        [only] => matches!(only.holds, Minutes | Text),
        _ => false,
    }
}

/// All stops of which something can still be said.
fn open(view: &View) -> impl Iterator<Item = Place<'_>> {
    let places = |trip| {
        let trip: &TripView = trip;
        trip.stops.iter().map(move |(id, stop)| Place { trip, id: *id, stop })
    };
    view.trips.iter().flat_map(places).filter(|it| !it.stop.state.is_final())
}

/// The built-in messages that are wanted in this state, the likeliest first.
fn wanted_at(stop: Option<&Stop>) -> &'static [&'static str] {
    let kind = stop.and_then(|stop| stop.plan.as_ref()).map(|plan| plan.kind);
    match (stop.map(|stop| stop.state), kind) {
        (Some(StopState::EnRoute), _) => {
            &["arrived", "running-late", "road-blocked", "wrong-address", "breakdown", "call-me"]
        }
        (Some(StopState::Arrived | StopState::Servicing), Some(StopKind::Pickup)) => {
            &["picked-up", "waiting", "customer-absent", "damaged", "refused", "call-me"]
        }
        (Some(StopState::Arrived | StopState::Servicing | StopState::Attempted), _) => {
            &["delivered", "customer-absent", "refused", "damaged", "waiting", "call-me"]
        }
        (Some(_), _) => {
            &["on-my-way", "running-late", "arrived", "road-blocked", "breakdown", "call-me"]
        }
        (None, _) => {
            &["call-me", "running-late", "breakdown", "on-break", "road-blocked", "accident"]
        }
    }
}
