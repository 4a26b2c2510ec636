//! The whole world of a run: people with their devices, the network, the server and the time. It
//! carries out effects and decides nothing about frames.

use waypost_domain::live::Listener;
use waypost_engine::{Down, Effect, Input, LinkPath, Refusal};
use waypost_protocol::{Downlink, FRAME_BYTES_MAX, Millis, PersonId, SUBMIT_ENTRIES_MAX, Uplink};

use crate::device::{Device, Link};
use crate::dice::Dice;
use crate::network::{Cargo, Network, Parcel};
use crate::quiet::is_quiet;
use crate::reference::Reference;
use crate::server::{Replica, Sender, Servers};
use crate::story::{Broken, Story, broken};
use crate::summary::Summary;
use crate::weather::Weather;
use crate::witness::{Asked, Witness};

/// The true time at tick 0.
const BEGIN: Millis = 1_772_440_000_000;

pub(crate) struct World {
    pub(crate) dice: Dice,
    pub(crate) story: Story,
    pub(crate) tick: u64,
    pub(crate) network: Network,
    pub(crate) servers: Servers,
    pub(crate) devices: Vec<Device>,
    pub(crate) groups: Vec<u32>,
    pub(crate) people: Vec<PersonId>,
    pub(crate) reference: Reference,
    pub(crate) summary: Summary,
    pub(crate) weather: Weather,
    seed: u64,
    witness: Option<Witness>,
}

macro_rules! tell {
    ($world:expr, $($what:tt)*) => { $world.story.tell(format_args!($($what)*)) };
}
pub(crate) use tell;

impl World {
    /// An empty world.
    pub(crate) fn new(seed: u64, story: Story, witness: Option<Witness>) -> Self {
        let mut dice = Dice::new(seed);
        let weather = Weather::new(&mut dice, witness.is_some());
        let servers = Servers::new(&mut dice, witness.is_some());
        Self {
            dice,
            story,
            tick: 1_000,
            network: Network::default(),
            servers,
            devices: Vec::new(),
            groups: Vec::new(),
            people: Vec::new(),
            reference: Reference::new(),
            summary: Summary::default(),
            weather,
            seed,
            witness,
        }
    }

    /// Goes on to a step, with the dice of that step.
    pub(crate) fn begins_step(&mut self, step: u64) {
        self.story.begins_step(step);
        self.dice = Dice::of_step(self.seed, step);
    }

    /// Whether nothing is left to do.
    pub(crate) fn is_quiet(&self) -> Result<(), Broken> {
        let mut waiting = self.servers.replicas.iter().flat_map(|replica| &replica.jobs);
        if waiting.any(|job| job.from.is_none()) {
            return broken("what was wanted is done", "a deed waits for its commit".into());
        }
        is_quiet(&self.devices, &self.servers.store, &self.reference)
    }

    /// What the run was like.
    pub(crate) fn sum_up(self) -> Summary {
        Summary {
            steps: self.story.steps(),
            said: self.reference.said.len() as u64,
            recorded: self.servers.store.end(),
            refused: self.servers.store.rejections.len() as u64,
            trace: self.story.hash(),
            ..self.summary
        }
    }

    /// Lets the witness hear what the server's store was asked.
    pub(crate) fn hears(&mut self, asked: Asked<'_>) -> Result<(), Broken> {
        match self.witness.as_mut().map(|witness| witness(asked)) {
            None | Some(Ok(())) => Ok(()),
            Some(Err(what)) => broken("the database and the model of it agree", what),
        }
    }

    /// The true time.
    pub(crate) fn at(&self) -> Millis {
        BEGIN + self.tick as Millis
    }

