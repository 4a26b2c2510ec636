//! Trips and stops: who plans, who moves, what is handed over, and what is taken for evidence.

use ed25519_dalek::{Signer as _, SigningKey};
use waypost_domain::{Clockwork, Decision, Known, Reply, Request, Wanted, decide};
use waypost_protocol::StopState::*;
use waypost_protocol::{
    Answer, Answered, Body, Case, Conflict, ConversationId, Entry, EvidenceManifest, FactId,
    Header, PersonId, ProblemCode, STOP_STEPS_MAX, SignedManifest, Stop, StopId, StopMove,
    StopPlan, StopState, TRIP_STOPS_MAX, TripId, TripPlan,
};

use crate::crew::{AYO, DANA, NOW, OMAR, OTTO, VERA, entry, of, with, with_office};

const MINUTE: i64 = 60_000;

/// The server, and the time.
pub struct Server {
    pub known: Known,
    minute: i64,
    made: u128,
}

pub fn danas() -> ConversationId {
    ConversationId::Dispatch(DANA)
}

pub fn ayos() -> ConversationId {
    ConversationId::Dispatch(AYO)
}

pub fn trip(n: u128) -> TripId {
    TripId::mint(NOW, n)
}

pub fn stop(n: u128) -> StopId {
    StopId::mint(NOW, n)
}

pub fn trip_planned(n: u128) -> Body {
    let plan = TripPlan { name: "North".into(), day: "2026-03-02".into(), ..TripPlan::default() };
    Body::TripPlanned { trip: trip(n), plan: plan.into() }
}

fn stop_planned(n: u128, of: u128) -> Body {
    Body::StopPlanned { stop: stop(n), plan: StopPlan::of(trip(of), format!("Stop {n}")).into() }
}

pub fn moved(n: u128, to: StopState) -> Body {
    moves(StopMove::to(stop(n), to))
}

fn moves(moved: StopMove) -> Body {
    Body::StopMoved {
        moved: moved.into(),
        text: String::new(),
        template: None,
        header: Header::default(),
    }
}

fn settled(n: u128, state: StopState) -> Body {
    Body::StopSettled { stop: stop(n), state, text: String::new() }
}

pub fn handed(n: u128, to: PersonId) -> Body {
    Body::TripHandedOver { trip: trip(n), to: Some(to) }
}

impl Server {
    /// Dana has a trip with two stops.
    pub fn with_a_trip() -> Self {
        let known = with(with_office(), &[VERA]);
        let mut server = Self { known, minute: 0, made: 0 };
        for body in [trip_planned(1), stop_planned(1, 1), stop_planned(2, 1)] {
            server.says(OMAR, danas(), &body).expect("he plans");
        }
        server
    }

    pub fn says(
        &mut self,
        who: PersonId,
        place: ConversationId,
        body: &Body,
    ) -> Result<Decision, ProblemCode> {
        self.says_at(self.minute + 1, who, place, body)
    }

    /// What was done so many minutes after they began is told now.
    fn says_at(
        &mut self,
        minute: i64,
        who: PersonId,
        place: ConversationId,
        body: &Body,
    ) -> Result<Decision, ProblemCode> {
        let id = FactId::mint(NOW + minute * MINUTE, self.made + 1);
        self.says_as(id, who, place, body)
    }

    fn says_as(
        &mut self,
        id: FactId,
        who: PersonId,
        place: ConversationId,
        body: &Body,
    ) -> Result<Decision, ProblemCode> {
        self.made += 1_000;
        self.minute += 1;
        self.known.lanes.clear();
        let mut next = self.made;
        let mut random = || {
            next += 1;
            next
        };
        let batch =
            [Request::Submit { actor: of(who), entries: vec![Entry { id, ..entry(place, body) }] }];
        let now = NOW + self.minute * MINUTE;
        let decision = decide(&mut self.known, &batch, Clockwork { now, random: &mut random });
        let Reply::Answers(answers) = &decision.replies[0] else { panic!("a submit has answers") };
        match answers[0] {
            Answer::Accepted { .. } => Ok(decision),
            Answer::Rejected { code, .. } => Err(code),
            ref other => panic!("{other:?}"),
        }
    }

    pub fn refuses(&mut self, who: PersonId, place: ConversationId, body: &Body) -> ProblemCode {
        self.says(who, place, body).expect_err("it is refused")
    }

