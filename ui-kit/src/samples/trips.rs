//! Dana's trip of that morning.

use waypost_client::View;
use waypost_client::view::TripView;
use waypost_protocol::{
    Answered, Argument, Body, Consignment, Contact, ConversationId, FactId, Header, PersonId,
    Place, Stop, StopId, StopMove, StopPlan, StopState, StopWord, TemplateUse, TimeWindow, Trip,
    TripId, TripPlan,
};

use super::{DANA, MORNING, OMAR, at, dana};

/// Dana's morning with her trip: two stops are done, she is on the way to the third, and dispatch has changed another.
pub fn dana_on_her_way() -> View {
    View { trips: vec![trip(&[])].into(), ..dana() }
}

/// The same, when she has arrived there.
pub fn dana_at_the_bakery() -> View {
    View { trips: vec![trip(&[(1, StopState::Arrived, -1)])].into(), ..dana() }
}

/// The trip North 1 of Dana, with what was done beyond the sample.
fn trip(more: &[(usize, StopState, i64)]) -> TripView {
    let id = TripId::mint(MORNING, 1);
    let plan = TripPlan { name: "North 1".into(), day: "2026-11-25".into(), ..TripPlan::default() };
    let planned = Body::TripPlanned { trip: id, plan: plan.into() };
    let trip = Trip::after(None, id, said(30, -120, OMAR, &planned)).expect("it is planned");
    let agreed = Body::PlansAnswered {
        answers: vec![Answered::trip(id, trip.planned)],
        accepted: true,
        reason: None,
        text: String::new(),
    };
    let trip = Trip::after(Some(trip), id, said(31, -110, DANA, &agreed)).expect("it is there");
    let stops = (0..PLACES.len()).map(|nth| {
        let beyond = more.iter().filter(|(at, ..)| *at == nth);
        stop(id, nth, &beyond.map(|(_, to, minute)| (*to, *minute)).collect::<Vec<_>>())
    });
    TripView { id, trip, stops: stops.collect() }
}

/// One of its stops.
fn stop(trip: TripId, nth: usize, more: &[(StopState, i64)]) -> (StopId, Stop) {
    let stop = StopId::mint(MORNING, nth as u128 + 1);
    let n = 40 + 10 * nth as u64;
    let begins = PLACES[nth].2;
    let first = Body::StopPlanned { stop, plan: plan_of(trip, nth, begins, "Ring at the yard") };
    let known = Stop::after(None, stop, said(n, -120, OMAR, &first)).expect("it is planned");
    let agreed = Body::PlansAnswered {
        answers: vec![Answered::stop(stop, known.planned.expect("a plan"))],
        accepted: true,
        reason: None,
        text: String::new(),
    };
    let moved = |to: StopState| Body::StopMoved {
        moved: StopMove::to(stop, to).into(),
        text: String::new(),
        template: None,
        header: Header::default(),
    };
    let mut words = vec![(-110, DANA, agreed)];
    match nth {
        0 => words.push((-80, DANA, moved(StopState::Completed))),
        1 => {
            words.push((-20, DANA, moved(StopState::EnRoute)));
            words.push((-10, PersonId::SERVER, gate_code(stop)));
        }
        3 => {
            let plan = plan_of(trip, nth, begins - 60, "Ring at the new gate");
            words.push((-5, OMAR, Body::StopPlanned { stop, plan }));
        }
        _ => {}
    }
    words.extend(more.iter().map(|(to, minute)| (*minute, DANA, moved(*to))));
    let mut known = Some(known);
    for ((minute, author, body), n) in words.iter().zip(n + 1..) {
        known = Stop::after(known, stop, said(n, *minute, *author, body));
    }
    (stop, known.expect("it is there"))
}

fn plan_of(trip: TripId, nth: usize, begins: i64, instructions: &str) -> Box<StopPlan> {
    let (name, address, _) = PLACES[nth];
    let contact = Contact {
        name: "Ada Blum".into(),
        phone: Some("+49 30 1234".into()),
        ..Contact::default()
    };
    let flour = Consignment {
        reference: format!("SO-471{nth}"),
        description: "Flour".into(),
        quantity: 12,
        unit: "sacks".into(),
        weight_g: None,
    };
    let zone = "Europe/Berlin".into();
    let plan = StopPlan {
        address: address.into(),
        place: Some(Place::at(52.53 + nth as f64 / 100.0, 13.39)),
        window: Some(TimeWindow { from: at(begins), until: at(begins + 60), zone }),
        instructions: instructions.into(),
        contact: Some(contact.into()),
        consignments: vec![flour],
        ..StopPlan::of(trip, name)
    };
    plan.into()
}

/// Ada of the bakery says how to get in.
fn gate_code(stop: StopId) -> Body {
    let said = TemplateUse {
        template: "consignee-access".into(),
        version: 1,
        arguments: [("text".to_owned(), Argument::Text("Gate 4471#".into()))].into(),
    };
    Body::ConsigneeSaid { stop, said: said.into(), first: None, header: Header::default() }
}

/// Something that was said of trips at that minute.
fn said(n: u64, minute: i64, author: PersonId, body: &Body) -> StopWord<'_> {
    StopWord {
        id: FactId::mint(at(minute), u128::from(n)),
        n,
        author,
        place: ConversationId::Dispatch(DANA),
        recorded_at: at(minute),
        skew_ms: None,
        body,
    }
}

/// Where Dana goes: name, address, and when its window begins, in minutes into the morning.
const PLACES: [(&str, &str, i64); 4] = [
    ("Nordkai Logistics", "Nordkai 3, 10365 Berlin", -120),
    ("Bakery Blum", "Gartenstraße 12, 10115 Berlin", -90),
    ("Hofladen Wedding", "Müllerstraße 45, 13353 Berlin", 30),
    ("Kita Sonnenschein", "Seestraße 80, 13347 Berlin", 120),
];
