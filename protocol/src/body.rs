//! What a fact says: its [`Content`] as it is carried, hashed and kept, and its [`Body`] as it
//! is understood.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::{
    ConversationId, DeviceId, EnrolmentId, FactId, GROUP_MEMBERS_MAX, Move, NAME_CHARS_MAX,
    PersonId, TEMPLATE_ARGUMENTS_MAX, TEXT_CHARS_MAX,
};

/// A kind of fact and its encoded body, exactly as its author wrote it.
///
/// Devices and server keep these bytes. A kind that is newer than the reader is kept and passed
/// on unread, and understood after an update.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Encode, Decode)]
pub struct Content {
    /// Which body it is; see [`kind`].
    #[n(0)]
    pub kind: u16,
    /// The CBOR form of that body.
    #[n(1)]
    #[cbor(with = "minicbor::bytes")]
    pub bytes: Vec<u8>,
}

/// The numbers of the kinds. They are never reused.
pub mod kind {
    /// See [`super::Body::Text`].
    pub const TEXT: u16 = 1;
    /// See [`super::Body::Template`].
    pub const TEMPLATE: u16 = 2;
    /// See [`super::Body::Acknowledgement`].
    pub const ACKNOWLEDGEMENT: u16 = 3;
    /// See [`super::Body::Receipts`].
    pub const RECEIPTS: u16 = 10;
    /// See [`super::Body::PersonAdded`].
    pub const PERSON_ADDED: u16 = 20;
    /// See [`super::Body::GroupCreated`].
    pub const GROUP_CREATED: u16 = 21;
    /// See [`super::Body::MemberJoined`].
    pub const MEMBER_JOINED: u16 = 22;
    /// See [`super::Body::MemberLeft`].
    pub const MEMBER_LEFT: u16 = 23;
    /// See [`super::Body::Enrolled`].
    pub const ENROLLED: u16 = 30;
    /// See [`super::Body::Revoked`].
    pub const REVOKED: u16 = 31;
    /// See [`super::Body::EpochBegan`].
    pub const EPOCH_BEGAN: u16 = 40;
}

/// What a fact means.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Body {
    /// Words, as the author typed them.
    Text {
        /// At most [`TEXT_CHARS_MAX`] characters, not blank.
        text: String,
        /// The message that this answers.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        answers: Option<FactId>,
    },
    /// A template, rendered by each reader in the reader's own language.
    Template {
        /// The stable id, such as `running-late`.
        template: String,
        /// The version of the template that the author saw.
        version: u16,
        /// The typed arguments, by name.
        #[serde(default)]
        arguments: Arguments,
        /// The message that this answers.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        answers: Option<FactId>,
    },
    /// "I have understood this message and accept it."
    Acknowledgement {
        /// The message.
        message: FactId,
    },
    /// All receipt moves of one commit. In the record it holds every move; an event holds those
    /// that concern its reader.
    Receipts {
        /// The moves, in the order in which they were decided.
        moves: Vec<Move>,
    },
    /// Someone is in the directory.
    PersonAdded {
        /// The number given by the server.
        person: PersonId,
        /// The short unique name for commands and URLs: lower-case letters, digits, `.` and `-`.
        handle: String,
        /// The name on the screen.
        name: String,
        /// What they may do.
        role: Role,
        /// A BCP 47 tag: the language in which templates are rendered for them.
        language: String,
    },
    /// A group exists, with its first members.
    GroupCreated {
        /// The number given by the server.
        group: u32,
        /// The name on the screen.
        name: String,
        /// Who is in it, at most [`GROUP_MEMBERS_MAX`].
        members: Vec<PersonId>,
    },
    /// A person may read the group from here on.
    MemberJoined {
        /// The group.
        group: u32,
        /// The person.
        person: PersonId,
    },
    /// A person may read the group up to here.
    MemberLeft {
        /// The group.
        group: u32,
        /// The person.
        person: PersonId,
    },
    /// A device was enrolled for a person.
    Enrolled {
        /// The new enrolment.
        enrolment: EnrolmentId,
        /// Its person.
        person: PersonId,
        /// Its device.
        device: DeviceId,
        /// What the device is called.
        device_name: String,
    },
    /// An enrolment ended. Its credential is worth nothing from here on.
    Revoked {
        /// The enrolment.
        enrolment: EnrolmentId,
        /// Its person.
        person: PersonId,
    },
    /// The record goes on after a restore from a backup.
    EpochBegan {
        /// How many facts the restored record had.
        size: u64,
        /// The root hash of the audit tree over them, in hexadecimal.
        root: String,
    },
    /// A kind that this version does not know, kept as it came.
    Unknown {
        /// Its number.
        number: u16,
        /// Its bytes, in base64.
        bytes: String,
    },
}

