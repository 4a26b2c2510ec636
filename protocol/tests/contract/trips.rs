//! Trips and stops: their facts, and what a stop becomes by them.

use waypost_protocol::StopState::*;
use waypost_protocol::*;

use crate::samples::{DANA, MORNING, OMAR, fact};

const PIOTR: PersonId = PersonId(8);
const MINUTE: Millis = 60_000;

pub fn trip() -> TripId {
    TripId::mint(MORNING, 0x71)
}

pub fn stop() -> StopId {
    StopId::mint(MORNING, 0x51)
}

/// One of each kind, and their optional parts.
pub fn bodies() -> Vec<(&'static str, Body)> {
    let (trip, stop, text) = (trip(), stop(), String::new);
    let (plan, answers) = (fact(1), vec![Answered::trip(trip, fact(1))]);
    let bare = TripPlan { name: "North 1".into(), day: "2026-03-02".into(), ..TripPlan::default() };
    let rich = TripPlan {
        reference: Some("TR-9".into()),
        vehicle: Some("B-WP 1204".into()),
        order: vec![stop],
        ..bare.clone()
    };
    let answered = vec![Answered::stop(stop, plan), answers[0]];
    let (reason, why) = (Some(ReasonCode::NotEnoughTime), "Full by noon".to_owned());
    vec![
        ("trip planned", Body::TripPlanned { trip, plan: bare.into() }),
        ("trip planned, whole", Body::TripPlanned { trip, plan: rich.into() }),
        ("stop planned", planned("Bakery Blum")),
        ("stop planned, whole", Body::StopPlanned { stop, plan: whole_plan().into() }),
        (
            "plans accepted",
            Body::PlansAnswered { answers, accepted: true, reason: None, text: text() },
        ),
        (
            "plans refused",
            Body::PlansAnswered { answers: answered, accepted: false, reason, text: why },
        ),
        ("stop moved", moved(Arrived)),
        ("stop moved, whole", moved_with_everything()),
        ("template that moves a stop", there()),
        ("stop settled", Body::StopSettled { stop, state: Completed, text: text() }),
        ("trip handed over", Body::TripHandedOver { trip, to: Some(PIOTR) }),
        ("trip handed over, to nobody", Body::TripHandedOver { trip, to: None }),
        ("stop handed over", Body::StopHandedOver { stop, to: trip }),
        ("consignee said", said(None)),
        ("consignee said, told again", said(Some(fact(3)))),
        ("template for consignees", for_consignees()),
    ]
}

/// What Ada Blum of the bakery writes to the driver.
pub fn said(first: Option<FactId>) -> Body {
    let said = TemplateUse {
        template: "consignee-access".into(),
        version: 1,
        arguments: [("text".to_owned(), Argument::Text("Gate 4711".into()))].into(),
    };
    let header = match first {
        Some(_) => Header { priority: Priority::Urgent, ..Header::default() },
        None => Header::default(),
    };
    Body::ConsigneeSaid { stop: stop(), said: said.into(), first, header }
}

fn for_consignees() -> Body {
    let text = TemplateText { label: "Gate".into(), text: "Ring.".into(), ..Default::default() };
    let definition = TemplateDefinition {
        texts: [("en".into(), text)].into(),
        for_consignees: true,
        ..TemplateDefinition::default()
    };
    Body::TemplatePublished { template: "gate".into(), version: 1, definition: definition.into() }
}

fn there() -> Body {
    let text = TemplateText {
        label: "There".into(),
        text: "I am there.".into(),
        ..TemplateText::default()
    };
    let reason = Some(ReasonCode::Traffic);
    let definition = TemplateDefinition {
        texts: [("en".into(), text)].into(),
        moves: Some(StopAction { to: Arrived, reason }),
        ..TemplateDefinition::default()
    };
    Body::TemplatePublished { template: "there".into(), version: 1, definition: definition.into() }
}

