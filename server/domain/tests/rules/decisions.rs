//! What becomes of each request, told one rule at a time; each sees what the ones before it in its
//! batch did.

use std::collections::{HashMap, HashSet};

use waypost_domain::{
    Actor, Clockwork, Decision, Deed, EnrolmentState, Known, Past, PastOutcome, PersonState, Reply,
    Request, TokenState, decide,
};
use waypost_protocol::{
    Answer, Body, CONTENT_BYTES_MAX, Content, ConversationId, DeviceId, EnrolmentId, Entry, FactId,
    GroupSettings, PersonId, ProblemCode, Role, Sequence,
};

const DANA: PersonId = PersonId(1);
const OMAR: PersonId = PersonId(2);
const MIA: PersonId = PersonId(3);
const NORTH: u32 = 1;
const NOW: i64 = 1_772_440_200_000;
const TOKEN: [u8; 32] = [7; 32];

fn tablet() -> EnrolmentId {
    EnrolmentId::mint(NOW, 1)
}

fn desk() -> EnrolmentId {
    EnrolmentId::mint(NOW, 2)
}

fn dana() -> Actor {
    Actor { person: DANA, enrolment: Some(tablet()), role: Role::Driver }
}

fn omar() -> Actor {
    Actor { person: OMAR, enrolment: Some(desk()), role: Role::Dispatcher }
}

/// Dana drives, Omar dispatches; both are in the group North.
fn known() -> Known {
    let device = |person| EnrolmentState { person, revoked: false, stored_up_to: 0 };
    let person = |role| PersonState { role, pseudonym: [1; 16], delivered_up_to: 0 };
    let mut known = Known {
        enrolments: HashMap::from([(tablet(), device(DANA)), (desk(), device(OMAR))]),
        people: HashMap::from([(DANA, person(Role::Driver)), (OMAR, person(Role::Dispatcher))]),
        handles: HashSet::from(["dana".to_owned()]),
        members: HashSet::from([(NORTH, DANA), (NORTH, OMAR)]),
        tokens: HashMap::from([(
            TOKEN,
            TokenState { person: DANA, expires_at: NOW + 1, used_by: None },
        )]),
        ..Known::default()
    };
    (known.head.last_person, known.head.last_group) = (2, 1);
    known
}

fn decided(mut known: Known, batch: &[Request]) -> Decision {
    let mut random = 0;
    let mut next = || {
        random += 1;
        random
    };
    decide(&mut known, batch, Clockwork { now: NOW, random: &mut next })
}

fn fact(n: u128) -> FactId {
    FactId::mint(NOW, n)
}

fn entry(id: u128, number: u32, conversation: ConversationId, content: Content) -> Entry {
    let id = fact(id);
    let (offset_minutes, skew_ms, needs, gap) = (0, None, None, false);
    Entry { id, conversation, number, content, offset_minutes, skew_ms, needs, gap }
}

fn said(text: &str) -> Content {
    Body::text(text).to_content()
}

fn to_omar(id: u128, number: u32) -> Entry {
    entry(id, number, ConversationId::Direct(DANA, OMAR), said("Gate 4 is closed"))
}

fn recorded(sequence: Sequence, recorded_at: i64) -> PastOutcome {
    PastOutcome::Recorded { sequence, recorded_at, conversation: None, kind: 1 }
}

fn opens(name: &str, members: Vec<PersonId>) -> Deed {
    let (moderators, settings) = (Vec::new(), GroupSettings::default());
    Deed::CreateGroup { name: name.into(), members, moderators, settings }
}

fn submits(actor: Actor, entries: Vec<Entry>) -> Request {
    Request::Submit { actor, entries }
}

fn does(actor: Actor, id: u128, deed: Deed) -> Request {
    Request::Deed { actor, id: fact(id), deed }
}

fn answers(known: Known, actor: Actor, entries: Vec<Entry>) -> Vec<Answer> {
    match decided(known, &[submits(actor, entries)]).replies.remove(0) {
        Reply::Answers(answers) => answers,
        other => panic!("a submit has answers: {other:?}"),
    }
}

fn code_of(answer: &Answer) -> Option<ProblemCode> {
    match answer {
        Answer::Rejected { code, .. } => Some(*code),
        _ => None,
    }
}

/// The code of the first answer, if it is a refusal.
fn refusal(known: Known, actor: Actor, entry: Entry) -> Option<ProblemCode> {
    code_of(&answers(known, actor, vec![entry])[0])
}

