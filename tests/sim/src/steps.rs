//! What may happen next in a world, and how often.

use waypost_domain::{Actor, Deed, Request};
use waypost_engine::{Input, LinkPath};
use waypost_protocol::{FactId, GroupSettings, PersonId};

use crate::device::Reach;
use crate::network::Parcel;
use crate::server::{Job, Trouble};
use crate::story::Broken;
use crate::weather::Happening;
use crate::witness::Asked;
use crate::world::{World, tell};

/// The furthest that a clock jumps, in milliseconds: 400 days.
const CLOCK_JUMP_MS: u64 = 400 * 86_400_000;

impl World {
    /// Lets one thing happen, as the dice and the weather of this run say.
    pub(crate) fn step(&mut self) -> Result<(), Broken> {
        match self.weather.next(&mut self.dice) {
            Happening::Tap => self.tap(),
            Happening::Due => self.next_due().map(|_| ()),
            Happening::AnyParcel => self.deliver_any(),
            Happening::Frame => self.trouble_a_frame(),
            Happening::Link => self.trouble_a_link(),
            Happening::Power => self.trouble_the_power(),
            Happening::Server => self.trouble_the_server(),
            Happening::Clock => self.jump_a_clock(),
            Happening::Disk => self.trouble_a_disk(),
            Happening::Group if self.dice.chance(15) => self.publish_a_template(),
            Happening::Group if self.dice.chance(8) => self.set_flag_rules(),
            Happening::Group if self.dice.chance(20) => self.a_consignee_writes(),
            Happening::Group => self.change_the_group(),
            Happening::Backup => self.back_up(),
            Happening::Restore => self.restore(),
            Happening::Heartbeat => self.heartbeat(),
            Happening::Time => self.pass_time(),
            Happening::Loss => self.lose_a_device(),
            Happening::Hostile => self.does_what_it_likes(),
            Happening::Newer => self.a_newer_server_writes(),
            Happening::Escalation => self.look_for_due_steps(),
            Happening::Expiry => self.erase_what_has_expired(),
        }
    }

    pub(crate) fn any_device(&mut self) -> usize {
        self.dice.index(self.devices.len())
    }

    fn deliver_any(&mut self) -> Result<(), Broken> {
        match self.network.take_any(&mut self.dice) {
            Some(parcel) => self.deliver(parcel),
            None => Ok(()),
        }
    }

    fn trouble_a_frame(&mut self) -> Result<(), Broken> {
        let what = self.dice.below(3);
        if what == 0 {
            if let Some(number) = self.network.lose_one(&mut self.dice) {
                tell!(self, "a frame of {} is lost", self.devices[number].name);
                self.summary.mischief += 1;
            }
            return Ok(());
        }
        let later = 1 + self.dice.below(90_000);
        let Some(parcel) = self.network.any_frame(&mut self.dice) else { return Ok(()) };
        self.summary.mischief += 1;
        let name = &self.devices[parcel.device].name;
        if what == 1 {
            parcel.due += later;
            tell!(self, "a frame of {name} is held back");
        } else {
            let twin: Parcel = parcel.clone();
            tell!(self, "a frame of {name} is doubled");
            self.network.send(twin, self.tick, &mut self.dice);
        }
        Ok(())
    }

    fn trouble_a_link(&mut self) -> Result<(), Broken> {
        let number = self.any_device();
        let kind = self.dice.below(9);
        if kind == 8 {
            let slow = self.network.slow_or_not(number);
            let name = &self.devices[number].name;
            tell!(self, "{name} {} a slow line", if slow { "is on" } else { "leaves" });
            return Ok(());
        }
        let device = &mut self.devices[number];
        let (reach, what) = match kind {
            0 => (Reach { mqtt: false, https: false, ..Reach::ALL }, "leaves the network"),
            1 => (Reach { mqtt: false, ..Reach::ALL }, "is where only HTTPS gets through"),
            2 => (Reach { to_server: false, ..device.reach }, "is no longer heard"),
            3 => (Reach { to_device: false, ..device.reach }, "no longer hears"),
            4 => (device.reach, "changes its network"),
            _ => (Reach::ALL, "has the whole network"),
        };
        device.reach = reach;
        tell!(self, "{} {what}", device.name);
        if kind == 0 || kind == 4 {
            self.break_links(number);
        } else if kind == 1 {
            self.break_link(number, LinkPath::Mqtt);
        }
        Ok(())
    }

    /// The power of a device fails now, or between two effects of what comes next.
    fn trouble_the_power(&mut self) -> Result<(), Broken> {
        let number = self.any_device();
        if self.devices[number].off_until.is_some() || self.devices[number].hostile {
            return Ok(());
        }
        if self.dice.chance(30) {
            self.switch_off(number);
        } else {
            self.devices[number].power_for = Some(self.dice.below(4));
        }
        Ok(())
    }

    fn trouble_the_server(&mut self) -> Result<(), Broken> {
        let Some(at) = self.servers.any_up(&mut self.dice) else { return Ok(()) };
        let trouble = match self.dice.below(8) {
            0 => return self.crash_server(at, "in the middle of nothing"),
            1 | 2 => Trouble::CrashBefore,
            3 | 4 => Trouble::CrashAfter,
            5 => Trouble::Fails,
            6 => Trouble::FailsOnce,
            _ => Trouble::Unknown,
        };
        self.servers.replicas[at].trouble = Some(trouble);
        Ok(())
    }

    fn jump_a_clock(&mut self) -> Result<(), Broken> {
        let number = self.any_device();
        let far = self.dice.chance(50);
        let jump = self.dice.below(if far { CLOCK_JUMP_MS } else { 120_000 }) as i64;
        let back = self.dice.chance(50);
        let drift = if self.dice.chance(30) { self.dice.below(4_000) as i64 - 2_000 } else { 0 };
        let device = &mut self.devices[number];
        device.clock_off_by = if back { -jump } else { jump };
        device.clock_drift_ppm = drift;
        tell!(self, "the clock of {} is now {} ms off", device.name, device.clock_off_by);
        Ok(())
    }

