//! A tablet whose server, clock, network and disk do whatever the input says. Its engine must
//! neither panic nor say anything that breaks the contract, and what it has stored is enough to go
//! on from.

use waypost_engine::reference::ReferenceStore;
use waypost_engine::{Down, Effect, Engine, Input, LinkPath, Now, Wish};
use waypost_protocol::{
    Answer, Body, Content, ConversationId, Downlink, Earlier, Event, Events, FactId, OwnRun,
    PersonId, ProblemCode, Sequence, Uplink,
};

use crate::feed::Feed;
use crate::seeds::{self, Seed};

const DANA: PersonId = PersonId(7);
const OMAR: PersonId = PersonId(3);

/// Longer stories than this find nothing that shorter ones do not.
const STEPS_MAX: usize = 200;

struct Tablet {
    engine: Engine,
    store: ReferenceStore,
    disk_full: bool,
    now: Now,
    random: u128,
    /// The number of the last pull.
    asked: u32,
    /// The number of the last question for what was said before.
    asked_earlier: u32,
    /// What was submitted last.
    submitted: Vec<FactId>,
}

/// A story of one tablet.
pub fn tablet(bytes: &[u8]) {
    let mut feed = Feed(bytes);
    let mut tablet = Tablet::new();
    for _ in 0..STEPS_MAX {
        if feed.is_empty() {
            break;
        }
        tablet.step(&mut feed);
    }
}

impl Tablet {
    fn new() -> Self {
        let store = ReferenceStore::default();
        let mut tablet = Self {
            engine: Engine::load(store.saved(), DANA, 0),
            store,
            disk_full: false,
            now: Now { at: 1_772_440_200_000, tick: 0, offset_minutes: 60 },
            random: 0,
            asked: 0,
            asked_earlier: 0,
            submitted: Vec::new(),
        };
        tablet.input(Input::Started);
        tablet
    }

    fn step(&mut self, feed: &mut Feed<'_>) {
        let path = [LinkPath::Mqtt, LinkPath::Https][feed.below(2)];
        match feed.below(15) {
            0 | 1 => self.frame(feed),
            2 | 3 => self.events(feed),
            14 => self.earlier(feed),
            4 => self.answers(feed),
            5 => self.input(Input::LinkUp { path }),
            6 => {
                let why = [Down::Lost, Down::NotEnrolled][feed.below(2)];
                self.input(Input::LinkDown { path, why });
            }
            7 => self.wait(feed.number() % 600_000),
            8 => self.now.at = feed.signed(),
            9 => self.disk_full = feed.below(2) == 1,
            10 => self.load(Input::Started),
            11 | 12 => {
                let body = Body::text(feed.text(40));
                self.input(Input::Tapped(Wish::Say { conversation: conversation(feed), body }));
            }
            _ => self.wish(feed),
        }
    }

    /// Bytes that the server sent.
    fn frame(&mut self, feed: &mut Feed<'_>) {
        if let Ok(frame) = Downlink::from_bytes(feed.piece(255)) {
            self.input(Input::FrameReceived(frame));
        }
    }

    /// Events whose numbers nobody has checked.
    fn events(&mut self, feed: &mut Feed<'_>) {
        let flags = feed.byte();
        let has = |flag: u8| flags & flag != 0;
        let events = Events {
            epoch: feed.number() as u32,
            after: feed.number(),
            next: feed.number(),
            events: (0..feed.below(3)).map(|_| event(feed)).collect(),
            more: has(1),
            answers: has(2).then_some(self.asked),
            server_time: has(4).then(|| feed.signed()),
            safe_up_to: has(8).then(|| feed.number()),
            cut_after: has(16).then(|| feed.number()),
            own: if has(32) { self.own_runs(feed) } else { Vec::new() },
        };
        self.input(Input::FrameReceived(Downlink::Events(events)));
    }

    /// What was said before, or was not.
    fn earlier(&mut self, feed: &mut Feed<'_>) {
        let page = Earlier {
            answers: self.asked_earlier,
            epoch: feed.number() as u32,
            conversation: conversation(feed),
            events: (0..feed.below(3)).map(|_| event(feed)).collect(),
            more: feed.below(2) == 1,
        };
        self.input(Input::FrameReceived(Downlink::Earlier(page)));
    }

    /// What was submitted, placed anywhere.
    fn own_runs(&self, feed: &mut Feed<'_>) -> Vec<OwnRun> {
        let mut run = |id| OwnRun {
            id,
            n: feed.number(),
            recorded_at: feed.signed(),
            before: feed.number() as u32,
        };
        self.submitted.iter().map(|id| run(*id)).collect()
    }

    /// Answers to what was submitted.
    fn answers(&mut self, feed: &mut Feed<'_>) {
        let answers = self.submitted.iter().map(|id| answer(*id, feed)).collect();
        self.input(Input::FrameReceived(Downlink::Answers { answers }));
    }

