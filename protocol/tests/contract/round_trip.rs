//! Arbitrary frames survive both encodings, and arbitrary bytes are survived.

use proptest::collection::{btree_map, vec};
use proptest::option::of;
use proptest::prelude::*;
use waypost_protocol::*;

use crate::samples;

fn fact() -> impl Strategy<Value = FactId> {
    (0i64..1 << 47, any::<u128>()).prop_map(|(now, random)| FactId::mint(now, random))
}

fn enrolment() -> impl Strategy<Value = EnrolmentId> {
    any::<u128>().prop_map(|random| EnrolmentId::mint(samples::MORNING, random))
}

fn person() -> impl Strategy<Value = PersonId> {
    any::<u32>().prop_map(PersonId)
}

fn conversation() -> impl Strategy<Value = ConversationId> {
    let direct = (person(), person())
        .prop_filter_map("not with oneself", |(one, other)| ConversationId::direct(one, other));
    prop_oneof![
        direct,
        any::<u32>().prop_map(ConversationId::Group),
        any::<u32>().prop_map(ConversationId::About),
        person().prop_map(ConversationId::Broadcasts),
        person().prop_map(ConversationId::Own),
        Just(ConversationId::Reports),
        person().prop_map(ConversationId::Dispatch),
        any::<u128>().prop_map(|id| ConversationId::Incident(IncidentId::mint(0, id))),
        Just(ConversationId::Fleet),
        Just(ConversationId::Staff),
    ]
}

fn sequence() -> impl Strategy<Value = Sequence> {
    (any::<u32>(), any::<u64>()).prop_map(|(epoch, n)| Sequence { epoch, n })
}

fn code() -> impl Strategy<Value = ProblemCode> {
    any::<u16>().prop_map(ProblemCode::from_number)
}

fn argument() -> impl Strategy<Value = Argument> {
    prop_oneof![
        any::<String>().prop_map(Argument::Text),
        any::<i64>().prop_map(Argument::Number),
        any::<u32>().prop_map(Argument::Minutes),
        any::<u16>().prop_map(Argument::TimeOfDay),
        place().prop_map(Argument::Place),
        (any::<String>(), any::<String>()).prop_map(|(stop, name)| Argument::Stop { stop, name }),
        any::<String>().prop_map(Argument::Choice),
    ]
}

fn place() -> impl Strategy<Value = Place> {
    (any::<i32>(), any::<i32>(), of(any::<String>()), of(any::<u32>())).prop_map(
        |(latitude, longitude, name, accuracy_m)| {
            let (latitude, longitude) = (Degrees(latitude), Degrees(longitude));
            Place { latitude, longitude, name, accuracy_m }
        },
    )
}

fn one_move() -> impl Strategy<Value = Move> {
    (person(), any::<u64>(), any::<i64>(), of(conversation()), of(enrolment())).prop_map(
        |(person, up_to, at, conversation, enrolment)| {
            let state = match conversation {
                Some(_) => ReceiptState::Read,
                None => ReceiptState::Delivered,
            };
            Move { person, state, up_to, at, conversation, enrolment }
        },
    )
}

fn mention() -> impl Strategy<Value = Mention> {
    prop_oneof![
        person().prop_map(Mention::Person),
        any::<u32>().prop_map(Mention::Group),
        Just(Mention::Everyone),
    ]
}

fn header() -> impl Strategy<Value = Header> {
    let priority =
        proptest::sample::select(vec![Priority::Routine, Priority::Urgent, Priority::Emergency]);
    let asks = (of(any::<i64>()), of(any::<u32>()), of(fact()), of(any::<u32>()), of(fact()));
    (of(fact()), vec(mention(), 0..4), priority, asks).prop_map(
        |(thread, mentions, priority, asks)| {
            let (acknowledge_by, expires_after_s, broadcast, chain, escalates) = asks;
            Header {
                thread,
                mentions,
                priority,
                acknowledge_by,
                expires_after_s,
                broadcast,
                chain,
                escalates,
            }
        },
    )
}

fn recipients() -> impl Strategy<Value = Recipients> {
    (vec(person(), 0..4), vec(any::<u32>(), 0..4), any::<bool>()).prop_map(
        |(people, groups, everyone)| Recipients {
            people,
            on_call: everyone && groups.len() > 1,
            on_shift: !groups.is_empty(),
            coverages: groups.clone(),
            groups,
            everyone,
        },
    )
}

fn step() -> impl Strategy<Value = Step> {
    (any::<u16>(), recipients(), any::<bool>()).prop_map(|(after_minutes, to, covering)| Step {
        after_minutes,
        to,
        covering,
    })
}

fn settings() -> impl Strategy<Value = GroupSettings> {
    (any::<bool>(), any::<bool>(), any::<bool>(), of(any::<u32>())).prop_map(
        |(announcements, leaving, history, expires_after_s)| GroupSettings {
            announcements,
            leaving,
            history,
            expires_after_s,
        },
    )
}

