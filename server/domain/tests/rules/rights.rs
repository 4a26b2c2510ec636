//! Who may what, told as a table: a right that changes by accident is seen here.

use std::collections::{HashMap, HashSet};

use waypost_domain::access::{may_do, may_issue_link, may_write};
use waypost_domain::{Actor, Deed, Known, PersonState};
use waypost_protocol::{ConversationId, DeviceId, EnrolmentId, PersonId, ProblemCode, Role};

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
        (Deed::BeginEpoch { epoch: 1 }, [true, false, false]),
        (Deed::CreateGroup { name: "North".into(), members: vec![] }, [true, true, false]),
        (Deed::Join { group: NORTH, person: AYO }, [true, true, false]),
        (Deed::Leave { group: NORTH, person: DANA }, [true, true, false]),
        (Deed::Revoke { enrolment }, [true, true, false]),
        (enrol, [true, true, true]),
    ];
    for (deed, expected) in table {
        assert_eq!(
            [Admin, Dispatcher, Driver].map(|role| may_do(role, &deed)),
            expected,
            "{deed:?}"
        );
    }
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
