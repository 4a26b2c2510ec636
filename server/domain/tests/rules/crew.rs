//! A driver, a dispatcher and another driver, and what becomes of what they say.

use std::collections::{HashMap, HashSet};

use waypost_domain::{
    Actor, Clockwork, Decision, EnrolmentState, GroupState, Known, PersonState, Recorded, Reply,
    Request, decide, wanted_by_steps,
};
use waypost_protocol::{
    Answer, Body, ConversationId, EnrolmentId, Entry, FactId, GroupSettings, Millis, PersonId,
    ProblemCode, Role,
};

pub const DANA: PersonId = PersonId(1);
pub const OMAR: PersonId = PersonId(2);
pub const AYO: PersonId = PersonId(3);
/// An admin and an auditor, who are not among [`known`].
pub const INES: PersonId = PersonId(4);
pub const OTTO: PersonId = PersonId(5);
/// Two colleagues, who are not there either.
pub const VERA: PersonId = PersonId(6);
pub const MAREK: PersonId = PersonId(7);
pub const NORTH: u32 = 1;
pub const NOW: i64 = 1_772_440_200_000;

pub fn fact(n: u128) -> FactId {
    FactId::mint(NOW, n)
}

pub fn of(person: PersonId) -> Actor {
    if person == PersonId::SERVER {
        return Actor::OPERATOR;
    }
    let role = match person {
        OMAR => Role::Dispatcher,
        INES => Role::Admin,
        OTTO => Role::Auditor,
        VERA | MAREK => Role::Colleague,
        _ => Role::Driver,
    };
    let enrolment = EnrolmentId::mint(NOW, u128::from(person.0));
    Actor { person, enrolment: Some(enrolment), role }
}

/// Dana and Omar are in the group North, which Omar looks after; Ayo is not.
pub fn known() -> Known {
    let person = |role| PersonState { role, pseudonym: [1; 16], delivered_up_to: 0 };
    let device = |person| EnrolmentState { person, revoked: false, stored_up_to: 0 };
    let everyone = [DANA, OMAR, AYO];
    let enrolments = everyone.map(|it| (of(it).enrolment.expect("a device"), device(it)));
    let state = GroupState { settings: GroupSettings::default(), members: 2 };
    let mut known = Known {
        enrolments: HashMap::from(enrolments),
        people: HashMap::from(everyone.map(|it| (it, person(of(it).role)))),
        members: HashSet::from([(NORTH, DANA), (NORTH, OMAR)]),
        moderators: HashSet::from([(NORTH, OMAR)]),
        groups: HashMap::from([(NORTH, state)]),
        ..Known::default()
    };
    (known.head.last_person, known.head.last_group) = (3, 1);
    known
}

/// The same with Ines, who also is of the staff, and Otto, who only checks the record.
pub fn with_office() -> Known {
    let mut known = with(known(), &[INES, OTTO]);
    known.head.last_person = 5;
    known
}

/// These people as well, each with a device.
pub fn with(mut known: Known, people: &[PersonId]) -> Known {
    for actor in people.iter().copied().map(of) {
        let (person, role) = (actor.person, actor.role);
        let state = PersonState { role, pseudonym: [1; 16], delivered_up_to: 0 };
        known.people.insert(person, state);
        let device = EnrolmentState { person, revoked: false, stored_up_to: 0 };
        known.enrolments.insert(actor.enrolment.expect("a device"), device);
    }
    known
}

/// The steps that the server takes of this message at that time.
pub fn steps_at(known: &mut Known, message: FactId, now: Millis) -> Decision {
    let mut next = 900;
    let mut random = || {
        next += 1;
        next
    };
    let look = [Request::Escalate { messages: vec![message] }];
    wanted_by_steps(&look, known, now);
    decide(known, &look, Clockwork { now, random: &mut random })
}

pub fn decided(known: &mut Known, batch: &[Request]) -> Decision {
    let mut next = 100;
    let mut random = || {
        next += 1;
        next
    };
    decide(known, batch, Clockwork { now: NOW, random: &mut random })
}

pub fn entry(conversation: ConversationId, body: &Body) -> Entry {
    Entry {
        id: fact(99),
        conversation,
        number: 1,
        content: body.to_content(),
        offset_minutes: 0,
        skew_ms: None,
        needs: None,
        gap: false,
    }
}

/// What is recorded of it, or why it is refused.
pub fn says(
    known: &mut Known,
    who: PersonId,
    conversation: ConversationId,
    body: &Body,
) -> Result<Recorded, ProblemCode> {
    let batch = [Request::Submit { actor: of(who), entries: vec![entry(conversation, body)] }];
    let mut decision = decided(known, &batch);
    match &decision.replies[0] {
        Reply::Answers(answers) => match answers[0] {
            Answer::Accepted { .. } => Ok(decision.facts.remove(0)),
            Answer::Rejected { code, .. } => Err(code),
            ref other => panic!("{other:?}"),
        },
        other => panic!("a submit has answers: {other:?}"),
    }
}
