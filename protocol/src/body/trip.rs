//! What dispatch plans: trips, their stops, and what is to be done at each.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use super::check::{at_most, not_blank};
use super::header::read_priority;
use super::{Contact, ContentError, Place, Priority};
use crate::{
    ADDRESS_CHARS_MAX, CONSIGNMENTS_MAX, FactId, INSTRUCTIONS_CHARS_MAX, Millis, NAME_CHARS_MAX,
    SERVICE_MINUTES_MAX, StopId, TRIP_STOPS_MAX, TripId, WINDOW_HOURS_MAX,
};

/// One run of one vehicle and driver.
///
/// ```
/// use waypost_protocol::TripPlan;
///
/// let north = TripPlan { name: "North 1".into(), day: "2026-11-30".into(), ..TripPlan::default() };
/// assert_eq!(north.check(), Ok(()));
/// assert!(TripPlan { day: "tomorrow".into(), ..north }.check().is_err());
/// ```
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, Encode, Decode)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct TripPlan {
    /// The name on the screen.
    #[n(0)]
    #[cfg_attr(feature = "openapi", schema(example = "North 1", min_length = 1, max_length = 80))]
    pub name: String,
    /// The day on which it begins, where it begins (ISO 8601).
    #[n(1)]
    #[cfg_attr(feature = "openapi", schema(example = "2026-11-30"))]
    pub day: String,
    /// What the customer's own system calls it.
    #[n(2)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// The vehicle, as its driver knows it.
    #[n(3)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(example = "B-WP 1204"))]
    pub vehicle: Option<String>,
    /// The order of its stops. Those that it does not name come after them, by their windows. At most
    /// [`crate::TRIP_STOPS_MAX`].
    #[n(4)]
    #[cbor(skip_if = "Vec::is_empty")]
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub order: Vec<StopId>,
}

impl TripPlan {
    /// Checks lengths, blanks and the day.
    ///
    /// # Errors
    /// What is wrong first.
    pub fn check(&self) -> Result<(), ContentError> {
        not_blank("name", &self.name, NAME_CHARS_MAX)?;
        let named = [("reference", &self.reference), ("vehicle", &self.vehicle)];
        for (field, name) in named {
            name.iter().try_for_each(|name| not_blank(field, name, NAME_CHARS_MAX))?;
        }
        at_most("order", self.order.len(), TRIP_STOPS_MAX)?;
        match is_day(&self.day) {
            true => Ok(()),
            false => wrong("day", "must be a day such as `2026-11-30`"),
        }
    }
}

/// What happens at a stop.
#[derive(
    Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize, Encode, Decode,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
#[cbor(index_only)]
pub enum StopKind {
    /// Goods are handed over to a consignee.
    #[default]
    #[n(0)]
    Delivery,
    /// Goods are taken from a shipper.
    #[n(1)]
    Pickup,
    /// The vehicle is loaded, unloaded or parked.
    #[n(2)]
    Depot,
}

/// One stop of a trip, as dispatch plans it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, Encode, Decode)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct StopPlan {
    /// The trip.
    #[n(0)]
    pub trip: TripId,
    /// What happens there.
    #[n(1)]
    #[serde(default)]
    pub kind: StopKind,
    /// The consignee, the shipper or the depot, as the driver looks for it.
    #[n(2)]
    #[cfg_attr(
        feature = "openapi",
        schema(example = "Bakery Blum", min_length = 1, max_length = 80)
    )]
    pub name: String,
    /// What the customer's own system calls it.
    #[n(3)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// The address, as on a letter; at most [`crate::ADDRESS_CHARS_MAX`] characters.
    #[n(4)]
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(example = "Gartenstraße 12, 10115 Berlin"))]
    pub address: String,
    /// Where on the map.
    #[n(5)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// When it is open to the driver.
    #[n(6)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window: Option<TimeWindow>,
    /// How long it takes there, in minutes; at most [`crate::SERVICE_MINUTES_MAX`].
    #[n(7)]
    #[serde(default)]
    pub service_minutes: u16,
    /// What the driver has to know; at most [`crate::INSTRUCTIONS_CHARS_MAX`] characters.
    #[n(8)]
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[cfg_attr(feature = "openapi", schema(example = "Ring at the yard"))]
    pub instructions: String,
    /// How urgent it is.
    #[n(9)]
    #[cbor(decode_with = "read_priority")]
    #[serde(default)]
    pub priority: Priority,
    /// Whom one can call there.
    #[n(10)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<Box<Contact>>,
    /// The goods; at most [`crate::CONSIGNMENTS_MAX`].
    #[n(11)]
    #[cbor(skip_if = "Vec::is_empty")]
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub consignments: Vec<Consignment>,
}

impl StopPlan {
    /// A delivery of this trip, of which nothing else is known.
    pub fn of(trip: TripId, name: impl Into<String>) -> Self {
        Self {
            trip,
            kind: StopKind::Delivery,
            name: name.into(),
            reference: None,
            address: String::new(),
            place: None,
            window: None,
            service_minutes: 0,
            instructions: String::new(),
            priority: Priority::Routine,
            contact: None,
            consignments: Vec::new(),
        }
    }

