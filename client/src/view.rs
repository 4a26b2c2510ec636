//! What a screen may know: read models, rebuilt from the store and the engine.
//!
//! A view is a value. Screens receive a new one over a watch channel whenever something that they
//! show has changed; they never read the store.

mod trips;
mod uploads;

use std::sync::Arc;

pub use waypost_engine::LinkPath;
use waypost_engine::LinkState;
use waypost_protocol::{
    Activity, Body, Case, ConversationId, EnrolmentId, FactId, GroupSettings, Loudness, Mention,
    Millis, NotificationSettings, PersonId, PresenceOf, ProblemCode, ReceiptState, ReportedMessage,
    Role, Said, SoughtWord, TemplateDefinition,
};

pub use trips::TripView;
pub use uploads::{
    FetchEnd, FetchView, OnMetered, UploadClass, UploadEnd, UploadState, UploadView, UploadsView,
};

/// Everything that a screen of one enrolment shows.
#[derive(Clone, PartialEq, Debug)]
pub struct View {
    /// Who is signed in on this device.
    pub me: Me,
    /// How the device is connected, if it is.
    pub link: LinkView,
    /// How many facts wait in the outbox for the server's answer.
    pub waiting: usize,
    /// Set if the outbox has no room: new sends are refused until it drains.
    pub outbox_full: bool,
    /// Set if the device's own store cannot write (disk full, read-only): what is tapped now is
    /// not kept, and the screen must say so.
    pub store_trouble: Option<String>,
    /// What the server refused for ever, oldest first. A person has to mend or discard each.
    pub wedged: Vec<Wedged>,
    /// Urgent messages of others within the last day that this person has not acknowledged, the oldest first; at most
    /// twenty.
    pub urgent: Arc<Vec<UrgentView>>,
    /// The templates that were published, each version, in the order of the record.
    pub templates: Arc<Vec<PublishedTemplate>>,
    /// What the person has chosen to hear of.
    pub notifications: Arc<NotificationSettings>,
    /// What waits for a verdict, the message that has waited longest first: for those who judge all of it,
    /// for others what they have reported themselves.
    pub reports: Arc<Vec<ReportedMessage>>,
    /// Of a driver: their own trips from the day before yesterday on, by day.
    pub trips: Arc<Vec<TripView>>,
    /// How often something about trips has changed since the app was started: what [`crate::Client::board`] tells is
    /// then to be asked for anew.
    pub trips_changed: u64,
    /// Files of this person that are on their way to the server.
    pub uploads: UploadsView,
    /// Files of messages that are wanted on this device and are not here yet, in the order of the messages.
    pub fetches: Vec<FetchView>,
    /// The directory, by name.
    pub people: Vec<PersonView>,
    /// The conversations, those with the newest message first.
    pub conversations: Vec<ConversationView>,
    /// The messages of the conversation that is open on the screen, oldest first.
    pub timeline: Option<Timeline>,
}

impl View {
    /// What the staff have left to do: the most urgent first, and then what waits longest.
    pub fn open_cases(&self) -> Vec<&ConversationView> {
        let key = |one: &ConversationView| {
            let case = one.case.as_ref()?;
            Some((std::cmp::Reverse(case.priority), case.open_since()?, one.id))
        };
        let mut open: Vec<_> = self.conversations.iter().filter(|it| key(it).is_some()).collect();
        open.sort_by_key(|it| key(it));
        open
    }

    /// What a message of someone else is, by what the person has chosen to hear of, if it comes at this
    /// time to a device with this offset from UTC.
    pub fn loudness(
        &self,
        conversation: ConversationId,
        message: &MessageView,
        at: Millis,
        offset_minutes: i16,
    ) -> Loudness {
        let calls = |mention: &Mention| match mention {
            Mention::Person(person) => *person == self.me.person,
            Mention::Group(group) => {
                let mine = |it: &ConversationView| it.id == ConversationId::Group(*group);
                self.conversations.iter().any(mine)
            }
            Mention::Everyone => true,
        };
        let priority = message.body.header().map(|header| header.priority).unwrap_or_default();
        let calls_me = message.body.mentions().iter().any(calls);
        let said = Said { conversation, author: message.author, priority, calls_me };
        self.notifications.loudness(said, at, offset_minutes)
    }
}

