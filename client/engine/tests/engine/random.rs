//! Whatever the network, the server and the tablet do, nothing is lost and nothing is twice.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use proptest::prelude::*;
use waypost_engine::reference::{Fate, ReferenceStore};
use waypost_engine::{Change, Down, Effect, Engine, Input, LinkPath, Now, Wish};
use waypost_protocol::{
    Answer, Body, ConversationId, Downlink, Entry, Event, Events, FactId, PersonId, ProblemCode,
    Pull, Sequence, Uplink,
};

const DANA: PersonId = PersonId(7);

#[derive(Clone, Debug)]
enum Step {
    Tap(u32),
    Wait(u64),
    LinkUp,
    LinkDown,
    Crash,
    DiskFull(bool),
    UplinkArrives,
    UplinkLost,
    DownlinkArrives,
    DownlinkLost,
    DownlinkRepeated,
    OmarWrites,
    ServerBusy(bool),
    Backup,
    Restore,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (1..4u32).prop_map(Step::Tap),
        4 => (0..30_000u64).prop_map(Step::Wait),
        4 => Just(Step::LinkUp),
        1 => Just(Step::LinkDown),
        1 => Just(Step::Crash),
        1 => any::<bool>().prop_map(Step::DiskFull),
        8 => Just(Step::UplinkArrives),
        1 => Just(Step::UplinkLost),
        8 => Just(Step::DownlinkArrives),
        1 => Just(Step::DownlinkLost),
        1 => Just(Step::DownlinkRepeated),
        2 => Just(Step::OmarWrites),
        1 => any::<bool>().prop_map(Step::ServerBusy),
        1 => Just(Step::Backup),
        1 => Just(Step::Restore),
    ]
}

/// The server as the contract describes it, in memory.
#[derive(Clone, Default)]
struct Server {
    epoch: u32,
    /// Where each epoch but the last was cut.
    cuts: Vec<u64>,
    n: u64,
    lanes: BTreeMap<ConversationId, u32>,
    decided: BTreeMap<FactId, Answer>,
    record: Vec<(Sequence, Option<FactId>, ConversationId)>,
}

impl Server {
    fn decide(&mut self, entry: &Entry, busy: bool) -> Answer {
        let id = entry.id;
        if let Some(answer) = self.decided.get(&id) {
            return answer.clone();
        }
        let last = self.lanes.entry(entry.conversation).or_default();
        if entry.number > *last + 1 && !entry.gap {
            return Answer::OutOfOrder { id, expected: *last + 1 };
        }
        if busy {
            return Answer::Deferred { id, code: ProblemCode::Overloaded };
        }
        *last = entry.number.max(*last);
        // Every seventh number is refused for ever.
        let answer = if entry.number.is_multiple_of(7) {
            let at = Sequence { epoch: self.epoch, n: self.n };
            Answer::Rejected { id, code: ProblemCode::NotAllowed, at }
        } else {
            let sequence = self.append(Some(id), entry.conversation);
            Answer::Accepted { id, sequence, recorded_at: 0, before: 0 }
        };
        self.decided.insert(id, answer.clone());
        answer
    }

    fn append(&mut self, id: Option<FactId>, conversation: ConversationId) -> Sequence {
        self.n += 1;
        let sequence = Sequence { epoch: self.epoch, n: self.n };
        self.record.push((sequence, id, conversation));
        sequence
    }

    fn pull(&self, pull: &Pull, safe_up_to: u64) -> Events {
        // A device may have missed several restores: the lowest cut since counts.
        let cut_after = self.cuts.iter().skip(pull.after.epoch as usize).min().copied();
        let after = cut_after.map_or(pull.after.n, |cut| cut.min(pull.after.n));
        let page = self.record.iter().filter(|(at, ..)| at.n > after).take(5);
        let events: Vec<_> = page.map(|(at, id, to)| event(at.n, *id, *to)).collect();
        let next = events.last().map_or(self.n, |event| event.n);
        Events {
            epoch: self.epoch,
            after,
            next,
            events,
            more: next < self.n,
            answers: Some(pull.number),
            server_time: Some(0),
            safe_up_to: Some(safe_up_to),
            cut_after,
            own: Vec::new(),
        }
    }
}

fn event(n: u64, id: Option<FactId>, conversation: ConversationId) -> Event {
    Event {
        n,
        recorded_at: 0,
        content: Body::text("hello").to_content(),
        id: id.or(Some(FactId::mint(1, u128::from(n)))),
        author: Some(if id.is_some() { DANA } else { PersonId(2) }),
        conversation: Some(conversation),
        offset_minutes: 0,
        skew_ms: None,
    }
}

