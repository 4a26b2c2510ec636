//! A tablet in a test: an engine, its store, a clock, and a hand-played server.

use waypost_engine::reference::ReferenceStore;
use waypost_engine::{Change, Down, Effect, Engine, Input, LinkPath, LinkState, Now, Wish};
use waypost_protocol::{
    Answer, Arguments, Body, ConversationId, Downlink, Event, Events, FactId, Header, OwnRun,
    PersonId, ProblemCode, Pull, Sequence, Submit, Uplink,
};

pub const DANA: PersonId = PersonId(7);
pub const OMAR: PersonId = PersonId(2);
pub const WITH_OMAR: ConversationId = ConversationId::Direct(OMAR, DANA);
pub const NORTH: ConversationId = ConversationId::Group(3);

pub struct Tablet {
    engine: Engine,
    pub store: ReferenceStore,
    now: Now,
    seed: u128,
    disk_full: bool,
    timer: Option<u64>,
    submits: Vec<Submit>,
    pull: Option<Pull>,
    head: Sequence,
    last_text: Option<FactId>,
    last_committed: Option<FactId>,
    pub log: Vec<String>,
}

impl Tablet {
    pub fn new() -> Self {
        let store = ReferenceStore::default();
        Self {
            engine: Engine::load(store.saved(), DANA, 1),
            store,
            now: Now { at: 1_700_000_000_000, tick: 0, offset_minutes: 60 },
            seed: 1,
            disk_full: false,
            timer: None,
            submits: Vec::new(),
            pull: None,
            head: Sequence::default(),
            last_text: None,
            last_committed: None,
            log: Vec::new(),
        }
    }

    /// Plays one step of a story.
    pub fn play(&mut self, step: &str) {
        self.log.push(format!("- {step}"));
        let words: Vec<&str> = step.split_whitespace().collect();
        match words[..] {
            ["starts"] => self.input(Input::Started),
            ["taps", what] => self.say(WITH_OMAR, what),
            ["tells", "north", what] => self.say(NORTH, what),
            ["acknowledges"] => {
                let message = self.last_text.unwrap_or(FactId::mint(5, 5));
                let body = Body::Acknowledgement { message };
                self.tap(Wish::Say { conversation: NORTH, body });
            }
            ["reads", up_to] => {
                let up_to = number(up_to);
                self.tap(Wish::Read { conversation: WITH_OMAR, up_to });
            }
            ["flight", "mode", on] => self.tap(Wish::Online(on == "off")),
            ["link", "up"] => self.input(Input::LinkUp { path: LinkPath::Mqtt }),
            ["link", "down"] => self.down(LinkPath::Mqtt, Down::Lost),
            ["https", "up"] => self.input(Input::LinkUp { path: LinkPath::Https }),
            ["https", "down"] => self.down(LinkPath::Https, Down::Lost),
            ["credential", "refused"] => self.down(LinkPath::Mqtt, Down::NotEnrolled),
            ["waits", millis] => self.wait(number(millis)),
            ["timer"] => {
                let tick = self.timer.expect("a timer is set");
                self.wait(tick.saturating_sub(self.now.tick));
            }
            ["disk", "full"] => self.disk_full = true,
            ["disk", "freed"] => self.disk_full = false,
            ["crash"] => self.load(Input::Started),
            ["server", ref what @ ..] | ["omar", ref what @ ..] => self.others(what),
            _ => panic!("no such step: {step}"),
        }
    }

    /// What the server or Omar does.
    fn others(&mut self, what: &[&str]) {
        match *what {
            ["accepts"] => self.answer(|head, id| Answer::Accepted {
                id,
                sequence: head,
                recorded_at: 9,
                before: 0,
            }),
            ["accepts", "all"] => self.accepts_all(),
            ["commits"] => drop(self.commits()),
            ["places", "own"] => self.places_own(),
            ["rejects"] => {
                self.answer(|at, id| Answer::Rejected { id, code: ProblemCode::NotAllowed, at })
            }
            ["defers"] => {
                self.answer(|_, id| Answer::Deferred { id, code: ProblemCode::Overloaded });
            }
            ["expects", expected] => {
                let expected = number(expected) as u32;
                self.answer(move |_, id| Answer::OutOfOrder { id, expected });
            }
            ["refuses", "all"] => self.frame(Downlink::Refused {
                code: ProblemCode::Overloaded,
                retry_after_ms: Some(3_000),
            }),
            ["revokes"] => self
                .frame(Downlink::Refused { code: ProblemCode::NotEnrolled, retry_after_ms: None }),
            ["answers", "pull"] => {
                let after = self.pull.as_ref().expect("a pull").after;
                self.events(after.n, after.n, vec![]);
            }
            ["writes"] => self.omar_writes(),
            ["writes", "unheard"] => self.head.n += 1,
            ["restored", "at", cut] => self.restored(number(cut)),
            _ => panic!("no such step: {what:?}"),
        }
    }

