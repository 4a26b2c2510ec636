//! What a fact says: its [`Content`] as it is carried and kept, and its [`Body`] as it is
//! understood.

mod argument;
mod check;
mod contact;
mod content;
mod facets;
mod file;
mod group;
mod header;
mod incident;
pub mod kind;
mod navigation;
mod notifications;
mod place;
mod proof;
mod reason;
mod recipients;
mod report;
mod role;
mod roster;
mod step;
mod stop;
mod template;
mod trip;
mod wire;

use serde::{Deserialize, Serialize};

pub use argument::{Argument, Arguments};
pub use check::ContentError;
pub use contact::Contact;
pub use content::Content;
pub use file::{File, Voice};
pub use group::GroupSettings;
pub use header::{Header, Mention, Priority};
pub use incident::IncidentCategory;
pub use navigation::NavigationUrl;
pub use notifications::{BreaksThrough, Hear, Hearing, QuietHours};
pub use place::{Degrees, Place};
pub use proof::{
    Blob, Count, EvidenceItem, EvidenceKind, EvidenceManifest, ReceivedBy, SignedManifest,
};
pub use reason::ReasonCode;
pub use recipients::Recipients;
pub use report::{FlagRule, Flags, Quote, ReportReason, Verdict};
pub use role::Role;
pub use roster::{Coverage, Shift};
pub use step::{Step, reminders};
pub use stop::{Fix, GeoStamp, StopMove, StopState};
pub use template::{
    ArgumentType, StopAction, TemplateArgument, TemplateDefinition, TemplateText, TemplateUse,
};
pub use trip::{Answered, Consignment, StopKind, StopPlan, TimeWindow, TripPlan};

use crate::frame::is_false;
use crate::{ConversationId, DeviceId, EnrolmentId, FactId, Move, PersonId, StopId, TripId};

