//! What a screen may ask for.

use waypost_engine::OnMetered;
use waypost_protocol::{
    Activity, Body, ConversationId, Count, EvidenceItem, FactId, GeoStamp, Mention, PersonId,
    ReasonCode, ReceivedBy, Recipients, ReportReason, Sha256Hash, StopId, StopPlan, StopState,
    TemplateUse, TripId, TripPlan, Verdict,
};

/// One wish of the person at the screen. It is durable when [`crate::Client::send`] returns, if it is one
/// that is kept.
#[derive(Clone, PartialEq, Debug)]
pub enum Command {
    /// Sends a message.
    Send {
        /// Where to.
        conversation: ConversationId,
        /// What: words, a template, a file, a location or a contact.
        message: Box<Body>,
    },
    /// Chooses what to hear of, on all of one's devices.
    Choose {
        /// What: [`Body::Notify`], [`Body::QuietHours`], [`Body::Blocked`] or [`Body::Unblocked`].
        choice: Box<Body>,
    },
    /// Opens an incident, with a conversation of its own: `incident-` and the id of the fact that it makes.
    OpenIncident {
        /// What has happened: [`Body::Incident`].
        incident: Box<Body>,
    },
    /// Takes what the staff share, hands it over, or gives it back. Whoever else has taken it in the
    /// meantime keeps it, and this is refused.
    Assign {
        /// Which case.
        conversation: ConversationId,
        /// Who looks after it from here on; nobody if it is given back.
        to: Option<PersonId>,
    },
    /// Nothing is left to do in what the staff share.
    Resolve {
        /// Which case.
        conversation: ConversationId,
        /// How it ended; often nothing.
        text: String,
    },
    /// An incident that was resolved is not.
    Reopen {
        /// Which case.
        conversation: ConversationId,
    },
    /// Tells many people something, each in their direct conversation with this person, where they
    /// answer. It stands in the conversation of this person's broadcasts, with the receipts of each.
    Broadcast {
        /// To whom.
        to: Recipients,
        /// What: a text, a template, a location or a contact.
        message: Box<Body>,
    },
    /// Finds other words for a text of one's own.
    Edit {
        /// Which.
        message: FactId,
        /// What it says from here on.
        text: String,
        /// Whom it calls by name from here on.
        mentions: Vec<Mention>,
    },
    /// Takes a message off the screens of all its readers: one's own, or in a group that one looks
    /// after any.
    Delete {
        /// Which.
        message: FactId,
    },
    /// Acknowledges a message of someone else.
    Acknowledge {
        /// Which.
        message: FactId,
    },
    /// Plans, answers, moves, decides and hands over trips and stops.
    OfTrips(TripCommand),
    /// Says how files are to travel.
    OfUploads(UploadCommand),
    /// What is to be done with the file of a message.
    OfFiles(FileCommand),
    /// From here on messages of a direct conversation go for ever after so many seconds, or stay.
    SetExpiry {
        /// Which.
        conversation: ConversationId,
        /// After how many seconds; `None`: they stay.
        after_s: Option<u32>,
    },
    /// Reports a message of someone else, as it stands on the screen, to those who judge it.
    Report {
        /// Which.
        message: FactId,
        /// What is wrong with it.
        reason: ReportReason,
        /// What there is to say about it; often nothing.
        text: String,
    },
    /// Says what becomes of a message that was reported or flagged.
    Judge {
        /// Which.
        message: FactId,
        /// What becomes of it.
        verdict: Verdict,
        /// Why; often nothing.
        text: String,
    },
    /// Nobody is to be reminded of a message any more.
    StopEscalation {
        /// Which.
        message: FactId,
    },
    /// Shows a conversation: `View::timeline` follows it from now on. `None` closes it.
    Open {
        /// Which.
        conversation: Option<ConversationId>,
    },
    /// The messages of this conversation up to here have been on the screen.
    MarkRead {
        /// Which conversation.
        conversation: ConversationId,
        /// The number of the last message *of someone else* shown. (An own message may be accepted
        /// with a higher number before an earlier one of someone else arrives.)
        up_to: u64,
    },
    /// Sends a wedged fact again as a new one, after its cause was mended.
    SendAgain {
        /// The wedged fact.
        id: FactId,
    },
    /// Takes a wedged fact off the screen for ever.
    Discard {
        /// The wedged fact.
        id: FactId,
    },
    /// Says what the person is at, for those who may see it: away, or at the wheel. It is true until
    /// another one is said, and forgotten when the app ends.
    Do {
        /// What.
        activity: Activity,
    },
    /// Says that the person is writing in a conversation, for the others there who are online. To be
    /// sent with each stroke; how often it is told is not the screen's business.
    Type {
        /// Where.
        conversation: ConversationId,
    },
    /// Switches the link on or off (flight mode).
    SetOnline {
        /// Whether the device should try to be connected.
        online: bool,
    },
}