#[test]
fn an_id_is_decided_once_for_its_author_and_its_content() {
    let first = decided(known(), &[submits(dana(), vec![to_omar(10, 1)])]);
    let digest = first.facts[0].digest;
    let at = Sequence { epoch: 0, n: 5 };
    let knows = |author, digest, outcome| {
        let mut known = known();
        known.past.insert(fact(10), Past { author, digest, outcome });
        known
    };
    let recorded = recorded(at, 77);
    let again = answers(knows(DANA, digest, recorded), dana(), vec![to_omar(10, 1)]);
    assert_eq!(
        again,
        [Answer::Accepted { id: fact(10), sequence: at, recorded_at: 77, before: 0 }]
    );
    let reused = Some(ProblemCode::IdReused);
    assert_eq!(refusal(knows(OMAR, digest, recorded), dana(), to_omar(10, 1)), reused);
    assert_eq!(refusal(knows(DANA, [0; 32], recorded), dana(), to_omar(10, 1)), reused);
    let refused = PastOutcome::Rejected { code: ProblemCode::TooLarge, at };
    let again = answers(knows(DANA, digest, refused), dana(), vec![to_omar(10, 1)]);
    assert_eq!(again, [Answer::Rejected { id: fact(10), code: ProblemCode::TooLarge, at }]);
}

#[test]
fn the_same_id_in_another_conversation_is_another_fact() {
    let mut elsewhere = to_omar(10, 1);
    elsewhere.conversation = ConversationId::Group(NORTH);
    let found = answers(known(), dana(), vec![to_omar(10, 1), elsewhere]);
    assert_eq!(found.iter().map(code_of).collect::<Vec<_>>(), [None, Some(ProblemCode::IdReused)]);
}

#[test]
fn what_is_too_large_or_makes_no_sense_is_refused_for_ever() {
    let refused = |content| {
        let of = ConversationId::Direct(DANA, OMAR);
        refusal(known(), dana(), entry(10, 1, of, content))
    };
    let bytes = |count| Content { kind: 9_999, bytes: vec![0; count] };
    assert_eq!(refused(bytes(CONTENT_BYTES_MAX)), Some(ProblemCode::UnknownKind));
    assert_eq!(refused(bytes(CONTENT_BYTES_MAX + 1)), Some(ProblemCode::TooLarge));
    assert_eq!(refused(said("")), Some(ProblemCode::ContentInvalid));
    let torn = Content { bytes: vec![0xff], ..said("x") };
    assert_eq!(refused(torn), Some(ProblemCode::ContentInvalid));
    let revoked = Body::Revoked { enrolment: desk(), person: OMAR }.to_content();
    assert_eq!(refused(revoked), Some(ProblemCode::NotAllowed), "that is for the server to say");
    let mut timeless = to_omar(10, 1);
    timeless.id = without_time();
    assert_eq!(refusal(known(), dana(), timeless), Some(ProblemCode::IdMalformed));
}

/// A random id that holds no time.
fn without_time() -> FactId {
    "12345678-1234-4678-9234-567812345678".parse().expect("an id")
}

#[test]
fn what_needs_another_fact_waits_for_it_or_goes_with_it() {
    let needs = |id, number, needed| Entry { needs: Some(fact(needed)), ..to_omar(id, number) };
    let found = answers(known(), dana(), vec![needs(10, 1, 9)]);
    let not_yet = Answer::Deferred { id: fact(10), code: ProblemCode::NotFound };
    assert_eq!(found, [not_yet], "it has not come");
    let found = answers(known(), dana(), vec![to_omar(9, 1), needs(10, 2, 9)]);
    assert!(found.iter().all(|it| matches!(it, Answer::Accepted { .. })), "{found:?}");
    let mut refused = to_omar(9, 1);
    refused.content = said("");
    let found = answers(known(), dana(), vec![refused, needs(10, 2, 9), to_omar(11, 3)]);
    let expected = [Some(ProblemCode::ContentInvalid), Some(ProblemCode::NeedsRejected), None];
    assert_eq!(found.iter().map(code_of).collect::<Vec<_>>(), expected, "the lane goes on");
    let mut omars = known();
    let outcome = recorded(Sequence::default(), 0);
    omars.past.insert(fact(9), Past { author: OMAR, digest: [0; 32], outcome });
    let found = answers(omars, dana(), vec![needs(10, 1, 9)]);
    assert!(matches!(found[0], Answer::Deferred { .. }), "only what she herself said: {found:?}");
}