    /// Lets the next thing happen that is due, and the time pass until then. `false` if nothing
    /// is ever due again.
    pub(crate) fn next_due(&mut self) -> Result<bool, Broken> {
        let devices = self.devices.iter().filter_map(Device::next_due);
        let servers = self.servers.replicas.iter().filter_map(Replica::next_due);
        let Some(due) = devices.chain(servers).chain(self.network.next_due()).min() else {
            return Ok(false);
        };
        self.tick = self.tick.max(due);
        let is_due = |at: Option<u64>| at.is_some_and(|at| at <= self.tick);
        if let Some(at) = self.servers.replicas.iter().position(|it| is_due(it.next_due())) {
            self.serve(at)?;
        } else if is_due(self.network.next_due()) {
            if let Some(parcel) = self.network.take_first() {
                self.deliver(parcel)?;
            }
        } else if let Some(number) = self.devices.iter().position(|it| is_due(it.next_due())) {
            self.wake(number)?;
        }
        Ok(true)
    }

    /// Lets a server do what is due.
    fn serve(&mut self, at: usize) -> Result<(), Broken> {
        let replica = &mut self.servers.replicas[at];
        let is_due = |at: Option<u64>| at.is_some_and(|at| at <= self.tick);
        if is_due(replica.down_until) {
            self.servers.start(at);
            tell!(self, "server {at} starts again");
            Ok(())
        } else if is_due(replica.commit_at) {
            self.commit(at)
        } else if is_due(replica.follow_at) {
            self.follow(at)
        } else {
            self.answer_page(at)
        }
    }

    /// Starts a device that was off, or fires its timer.
    fn wake(&mut self, number: usize) -> Result<(), Broken> {
        let device = &mut self.devices[number];
        if device.off_until.take().is_some() {
            tell!(self, "{} restarts from its store", device.name);
            let _none_after_a_power_failure = device.load(self.dice.wide());
            return self.input(number, Input::Started);
        }
        device.timer = None;
        tell!(self, "the timer of {} fires", device.name);
        self.input(number, Input::TimerFired)
    }

    /// Hands an input to a device and carries out what it leads to.
    pub(crate) fn input(&mut self, number: usize, input: Input) -> Result<(), Broken> {
        let now = self.devices[number].now(self.at(), self.tick);
        if self.devices[number].off_until.is_some() {
            return Ok(());
        }
        let effects = self.devices[number].engine.handle(input, now, self.dice.wide());
        for (at, effect) in effects.into_iter().enumerate() {
            if self.devices[number].power_fails() {
                self.switch_off(number);
                return Ok(());
            }
            if matches!(effect, Effect::Store(_)) && at > 0 {
                let what = format!("{} acts before it stores", self.devices[number].name);
                return broken("the store comes first", what);
            }
            let again = self.carry_out(number, effect)?;
            if let Some(input) = again {
                let random = self.dice.wide();
                let links = self.devices[number].load(random);
                links.values().for_each(|link| self.hangs_up(number, link.connection));
                return self.input(number, input);
            }
        }
        Ok(())
    }

    /// The power of a device fails.
    pub(crate) fn switch_off(&mut self, number: usize) {
        let rest = 1 + self.dice.below(60_000);
        let device = &mut self.devices[number];
        device.off_until = Some(self.tick + rest);
        device.timer = None;
        let links = std::mem::take(&mut device.links);
        links.values().for_each(|link| self.hangs_up(number, link.connection));
        self.summary.device_crashes += 1;
        tell!(self, "the power of {} fails", self.devices[number].name);
    }

