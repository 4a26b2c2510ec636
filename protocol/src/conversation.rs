//! Where a fact belongs, and so who reads it.

use std::fmt;
use std::str::FromStr;

use minicbor::{Decode, Decoder, Encode, Encoder, data::Type, decode::Error};
use serde::{Deserialize, Serialize};

use crate::{IncidentId, PersonId};

/// Who reads a fact: a conversation, or one of the streams that carry the directory.
///
/// Its text form (`direct-2-7`, `group-3`, `dispatch-7`, `incident-0195…`, `about-3`, `broadcasts-2`,
/// `own-7`, `reports`, `fleet`, `staff`) stands in JSON, SQL and URLs.
///
/// ```
/// use waypost_protocol::{ConversationId, PersonId};
///
/// let (dana, omar) = (PersonId(7), PersonId(2));
/// let theirs = ConversationId::direct(dana, omar).expect("two people");
/// assert_eq!(theirs.to_string(), "direct-2-7");
/// assert_eq!("direct-2-7".parse(), Ok(theirs));
/// assert!("direct-7-2".parse::<ConversationId>().is_err(), "one name for one thing");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ConversationId {
    /// Two people, the lower number first. Nobody has to open it: it exists when both do.
    Direct(PersonId, PersonId),
    /// A group, by the number that the server gave it.
    Group(u32),
    /// What this person, who is not of the staff, says to dispatch, whoever sits there, and is told by
    /// them. The staff share it. Nobody has to open it.
    Dispatch(PersonId),
    /// An incident, by an id that whoever opens it has minted. The staff share it with the one whom it
    /// concerns.
    Incident(IncidentId),
    /// What is known about that group: its name, its members, how it is run. Its members read it from
    /// its beginning, and the staff read it of every group; nobody else knows that there is one.
    About(u32),
    /// What someone of the staff says to many: each recipient is told it in their direct conversation
    /// with this person, who alone reads it here.
    Broadcasts(PersonId),
    /// What this person has chosen for themselves, on all of their devices: nobody else reads it.
    Own(PersonId),
    /// What people report, and what the server has flagged: whoever judges it reads it, and all who may
    /// report write it.
    Reports,
    /// What everyone knows: the people.
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

    /// Whether the staff share it: all of them read it and write in it, and one of them takes it.
    pub fn is_shared(&self) -> bool {
        matches!(self, Self::Dispatch(_) | Self::Incident(_))
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
            Self::Dispatch(person) => write!(f, "dispatch-{person}"),
            Self::Incident(id) => write!(f, "incident-{id}"),
            Self::About(number) => write!(f, "about-{number}"),
            Self::Broadcasts(author) => write!(f, "broadcasts-{author}"),
            Self::Own(person) => write!(f, "own-{person}"),
            Self::Reports => f.write_str("reports"),
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
        f.write_str(
            "a conversation is `direct-<low>-<high>`, `group-<number>`, `dispatch-<person>`, \
             `incident-<uuid>`, `about-<number>`, `broadcasts-<person>`, `own-<person>`, \
             `reports`, `fleet` or `staff`",
        )
    }
}

impl std::error::Error for BadConversationId {}

impl FromStr for ConversationId {
    type Err = BadConversationId;