fn body() -> impl Strategy<Value = Body> {
    let text = (any::<String>(), of(fact()), header());
    let arguments = btree_map(any::<String>(), argument(), 0..4);
    let template = (any::<String>(), any::<u16>(), arguments, of(fact()), header());
    let edit = (fact(), any::<String>(), vec(mention(), 0..4));
    let people = || vec(person(), 0..4);
    let group = (any::<u32>(), any::<String>(), people(), people(), settings());
    let words = (any::<String>(), of(fact()), header());
    let words = words.prop_map(|(text, answers, header)| Body::Text { text, answers, header });
    prop_oneof![
        text.prop_map(|(text, answers, header)| Body::Text { text, answers, header }),
        template.prop_map(|(template, version, arguments, answers, header)| Body::Template {
            template,
            version,
            arguments,
            answers,
            header,
        }),
        edit.prop_map(|(message, text, mentions)| Body::Edit { message, text, mentions }),
        (fact(), person()).prop_map(|(message, author)| Body::Deletion { message, author }),
        fact().prop_map(|message| Body::Acknowledgement { message }),
        (fact(), any::<u16>(), people()).prop_map(|(message, step, to)| Body::Escalation {
            message,
            step,
            to
        }),
        (any::<u32>(), any::<String>(), vec(step(), 0..4))
            .prop_map(|(chain, name, steps)| Body::ChainSet { chain, name, steps }),
        (recipients(), words).prop_map(|(to, words)| Body::Broadcast { to, message: words.into() }),
        vec(one_move(), 0..4).prop_map(|moves| Body::Receipts { moves }),
        group.prop_map(|(group, name, members, moderators, settings)| Body::GroupCreated {
            group,
            name,
            members,
            moderators,
            settings
        }),
        (any::<u32>(), any::<String>(), settings())
            .prop_map(|(group, name, settings)| Body::GroupChanged { group, name, settings }),
        (enrolment(), person()).prop_map(|(enrolment, person)| Body::Revoked { enrolment, person }),
        proptest::sample::select(samples::bodies()).prop_map(|(_, body)| body),
    ]
}

fn entry() -> impl Strategy<Value = Entry> {
    let outside = (any::<i16>(), of(any::<i64>()), of(fact()), any::<bool>());
    (fact(), conversation(), any::<u32>(), body(), outside).prop_map(
        |(id, conversation, number, body, (offset_minutes, skew_ms, needs, gap))| Entry {
            id,
            conversation,
            number,
            content: body.to_content(),
            offset_minutes,
            skew_ms,
            needs,
            gap,
        },
    )
}

fn pull() -> impl Strategy<Value = Pull> {
    let stored = (any::<u64>(), any::<i64>()).prop_map(|(up_to, at)| StoredMark { up_to, at });
    let read = (conversation(), any::<u64>(), any::<i64>())
        .prop_map(|(conversation, up_to, at)| ReadMark { conversation, up_to, at });
    (sequence(), any::<u32>(), any::<u16>(), vec(stored, 0..4), vec(read, 0..4)).prop_map(
        |(after, number, limit, stored, read)| Pull { after, number, limit, stored, read },
    )
}

fn uplink() -> impl Strategy<Value = Uplink> {
    prop_oneof![
        vec(entry(), 0..4).prop_map(|entries| Uplink::Submit(Submit { entries })),
        pull().prop_map(Uplink::Pull),
        (activity(), of(conversation()))
            .prop_map(|(activity, typing)| Uplink::Here(Here { activity, typing })),
        (conversation(), any::<u64>(), any::<u32>(), any::<u16>()).prop_map(
            |(conversation, before, number, limit)| {
                Uplink::History(History { conversation, before, number, limit })
            }
        ),
    ]
}

fn answer() -> impl Strategy<Value = Answer> {
    prop_oneof![
        (fact(), sequence(), any::<i64>(), any::<u32>()).prop_map(
            |(id, sequence, recorded_at, before)| {
                Answer::Accepted { id, sequence, recorded_at, before }
            }
        ),
        (fact(), code(), sequence()).prop_map(|(id, code, at)| Answer::Rejected { id, code, at }),
        (fact(), any::<u32>()).prop_map(|(id, expected)| Answer::OutOfOrder { id, expected }),
        (fact(), code()).prop_map(|(id, code)| Answer::Deferred { id, code }),
    ]
}

fn event() -> impl Strategy<Value = Event> {
    let who = (of(fact()), of(person()), of(conversation()));
    (any::<u64>(), any::<i64>(), body(), who, any::<i16>(), of(any::<i64>())).prop_map(
        |(n, recorded_at, body, (id, author, conversation), offset_minutes, skew_ms)| Event {
            n,
            recorded_at,
            content: body.to_content(),
            id,
            author,
            conversation,
            offset_minutes,
            skew_ms,
        },
    )
}

fn own_run() -> impl Strategy<Value = OwnRun> {
    (fact(), any::<u64>(), any::<i64>(), any::<u32>())
        .prop_map(|(id, n, recorded_at, before)| OwnRun { id, n, recorded_at, before })
}

