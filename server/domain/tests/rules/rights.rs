//! Who may what, told as a table: a right that changes by accident is seen here.

use std::collections::{HashMap, HashSet};

use waypost_domain::access::{may_announce, may_do, may_issue_link, may_moderate, may_write};
use waypost_domain::{Actor, Deed, GroupState, Known, PersonState};
use waypost_protocol::{
    ConversationId, DeviceId, EnrolmentId, GroupSettings, PersonId, ProblemCode, Role,
    TemplateDefinition,
};

use ProblemCode::{NotAllowed, NotFound};
use Role::{Admin, Dispatcher, Driver};

const DANA: PersonId = PersonId(1);
const AYO: PersonId = PersonId(2);
const OMAR: PersonId = PersonId(3);
const INES: PersonId = PersonId(4);
const NOBODY: PersonId = PersonId(9);
const NORTH: u32 = 7;

fn fleet() -> Known {
    let person = |role| PersonState { role, pseudonym: [1; 16], delivered_up_to: 0 };
    let roles = [(DANA, Driver), (AYO, Driver), (OMAR, Dispatcher), (INES, Admin)];
    Known {
        people: HashMap::from(roles.map(|(id, role)| (id, person(role)))),
        members: HashSet::from([(NORTH, DANA), (NORTH, OMAR)]),
        ..Known::default()
    }
}

fn as_person(person: PersonId, role: Role) -> Actor {
    Actor { person, enrolment: Some(EnrolmentId::mint(0, 1)), role }
}

fn opens(name: &str, members: Vec<PersonId>) -> Deed {
    let (moderators, settings) = (Vec::new(), GroupSettings::default());
    Deed::CreateGroup { name: name.into(), members, moderators, settings }
}

#[test]
fn who_may_write_where() {
    let (dana, ayo) = (as_person(DANA, Driver), as_person(AYO, Driver));
    let (omar, ines) = (as_person(OMAR, Dispatcher), as_person(INES, Admin));
    let between = ConversationId::Direct;
    let (north, south) = (ConversationId::Group(NORTH), ConversationId::Group(8));
    let table = [
        (dana, between(DANA, OMAR), Ok(())),
        (omar, between(DANA, OMAR), Ok(())),
        (ines, between(DANA, INES), Ok(())),
        (omar, between(OMAR, INES), Ok(())),
        (dana, between(DANA, AYO), Err(NotAllowed)),
        (dana, between(AYO, OMAR), Err(NotFound)),
        (omar, between(DANA, INES), Err(NotFound)),
        (omar, between(OMAR, NOBODY), Err(NotFound)),
        (dana, north, Ok(())),
        (omar, north, Ok(())),
        (ayo, north, Err(NotFound)),
        (ines, north, Err(NotFound)),
        (dana, south, Err(NotFound)),
        (ines, ConversationId::Staff, Err(NotFound)),
        (ines, ConversationId::Fleet, Err(NotAllowed)),
    ];
    for (who, conversation, expected) in table {
        let found = may_write(who, conversation, &fleet());
        assert_eq!(found, expected, "person {} in {conversation}", who.person);
    }
}

#[test]
fn who_may_do_what() {
    let enrolment = EnrolmentId::mint(0, 1);
    let enrol = Deed::Enrol {
        token_hash: [1; 32],
        enrolment,
        device: DeviceId::mint(0, 1),
        device_name: "tablet".into(),
        credential_hash: [1; 32],
        public_key: [1; 32],
    };
    let person = Deed::AddPerson {
        handle: "mia".into(),
        name: "Mia".into(),
        role: Driver,
        language: "de".into(),
    };
    // For an admin, a dispatcher and a driver.
    let table = [
        (person, [true, false, false]),
        (Deed::BeginEpoch { epoch: 1 }, [false, false, false]),
        (publishes(), [true, false, false]),
        (opens("North", vec![]), [true, true, false]),
        (Deed::Join { group: NORTH, person: AYO }, [true, true, false]),
        (Deed::Leave { group: NORTH, person: DANA }, [true, true, false]),
        (Deed::NameModerator { group: NORTH, person: DANA }, [true, true, false]),
        (Deed::EndModerator { group: NORTH, person: DANA }, [true, true, false]),
        (renamed(), [true, true, false]),
        (Deed::Revoke { enrolment }, [true, true, false]),
        (enrol, [true, true, true]),
    ];
    for (deed, expected) in table {
        assert_eq!(
            [(INES, Admin), (OMAR, Dispatcher), (AYO, Driver)].map(|(id, role)| may_do(
                as_person(id, role),
                &deed,
                &fleet()
            )),
            expected,
            "{deed:?}"
        );
    }
}