struct World {
    engine: Engine,
    store: ReferenceStore,
    server: Server,
    backup: Server,
    now: Now,
    seed: u128,
    timer: Option<u64>,
    connecting: Option<LinkPath>,
    up: Option<LinkPath>,
    busy: bool,
    disk_full: bool,
    uplinks: VecDeque<Uplink>,
    downlinks: VecDeque<Downlink>,
    kept: BTreeSet<FactId>,
    answered: BTreeSet<FactId>,
    sent: BTreeMap<(ConversationId, u32), FactId>,
}

impl World {
    fn new() -> Self {
        let store = ReferenceStore::default();
        let engine = Engine::load(store.saved(), DANA, 0);
        let mut world = Self {
            engine,
            store,
            server: Server::default(),
            backup: Server::default(),
            now: Now { at: 1_700_000_000_000, tick: 0, offset_minutes: 0 },
            seed: 0,
            timer: None,
            connecting: None,
            up: None,
            busy: false,
            disk_full: false,
            uplinks: VecDeque::new(),
            downlinks: VecDeque::new(),
            kept: BTreeSet::new(),
            answered: BTreeSet::new(),
            sent: BTreeMap::new(),
        };
        world.input(Input::Started);
        world
    }

    fn play(&mut self, step: &Step) {
        match step {
            Step::Tap(group) => {
                let conversation = ConversationId::Group(*group);
                let body = Body::text("hello");
                self.input(Input::Tapped(Wish::Say { conversation, body }));
            }
            Step::Wait(millis) => self.wait(*millis),
            Step::LinkUp => self.link_up(),
            Step::LinkDown => self.link_down(),
            Step::Crash => self.load(Input::Started),
            Step::DiskFull(full) => self.disk_full = *full,
            Step::UplinkArrives => self.uplink_arrives(),
            Step::UplinkLost => drop(self.uplinks.pop_front()),
            Step::DownlinkArrives => self.downlink_arrives(),
            Step::DownlinkLost => drop(self.downlinks.pop_front()),
            Step::DownlinkRepeated => self.downlinks.extend(self.downlinks.front().cloned()),
            Step::OmarWrites => self.omar_writes(),
            Step::ServerBusy(busy) => self.busy = *busy,
            Step::Backup => self.backup = self.server.clone(),
            Step::Restore => self.restore(),
        }
    }

    fn wait(&mut self, millis: u64) {
        self.now.tick += millis;
        self.now.at += millis as i64;
        if self.timer.is_some_and(|tick| tick <= self.now.tick) {
            self.timer = None;
            self.input(Input::TimerFired);
        }
    }

    fn link_up(&mut self) {
        if let Some(path) = self.connecting.take() {
            // What was under way on the other path may still arrive; the engine must bear it.
            self.up = Some(path);
            self.input(Input::LinkUp { path });
        }
    }

    fn link_down(&mut self) {
        let lost = [self.connecting.take(), self.up.take()];
        self.uplinks.clear();
        self.downlinks.clear();
        for path in lost.into_iter().flatten() {
            self.input(Input::LinkDown { path, why: Down::Lost });
        }
    }

    fn uplink_arrives(&mut self) {
        match self.uplinks.pop_front() {
            Some(Uplink::Submit(submit)) => {
                let (server, busy) = (&mut self.server, self.busy);
                let answers = submit.entries.iter().map(|entry| server.decide(entry, busy));
                let answers = answers.collect();
                self.downlinks.push_back(Downlink::Answers { answers });
            }
            Some(Uplink::Pull(pull)) => {
                let events = self.server.pull(&pull, self.backup.n);
                self.downlinks.push_back(Downlink::Events(events));
            }
            // Nobody is taken into a group here, or writes: `openings.rs` and `doing.rs` tell of that.
            Some(Uplink::History(_) | Uplink::Here(_)) | None => {}
        }
    }

    fn downlink_arrives(&mut self) {
        let Some(frame) = self.downlinks.pop_front() else {
            return;
        };
        if let Downlink::Answers { answers } = &frame {
            let last_words = |answer: &&Answer| {
                matches!(answer, Answer::Accepted { .. } | Answer::Rejected { .. })
            };
            self.answered.extend(answers.iter().filter(last_words).map(Answer::id));
        }
        self.input(Input::FrameReceived(frame));
    }