    /// Carries out one effect. An input is given back if the engine must be loaded anew for it.
    fn carry_out(&mut self, number: usize, effect: Effect) -> Result<Option<Input>, Broken> {
        let device = &mut self.devices[number];
        match effect {
            Effect::Store(_) if device.disk_full => {
                tell!(self, "the disk of {} is full", device.name);
                return Ok(Some(Input::StoreFailed));
            }
            Effect::Store(changes) => {
                self.reference.stores(number, device, &changes)?;
                device.store.apply(&changes);
            }
            Effect::Kept { id } => {
                if let Some(id) = id.filter(|id| !self.reference.said.contains_key(id)) {
                    let what = format!("{} keeps {id} without its store", device.name);
                    return broken("what is kept is stored", what);
                }
            }
            Effect::Refuse(why) => {
                self.summary.outbox_full += u64::from(why == Refusal::OutboxFull);
                tell!(self, "{} refuses: {why}", device.name);
            }
            Effect::Connect(path) => self.connect(number, path),
            Effect::Disconnect(path) => {
                if let Some(link) = device.links.remove(&path) {
                    self.hangs_up(number, link.connection);
                }
            }
            Effect::Send(path, frame) => self.send_up(number, path, &frame)?,
            Effect::SetTimer(at) => device.timer = at,
            Effect::ShowLink | Effect::ShowPresence(_) => {}
            Effect::StartOver => return Ok(Some(Input::Started)),
        }
        Ok(None)
    }

    fn connect(&mut self, number: usize, path: LinkPath) {
        let connection = self.network.new_connection();
        self.devices[number].links.insert(path, Link { connection, up: false });
        let parcel = Parcel { due: 0, device: number, path, connection, cargo: Cargo::Connect };
        self.network.send(parcel, self.tick, &mut self.dice);
    }

    fn send_up(&mut self, number: usize, path: LinkPath, frame: &Uplink) -> Result<(), Broken> {
        let device = &self.devices[number];
        let bytes = frame.to_bytes();
        let entries = match frame {
            Uplink::Submit(submit) => submit.entries.len(),
            Uplink::Pull(_) | Uplink::History(_) | Uplink::Here(_) => 0,
        };
        if bytes.len() > FRAME_BYTES_MAX || entries > SUBMIT_ENTRIES_MAX {
            return broken("bounds", format!("a frame of {} is too large", device.name));
        }
        let Some(link) = device.links.get(&path).filter(|link| link.up) else {
            let what = format!("{} sends without a link", device.name);
            return broken("frames go over links that are up", what);
        };
        let (connection, cargo) = (link.connection, Cargo::Up(bytes));
        let parcel = Parcel { due: 0, device: number, path, connection, cargo };
        self.network.send(parcel, self.tick, &mut self.dice);
        Ok(())
    }

    /// Something arrives, or is lost at the last moment.
    pub(crate) fn deliver(&mut self, parcel: Parcel) -> Result<(), Broken> {
        let Parcel { device: number, path, connection, ref cargo, .. } = parcel;
        let device = &mut self.devices[number];
        let passes = device.reach.has(path);
        let held = device.holds(path, connection);
        match cargo {
            Cargo::Connect if held => self.connected(number, path, connection),
            Cargo::Lost if held => {
                device.links.remove(&path);
                tell!(self, "{} finds its {path:?} link lost", device.name);
                self.hangs_up(number, connection);
                self.input(number, Input::LinkDown { path, why: Down::Lost })
            }
            Cargo::Gone => self.is_gone(number, connection),
            Cargo::Up(bytes) if passes && device.reach.to_server => {
                let enrolment = device.enrolment;
                let person = device.person;
                let sender = Sender { device: number, enrolment, person, path, connection };
                match self.server_of(path, connection) {
                    Some(at) => self.arrives(at, sender, bytes),
                    None => Ok(()),
                }
            }
            Cargo::Down(bytes) if passes && held && device.reach.to_device => {
                let Ok(frame) = Downlink::from_bytes(bytes) else {
                    let what = format!("{} cannot read a frame of the server", device.name);
                    return broken("bounds", what);
                };
                tell!(self, "{} hears {}", device.name, words(&frame));
                self.input(number, Input::FrameReceived(frame))
            }
            Cargo::Connect | Cargo::Lost | Cargo::Up(_) | Cargo::Down(_) => Ok(()),
        }
    }

    /// The server at the other end: of HTTPS whichever is up, of MQTT the one connected to.
    fn server_of(&mut self, path: LinkPath, connection: u64) -> Option<usize> {
        match path {
            LinkPath::Mqtt => self.servers.open.get(&connection).copied(),
            LinkPath::Https => self.servers.any_up(&mut self.dice),
        }
    }

