//! Trips, as a driver and a board show them.

use waypost_protocol::{Millis, Stop, StopId, StopState, Trip, TripId};

/// A trip with its stops.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TripView {
    /// Which.
    pub id: TripId,
    /// What has become of it.
    pub trip: Trip,
    /// Its stops, in their order, with what has become of each.
    pub stops: Vec<(StopId, Stop)>,
}

impl TripView {
    /// Since when one of its stops is late: that which is late the longest.
    pub fn late_since(&self, now: Millis) -> Option<Millis> {
        self.stops.iter().filter_map(|(_, stop)| stop.late_since(now)).min()
    }

    /// The stop that comes next: the first that is not over.
    pub fn next_stop(&self) -> Option<&(StopId, Stop)> {
        self.stops.iter().find(|(_, stop)| stop.state < StopState::Completed)
    }
}
