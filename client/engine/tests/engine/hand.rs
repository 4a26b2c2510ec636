//! A tablet with a hand on its clock and its link, for what needs no whole story.

use waypost_engine::{Change, Down, Effect, Engine, Input, LinkPath, LinkState, Now, Saved};
use waypost_protocol::{
    Body, Downlink, Entry, Event, Events, FactId, PersonId, Pull, Sequence, Submit, Uplink,
};

pub use crate::tablet::{DANA, OMAR, WITH_OMAR};

pub const START: i64 = 1_700_000_000_000;

/// Dana's tablet, with a hand on its clock and its link.
pub struct Tablet {
    pub engine: Engine,
    pub now: Now,
    pub random: u128,
}

impl Tablet {
    pub fn new() -> Self {
        let now = Now { at: START, tick: 0, offset_minutes: 60 };
        Self { engine: Engine::load(Saved::default(), DANA, 1), now, random: 1 }
    }

    /// One whose cursor is at number 5, and which is level over this path.
    pub fn level(path: LinkPath) -> Self {
        let mut tablet = Self::new();
        let saved = Saved { cursor: Sequence { epoch: 0, n: 5 }, ..Saved::default() };
        tablet.engine = Engine::load(saved, DANA, 1);
        tablet.input(Input::Started);
        if path == LinkPath::Https {
            tablet.falls_back();
        }
        let pull = tablet.pulls(Input::LinkUp { path }).expect("it asks at once");
        tablet.answered(&pull, Events { after: 5, next: 5, ..Events::default() });
        tablet
    }

    /// MQTT fails twice, and HTTPS is tried.
    pub fn falls_back(&mut self) {
        for _ in 0..2 {
            self.input(Input::LinkDown { path: LinkPath::Mqtt, why: Down::Lost });
            self.passes(60_000);
        }
    }

    pub fn input(&mut self, input: Input) -> Vec<Effect> {
        self.random += 1;
        self.engine.handle(input, self.now, self.random | self.random << 64)
    }

    pub fn passes(&mut self, ms: u64) -> Vec<Effect> {
        self.now.tick += ms;
        self.now.at += ms as i64;
        self.input(Input::TimerFired)
    }

    pub fn pulls(&mut self, input: Input) -> Option<Pull> {
        pull_of(&self.input(input))
    }

    pub fn hears(&mut self, events: Events) -> Vec<Effect> {
        self.input(Input::FrameReceived(Downlink::Events(events)))
    }

    pub fn answered(&mut self, pull: &Pull, events: Events) -> Vec<Effect> {
        self.hears(Events { answers: Some(pull.number), ..events })
    }

    pub fn state(&self) -> LinkState {
        self.engine.link(self.now)
    }
}

pub fn pull_of(effects: &[Effect]) -> Option<Pull> {
    effects.iter().find_map(|effect| match effect {
        Effect::Send(_, Uplink::Pull(pull)) => Some(pull.clone()),
        _ => None,
    })
}

pub fn changes(effects: &[Effect]) -> Vec<Change> {
    match effects.first() {
        Some(Effect::Store(changes)) => changes.clone(),
        _ => Vec::new(),
    }
}

/// What was put into the outbox.
pub fn queued(effects: &[Effect]) -> Entry {
    match &changes(effects)[..] {
        [Change::Queued(entry), ..] => entry.clone(),
        other => panic!("nothing was queued: {other:?}"),
    }
}

/// What goes out of the outbox.
pub fn submits(effects: &[Effect]) -> Vec<Submit> {
    let sent = effects.iter().filter_map(|effect| match effect {
        Effect::Send(_, Uplink::Submit(submit)) => Some(submit.clone()),
        _ => None,
    });
    sent.collect()
}

pub fn event(n: u64, author: PersonId, body: &Body) -> Event {
    Event {
        n,
        recorded_at: START,
        content: body.to_content(),
        id: Some(FactId::mint(START, u128::from(n))),
        author: Some(author),
        conversation: Some(WITH_OMAR),
        offset_minutes: 0,
        skew_ms: None,
    }
}

pub fn pushed(after: u64, events: Vec<Event>) -> Events {
    let next = events.last().map_or(after, |event| event.n);
    Events { after, next, events, ..Events::default() }
}

/// This way is lost.
pub fn lost(path: LinkPath) -> Input {
    Input::LinkDown { path, why: Down::Lost }
}
