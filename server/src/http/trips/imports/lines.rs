//! The lines of an import, and the stops that they make together.

use std::collections::BTreeMap;

use chrono::{LocalResult, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone as _};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use waypost_protocol::{
    Consignment, Contact, Millis, Place, Priority, StopKind, StopPlan, TimeWindow, TripId, TripPlan,
};

use super::super::super::imports::opened;

/// One line: a consignment of a stop, or a stop without one.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(as = TripImportLine)]
pub(in super::super) struct Line {
    /// The customer's reference of the trip.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) trip: String,
    /// The customer's reference of the stop.
    pub(super) stop: String,
    /// The day on which the trip begins, such as `2026-11-30`.
    #[serde(skip_serializing_if = "String::is_empty")]
    day: String,
    /// The name of the trip; its reference, if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    trip_name: Option<String>,
    /// The handle of the driver.
    #[serde(skip_serializing_if = "Option::is_none")]
    driver: Option<String>,
    /// The vehicle.
    #[serde(skip_serializing_if = "Option::is_none")]
    vehicle: Option<String>,
    /// What happens there: `delivery`, `pickup` or `depot`.
    #[schema(value_type = Option<StopKind>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<String>,
    /// Who or what is there.
    name: String,
    /// The address.
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<String>,
    /// North is positive.
    #[serde(skip_serializing_if = "Option::is_none")]
    latitude: Option<f64>,
    /// East is positive.
    #[serde(skip_serializing_if = "Option::is_none")]
    longitude: Option<f64>,
    /// From when on, such as `2026-11-30 08:00`.
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<String>,
    /// Until when.
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<String>,
    /// By whose clock.
    #[serde(skip_serializing_if = "Option::is_none")]
    zone: Option<String>,
    /// How long it takes there.
    #[serde(skip_serializing_if = "Option::is_none")]
    service_minutes: Option<u16>,
    /// What the driver has to know.
    #[serde(skip_serializing_if = "Option::is_none")]
    instructions: Option<String>,
    /// How urgent it is.
    #[schema(value_type = Option<Priority>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    priority: Option<String>,
    /// Whom one can call there.
    #[serde(skip_serializing_if = "Option::is_none")]
    contact: Option<String>,
    /// And where.
    #[serde(skip_serializing_if = "Option::is_none")]
    phone: Option<String>,
    /// The customer's reference of the consignment.
    #[serde(skip_serializing_if = "Option::is_none")]
    consignment: Option<String>,
    /// What it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    /// How many; 1, if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    quantity: Option<u32>,
    /// Of what.
    #[serde(skip_serializing_if = "Option::is_none")]
    unit: Option<String>,
    /// How heavy they are together.
    #[serde(skip_serializing_if = "Option::is_none")]
    weight_g: Option<u32>,
}

/// What the stops of a trip that comes again have in common.
pub(in super::super) struct OfDay<'a> {
    pub(in super::super) reference: String,
    pub(in super::super) name: &'a String,
    pub(in super::super) driver: &'a Option<String>,
    pub(in super::super) vehicle: &'a Option<String>,
    pub(in super::super) zone: &'a String,
}

/// A stop, as its lines say it together.
pub(super) struct Wanted {
    pub(super) trip: String,
    pub(super) stop: String,
    pub(super) driver: Option<String>,
    /// The numbers of its lines.
    pub(super) lines: Vec<u64>,
    first: Line,
    consignments: Vec<Consignment>,
}

/// Why something cannot be read, in words.
type Unread = String;

/// A line, or why it cannot be read.
pub(super) type Read = Result<Line, Unread>;

/// The lines of a table, each with its number in the file.
pub(super) fn from_csv(table: &[u8]) -> Result<Vec<(u64, Read)>, Unread> {
    let (_, mut reader) = opened(table);
    let columns = reader.headers().map_err(|error| error.to_string())?.clone();
    for needed in ["trip", "stop", "day", "name"] {
        if !columns.iter().any(|column| column == needed) {
            return Err(format!("the first line names no column `{needed}`"));
        }
    }
    let mut lines = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| error.to_string())?;
        let line = record.position().map_or(0, csv::Position::line);
        lines.push((line, record.deserialize(Some(&columns)).map_err(|error| error.to_string())));
    }
    Ok(lines)
}

