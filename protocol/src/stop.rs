//! What has become of a stop: its plan, what was done there, and what contradicts each other.

mod step;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::{
    Body, ConversationId, FactId, Header, Millis, PersonId, STOP_DRIVERS_MAX, STOP_WORDS_MAX,
    StopId, StopMove, StopPlan, StopState, TemplateUse, TripId,
};
pub use step::{Conflict, ConsigneeWord, PlanReply, Stepped, StopStep, StopWord};

/// A stop. It is what the facts about it have made of it, on the server and on every device that reads them alike.
///
/// Facts come in the order of the record, which is that in which they reached the server. What was done counts in
/// the order in which it was done ([`StopWord::at`]): whoever was without a network loses to nobody. What does not
/// fit is kept beside it as a [`Conflict`], until dispatch decides.
///
/// ```
/// use waypost_protocol::*;
///
/// let (dana, omar) = (PersonId(7), PersonId(2));
/// let place = ConversationId::Dispatch(dana);
/// let (stop, trip) = (StopId::mint(0, 1), TripId::mint(0, 1));
/// let said = |author, at, recorded_at, body| StopWord {
///     id: FactId::mint(at, 7), n: 1, author, place, recorded_at, skew_ms: None, body,
/// };
/// let moved = |to| Body::StopMoved {
///     moved: StopMove::to(stop, to).into(), text: String::new(), template: None, header: Header::default(),
/// };
/// let plan = Body::StopPlanned { stop, plan: StopPlan::of(trip, "Bakery Blum").into() };
/// let (cancelled, completed) = (moved(StopState::Cancelled), moved(StopState::Completed));
/// let planned = Stop::after(None, stop, said(omar, 1_000, 1_000, &plan));
/// // Omar cancels it at ten. Dana was there at half past nine, without a network, and tells it at eleven.
/// let cancelled = Stop::after(planned, stop, said(omar, 10_000, 10_000, &cancelled));
/// let told = Stop::after(cancelled, stop, said(dana, 9_500, 11_000, &completed)).expect("a stop");
/// assert_eq!(told.state, StopState::Completed, "it is what happened first");
/// assert_eq!(told.conflicts().map(|it| it.by).collect::<Vec<_>>(), [omar], "and Omar is told");
/// ```
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Stop {
    /// What is planned. Absent: the plan was lost by a restore, and nobody has given it back yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<Box<StopPlan>>,
    /// The trip whose stop it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trip: Option<TripId>,
    /// The fact with the plan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub planned: Option<FactId>,
    /// Its number in the record: whoever has stored up to there knows it.
    #[serde(default)]
    pub planned_n: u64,
    /// Whose it is; nobody's yet, if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub driver: Option<PersonId>,
    /// Whose it ever was, at most [`crate::STOP_DRIVERS_MAX`].
    #[serde(default)]
    pub drivers: Vec<PersonId>,
    /// What the driver has answered last, be it to this plan or to one before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply: Option<PlanReply>,
    /// The plan to which the driver has agreed, if that was another: what was before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agreed: Option<Box<StopPlan>>,
    /// How far it is.
    pub state: StopState,
    /// Since when (milliseconds since 1970).
    #[serde(default)]
    pub since: Millis,
    /// What has led to it since dispatch has decided last, in the order in which it was done.
    #[serde(default)]
    pub steps: Vec<StopStep>,
    /// What dispatch has decided last.
    #[serde(default)]
    pub settled: StopState,
    /// When.
    #[serde(default)]
    pub settled_at: Millis,
    /// Whose it was then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settled_driver: Option<PersonId>,
    /// What the consignee has said, in the order of the record; at most [`crate::STOP_WORDS_MAX`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub words: Vec<ConsigneeWord>,
}

/// Whose stops are planned there.
pub(crate) fn driver_of(place: ConversationId) -> Option<PersonId> {
    match place {
        ConversationId::Dispatch(person) => Some(person),
        _ => None,
    }
}