    pub fn stop(&self, n: u128) -> &Stop {
        &self.known.stops[&stop(n)]
    }

    fn conflicts(&self, n: u128) -> Vec<(PersonId, Conflict)> {
        self.stop(n).conflicts().filter_map(|it| Some((it.by, it.conflict?))).collect()
    }
}

/// Where each fact of a decision stands, and its kind.
fn told(decision: &Decision) -> Vec<(Option<ConversationId>, u16)> {
    decision.facts.iter().map(|fact| (fact.conversation, fact.content.kind)).collect()
}

#[test]
fn dispatch_plans_and_drivers_and_colleagues_do_not() {
    let mut server = Server::with_a_trip();
    assert_eq!(server.refuses(DANA, danas(), &trip_planned(2)), ProblemCode::NotAllowed);
    assert_eq!(server.refuses(DANA, danas(), &stop_planned(3, 1)), ProblemCode::NotAllowed);
    assert_eq!(server.refuses(DANA, danas(), &settled(1, Completed)), ProblemCode::NotAllowed);
    assert_eq!(server.refuses(DANA, danas(), &handed(1, AYO)), ProblemCode::NotAllowed);
    assert_eq!(server.refuses(DANA, danas(), &moved(1, Cancelled)), ProblemCode::NotAllowed);
    assert_eq!(server.refuses(AYO, danas(), &moved(1, Arrived)), ProblemCode::NotFound);
    assert_eq!(server.refuses(VERA, danas(), &moved(1, Arrived)), ProblemCode::NotFound);
    assert_eq!(server.refuses(OTTO, danas(), &trip_planned(2)), ProblemCode::NotFound);
    let veras = ConversationId::Dispatch(VERA);
    assert_eq!(
        server.refuses(OMAR, veras, &trip_planned(2)),
        ProblemCode::NotFound,
        "she drives not"
    );
    assert_eq!(server.refuses(VERA, veras, &moved(1, Arrived)), ProblemCode::NotFound);
    assert_eq!(
        server.refuses(OMAR, ConversationId::Fleet, &trip_planned(2)),
        ProblemCode::NotFound
    );
    let direct = ConversationId::direct(DANA, OMAR).expect("two people");
    assert_eq!(server.refuses(OMAR, direct, &trip_planned(2)), ProblemCode::NotFound);
    assert_eq!(
        server.refuses(OMAR, ConversationId::Staff, &Body::text("Hello")),
        ProblemCode::NotFound,
        "among the staff nothing is said but what is planned"
    );
    server.says(OMAR, ConversationId::Staff, &trip_planned(2)).expect("nobody drives it yet");
    server.says(OMAR, danas(), &moved(1, Arrived)).expect("she has called him");
}

#[test]
fn what_dana_does_at_her_stop_counts_and_ayo_cannot_say_a_word_of_it() {
    let mut server = Server::with_a_trip();
    server.says(DANA, danas(), &moved(1, Completed)).expect("it is hers");
    assert_eq!(server.stop(1).state, Completed);
    assert_eq!(server.refuses(AYO, ayos(), &moved(2, Completed)), ProblemCode::NotFound);
    let agrees = Body::PlansAnswered {
        answers: vec![Answered::stop(stop(2), server.stop(2).planned.expect("a plan"))],
        accepted: true,
        reason: None,
        text: String::new(),
    };
    assert_eq!(server.refuses(AYO, ayos(), &agrees), ProblemCode::NotFound);
    assert_eq!(
        server.refuses(OMAR, danas(), &agrees),
        ProblemCode::NotAllowed,
        "she answers herself"
    );
    server.says(DANA, danas(), &agrees).expect("it is hers");
    assert_eq!(server.stop(2).state, Accepted);
    server.says(DANA, danas(), &moved(9, Completed)).expect("a restore may have lost the plan");
    assert_eq!(server.stop(9).state, Assigned);
}

#[test]
fn half_past_nine_counts_before_ten_and_dispatch_learns_of_it() {
    let mut server = Server::with_a_trip();
    server.minute = 60;
    server.says(OMAR, danas(), &moved(1, Cancelled)).expect("he cancels");
    server.minute = 120;
    server.says_at(30, DANA, danas(), &moved(1, Completed)).expect("she was there");
    assert_eq!(server.stop(1).state, Completed);
    assert_eq!(server.conflicts(1), [(OMAR, Conflict::Over)]);
    server.says(OMAR, danas(), &settled(1, Completed)).expect("he sees");
    assert_eq!(server.conflicts(1), []);
}

