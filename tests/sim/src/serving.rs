//! The server's part of a world: frames arrive, batches are decided and committed, answers and
//! pushes go out, and any of it may be cut short by a crash.

use waypost_domain::{Actor, Clockwork, Decision, Reply, Request, decide};
use waypost_engine::LinkPath;
use waypost_protocol::{Downlink, FRAME_BYTES_MAX, ProblemCode, Uplink};

use crate::network::{Cargo, Parcel};
use crate::server::{Crash, Job, Sender};
use crate::story::{Broken, broken};
use crate::witness::Asked;
use crate::world::{World, tell};

/// A group commit waits no longer than this, in milliseconds.
const COMMIT_AFTER_MS: u64 = 40;

impl World {
    /// A frame arrives at the server.
    pub(crate) fn arrives(&mut self, sender: Sender, bytes: &[u8]) -> Result<(), Broken> {
        let device = &self.devices[sender.device];
        let frame = match Uplink::from_bytes(bytes) {
            Ok(frame) => frame,
            Err(error) => return broken("bounds", format!("{} sent: {error}", device.name)),
        };
        if !self.server.store.knows(device.enrolment) {
            return self.is_not_let_in(sender);
        }
        let actor =
            Actor { person: device.person, enrolment: Some(device.enrolment), role: device.role };
        tell!(self, "the server hears {} from {}", words(&frame), device.name);
        self.ask(Job::of(sender, actor, frame));
        Ok(())
    }

    /// Each request over HTTPS proves who sends it. An MQTT connection was cut at the revocation:
    /// nobody reads from it.
    fn is_not_let_in(&mut self, sender: Sender) -> Result<(), Broken> {
        let Sender { device, path, connection, .. } = sender;
        if path == LinkPath::Mqtt {
            return Ok(());
        }
        let code = ProblemCode::NotEnrolled;
        let frame = Downlink::Refused { code, retry_after_ms: None };
        self.send_down(device, path, connection, &frame)
    }

    /// Lets a request wait for the next commit.
    pub(crate) fn ask(&mut self, job: Job) {
        self.server.jobs.push(job);
        let soon = self.tick + 1 + self.dice.below(COMMIT_AFTER_MS);
        self.server.commit_at.get_or_insert(soon);
    }

    /// The server commits what waits, answers and pushes.
    pub(crate) fn commit(&mut self) -> Result<(), Broken> {
        if self.server.crash == Some(Crash::BeforeCommit) {
            return self.crash_server("before a commit");
        }
        self.server.commit_at = None;
        let jobs = std::mem::take(&mut self.server.jobs);
        let batch: Vec<_> = jobs.iter().filter_map(|job| job.request.clone()).collect();
        let decision = self.decide(&batch)?;
        self.server.store.write(&decision);
        self.reference.committed(&decision, &self.devices)?;
        if !decision.is_empty() {
            tell!(self, "the server commits up to {}", decision.head.sequence());
        }
        if self.server.crash == Some(Crash::AfterCommit) {
            return self.crash_server("after a commit, before anyone heard of it");
        }
        self.answer_all(jobs, decision.replies)?;
        self.cut_the_revoked(&decision.facts);
        for (device, connection, frame) in self.server.pushes() {
            self.send_down(device, LinkPath::Mqtt, connection, &frame)?;
        }
        Ok(())
    }

    pub(crate) fn decide(&mut self, batch: &[Request]) -> Result<Decision, Broken> {
        let known = self.server.store.known(batch);
        let (now, dice, mut drawn) = (self.at(), &mut self.dice, Vec::new());
        let mut random = || {
            let random = dice.wide();
            drawn.push(random);
            random
        };
        let decision = decide(known, batch, Clockwork { now, random: &mut random });
        self.hears(Asked::Committed { batch, now, random: &drawn, decision: &decision })?;
        Ok(decision)
    }

    fn answer_all(&mut self, jobs: Vec<Job>, replies: Vec<Reply>) -> Result<(), Broken> {
        let now = self.at();
        let mut replies = replies.into_iter();
        for job in jobs {
            let reply = if job.request.is_some() { replies.next() } else { None };
            let Some(sender) = job.from else { continue };
            let pull = job.pull;
            let frame = self.server.answer(sender, reply, pull.as_ref(), now);
            if let (Some(pull), Downlink::Events(events)) = (&pull, &frame) {
                let (person, safe_up_to) = (sender.person, self.server.safe_up_to());
                self.hears(Asked::Pulled { person, pull, now, safe_up_to, events })?;
            }
            // MQTT answers go to whichever connection the device has now.
            let session = self.server.sessions.get(&sender.device);
            let connection = match (sender.path, session) {
                (LinkPath::Mqtt, Some(session)) => session.connection,
                _ => sender.connection,
            };
            self.send_down(sender.device, sender.path, connection, &frame)?;
        }
        Ok(())
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

    /// The server stops at once. Every connection is lost; devices find out sooner or later.
    pub(crate) fn crash_server(&mut self, when: &str) -> Result<(), Broken> {
        tell!(self, "the server crashes {when}");
        let until = self.tick + 1 + self.dice.below(20_000);
        self.server.crash(until);
        self.summary.server_crashes += 1;
        for number in 0..self.devices.len() {
            self.break_links(number);
        }
        self.hears(Asked::Crashed)
    }

    /// Lets a device find out, in a while, that its connections are lost.
    pub(crate) fn break_links(&mut self, number: usize) {
        for (path, link) in self.devices[number].links.clone() {
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
    }
}