/// A message that must be acknowledged now.
#[derive(Clone, PartialEq, Debug)]
pub struct UrgentView {
    /// Where it stands.
    pub conversation: ConversationId,
    /// What it says.
    pub message: Arc<MessageView>,
}

/// The person and enrolment on whose behalf this client speaks.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Me {
    /// The person.
    pub person: PersonId,
    /// The enrolment of this device for that person.
    pub enrolment: EnrolmentId,
    /// The name on the screen.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// A BCP 47 tag.
    pub language: String,
}

/// How the device is connected.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum LinkView {
    /// Not connected; the next try is at this time by the device's clock.
    Offline {
        /// `None` if a person switched the link off.
        retry_at: Option<Millis>,
    },
    /// Trying.
    Connecting,
    /// Connected and level with the server or catching up.
    Online {
        /// Which way the frames go.
        path: LinkPath,
        /// Set while older events are still being fetched.
        catching_up: bool,
    },
    /// The server no longer knows this enrolment: nothing can be sent or received.
    Revoked,
}

impl From<LinkState> for LinkView {
    fn from(link: LinkState) -> Self {
        match link {
            LinkState::Off => Self::Offline { retry_at: None },
            LinkState::Waiting { retry_at } => Self::Offline { retry_at: Some(retry_at) },
            LinkState::Connecting => Self::Connecting,
            LinkState::Up { path, catching_up } => Self::Online { path, catching_up },
            LinkState::Revoked => Self::Revoked,
        }
    }
}

/// A fact that the server refused for ever.
#[derive(Clone, PartialEq, Debug)]
pub struct Wedged {
    /// Which.
    pub id: FactId,
    /// Where it was meant to go.
    pub conversation: ConversationId,
    /// What it said.
    pub body: Body,
    /// Why it was refused.
    pub code: ProblemCode,
}

/// A version of a template that was published.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PublishedTemplate {
    /// Its stable id.
    pub template: String,
    /// Its version.
    pub version: u16,
    /// What it is.
    pub definition: TemplateDefinition,
}

/// One person of the directory.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PersonView {
    /// Their number.
    pub id: PersonId,
    /// The name on the screen.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// Whether they are here, and what they are at. `None` where it is not told.
    pub presence: Option<PresenceView>,
}

/// Whether someone is here.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PresenceView {
    /// A device of theirs is connected.
    Online {
        /// What they are at.
        activity: Activity,
        /// Since when they are here.
        since: Option<Millis>,
    },
    /// No device of theirs is connected.
    Offline {
        /// When one was last.
        last_seen: Option<Millis>,
    },
    /// They do not work now; nothing else is told of them.
    OffShift,
}

impl PresenceView {
    /// Whether a device of theirs is known to be connected.
    pub fn is_online(self) -> bool {
        matches!(self, Self::Online { .. })
    }
}

impl From<PresenceOf> for PresenceView {
    fn from(told: PresenceOf) -> Self {
        let PresenceOf { online, since, activity, off_shift, .. } = told;
        match (off_shift, online) {
            (true, _) => Self::OffShift,
            (false, true) => Self::Online { activity, since },
            (false, false) => Self::Offline { last_seen: since },
        }
    }
}

/// One conversation in the list.
#[derive(Clone, PartialEq, Debug)]
pub struct ConversationView {
    /// Which.
    pub id: ConversationId,
    /// The partner's name, or the group's; of what the staff share, the name of whom it concerns, and nothing
    /// if that is the reader or nobody.
    pub title: String,
    /// Everyone in it but the reader.
    pub others: Vec<PersonId>,
    /// Of a group: what the reader may do there.
    pub group: Option<GroupView>,
    /// Of an incident, and of what someone says to dispatch: what has become of it.
    pub case: Option<Case>,
    /// Who is writing there at this moment.
    pub typing: Vec<PersonId>,
    /// After how many seconds messages go for ever by what was said last, unless they say less.
    pub expires_after_s: Option<u32>,
    /// How many messages of others the reader has not read.
    pub unread: usize,
    /// The newest message.
    pub last: Option<Arc<MessageView>>,
}

