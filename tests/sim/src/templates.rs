//! Templates that are published: who wants it, and what must be true of it.

use std::collections::BTreeMap;

use waypost_domain::{Deed, Recorded, Request};
use waypost_protocol::{Body, ConversationId, FactId, TemplateDefinition, TemplateText, kind};

use crate::server::Job;
use crate::story::{Broken, broken};
use crate::world::{World, tell};

const IDS: [&str; 2] = ["arrived", "on-the-ferry"];

/// The newest version of each template, as the record has it.
#[derive(Clone, Default)]
pub(crate) struct Versions(BTreeMap<String, u16>);

impl Versions {
    /// They are published for everyone, one version after the other.
    pub(crate) fn hears(&mut self, fact: &Recorded) -> Result<(), Broken> {
        if fact.content.kind != kind::TEMPLATE_PUBLISHED {
            return Ok(());
        }
        let Ok(Body::TemplatePublished { template, version, .. }) = fact.content.to_body() else {
            return broken("a template can be read", format!("{} cannot", fact.sequence));
        };
        let last = self.0.insert(template, version);
        if fact.conversation == Some(ConversationId::Fleet) && last < Some(version) {
            return Ok(());
        }
        let what = format!("{}: version {version} after {last:?}", fact.sequence);
        broken("versions are published one after the other", what)
    }
}

impl World {
    /// Someone publishes a version of a template, perhaps twice, perhaps one that is there.
    pub(crate) fn publish_a_template(&mut self) -> Result<(), Broken> {
        let (Some(template), Some(person)) = (self.dice.pick(&IDS), self.dice.pick(&self.people))
        else {
            return Ok(());
        };
        let Some(at) = self.servers.any_up(&mut self.dice) else { return Ok(()) };
        let last = self.servers.store.templates.get(template).copied().unwrap_or(0);
        let version = (last + self.dice.below(4) as u16).saturating_sub(1);
        let (label, text) = ("Here".into(), format!("I am here, {version}."));
        let text = TemplateText { label, text, ..TemplateText::default() };
        let definition = TemplateDefinition {
            texts: [("en".to_owned(), text)].into(),
            ..TemplateDefinition::default()
        };
        let actor = self.someone_or_the_operator(person);
        tell!(self, "{} wants to publish version {version} of {template}", actor.person);
        let id = FactId::mint(self.at(), self.dice.wide());
        let deed = Deed::PublishTemplate { template: template.into(), version, definition };
        let request = Request::Deed { actor, id, deed };
        for _ in 0..1 + self.dice.below(2) {
            self.ask(at, Job::of_operator(request.clone()))?;
        }
        Ok(())
    }
}