    fn wish(&mut self, feed: &mut Feed<'_>) {
        let wedged = self.submitted.first().copied().unwrap_or(FactId::mint(0, 0));
        let conversation = conversation(feed);
        let wish = match feed.below(4) {
            0 => Wish::Read { conversation, up_to: feed.number() },
            1 => Wish::Discard { wedged },
            2 => Wish::Online(feed.below(2) == 1),
            _ => Wish::SayAgain { wedged, id: None, conversation, content: content(feed) },
        };
        self.input(Input::Tapped(wish));
    }

    fn wait(&mut self, millis: u64) {
        self.now.tick += millis;
        self.now.at = self.now.at.saturating_add_unsigned(millis);
        self.input(Input::TimerFired);
    }

    fn load(&mut self, input: Input) {
        self.engine = Engine::load(self.store.saved(), DANA, self.random);
        self.input(input);
    }

    fn input(&mut self, input: Input) {
        self.random += (1 << 64) + 1;
        for effect in self.engine.handle(input, self.now, self.random) {
            match effect {
                Effect::Store(_) if self.disk_full => {
                    self.disk_full = false;
                    return self.load(Input::StoreFailed);
                }
                Effect::Store(changes) => self.store.apply(&changes),
                Effect::Send(_, frame) => self.sent(&frame),
                Effect::StartOver => return self.load(Input::Started),
                Effect::Kept { .. }
                | Effect::Refuse(_)
                | Effect::Connect(_)
                | Effect::Disconnect(_)
                | Effect::SetTimer(_)
                | Effect::ShowLink
                | Effect::ShowPresence(_) => {}
            }
        }
        let _ = self.engine.link(self.now);
    }

    /// Whatever was heard, what is said keeps the contract.
    fn sent(&mut self, frame: &Uplink) {
        assert_eq!(Uplink::from_bytes(&frame.to_bytes()).as_ref(), Ok(frame));
        match frame {
            Uplink::Pull(pull) => self.asked = pull.number,
            Uplink::History(history) => self.asked_earlier = history.number,
            Uplink::Here(_) => {}
            Uplink::Submit(submit) => {
                self.submitted = submit.entries.iter().map(|entry| entry.id).collect();
            }
        }
    }
}

fn conversation(feed: &mut Feed<'_>) -> ConversationId {
    let some = [
        ConversationId::Direct(OMAR, DANA),
        ConversationId::Group(5),
        ConversationId::About(5),
        ConversationId::Broadcasts(OMAR),
        ConversationId::Fleet,
        ConversationId::Staff,
    ];
    some[feed.below(some.len())]
}

fn content(feed: &mut Feed<'_>) -> Content {
    Content { kind: u16::from(feed.byte() % 24), bytes: feed.piece(60).to_vec() }
}

fn event(feed: &mut Feed<'_>) -> Event {
    let author = [None, Some(DANA), Some(OMAR)][feed.below(3)];
    Event {
        n: feed.number(),
        recorded_at: feed.signed(),
        content: content(feed),
        id: author.map(|_| FactId::mint(feed.signed(), u128::from(feed.byte()))),
        author,
        conversation: author.map(|_| conversation(feed)),
        offset_minutes: feed.signed() as i16,
        skew_ms: author.map(|_| feed.signed()),
    }
}

fn answer(id: FactId, feed: &mut Feed<'_>) -> Answer {
    let mut sequence = || Sequence { epoch: feed.byte().into(), n: feed.number() };
    match sequence() {
        Sequence { epoch, n } if epoch < 100 => {
            let before = if epoch < 50 { 0 } else { feed.number() as u32 };
            let (sequence, recorded_at) = (Sequence { epoch, n }, n.cast_signed());
            Answer::Accepted { id, sequence, recorded_at, before }
        }
        Sequence { epoch, .. } if epoch < 150 => {
            Answer::Rejected { id, code: ProblemCode::NotAllowed, at: sequence() }
        }
        Sequence { epoch, n } if epoch < 200 => Answer::OutOfOrder { id, expected: n as u32 },
        Sequence { .. } => Answer::Deferred { id, code: ProblemCode::Overloaded },
    }
}

/// A link comes up, something is said, and the server says each of its frames.
pub fn seeds() -> Vec<Seed> {
    let up = [0, 5];
    let say = [[0, 11, 2].as_slice(), b"ok", &[0]].concat();
    let story = |seed: Seed| {
        let length = u8::try_from(seed.bytes.len().min(255)).unwrap_or(255);
        let frame = [&[0, 0, length], &seed.bytes[..]].concat();
        Seed { bytes: [&up, &say[..], &frame, &[0, 4, 0, 41], &[0, 7, 100]].concat(), ..seed }
    };
    let mut seeds: Vec<Seed> = seeds::downlinks().into_iter().map(story).collect();
    let news = [0, 2, 2, 0, 0, 9, 1, 2, 5, 100, 1, 2, 0x60, 0x60, 0, 7, 1, 0];
    seeds.push(Seed::new("news", [&up, &say[..], &news].concat()));
    seeds.push(Seed::new("a cut", [&up, &say[..], &[0, 2, 18, 1, 0, 9, 0, 3]].concat()));
    seeds
}
