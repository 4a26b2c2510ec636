//! Devices that are lost: their enrolments are revoked, and people get another device.

use waypost_domain::{Actor, Deed, Recorded, Request};
use waypost_protocol::FactId;

use crate::dice::Dice;
use crate::server::Job;
use crate::story::Broken;
use crate::world::{World, tell};

/// Seeds below this one were kept before devices could be lost, and replay as they were.
const FROM_SEED: u64 = 500;

/// In so many of a thousand steps a device is lost.
const LOST_PER_MILLE: u64 = 4;

/// When devices are lost. It has dice of its own, so that the other troubles stay what they were.
pub(crate) struct Loss {
    dice: Option<Dice>,
}

impl Loss {
    pub(crate) fn new(seed: u64) -> Self {
        // Any number that is not the seed makes other dice.
        let dice = (seed >= FROM_SEED).then(|| Dice::new(!seed));
        Self { dice }
    }

    fn strikes(&mut self) -> bool {
        self.dice.as_mut().is_some_and(|dice| dice.below(1_000) < LOST_PER_MILLE)
    }
}

impl World {
    /// Now and then someone loses a device; dispatch revokes it and may hand out another.
    pub(crate) fn lose_a_device(&mut self) -> Result<(), Broken> {
        if !self.loss.strikes() || !self.server.is_up() {
            return Ok(());
        }
        let number = self.any_device();
        let device = &self.devices[number];
        let (enrolment, person, role) = (device.enrolment, device.person, device.role);
        tell!(self, "{} is lost and revoked", device.name);
        let id = FactId::mint(self.at(), self.dice.wide());
        let deed = Deed::Revoke { enrolment };
        let request = Request::Deed { actor: Actor::OPERATOR, id, deed };
        for _ in 0..1 + self.dice.below(2) {
            self.ask(Job { from: None, request: Some(request.clone()), pull: None });
        }
        self.summary.lost += 1;
        if self.dice.chance(60) {
            let name = format!("{}, the device after it", self.devices[number].name);
            self.enrol(name, person, role)?;
        }
        Ok(())
    }

    /// After a commit: whoever was revoked in it is cut off.
    pub(crate) fn cut_the_revoked(&mut self, facts: &[Recorded]) {
        for fact in facts {
            let Some(Deed::Revoke { enrolment }) = &fact.deed else { continue };
            let theirs = self.devices.iter().position(|device| device.enrolment == *enrolment);
            if let Some(number) = theirs {
                self.server.sessions.remove(&number);
                self.break_mqtt(number);
            }
        }
    }
}
