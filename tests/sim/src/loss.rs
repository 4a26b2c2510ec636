//! Devices that are lost: their enrolments are revoked, and people get another device.

use waypost_domain::live::Told;
use waypost_domain::{Actor, Deed, Request};
use waypost_protocol::{Body, FactId};

use crate::server::Job;
use crate::story::Broken;
use crate::world::{World, tell};

impl World {
    /// Someone loses a device; dispatch revokes it and may hand out another.
    pub(crate) fn lose_a_device(&mut self) -> Result<(), Broken> {
        let Some(at) = self.servers.any_up(&mut self.dice) else { return Ok(()) };
        let number = self.any_device();
        let device = &self.devices[number];
        let (enrolment, person, role) = (device.enrolment, device.person, device.role);
        if device.hostile {
            return Ok(());
        }
        tell!(self, "{} is lost and revoked", device.name);
        let id = FactId::mint(self.at(), self.dice.wide());
        let deed = Deed::Revoke { enrolment };
        let request = Request::Deed { actor: Actor::OPERATOR, id, deed };
        for _ in 0..1 + self.dice.below(2) {
            self.ask(at, Job::of_operator(request.clone()))?;
        }
        self.summary.lost += 1;
        if self.dice.chance(60) {
            let owner = self.devices[number].name.split('\'').next().unwrap_or_default();
            let name = format!("{owner}'s device {}", self.devices.len());
            self.enrol(name, person, role)?;
        }
        Ok(())
    }

    /// The devices that these facts revoke.
    pub(crate) fn revoked_in(&self, facts: &[Told]) -> Vec<usize> {
        let bodies = facts.iter().filter_map(|told| told.event.content.to_body().ok());
        bodies
            .filter_map(|body| match body {
                Body::Revoked { enrolment, .. } => {
                    self.devices.iter().position(|device| device.enrolment == enrolment)
                }
                _ => None,
            })
            .collect()
    }
}
