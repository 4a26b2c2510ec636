//! The servers' part of a world: frames arrive, batches are decided and committed, answers and
//! pushes go out, and any of it may be cut short by a crash.

use waypost_domain::live::{Listener, Push, Told};
use waypost_domain::uplink::{self, Asked, answer_to, refused};
use waypost_domain::{Actor, Clockwork, Decision, Reply, Request, decide};
use waypost_engine::LinkPath;
use waypost_protocol::{Downlink, FRAME_BYTES_MAX, History, ProblemCode, Uplink, kind};

use crate::device::Device;
use crate::network::{Cargo, Parcel};
use crate::server::{Job, Page, Sender, Trouble};
use crate::story::{Broken, broken};
use crate::witness;
use crate::world::{World, tell};

/// A group commit waits no longer than this, in milliseconds.
const COMMIT_AFTER_MS: u64 = 40;

/// A server looks at the record this often, in milliseconds.
const FOLLOW_AFTER_MS: u64 = 300;

/// A page is under way this long at most, in milliseconds.
const PAGE_TAKES_MS: u64 = 500;

impl World {
    /// A frame arrives at a server.
    pub(crate) fn arrives(
        &mut self,
        at: usize,
        sender: Sender,
        bytes: &[u8],
    ) -> Result<(), Broken> {
        let device = &self.devices[sender.device];
        let frame = match Uplink::from_bytes(bytes) {
            Ok(frame) => frame,
            Err(error) => return broken("bounds", format!("{} sent: {error}", device.name)),
        };
        if !self.servers.store.knows(device.enrolment) {
            return self.is_not_let_in(sender);
        }
        if let Uplink::Here(here) = &frame {
            let Device { enrolment, person, role, .. } = *device;
            let listener = Listener { enrolment, person, role };
            self.servers.replicas[at].live.is_at(listener, here);
            return Ok(());
        }
        let actor =
            Actor { person: device.person, enrolment: Some(device.enrolment), role: device.role };
        tell!(self, "server {at} hears {} from {}", words(&frame), device.name);
        self.ask(at, Job { from: Some(sender), asked: Asked::by(actor, frame) })
    }

    /// Each request over HTTPS proves who sends it. An MQTT connection was cut at the revocation:
    /// nobody reads from it.
    fn is_not_let_in(&mut self, sender: Sender) -> Result<(), Broken> {
        if sender.path == LinkPath::Mqtt {
            return Ok(());
        }
        let frame = Downlink::Refused { code: ProblemCode::NotEnrolled, retry_after_ms: None };
        self.send_down(sender.device, sender.path, sender.connection, &frame)
    }

    /// Lets a request wait for the next commit, if there is room.
    pub(crate) fn ask(&mut self, at: usize, job: Job) -> Result<(), Broken> {
        let full = self.servers.replicas[at].jobs.len() >= self.servers.queue_max;
        if full && job.asked.request.is_some() {
            self.summary.overloaded += 1;
            tell!(self, "server {at} is overloaded");
            return match job.from {
                Some(sender) => self.answer(at, sender, &refused(ProblemCode::Overloaded)),
                None => Ok(()),
            };
        }
        let soon = self.tick + 1 + self.dice.below(COMMIT_AFTER_MS);
        let replica = &mut self.servers.replicas[at];
        replica.jobs.push(job);
        replica.commit_at.get_or_insert(soon);
        Ok(())
    }

    /// A server commits what waits, answers and pushes.
    pub(crate) fn commit(&mut self, at: usize) -> Result<(), Broken> {
        let replica = &mut self.servers.replicas[at];
        replica.commit_at = None;
        let trouble = replica.trouble.take();
        if trouble == Some(Trouble::CrashBefore) {
            return self.crash_server(at, "before a commit");
        }
        let jobs = std::mem::take(&mut self.servers.replicas[at].jobs);
        let batch: Vec<_> = jobs.iter().filter_map(|job| job.asked.request.clone()).collect();
        let replies = match trouble {
            None | Some(Trouble::CrashBefore) => {
                let decision = self.write(&batch)?;
                self.told(at, decision.facts.into_iter().map(Told::from).collect())?;
                decision.replies
            }
            Some(Trouble::CrashAfter) => {
                self.write(&batch)?;
                return self.crash_server(at, "after a commit, before anyone heard of it");
            }
            Some(trouble) => self.commit_in_trouble(at, &batch, trouble)?,
        };
        self.answer_all(at, jobs, replies)
    }

    /// What the committer of the real server does when a commit failed: each request alone.
    fn commit_in_trouble(
        &mut self,
        at: usize,
        batch: &[Request],
        trouble: Trouble,
    ) -> Result<Vec<Reply>, Broken> {
        self.summary.commits_failed += 1;
        tell!(self, "a commit of server {at}: {trouble:?}");
        self.must_follow(at);
        if trouble == Trouble::Fails {
            return Ok(batch.iter().map(Request::not_now).collect());
        }
        if trouble == Trouble::Unknown {
            self.write(batch)?;
        }
        let mut replies = Vec::new();
        for request in batch {
            let decision = self.write(std::slice::from_ref(request))?;
            self.told(at, decision.facts.into_iter().map(Told::from).collect())?;
            replies.extend(decision.replies);
        }
        Ok(replies)
    }