    fn connected(&mut self, number: usize, path: LinkPath, connection: u64) -> Result<(), Broken> {
        let to = self.servers.any_up(&mut self.dice);
        let device = &mut self.devices[number];
        let reach = device.reach;
        let passes = reach.has(path) && reach.to_server && reach.to_device;
        let Some(at) = to.filter(|_| passes) else {
            tell!(self, "{} cannot connect by {path:?}", device.name);
            device.links.remove(&path);
            return self.input(number, Input::LinkDown { path, why: Down::Lost });
        };
        if !self.servers.store.knows(device.enrolment) {
            device.links.remove(&path);
            tell!(self, "{} is not let in", device.name);
            return self.input(number, Input::LinkDown { path, why: Down::NotEnrolled });
        }
        tell!(self, "{} connects by {path:?} to server {at}", device.name);
        device.links.insert(path, Link { connection, up: true });
        if path == LinkPath::Mqtt {
            self.takes_seat(at, number, connection)?;
        }
        self.input(number, Input::LinkUp { path })
    }

    /// A connection takes the seat of its device; one that had it before is closed in silence.
    fn takes_seat(&mut self, at: usize, number: usize, connection: u64) -> Result<(), Broken> {
        let (now, device) = (self.at(), &self.devices[number]);
        let Device { enrolment, person, role, .. } = *device;
        self.servers.open.insert(connection, at);
        let replica = &mut self.servers.replicas[at];
        if replica.seats.insert(number, connection).is_some() {
            return Ok(());
        }
        replica.live.connected(Listener { enrolment, person, role }, now);
        Ok(())
    }

    /// The server will notice, sooner or later, that this connection ended.
    pub(crate) fn hangs_up(&mut self, device: usize, connection: u64) {
        let path = LinkPath::Mqtt;
        let parcel = Parcel { due: 0, device, path, connection, cargo: Cargo::Gone };
        self.network.send(parcel, self.tick, &mut self.dice);
    }

    /// A server notices that a connection ended. Frames that it has read are still heard.
    fn is_gone(&mut self, number: usize, connection: u64) -> Result<(), Broken> {
        let Some(at) = self.servers.open.remove(&connection) else { return Ok(()) };
        self.leaves_seat(at, number, connection)
    }

    fn leaves_seat(&mut self, at: usize, number: usize, connection: u64) -> Result<(), Broken> {
        let now = self.at();
        let replica = &mut self.servers.replicas[at];
        if replica.seats.get(&number) != Some(&connection) {
            return Ok(());
        }
        replica.seats.remove(&number);
        replica.live.disconnected(self.devices[number].enrolment, now);
        Ok(())
    }

    /// A server ends the connection of a device that was revoked.
    pub(crate) fn cut_off(&mut self, at: usize, number: usize) -> Result<(), Broken> {
        let Some(connection) = self.servers.replicas[at].seats.get(&number).copied() else {
            return Ok(());
        };
        self.servers.open.remove(&connection);
        self.leaves_seat(at, number, connection)?;
        if self.devices[number].holds(LinkPath::Mqtt, connection) {
            self.break_link(number, LinkPath::Mqtt);
        }
        Ok(())
    }
}

fn words(frame: &Downlink) -> String {
    match frame {
        Downlink::Answers { answers } => format!("{} answers", answers.len()),
        Downlink::Events(events) => {
            let what = if events.answers.is_some() { "answer to its pull" } else { "push" };
            format!("a {what}, {} to {}, {} events", events.after, events.next, events.events.len())
        }
        Downlink::Earlier(page) => {
            format!("{} facts of {} from before", page.events.len(), page.conversation)
        }
        Downlink::Presence(_) => "who is online".into(),
        Downlink::Refused { code, .. } => format!("a refusal: {}", code.slug()),
    }
}