    fn omar_writes(&mut self) {
        let conversation = ConversationId::Group(1);
        let after = self.server.n;
        let at = self.server.append(None, conversation);
        let events = vec![event(at.n, None, conversation)];
        let push = Events { epoch: at.epoch, after, next: at.n, events, ..Events::default() };
        if self.up.is_some() {
            self.downlinks.push_back(Downlink::Events(push));
        }
    }

    fn restore(&mut self) {
        self.link_down();
        let (epoch, mut cuts) = (self.server.epoch + 1, self.server.cuts.clone());
        self.server = self.backup.clone();
        cuts.push(self.server.n);
        (self.server.epoch, self.server.cuts) = (epoch, cuts);
        self.backup = self.server.clone();
    }

    fn load(&mut self, input: Input) {
        (self.up, self.connecting, self.timer) = (None, None, None);
        self.uplinks.clear();
        self.downlinks.clear();
        self.engine = Engine::load(self.store.saved(), DANA, self.seed);
        self.input(input);
    }

    fn input(&mut self, input: Input) {
        self.seed += 1;
        let random = (self.seed << 64) | self.seed;
        let mut effects = VecDeque::from(self.engine.handle(input, self.now, random));
        while let Some(effect) = effects.pop_front() {
            match effect {
                Effect::Store(_) if self.disk_full => return self.load(Input::StoreFailed),
                Effect::Store(changes) => self.stored(&changes),
                Effect::Kept { id } => self.kept.extend(id),
                Effect::Refuse(why) => panic!("refused: {why}"),
                Effect::Connect(path) => self.connecting = Some(path),
                Effect::Disconnect(path) => {
                    self.up.take_if(|used| *used == path);
                    self.connecting.take_if(|tried| *tried == path);
                }
                Effect::Send(_, frame) => self.send(frame),
                Effect::SetTimer(tick) => self.timer = tick,
                Effect::ShowLink | Effect::ShowPresence(_) => {}
                Effect::StartOver => return self.load(Input::Started),
            }
        }
        self.check();
    }

    fn stored(&mut self, changes: &[Change]) {
        let before = self.store.cursor;
        self.store.apply(changes);
        let cut = changes.iter().any(|change| matches!(change, Change::Cut { .. }));
        assert!(self.store.cursor.n >= before.n || cut, "the cursor went back");
    }

    fn send(&mut self, frame: Uplink) {
        assert!(self.up.is_some(), "a frame is sent only over a link that is up");
        if let Uplink::Submit(submit) = &frame {
            for entry in &submit.entries {
                let place = (entry.conversation, entry.number);
                let first = *self.sent.entry(place).or_insert(entry.id);
                assert_eq!(first, entry.id, "two facts with one number");
                assert!(self.store.own.contains_key(&entry.id), "durable before sent");
            }
        }
        self.uplinks.push_back(frame);
    }

    fn check(&self) {
        for id in &self.kept {
            let waits = self.store.own.get(id).is_some_and(|(_, fate)| *fate == Fate::Waiting);
            assert!(waits || self.answered.contains(id), "a tap left without its answer");
        }
        assert!(self.engine.waiting() <= self.kept.len());
    }

    /// Everything works again: all that was kept is decided.
    fn settle(&mut self) {
        (self.busy, self.disk_full) = (false, false);
        for _ in 0..2_000 {
            self.link_up();
            self.uplink_arrives();
            self.downlink_arrives();
            if self.uplinks.is_empty() && self.downlinks.is_empty() {
                let next = self.timer.map_or(1, |tick| tick.saturating_sub(self.now.tick));
                let level = self.engine.cursor().n == self.server.n;
                if self.up.is_some() && level && self.engine.waiting() == 0 {
                    return;
                }
                self.wait(next);
            }
        }
        panic!("{} facts still wait", self.engine.waiting());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_lost_and_nothing_is_twice(steps in prop::collection::vec(step(), 1..300)) {
        let mut world = World::new();
        steps.iter().for_each(|step| world.play(step));
        world.settle();
        for id in &world.kept {
            prop_assert!(world.server.decided.contains_key(id), "a fact is missing on the server");
        }
        let facts: Vec<_> = world.server.record.iter().filter_map(|(_, id, _)| *id).collect();
        let unique: BTreeSet<_> = facts.iter().collect();
        prop_assert_eq!(facts.len(), unique.len(), "a fact is in the record twice");
    }
}