/// The items of an array of JSON, each with its number from 1.
pub(super) fn from_json(text: &[u8]) -> Result<Vec<(u64, Read)>, Unread> {
    let items: Vec<serde_json::Value> =
        serde_json::from_slice(text).map_err(|error| error.to_string())?;
    let read = |item| serde_json::from_value(item).map_err(|error| error.to_string());
    Ok((1..).zip(items.into_iter().map(read)).collect())
}

/// The stops that the lines make, in the order of their first lines, and the lines that cannot be taken.
pub(super) fn gathered(lines: Vec<(u64, Read)>) -> (Vec<Wanted>, Vec<(u64, String)>) {
    let (mut wanted, mut refused) = (Vec::<Wanted>::new(), Vec::new());
    let mut places: BTreeMap<(String, String), usize> = BTreeMap::new();
    for (number, line) in lines {
        let line = match line {
            Ok(line) => line,
            Err(what) => {
                refused.push((number, what));
                continue;
            }
        };
        if line.trip.trim().is_empty() || line.stop.trim().is_empty() {
            refused.push((number, "a line names its trip and its stop by their references".into()));
            continue;
        }
        let place = (line.trip.clone(), line.stop.clone());
        match places.get(&place).and_then(|at| wanted.get_mut(*at)) {
            Some(before) if before.says_the_same(&line) => {
                before.lines.push(number);
                before.consignments.extend(line.consigned());
            }
            Some(before) => {
                let first = before.lines.first().copied().unwrap_or_default();
                refused
                    .push((number, format!("says something else of the stop than line {first}")));
            }
            None => {
                places.insert(place, wanted.len());
                wanted.push(Wanted {
                    trip: line.trip.clone(),
                    stop: line.stop.clone(),
                    driver: given(&line.driver),
                    lines: vec![number],
                    consignments: line.consigned().into_iter().collect(),
                    first: line,
                });
            }
        }
    }
    (wanted, refused)
}

impl Line {
    /// The line of one of the days on which a trip comes again.
    pub(in super::super) fn on(&self, day: NaiveDate, trip: &OfDay<'_>) -> Read {
        let own = [&self.trip_name, &self.driver, &self.vehicle, &self.zone];
        if !self.trip.is_empty() || !self.day.is_empty() || own.iter().any(|it| it.is_some()) {
            return Err("`trip`, `day`, `trip_name`, `driver`, `vehicle` and `zone` are those of \
                        the trip"
                .into());
        }
        let (from, until) = (time("from", &self.from)?, time("until", &self.until)?);
        let is_over_night = from.zip(until).is_some_and(|(from, until)| until < from);
        let last = if is_over_night { day.succ_opt().unwrap_or(day) } else { day };
        let zone = trip.zone.parse().unwrap_or(chrono_tz::Tz::UTC);
        let at = |day: NaiveDate, time: NaiveTime| {
            let at = day.and_time(time);
            // In the night in which clocks are put forward it is the hour after.
            let is_there = zone.from_local_datetime(&at) != LocalResult::None;
            let at = if is_there { at } else { at + TimeDelta::hours(1) };
            at.format("%Y-%m-%d %H:%M").to_string()
        };
        Ok(Self {
            trip: trip.reference.clone(),
            day: day.to_string(),
            trip_name: Some(trip.name.clone()),
            driver: trip.driver.clone(),
            vehicle: trip.vehicle.clone(),
            zone: Some(trip.zone.clone()),
            from: from.map(|from| at(day, from)),
            until: until.map(|until| at(last, until)),
            ..self.clone()
        })
    }

    fn consigned(&self) -> Option<Consignment> {
        Some(Consignment {
            reference: given(&self.consignment)?,
            description: given(&self.description).unwrap_or_default(),
            quantity: self.quantity.unwrap_or(1),
            unit: given(&self.unit).unwrap_or_default(),
            weight_g: self.weight_g,
        })
    }