impl Stop {
    /// The stops that a fact is about.
    pub fn of(body: &Body) -> Vec<StopId> {
        match body {
            Body::StopPlanned { stop, .. }
            | Body::StopSettled { stop, .. }
            | Body::StopHandedOver { stop, .. }
            | Body::ConsigneeSaid { stop, .. } => vec![*stop],
            Body::StopMoved { moved, .. } => vec![moved.stop],
            Body::PlansAnswered { answers, .. } => {
                let named: BTreeSet<_> = answers.iter().filter_map(|answer| answer.stop).collect();
                named.into_iter().collect()
            }
            _ => Vec::new(),
        }
    }

    /// What a stop has become by a fact about it. A fact may come before the plan if a restore has lost that; an
    /// answer to it then begins nothing, and is asked for again.
    pub fn after(known: Option<Self>, stop: StopId, word: StopWord<'_>) -> Option<Self> {
        if !Self::of(word.body).contains(&stop) {
            return known;
        }
        if known.is_none() && matches!(word.body, Body::PlansAnswered { .. }) {
            return None;
        }
        let mut known = known.unwrap_or_default();
        known.hears(stop, word);
        Some(known)
    }

    /// Whether the driver has yet to say whether they agree with the plan.
    pub fn asks(&self) -> bool {
        let is_answered = || self.reply.as_ref().is_some_and(|it| Some(it.plan) == self.planned);
        self.driver.is_some() && !self.state.is_final() && !is_answered()
    }

    /// What does not fit, and waits for dispatch to decide.
    pub fn conflicts(&self) -> impl Iterator<Item = &StopStep> {
        self.steps.iter().filter(|step| step.conflict.is_some())
    }

    /// What dispatch is proposed to decide: what was done out there, with evidence before without, rather than
    /// what was decided about it. `None` if nothing waits for a decision.
    pub fn proposal(&self) -> Option<StopState> {
        self.conflicts().next()?;
        let outcome = |step: &StopStep| match step.what {
            Stepped::Moved { to, proof, .. } if to.is_outcome() => {
                let rank = match to {
                    StopState::Completed => 2,
                    StopState::Refused => 1,
                    _ => 0,
                };
                Some(((proof, rank), to))
            }
            _ => None,
        };
        let done = self.steps.iter().filter_map(outcome).max_by_key(|(rank, _)| *rank);
        Some(done.map_or(self.state, |(_, to)| to))
    }

    /// Since when it is late: it should have been done by then, and is not.
    pub fn late_since(&self, now: Millis) -> Option<Millis> {
        let until = self.plan.as_ref()?.window.as_ref()?.until;
        Some(until).filter(|until| *until < now && self.state < StopState::Completed)
    }

    fn hears(&mut self, stop: StopId, word: StopWord<'_>) {
        match word.body {
            Body::StopPlanned { plan, .. } => self.is_planned(plan, word),
            Body::StopMoved { moved, .. } => self.is_moved(moved, word),
            Body::PlansAnswered { answers, accepted, reason, text } => {
                let mut newest = answers.iter().rev();
                let answered = newest.find(|it| it.stop == Some(stop)).map(|it| it.plan);
                // Of what is someone else's by now nothing has to be agreed.
                let Some(plan) = answered.filter(|_| driver_of(word.place) == self.driver) else {
                    return;
                };
                let (accepted, at) = (*accepted, word.at());
                let (reason, text) = (*reason, text.clone());
                self.reply = Some(PlanReply { plan, accepted, reason, text, at });
                if self.has_agreed() {
                    self.agreed = None;
                }
                if self.has_agreed() && self.state == StopState::Assigned {
                    self.steps_on(word, Stepped::Agreed);
                }
            }
            Body::StopSettled { state, .. } => {
                self.steps.clear();
                (self.settled, self.settled_at) = (*state, word.recorded_at);
                self.settled_driver = self.driver;
            }
            Body::StopHandedOver { to, .. } => self.trip = Some(*to),
            Body::ConsigneeSaid { said, first, header, .. } => {
                self.is_told(said, *first, header, word);
            }
            _ => {}
        }
        self.replay();
    }

