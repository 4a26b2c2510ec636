//! What consignees write on the pages behind their links: the server says it for them, now and then twice, and
//! now and then where the stop is no more.

use waypost_domain::{Actor, Request};
use waypost_protocol::{Body, Entry, FactId, Header, StopId, TemplateUse};

use crate::places::place_of;
use crate::server::Job;
use crate::story::Broken;
use crate::world::{World, tell};

impl World {
    /// A consignee has something to say about one of the newest stops.
    pub(crate) fn a_consignee_writes(&mut self) -> Result<(), Broken> {
        let Some(at) = self.servers.any_up(&mut self.dice) else { return Ok(()) };
        let Some((stop, known)) = self.a_stop() else { return Ok(()) };
        let driver = match self.dice.chance(90) {
            true => known.driver,
            false => self.dice.pick(&self.people),
        };
        let id = FactId::mint(self.at(), self.dice.wide());
        let body = self.a_word(stop);
        tell!(self, "a consignee writes about {stop}");
        let entry = Entry {
            id,
            conversation: place_of(driver),
            number: 0,
            content: body.to_content(),
            offset_minutes: 0,
            skew_ms: None,
            needs: None,
            gap: false,
        };
        let request = Request::Submit { actor: Actor::OPERATOR, entries: vec![entry] };
        for _ in 0..1 + self.dice.below(2) {
            self.ask(at, Job::of_operator(request.clone()))?;
        }
        Ok(())
    }

    pub(crate) fn a_word(&mut self, stop: StopId) -> Body {
        let template = format!("consignee-{}", self.dice.below(3));
        let said = TemplateUse { template, version: 1, arguments: Default::default() }.into();
        Body::ConsigneeSaid { stop, said, first: None, header: Header::default() }
    }
}