#[test]
fn a_device_that_is_gone_or_not_hers_says_nothing() {
    let refused = |actor| decided(known(), &[submits(actor, vec![to_omar(10, 1)])]).replies;
    let not_enrolled = [Reply::Refused(ProblemCode::NotEnrolled)];
    assert_eq!(
        refused(Actor { enrolment: Some(EnrolmentId::mint(NOW, 9)), ..dana() }),
        not_enrolled
    );
    assert_eq!(refused(Actor { enrolment: Some(desk()), ..dana() }), not_enrolled);
    let revoke = does(omar(), 20, Deed::Revoke { enrolment: tablet() });
    let replies = decided(known(), &[revoke, submits(dana(), vec![to_omar(10, 1)])]).replies;
    assert!(matches!(replies[0], Reply::Done(_)), "{replies:?}");
    assert_eq!(replies[1..], not_enrolled);
}

#[test]
fn people_groups_and_members_follow_each_other_in_one_batch() {
    let person = |handle: &str| Deed::AddPerson {
        handle: handle.into(),
        name: "Mia".into(),
        role: Role::Driver,
        language: "de".into(),
    };
    let group = |members| opens("South", members);
    let south = 2;
    let deeds = [
        (group(vec![MIA]), Err(ProblemCode::NotFound)),
        (person("dana"), Err(ProblemCode::HandleTaken)),
        (person("mia"), Ok(())),
        (person("mia"), Err(ProblemCode::HandleTaken)),
        (Deed::Join { group: south, person: MIA }, Err(ProblemCode::NotFound)),
        (group(vec![MIA, DANA, MIA]), Ok(())),
        (Deed::Join { group: south, person: MIA }, Err(ProblemCode::AlreadyDone)),
        (Deed::Join { group: south, person: OMAR }, Ok(())),
        (Deed::Join { group: 0, person: OMAR }, Err(ProblemCode::NotFound)),
        (Deed::Join { group: south, person: PersonId(4) }, Err(ProblemCode::NotFound)),
        (Deed::Leave { group: south, person: DANA }, Ok(())),
        (Deed::Leave { group: south, person: DANA }, Err(ProblemCode::NotFound)),
        (Deed::Revoke { enrolment: EnrolmentId::mint(NOW, 9) }, Err(ProblemCode::NotFound)),
    ];
    let ids = 20..;
    let batch: Vec<_> =
        ids.zip(&deeds).map(|(id, (deed, _))| does(Actor::OPERATOR, id, deed.clone())).collect();
    let decision = decided(known(), &batch);
    for ((deed, expected), reply) in deeds.iter().zip(&decision.replies) {
        let found = match reply {
            Reply::Done(_) => Ok(()),
            Reply::Refused(code) => Err(*code),
            other => panic!("{other:?}"),
        };
        assert_eq!(found, *expected, "{deed:?}");
    }
    let bodies: Vec<_> = decision.facts.iter().map(|fact| fact.content.to_body()).collect();
    let Ok(Body::PersonAdded { person, .. }) = &bodies[0] else { panic!("{bodies:?}") };
    assert_eq!(*person, MIA);
    let Ok(Body::GroupCreated { group, members, .. }) = &bodies[1] else { panic!("{bodies:?}") };
    assert_eq!((*group, members.as_slice()), (south, [DANA, MIA].as_slice()), "each once");
    assert_eq!(decision.pseudonyms.len(), 1);
    assert_eq!((decision.head.last_person, decision.head.last_group), (3, south));
}

#[test]
fn each_person_has_a_pseudonym_that_nobody_can_guess_and_their_leaves_name_it() {
    let person = |handle: &str| Deed::AddPerson {
        handle: handle.into(),
        name: "Mia".into(),
        role: Role::Driver,
        language: "de".into(),
    };
    let batch = [does(Actor::OPERATOR, 20, person("mia")), does(Actor::OPERATOR, 21, person("bo"))];
    let names: Vec<_> = decided(known(), &batch).pseudonyms.into_iter().map(|it| it.1).collect();
    assert_ne!(names[0], names[1]);
    let mut known = known();
    let danas = [0xda; 16];
    known.people.entry(DANA).and_modify(|dana| dana.pseudonym = danas);
    let decision = decided(known, &[submits(dana(), vec![to_omar(10, 1)])]);
    let leaf = &decision.facts[0].leaf;
    assert!(leaf.windows(16).any(|part| part == danas), "nobody can tell that it was hers");
    assert_ne!(decision.facts[0].salt, [0; 16]);
}

