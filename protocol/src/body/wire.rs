//! The binary form of each body: one private record for each kind, written by
//! [`Body::to_content`] and read by [`Content::to_body`], nowhere else.

mod own;
mod reports;
mod staff;
mod trips;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use minicbor::{Decode, Decoder, Encode, Encoder, decode::Error};

use super::header::read_mentions;
use super::{
    Arguments, Body, Contact, Content, ContentError, File, GroupSettings, Header, Mention, Place,
    Recipients, Role, TemplateDefinition, argument, kind,
};
use crate::frame::is_false;
use crate::lenient::known_list;
use crate::{DeviceId, EnrolmentId, FactId, Move, PersonId, ReceiptState};

use own::{BlockedWire, NotifyWire, QuietHoursWire};
use reports::{ExpirySetWire, FlagRulesSetWire, FlaggedWire, JudgedWire, ReportedWire};
use staff::{
    AssignedWire, ChainSetWire, CoverageSetWire, IncidentWire, ReopenedWire, ResolvedWire,
    ShiftCancelledWire, ShiftPlannedWire,
};
use trips::{
    ConsigneeSaidWire, PlansAnsweredWire, StopHandedOverWire, StopMovedWire, StopPlannedWire,
    StopSettledWire, TripHandedOverWire, TripPlannedWire,
};

/// Maps each kind to its body and wire form, in both directions.
macro_rules! wire_forms {
    ($($kind:ident $body:ident $wire:ident { $($field:ident),* };)*) => {
        impl Body {
            /// Encodes the body. Equal bodies give equal bytes.
            pub fn to_content(&self) -> Content {
                match self.clone() {
                    $(Self::$body { $($field),* } => write(kind::$kind, $wire { $($field),* }),)*
                    Self::Erased { number } => Content::erased(number),
                    // Text that is no base64 could only come from JSON; it is refused there.
                    Self::Unknown { number, bytes } => {
                        Content { kind: number, bytes: BASE64.decode(bytes).unwrap_or_default() }
                    }
                }
            }
        }

        impl Content {
            fn known_body(&self) -> Result<Body, Error> {
                Ok(match self.kind {
                    $(kind::$kind => {
                        let $wire { $($field),* } = read(self)?;
                        Body::$body { $($field),* }
                    })*
                    _ => self.to_unknown(),
                })
            }
        }
    };
}