    fn restored(&mut self, n: u64) {
        self.head = Sequence { epoch: self.head.epoch + 1, n };
        let answers = self.pull.take().map(|pull| pull.number);
        let (epoch, cut_after) = (self.head.epoch, Some(n));
        let events = Events { epoch, after: n, next: n, answers, cut_after, ..Events::default() };
        self.frame(Downlink::Events(events));
    }

    fn say(&mut self, conversation: ConversationId, what: &str) {
        let body = match what.strip_prefix('"') {
            Some(text) => Body::text(text.replace('"', "")),
            None => Body::Template {
                template: what.into(),
                version: 1,
                arguments: Arguments::new(),
                answers: None,
                header: Header::default(),
            },
        };
        self.tap(Wish::Say { conversation, body });
    }

    fn tap(&mut self, wish: Wish) {
        self.input(Input::Tapped(wish));
    }

    fn down(&mut self, path: LinkPath, why: Down) {
        self.input(Input::LinkDown { path, why });
    }

    fn wait(&mut self, millis: u64) {
        self.now.tick += millis;
        self.now.at += millis as i64;
        if self.timer.is_some_and(|tick| tick <= self.now.tick) {
            self.timer = None;
            self.input(Input::TimerFired);
        }
    }

    fn frame(&mut self, frame: Downlink) {
        self.input(Input::FrameReceived(frame));
    }

    fn answer(&mut self, decide: impl Fn(Sequence, FactId) -> Answer) {
        let submit = self.submits.remove(0);
        let answers = submit.entries.iter().map(|entry| {
            self.head.n += 1;
            decide(self.head, entry.id)
        });
        let answers = answers.collect();
        self.frame(Downlink::Answers { answers });
    }

    /// One answer for all entries of a submit, which are a run.
    fn accepts_all(&mut self) {
        let OwnRun { id, recorded_at, before, .. } = self.commits();
        let accepted = Answer::Accepted { id, sequence: self.head, recorded_at, before };
        self.frame(Downlink::Answers { answers: vec![accepted] });
    }

    /// The answer to a submit is lost.
    fn commits(&mut self) -> OwnRun {
        let submit = self.submits.remove(0);
        self.head.n += submit.entries.len() as u64;
        let id = submit.entries.last().expect("something was submitted").id;
        self.last_committed = Some(id);
        OwnRun { id, n: self.head.n, recorded_at: 9, before: submit.entries.len() as u32 - 1 }
    }

    /// A push says where everything of this tablet stands; Dana is the only one who wrote.
    fn places_own(&mut self) {
        let Sequence { epoch, n } = self.head;
        let id = self.last_committed.expect("something was committed");
        let own = vec![OwnRun { id, n, recorded_at: 9, before: n as u32 - 1 }];
        let events = Events { epoch, after: 0, next: n, own, ..Events::default() };
        self.frame(Downlink::Events(events));
    }

    fn omar_writes(&mut self) {
        let after = self.head.n;
        self.head.n = after + 1;
        let id = FactId::mint(self.now.at, u128::from(self.head.n));
        self.last_text = Some(id);
        let event = Event {
            n: self.head.n,
            recorded_at: self.now.at,
            content: Body::text("turn left").to_content(),
            id: Some(id),
            author: Some(OMAR),
            conversation: Some(WITH_OMAR),
            offset_minutes: 0,
            skew_ms: None,
        };
        let epoch = self.head.epoch;
        let next = self.head.n;
        let events = Events { epoch, after, next, events: vec![event], ..Events::default() };
        self.frame(Downlink::Events(events));
    }

    fn events(&mut self, after: u64, next: u64, events: Vec<Event>) {
        let answers = self.pull.take().map(|pull| pull.number);
        let (epoch, server_time) = (self.head.epoch, Some(self.now.at));
        let events =
            Events { epoch, after, next, events, answers, server_time, ..Events::default() };
        self.frame(Downlink::Events(events));
    }