/// What a fact means.
///
/// ```
/// use waypost_protocol::{Argument, Body, Header};
///
/// let late = Body::Template {
///     template: "running-late".into(),
///     version: 1,
///     arguments: [("minutes".to_string(), Argument::Minutes(15))].into(),
///     answers: None,
///     header: Header::default(),
/// };
/// assert_eq!(late.check(), Ok(()));
/// assert!(Body::text("  ").check().is_err());
/// ```
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Body {
    /// Words, as the author typed them.
    Text {
        /// At most [`crate::TEXT_CHARS_MAX`] characters, not blank.
        text: String,
        /// The message that this answers.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        answers: Option<FactId>,
        /// What it carries beside that.
        #[serde(flatten)]
        header: Header,
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
        /// What it carries beside that.
        #[serde(flatten)]
        header: Header,
    },
    /// A picture, a document or a voice note.
    File {
        /// What.
        file: Box<File>,
        /// Words beside it, at most [`crate::TEXT_CHARS_MAX`] characters; often none.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        text: String,
        /// The message that this answers.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        answers: Option<FactId>,
        /// What it carries beside that.
        #[serde(flatten)]
        header: Header,
    },
    /// A place on the map: where someone is, or where someone is to go.
    Location {
        /// Where.
        place: Place,
        /// The message that this answers.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        answers: Option<FactId>,
        /// What it carries beside that.
        #[serde(flatten)]
        header: Header,
    },
    /// Someone whom one can call or write to.
    Contact {
        /// Who.
        contact: Box<Contact>,
        /// The message that this answers.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        answers: Option<FactId>,
        /// What it carries beside that.
        #[serde(flatten)]
        header: Header,
    },
    /// Something has happened. It opens a conversation of its own, `incident-…`, which the staff share with
    /// whom it concerns.
    Incident {
        /// What sort of thing.
        category: IncidentCategory,
        /// What has happened, at most [`crate::TEXT_CHARS_MAX`] characters; a call for help may have no
        /// words.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        text: String,
        /// Where.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        place: Option<Place>,
        /// Whom outside of the staff it concerns, if someone of the staff opens it. They read it and write
        /// in it. Whoever else opens an incident is this person.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        person: Option<PersonId>,
        /// What it carries beside that.
        #[serde(flatten)]
        header: Header,
    },
    /// Someone of the staff takes what they share here, hands it over, or gives it back.
    Assigned {
        /// Who looks after it from here on; nobody if it is given back.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        to: Option<PersonId>,
        /// Who did until now, as far as the author knows. If someone else does, this is refused: of two who
        /// take it at the same time one learns that the other has it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        instead_of: Option<PersonId>,
    },
    /// Nothing is left to do here.
    Resolved {
        /// How it ended, at most [`crate::TEXT_CHARS_MAX`] characters; often nothing.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        text: String,
    },
    /// An incident that was resolved is not.
    Reopened {},
    /// How much its author wants to hear of from here on. Written, as what follows, in their own stream.
    Notify {
        /// Of which conversation; of all where nothing else is chosen, if absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        conversation: Option<ConversationId>,
        /// How much. Absent: nothing is chosen any more.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        hearing: Option<Hearing>,
    },
    /// When its author wants to hear nothing.
    QuietHours {
        /// When. Absent: at no time.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        hours: Option<QuietHours>,
        /// What they hear all the same, then and of what they hear nothing of otherwise.
        #[serde(default)]
        breaks_through: BreaksThrough,
    },
    /// Its author wants to hear nothing of this person, who can write to them no more.
    Blocked {
        /// Whom: someone who writes neither to everyone nor for dispatch.
        person: PersonId,
    },
    /// They may be heard again.
    Unblocked {
        /// Whom.
        person: PersonId,
    },
    /// From here on messages of this direct conversation go for ever after so long, on every device. Either
    /// of the two says so; how long those of a group stay, its settings say. What a broadcast or a chain
    /// brings stays as long as it says itself.
    ExpirySet {
        /// So many seconds after each was recorded, from [`crate::EXPIRES_AFTER_S_MIN`] to
        /// [`crate::EXPIRES_AFTER_S_MAX`]; one that names a shorter time itself goes then. Absent: they stay.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after_s: Option<u32>,
    },
    /// Its author thinks that a message should be looked at. Written, as what follows, in the stream of
    /// reports, which those alone read who judge them.
    Reported {
        /// Which message, and what it says.
        quote: Box<Quote>,
        /// What is wrong with it.
        #[serde(default)]
        reason: ReportReason,
        /// What there is to say about it, at most [`crate::REPORT_CHARS_MAX`] characters; often nothing.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        text: String,
    },
    /// A message, or an edit of it, is as rules describe. The server says so.
    Flagged {
        /// Which message, and what it says.
        quote: Box<Quote>,
        /// The names of the rules.
        rules: Vec<String>,
    },
    /// What becomes of a message that was reported or flagged.
    Judged {
        /// The message.
        message: FactId,
        /// What becomes of it.
        verdict: Verdict,
        /// Why, at most [`crate::REPORT_CHARS_MAX`] characters; often nothing.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        text: String,
    },
    /// The server flags messages by these rules from here on, and by no others.
    FlagRulesSet {
        /// The rules, at most [`crate::FLAG_RULES_MAX`], each with a name of its own.
        rules: Vec<FlagRule>,
    },
    /// A trip is so from here on, or exists from here on. Written, as all about trips, where its driver writes to
    /// dispatch, and among the staff while it has none.
    TripPlanned {
        /// The trip.
        trip: TripId,
        /// What it is.
        plan: Box<TripPlan>,
    },
    /// A stop of a trip is so from here on, or exists from here on.
    StopPlanned {
        /// The stop.
        stop: StopId,
        /// What it is.
        plan: Box<StopPlan>,
    },
    /// Its driver agrees with what was planned, or does not.
    PlansAnswered {
        /// With which plans, at most [`crate::PLANS_ANSWERED_MAX`].
        answers: Vec<Answered>,
        /// Whether they agree.
        accepted: bool,
        /// Why not.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<ReasonCode>,
        /// What there is to say about it, at most [`crate::INSTRUCTIONS_CHARS_MAX`] characters; often nothing.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        text: String,
    },
    /// A stop becomes so. A message like others, which stays.
    StopMoved {
        /// Which stop, what it becomes, and what proves it.
        moved: Box<StopMove>,
        /// What there is to say about it, at most [`crate::TEXT_CHARS_MAX`] characters; often nothing.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        text: String,
        /// The template whose tap it was.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        template: Option<Box<TemplateUse>>,
        /// What it carries beside that.
        #[serde(flatten)]
        header: Header,
    },
    /// Dispatch decides how a stop is, whatever has led to it.
    StopSettled {
        /// The stop.
        stop: StopId,
        /// How it is.
        state: StopState,
        /// Why, at most [`crate::INSTRUCTIONS_CHARS_MAX`] characters; often nothing.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        text: String,
    },
    /// A trip, with all that is left to do of it, is someone else's from here on. Written where it was until now;
    /// the server says to the new driver what is planned.
    TripHandedOver {
        /// The trip.
        trip: TripId,
        /// Whose it is; nobody's, if absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        to: Option<PersonId>,
    },
    /// A stop is one of another trip from here on. Written where it was until now.
    StopHandedOver {
        /// The stop.
        stop: StopId,
        /// The trip.
        to: TripId,
    },
    /// Whoever the goods are for tells the driver something, from the page behind their link. They are nobody in the
    /// directory: the server says it for them, where the stop is. A message like others, which stays.
    ConsigneeSaid {
        /// The stop.
        stop: StopId,
        /// What: a template that is [for consignees](crate::TemplateDefinition::for_consignees).
        said: Box<TemplateUse>,
        /// What it is called whoever is told: the fact with which it was said first, or the form on the page.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        first: Option<FactId>,
        /// What it carries beside that.
        #[serde(flatten)]
        header: Header,
    },
    /// "I have understood this message and accept it."
    Acknowledgement {
        /// The message.
        message: FactId,
    },
    /// Other words for a message of the same author. Its readers see these; the record keeps all.
    Edit {
        /// The message, a text.
        message: FactId,
        /// What it says from here on: at most [`crate::TEXT_CHARS_MAX`] characters, not blank.
        text: String,
        /// Whom it calls by name from here on.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        mentions: Vec<Mention>,
    },
    /// A message goes from the screens, and a mark stays. The record keeps it for auditors.
    Deletion {
        /// The message.
        message: FactId,
        /// Who wrote it. A deletion that names someone else has no effect.
        author: PersonId,
    },
    /// A message to many, each of whom is told it in their direct conversation with its author and
    /// answers there. Written in the author's own `broadcasts-…` conversation.
    Broadcast {
        /// To whom.
        to: Recipients,
        /// What: a text, a template, a location or a contact.
        #[cfg_attr(feature = "openapi", schema(no_recursion))]
        message: Box<Body>,
    },
    /// Nobody is to be reminded of this message any more. Its author says so, or who was told it.
    EscalationStopped {
        /// The message.
        message: FactId,
    },
    /// Nobody has acknowledged this message in time: the server reminds its recipients, or tells it to
    /// others as well.
    Escalation {
        /// The message.
        message: FactId,
        /// Which step of its chain this is, from 0.
        step: u16,
        /// Who is told it as well, each in their direct conversation with its author. Nobody: its
        /// recipients are reminded.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        to: Vec<PersonId>,
    },
    /// A chain is so from here on: what follows when nobody acknowledges a message that names it.
    ChainSet {
        /// The number given by the server.
        chain: u32,
        /// The name on the screen.
        name: String,
        /// What is done when; from 1 to [`crate::CHAIN_STEPS_MAX`], the earliest first.
        steps: Vec<Step>,
    },
    /// From here on these dispatchers look after these drivers.
    CoverageSet {
        /// The number of the coverage, chosen by who makes it.
        coverage: u32,
        /// Who looks after whom.
        #[serde(flatten)]
        of: Coverage,
    },
    /// Someone works then. Who does reads it where they write to dispatch, the staff of each other among
    /// themselves; it is named by the id of this fact.
    ShiftPlanned {
        /// Who, and when.
        #[serde(flatten)]
        shift: Shift,
    },
    /// A shift is not worked.
    ShiftCancelled {
        /// The fact that planned it.
        shift: FactId,
        /// Whose it was.
        person: PersonId,
    },
    /// A template has another version from here on, or exists from here on.
    TemplatePublished {
        /// Its stable id: lower-case letters, digits and `-`.
        template: String,
        /// The version, counted from 1.
        version: u16,
        /// What it is.
        definition: Box<TemplateDefinition>,
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
        /// Who is in it, at most [`crate::GROUP_MEMBERS_MAX`].
        members: Vec<PersonId>,
        /// Who of them looks after it, at most [`crate::GROUP_MODERATORS_MAX`].
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        moderators: Vec<PersonId>,
        /// How it is run.
        #[serde(default)]
        settings: GroupSettings,
    },
    /// A group has another name, or is run in another way.
    GroupChanged {
        /// The group.
        group: u32,
        /// The name on the screen from here on.
        name: String,
        /// How it is run from here on.
        settings: GroupSettings,
    },
    /// A member looks after the group from here on.
    ModeratorNamed {
        /// The group.
        group: u32,
        /// The person.
        person: PersonId,
    },
    /// A member no longer looks after the group.
    ModeratorEnded {
        /// The group.
        group: u32,
        /// The person.
        person: PersonId,
    },
    /// A person may read the group from here on.
    MemberJoined {
        /// The group.
        group: u32,
        /// The person.
        person: PersonId,
        /// And what was said in it before.
        #[serde(default, skip_serializing_if = "is_false")]
        history: bool,
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
    /// A message that was deleted or has expired: what it said is told to nobody any more.
    Erased {
        /// The number of its kind.
        number: u16,
    },
    /// A kind that this version does not know, kept as it came.
    Unknown {
        /// Its number.
        number: u16,
        /// Its bytes, in base64.
        bytes: String,
    },
}