    fn from_str(s: &str) -> Result<Self, Self::Err> {
        let parsed = match s.split('-').collect::<Vec<_>>()[..] {
            ["reports"] => Some(Self::Reports),
            ["fleet"] => Some(Self::Fleet),
            ["staff"] => Some(Self::Staff),
            ["group", number] => number.parse().ok().map(Self::Group),
            ["dispatch", person] => person.parse().ok().map(PersonId).map(Self::Dispatch),
            ["incident", ..] => {
                s.strip_prefix("incident-").and_then(|id| id.parse().ok()).map(Self::Incident)
            }
            ["about", number] => number.parse().ok().map(Self::About),
            ["broadcasts", author] => author.parse().ok().map(PersonId).map(Self::Broadcasts),
            ["own", person] => person.parse().ok().map(PersonId).map(Self::Own),
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
            .pattern(Some(
                r"^(direct-[0-9]+-[0-9]+|(group|dispatch|about|broadcasts|own)-[0-9]+|incident-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|reports|fleet|staff)$",
            ))
            .description(Some(
                "`direct-<low>-<high>`, `group-<number>`, `dispatch-<person>` (what that person says to \
                 dispatch), `incident-<uuid>`, `about-<number>` (what is known about that \
                 group), `broadcasts-<person>` (what that person says to many), `own-<person>` (what \
                 that person has chosen), `reports`, `fleet` or `staff`.",
            ))
            .into()
    }
}

#[cfg(feature = "openapi")]
impl utoipa::ToSchema for ConversationId {}

/// What is known about group 0; that about group n is n below it. Between the streams and it, numbers
/// are free for more streams.
const ABOUT: i64 = -16;

/// The broadcasts of person 0; those of person n are n below it, beyond what is known about groups.
const BROADCASTS: i64 = -(1 << 33);

/// What person 0 says to dispatch, and so on.
const DISPATCH: i64 = -(1 << 34);

/// What person 0 has chosen, and so on.
const OWN: i64 = -(1 << 35);

/// `[low, high]` for a direct conversation, the number for a group, the bytes of its id for an incident, -1
/// for fleet, -2 for staff, -3 for reports, from -16 down what is known about groups, from -8589934592 down what people say
/// to many, from -17179869184 down what they say to dispatch, and from -34359738368 down what they choose.
impl<C> Encode<C> for ConversationId {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        match self {
            Self::Direct(low, high) => e.array(2)?.u32(low.0)?.u32(high.0)?.ok(),
            Self::Group(number) => e.u32(*number)?.ok(),
            Self::Dispatch(person) => e.i64(DISPATCH - i64::from(person.0))?.ok(),
            Self::Incident(id) => e.bytes(id.as_bytes())?.ok(),
            Self::About(number) => e.i64(ABOUT - i64::from(*number))?.ok(),
            Self::Broadcasts(author) => e.i64(BROADCASTS - i64::from(author.0))?.ok(),
            Self::Own(person) => e.i64(OWN - i64::from(person.0))?.ok(),
            Self::Fleet => e.i8(-1)?.ok(),
            Self::Staff => e.i8(-2)?.ok(),
            Self::Reports => e.i8(-3)?.ok(),
        }
    }
}

impl<'b, C> Decode<'b, C> for ConversationId {
    fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
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
            Type::I8 | Type::I16 | Type::I32 | Type::I64 => match d.i64()? {
                -1 => Ok(Self::Fleet),
                -2 => Ok(Self::Staff),
                -3 => Ok(Self::Reports),
                other => match in_a_range(other) {
                    Some(found) => Ok(found),
                    None => {
                        // The derived reader of an optional field skips an unknown variant from here.
                        d.set_position(position);
                        Err(Error::unknown_variant(other).at(position))
                    }
                },
            },
            Type::Bytes => IncidentId::decode(d, &mut ()).map(Self::Incident),
            _ => d.u32().map(Self::Group),
        }
    }
}

fn in_a_range(number: i64) -> Option<ConversationId> {
    let about = || below(ABOUT, number).map(ConversationId::About);
    let broadcasts = || below(BROADCASTS, number).map(PersonId).map(ConversationId::Broadcasts);
    let dispatch = || below(DISPATCH, number).map(PersonId).map(ConversationId::Dispatch);
    let own = || below(OWN, number).map(PersonId).map(ConversationId::Own);
    about().or_else(broadcasts).or_else(dispatch).or_else(own)
}

/// How far below this number another one is, if it can be a number of a group or a person.
fn below(first: i64, number: i64) -> Option<u32> {
    first.checked_sub(number).and_then(|distance| u32::try_from(distance).ok())
}