/// What dispatch plans, and what drivers do.
#[derive(Clone, PartialEq, Debug)]
pub enum TripCommand {
    /// Plans a trip, or plans it otherwise.
    PlanTrip {
        /// Which; a new one, whose id is that of the fact that this makes, if absent.
        trip: Option<TripId>,
        /// What it is.
        plan: Box<TripPlan>,
        /// Of a new one, whose it is.
        driver: Option<PersonId>,
    },
    /// Plans a stop, or plans it otherwise.
    PlanStop {
        /// Which; a new one, as of trips, if absent.
        stop: Option<StopId>,
        /// What it is.
        plan: Box<StopPlan>,
    },
    /// Agrees with what was planned, or does not. What is answered already is left out.
    Answer {
        /// The trip of which the order is meant.
        trip: Option<TripId>,
        /// The stops that are meant.
        stops: Vec<StopId>,
        /// Whether the driver agrees.
        accepted: bool,
        /// Why not.
        reason: Option<ReasonCode>,
        /// What else there is to say; often nothing.
        text: String,
    },
    /// Says how it goes at a stop.
    MoveStop {
        /// Which.
        stop: StopId,
        /// What it becomes.
        to: StopState,
        /// What else there is to say and to show.
        done: Box<StopDone>,
    },
    /// Decides how a stop is.
    SettleStop {
        /// Which.
        stop: StopId,
        /// How it is.
        state: StopState,
        /// Why; often nothing.
        text: String,
    },
    /// Hands a trip over, with all that is left to do of it.
    HandOverTrip {
        /// Which.
        trip: TripId,
        /// To whom; nobody has it, if absent.
        to: Option<PersonId>,
    },
    /// Hands a stop over to another trip.
    HandOverStop {
        /// Which.
        stop: StopId,
        /// To which trip.
        to: TripId,
    },
}

/// How files are to travel.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum UploadCommand {
    /// The network of the device is another. To be told when it changes; it is forgotten when the app ends.
    Network {
        /// Whether it is paid for by the byte.
        is_metered: bool,
    },
    /// What may be sent by a network that is paid for by the byte, from here on.
    OnMetered(OnMetered),
    /// Tries again to bring what was refused.
    Again {
        /// What it hashes to.
        sha256: Sha256Hash,
    },
}

/// What is to be done with the file that a message brings.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FileCommand {
    /// Have it on this device: it comes in pieces, goes on after a cut or a restart, and stays.
    Fetch {
        /// The message.
        message: FactId,
    },
    /// It need not be on this device any more.
    LetGo {
        /// The message.
        message: FactId,
    },
}

/// How it went at a stop.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct StopDone {
    /// Why, if it did not go as planned.
    pub reason: Option<ReasonCode>,
    /// Where the device was, if it is not to be noted as its source of positions knows it.
    pub at: Option<GeoStamp>,
    /// What there is to say; often nothing.
    pub text: String,
    /// The template that was tapped.
    pub template: Option<TemplateUse>,
    /// What proves it. The device signs it for this stop and no other.
    pub evidence: Option<Box<Evidence>>,
}

/// What proves how it went.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Evidence {
    /// What was captured at this stop, as [`crate::Client::captured`] tells it, and texts without bytes.
    pub items: Vec<EvidenceItem>,
    /// Who took the goods.
    pub received_by: Option<ReceivedBy>,
    /// How much of each consignment.
    pub counts: Vec<Count>,
    /// What else there is to say.
    pub note: String,
}

impl Command {
    /// Says how it goes at a stop, and nothing else.
    pub fn move_stop(stop: StopId, to: StopState) -> Self {
        Self::OfTrips(TripCommand::MoveStop { stop, to, done: Box::default() })
    }

    /// Sends words that answer nothing and carry nothing.
    pub fn text(conversation: ConversationId, text: impl Into<String>) -> Self {
        Self::send(conversation, Body::text(text))
    }

    /// Sends a message.
    pub fn send(conversation: ConversationId, message: Body) -> Self {
        Self::Send { conversation, message: Box::new(message) }
    }
}
