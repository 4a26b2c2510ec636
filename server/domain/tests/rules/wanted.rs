//! What a batch must look up, and what it need not look up again.

use std::collections::HashSet;

use waypost_domain::{Actor, Deed, Request, Wanted};
use waypost_protocol::{
    Body, ConversationId, DeviceId, EnrolmentId, Entry, FactId, GroupSettings, PersonId, Quote,
    ReadMark, ReportReason, Role, StoredMark, Verdict,
};

const DANA: PersonId = PersonId(1);
const OMAR: PersonId = PersonId(2);
const AYO: PersonId = PersonId(3);
const NORTH: ConversationId = ConversationId::Group(7);
const WITH_OMAR: ConversationId = ConversationId::Direct(DANA, OMAR);

fn tablet() -> EnrolmentId {
    EnrolmentId::mint(0, 1)
}

fn dana() -> Actor {
    Actor { person: DANA, enrolment: Some(tablet()), role: Role::Driver }
}

fn fact(n: u128) -> FactId {
    FactId::mint(0, n)
}

fn says(id: u128, conversation: ConversationId, needs: Option<FactId>) -> Request {
    let content = Body::text("Gate 4 is closed").to_content();
    let entry = Entry {
        id: fact(id),
        conversation,
        number: 1,
        content,
        offset_minutes: 0,
        skew_ms: None,
        needs,
        gap: false,
    };
    Request::Submit { actor: dana(), entries: vec![entry] }
}

fn reads(conversation: ConversationId) -> Request {
    let read = vec![ReadMark { conversation, up_to: 5, at: 0 }];
    Request::Marks { actor: dana(), epoch: 0, stored: vec![StoredMark { up_to: 5, at: 0 }], read }
}

fn does(deed: Deed) -> Request {
    Request::Deed { actor: Actor::OPERATOR, id: fact(50), deed }
}

fn opens(name: &str, members: Vec<PersonId>) -> Deed {
    let (moderators, settings) = (Vec::new(), GroupSettings::default());
    Deed::CreateGroup { name: name.into(), members, moderators, settings }
}

#[test]
fn a_message_wants_its_people_its_lane_and_whether_it_is_there() {
    let wanted = Wanted::by(&[says(10, WITH_OMAR, Some(fact(9)))]);
    let expected = Wanted {
        enrolments: HashSet::from([tablet()]),
        people: HashSet::from([DANA, OMAR]),
        chosen: HashSet::from([OMAR]),
        expiries: HashSet::from([WITH_OMAR]),
        facts: HashSet::from([fact(10), fact(9)]),
        lanes: HashSet::from([(tablet(), WITH_OMAR)]),
        ..Wanted::default()
    };
    assert_eq!(wanted, expected);
    assert_eq!(wanted.keys(), 8);
}

#[test]
fn marks_want_how_far_the_person_has_read() {
    let wanted = Wanted::by(&[reads(NORTH)]);
    let expected = Wanted {
        enrolments: HashSet::from([tablet()]),
        people: HashSet::from([DANA]),
        members: HashSet::from([(7, DANA)]),
        groups: HashSet::from([7]),
        read: HashSet::from([(DANA, NORTH)]),
        ..Wanted::default()
    };
    assert_eq!(wanted, expected);
    assert_eq!(wanted.keys(), 5);
}

#[test]
fn deeds_want_whom_they_are_about() {
    let phone = EnrolmentId::mint(0, 2);
    let enrol = Deed::Enrol {
        token_hash: [3; 32],
        enrolment: phone,
        device: DeviceId::mint(0, 1),
        device_name: "phone".into(),
        credential_hash: [1; 32],
        public_key: [1; 32],
    };
    let person = Deed::AddPerson {
        handle: "mia".into(),
        name: "Mia".into(),
        role: Role::Driver,
        language: "de".into(),
    };
    let group = opens("North", vec![DANA, AYO]);
    let batch = [
        does(enrol),
        does(person),
        does(group),
        does(Deed::Join { group: 7, person: AYO }),
        does(Deed::Leave { group: 8, person: OMAR }),
        does(Deed::Revoke { enrolment: tablet() }),
        does(Deed::BeginEpoch { epoch: 1 }),
    ];
    let expected = Wanted {
        enrolments: HashSet::from([phone, tablet()]),
        people: HashSet::from([PersonId::SERVER, DANA, AYO, OMAR]),
        handles: HashSet::from(["mia".to_owned()]),
        facts: HashSet::from([fact(50)]),
        members: HashSet::from([(7, AYO), (7, PersonId::SERVER), (8, OMAR), (8, PersonId::SERVER)]),
        groups: HashSet::from([7, 8]),
        tokens: HashSet::from([[3; 32]]),
        ..Wanted::default()
    };
    assert_eq!(Wanted::by(&batch), expected);
    assert_eq!(expected.keys(), 2 + 4 + 1 + 1 + 4 + 2 + 1);
}

#[test]
fn what_was_asked_before_is_not_asked_again_but_ids_are() {
    let mut asked = Wanted::default();
    asked.add_lasting(&Wanted::by(&[says(10, WITH_OMAR, None), reads(NORTH)]));
    assert_eq!(asked.keys(), 9, "the id of the message does not last");
    let wanted = Wanted::by(&[
        says(11, WITH_OMAR, None),
        says(12, NORTH, None),
        reads(WITH_OMAR),
        reads(NORTH),
    ]);
    let expected = Wanted {
        facts: HashSet::from([fact(11), fact(12)]),
        lanes: HashSet::from([(tablet(), NORTH)]),
        read: HashSet::from([(DANA, WITH_OMAR)]),
        ..Wanted::default()
    };
    assert_eq!(wanted.beyond(&asked), expected);
}

#[test]
fn a_report_wants_what_it_quotes_and_what_became_of_it() {
    let edit = |message| Body::Edit { message, text: "Gate 5".into(), mentions: Vec::new() };
    let (message, author, conversation) = (fact(5), OMAR, WITH_OMAR);
    let said = edit(message).to_content();
    let quote = Box::new(Quote { message, author, conversation, said, edit: Some(fact(6)) });
    let (reason, text) = (ReportReason::Other, String::new());
    let wants = |place, body: &Body| {
        let Request::Submit { actor, mut entries } = says(10, place, None) else { panic!() };
        entries[0].content = body.to_content();
        let wanted = Wanted::by(&[Request::Submit { actor, entries }]);
        (wanted.facts, wanted.reported, wanted.watches)
    };
    let reports = ConversationId::Reports;
    let (facts, reported, watches) = wants(reports, &Body::Reported { quote, reason, text });
    assert_eq!(facts, HashSet::from([fact(10), fact(5), fact(6)]), "are those its words?");
    assert_eq!((reported, watches), (HashSet::from([fact(5)]), HashSet::new()));
    let (verdict, text) = (Verdict::Removed, String::new());
    let (facts, reported, watches) = wants(reports, &Body::Judged { message, verdict, text });
    assert_eq!(facts, HashSet::from([fact(10), fact(5)]));
    assert_eq!((reported, watches), (HashSet::from([fact(5)]), HashSet::from([fact(5)])));
    let (_, reported, _) = wants(WITH_OMAR, &edit(message));
    assert_eq!(reported, HashSet::from([fact(5)]), "it may be flagged anew");
    let (_, reported, _) = wants(WITH_OMAR, &Body::text("Gate 5"));
    assert_eq!(reported, HashSet::new(), "nothing is looked for in vain");
}
