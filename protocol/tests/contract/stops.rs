//! What becomes of a stop by what people say of it.

use waypost_protocol::StopState::*;
use waypost_protocol::*;

use crate::samples::{DANA, MORNING, OMAR};
use crate::trips::{moved, moves, planned, stop, trip, whole_plan};

const PIOTR: PersonId = PersonId(8);
const MINUTE: Millis = 60_000;

/// What people did with one stop: who, when by the minute, when it was recorded, where and what.
struct Told {
    stop: Option<Stop>,
    facts: u8,
}

impl Told {
    fn new() -> Self {
        let mut told = Self { stop: None, facts: 0 };
        told.says(OMAR, 0, 0, DANA, planned("Bakery Blum"));
        told
    }

    /// The fact that says so.
    fn says(
        &mut self,
        author: PersonId,
        at: i64,
        recorded: i64,
        place: PersonId,
        body: Body,
    ) -> FactId {
        self.facts += 1;
        let id = FactId::mint(MORNING + at * MINUTE, self.facts.into());
        let word = StopWord {
            id,
            n: self.facts.into(),
            author,
            place: ConversationId::Dispatch(place),
            recorded_at: MORNING + recorded * MINUTE,
            skew_ms: None,
            body: &body,
        };
        self.stop = Stop::after(self.stop.take(), stop(), word);
        id
    }

    fn stop(&self) -> &Stop {
        self.stop.as_ref().expect("a stop")
    }

    fn conflicts(&self) -> Vec<(PersonId, Conflict)> {
        let conflict = |step: &StopStep| Some((step.by, step.conflict?));
        self.stop().conflicts().filter_map(conflict).collect()
    }
}

/// The driver without a network loses to nobody (pain 15 of those that others suffer).
#[test]
fn what_was_done_at_half_past_nine_counts_before_what_was_decided_at_ten() {
    let mut told = Told::new();
    told.says(OMAR, 90, 90, DANA, moved(Cancelled));
    assert_eq!(told.stop().state, Cancelled);
    told.says(DANA, 60, 120, DANA, moved(Completed));
    assert_eq!(told.stop().state, Completed, "Dana was there first");
    assert_eq!(told.conflicts(), [(OMAR, Conflict::Over)], "and Omar learns that he came too late");
    assert_eq!(told.stop().proposal(), Some(Completed));
    assert_eq!(told.stop().since, MORNING + 60 * MINUTE);
}

#[test]
fn what_was_done_after_it_was_cancelled_waits_for_a_decision() {
    let mut told = Told::new();
    told.says(OMAR, 30, 30, DANA, moved(Cancelled));
    told.says(DANA, 60, 120, DANA, moved(Completed));
    assert_eq!((told.stop().state, told.conflicts()), (Cancelled, vec![(DANA, Conflict::Over)]));
    assert_eq!(told.stop().proposal(), Some(Completed), "the goods are there");
    let (state, text) = (Completed, "Dana had not heard of it".into());
    told.says(OMAR, 130, 130, DANA, Body::StopSettled { stop: stop(), state, text });
    assert_eq!((told.stop().state, told.conflicts()), (Completed, vec![]));
    assert_eq!(told.stop().proposal(), None);
    told.says(DANA, 61, 140, DANA, moved(Refused));
    assert_eq!(told.conflicts(), [(DANA, Conflict::Over)], "what comes later is not lost either");
}

#[test]
fn a_clock_in_the_future_pins_nothing() {
    let mut told = Told::new();
    told.says(DANA, 1_000_000, 10, DANA, moved(Arrived));
    assert_eq!(told.stop().since, MORNING + 10 * MINUTE, "nothing is done after it was recorded");
    told.says(DANA, 20, 20, DANA, moved(Completed));
    assert_eq!((told.stop().state, told.conflicts()), (Completed, vec![]));
}

#[test]
fn whoever_lost_the_stop_meanwhile_is_heard_and_does_not_win() {
    let mut told = Told::new();
    told.says(PersonId::SERVER, 30, 30, PIOTR, planned("Bakery Blum"));
    assert_eq!((told.stop().driver, told.stop().state), (Some(PIOTR), Assigned));
    told.says(DANA, 40, 50, DANA, moved(Completed));
    assert_eq!(told.conflicts(), [(DANA, Conflict::NotTheirs)]);
    assert_eq!((told.stop().state, told.stop().proposal()), (Assigned, Some(Completed)));
    told.says(DANA, 20, 55, DANA, moved(Arrived));
    assert_eq!(told.stop().state, Assigned, "she was there while it was hers: Piotr begins anew");
    assert_eq!(told.stop().drivers, [DANA, PIOTR]);
}