#[test]
fn a_trip_is_handed_over_with_what_is_left_of_it() {
    let mut server = Server::with_a_trip();
    server.says(DANA, danas(), &moved(1, Completed)).expect("one is done");
    let decision = server.says(OMAR, danas(), &handed(1, AYO)).expect("he hands it over");
    let (hers, his) = (Some(danas()), Some(ayos()));
    assert_eq!(told(&decision), [(hers, 125), (his, 120), (his, 121)], "what is done stays hers");
    assert!(decision.facts[1..].iter().all(|fact| fact.author == PersonId::SERVER));
    assert_eq!(server.known.trips[&trip(1)].driver, Some(AYO));
    assert_eq!((server.stop(1).driver, server.stop(2).driver), (Some(DANA), Some(AYO)));
    assert_eq!(
        server.refuses(OMAR, danas(), &handed(1, AYO)),
        ProblemCode::Outdated,
        "it is not there"
    );
    assert_eq!(server.refuses(OMAR, ayos(), &handed(1, AYO)), ProblemCode::AlreadyDone);
    assert_eq!(server.refuses(OMAR, ayos(), &handed(1, VERA)), ProblemCode::NotFound);
    assert_eq!(server.refuses(OMAR, danas(), &stop_planned(2, 1)), ProblemCode::Outdated);
    assert_eq!(server.refuses(OMAR, danas(), &settled(2, Completed)), ProblemCode::Outdated);
    server.says(AYO, ayos(), &moved(2, Arrived)).expect("it is his");
    server.says(DANA, danas(), &moved(2, Completed)).expect("it was hers: she may not know yet");
    assert_eq!(server.conflicts(2), [(DANA, Conflict::NotTheirs)]);
    assert_eq!(server.stop(2).state, Arrived);
    let back = Body::TripHandedOver { trip: trip(1), to: None };
    let decision = server.says(OMAR, ayos(), &back).expect("nobody drives it");
    assert_eq!(
        told(&decision)[1..],
        [(Some(ConversationId::Staff), 120), (Some(ConversationId::Staff), 121)]
    );
}

#[test]
fn a_stop_goes_to_another_trip_and_both_drivers_hear_of_it() {
    let mut server = Server::with_a_trip();
    server.says(OMAR, ayos(), &trip_planned(2)).expect("another trip");
    let gives = |to| Body::StopHandedOver { stop: stop(2), to: trip(to) };
    assert_eq!(server.refuses(OMAR, danas(), &gives(1)), ProblemCode::AlreadyDone);
    assert_eq!(server.refuses(OMAR, danas(), &gives(3)), ProblemCode::NotFound);
    assert_eq!(server.refuses(OMAR, ayos(), &gives(2)), ProblemCode::Outdated);
    let decision = server.says(OMAR, danas(), &gives(2)).expect("he gives it away");
    assert_eq!(told(&decision), [(Some(danas()), 126), (Some(ayos()), 121)]);
    assert_eq!((server.stop(2).trip, server.stop(2).driver), (Some(trip(2)), Some(AYO)));
    assert_eq!(server.known.stops_of[&trip(1)].len(), 1);
    assert_eq!(server.known.stops_of[&trip(2)].len(), 1);
    assert_eq!(decision.stops.keys().copied().collect::<Vec<_>>(), [stop(2)]);
    assert_eq!(server.refuses(OMAR, ayos(), &stop_planned(2, 1)), ProblemCode::Outdated);
}

#[test]
fn a_trip_has_a_bound_and_so_has_what_is_done_at_a_stop() {
    let mut server = Server::with_a_trip();
    for n in 3..=TRIP_STOPS_MAX as u128 {
        server.says(OMAR, danas(), &stop_planned(n, 1)).expect("there is room");
    }
    assert_eq!(server.refuses(OMAR, danas(), &stop_planned(4_711, 1)), ProblemCode::TooLarge);
    server.says(OMAR, danas(), &stop_planned(3, 1)).expect("it is there already");
    server.says(OMAR, ayos(), &trip_planned(2)).expect("another trip");
    server.says(OMAR, ayos(), &stop_planned(4_711, 2)).expect("a stop of it");
    let full = Body::StopHandedOver { stop: stop(4_711), to: trip(1) };
    assert_eq!(server.refuses(OMAR, ayos(), &full), ProblemCode::TooLarge);
    let states = [EnRoute, Arrived];
    for n in 1..STOP_STEPS_MAX {
        server.says(DANA, danas(), &moved(1, states[n % 2])).expect("there is room");
    }
    assert_eq!(server.refuses(DANA, danas(), &moved(1, Completed)), ProblemCode::TooLarge);
    assert_eq!(server.refuses(OMAR, danas(), &stop_planned(1, 1)), ProblemCode::TooLarge);
    server.says(OMAR, danas(), &settled(1, Arrived)).expect("dispatch decides");
    server.says(DANA, danas(), &moved(1, Completed)).expect("and it goes on");
}

