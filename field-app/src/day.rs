//! The driver's day: the stop that matters now, what comes after it, what dispatch has changed, and which ready
//! messages are wanted at this moment. It reads a view and decides nothing about messages.

use waypost_client::View;
use waypost_client::view::TripView;
use waypost_locales::{Template, Texts};
use waypost_protocol::{Millis, Role, Stop, StopId, StopKind, StopState, TripId};

/// Most ready messages on the first screen.
pub const TILES: usize = 6;

/// What matters now.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Day<'v> {
    /// The trip of the stop that matters now.
    pub trip: Option<&'v TripView>,
    /// That stop.
    pub stop: Option<(StopId, &'v Stop)>,
}

/// What dispatch wants to have answered.
#[derive(Clone, PartialEq, Debug)]
pub enum Asked<'v> {
    /// A trip is new, with all of its stops.
    Trip(&'v TripView),
    /// The order of the stops is another.
    Order(&'v TripView),
    /// A stop is new.
    New(StopId, &'v Stop),
    /// A stop is planned otherwise than the driver has agreed to.
    Changed(StopId, &'v Stop),
}

impl<'v> Day<'v> {
    /// What matters now: the stop that the driver has chosen or is at, or else the first that is left.
    pub fn of(view: &'v View, chosen: Option<StopId>) -> Self {
        let open =
            || view.trips.iter().flat_map(|trip| trip.stops.iter().map(move |it| (trip, it)));
        let left = || open().filter(|(_, (_, stop))| is_left(stop));
        let chosen = left().find(|(_, (id, _))| Some(*id) == chosen);
        let begun =
            || left().filter(|(_, (_, stop))| is_begun(stop)).max_by_key(|(_, it)| it.1.since);
        let found = chosen.or_else(begun).or_else(|| left().next());
        let trip = found.map(|(trip, _)| trip).or_else(|| view.trips.last());
        Self { trip, stop: found.map(|(_, (id, stop))| (*id, stop)) }
    }

    /// What is left after it, of this trip and those after it.
    pub fn next(&self, view: &'v View) -> Vec<(StopId, &'v Stop)> {
        let all = view.trips.iter().flat_map(|trip| &trip.stops);
        let left = all.filter(|(id, stop)| {
            is_left(stop) && self.stop.is_none_or(|(current, _)| current != *id)
        });
        left.map(|(id, stop)| (*id, stop)).collect()
    }

    /// How many stops of its trip are over, and how many it has.
    pub fn progress(&self) -> Option<(usize, usize)> {
        let stops = &self.trip?.stops;
        Some((stops.iter().filter(|(_, stop)| !is_left(stop)).count(), stops.len()))
    }

    /// The ready messages that are wanted now: by what can be said of the stop, then those of the fleet's own.
    pub fn tiles<'t>(&self, texts: &'t Texts) -> Vec<&'t Template> {
        let wanted = wanted_at(self.stop.map(|(_, stop)| stop));
        let catalogue = texts.catalogue();
        let is_offered = |template: &&Template| {
            let definition = &template.definition;
            let fits = definition.moves.is_none_or(|action| match self.stop {
                Some((_, stop)) => stop.state.may_become(action.to),
                None => true,
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

/// What waits for an answer, the most far-reaching first.
pub fn asked(view: &View) -> Vec<Asked<'_>> {
    let mut all = Vec::new();
    for trip in view.trips.iter() {
        let asking = || trip.stops.iter().filter(|(_, stop)| stop.asks());
        let is_new = trip.trip.asks() && trip.trip.agreed.is_none() && asking().count() > 1;
        if is_new && asking().all(|(_, stop)| stop.agreed.is_none()) {
            all.push(Asked::Trip(trip));
            continue;
        }
        let stops = asking().map(|(id, stop)| match stop.agreed {
            Some(_) => Asked::Changed(*id, stop),
            None => Asked::New(*id, stop),
        });
        let order = trip.trip.asks() && trip.trip.agreed.is_some();
        all.extend(order.then_some(Asked::Order(trip)));
        all.extend(stops);
    }
    all
}

impl Asked<'_> {
    /// The trip and the stops that an answer to it names.
    pub fn names(&self) -> (Option<TripId>, Vec<StopId>) {
        match self {
            Self::Trip(trip) => {
                let asking = trip.stops.iter().filter(|(_, stop)| stop.asks());
                (Some(trip.id), asking.map(|(id, _)| *id).collect())
            }
            Self::Order(trip) => (Some(trip.id), Vec::new()),
            Self::New(id, _) | Self::Changed(id, _) => (None, vec![*id]),
        }
    }

    /// What it is called among the others.
    pub fn key(&self) -> String {
        match self {
            Self::Trip(trip) | Self::Order(trip) => trip.id.to_string(),
            Self::New(id, _) | Self::Changed(id, _) => id.to_string(),
        }
    }
}

/// Whether something is left to do there.
pub fn is_left(stop: &Stop) -> bool {
    stop.state < StopState::Completed
}

/// Since when a driver is at it, for the order among those that were begun.
fn is_begun(stop: &Stop) -> bool {
    matches!(stop.state, StopState::EnRoute | StopState::Arrived | StopState::Servicing)
        && stop.since > Millis::MIN
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
        (Some(StopState::Arrived | StopState::Servicing), _) => {
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

/// Whether the app can ask for all that it wants: one argument at most, in minutes or words.
pub fn can_be_filled(template: &Template) -> bool {
    use waypost_protocol::ArgumentType::{Minutes, Text};
    match template.definition.arguments.as_slice() {
        [] => true,
        [only] => matches!(only.holds, Minutes | Text),
        _ => false,
    }
}