#[test]
fn what_was_done_before_it_was_given_away_is_done() {
    let mut told = Told::new();
    told.says(PersonId::SERVER, 30, 30, PIOTR, planned("Bakery Blum"));
    told.says(DANA, 20, 50, DANA, moved(Completed));
    assert_eq!(told.stop().state, Completed);
    assert_eq!(told.conflicts(), [(PersonId::SERVER, Conflict::GivenTooLate)]);
    told.says(PIOTR, 60, 60, PIOTR, moved(EnRoute));
    assert_eq!(told.stop().state, Completed, "Piotr drives there in vain, and dispatch can see it");
}

#[test]
fn whoever_delivered_to_the_old_address_is_asked_about() {
    let mut told = Told::new();
    let first = told.stop().planned;
    told.says(OMAR, 30, 30, DANA, planned("Bakery Blum, new yard"));
    let moved = |seen, to| moves(StopMove { seen, ..StopMove::to(stop(), to) });
    told.says(DANA, 40, 60, DANA, moved(first, Arrived));
    assert_eq!(told.conflicts(), [], "on the way nothing is lost yet");
    told.says(DANA, 45, 61, DANA, moved(first, Completed));
    assert_eq!(
        (told.stop().state, told.conflicts()),
        (Completed, vec![(DANA, Conflict::PlanUnseen)])
    );
    let mut told = Told::new();
    let first = told.stop().planned;
    told.says(OMAR, 30, 30, DANA, planned("Bakery Blum, new yard"));
    told.says(DANA, 25, 60, DANA, moved(first, Completed));
    assert_eq!(told.conflicts(), [], "she was done before it changed");
    let mut told = Told::new();
    let first = told.stop().planned;
    let plan = StopPlan { instructions: "Ring".into(), ..StopPlan::of(trip(), "Bakery Blum") };
    told.says(OMAR, 30, 30, DANA, Body::StopPlanned { stop: stop(), plan: plan.into() });
    told.says(DANA, 40, 60, DANA, moved(first, Completed));
    assert_eq!(told.conflicts(), [], "it was the same work");
}

#[test]
fn a_change_asks_until_its_driver_has_answered_it_and_shows_what_was_before() {
    let answered = |plan: Option<FactId>, accepted| Body::PlansAnswered {
        answers: vec![Answered::stop(stop(), plan.expect("a plan"))],
        accepted,
        reason: Some(ReasonCode::NotEnoughTime).filter(|_| !accepted),
        text: String::new(),
    };
    let mut told = Told::new();
    assert!(told.stop().asks());
    told.says(DANA, 1, 1, DANA, answered(told.stop().planned, true));
    assert_eq!((told.stop().asks(), told.stop().state), (false, Accepted));
    let changed = told.says(OMAR, 2, 2, DANA, planned("Bakery Blum, yard"));
    let before = told.stop().agreed.as_ref().map(|plan| plan.name.clone());
    assert_eq!((told.stop().asks(), before), (true, Some("Bakery Blum".into())));
    told.says(OMAR, 3, 3, DANA, planned("Bakery Blum, hall"));
    told.says(DANA, 4, 4, DANA, answered(Some(changed), true));
    assert!(told.stop().asks(), "she has agreed with what it was in between");
    told.says(DANA, 5, 5, DANA, answered(told.stop().planned, false));
    let reply = told.stop().reply.clone().expect("an answer");
    assert_eq!((told.stop().asks(), reply.accepted), (false, false));
    assert_eq!(reply.reason, Some(ReasonCode::NotEnoughTime));
    let before = told.stop().agreed.as_ref().map(|plan| plan.name.clone());
    assert_eq!(before, Some("Bakery Blum".into()), "what she has agreed to still stands there");
    told.says(DANA, 6, 6, DANA, answered(told.stop().planned, true));
    assert_eq!((told.stop().state, told.stop().agreed.clone()), (Accepted, None));
}

#[test]
fn a_stop_is_late_while_it_is_not_done() {
    let mut told = Told::new();
    let plan = whole_plan();
    let until = plan.window.clone().expect("a window").until;
    told.says(OMAR, 1, 1, DANA, Body::StopPlanned { stop: stop(), plan: plan.into() });
    assert_eq!(told.stop().late_since(until), None);
    assert_eq!(told.stop().late_since(until + 1), Some(until));
    told.says(DANA, 200, 200, DANA, moved(Attempted));
    assert_eq!(told.stop().late_since(until + 1), None, "it was tried");
    told.says(DANA, 300, 300, DANA, moved(Completed));
    assert_eq!(told.stop().state, Completed, "there is a second try");
}

#[test]
fn what_a_driver_taps_is_kept_when_a_restore_has_lost_the_plan() {
    let mut told = Told { stop: None, facts: 0 };
    told.says(DANA, 10, 20, DANA, moved(Completed));
    told.says(OMAR, 0, 30, DANA, planned("Bakery Blum"));
    assert_eq!((told.stop().state, told.conflicts()), (Completed, vec![]));
}
