//! A batch of requests against whatever the record may hold. Each request gets its reply, new facts
//! are numbered without gaps, no id stands twice, and the same decided again is the same.

use std::collections::HashSet;

use waypost_domain::{
    Actor, Clockwork, Decision, Deed, EnrolmentState, Head, Known, Past, PastOutcome, PersonState,
    Reply, Request, TokenState, decide, ranges,
};
use waypost_protocol::{
    Answer, Body, ConversationId, DeviceId, EnrolmentId, Entry, FactId, FlagRule, GroupSettings,
    PersonId, ProblemCode, ReadMark, Recipients, Role, Sequence, StoredMark,
};

use crate::feed::Feed;
use crate::seeds::Seed;

const PEOPLE: u32 = 4;
const REQUESTS_MAX: usize = 8;
const NOW: i64 = 1_772_440_200_000;

/// A record and a batch.
pub fn batch(bytes: &[u8]) {
    let mut feed = Feed(bytes);
    let mut known = known(&mut feed);
    let batch: Vec<Request> = (0..feed.below(REQUESTS_MAX)).map(|_| request(&mut feed)).collect();
    let everyone: Vec<PersonId> = (1..PEOPLE).map(PersonId).collect();
    known.authors =
        ranges(&batch, &known).into_iter().map(|range| (range, everyone.clone())).collect();
    let decided = decided(known.clone(), &batch);
    check(&known, &batch, &decided);
    assert_eq!(decided, self::decided(known, &batch), "decided again it is another");
}

fn decided(mut known: Known, batch: &[Request]) -> Decision {
    let mut random = 1_u128 << 60;
    let mut next = || {
        random += 1;
        random
    };
    decide(&mut known, batch, Clockwork { now: NOW, random: &mut next })
}

fn check(known: &Known, batch: &[Request], decided: &Decision) {
    assert_eq!(decided.replies.len(), batch.len());
    for (request, reply) in batch.iter().zip(&decided.replies) {
        if let (Request::Submit { entries, .. }, Reply::Answers(answers)) = (request, reply) {
            let mut asked = entries.iter();
            for answer in answers {
                // One answer stands for a run of entries, by the last of them.
                let last = asked.nth(before(answer)).map(|entry| entry.id);
                assert_eq!(last, Some(answer.id()), "one answer for each");
            }
            assert_eq!(asked.next(), None, "one answer for each");
        }
    }
    let first = known.head.tree.size() + 1;
    let numbers = decided.facts.iter().map(|fact| fact.sequence.n);
    assert!(numbers.eq((first..).take(decided.facts.len())), "numbers have no gaps");
    assert_eq!(decided.head.tree.size(), known.head.tree.size() + decided.facts.len() as u64);
    let ids: HashSet<FactId> = decided.facts.iter().map(|fact| fact.id).collect();
    assert_eq!(ids.len(), decided.facts.len(), "an id stands twice");
    assert!(ids.iter().all(|id| !known.past.contains_key(id)), "what was decided is decided anew");
}

/// How many entries right before its own an answer stands for.
fn before(answer: &Answer) -> usize {
    match answer {
        Answer::Accepted { before, .. } => *before as usize,
        Answer::Rejected { .. } | Answer::OutOfOrder { .. } | Answer::Deferred { .. } => 0,
    }
}

fn known(feed: &mut Feed<'_>) -> Known {
    let mut known = Known { head: head(feed), ..Known::default() };
    for number in 0..PEOPLE {
        let state = PersonState {
            role: role(feed),
            pseudonym: [number as u8; 16],
            delivered_up_to: feed.number(),
        };
        known.people.insert(PersonId(number), state);
        let stored_up_to = feed.number();
        let revoked = feed.below(8) == 7;
        let state = EnrolmentState { person: PersonId(number), revoked, stored_up_to };
        known.enrolments.insert(enrolment(number), state);
        known.lanes.insert((enrolment(number), conversation(feed)), feed.number() as u32);
        known.read.insert((PersonId(number), conversation(feed)), feed.number());
        known.members.insert((feed.below(3) as u32, PersonId(number)));
    }
    for _ in 0..feed.below(4) {
        known.past.insert(fact(feed), past(feed));
    }
    if feed.below(2) == 1 {
        known.handles.insert("dana".into());
    }
    let person = person(feed);
    let used_by = (feed.below(4) == 3).then(|| enrolment(1));
    known.tokens.insert([7; 32], TokenState { person, expires_at: feed.signed(), used_by });
    known
}

fn head(feed: &mut Feed<'_>) -> Head {
    let mut head = Head {
        epoch: feed.number() as u32,
        last_person: feed.number() as u32,
        last_group: feed.number() as u32,
        ..Head::default()
    };
    (0..feed.below(9)).for_each(|leaf| head.tree.append([leaf as u8; 32]));
    head
}

fn past(feed: &mut Feed<'_>) -> Past {
    let at = Sequence { epoch: 0, n: feed.number() };
    let outcome = match feed.below(2) {
        0 => PastOutcome::Recorded {
            sequence: at,
            recorded_at: NOW,
            conversation: Some(conversation(feed)),
            kind: feed.below(6) as u16,
        },
        _ => PastOutcome::Rejected { code: ProblemCode::NotAllowed, at },
    };
    Past { author: person(feed), digest: [feed.byte(); 32], outcome }
}