/// What the reader may do in a group, and who looks after it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct GroupView {
    /// How it is run.
    pub settings: GroupSettings,
    /// Who looks after it.
    pub moderators: Vec<PersonId>,
    /// Whether the reader is one of them, and may delete what others wrote and call everyone.
    pub moderates: bool,
    /// Whether the reader may write messages.
    pub may_write: bool,
}

/// The open conversation.
#[derive(Clone, PartialEq, Debug)]
pub struct Timeline {
    /// Which.
    pub conversation: ConversationId,
    /// At most [`crate::TIMELINE_MESSAGES_MAX`] of the newest, in the order of the record, then what is
    /// still queued.
    pub messages: Vec<Arc<MessageView>>,
}

/// One message with all that is known of it.
#[derive(Clone, PartialEq, Debug)]
pub struct MessageView {
    /// Its id.
    pub id: FactId,
    /// Its number in the record; `None` while it is queued.
    pub n: Option<u64>,
    /// Who wrote it.
    pub author: PersonId,
    /// Their name.
    pub author_name: String,
    /// Whether the reader wrote it.
    pub mine: bool,
    /// What it says, after its edits; [`Body::Erased`] if it was deleted or has expired.
    pub body: Body,
    /// Since when it says so, if it was edited, by the author's device.
    pub edited_at: Option<Millis>,
    /// When it was written, by the author's device.
    pub occurred_at: Millis,
    /// The author's offset from UTC, in minutes.
    pub offset_minutes: i16,
    /// Set if the author's clock was implausible, so `recorded_at` should be shown beside it.
    pub clock_suspect: bool,
    /// When the server committed it.
    pub recorded_at: Option<Millis>,
    /// How far it has come with the recipient who is least far; where the staff share a conversation, with
    /// the one outside of the staff, or if that one wrote it with whoever of the staff is furthest.
    pub state: ReceiptState,
    /// Each recipient's receipts; only known for one's own messages.
    pub receipts: Vec<RecipientView>,
    /// Set if the reader has acknowledged it (or has the acknowledgement in the outbox).
    pub acknowledged_by_me: bool,
    /// What followed because nobody had acknowledged it in time, in order.
    pub escalation: Vec<EscalationView>,
    /// Set if someone has said that nobody is to be reminded of it any more.
    pub escalation_stopped: bool,
}

/// One step that followed because nobody had acknowledged a message.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EscalationView {
    /// When, by the server's clock.
    pub at: Millis,
    /// Who was told the message then. Nobody: its recipients were reminded.
    pub to: Vec<PersonId>,
}

/// The receipts of one recipient of one message, each with the time on the recipient's device.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RecipientView {
    /// Who.
    pub person: PersonId,
    /// Their name.
    pub name: String,
    /// Since when it is in the store of one of their devices.
    pub delivered_at: Option<Millis>,
    /// Since when they have read it.
    pub read_at: Option<Millis>,
    /// Since when they have acknowledged it.
    pub acknowledged_at: Option<Millis>,
}

/// What to look for. Everything that is given must fit.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Search {
    /// Words, each by its beginning; see `waypost_protocol::words`.
    pub words: Vec<SoughtWord>,
    /// Who said it.
    pub author: Option<PersonId>,
    /// Where it was said.
    pub conversation: Option<ConversationId>,
    /// The number of its kind.
    pub kind: Option<u16>,
    /// Where the page before has ended: [`Found::next`].
    pub before: Option<i64>,
    /// At most so many messages.
    pub limit: usize,
}

impl Default for Search {
    /// Looks for everything, a page of it.
    fn default() -> Self {
        let (words, limit) = (Vec::new(), 50);
        Self { words, author: None, conversation: None, kind: None, before: None, limit }
    }
}

/// One page of what was found.
#[derive(Clone, PartialEq, Debug)]
pub struct Found {
    /// What came to this device last comes first.
    pub messages: Vec<FoundMessage>,
    /// What to give as [`Search::before`] for the next page; `None` on the last.
    pub next: Option<i64>,
    /// Set if this device has more messages than it could look at: searching again looks at more.
    pub behind: bool,
}

/// A message that was found, and where.
#[derive(Clone, PartialEq, Debug)]
pub struct FoundMessage {
    /// Where it was said.
    pub conversation: ConversationId,
    /// The message.
    pub message: Arc<MessageView>,
}