    fn load(&mut self, input: Input) {
        self.submits.clear();
        self.pull = None;
        self.timer = None;
        self.engine = Engine::load(self.store.saved(), DANA, self.seed);
        self.input(input);
    }

    fn input(&mut self, input: Input) {
        self.seed += 1;
        let random = self.seed | self.seed << 64;
        if matches!(input, Input::LinkDown { .. } | Input::LinkUp { .. }) {
            self.submits.clear();
            self.pull = None;
        }
        for effect in self.engine.handle(input, self.now, random) {
            if let Effect::Store(_) = effect
                && self.disk_full
            {
                self.log.push("    the store fails".into());
                return self.load(Input::StoreFailed);
            }
            let line = self.run(effect);
            self.log.push(format!("    {line}"));
            if self.log.last().is_some_and(|line| line == "    start over") {
                return self.load(Input::Started);
            }
        }
    }

    fn run(&mut self, effect: Effect) -> String {
        match effect {
            Effect::Store(changes) => {
                self.store.apply(&changes);
                let changes: Vec<_> = changes.iter().map(render_change).collect();
                format!("store {}", changes.join(", "))
            }
            Effect::Kept { id } => format!("kept{}", if id.is_some() { " a fact" } else { "" }),
            Effect::Refuse(why) => format!("refuse: {why}"),
            Effect::Connect(path) => format!("connect {path:?}"),
            Effect::Disconnect(path) => format!("disconnect {path:?}"),
            Effect::Send(path, Uplink::Pull(pull)) => {
                let text = format!(
                    "send {path:?} pull after {} with {} stored, {} read",
                    pull.after,
                    pull.stored.len(),
                    pull.read.len()
                );
                self.pull = Some(pull);
                text
            }
            Effect::Send(path, Uplink::Submit(submit)) => {
                let entries: Vec<_> = submit.entries.iter().map(render_entry).collect();
                let text = format!("send {path:?} submit {}", entries.join(", "));
                self.submits.push(submit);
                text
            }
            Effect::Send(path, Uplink::History(asked)) => {
                format!("send {path:?} history of {} before {}", asked.conversation, asked.before)
            }
            Effect::Send(path, Uplink::Here(here)) => format!("send {path:?} {here:?}"),
            Effect::SetTimer(tick) => {
                self.timer = tick;
                match tick {
                    Some(tick) => format!("timer in {} ms", tick.saturating_sub(self.now.tick)),
                    None => "no timer".into(),
                }
            }
            Effect::ShowLink => match self.engine.link(self.now) {
                LinkState::Waiting { retry_at } => {
                    format!("show waiting, next try in {} ms", retry_at - self.now.at)
                }
                state => format!("show {state:?}"),
            },
            Effect::ShowPresence(_) => "show presence".into(),
            Effect::StartOver => "start over".into(),
        }
    }
}

fn number(word: &str) -> u64 {
    word.parse().expect("a number")
}

pub fn render_entry(entry: &waypost_protocol::Entry) -> String {
    let what = match entry.content.to_body() {
        Ok(Body::Text { text, .. }) => format!("{text:?}"),
        Ok(Body::Template { template, .. }) => template,
        Ok(Body::Acknowledgement { .. }) => "acknowledgement".into(),
        other => format!("{other:?}"),
    };
    let gap = if entry.gap { " (gap)" } else { "" };
    format!("{what} as {} of {}{gap}", entry.number, entry.conversation)
}

fn render_change(change: &Change) -> String {
    match change {
        Change::Queued(entry) => format!("queued {}", render_entry(entry)),
        Change::Accepted { sequence, .. } => format!("accepted at {sequence}"),
        Change::Rejected { code, .. } => format!("rejected, {}", code.slug()),
        Change::Discarded { .. } => "discarded".into(),
        Change::Safe { up_to } => format!("safe up to {up_to}"),
        Change::Cut { epoch, after } => format!("cut after {after}, epoch {epoch}"),
        Change::Recorded { event, .. } => format!("fact {}", event.n),
        Change::Earlier { event, .. } => format!("earlier fact {}", event.n),
        Change::Opening { conversation, before } => format!("{conversation} open to {before:?}"),
        Change::Cursor(cursor) => format!("cursor {cursor}"),
        Change::StoredMarks(marks) => format!("{} stored marks", marks.len()),
        Change::ReadMarks(marks) => format!("{} read marks", marks.len()),
        Change::ReadUpTo { up_to, .. } => format!("read up to {up_to}"),
        Change::Skew(skew) => format!("skew {skew}"),
    }
}
