//! A place on the map, as someone names it or stands at it.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::ContentError;
use super::check::not_blank;
use crate::NAME_CHARS_MAX;

/// A place on the map (WGS 84).
///
/// ```
/// use waypost_protocol::{Degrees, Place};
///
/// let gate = Place { name: Some("Gate 4".into()), ..Place::at(52.5200066, 13.404954) };
/// assert_eq!(gate.latitude, Degrees(525_200_066));
/// assert_eq!(gate.check(), Ok(()));
/// assert!(Place::at(91.0, 0.0).check().is_err(), "beyond the pole");
/// ```
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, Encode, Decode)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// From -90 to 90 degrees, north is positive.
    #[n(0)]
    pub latitude: Degrees,
    /// From -180 to 180 degrees, east is positive.
    #[n(1)]
    pub longitude: Degrees,
    /// What it is called, at most [`crate::NAME_CHARS_MAX`] characters.
    #[n(2)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Within how many metres, if it was measured.
    #[n(3)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accuracy_m: Option<u32>,
}

impl Place {
    /// The place with these coordinates, without a name.
    pub fn at(latitude: f64, longitude: f64) -> Self {
        let (latitude, longitude) = (Degrees::of(latitude), Degrees::of(longitude));
        Self { latitude, longitude, name: None, accuracy_m: None }
    }

    /// Checks that it is on the earth.
    ///
    /// # Errors
    /// If it is not, or is called by nothing.
    pub fn check(&self) -> Result<(), ContentError> {
        let within =
            |it: Degrees, degrees: i32| (-degrees * DEGREE..=degrees * DEGREE).contains(&it.0);
        if !within(self.latitude, 90) || !within(self.longitude, 180) {
            let what = "latitude from -90 to 90, longitude from -180 to 180".into();
            return Err(ContentError { field: "place", what });
        }
        self.name.iter().try_for_each(|name| not_blank("place", name, NAME_CHARS_MAX))
    }
}

/// One degree.
const DEGREE: i32 = 10_000_000;

/// An angle in ten-millionths of a degree: about a centimetre on the ground. In JSON it is a number of
/// degrees.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Encode, Decode)]
#[cbor(transparent)]
pub struct Degrees(#[n(0)] pub i32);

impl Degrees {
    /// So many degrees, rounded; what is no angle at all becomes one that no check takes.
    pub fn of(degrees: f64) -> Self {
        let rounded = (degrees * f64::from(DEGREE)).round();
        // A cast of floats saturates, and makes 0 of what is no number.
        Self(if rounded.is_nan() { i32::MAX } else { rounded as i32 })
    }

    /// As a number of degrees.
    pub fn degrees(self) -> f64 {
        f64::from(self.0) / f64::from(DEGREE)
    }
}

impl Serialize for Degrees {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.degrees())
    }
}

impl<'de> Deserialize<'de> for Degrees {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        f64::deserialize(deserializer).map(Self::of)
    }
}

#[cfg(feature = "openapi")]
impl utoipa::PartialSchema for Degrees {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::Number)
            .minimum(Some(-180.0))
            .maximum(Some(180.0))
            .description(Some("Degrees, to seven decimals."))
            .into()
    }
}

#[cfg(feature = "openapi")]
impl utoipa::ToSchema for Degrees {}