wire_forms! {
    TEXT Text TextWire { text, answers, header };
    TEMPLATE Template TemplateWire { template, version, arguments, answers, header };
    FILE File FileWire { file, text, answers, header };
    LOCATION Location LocationWire { place, answers, header };
    CONTACT Contact ContactWire { contact, answers, header };
    INCIDENT Incident IncidentWire { category, text, place, person, header };
    ASSIGNED Assigned AssignedWire { to, instead_of };
    RESOLVED Resolved ResolvedWire { text };
    REOPENED Reopened ReopenedWire {};
    NOTIFY Notify NotifyWire { conversation, hearing };
    QUIET_HOURS QuietHours QuietHoursWire { hours, breaks_through };
    BLOCKED Blocked BlockedWire { person };
    UNBLOCKED Unblocked BlockedWire { person };
    EXPIRY_SET ExpirySet ExpirySetWire { after_s };
    REPORTED Reported ReportedWire { quote, reason, text };
    FLAGGED Flagged FlaggedWire { quote, rules };
    JUDGED Judged JudgedWire { message, verdict, text };
    FLAG_RULES_SET FlagRulesSet FlagRulesSetWire { rules };
    TRIP_PLANNED TripPlanned TripPlannedWire { trip, plan };
    STOP_PLANNED StopPlanned StopPlannedWire { stop, plan };
    PLANS_ANSWERED PlansAnswered PlansAnsweredWire { answers, accepted, reason, text };
    STOP_MOVED StopMoved StopMovedWire { moved, text, template, header };
    STOP_SETTLED StopSettled StopSettledWire { stop, state, text };
    TRIP_HANDED_OVER TripHandedOver TripHandedOverWire { trip, to };
    STOP_HANDED_OVER StopHandedOver StopHandedOverWire { stop, to };
    CONSIGNEE_SAID ConsigneeSaid ConsigneeSaidWire { stop, said, first, header };
    ACKNOWLEDGEMENT Acknowledgement AcknowledgementWire { message };
    EDIT Edit EditWire { message, text, mentions };
    DELETION Deletion DeletionWire { message, author };
    BROADCAST Broadcast BroadcastWire { to, message };
    ESCALATION_STOPPED EscalationStopped AcknowledgementWire { message };
    ESCALATION Escalation EscalationWire { message, step, to };
    CHAIN_SET ChainSet ChainSetWire { chain, name, steps };
    COVERAGE_SET CoverageSet CoverageSetWire { coverage, of };
    SHIFT_PLANNED ShiftPlanned ShiftPlannedWire { shift };
    SHIFT_CANCELLED ShiftCancelled ShiftCancelledWire { shift, person };
    TEMPLATE_PUBLISHED TemplatePublished PublishedWire { template, version, definition };
    RECEIPTS Receipts ReceiptsWire { moves };
    PERSON_ADDED PersonAdded PersonAddedWire { person, handle, name, role, language };
    GROUP_CREATED GroupCreated GroupCreatedWire { group, name, members, moderators, settings };
    GROUP_CHANGED GroupChanged GroupChangedWire { group, name, settings };
    MODERATOR_NAMED ModeratorNamed MemberWire { group, person };
    MODERATOR_ENDED ModeratorEnded MemberWire { group, person };
    MEMBER_JOINED MemberJoined JoinedWire { group, person, history };
    MEMBER_LEFT MemberLeft MemberWire { group, person };
    ENROLLED Enrolled EnrolledWire { enrolment, person, device, device_name };
    REVOKED Revoked RevokedWire { enrolment, person };
    EPOCH_BEGAN EpochBegan EpochBeganWire { size, root };
}

impl Content {
    /// Reads the body. What a newer version wrote and this one cannot understand, such as a kind
    /// or a role that it does not know, gives [`Body::Unknown`]. Unknown moves, arguments and
    /// mentions are left out.
    ///
    /// An error means that the bytes break the rules of a known kind.
    pub fn to_body(&self) -> Result<Body, ContentError> {
        if self.is_erased() {
            return Ok(Body::Erased { number: self.kind });
        }
        match self.known_body() {
            Ok(body) => Ok(body),
            Err(error) if error.is_unknown_variant() => Ok(self.to_unknown()),
            Err(error) => Err(ContentError { field: "content", what: error.to_string() }),
        }
    }
}

// The wire forms. They are private: a body is written once, by `Body::to_content`.

#[derive(Encode, Decode)]
struct TextWire {
    #[n(0)]
    text: String,
    #[n(1)]
    answers: Option<FactId>,
    #[n(2)]
    #[cbor(skip_if = "Header::is_empty")]
    header: Header,
}

#[derive(Encode, Decode)]
struct TemplateWire {
    #[n(0)]
    template: String,
    #[n(1)]
    version: u16,
    #[n(2)]
    #[cbor(decode_with = "argument::decode", skip_if = "Arguments::is_empty")]
    arguments: Arguments,
    #[n(3)]
    answers: Option<FactId>,
    #[n(4)]
    #[cbor(skip_if = "Header::is_empty")]
    header: Header,
}

#[derive(Encode, Decode)]
struct FileWire {
    #[n(0)]
    file: Box<File>,
    #[n(1)]
    text: String,
    #[n(2)]
    answers: Option<FactId>,
    #[n(3)]
    #[cbor(skip_if = "Header::is_empty")]
    header: Header,
}

#[derive(Encode, Decode)]
struct LocationWire {
    #[n(0)]
    place: Place,
    #[n(1)]
    answers: Option<FactId>,
    #[n(2)]
    #[cbor(skip_if = "Header::is_empty")]
    header: Header,
}

#[derive(Encode, Decode)]
struct ContactWire {
    #[n(0)]
    contact: Box<Contact>,
    #[n(1)]
    answers: Option<FactId>,
    #[n(2)]
    #[cbor(skip_if = "Header::is_empty")]
    header: Header,
}