    /// Whether whoever did the work of the other plan may have done the wrong work by this one.
    pub fn is_other_work_than(&self, other: &Self) -> bool {
        let work = |it: &Self| {
            let goods = it.consignments.clone();
            (
                it.kind,
                it.name.clone(),
                it.address.clone(),
                it.place.clone(),
                it.window.clone(),
                goods,
            )
        };
        work(self) != work(other)
    }

    /// Checks lengths, blanks, the place and the window.
    ///
    /// # Errors
    /// What is wrong first.
    pub fn check(&self) -> Result<(), ContentError> {
        not_blank("name", &self.name, NAME_CHARS_MAX)?;
        let reference = self.reference.iter();
        reference.into_iter().try_for_each(|it| not_blank("reference", it, NAME_CHARS_MAX))?;
        at_most("address", self.address.chars().count(), ADDRESS_CHARS_MAX)?;
        at_most("instructions", self.instructions.chars().count(), INSTRUCTIONS_CHARS_MAX)?;
        at_most("service_minutes", self.service_minutes.into(), SERVICE_MINUTES_MAX)?;
        at_most("consignments", self.consignments.len(), CONSIGNMENTS_MAX)?;
        self.place.iter().try_for_each(Place::check)?;
        self.window.iter().try_for_each(TimeWindow::check)?;
        self.contact.iter().try_for_each(|contact| contact.check())?;
        self.consignments.iter().try_for_each(Consignment::check)
    }
}

/// From when until when a stop is open to the driver.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, Encode, Decode)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct TimeWindow {
    /// From when on (milliseconds since 1970).
    #[n(0)]
    pub from: Millis,
    /// Until when, at most [`crate::WINDOW_HOURS_MAX`] hours later.
    #[n(1)]
    pub until: Millis,
    /// By whose clock it is told: a zone of the IANA database.
    #[n(2)]
    #[cfg_attr(feature = "openapi", schema(example = "Europe/Berlin"))]
    pub zone: String,
}

impl TimeWindow {
    fn check(&self) -> Result<(), ContentError> {
        let longest = WINDOW_HOURS_MAX * 60 * 60 * 1000;
        let long = self.until.checked_sub(self.from);
        if !long.is_some_and(|long| (1..=longest).contains(&long)) {
            let what = format!("must be after `from`, at most {WINDOW_HOURS_MAX} hours");
            return wrong("window", what);
        }
        let plain = |c: char| c.is_ascii_alphanumeric() || "/_+-".contains(c);
        let begins = self.zone.starts_with(|c: char| c.is_ascii_uppercase());
        match begins && self.zone.len() <= NAME_CHARS_MAX && self.zone.chars().all(plain) {
            true => Ok(()),
            false => wrong("zone", "must be a zone such as `Europe/Berlin`"),
        }
    }
}

/// Goods for a stop, or from it.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, Encode, Decode)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Consignment {
    /// What it is called by those who sent it: the number of an order, or what a scanner reads of it.
    #[n(0)]
    #[cfg_attr(feature = "openapi", schema(example = "SO-4711", min_length = 1, max_length = 80))]
    pub reference: String,
    /// What it is, in words.
    #[n(1)]
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// How many there are.
    #[n(2)]
    pub quantity: u32,
    /// Of what.
    #[n(3)]
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[cfg_attr(feature = "openapi", schema(example = "pallets"))]
    pub unit: String,
    /// How heavy they are together, in grams.
    #[n(4)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight_g: Option<u32>,
}

impl Consignment {
    fn check(&self) -> Result<(), ContentError> {
        not_blank("reference", &self.reference, NAME_CHARS_MAX)?;
        at_most("description", self.description.chars().count(), ADDRESS_CHARS_MAX)?;
        at_most("unit", self.unit.chars().count(), NAME_CHARS_MAX)
    }
}

/// A plan that is answered: that of a stop, or the order of a trip.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, Encode, Decode)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Answered {
    /// The fact that plans it so.
    #[n(0)]
    pub plan: FactId,
    /// The stop; absent if the order of a trip is meant.
    #[n(1)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stop: Option<StopId>,
    /// The trip; absent if a stop is meant.
    #[n(2)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trip: Option<TripId>,
}

impl Answered {
    /// The plan of a stop.
    pub fn stop(stop: StopId, plan: FactId) -> Self {
        Self { plan, stop: Some(stop), trip: None }
    }

    /// The order of a trip.
    pub fn trip(trip: TripId, plan: FactId) -> Self {
        Self { plan, stop: None, trip: Some(trip) }
    }

    pub(super) fn check(&self) -> Result<(), ContentError> {
        match self.stop.is_some() != self.trip.is_some() {
            true => Ok(()),
            false => wrong("answers", "each names a stop or a trip"),
        }
    }
}

/// Whether a text is a day, such as `2026-11-30`.
fn is_day(text: &str) -> bool {
    let parts: Vec<_> = text.split('-').collect();
    let number = |part: &str, digits: usize| {
        let plain = part.len() == digits && part.bytes().all(|it| it.is_ascii_digit());
        part.parse::<u32>().ok().filter(|_| plain)
    };
    let [year, month, day] = parts[..] else { return false };
    let (Some(year), Some(month), Some(day)) = (number(year, 4), number(month, 2), number(day, 2))
    else {
        return false;
    };
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 => 28 + u32::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    };
    (1..=days).contains(&day)
}

fn wrong<T>(field: &'static str, what: impl Into<String>) -> Result<T, ContentError> {
    Err(ContentError { field, what: what.into() })
}
