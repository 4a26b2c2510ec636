//! Who is in a run: dispatchers, drivers and perhaps colleagues with their devices, and one group.

use std::collections::BTreeSet;

use waypost_domain::{Actor, Deed, Request, TokenState};
use waypost_protocol::{
    Body, Coverage, DeviceId, EnrolmentId, FactId, GroupSettings, PersonId, Recipients, Role,
    Shift, Step,
};

use crate::device::Device;
use crate::evidence::key_of;
use crate::story::{Broken, broken};
use crate::witness::Asked;
use crate::world::World;

const STAFF: [(&str, Role); 2] = [("Omar", Role::Dispatcher), ("Mia", Role::Admin)];
/// Office staff who only converse.
const COLLEAGUES: [&str; 2] = ["Vera", "Marek"];
const DRIVERS: [&str; 5] = ["Dana", "Ayo", "Lena", "Tarik", "Noor"];

/// Somebody has taken his tablet apart.
const HOSTILE: &str = "Rik";

/// A link is good for a day.
const TOKEN_MS: i64 = 86_400_000;

impl World {
    /// Puts people, devices and a group into the record, by deeds of the operator.
    pub(crate) fn cast(&mut self) -> Result<(), Broken> {
        let dispatchers = 1 + self.dice.index(2);
        let drivers = 2 + self.dice.index(4);
        for (name, role) in &STAFF[..dispatchers] {
            self.add_person(name, *role)?;
        }
        for name in &DRIVERS[..drivers] {
            self.add_person(name, Role::Driver)?;
        }
        if self.dice.chance(40) {
            for name in COLLEAGUES {
                self.add_person(name, Role::Colleague)?;
            }
        }
        let members = self.people.iter().copied().filter(|_| self.dice.chance(80)).collect();
        let (name, moderators) = ("North".to_string(), Vec::new());
        let settings = GroupSettings::default();
        let deed = Deed::CreateGroup { name, members, moderators, settings };
        if let Body::GroupCreated { group, .. } = self.deed(deed)? {
            self.groups.push(group);
        }
        self.roster()?;
        let rules = self.flag_rules();
        self.deed(Deed::SetFlagRules { rules })?;
        for chain in 1..=2 {
            let steps = self.steps();
            self.deed(Deed::SetChain { chain, name: "Night shift".into(), steps })?;
        }
        if self.weather.has_a_hostile_device() {
            self.add_person(HOSTILE, Role::Driver)?;
            let theirs = self.people.pop();
            for device in self.devices.iter_mut().filter(|it| Some(it.person) == theirs) {
                device.hostile = true;
            }
        }
        self.servers.back_up();
        self.hears(Asked::BackedUp)
    }

    /// Who looks after whom, and who works when.
    fn roster(&mut self) -> Result<(), Broken> {
        let devices = self.devices.iter().filter(|device| device.role != Role::Colleague);
        let devices = devices.map(|device| (device.person, device.role.is_staff()));
        let (staff, drivers): (Vec<_>, Vec<_>) = devices.partition(|(_, is_staff)| *is_staff);
        let some = |world: &mut Self, of: Vec<(PersonId, bool)>| {
            let chosen: BTreeSet<_> = of.into_iter().map(|(person, _)| person).collect();
            chosen.into_iter().filter(|_| world.dice.chance(70)).collect()
        };
        let (dispatchers, drivers) = (some(self, staff), some(self, drivers));
        let of = Coverage { name: "North".into(), dispatchers, drivers };
        self.deed(Deed::SetCoverage { coverage: 1, of })?;
        for person in self.people.clone() {
            let from = self.at() + self.dice.below(200_000) as i64;
            let until = from + 1 + self.dice.below(400_000) as i64;
            let shift = Shift { person, from, until, on_call: self.dice.chance(30) };
            self.deed(Deed::PlanShift { shift })?;
        }
        Ok(())
    }

    /// Reminders, and others who are told.
    fn steps(&mut self) -> Vec<Step> {
        let mut after_minutes = 0;
        let count = 1 + self.dice.below(3);
        let step = |_| {
            after_minutes += self.dice.below(2) as u16;
            let people = (0..self.dice.below(3)).filter_map(|_| self.dice.pick(&self.people));
            let people = people.collect();
            let groups = self.dice.pick(&self.groups).filter(|_| self.dice.chance(20));
            let groups = groups.into_iter().collect();
            let coverages = if self.dice.chance(20) { vec![1] } else { Vec::new() };
            let (on_call, on_shift) = (self.dice.chance(20), self.dice.chance(10));
            let to = Recipients { people, groups, everyone: false, coverages, on_call, on_shift };
            let covering = self.dice.chance(20);
            // A narrowing of nobody is refused.
            let on_shift = to.on_shift && (covering || !to.is_empty());
            Step { after_minutes, to: Recipients { on_shift, ..to }, covering }
        };
        (0..count).map(step).collect()
    }

    fn add_person(&mut self, name: &str, role: Role) -> Result<(), Broken> {
        let handle = name.to_lowercase();
        let language = "en".into();
        let deed = Deed::AddPerson { handle, name: name.into(), role, language };
        let Body::PersonAdded { person, .. } = self.deed(deed)? else {
            return broken("the cast is complete", format!("{name} is not"));
        };
        self.people.push(person);
        self.enrol(format!("{name}'s tablet"), person, role)?;
        if self.dice.chance(35) {
            self.enrol(format!("{name}'s phone"), person, role)?;
        }
        Ok(())
    }

    pub(crate) fn enrol(
        &mut self,
        device_name: String,
        person: PersonId,
        role: Role,
    ) -> Result<(), Broken> {
        let mut token_hash = [0; 32];
        token_hash[..16].copy_from_slice(&self.dice.wide().to_be_bytes());
        let token = TokenState { person, expires_at: self.at() + TOKEN_MS, used_by: None };
        self.servers.store.tokens.insert(token_hash, token);
        self.hears(Asked::Issued { hash: token_hash, token })?;
        let enrolment = EnrolmentId::mint(self.at(), self.dice.wide());
        let device = DeviceId::mint(self.at(), self.dice.wide());
        self.deed(Deed::Enrol {
            token_hash,
            enrolment,
            device,
            device_name: device_name.clone(),
            credential_hash: token_hash,
            public_key: key_of(enrolment).verifying_key().to_bytes(),
        })?;
        let (room, random) = (self.weather.room(), self.dice.wide());
        let mut device = Device::new(device_name, person, role, enrolment, room, random);
        device.off_until = Some(self.tick + self.dice.below(30_000));
        self.devices.push(device);
        Ok(())
    }

    /// Does a deed at once; what it became.
    fn deed(&mut self, deed: Deed) -> Result<Body, Broken> {
        self.tick += 1;
        let id = FactId::mint(self.at(), self.dice.wide());
        let decision = self.write(&[Request::Deed { actor: Actor::OPERATOR, id, deed }])?;
        for at in 0..self.servers.replicas.len() {
            self.must_follow(at);
        }
        match decision.facts.first().map(|fact| fact.content.to_body()) {
            Some(Ok(body)) => Ok(body),
            _ => broken("the cast is complete", format!("{:?}", decision.replies)),
        }
    }
}
