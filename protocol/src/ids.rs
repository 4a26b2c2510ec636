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
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize, Encode, Decode,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Sequence {
    /// How often the record was restored from a backup before this fact.
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

/// Who reads a fact: a conversation, or one of the two streams that carry the directory.
///
/// Its text form (`direct-2-7`, `group-3`, `fleet`, `staff`) stands in JSON, SQL and URLs.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ConversationId {
    /// Two people, the lower number first. Nobody has to open it: it exists when both do.
    Direct(PersonId, PersonId),
    /// A group, by the number that the server gave it.
    Group(u32),
    /// What everyone knows: people and groups.
    Fleet,
    /// What dispatchers and admins know as well: enrolments and revocations.
    Staff,
}

impl ConversationId {
    /// The direct conversation of two people, whichever is named first. `None` with oneself.
    pub fn direct(one: PersonId, other: PersonId) -> Option<Self> {
        match one.cmp(&other) {
            std::cmp::Ordering::Less => Some(Self::Direct(one, other)),
            std::cmp::Ordering::Greater => Some(Self::Direct(other, one)),
            std::cmp::Ordering::Equal => None,
        }
    }

    /// In a direct conversation, the other person.
    pub fn partner_of(&self, me: PersonId) -> Option<PersonId> {
        match *self {
            Self::Direct(low, high) if low == me => Some(high),
            Self::Direct(low, high) if high == me => Some(low),
            _ => None,
        }
    }
}

impl fmt::Display for ConversationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Direct(low, high) => write!(f, "direct-{low}-{high}"),
            Self::Group(number) => write!(f, "group-{number}"),
            Self::Fleet => f.write_str("fleet"),
            Self::Staff => f.write_str("staff"),
        }
    }
}

impl fmt::Debug for ConversationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A text that names no conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadConversationId;

impl fmt::Display for BadConversationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a conversation is `direct-<low>-<high>`, `group-<number>`, `fleet` or `staff`")
    }
}

impl std::error::Error for BadConversationId {}

impl FromStr for ConversationId {
    type Err = BadConversationId;

    fn from_str(s: &str) -> Result<Self, Self::Err> {
        let parsed = match s.split('-').collect::<Vec<_>>()[..] {
            ["fleet"] => Some(Self::Fleet),
            ["staff"] => Some(Self::Staff),
            ["group", number] => number.parse().ok().map(Self::Group),
            ["direct", low, high] => low
                .parse()
                .ok()
                .zip(high.parse().ok())
                .filter(|(low, high): &(u32, u32)| low < high)
                .map(|(low, high)| Self::Direct(PersonId(low), PersonId(high))),
            _ => None,
        };
        // Only the canonical form: `group-03` would be a second name of `group-3`.
        parsed.filter(|id| id.to_string() == s).ok_or(BadConversationId)
    }
}

impl Serialize for ConversationId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ConversationId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(feature = "openapi")]
impl utoipa::PartialSchema for ConversationId {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .pattern(Some(r"^(direct-[0-9]+-[0-9]+|group-[0-9]+|fleet|staff)$"))
            .description(Some("`direct-<low>-<high>`, `group-<number>`, `fleet` or `staff`."))
            .into()
    }
}

#[cfg(feature = "openapi")]
impl utoipa::ToSchema for ConversationId {}

/// `[low, high]` for a direct conversation, the number for a group, -1 for fleet, -2 for staff.
impl<C> Encode<C> for ConversationId {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        match self {
            Self::Direct(low, high) => e.array(2)?.u32(low.0)?.u32(high.0)?.ok(),
            Self::Group(number) => e.u32(*number)?.ok(),
            Self::Fleet => e.i8(-1)?.ok(),
            Self::Staff => e.i8(-2)?.ok(),
        }
    }
}

impl<'b, C> Decode<'b, C> for ConversationId {
    fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        use minicbor::data::Type;
        use minicbor::decode::Error;
        let position = d.position();
        match d.datatype()? {
            Type::Array => {
                let pair = (d.array()?, d.u32()?, d.u32()?);
                match pair {
                    (Some(2), low, high) if low < high => {
                        Ok(Self::Direct(PersonId(low), PersonId(high)))
                    }
                    _ => Err(Error::message("a direct conversation is [low, high]").at(position)),
                }
            }
            Type::I8 => match d.i8()? {
                -1 => Ok(Self::Fleet),
                -2 => Ok(Self::Staff),
                _ => Err(Error::message("no such stream").at(position)),
            },
            _ => d.u32().map(Self::Group),
        }
    }
}
