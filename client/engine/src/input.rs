//! What happens to an engine, in the past tense.

use waypost_protocol::{Activity, Body, Content, ConversationId, Downlink, FactId, Millis};

/// The moment at which an input is handled.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Now {
    /// By the device's clock, which may be wrong and may jump. It dates what people do.
    pub at: Millis,
    /// Milliseconds of a clock that never jumps, from any origin. It measures all waiting.
    pub tick: u64,
    /// The device's offset from UTC, in minutes.
    pub offset_minutes: i16,
}

/// Which way the frames go.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum LinkPath {
    /// MQTT over TLS: live.
    Mqtt,
    /// HTTPS: where the network lets nothing else through; asks at intervals.
    Https,
}

/// One thing that happened.
#[derive(Clone, PartialEq, Debug)]
pub enum Input {
    /// The process is up, and this engine was loaded from its store.
    Started,
    /// The person at the screen wished for something.
    Tapped(Wish),
    /// [`crate::Effect::Connect`] succeeded.
    LinkUp {
        /// Which way.
        path: LinkPath,
    },
    /// [`crate::Effect::Connect`] failed, or the link was lost.
    LinkDown {
        /// Which way.
        path: LinkPath,
        /// Why.
        why: Down,
    },
    /// The server said something over a link that is up. The last frames of an earlier
    /// connection must not be handed in once its `LinkDown` was: they may be from before a restore.
    FrameReceived(Downlink),
    /// The time of [`crate::Effect::SetTimer`] has come. An early or needless one does no harm.
    TimerFired,
    /// A `Store` failed and this engine was loaded again from what the store has.
    StoreFailed,
}

/// Why a link is down.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Down {
    /// The network or the server cannot be reached, or broke off.
    Lost,
    /// The server refuses the credential.
    NotEnrolled,
}

/// What a person wishes.
#[derive(Clone, PartialEq, Debug)]
pub enum Wish {
    /// Says something in a conversation.
    Say {
        /// Where.
        conversation: ConversationId,
        /// What.
        body: Body,
    },
    /// Says something under an id that it names itself: evidence is signed for the very fact that it comes with.
    SayAs {
        /// The id, which nothing has had before.
        id: FactId,
        /// Where.
        conversation: ConversationId,
        /// What.
        body: Box<Body>,
    },
    /// Says that something has happened, in a conversation of its own: the incident has the id of the fact
    /// that opens it.
    Open {
        /// What has happened.
        incident: Body,
    },
    /// Sends a wedged fact again, as a new one.
    SayAgain {
        /// The wedged fact, which is discarded.
        wedged: FactId,
        /// The id of the new one; one of now, if absent.
        id: Option<FactId>,
        /// Where it was meant to go.
        conversation: ConversationId,
        /// What it said.
        content: Content,
    },
    /// Takes a wedged fact off the screen.
    Discard {
        /// The wedged fact.
        wedged: FactId,
    },
    /// Has read a conversation up to here.
    Read {
        /// Which.
        conversation: ConversationId,
        /// The number of the last message shown.
        up_to: u64,
    },
    /// Is at something else from here on. It is remembered in memory alone.
    Do(Activity),
    /// Is writing in a conversation. It is told while it is true, or never.
    Type(ConversationId),
    /// Switches the link on or off. It is remembered in memory alone.
    Online(bool),
}