fn events() -> impl Strategy<Value = Events> {
    let stretch = (any::<u32>(), any::<u64>(), any::<u64>());
    let rest = (of(any::<u32>()), of(any::<i64>()), of(any::<u64>()), of(any::<u64>()));
    let facts = (vec(event(), 0..4), vec(own_run(), 0..4));
    (stretch, facts, any::<bool>(), rest).prop_map(|(stretch, (events, own), more, rest)| {
        let ((epoch, after, next), (answers, server_time, safe_up_to, cut_after)) = (stretch, rest);
        Events {
            epoch,
            after,
            next,
            events,
            more,
            answers,
            server_time,
            safe_up_to,
            cut_after,
            own,
        }
    })
}

fn activity() -> impl Strategy<Value = Activity> {
    prop_oneof![Just(Activity::Active), Just(Activity::Away), Just(Activity::Driving)]
}

fn downlink() -> impl Strategy<Value = Downlink> {
    let of_person = (person(), any::<bool>(), of(any::<i64>()), activity(), any::<bool>())
        .prop_map(|(person, online, since, activity, off_shift)| PresenceOf {
            person,
            online,
            since,
            activity,
            off_shift,
        });
    let typing = (person(), conversation())
        .prop_map(|(person, conversation)| TypingIn { person, conversation });
    prop_oneof![
        vec(answer(), 0..4).prop_map(|answers| Downlink::Answers { answers }),
        events().prop_map(Downlink::Events),
        (vec(of_person, 0..4), vec(typing, 0..4))
            .prop_map(|(people, typing)| Downlink::Presence(Presence { people, typing })),
        (code(), of(any::<u32>()))
            .prop_map(|(code, retry_after_ms)| Downlink::Refused { code, retry_after_ms }),
        (any::<[u32; 2]>(), conversation(), vec(event(), 0..4), any::<bool>()).prop_map(
            |([answers, epoch], conversation, events, more)| {
                Downlink::Earlier(Earlier { answers, epoch, conversation, events, more })
            }
        ),
    ]
}

/// A sample frame with some bytes overwritten, removed or doubled.
fn mutated() -> impl Strategy<Value = Vec<u8>> {
    let up = samples::uplinks().into_iter().map(|(_, frame)| frame.to_bytes());
    let down = samples::downlinks().into_iter().map(|(_, frame)| frame.to_bytes());
    let bodies = samples::bodies().into_iter().map(|(_, body)| body.to_content().bytes);
    let all: Vec<_> = up.chain(down).chain(bodies).collect();
    let edits = vec((any::<prop::sample::Index>(), any::<u8>(), 0u8..3), 1..5);
    (proptest::sample::select(all), edits).prop_map(|(mut bytes, edits)| {
        for (place, byte, how) in edits {
            let at = place.index(bytes.len());
            match how {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                _ if bytes.len() > 1 => drop(bytes.remove(at)),
                _ => {}
            }
        }
        bytes
    })
}

/// Whatever is read can be written and read again, and is the same.
fn survive(bytes: &[u8]) {
    if let Ok(frame) = Uplink::from_bytes(bytes) {
        assert_eq!(Uplink::from_bytes(&frame.to_bytes()), Ok(frame));
    }
    if let Ok(frame) = Downlink::from_bytes(bytes) {
        assert_eq!(Downlink::from_bytes(&frame.to_bytes()), Ok(frame.clone()));
        serde_json::to_string(&frame).unwrap();
    }
    let kinds = samples::bodies().into_iter().map(|(_, body)| body.to_content().kind);
    for kind in kinds {
        if let Ok(body) = (Content { kind, bytes: bytes.to_vec() }).to_body() {
            assert_eq!(body.to_content().to_body(), Ok(body.clone()));
            let _ = body.check();
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..Default::default() })]

    #[test]
    fn uplinks_survive_both_encodings(frame in uplink()) {
        prop_assert_eq!(Uplink::from_bytes(&frame.to_bytes()), Ok(frame.clone()));
        let json = serde_json::to_string(&frame).unwrap();
        prop_assert_eq!(serde_json::from_str::<Uplink>(&json).unwrap(), frame);
    }

    #[test]
    fn downlinks_survive_both_encodings(frame in downlink()) {
        prop_assert_eq!(Downlink::from_bytes(&frame.to_bytes()), Ok(frame.clone()));
        let json = serde_json::to_string(&frame).unwrap();
        prop_assert_eq!(serde_json::from_str::<Downlink>(&json).unwrap(), frame);
    }

    #[test]
    fn bodies_survive_both_encodings(body in body()) {
        prop_assert_eq!(body.to_content().to_body(), Ok(body.clone()));
        let json = serde_json::to_string(&body).unwrap();
        prop_assert_eq!(serde_json::from_str::<Body>(&json).unwrap(), body);
    }

    #[test]
    fn conversations_survive_as_text(conversation in conversation()) {
        prop_assert_eq!(conversation.to_string().parse(), Ok(conversation));
    }

    #[test]
    fn random_bytes_are_survived(bytes in vec(any::<u8>(), 0..200)) {
        survive(&bytes);
    }

    #[test]
    fn mutated_frames_are_survived(bytes in mutated()) {
        survive(&bytes);
    }
}