pub fn whole_plan() -> StopPlan {
    let goods = Consignment {
        reference: "SO-4711".into(),
        description: "Flour".into(),
        quantity: 12,
        unit: "sacks".into(),
        weight_g: Some(300_000),
    };
    let contact =
        Contact { name: "Ada Blum".into(), phone: Some("+49 30 1".into()), ..Contact::default() };
    StopPlan {
        reference: Some("SO-4711/1".into()),
        address: "Gartenstraße 12, 10115 Berlin".into(),
        place: Some(Place::at(52.5363, 13.3938)),
        window: Some(TimeWindow {
            from: MORNING,
            until: MORNING + 90 * MINUTE,
            zone: "Europe/Berlin".into(),
        }),
        service_minutes: 10,
        instructions: "Ring at the yard".into(),
        priority: Priority::Urgent,
        contact: Some(contact.into()),
        consignments: vec![goods],
        ..StopPlan::of(trip(), "Bakery Blum")
    }
}

pub fn planned(name: &str) -> Body {
    Body::StopPlanned { stop: stop(), plan: StopPlan::of(trip(), name).into() }
}

pub fn moved(to: StopState) -> Body {
    moves(StopMove::to(stop(), to))
}

pub fn moves(moved: StopMove) -> Body {
    Body::StopMoved {
        moved: moved.into(),
        text: String::new(),
        template: None,
        header: Header::default(),
    }
}

fn manifest() -> EvidenceManifest {
    let blob = |byte, media_type: &str| Blob {
        sha256: Sha256Hash([byte; 32]),
        size: 4_711,
        media_type: media_type.into(),
    };
    let at = Some(GeoStamp::of(Place::at(52.5363, 13.3938), MORNING, MORNING));
    let item = |kind, original: Option<Blob>, text: &str| EvidenceItem {
        kind,
        captured_at: MORNING,
        preview: original.as_ref().map(|_| blob(9, "image/jpeg")),
        original,
        text: text.into(),
        at: at.clone(),
    };
    EvidenceManifest {
        stop: stop(),
        fact: fact(2),
        outcome: Completed,
        items: vec![
            item(EvidenceKind::Photo, Some(blob(1, "image/jpeg")), ""),
            item(EvidenceKind::Scan, None, "(00)340123450000000018"),
        ],
        received_by: Some(ReceivedBy { name: "Ada Blum".into(), role: "Owner".into() }),
        counts: vec![Count { reference: "SO-4711".into(), delivered: 11, refused: 1, damaged: 0 }],
        note: "One sack was wet".into(),
    }
}

fn signed(manifest: &EvidenceManifest) -> SignedManifest {
    SignedManifest::of(manifest, |_| [7; 64])
}

fn moved_with_everything() -> Body {
    let moved = StopMove {
        reason: Some(ReasonCode::GoodsDamaged),
        seen: Some(fact(1)),
        at: Some(GeoStamp::without(Fix::None)),
        proof: Some(signed(&manifest()).into()),
        ..StopMove::to(stop(), Completed)
    };
    let template = TemplateUse {
        template: "delivered".into(),
        version: 2,
        arguments: [("name".to_string(), Argument::Text("Ada".into()))].into(),
    };
    let header = Header { priority: Priority::Urgent, ..Header::default() };
    Body::StopMoved {
        moved: moved.into(),
        text: "All there".into(),
        template: Some(template.into()),
        header,
    }
}

