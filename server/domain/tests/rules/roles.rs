//! What each role may do: the table, whole, and what follows from it between two people.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::Path;

use expect_test::expect;
use waypost_domain::access::{may_do, may_talk, may_write};
use waypost_domain::rights::{RIGHTS, Right, as_markdown, may};
use waypost_domain::{Actor, Deed, Known, PersonState};
use waypost_protocol::{ConversationId, PersonId, ProblemCode, Role};

#[test]
fn the_document_is_the_table() {
    let expected = expect![[r#"
        | may | driver | colleague | dispatcher | admin | bot | auditor |
        |---|:-:|:-:|:-:|:-:|:-:|:-:|
        | write, acknowledge, edit and delete, where one may | yes | yes | yes | yes | yes | – |
        | be written to directly | yes | yes | yes | yes | yes | – |
        | write directly to everyone, and be written to by everyone | – | – | yes | yes | yes | – |
        | write directly to colleagues | – | yes | yes | yes | yes | – |
        | write to dispatch, whoever sits there | yes | yes | – | – | yes | – |
        | block others who may do so: see nothing of them | yes | yes | – | – | – | – |
        | report messages of others | yes | yes | yes | yes | – | – |
        | judge what is reported, and set the rules by which messages are flagged | – | – | – | yes | – | – |
        | open incidents | yes | yes | yes | yes | yes | – |
        | answer, take, hand over and resolve incidents and what is said to dispatch | – | – | yes | yes | – | – |
        | write broadcasts | – | – | yes | yes | – | – |
        | see who is online, and which devices there are | – | – | yes | yes | – | – |
        | open groups, and run those of others | – | – | yes | yes | – | – |
        | see how long people take to respond | – | – | yes | yes | – | – |
        | see chains | – | – | yes | yes | – | – |
        | make and change chains | – | – | yes | yes | – | – |
        | see coverages, and everyone's shifts | – | – | yes | yes | – | – |
        | make and change coverages | – | – | yes | yes | – | – |
        | plan and cancel shifts | – | – | yes | yes | – | – |
        | see all trips and stops, and what proves deliveries | – | – | yes | yes | yes | yes |
        | plan trips, change and hand them over, and decide what becomes of stops | – | – | yes | yes | yes | – |
        | drive trips: answer what is planned, and say how it goes at each stop | yes | – | – | – | – | – |
        | issue enrolment links for drivers | – | – | yes | yes | – | – |
        | issue enrolment links for everyone | – | – | – | yes | – | – |
        | end enrolments | – | – | yes | yes | – | – |
        | add people | – | – | – | yes | – | – |
        | publish templates | – | – | – | yes | – | – |
        | get the newest checkpoint of the record | – | – | yes | yes | – | yes |
        | have the whole record verified | – | – | – | yes | – | yes |
    "#]];
    expected.assert_eq(&as_markdown());
    let document = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/rights.md");
    let document = std::fs::read_to_string(document).expect("the document is there");
    assert!(document.contains(&as_markdown()), "docs/rights.md must hold\n{}", as_markdown());
}

#[test]
fn every_right_stands_in_the_table_once_and_the_staff_is_who_the_devices_take_for_it() {
    let rights: BTreeSet<_> = RIGHTS.iter().map(|(right, ..)| format!("{right:?}")).collect();
    assert_eq!(rights.len(), RIGHTS.len());
    for role in Role::ALL {
        assert_eq!(may(role, Right::ReadStaff), role.is_staff(), "{}", role.name());
    }
}

#[test]
fn who_talks_to_whom() {
    let mut pairs = String::new();
    for writer in Role::ALL {
        let readers = Role::ALL.into_iter().filter(|reader| may_talk(writer, *reader));
        let readers: Vec<_> = readers.map(Role::name).collect();
        pairs += &format!("{}: {}\n", writer.name(), readers.join(", "));
    }
    expect![[r#"
        driver: dispatcher, admin, bot
        colleague: colleague, dispatcher, admin, bot
        dispatcher: driver, colleague, dispatcher, admin, bot
        admin: driver, colleague, dispatcher, admin, bot
        bot: driver, colleague, dispatcher, admin, bot
        auditor: 
    "#]]
    .assert_eq(&pairs);
}

/// Everyone of the table, numbered in its order; all are in group 7.
fn fleet() -> Known {
    let person = |role| PersonState { role, pseudonym: [1; 16], delivered_up_to: 0 };
    let people = (1..).map(PersonId).zip(Role::ALL);
    Known {
        people: HashMap::from_iter(people.clone().map(|(id, role)| (id, person(role)))),
        members: HashSet::from_iter(people.map(|(id, _)| (7, id))),
        ..Known::default()
    }
}

#[test]
fn a_conversation_is_open_to_those_two_who_may_talk() {
    for (writer, role) in (1..).map(PersonId).zip(Role::ALL) {
        let actor = Actor { person: writer, enrolment: None, role };
        for (reader, other) in (1..).map(PersonId).zip(Role::ALL) {
            let Some(place) = ConversationId::direct(writer, reader) else { continue };
            let expected =
                if may_talk(role, other) { Ok(()) } else { Err(ProblemCode::NotAllowed) };
            assert_eq!(may_write(actor, place, &fleet()), expected, "{role:?} to {other:?}");
        }
        let in_group = may_write(actor, ConversationId::Group(7), &fleet());
        let writes = if may(role, Right::Write) { Ok(()) } else { Err(ProblemCode::NotAllowed) };
        assert_eq!(in_group, writes, "{role:?} in a group");
        let own = may_write(actor, ConversationId::Broadcasts(writer), &fleet());
        assert_eq!(own.is_ok(), may(role, Right::TellMany), "{role:?} to many");
    }
}

#[test]
fn an_epoch_begins_on_the_servers_own_machine_alone() {
    let deed = Deed::BeginEpoch { epoch: 1 };
    assert!(may_do(Actor::OPERATOR, &deed, &fleet()));
    for role in Role::ALL {
        let actor = Actor { person: PersonId(1), enrolment: None, role };
        assert!(!may_do(actor, &deed, &fleet()), "{role:?}");
    }
}