/// What a person may do. The rights are in the server's domain.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, Encode, Decode)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
#[cbor(index_only)]
pub enum Role {
    /// Drives, reports, answers.
    #[n(0)]
    Driver,
    /// Looks after drivers.
    #[n(1)]
    Dispatcher,
    /// Runs the server: people, enrolments, revocations.
    #[n(2)]
    Admin,
}

impl Role {
    /// Whether this role works at a desk: it reads the staff stream and sees presence.
    pub fn is_staff(self) -> bool {
        match self {
            Self::Driver => false,
            Self::Dispatcher | Self::Admin => true,
        }
    }

    /// The name, as in JSON and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Driver => "driver",
            Self::Dispatcher => "dispatcher",
            Self::Admin => "admin",
        }
    }
}

impl std::str::FromStr for Role {
    type Err = String;
    fn from_str(s: &str) -> Result<Self, Self::Err> {
        [Self::Driver, Self::Dispatcher, Self::Admin]
            .into_iter()
            .find(|role| role.name() == s)
            .ok_or_else(|| format!("`{s}` is no role; use driver, dispatcher or admin"))
    }
}

/// The typed arguments of a template, by name.
pub type Arguments = BTreeMap<String, Argument>;

/// One typed argument of a template.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, Encode, Decode)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
#[cbor(flat)]
pub enum Argument {
    /// Words, shown as they are.
    #[n(0)]
    Text(#[n(0)] String),
    /// A whole number, formatted by the reader's language.
    #[n(1)]
    Number(#[n(0)] i64),
    /// A duration in minutes, formatted with the reader's plural rules.
    #[n(2)]
    Minutes(#[n(0)] u32),
}

/// Content that breaks the rules of its kind.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ContentError {
    /// The field that is wrong, as in JSON.
    pub field: &'static str,
    /// What is wrong with it and what would be right.
    pub what: String,
}

impl std::fmt::Display for ContentError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.field, self.what)
    }
}

impl std::error::Error for ContentError {}

// The wire forms. They are private: a body is written once, by `Body::to_content`.

#[derive(Encode, Decode)]
struct TextWire {
    #[n(0)]
    text: String,
    #[n(1)]
    answers: Option<FactId>,
}

#[derive(Encode, Decode)]
struct TemplateWire {
    #[n(0)]
    template: String,
    #[n(1)]
    version: u16,
    #[n(2)]
    arguments: Option<Arguments>,
    #[n(3)]
    answers: Option<FactId>,
}

#[derive(Encode, Decode)]
struct AcknowledgementWire {
    #[n(0)]
    message: FactId,
}

#[derive(Encode, Decode)]
struct ReceiptsWire {
    #[n(0)]
    moves: Vec<Move>,
}

#[derive(Encode, Decode)]
struct PersonAddedWire {
    #[n(0)]
    person: PersonId,
    #[n(1)]
    handle: String,
    #[n(2)]
    name: String,
    #[n(3)]
    role: Role,
    #[n(4)]
    language: String,
}

#[derive(Encode, Decode)]
struct GroupCreatedWire {
    #[n(0)]
    group: u32,
    #[n(1)]
    name: String,
    #[n(2)]
    members: Vec<PersonId>,
}

#[derive(Encode, Decode)]
struct MemberWire {
    #[n(0)]
    group: u32,
    #[n(1)]
    person: PersonId,
}

#[derive(Encode, Decode)]
struct EnrolledWire {
    #[n(0)]
    enrolment: EnrolmentId,
    #[n(1)]
    person: PersonId,
    #[n(2)]
    device: DeviceId,
    #[n(3)]
    device_name: String,
}

#[derive(Encode, Decode)]
struct RevokedWire {
    #[n(0)]
    enrolment: EnrolmentId,
    #[n(1)]
    person: PersonId,
}

#[derive(Encode, Decode)]
struct EpochBeganWire {
    #[n(0)]
    size: u64,
    #[n(1)]
    root: String,
}