    fn is_planned(&mut self, plan: &StopPlan, word: StopWord<'_>) {
        let driver = driver_of(word.place);
        // What the server says to whoever takes over is given anew, also if it was theirs before: their device has
        // not heard whose it was in between.
        let is_given = self.driver != driver || word.author == PersonId::SERVER;
        let before = self.plan.replace(plan.clone().into());
        if is_given {
            (self.reply, self.agreed) = (None, None);
        } else if self.has_agreed() {
            self.agreed = before.clone();
        }
        let other_work = before.is_some_and(|before| plan.is_other_work_than(&before));
        (self.trip, self.driver) = (Some(plan.trip), driver);
        (self.planned, self.planned_n) = (Some(word.id), word.n);
        let new = driver.filter(|it| !self.drivers.contains(it));
        self.drivers.extend(new.filter(|_| self.drivers.len() < STOP_DRIVERS_MAX));
        self.steps_on(word, Stepped::Planned { driver, other_work });
    }

    fn is_moved(&mut self, moved: &StopMove, word: StopWord<'_>) {
        let StopMove { to, reason, seen, .. } = *moved;
        let (driver, proof) = (driver_of(word.place), moved.proof.is_some());
        self.steps_on(word, Stepped::Moved { to, reason, seen, driver, proof });
    }

    fn is_told(
        &mut self,
        said: &TemplateUse,
        first: Option<FactId>,
        header: &Header,
        word: StopWord<'_>,
    ) {
        let first = first.unwrap_or(word.id);
        let (fact, n) = (word.id, word.n);
        let heard = driver_of(word.place);
        if let Some(known) = self.words.iter_mut().find(|it| it.first == first) {
            (known.fact, known.n) = (fact, n);
            known.heard.extend(heard.filter(|it| !known.heard.contains(it)));
        } else if self.words.len() < STOP_WORDS_MAX {
            let (said, priority) = (said.clone(), header.priority);
            let heard = heard.into_iter().collect();
            self.words.push(ConsigneeWord { first, fact, n, said, priority, heard });
        }
    }

    /// Puts a step where it belongs by its time.
    fn steps_on(&mut self, word: StopWord<'_>, what: Stepped) {
        let step = StopStep { fact: word.id, by: word.author, at: word.at(), what, conflict: None };
        let place = self.steps.partition_point(|it| (it.at, it.fact) <= (step.at, step.fact));
        self.steps.insert(place, step);
    }

    /// What the steps make of it, one by one from what dispatch has decided last.
    fn replay(&mut self) {
        let mut state = self.settled;
        let mut since = self.settled_at;
        let mut driver = self.settled_driver;
        let is_new = self.settled_at == 0;
        for at in 0..self.steps.len() {
            let unseen = self.knew_another_plan(at);
            let step = &mut self.steps[at];
            step.conflict = None;
            let next = match &step.what {
                Stepped::Planned { driver: given, .. } => {
                    let is_first = is_new && at == 0;
                    let is_anothers = *given != driver && !is_first;
                    let is_given = is_anothers || step.by == PersonId::SERVER && !is_first;
                    driver = *given;
                    if is_anothers && state.is_final() {
                        step.conflict = Some(Conflict::GivenTooLate);
                    }
                    (is_given && !state.is_final()).then_some(StopState::Assigned)
                }
                Stepped::Agreed => Some(StopState::Accepted).filter(|to| state.may_become(*to)),
                Stepped::Moved { driver: theirs, .. } if *theirs != driver => {
                    step.conflict = Some(Conflict::NotTheirs);
                    None
                }
                Stepped::Moved { to, .. } if state.may_become(*to) => {
                    step.conflict = Some(Conflict::PlanUnseen).filter(|_| unseen);
                    Some(*to)
                }
                Stepped::Moved { to, .. } => {
                    let is_over = state.is_final() && state != *to;
                    step.conflict = Some(Conflict::Over).filter(|_| is_over);
                    None
                }
            };
            if let Some(next) = next {
                (state, since) = (next, step.at);
            }
        }
        (self.state, self.since) = (state, since);
    }

    /// Whether what this step says was done by a plan that its author did not know to be another one by then.
    fn knew_another_plan(&self, at: usize) -> bool {
        let Stepped::Moved { to, seen: Some(seen), .. } = self.steps[at].what else { return false };
        let later = self.steps[..at].iter().rev().take_while(|step| step.fact != seen);
        let mut plans =
            later.filter(|it| matches!(it.what, Stepped::Planned { other_work: true, .. }));
        to.is_outcome() && plans.next().is_some()
    }

    fn has_agreed(&self) -> bool {
        self.reply.as_ref().is_some_and(|it| it.accepted && Some(it.plan) == self.planned)
    }
}