#[derive(Encode, Decode)]
struct PublishedWire {
    #[n(0)]
    template: String,
    #[n(1)]
    version: u16,
    #[n(2)]
    definition: Box<TemplateDefinition>,
}

#[derive(Encode, Decode)]
struct AcknowledgementWire {
    #[n(0)]
    message: FactId,
}

#[derive(Encode, Decode)]
struct EditWire {
    #[n(0)]
    message: FactId,
    #[n(1)]
    text: String,
    #[n(2)]
    #[cbor(decode_with = "read_mentions", skip_if = "Vec::is_empty")]
    mentions: Vec<Mention>,
}

#[derive(Encode, Decode)]
struct DeletionWire {
    #[n(0)]
    message: FactId,
    #[n(1)]
    author: PersonId,
}

#[derive(Encode, Decode)]
struct BroadcastWire {
    #[n(0)]
    to: Recipients,
    #[n(1)]
    #[cbor(with = "inner")]
    message: Box<Body>,
}

#[derive(Encode, Decode)]
struct EscalationWire {
    #[n(0)]
    message: FactId,
    #[n(1)]
    step: u16,
    #[n(2)]
    #[cbor(skip_if = "Vec::is_empty")]
    to: Vec<PersonId>,
}

#[derive(Encode, Decode)]
struct ReceiptsWire {
    #[n(0)]
    #[cbor(decode_with = "read_moves")]
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
    #[n(3)]
    #[cbor(skip_if = "Vec::is_empty")]
    moderators: Vec<PersonId>,
    #[n(4)]
    #[cbor(skip_if = "GroupSettings::is_default")]
    settings: GroupSettings,
}

#[derive(Encode, Decode)]
struct GroupChangedWire {
    #[n(0)]
    group: u32,
    #[n(1)]
    name: String,
    #[n(2)]
    settings: GroupSettings,
}

#[derive(Encode, Decode)]
struct MemberWire {
    #[n(0)]
    group: u32,
    #[n(1)]
    person: PersonId,
}

#[derive(Encode, Decode)]
struct JoinedWire {
    #[n(0)]
    group: u32,
    #[n(1)]
    person: PersonId,
    #[n(2)]
    #[cbor(skip_if = "is_false")]
    history: bool,
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

/// A move to a state that this version does not know is left out, and so is one that was read in a
/// stream that it does not know.
fn read_moves<C>(d: &mut Decoder<'_>, ctx: &mut C) -> Result<Vec<Move>, Error> {
    let mut moves: Vec<Move> = known_list(d, ctx)?;
    moves.retain(|one| one.state != ReceiptState::Read || one.conversation.is_some());
    Ok(moves)
}

/// A message inside of a broadcast, as a content. Only messages that hold no other are read, so
/// that nothing nests.
mod inner {
    use super::*;

    pub(super) fn encode<C, W: minicbor::encode::Write>(
        message: &Body,
        e: &mut Encoder<W>,
        ctx: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        message.to_content().encode(e, ctx)
    }

    pub(super) fn decode<C>(d: &mut Decoder<'_>, ctx: &mut C) -> Result<Box<Body>, Error> {
        let position = d.position();
        let content = Content::decode(d, ctx)?;
        if !matches!(content.kind, kind::TEXT | kind::TEMPLATE | kind::LOCATION | kind::CONTACT) {
            return Err(Error::unknown_variant(content.kind.into()).at(position));
        }
        let body = content.to_body();
        body.map(Box::new).map_err(|error| Error::message(error).at(position))
    }
}

fn write<T: Encode<()>>(kind: u16, wire: T) -> Content {
    // Writing to a Vec cannot fail; an empty body would be refused by every reader.
    Content { kind, bytes: minicbor::to_vec(wire).unwrap_or_default() }
}

fn read<'b, T: Decode<'b, ()>>(content: &'b Content) -> Result<T, Error> {
    let mut decoder = Decoder::new(&content.bytes);
    let wire = decoder.decode()?;
    if decoder.position() == content.bytes.len() {
        Ok(wire)
    } else {
        // New fields go into the array; bytes behind it would be a place to hide things.
        Err(Error::message("bytes follow the body").at(decoder.position()))
    }
}
