//! Trips and stops, as far as this device knows: folded from the facts about them, of which a table tells which
//! they are. What waits in the outbox counts as said.

use std::collections::BTreeMap;

use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;
use uuid::Uuid;
use waypost_protocol::{Body, FactId, Millis, PersonId, Stop, StopId, StopWord, Trip, TripId};

use super::StoreError;
use super::apply::{blob, parse};
use super::read::{Reading, content, fact_id, number};
use super::writing::Writing;
use crate::view::TripView;

impl Writing {
    /// Notes what a fact is about, if it is about trips.
    pub(super) async fn is_of_trips(&mut self, id: FactId, body: &Body) -> Result<(), sqlx::Error> {
        for trip in Trip::of(body) {
            self.is_about(*trip.as_bytes(), false, id).await?;
        }
        for stop in Stop::of(body) {
            self.is_about(*stop.as_bytes(), true, id).await?;
        }
        match body {
            Body::TripPlanned { trip, plan } => {
                self.sql("INSERT INTO trip_days (day, trip) VALUES (?, ?) ON CONFLICT DO NOTHING")
                    .bind(plan.day.clone())
                    .bind(trip.as_bytes().to_vec())
                    .run()
                    .await
            }
            Body::StopPlanned { stop, plan } => {
                self.sql("INSERT INTO trip_stops (trip, stop) VALUES (?, ?) ON CONFLICT DO NOTHING")
                    .bind(plan.trip.as_bytes().to_vec())
                    .bind(stop.as_bytes().to_vec())
                    .run()
                    .await
            }
            _ => Ok(()),
        }
    }

    async fn is_about(
        &mut self,
        subject: [u8; 16],
        is_stop: bool,
        fact: FactId,
    ) -> Result<(), sqlx::Error> {
        self.touched.trips = true;
        self.sql(
            "INSERT INTO of_trips (subject, is_stop, fact) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        )
        .bind(subject.to_vec())
        .bind(is_stop)
        .bind(blob(&fact))
        .run()
        .await
    }
}

/// What is read of a fact `f` about the trip or stop of `t`. Only what is in the record or waits counts.
macro_rules! facts_about {
    ($which:literal) => {
        concat!(
            "SELECT t.subject, t.is_stop, f.id, f.author, f.conversation, f.n, f.recorded_at_ms, f.skew_ms,
                    f.kind, f.content
             FROM of_trips t JOIN facts f ON f.id = t.fact
             LEFT JOIN outbox o ON o.id = f.id AND o.state = 0
             WHERE f.lost IS NULL AND (f.n IS NOT NULL OR o.id IS NOT NULL) AND ",
            $which,
            " ORDER BY f.n IS NULL, f.epoch, f.n, o.number, f.id"
        )
    };
}

/// Every trip that begins in these days, with its stops.
const OF_DAYS: &str = facts_about!(
    "(t.is_stop = 0 AND t.subject IN (SELECT d.trip FROM trip_days d WHERE d.day BETWEEN ?1 AND ?2)
      OR t.is_stop = 1 AND t.subject IN (
          SELECT s.stop FROM trip_days d JOIN trip_stops s ON s.trip = d.trip
          WHERE d.day BETWEEN ?1 AND ?2))"
);

const OF_ONE: &str = facts_about!("t.subject = ?1 AND t.is_stop = ?2");

impl Reading<'_> {
    /// The trips that begin in these days, by day and name, each with its stops in their order.
    pub(crate) async fn trips(&self, from: &str, until: &str) -> Result<Vec<TripView>, StoreError> {
        let rows = sqlx::query(OF_DAYS).bind(from).bind(until).fetch_all(self.pool).await?;
        let Folded { trips, stops } = Folded::from(&rows)?;
        let mut of_trips: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for (id, stop) in stops {
            if let Some(trip) = stop.trip {
                of_trips.entry(trip).or_default().push((id, stop));
            }
        }
        let within = |trip: &Trip| (from..=until).contains(&trip.plan.day.as_str());
        let shown = trips.into_iter().filter(|(_, trip)| within(trip)).map(|(id, trip)| {
            let mut stops = of_trips.remove(&id).unwrap_or_default();
            trip.put_in_order(&mut stops);
            TripView { id, trip, stops }
        });
        let mut shown: Vec<_> = shown.collect();
        shown.sort_by(|a, b| {
            (&a.trip.plan.day, &a.trip.plan.name, a.id).cmp(&(
                &b.trip.plan.day,
                &b.trip.plan.name,
                b.id,
            ))
        });
        Ok(shown)
    }

    /// One trip, without its stops.
    pub(crate) async fn trip(&self, trip: TripId) -> Result<Option<Trip>, StoreError> {
        let subject = trip.as_bytes().to_vec();
        let rows = sqlx::query(OF_ONE).bind(subject).bind(false).fetch_all(self.pool).await?;
        Ok(Folded::from(&rows)?.trips.remove(&trip))
    }

    /// One stop.
    pub(crate) async fn stop(&self, stop: StopId) -> Result<Option<Stop>, StoreError> {
        let subject = stop.as_bytes().to_vec();
        let rows = sqlx::query(OF_ONE).bind(subject).bind(true).fetch_all(self.pool).await?;
        Ok(Folded::from(&rows)?.stops.remove(&stop))
    }
}

#[derive(Default)]
struct Folded {
    trips: BTreeMap<TripId, Trip>,
    stops: BTreeMap<StopId, Stop>,
}

impl Folded {
    fn from(rows: &[SqliteRow]) -> Result<Self, StoreError> {
        let mut folded = Self::default();
        for row in rows {
            let Ok(body) = content(row, 8)?.to_body() else { continue };
            let subject = Uuid::from_slice(row.try_get(0)?);
            let subject = subject.map_err(|error| sqlx::Error::Decode(Box::new(error)))?;
            let word = word(row, &body)?;
            match row.try_get(1)? {
                true => folded.hears_of_stop(StopId(subject), word),
                false => folded.hears_of_trip(TripId(subject), word),
            }
        }
        Ok(folded)
    }

    fn hears_of_stop(&mut self, id: StopId, word: StopWord<'_>) {
        let after = Stop::after(self.stops.remove(&id), id, word);
        self.stops.extend(after.map(|stop| (id, stop)));
    }

    fn hears_of_trip(&mut self, id: TripId, word: StopWord<'_>) {
        let after = Trip::after(self.trips.remove(&id), id, word);
        self.trips.extend(after.map(|trip| (id, trip)));
    }
}

fn word<'b>(row: &SqliteRow, body: &'b Body) -> Result<StopWord<'b>, sqlx::Error> {
    let (id, conversation) = (fact_id(row, 2)?, row.try_get::<String, _>(4)?);
    let (recorded_at, skew_ms): (Option<Millis>, Option<Millis>) =
        (row.try_get(6)?, row.try_get(7)?);
    // What waits was done when it was done.
    let done_at = id.occurred_at().unwrap_or(0).saturating_add(skew_ms.unwrap_or(0));
    Ok(StopWord {
        id,
        n: number(row, 5)?.unwrap_or(0),
        author: PersonId(row.try_get(3)?),
        place: parse(&conversation)?,
        recorded_at: recorded_at.unwrap_or(done_at),
        skew_ms,
        body,
    })
}
