//! Ids, times and places in the record.

use std::fmt;
use std::str::FromStr;

use minicbor::{Decode, Decoder, Encode, Encoder};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Milliseconds since 1970-01-01T00:00:00Z, by whichever clock the field names.
pub type Millis = i64;

macro_rules! uuid_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// A UUIDv7 (RFC 9562) of this time, with the low 74 bits of `random`.
            pub fn mint(now: Millis, random: u128) -> Self {
                let millis = u64::try_from(now).unwrap_or(0);
                let bytes = random.to_be_bytes();
                let mut tail = [0u8; 10];
                tail.copy_from_slice(&bytes[6..]);
                Self(uuid::Builder::from_unix_timestamp_millis(millis, &tail).into_uuid())
            }

            /// The 16 bytes of the id.
            pub fn as_bytes(&self) -> &[u8; 16] {
                self.0.as_bytes()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(s: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(s).map(Self)
            }
        }

        impl<C> Encode<C> for $name {
            fn encode<W: minicbor::encode::Write>(
                &self,
                e: &mut Encoder<W>,
                _: &mut C,
            ) -> Result<(), minicbor::encode::Error<W::Error>> {
                e.bytes(self.as_bytes())?.ok()
            }
        }

        impl<'b, C> Decode<'b, C> for $name {
            fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
                let position = d.position();
                let bytes = d.bytes()?;
                Uuid::from_slice(bytes)
                    .map(Self)
                    .map_err(|_| minicbor::decode::Error::message("an id has 16 bytes").at(position))
            }
        }
    };
}

uuid_id! {
    /// The id of one fact, minted by the device on which a person made it.
    ///
    /// It is a UUIDv7, and the time inside it is the fact's `occurred_at`: one moment, said once.
    /// It never decides an order: device clocks lie.
    ///
    /// ```
    /// use waypost_protocol::FactId;
    ///
    /// let id = FactId::mint(1_772_440_200_000, 0x5eed);
    /// assert_eq!(id.occurred_at(), Some(1_772_440_200_000));
    /// ```
    FactId
}

uuid_id! {
    /// The id of one enrolment, the pair of a device and a person. It is also the MQTT client id.
    EnrolmentId
}

uuid_id! {
    /// The id of one device, chosen by the device itself and shared by its enrolments.
    DeviceId
}

uuid_id! {
    /// The id of one incident, minted by whoever opens it, so that it can be opened without a network.
    IncidentId
}

uuid_id! {
    /// The id of one trip, minted by whoever plans it, so that it can be planned without a network. What is
    /// imported has one that follows from the customer's own reference.
    TripId
}

uuid_id! {
    /// The id of one stop, minted as that of a trip.
    StopId
}

impl FactId {
    /// When the person did it, by the clock of the device. `None` if the id is not a UUIDv7.
    pub fn occurred_at(&self) -> Option<Millis> {
        if self.0.get_version_num() != 7 {
            return None;
        }
        let (seconds, nanos) = self.0.get_timestamp()?.to_unix();
        i64::try_from(seconds * 1000 + u64::from(nanos) / 1_000_000).ok()
    }
}

/// A person's number in the directory, given by the server when the person is added.
///
/// Number 0 is the server itself ([`PersonId::SERVER`]), the author of what nobody did by hand.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, Encode, Decode,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(transparent)]
#[cbor(transparent)]
pub struct PersonId(pub u32);

impl PersonId {
    /// The author of the facts that the server makes by itself.
    pub const SERVER: PersonId = PersonId(0);
}

impl fmt::Display for PersonId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A place in the record: the number `n` of a fact, and the epoch in which it was recorded.
///
/// Numbers start at 1 and have no gaps. A restore from a backup cuts the record and goes on with
/// the next number in a new epoch, so the pair is unique for ever.
#[derive(
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Debug,
    Default,
    Serialize,
    Deserialize,
    Encode,
    Decode,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Sequence {
    /// 0 for a record that was never restored; each restore gives a higher number (the time in
    /// seconds).
    #[n(0)]
    pub epoch: u32,
    /// The number of the fact; it is the number of its audit leaf plus 1.
    #[n(1)]
    pub n: u64,
}

impl fmt::Display for Sequence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.epoch, self.n)
    }
}

/// A text that is no place in the record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadSequence;

impl fmt::Display for BadSequence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a place in the record is `<epoch>.<number>`")
    }
}

impl std::error::Error for BadSequence {}

impl FromStr for Sequence {
    type Err = BadSequence;

    fn from_str(s: &str) -> Result<Self, Self::Err> {
        let (epoch, n) = s.split_once('.').ok_or(BadSequence)?;
        let parsed = epoch.parse().ok().zip(n.parse().ok());
        // Only the canonical form: `0.07` would be a second name of `0.7`.
        let place = parsed.map(|(epoch, n)| Self { epoch, n });
        place.filter(|place| place.to_string() == s).ok_or(BadSequence)
    }
}