#[test]
fn evidence_counts_if_its_device_has_signed_it_for_this_stop_and_this_fact() {
    let mut server = Server::with_a_trip();
    let (danas_key, other) = (SigningKey::from_bytes(&[7; 32]), SigningKey::from_bytes(&[8; 32]));
    let tablet = of(DANA).enrolment.expect("a device");
    server.known.keys.insert(tablet, danas_key.verifying_key().to_bytes());
    let id = FactId::mint(NOW + 90 * MINUTE, 5);
    let proven = |key: &SigningKey, fact| {
        let manifest = EvidenceManifest {
            stop: stop(1),
            fact,
            outcome: Completed,
            items: Vec::new(),
            received_by: None,
            counts: Vec::new(),
            note: "Left with the porter".into(),
        };
        SignedManifest::of(&manifest, |message| key.sign(message).to_bytes())
    };
    let completes = |proof: SignedManifest| {
        moves(StopMove { proof: Some(proof.into()), ..StopMove::to(stop(1), Completed) })
    };
    let forged = Some(ProblemCode::EvidenceInvalid);
    let mut changed = proven(&danas_key, id);
    changed.signed.0.pop();
    changed.signed.0.push(b'!');
    let wrong = [
        ("another device has signed it", proven(&other, id)),
        ("it is for something else", proven(&danas_key, FactId::mint(NOW, 6))),
        ("something else was signed", changed),
    ];
    for (why, proof) in wrong {
        let code = server.says_as(id, DANA, danas(), &completes(proof)).err();
        assert_eq!(code, forged, "{why}");
        server.known.past.clear();
    }
    let by_another = completes(proven(&danas_key, id));
    server.says(OMAR, danas(), &handed(1, AYO)).expect("it is Ayo's now");
    assert_eq!(server.says_as(id, AYO, ayos(), &by_another).err(), forged, "Ayo did not sign it");
    server.known.past.clear();
    server.says_as(id, DANA, danas(), &by_another).expect("it is hers, and she was there");
    assert!(server.stop(1).steps.iter().any(|step| step.fact == id));
}

#[test]
fn what_a_batch_asks_of_trips_is_looked_up() {
    let wanted = |who, body: &Body| {
        Wanted::by(&[Request::Submit { actor: of(who), entries: vec![entry(danas(), body)] }])
    };
    let over = wanted(OMAR, &handed(1, AYO));
    assert!(over.trips.contains(&trip(1)) && over.handed.contains(&trip(1)));
    assert!(over.people.contains(&AYO));
    let planned = wanted(OMAR, &stop_planned(2, 1));
    assert!(planned.trips.contains(&trip(1)) && planned.stops.contains(&stop(2)));
    let given = wanted(OMAR, &Body::StopHandedOver { stop: stop(2), to: trip(3) });
    assert!(given.trips.contains(&trip(3)) && given.stops.contains(&stop(2)));
    let moved = wanted(DANA, &moved(2, Arrived));
    assert!(moved.stops.contains(&stop(2)) && moved.keys.is_empty(), "nothing is signed");
    assert!(given.keys() >= 2);
}

#[test]
fn how_it_goes_at_a_stop_is_no_question_unless_it_went_wrong() {
    let waits = |to| {
        let mut case = Case::of(danas()).expect("the staff share it");
        let (id, body) = (FactId::mint(NOW, 1), moved(1, to));
        case.hears(waypost_protocol::Word {
            id,
            author: DANA,
            is_staff: false,
            at: NOW,
            body: &body,
        });
        case.waiting_since.is_some()
    };
    assert_eq!([Arrived, Completed, Attempted, Refused].map(waits), [false, false, true, true]);
}
