//! What the person is at, and where they are writing, as far as the server was told. None of it is kept:
//! what gets lost is said again on the next link, or no longer true.

use waypost_protocol::{Activity, ConversationId, Here};

use crate::TYPING_AGAIN_MS;

#[derive(Default)]
pub(crate) struct Doing {
    activity: Activity,
    /// What the server takes them to be at; on a new link, at the device.
    told: Activity,
    typing: Option<ConversationId>,
    /// What was told of it last, and when.
    typing_told: Option<(ConversationId, u64)>,
}

impl Doing {
    pub(crate) fn is_at(&mut self, activity: Activity) {
        self.activity = activity;
    }

    /// They are writing, which is worth telling again only after a while.
    pub(crate) fn types(&mut self, conversation: ConversationId, tick: u64) {
        let told = self.typing_told.filter(|(told, _)| *told == conversation);
        if told.is_none_or(|(_, at)| tick >= at + TYPING_AGAIN_MS) {
            self.typing = Some(conversation);
        }
    }

    /// A new link: whoever is at its other end knows nothing.
    pub(crate) fn link_up(&mut self) {
        (self.told, self.typing_told) = (Activity::default(), None);
    }

    /// The server may have taken them for gone since they were heard last.
    pub(crate) fn say_again(&mut self) {
        self.told = Activity::default();
    }

    /// Nobody hears of it now, and later it is no longer true.
    pub(crate) fn without_link(&mut self) {
        self.typing = None;
    }

    /// What the server is to be told at this tick, if anything.
    pub(crate) fn next(&mut self, tick: u64) -> Option<Here> {
        let Self { activity, told, .. } = *self;
        let typing = self.typing.take();
        self.typing_told = typing.map(|conversation| (conversation, tick)).or(self.typing_told);
        self.told = activity;
        (typing.is_some() || told != activity).then_some(Here { activity, typing })
    }
}