fn publishes() -> Deed {
    let definition = TemplateDefinition::default();
    Deed::PublishTemplate { template: "ferry".into(), version: 1, definition }
}

fn renamed() -> Deed {
    Deed::ChangeGroup { group: NORTH, name: "South".into(), settings: GroupSettings::default() }
}

/// Dana, a driver, looks after North and not after South.
#[test]
fn a_moderator_runs_her_group_and_no_other() {
    const SOUTH: u32 = 8;
    let mut fleet = fleet();
    fleet.moderators.insert((NORTH, DANA));
    fleet.members.insert((SOUTH, DANA));
    let dana = as_person(DANA, Driver);
    let north = [
        renamed(),
        Deed::Join { group: NORTH, person: AYO },
        Deed::Leave { group: NORTH, person: OMAR },
        Deed::NameModerator { group: NORTH, person: OMAR },
        Deed::EndModerator { group: NORTH, person: DANA },
    ];
    for deed in &north {
        assert!(may_do(dana, deed, &fleet), "{deed:?}");
    }
    let south = [
        Deed::ChangeGroup { group: SOUTH, name: "S".into(), settings: GroupSettings::default() },
        Deed::Join { group: SOUTH, person: AYO },
        Deed::Leave { group: SOUTH, person: OMAR },
        Deed::NameModerator { group: SOUTH, person: DANA },
        Deed::EndModerator { group: SOUTH, person: OMAR },
    ];
    for deed in &south {
        assert!(!may_do(dana, deed, &fleet), "{deed:?}");
    }
    assert!(may_moderate(dana, ConversationId::Group(NORTH), &fleet));
    assert!(!may_moderate(dana, ConversationId::Group(SOUTH), &fleet));
    assert!(!may_moderate(as_person(OMAR, Dispatcher), ConversationId::Group(NORTH), &fleet));
}

#[test]
fn members_leave_by_themselves_where_the_group_lets_them() {
    let leaves = |who, person, leaving| {
        let mut fleet = fleet();
        let settings = GroupSettings { leaving, ..GroupSettings::default() };
        fleet.groups.insert(NORTH, GroupState { settings, members: 2 });
        may_do(as_person(who, Driver), &Deed::Leave { group: NORTH, person }, &fleet)
    };
    assert!(leaves(DANA, DANA, true));
    assert!(!leaves(DANA, DANA, false));
    assert!(!leaves(DANA, OMAR, true), "she takes nobody with her");
    assert!(!leaves(AYO, AYO, true), "the answer would tell him that there is such a group");
}

#[test]
fn announcements_are_made_by_moderators() {
    let says = |who, announcements| {
        let mut fleet = fleet();
        fleet.moderators.insert((NORTH, OMAR));
        let settings = GroupSettings { announcements, ..GroupSettings::default() };
        fleet.groups.insert(NORTH, GroupState { settings, members: 2 });
        may_announce(as_person(who, Driver), ConversationId::Group(NORTH), &fleet)
    };
    assert!(says(DANA, false) && says(OMAR, true));
    assert!(!says(DANA, true));
    assert!(may_announce(as_person(DANA, Driver), ConversationId::Direct(DANA, OMAR), &fleet()));
}

#[test]
fn who_may_invite_whom() {
    // To be an admin, a dispatcher or a driver.
    let table =
        [(Admin, [true, true, true]), (Dispatcher, [false, false, true]), (Driver, [false; 3])];
    for (role, expected) in table {
        let found = [Admin, Dispatcher, Driver].map(|invited| may_issue_link(role, invited));
        assert_eq!(found, expected, "{role:?}");
    }
}
