//! The trips of a driver.

use std::sync::Arc;

use waypost_protocol::Role;

use super::ReadModel;
use crate::store::{Reading, StoreError};

/// After every day that a trip can begin on.
const LAST_DAY: &str = "9999-12-31";

impl ReadModel {
    /// Shows the trips from this day on.
    pub(crate) fn show_trips_from(&mut self, day: String) {
        self.stale.trips |= self.trips_from != day;
        self.trips_from = day;
    }

    /// Those of others are read when someone asks for them: of a fleet there are thousands.
    pub(super) async fn read_trips(&mut self, reading: &Reading<'_>) -> Result<(), StoreError> {
        self.trips_changed += 1;
        if self.me.role != Role::Driver {
            return Ok(());
        }
        let mut trips = reading.trips(&self.trips_from, LAST_DAY).await?;
        trips.retain(|it| it.trip.driver == Some(self.me.person));
        self.trips = Arc::new(trips);
        Ok(())
    }
}