impl Body {
    /// Encodes the body. Equal bodies give equal bytes.
    pub fn to_content(&self) -> Content {
        match self.clone() {
            Self::Text { text, answers } => write(kind::TEXT, TextWire { text, answers }),
            Self::Template { template, version, arguments, answers } => {
                let arguments = Some(arguments).filter(|some| !some.is_empty());
                write(kind::TEMPLATE, TemplateWire { template, version, arguments, answers })
            }
            Self::Acknowledgement { message } => {
                write(kind::ACKNOWLEDGEMENT, AcknowledgementWire { message })
            }
            Self::Receipts { moves } => write(kind::RECEIPTS, ReceiptsWire { moves }),
            Self::PersonAdded { person, handle, name, role, language } => {
                write(kind::PERSON_ADDED, PersonAddedWire { person, handle, name, role, language })
            }
            Self::GroupCreated { group, name, members } => {
                write(kind::GROUP_CREATED, GroupCreatedWire { group, name, members })
            }
            Self::MemberJoined { group, person } => {
                write(kind::MEMBER_JOINED, MemberWire { group, person })
            }
            Self::MemberLeft { group, person } => {
                write(kind::MEMBER_LEFT, MemberWire { group, person })
            }
            Self::Enrolled { enrolment, person, device, device_name } => {
                write(kind::ENROLLED, EnrolledWire { enrolment, person, device, device_name })
            }
            Self::Revoked { enrolment, person } => {
                write(kind::REVOKED, RevokedWire { enrolment, person })
            }
            Self::EpochBegan { size, root } => {
                write(kind::EPOCH_BEGAN, EpochBeganWire { size, root })
            }
            Self::Unknown { number, bytes } => {
                // Text that is no base64 could only come from JSON; it is refused by `check`.
                Content { kind: number, bytes: BASE64.decode(bytes).unwrap_or_default() }
            }
        }
    }

    /// Checks the rules that need no knowledge of the record: lengths, blanks, names.
    pub fn check(&self) -> Result<(), ContentError> {
        match self {
            Self::Text { text, .. } => not_blank("text", text, TEXT_CHARS_MAX),
            Self::Template { template, arguments, .. } => check_template(template, arguments),
            Self::PersonAdded { handle, name, language, .. } => {
                check_handle(handle)?;
                not_blank("name", name, NAME_CHARS_MAX)?;
                not_blank("language", language, NAME_CHARS_MAX)
            }
            Self::GroupCreated { name, members, .. } => {
                not_blank("name", name, NAME_CHARS_MAX)?;
                if members.len() > GROUP_MEMBERS_MAX {
                    return Err(ContentError {
                        field: "members",
                        what: format!("at most {GROUP_MEMBERS_MAX} people"),
                    });
                }
                Ok(())
            }
            Self::Enrolled { device_name, .. } => {
                not_blank("device_name", device_name, NAME_CHARS_MAX)
            }
            Self::Unknown { bytes, .. } if BASE64.decode(bytes).is_err() => {
                Err(ContentError { field: "bytes", what: "must be base64".into() })
            }
            Self::Acknowledgement { .. }
            | Self::Receipts { .. }
            | Self::MemberJoined { .. }
            | Self::MemberLeft { .. }
            | Self::Revoked { .. }
            | Self::EpochBegan { .. }
            | Self::Unknown { .. } => Ok(()),
        }
    }

    /// Whether people read it in a conversation (and it earns receipts).
    pub fn is_message(&self) -> bool {
        matches!(self, Self::Text { .. } | Self::Template { .. })
    }

    /// The conversation of the group that this fact is about, if it is about one.
    pub fn group(&self) -> Option<ConversationId> {
        match self {
            Self::GroupCreated { group, .. }
            | Self::MemberJoined { group, .. }
            | Self::MemberLeft { group, .. } => Some(ConversationId::Group(*group)),
            _ => None,
        }
    }
}