    fn without_consignment(&self) -> Self {
        let (consignment, description, unit) = (None, None, None);
        let (quantity, weight_g) = (None, None);
        Self { consignment, description, quantity, unit, weight_g, ..self.clone() }
    }

    fn window(&self) -> Result<Option<TimeWindow>, String> {
        let zone = given(&self.zone).unwrap_or_else(|| "UTC".into());
        match (given(&self.from), given(&self.until)) {
            (None, None) => Ok(None),
            (Some(from), Some(until)) => {
                let (from, until) =
                    (moment("from", &from, &zone)?, moment("until", &until, &zone)?);
                Ok(Some(TimeWindow { from, until, zone }))
            }
            _ => Err("a window has `from` and `until`".into()),
        }
    }
}

impl Wanted {
    fn says_the_same(&self, line: &Line) -> bool {
        self.first.without_consignment() == line.without_consignment()
    }

    /// The trip of the stop.
    pub(super) fn trip_plan(&self) -> TripPlan {
        TripPlan {
            name: given(&self.first.trip_name).unwrap_or_else(|| self.trip.clone()),
            day: self.first.day.clone(),
            reference: Some(self.trip.clone()),
            vehicle: given(&self.first.vehicle),
            order: Vec::new(),
        }
    }

    /// The plan of the stop.
    pub(super) fn plan(&self, trip: TripId) -> Result<StopPlan, String> {
        let line = &self.first;
        let place = match (line.latitude, line.longitude) {
            (None, None) => None,
            (Some(latitude), Some(longitude)) => Some(Place::at(latitude, longitude)),
            _ => return Err("a place has a `latitude` and a `longitude`".into()),
        };
        let contact = given(&line.phone).map(|phone| {
            let name = given(&line.contact).unwrap_or_else(|| line.name.clone());
            Box::new(Contact { name, phone: Some(phone), ..Contact::default() })
        });
        Ok(StopPlan {
            kind: named("kind", &line.kind)?,
            reference: Some(self.stop.clone()),
            address: given(&line.address).unwrap_or_default(),
            place,
            window: line.window()?,
            service_minutes: line.service_minutes.unwrap_or(0),
            instructions: given(&line.instructions).unwrap_or_default(),
            priority: named("priority", &line.priority)?,
            contact,
            consignments: self.consignments.clone(),
            ..StopPlan::of(trip, line.name.clone())
        })
    }
}

fn given(field: &Option<String>) -> Option<String> {
    field.clone().filter(|it| !it.trim().is_empty())
}

/// One of a few words, as JSON has them.
fn named<T: Default + serde::de::DeserializeOwned>(
    field: &str,
    word: &Option<String>,
) -> Result<T, String> {
    let Some(word) = given(word) else { return Ok(T::default()) };
    serde_json::from_value(serde_json::Value::String(word.clone()))
        .map_err(|_| format!("`{word}` is no `{field}`"))
}

/// A time of day.
fn time(field: &str, text: &Option<String>) -> Result<Option<NaiveTime>, String> {
    let Some(text) = given(text) else { return Ok(None) };
    let time = NaiveTime::parse_from_str(&text, "%H:%M");
    time.map(Some).map_err(|_| format!("`{field}` must be as in `08:00`"))
}

/// A moment by the clock of a zone. One that the clock shows twice is the first of the two.
fn moment(field: &str, text: &str, zone: &str) -> Result<Millis, String> {
    let zone: chrono_tz::Tz = zone.parse().map_err(|_| format!("there is no zone `{zone}`"))?;
    let local = NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M")
        .or_else(|_| NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M"))
        .map_err(|_| format!("`{field}` must be as in `2026-11-30 08:00`"))?;
    match zone.from_local_datetime(&local) {
        LocalResult::Single(at) | LocalResult::Ambiguous(at, _) => Ok(at.timestamp_millis()),
        LocalResult::None => Err(format!("no clock of {zone} ever shows {text}")),
    }
}