#[test]
fn what_is_planned_has_a_name_a_day_and_bounds() {
    let check = |plan: StopPlan| {
        Body::StopPlanned { stop: stop(), plan: plan.into() }.check().map_err(|error| error.field)
    };
    let plan = whole_plan();
    assert_eq!(check(plan.clone()), Ok(()));
    assert_eq!(check(StopPlan { name: " ".into(), ..plan.clone() }), Err("name"));
    let long = "x".repeat(ADDRESS_CHARS_MAX + 1);
    assert_eq!(check(StopPlan { address: long, ..plan.clone() }), Err("address"));
    assert_eq!(check(StopPlan { service_minutes: 1441, ..plan.clone() }), Err("service_minutes"));
    let window = |from, until, zone: &str| {
        let window = Some(TimeWindow { from, until, zone: zone.into() });
        check(StopPlan { window, ..plan.clone() })
    };
    let month = WINDOW_HOURS_MAX * 60 * MINUTE;
    assert_eq!(window(0, month, "UTC"), Ok(()));
    assert_eq!(window(0, month + 1, "UTC"), Err("window"));
    assert_eq!(window(5, 5, "UTC"), Err("window"), "nobody could come then");
    assert_eq!(window(i64::MIN, i64::MAX, "UTC"), Err("window"));
    assert_eq!(window(0, 1, "Berlin time"), Err("zone"));
    assert_eq!(window(0, 1, "../etc"), Err("zone"));
    let trip = |day: &str| {
        let plan = TripPlan { name: "North".into(), day: day.into(), ..TripPlan::default() };
        plan.check().map_err(|error| error.field)
    };
    assert_eq!(trip("2024-02-29"), Ok(()));
    for day in
        ["2026-02-29", "2026-13-01", "2026-00-10", "2026-04-31", "2026-1-1", "+026-01-01", ""]
    {
        assert_eq!(trip(day), Err("day"), "{day}");
    }
}

#[test]
fn what_moves_a_stop_proves_that_stop_and_stays() {
    let check = |body: Body| body.check().map_err(|error| error.field);
    assert_eq!(check(moved_with_everything()), Ok(()));
    assert_eq!(check(moved(Assigned)), Err("to"), "its plan says so");
    let proves = |to, manifest: EvidenceManifest| {
        let proof = Some(signed(&manifest).into());
        check(moves(StopMove { proof, ..StopMove::to(stop(), to) }))
    };
    assert_eq!(proves(Completed, manifest()), Ok(()));
    assert_eq!(proves(Refused, manifest()), Err("proof"), "it proves another outcome");
    let other = EvidenceManifest { stop: StopId::mint(1, 1), ..manifest() };
    assert_eq!(proves(Completed, other), Err("proof"), "it proves another stop");
    let early = EvidenceManifest { outcome: Arrived, ..manifest() };
    assert_eq!(proves(Arrived, early), Err("outcome"));
    let item = EvidenceItem { original: None, text: String::new(), ..manifest().items[0].clone() };
    let empty = EvidenceManifest { items: vec![item], ..manifest() };
    assert_eq!(proves(Completed, empty), Err("items"), "it shows nothing");
    let mut cut = signed(&manifest());
    cut.signature.0.pop();
    let proof = Some(cut.into());
    assert_eq!(check(moves(StopMove { proof, ..StopMove::to(stop(), Completed) })), Err("proof"));
    let Body::StopMoved { moved, text, template, .. } = moved(Completed) else { panic!("a move") };
    let header = Header { expires_after_s: Some(60), ..Header::default() };
    assert_eq!(check(Body::StopMoved { moved, text, template, header }), Err("moved"));
}

#[test]
fn a_template_that_moves_a_stop_says_how_it_went_and_waits_for_nobody() {
    let text = TemplateText {
        label: "There".into(),
        text: "I am there.".into(),
        ..TemplateText::default()
    };
    let template = |to, within: Option<u16>| {
        let definition = TemplateDefinition {
            texts: [("en".into(), text.clone())].into(),
            moves: Some(StopAction { to, reason: None }),
            acknowledge_within_minutes: within,
            ..TemplateDefinition::default()
        };
        definition.check("there").map_err(|error| error.field)
    };
    assert_eq!(template(Arrived, None), Ok(()));
    assert_eq!(template(Cancelled, None), Err("moves"));
    assert_eq!(template(Assigned, None), Err("moves"));
    assert_eq!(template(Arrived, Some(5)), Err("moves"));
}

#[test]
fn a_signature_counts_for_a_reader_who_does_not_know_all_that_was_signed() {
    let mut bytes = minicbor::to_vec(manifest()).unwrap();
    assert_eq!(bytes[0], 0x87, "an array of seven");
    bytes[0] = 0x88;
    bytes.extend([0x18, 0x2a]);
    let newer = SignedManifest { signed: Bytes(bytes), signature: Bytes(vec![7; 64]) };
    assert_eq!(newer.manifest(), Ok(manifest()));
    assert!(newer.message().ends_with(&newer.signed.0), "what is signed is all that came");
    let json = serde_json::to_string(&newer).unwrap();
    assert_eq!(serde_json::from_str::<SignedManifest>(&json).unwrap(), newer);
}