impl Content {
    /// Reads the body. A kind that is not known gives [`Body::Unknown`].
    pub fn to_body(&self) -> Result<Body, ContentError> {
        let body = match self.kind {
            kind::TEXT => {
                let TextWire { text, answers } = read(self)?;
                Body::Text { text, answers }
            }
            kind::TEMPLATE => {
                let TemplateWire { template, version, arguments, answers } = read(self)?;
                Body::Template { template, version, arguments: arguments.unwrap_or_default(), answers }
            }
            kind::ACKNOWLEDGEMENT => {
                let AcknowledgementWire { message } = read(self)?;
                Body::Acknowledgement { message }
            }
            kind::RECEIPTS => {
                let ReceiptsWire { moves } = read(self)?;
                Body::Receipts { moves }
            }
            kind::PERSON_ADDED => {
                let PersonAddedWire { person, handle, name, role, language } = read(self)?;
                Body::PersonAdded { person, handle, name, role, language }
            }
            kind::GROUP_CREATED => {
                let GroupCreatedWire { group, name, members } = read(self)?;
                Body::GroupCreated { group, name, members }
            }
            kind::MEMBER_JOINED => {
                let MemberWire { group, person } = read(self)?;
                Body::MemberJoined { group, person }
            }
            kind::MEMBER_LEFT => {
                let MemberWire { group, person } = read(self)?;
                Body::MemberLeft { group, person }
            }
            kind::ENROLLED => {
                let EnrolledWire { enrolment, person, device, device_name } = read(self)?;
                Body::Enrolled { enrolment, person, device, device_name }
            }
            kind::REVOKED => {
                let RevokedWire { enrolment, person } = read(self)?;
                Body::Revoked { enrolment, person }
            }
            kind::EPOCH_BEGAN => {
                let EpochBeganWire { size, root } = read(self)?;
                Body::EpochBegan { size, root }
            }
            number => Body::Unknown { number, bytes: BASE64.encode(&self.bytes) },
        };
        Ok(body)
    }

    /// Whether this is a message that people read in a conversation, by its kind alone.
    pub fn is_message(&self) -> bool {
        matches!(self.kind, kind::TEXT | kind::TEMPLATE)
    }

    /// SHA-256 over kind and bytes: two submissions of one id must agree in it.
    pub fn digest(&self) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(self.kind.to_be_bytes());
        hash.update(&self.bytes);
        hash.finalize().into()
    }
}

/// In JSON a content is its body.
impl Serialize for Content {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.to_body().map_err(serde::ser::Error::custom)?.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Content {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Body::deserialize(deserializer)?.to_content())
    }
}

#[cfg(feature = "openapi")]
impl utoipa::PartialSchema for Content {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        Body::schema()
    }
}

#[cfg(feature = "openapi")]
impl utoipa::ToSchema for Content {
    fn name() -> std::borrow::Cow<'static, str> {
        "Body".into()
    }

    fn schemas(
        schemas: &mut Vec<(String, utoipa::openapi::RefOr<utoipa::openapi::schema::Schema>)>,
    ) {
        Body::schemas(schemas);
    }
}

fn write<T: Encode<()>>(kind: u16, wire: T) -> Content {
    // Writing to a Vec cannot fail; an empty body would be refused by every reader.
    Content { kind, bytes: minicbor::to_vec(wire).unwrap_or_default() }
}

fn read<'b, T: Decode<'b, ()>>(content: &'b Content) -> Result<T, ContentError> {
    minicbor::decode(&content.bytes)
        .map_err(|error| ContentError { field: "content", what: error.to_string() })
}

fn not_blank(field: &'static str, value: &str, chars_max: usize) -> Result<(), ContentError> {
    if value.trim().is_empty() {
        return Err(ContentError { field, what: "must not be blank".into() });
    }
    if value.chars().count() > chars_max {
        return Err(ContentError { field, what: format!("at most {chars_max} characters") });
    }
    Ok(())
}

fn check_handle(handle: &str) -> Result<(), ContentError> {
    not_blank("handle", handle, NAME_CHARS_MAX)?;
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '.' || c == '-';
    if handle.chars().all(plain) {
        Ok(())
    } else {
        Err(ContentError {
            field: "handle",
            what: "only lower-case letters, digits, `.` and `-`".into(),
        })
    }
}

fn check_template(template: &str, arguments: &Arguments) -> Result<(), ContentError> {
    not_blank("template", template, NAME_CHARS_MAX)?;
    if arguments.len() > TEMPLATE_ARGUMENTS_MAX {
        return Err(ContentError {
            field: "arguments",
            what: format!("at most {TEMPLATE_ARGUMENTS_MAX}"),
        });
    }
    for (name, argument) in arguments {
        not_blank("arguments", name, NAME_CHARS_MAX)?;
        if let Argument::Text(text) = argument
            && text.chars().count() > TEXT_CHARS_MAX
        {
            return Err(ContentError {
                field: "arguments",
                what: format!("at most {TEXT_CHARS_MAX} characters in a text"),
            });
        }
    }
    Ok(())
}