fn request(feed: &mut Feed<'_>) -> Request {
    let actor = match feed.below(PEOPLE as usize + 1) as u32 {
        PEOPLE => Actor::OPERATOR,
        number => {
            Actor { person: PersonId(number), enrolment: Some(enrolment(number)), role: role(feed) }
        }
    };
    match feed.below(4) {
        0 | 1 => {
            Request::Submit { actor, entries: (0..feed.below(5)).map(|_| entry(feed)).collect() }
        }
        2 => Request::Marks {
            actor,
            epoch: feed.number() as u32,
            stored: (0..feed.below(4))
                .map(|_| StoredMark { up_to: feed.number(), at: feed.signed() })
                .collect(),
            read: (0..feed.below(4)).map(|_| read_mark(feed)).collect(),
        },
        _ => Request::Deed { actor, id: fact(feed), deed: deed(feed) },
    }
}

fn read_mark(feed: &mut Feed<'_>) -> ReadMark {
    ReadMark { conversation: conversation(feed), up_to: feed.number(), at: feed.signed() }
}

fn entry(feed: &mut Feed<'_>) -> Entry {
    let content = match feed.below(4) {
        3 => broadcast(feed).to_content(),
        0 => Body::Acknowledgement { message: fact(feed) }.to_content(),
        1 => Body::text(feed.text(20)).to_content(),
        _ => waypost_protocol::Content {
            kind: u16::from(feed.byte()),
            bytes: feed.piece(40).to_vec(),
        },
    };
    Entry {
        id: fact(feed),
        conversation: conversation(feed),
        number: feed.number() as u32,
        content,
        offset_minutes: feed.signed() as i16,
        skew_ms: (feed.below(2) == 1).then(|| feed.signed()),
        needs: (feed.below(4) == 3).then(|| fact(feed)),
        gap: feed.below(3) == 2,
    }
}

fn broadcast(feed: &mut Feed<'_>) -> Body {
    let people = (0..feed.below(4)).map(|_| person(feed)).collect();
    let groups = (0..feed.below(3)).map(|group| group as u32).collect();
    let to = Recipients { people, groups, everyone: feed.below(4) == 3, ..Recipients::default() };
    Body::Broadcast { to, message: Body::text(feed.text(20)).into() }
}

fn deed(feed: &mut Feed<'_>) -> Deed {
    let group = feed.below(3) as u32;
    match feed.below(11) {
        0 => Deed::AddPerson {
            handle: ["dana", "ayo"][feed.below(2)].into(),
            name: feed.text(20),
            role: role(feed),
            language: "en".into(),
        },
        1 => {
            let members: Vec<_> = (0..feed.below(4)).map(|_| person(feed)).collect();
            let moderators = members.iter().take(feed.below(3)).copied().collect();
            let (name, settings) = (feed.text(20), settings(feed));
            Deed::CreateGroup { name, members, moderators, settings }
        }
        2 => Deed::Join { group, person: person(feed) },
        3 => Deed::Leave { group, person: person(feed) },
        4 => Deed::Enrol {
            token_hash: [7; 32],
            enrolment: enrolment(feed.below(6) as u32),
            device: DeviceId(fact(feed).0),
            device_name: feed.text(20),
            credential_hash: [1; 32],
            public_key: [2; 32],
        },
        5 => Deed::Revoke { enrolment: enrolment(feed.below(6) as u32) },
        6 => Deed::ChangeGroup { group, name: feed.text(20), settings: settings(feed) },
        7 => Deed::NameModerator { group, person: person(feed) },
        8 => Deed::EndModerator { group, person: person(feed) },
        9 => {
            let words = vec![feed.text(8), feed.text(3)];
            let rule = FlagRule { name: feed.text(8), words, links: true, direct: true };
            Deed::SetFlagRules { rules: vec![rule] }
        }
        _ => Deed::BeginEpoch { epoch: feed.number() as u32 },
    }
}

fn settings(feed: &mut Feed<'_>) -> GroupSettings {
    let mut yes = || feed.below(2) == 1;
    let (announcements, leaving, history) = (yes(), yes(), yes());
    let expires_after_s = yes().then(|| 5 + feed.below(600) as u32);
    GroupSettings { announcements, leaving, history, expires_after_s }
}

fn person(feed: &mut Feed<'_>) -> PersonId {
    PersonId(feed.below(PEOPLE as usize + 1) as u32)
}

fn role(feed: &mut Feed<'_>) -> Role {
    [Role::Driver, Role::Dispatcher, Role::Admin][feed.below(3)]
}

fn enrolment(number: u32) -> EnrolmentId {
    EnrolmentId::mint(NOW, u128::from(number))
}

/// One of a few ids, so that they meet.
fn fact(feed: &mut Feed<'_>) -> FactId {
    match feed.byte() {
        0 => FactId(uuid::Uuid::nil()),
        number => FactId::mint(NOW, u128::from(number % 16)),
    }
}

fn conversation(feed: &mut Feed<'_>) -> ConversationId {
    match feed.below(8) {
        7 => ConversationId::Broadcasts(person(feed)),
        0 => ConversationId::Direct(PersonId(1), PersonId(2)),
        1 => ConversationId::Direct(PersonId(2), PersonId(9)),
        group @ (2 | 3) => ConversationId::Group(group as u32 - 1),
        4 => ConversationId::Fleet,
        5 => ConversationId::About(1),
        _ => ConversationId::Staff,
    }
}

/// Batches of every kind of request, from a generator without meaning.
pub fn seeds() -> Vec<Seed> {
    let mixed = |start: u8| -> Vec<u8> {
        let mut state = u32::from(start);
        let next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8 & 0x1F
        };
        std::iter::repeat_with(next).take(200).collect()
    };
    (1..=8).map(|start| Seed::new(&format!("mixed {start}"), mixed(start))).collect()
}
