//! What people choose to hear of: what it has become, and whom they want to hear nothing of.

use waypost_protocol::{Body, ConversationId, NotificationSettings, PersonId, ProblemCode};

use crate::batch::Actor;
use crate::decide::Desk;
use crate::rights::{Right, may};

impl Desk<'_, '_> {
    /// People block others like them: whoever has to reach everyone is blocked by nobody, and blocks
    /// nobody. And what is chosen has a bound.
    pub(crate) fn check_chosen(&self, actor: Actor, body: &Body) -> Result<(), ProblemCode> {
        if let Body::Blocked { person } = body {
            let other = self.known.people.get(person).ok_or(ProblemCode::NotFound)?;
            let both = may(actor.role, Right::Block) && may(other.role, Right::Block);
            if !both || *person == actor.person {
                return Err(ProblemCode::NotAllowed);
            }
        }
        match body.is_choice() && self.chosen_with(actor.person, body).is_too_large() {
            true => Err(ProblemCode::TooLarge),
            false => Ok(()),
        }
    }

    /// Nobody writes directly to someone who wants to hear nothing of them, nor finds other words for what
    /// they wrote, nor says how long it stays.
    pub(crate) fn check_blocked(
        &self,
        actor: Actor,
        conversation: ConversationId,
        body: &Body,
    ) -> Result<(), ProblemCode> {
        let says = body.is_message() || matches!(body, Body::Edit { .. } | Body::ExpirySet { .. });
        let partner = conversation.partner_of(actor.person).filter(|_| says);
        match partner.is_some_and(|partner| self.has_blocked(partner, actor.person)) {
            true => Err(ProblemCode::Blocked),
            false => Ok(()),
        }
    }

    /// Whether someone wants to hear nothing of another.
    pub(crate) fn has_blocked(&self, person: PersonId, other: PersonId) -> bool {
        self.known.chosen.get(&person).is_some_and(|chosen| chosen.blocked.contains(&other))
    }

    /// Notes what someone has chosen.
    pub(crate) fn hears_of_choice(&mut self, actor: Actor, body: &Body) {
        if body.is_choice() {
            let chosen = self.chosen_with(actor.person, body);
            self.known.chosen.insert(actor.person, chosen.clone());
            self.decision.chosen.insert(actor.person, chosen);
        }
    }

    fn chosen_with(&self, person: PersonId, body: &Body) -> NotificationSettings {
        let mut chosen = self.known.chosen.get(&person).cloned().unwrap_or_default();
        chosen.hears(body);
        chosen
    }
}
