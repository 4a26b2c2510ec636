//! Trips and stops, as the facts about them have made them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row as _};
use waypost_domain::{Decision, Known, Wanted};
use waypost_protocol::{EnrolmentId, Millis, PersonId, Stop, StopId, Trip, TripId};

use crate::decode::{enrolment_id, fixed, from_json, person_id, to_json, uuid_of};
use crate::sql::unsigned;
use crate::{Db, StorageError};

/// Which trips are asked for.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct TripsOf {
    /// The first day, such as `2026-11-30`; from the beginning, if absent.
    pub from: Option<String>,
    /// The last day; to the end, if absent.
    pub until: Option<String>,
    /// Of this driver alone.
    pub driver: Option<PersonId>,
}

/// A stop that waits for a decision of dispatch, and since when.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Conflicted {
    /// Since when (milliseconds since 1970).
    pub since: Millis,
    /// The stop.
    pub stop: StopId,
    /// What has become of it.
    pub state: Stop,
}

impl Db {
    /// Trips by day, then by id, after this one.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn trips(
        &self,
        of: &TripsOf,
        after: Option<(String, TripId)>,
        limit: usize,
    ) -> Result<Vec<(TripId, Trip)>, StorageError> {
        let mut on = self.readers.acquire().await?;
        let mut sql = self.sql("SELECT trip, state FROM trip WHERE day >= ");
        sql.bind(of.from.clone().unwrap_or_default());
        if let Some(until) = &of.until {
            sql.push(" AND day <= ").bind(until.clone());
        }
        if let Some(driver) = of.driver {
            sql.push(" AND driver = ").bind(i64::from(driver.0));
        }
        if let Some((day, trip)) = after {
            sql.push(" AND (day, trip) > (").bind(day);
            sql.push(", ").bind(trip.as_bytes().to_vec()).push(")");
        }
        sql.push(" ORDER BY day, trip LIMIT ").bind(limit as i64);
        sql.rows(&mut on).await?.iter().map(trip_of).collect()
    }

    /// These trips, as far as they are there.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn trips_by_id(
        &self,
        trips: &[TripId],
    ) -> Result<HashMap<TripId, Trip>, StorageError> {
        let mut on = self.readers.acquire().await?;
        self.trips_on(&mut on, trips).await
    }

    /// The stops of these trips.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn stops_of(
        &self,
        trips: &[TripId],
    ) -> Result<BTreeMap<TripId, Vec<(StopId, Stop)>>, StorageError> {
        let mut on = self.readers.acquire().await?;
        let mut found: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for (id, stop) in self.stops_of_on(&mut on, trips).await? {
            if let Some(trip) = stop.trip {
                found.entry(trip).or_default().push((id, stop));
            }
        }
        Ok(found)
    }

    /// These stops, as far as they are there.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn stops_by_id(
        &self,
        stops: &[StopId],
    ) -> Result<HashMap<StopId, Stop>, StorageError> {
        let mut on = self.readers.acquire().await?;
        self.stops_on(&mut on, stops).await
    }

    /// The stops that wait for a decision of dispatch, those first that have waited longest, after this one.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn conflicted_stops(
        &self,
        after: Option<(Millis, StopId)>,
        limit: usize,
    ) -> Result<Vec<Conflicted>, StorageError> {
        let mut on = self.readers.acquire().await?;
        let mut sql = self
            .sql("SELECT stop, state, conflict_at_ms FROM stop WHERE conflict_at_ms IS NOT NULL");
        if let Some((since, stop)) = after {
            sql.push(" AND (conflict_at_ms, stop) > (").bind(since);
            sql.push(", ").bind(stop.as_bytes().to_vec()).push(")");
        }
        sql.push(" ORDER BY conflict_at_ms, stop LIMIT ").bind(limit as i64);
        let conflicted = |row: &AnyRow| -> Result<_, StorageError> {
            let ((stop, state), since) = (stop_of(row)?, row.try_get(2)?);
            Ok(Conflicted { since, stop, state })
        };
        sql.rows(&mut on).await?.iter().map(conflicted).collect()
    }

    /// Up to which number of the record one of the devices of each of these people has stored everything.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn delivered_up_to(
        &self,
        people: &[PersonId],
    ) -> Result<HashMap<PersonId, u64>, StorageError> {
        let mut on = self.readers.acquire().await?;
        let mut found = HashMap::new();
        for chunk in self.chunks(people) {
            let mut sql =
                self.sql("SELECT person, MAX(stored_up_to) FROM enrolment WHERE person IN (");
            sql.list(chunk, |person| i64::from(person.0)).push(") GROUP BY person");
            for row in sql.rows(&mut on).await? {
                found.insert(person_id(row.try_get(0)?), unsigned(row.try_get(1)?));
            }
        }
        Ok(found)
    }

    pub(crate) async fn know_trips(
        &self,
        on: &mut AnyConnection,
        wanted: &Wanted,
        known: &mut Known,
    ) -> Result<(), StorageError> {
        let list =
            |trips: &std::collections::HashSet<TripId>| trips.iter().copied().collect::<Vec<_>>();
        let trips = list(&wanted.trips);
        known.trips = self.trips_on(on, &trips).await?;
        known.stops_of = self.stop_ids_of(on, &trips).await?;
        let stops: Vec<_> = wanted.stops.iter().copied().collect();
        known.stops = self.stops_on(on, &stops).await?;
        known.stops.extend(self.stops_of_on(on, &list(&wanted.handed)).await?);
        known.keys = self.known_keys(on, wanted).await?;
        Ok(())
    }

    async fn trips_on(
        &self,
        on: &mut AnyConnection,
        trips: &[TripId],
    ) -> Result<HashMap<TripId, Trip>, StorageError> {
        let mut found = HashMap::new();
        for chunk in self.chunks(trips) {
            let mut sql = self.sql("SELECT trip, state FROM trip WHERE trip IN (");
            sql.list(chunk, |trip| trip.as_bytes().to_vec()).push(")");
            for row in sql.rows(on).await? {
                found.extend([trip_of(&row)?]);
            }
        }
        Ok(found)
    }

    async fn stops_on(
        &self,
        on: &mut AnyConnection,
        stops: &[StopId],
    ) -> Result<HashMap<StopId, Stop>, StorageError> {
        let mut found = HashMap::new();
        for chunk in self.chunks(stops) {
            let mut sql = self.sql("SELECT stop, state FROM stop WHERE stop IN (");
            sql.list(chunk, |stop| stop.as_bytes().to_vec()).push(")");
            for row in sql.rows(on).await? {
                found.extend([stop_of(&row)?]);
            }
        }
        Ok(found)
    }

    async fn stops_of_on(
        &self,
        on: &mut AnyConnection,
        trips: &[TripId],
    ) -> Result<Vec<(StopId, Stop)>, StorageError> {
        let mut found = Vec::new();
        for chunk in self.chunks(trips) {
            let mut sql = self.sql("SELECT stop, state FROM stop WHERE trip IN (");
            sql.list(chunk, |trip| trip.as_bytes().to_vec()).push(") ORDER BY trip, stop");
            for row in sql.rows(on).await? {
                found.push(stop_of(&row)?);
            }
        }
        Ok(found)
    }

    async fn stop_ids_of(
        &self,
        on: &mut AnyConnection,
        trips: &[TripId],
    ) -> Result<HashMap<TripId, BTreeSet<StopId>>, StorageError> {
        let mut found: HashMap<_, BTreeSet<_>> = HashMap::new();
        for chunk in self.chunks(trips) {
            let mut sql = self.sql("SELECT trip, stop FROM stop WHERE trip IN (");
            sql.list(chunk, |trip| trip.as_bytes().to_vec()).push(")");
            for row in sql.rows(on).await? {
                let trip = TripId(uuid_of(&row.try_get::<Vec<u8>, _>(0)?)?);
                let stop = StopId(uuid_of(&row.try_get::<Vec<u8>, _>(1)?)?);
                found.entry(trip).or_default().insert(stop);
            }
        }
        Ok(found)
    }

    async fn known_keys(
        &self,
        on: &mut AnyConnection,
        wanted: &Wanted,
    ) -> Result<HashMap<EnrolmentId, [u8; 32]>, StorageError> {
        let mut found = HashMap::new();
        let enrolments: Vec<_> = wanted.keys.iter().collect();
        for chunk in self.chunks(&enrolments) {
            let mut sql =
                self.sql("SELECT enrolment, public_key FROM enrolment WHERE enrolment IN (");
            sql.list(chunk, |enrolment| enrolment.as_bytes().to_vec()).push(")");
            for row in sql.rows(on).await? {
                found.insert(enrolment_id(&row, 0)?, fixed(&row, 1)?);
            }
        }
        Ok(found)
    }

    pub(crate) async fn write_trips(
        &self,
        on: &mut AnyConnection,
        decision: &Decision,
    ) -> Result<(), StorageError> {
        let trips: Vec<_> = decision.trips.iter().collect();
        for chunk in self.chunks(&trips) {
            let mut rows = Vec::new();
            for (id, trip) in chunk {
                rows.push((*id, *trip, to_json(trip)?));
            }
            let mut sql = self.sql("INSERT INTO trip (trip, state, day, driver) VALUES ");
            sql.tuples(&rows, |row, (id, trip, state)| {
                row.bind(id.as_bytes().to_vec())
                    .bind(state.clone())
                    .bind(trip.plan.day.clone())
                    .bind(trip.driver.map(|driver| i64::from(driver.0)));
            });
            sql.push(
                " ON CONFLICT (trip) DO UPDATE SET state = excluded.state, day = excluded.day, \
                 driver = excluded.driver",
            );
            sql.execute(on).await?;
        }
        self.write_stops(on, decision).await
    }

    async fn write_stops(
        &self,
        on: &mut AnyConnection,
        decision: &Decision,
    ) -> Result<(), StorageError> {
        let stops: Vec<_> = decision.stops.iter().collect();
        for chunk in self.chunks(&stops) {
            let mut rows = Vec::new();
            for (id, stop) in chunk {
                rows.push((*id, *stop, to_json(stop)?));
            }
            let mut sql = self.sql("INSERT INTO stop (stop, state, trip, conflict_at_ms) VALUES ");
            sql.tuples(&rows, |row, (id, stop, state)| {
                row.bind(id.as_bytes().to_vec())
                    .bind(state.clone())
                    .bind(stop.trip.map(|trip| trip.as_bytes().to_vec()))
                    .bind(stop.conflicts().next().map(|step| step.at));
            });
            sql.push(
                " ON CONFLICT (stop) DO UPDATE SET state = excluded.state, trip = excluded.trip, \
                 conflict_at_ms = excluded.conflict_at_ms",
            );
            sql.execute(on).await?;
        }
        Ok(())
    }
}

fn trip_of(row: &AnyRow) -> Result<(TripId, Trip), StorageError> {
    let id = TripId(uuid_of(&row.try_get::<Vec<u8>, _>(0)?)?);
    Ok((id, from_json(&row.try_get::<String, _>(1)?)?))
}

fn stop_of(row: &AnyRow) -> Result<(StopId, Stop), StorageError> {
    let id = StopId(uuid_of(&row.try_get::<Vec<u8>, _>(0)?)?);
    Ok((id, from_json(&row.try_get::<String, _>(1)?)?))
}