    /// Decides a batch and writes what was decided.
    pub(crate) fn write(&mut self, batch: &[Request]) -> Result<Decision, Broken> {
        let mut known = self.servers.store.known(batch, self.at());
        let (now, dice, mut drawn) = (self.at(), &mut self.dice, Vec::new());
        let mut random = || {
            let random = dice.wide();
            drawn.push(random);
            random
        };
        let decision = decide(&mut known, batch, Clockwork { now, random: &mut random });
        let asked = witness::Asked::Committed { batch, now, random: &drawn, decision: &decision };
        self.hears(asked)?;
        self.servers.store.write(&decision);
        self.reference.committed(&decision, &self.devices)?;
        let brought = decision.facts.iter().filter(|fact| fact.broadcast.is_some());
        self.summary.told_to_many += brought.count() as u64;
        let steps = decision.facts.iter().filter(|fact| fact.content.kind == kind::ESCALATION);
        self.summary.escalated += steps.count() as u64;
        if !decision.is_empty() {
            tell!(self, "the record goes up to {}", decision.head.sequence());
        }
        Ok(decision)
    }

    /// A server hears what was committed, and the others will look.
    fn told(&mut self, at: usize, facts: Vec<Told>) -> Result<(), Broken> {
        if facts.is_empty() {
            return Ok(());
        }
        for other in (0..self.servers.replicas.len()).filter(|other| *other != at) {
            self.must_follow(other);
        }
        self.tells(at, facts)
    }

    fn tells(&mut self, at: usize, facts: Vec<Told>) -> Result<(), Broken> {
        let revoked = self.revoked_in(&facts);
        match self.servers.replicas[at].live.tell(facts) {
            Some(pushes) => self.push(at, pushes)?,
            None => {
                self.must_follow(at);
                return Ok(());
            }
        }
        for number in revoked {
            self.cut_off(at, number)?;
        }
        Ok(())
    }

    pub(crate) fn must_follow(&mut self, at: usize) {
        let soon = self.tick + 1 + self.dice.below(FOLLOW_AFTER_MS);
        let replica = &mut self.servers.replicas[at];
        if replica.is_up() {
            replica.follow_at.get_or_insert(soon);
        }
    }

    /// A server reads what was committed without it.
    pub(crate) fn follow(&mut self, at: usize) -> Result<(), Broken> {
        let replica = &mut self.servers.replicas[at];
        replica.follow_at = None;
        let after = replica.live.position().n as usize;
        let facts: Vec<_> = self.servers.store.record[after..].to_vec();
        self.tells(at, facts.into_iter().map(Told::from).collect())
    }

    fn answer_all(&mut self, at: usize, jobs: Vec<Job>, replies: Vec<Reply>) -> Result<(), Broken> {
        let mut replies = replies.into_iter();
        for Job { from, asked } in jobs {
            let reply = asked.request.and_then(|_| replies.next());
            let Some(sender) = from else { continue };
            match (reply.and_then(answer_to), asked.page) {
                (Some(frame), _) => self.answer(at, sender, &frame)?,
                (None, Some(uplink::Page::Next(pull))) => self.read_page(at, sender, &pull)?,
                (None, Some(uplink::Page::Earlier(asked))) => {
                    self.read_earlier(at, sender, &asked)?;
                }
                (None, None) => self.answer(at, sender, &refused(ProblemCode::Internal))?,
            }
        }
        Ok(())
    }

    fn read_page(
        &mut self,
        at: usize,
        sender: Sender,
        pull: &waypost_protocol::Pull,
    ) -> Result<(), Broken> {
        let (now, safe_up_to) = (self.at(), self.servers.safe_up_to());
        let live = &self.servers.replicas[at].live;
        if let Some(events) = live.answer_from_memory(sender.enrolment, pull, now, safe_up_to) {
            return self.answer(at, sender, &Downlink::Events(events));
        }
        let person = sender.person;
        let events = self.servers.page(person, pull, now);
        self.hears(witness::Asked::Pulled { person, pull, now, safe_up_to, events: &events })?;
        let slow = self.dice.chance(30);
        let due = self.tick + if slow { self.dice.below(PAGE_TAKES_MS) } else { 0 };
        self.servers.replicas[at].pages.push(Page { due, to: sender, events });
        Ok(())
    }

    fn read_earlier(&mut self, at: usize, sender: Sender, asked: &History) -> Result<(), Broken> {
        let person = sender.person;
        let page = self.servers.store.earlier(person, asked);
        self.hears(witness::Asked::Earlier { person, asked, page: &page })?;
        self.reference.may_learn(&self.devices[sender.device], &page)?;
        self.summary.earlier += page.events.len() as u64;
        self.answer(at, sender, &Downlink::Earlier(page))
    }