    fn trouble_a_disk(&mut self) -> Result<(), Broken> {
        let number = self.any_device();
        let full = self.dice.chance(40);
        let device = &mut self.devices[number];
        device.disk_full = full;
        tell!(self, "the disk of {} {}", device.name, if full { "fills up" } else { "has room" });
        Ok(())
    }

    /// Someone of the staff lets a person into the group or takes them out, perhaps twice.
    fn change_the_group(&mut self) -> Result<(), Broken> {
        let (Some(group), Some(person)) =
            (self.dice.pick(&self.groups), self.dice.pick(&self.people))
        else {
            return Ok(());
        };
        let Some(at) = self.servers.any_up(&mut self.dice) else { return Ok(()) };
        let moderates = self.servers.store.membership(group, person).map(|it| it.moderates);
        let deed = match (moderates, self.dice.below(10)) {
            (Some(true), 0..4) => Deed::EndModerator { group, person },
            (Some(false), 0..4) => Deed::NameModerator { group, person },
            (_, 4..6) => Deed::ChangeGroup {
                group,
                name: "Depot North".into(),
                settings: GroupSettings {
                    announcements: self.dice.chance(40),
                    leaving: self.dice.chance(50),
                    history: self.dice.chance(50),
                    expires_after_s: self.dice.chance(30).then(|| 5 + self.dice.below(600) as u32),
                },
            },
            (Some(_), _) => Deed::Leave { group, person },
            (None, _) => Deed::Join { group, person },
        };
        let actor = self.someone_or_the_operator(person);
        tell!(self, "of person {person} and the group, {} wants: {deed:?}", actor.person);
        let id = FactId::mint(self.at(), self.dice.wide());
        let request = Request::Deed { actor, id, deed };
        for _ in 0..1 + self.dice.below(2) {
            self.ask(at, Job::of_operator(request.clone()))?;
        }
        Ok(())
    }

    /// Mostly the operator; otherwise the person themselves, with or without the right.
    pub(crate) fn someone_or_the_operator(&mut self, person: PersonId) -> Actor {
        let device = self.devices.iter().find(|it| it.person == person);
        match device.filter(|_| self.dice.chance(40)) {
            Some(device) => {
                let (enrolment, role) = (Some(device.enrolment), device.role);
                Actor { person, enrolment, role }
            }
            None => Actor::OPERATOR,
        }
    }

    /// A backup is made: devices may forget their own copies of what it covers.
    fn back_up(&mut self) -> Result<(), Broken> {
        self.servers.back_up();
        tell!(self, "a backup covers the record up to {}", self.servers.safe_up_to());
        self.hears(Asked::BackedUp)
    }

    /// A server takes the steps of messages that nobody has acknowledged in time.
    fn look_for_due_steps(&mut self) -> Result<(), Broken> {
        let messages = self.servers.store.due_steps(self.at());
        let Some(at) = self.servers.any_up(&mut self.dice).filter(|_| !messages.is_empty()) else {
            return Ok(());
        };
        tell!(self, "{} messages were not acknowledged in time", messages.len());
        self.ask(at, Job::of_operator(Request::Escalate { messages }))
    }

    fn erase_what_has_expired(&mut self) -> Result<(), Broken> {
        let now = self.at();
        let count = self.servers.store.expire(now);
        tell!(self, "{count} messages have expired and are erased");
        self.hears(Asked::Expired { now, count })
    }

    /// The record is lost, and all servers go on from the last backup in a new epoch.
    fn restore(&mut self) -> Result<(), Broken> {
        for at in 0..self.servers.replicas.len() {
            self.crash_server(at, "and the record is lost")?;
        }
        let after = self.servers.restore();
        self.hears(Asked::Restored)?;
        self.reference.cut(after, &self.devices)?;
        let id = FactId::mint(self.at(), self.dice.wide());
        let deed = Deed::BeginEpoch { epoch: self.reference.epoch() };
        self.write(&[Request::Deed { actor: Actor::OPERATOR, id, deed }])?;
        self.summary.restores += 1;
        tell!(self, "the record is restored up to {after}");
        Ok(())
    }

    fn heartbeat(&mut self) -> Result<(), Broken> {
        for at in 0..self.servers.replicas.len() {
            if self.servers.replicas[at].is_up() {
                let pushes = self.servers.replicas[at].live.heartbeat();
                self.push(at, pushes)?;
                let now = self.at();
                let pushes = self.servers.replicas[at].live.presence(now);
                self.push(at, pushes)?;
            }
        }
        Ok(())
    }

    /// Much time passes, with all that is due in it, up to a bound.
    fn pass_time(&mut self) -> Result<(), Broken> {
        let until = self.tick + self.dice.below(180_000);
        tell!(self, "time passes");
        for _ in 0..60 {
            if self.tick >= until || !self.next_due()? {
                break;
            }
        }
        Ok(())
    }

    /// Everything works again and everyone is there.
    pub(crate) fn heal(&mut self) -> Result<(), Broken> {
        tell!(self, "everything is healed");
        self.network.heal();
        for at in 0..self.servers.replicas.len() {
            self.servers.replicas[at].trouble = None;
            // Every server looks at the record now and then.
            self.must_follow(at);
        }
        for number in 0..self.devices.len() {
            let device = &mut self.devices[number];
            device.reach = Reach::ALL;
            device.disk_full = false;
            device.power_for = None;
            self.input(number, Input::TimerFired)?;
        }
        Ok(())
    }
}