#[test]
fn a_new_epoch_names_the_end_of_what_was_restored() {
    let mut known = known();
    known.head.tree.append([7; 32]);
    let expected: String =
        known.head.tree.root().iter().map(|byte| format!("{byte:02x}")).collect();
    let epoch = does(Actor::OPERATOR, 20, Deed::BeginEpoch { epoch: 1 });
    let decision = decided(known, &[epoch]);
    let body = decision.facts[0].content.to_body();
    assert_eq!(body, Ok(Body::EpochBegan { size: 1, root: expected }));
}

#[test]
fn a_deed_is_done_once_and_by_who_may() {
    let north = opens("North", vec![DANA]);
    let refused = decided(known(), &[does(dana(), 20, north.clone())]);
    assert_eq!(refused.replies, [Reply::Refused(ProblemCode::NotAllowed)]);
    assert!(refused.facts.is_empty());
    let other = opens("South", vec![DANA]);
    let batch = [
        does(omar(), 20, north.clone()),
        does(omar(), 20, north.clone()),
        does(omar(), 20, other),
        does(Actor::OPERATOR, 20, north.clone()),
    ];
    let replies = decided(known(), &batch).replies;
    assert!(matches!(replies[0], Reply::Done(_)), "{replies:?}");
    assert_eq!(replies[1], replies[0], "a repeat gets the same answer");
    let reused = Reply::Refused(ProblemCode::IdReused);
    assert_eq!(replies[2..], [reused.clone(), reused]);
    let nameless = opens("", vec![DANA]);
    let replies = decided(known(), &[does(omar(), 21, nameless)]).replies;
    assert_eq!(replies, [Reply::Refused(ProblemCode::ContentInvalid)]);
    let timeless = Request::Deed { actor: omar(), id: without_time(), deed: north };
    assert_eq!(decided(known(), &[timeless]).replies, [Reply::Refused(ProblemCode::IdMalformed)]);
}

#[test]
fn a_link_enrols_one_device_until_it_ends() {
    let phone = EnrolmentId::mint(NOW, 5);
    let enrol = |enrolment| Deed::Enrol {
        token_hash: TOKEN,
        enrolment,
        device: DeviceId::mint(NOW, 5),
        device_name: "phone".into(),
        credential_hash: [5; 32],
        public_key: [5; 32],
    };
    let hers = Actor { enrolment: Some(phone), ..dana() };
    let batch = [
        does(Actor::OPERATOR, 20, enrol(phone)),
        submits(hers, vec![to_omar(10, 1)]),
        does(Actor::OPERATOR, 21, enrol(EnrolmentId::mint(NOW, 6))),
    ];
    let replies = decided(known(), &batch).replies;
    assert!(matches!(replies[0], Reply::Done(_)), "{replies:?}");
    assert!(matches!(replies[1], Reply::Answers(_)), "the new device speaks at once: {replies:?}");
    assert_eq!(replies[2], Reply::Refused(ProblemCode::TokenSpent));
    let mut late = known();
    late.tokens.insert(TOKEN, TokenState { person: DANA, expires_at: NOW, used_by: None });
    let replies = decided(late, &[does(Actor::OPERATOR, 20, enrol(phone))]).replies;
    assert_eq!(replies, [Reply::Refused(ProblemCode::TokenSpent)], "at its end it is over");
}

#[test]
fn an_epoch_begins_once_and_never_goes_back() {
    let begin = |id, epoch| does(Actor::OPERATOR, id, Deed::BeginEpoch { epoch });
    let decision = decided(known(), &[begin(20, 3), begin(21, 3), begin(22, 2), begin(23, 4)]);
    let done: Vec<_> = decision.replies.iter().map(|it| matches!(it, Reply::Done(_))).collect();
    assert_eq!(done, [true, false, false, true]);
    assert_eq!(decision.replies[1], Reply::Refused(ProblemCode::AlreadyDone));
    let epochs: Vec<_> = decision.facts.iter().map(|fact| fact.sequence.epoch).collect();
    assert_eq!((epochs, decision.head.epoch), (vec![3, 4], 4));
}