    /// A page is ready: the device is answered, and from now on pushed to.
    pub(crate) fn answer_page(&mut self, at: usize) -> Result<(), Broken> {
        let now = self.at();
        let replica = &mut self.servers.replicas[at];
        let first = replica.pages.iter().enumerate().min_by_key(|(at, page)| (page.due, *at));
        let Some(first) = first.map(|(first, _)| first) else { return Ok(()) };
        let Page { to, events, .. } = replica.pages.remove(first);
        let pushes = replica.live.answered(to.enrolment, &events, now);
        self.push(at, pushes)?;
        self.answer(at, to, &Downlink::Events(events))
    }

    /// Answers a frame. MQTT answers go to whichever connection the device has here now.
    fn answer(&mut self, at: usize, sender: Sender, frame: &Downlink) -> Result<(), Broken> {
        let Sender { device, path, mut connection, .. } = sender;
        if path == LinkPath::Mqtt {
            let seat = self.servers.replicas[at].seats.get(&device);
            connection = seat.copied().unwrap_or(connection);
        }
        self.is_for(at, device, frame)?;
        self.send_down(device, path, connection, frame)
    }

    /// Pushes go to whichever connection the device has here.
    pub(crate) fn push(&mut self, at: usize, pushes: Vec<Push>) -> Result<(), Broken> {
        for (enrolment, frame) in pushes {
            let theirs = self.devices.iter().position(|device| device.enrolment == enrolment);
            let Some(device) = theirs else { continue };
            let seat = self.servers.replicas[at].seats.get(&device).copied();
            let Some(connection) = seat else { continue };
            self.is_for(at, device, &frame)?;
            self.send_down(device, LinkPath::Mqtt, connection, &frame)?;
        }
        Ok(())
    }

    /// Nothing leaves a server for a device whose person may not read it.
    fn is_for(&self, at: usize, device: usize, frame: &Downlink) -> Result<(), Broken> {
        let device = &self.devices[device];
        match frame {
            Downlink::Events(events) => self.reference.may_see(device, events),
            Downlink::Presence(presence) => {
                let told = self.servers.replicas[at].live.position();
                self.reference.may_notice(device, presence, told, self.at())
            }
            _ => Ok(()),
        }
    }

    /// Puts a frame for a device on its way.
    pub(crate) fn send_down(
        &mut self,
        device: usize,
        path: LinkPath,
        connection: u64,
        frame: &Downlink,
    ) -> Result<(), Broken> {
        let bytes = frame.to_bytes();
        if bytes.len() > FRAME_BYTES_MAX {
            return broken("bounds", "a frame of the server is too large".into());
        }
        let parcel = Parcel { due: 0, device, path, connection, cargo: Cargo::Down(bytes) };
        self.network.send(parcel, self.tick, &mut self.dice);
        Ok(())
    }

    /// A server stops at once. Its connections are lost; devices find out sooner or later.
    pub(crate) fn crash_server(&mut self, at: usize, when: &str) -> Result<(), Broken> {
        tell!(self, "server {at} crashes {when}");
        let until = self.tick + 1 + self.dice.below(20_000);
        self.servers.replicas[at].crash(until);
        self.summary.server_crashes += 1;
        let gone: Vec<_> =
            self.servers.open.iter().filter(|(_, to)| **to == at).map(|(it, _)| *it).collect();
        for connection in gone {
            self.servers.open.remove(&connection);
            let holds = |device: &Device| device.holds(LinkPath::Mqtt, connection);
            if let Some(number) = self.devices.iter().position(holds) {
                self.break_link(number, LinkPath::Mqtt);
            }
        }
        for number in 0..self.devices.len() {
            self.break_link(number, LinkPath::Https);
        }
        self.hears(witness::Asked::Crashed)
    }

    /// Lets a device find out, in a while, that its connections are lost.
    pub(crate) fn break_links(&mut self, number: usize) {
        self.break_link(number, LinkPath::Mqtt);
        self.break_link(number, LinkPath::Https);
    }

    pub(crate) fn break_link(&mut self, number: usize, path: LinkPath) {
        if let Some(link) = self.devices[number].links.get(&path) {
            let connection = link.connection;
            let parcel = Parcel { due: 0, device: number, path, connection, cargo: Cargo::Lost };
            self.network.send(parcel, self.tick, &mut self.dice);
        }
    }
}

fn words(frame: &Uplink) -> String {
    match frame {
        Uplink::Submit(submit) => format!("{} facts", submit.entries.len()),
        Uplink::Pull(pull) => format!(
            "a pull after {} with {} marks",
            pull.after,
            pull.stored.len() + pull.read.len()
        ),
        Uplink::History(asked) => {
            format!("a question for {} before {}", asked.conversation, asked.before)
        }
        Uplink::Here(here) => format!("{here:?}"),
    }
}