#[test]
fn a_reason_from_the_future_is_another_one() {
    let known = minicbor::to_vec(ReasonCode::Weather).unwrap();
    assert_eq!(minicbor::decode::<ReasonCode>(&known).unwrap(), ReasonCode::Weather);
    let newer = minicbor::to_vec(4_711_u16).unwrap();
    assert_eq!(minicbor::decode::<ReasonCode>(&newer).unwrap(), ReasonCode::Other);
    let names: std::collections::BTreeSet<_> = ReasonCode::ALL.iter().map(|it| it.name()).collect();
    assert_eq!(names.len(), ReasonCode::ALL.len());
    for reason in ReasonCode::ALL {
        let json = serde_json::to_string(reason).unwrap();
        assert_eq!(json, format!("\"{}\"", reason.name()), "one name for one thing");
    }
}

#[test]
fn a_trip_knows_its_driver_and_what_they_have_agreed_to() {
    let hears = |trip: Option<Trip>, n: u8, author, place, body: Body| {
        let (recorded_at, n, id) = (MORNING + i64::from(n) * MINUTE, n.into(), fact(n));
        let word = StopWord { id, n, author, place, recorded_at, skew_ms: None, body: &body };
        Trip::after(trip, self::trip(), word).expect("a trip")
    };
    let (danas, staff) = (ConversationId::Dispatch(DANA), ConversationId::Staff);
    let plan = |name: &str, order| {
        let plan =
            TripPlan { name: name.into(), day: "2026-03-02".into(), order, ..TripPlan::default() };
        Body::TripPlanned { trip: trip(), plan: plan.into() }
    };
    let made = hears(None, 1, OMAR, staff, plan("North", vec![]));
    assert_eq!((made.driver, made.asks()), (None, false), "nobody can be asked yet");
    let told = hears(Some(made), 2, OMAR, danas, plan("North", vec![]));
    assert_eq!((told.driver, told.asks()), (Some(DANA), true));
    let agrees = |n| Body::PlansAnswered {
        answers: vec![Answered::trip(trip(), fact(n))],
        accepted: true,
        reason: None,
        text: String::new(),
    };
    let told = hears(Some(told), 4, DANA, danas, agrees(2));
    assert!(!told.asks());
    let turned = plan("North", vec![stop()]);
    let told = hears(Some(told), 5, OMAR, danas, turned);
    let before = told.agreed.as_ref().map(|plan| plan.order.len());
    assert_eq!((told.asks(), before), (true, Some(0)), "the order was another");
    let away = Body::TripHandedOver { trip: trip(), to: Some(PIOTR) };
    let told = hears(Some(told), 6, OMAR, danas, away);
    assert_eq!((told.driver, told.agreed.clone()), (Some(PIOTR), None));
}

#[test]
fn states_and_reasons_say_the_same_in_the_words_of_others() {
    for state in StopState::ALL {
        assert_eq!(serde_json::to_string(&state).unwrap(), format!("\"{}\"", state.name()));
    }
    assert_eq!(
        (Completed.x12(StopKind::Delivery), Completed.x12(StopKind::Pickup)),
        (Some("D1"), Some("CP"))
    );
    assert_eq!(
        (Completed.rec24(StopKind::Delivery), Completed.rec24(StopKind::Pickup)),
        (Some("21"), Some("13"))
    );
    assert_eq!(
        (ReasonCode::Accident.x12(), ReasonCode::Accident.edifact()),
        (Some("AF"), Some("88"))
    );
    assert_eq!(ReasonCode::NoAccess.x12(), None, "nothing is said rather than something else");
}

#[test]
fn a_fix_that_is_old_is_called_so() {
    let place = Place::at(52.0, 13.0);
    let of = |age| GeoStamp::of(place.clone(), MORNING, MORNING + age);
    assert!(of(STALE_FIX_MS).fix == Fix::Current);
    assert!(of(STALE_FIX_MS + 1).fix == Fix::Stale);
}
