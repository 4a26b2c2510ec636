//! The contract of Waypost: everything that crosses a boundary between a device, the server,
//! a bot and an auditor.
//!
//! Each type has two encodings. On MQTT it is CBOR (RFC 8949) by [`minicbor`]; on HTTP and in
//! webhooks it is JSON by [`serde`]. `waypost.cddl` (RFC 8610) beside this crate is the published
//! schema of the binary one, and a test checks real frames against it.
//!
//! How versions differ: records are CBOR arrays, and a reader skips elements that it does not
//! know; a fact of a kind that it does not know keeps its bytes (see [`Content`]). So an older
//! peer loses nothing of what a newer one says. `waypost.cddl` lists what a reader does with each
//! number that it does not know.
//!
//! This crate refuses to do I/O, to read a clock or to make a random number: ids take time and
//! randomness as arguments.

mod body;
mod bytes;
mod case;
mod conversation;
mod frame;
mod ids;
mod lenient;
mod limits;
mod notifications;
mod problem;
mod receipt;
mod reported;
mod stop;
pub mod topic;
mod trip;
mod words;

pub use body::{
    Answered, Argument, ArgumentType, Arguments, Blob, Body, BreaksThrough, Consignment, Contact,
    Content, ContentError, Count, Coverage, Degrees, EvidenceItem, EvidenceKind, EvidenceManifest,
    File, Fix, FlagRule, Flags, GeoStamp, GroupSettings, Header, Hear, Hearing, IncidentCategory,
    Mention, NavigationUrl, Place, Priority, QuietHours, Quote, ReasonCode, ReceivedBy, Recipients,
    ReportReason, Role, Shift, SignedManifest, Step, StopAction, StopKind, StopMove, StopPlan,
    StopState, TemplateArgument, TemplateDefinition, TemplateText, TemplateUse, TimeWindow,
    TripPlan, Verdict, Voice, kind, reminders,
};
pub use bytes::{Bytes, Sha256Hash};
pub use case::{Case, Word};
pub use conversation::{BadConversationId, ConversationId};
pub use frame::{
    Activity, Answer, Downlink, Earlier, Entry, Event, Events, FrameError, Here, History, OwnRun,
    Presence, PresenceOf, Pull, Submit, TypingIn, Uplink,
};
pub use ids::{
    BadSequence, DeviceId, EnrolmentId, FactId, IncidentId, Millis, PersonId, Sequence, StopId,
    TripId,
};
pub use limits::*;
pub use notifications::{Loudness, NotificationSettings, Said};
pub use problem::ProblemCode;
pub use receipt::{Move, ReadMark, ReceiptState, StoredMark};
pub use reported::{ReportBy, ReportedMessage};
pub use stop::{Conflict, ConsigneeWord, PlanReply, Stepped, Stop, StopStep, StopWord};
pub use trip::Trip;
use words::sentences_of;
pub use words::{SoughtWord, mark, words, words_of};

/// The version of the wire contract, as it stands in topics and URLs (`v1`).
///
/// It changes only when an older peer could no longer read what a newer one sends.
pub const WIRE_VERSION: u32 = 1;
