//! The small rules of the contract, at their edges: who is whose partner, what a name may hold, how
//! much fits.

use std::str::FromStr as _;

use waypost_protocol::*;

const OMAR: PersonId = PersonId(1);
const DANA: PersonId = PersonId(2);
const AYO: PersonId = PersonId(3);

fn said(text: &str) -> Body {
    Body::text(text)
}

fn added(handle: &str) -> Body {
    let (name, language) = ("Dana".into(), "pl".into());
    Body::PersonAdded { person: DANA, handle: handle.into(), name, role: Role::Driver, language }
}

fn template(template: &str, arguments: Arguments) -> Body {
    Body::Template {
        template: template.into(),
        version: 1,
        arguments,
        answers: None,
        header: Header::default(),
    }
}

fn north(members: u32) -> Body {
    let members = (1..=members).map(PersonId).collect();
    let (moderators, settings) = (Vec::new(), GroupSettings::default());
    Body::GroupCreated { group: 3, name: "North".into(), members, moderators, settings }
}

/// A group with so many moderators.
fn led(moderators: usize) -> Body {
    match north(100) {
        Body::GroupCreated { group, name, members, settings, .. } => {
            let moderators = members[..moderators].to_vec();
            Body::GroupCreated { group, name, members, moderators, settings }
        }
        other => other,
    }
}

fn with(header: Header) -> Body {
    Body::Text { text: "Gate 4 is closed".into(), answers: None, header }
}

fn calling(people: usize) -> Body {
    with(Header { mentions: vec![Mention::Person(DANA); people], ..Header::default() })
}

fn edited(people: usize) -> Body {
    let mentions = vec![Mention::Person(DANA); people];
    Body::Edit { message: FactId::mint(0, 1), text: "Gate 5".into(), mentions }
}

fn broadcast(people: usize, groups: usize) -> Body {
    let people = (1..=people as u32).map(PersonId).collect();
    let to = Recipients { people, groups: (1..=groups as u32).collect(), ..Recipients::default() };
    Body::Broadcast { to, message: said("Gate 4 is closed").into() }
}

fn expiring(after_s: u32) -> Body {
    with(Header { expires_after_s: Some(after_s), ..Header::default() })
}

#[test]
fn a_message_says_whom_it_calls_and_what_it_carries() {
    let header = Header { priority: Priority::Urgent, ..Header::default() };
    assert_eq!(with(header.clone()).header(), Some(&header));
    assert_eq!(said("hello").header(), Some(&Header::default()));
    assert_eq!(edited(1).header(), None);
    for calls in [calling(1), edited(1)] {
        assert_eq!(calls.mentions(), [Mention::Person(DANA)]);
    }
    assert_eq!(said("hello").mentions(), []);
}

#[test]
fn what_revises_a_message_says_which_and_whose() {
    let message = FactId::mint(0, 1);
    assert_eq!(edited(0).revises(DANA), Some((message, DANA)), "one edits one's own");
    let deletion = Body::Deletion { message, author: AYO };
    assert_eq!(deletion.revises(DANA), Some((message, AYO)));
    assert_eq!(said("hello").revises(DANA), None);
}

#[test]
fn each_of_two_has_the_other_for_a_partner_and_nobody_else_has_any() {
    let direct = ConversationId::direct(DANA, OMAR).unwrap();
    assert_eq!(direct, ConversationId::Direct(OMAR, DANA), "the lower number stands first");
    assert_eq!(direct.partner_of(OMAR), Some(DANA));
    assert_eq!(direct.partner_of(DANA), Some(OMAR));
    assert_eq!(direct.partner_of(AYO), None);
    assert_eq!(ConversationId::Group(3).partner_of(DANA), None);
    assert_eq!(ConversationId::direct(DANA, DANA), None, "nobody talks with themselves");
}

#[test]
fn a_conversation_has_one_spelling() {
    for (name, id) in [
        ("direct-1-2", ConversationId::Direct(OMAR, DANA)),
        ("group-3", ConversationId::Group(3)),
        ("about-3", ConversationId::About(3)),
        ("fleet", ConversationId::Fleet),
        ("staff", ConversationId::Staff),
    ] {
        assert_eq!(ConversationId::from_str(name), Ok(id));
        assert_eq!((id.to_string(), format!("{id:?}")), (name.to_owned(), name.to_owned()));
    }
    for name in ["direct-2-1", "direct-2-2", "group-", "depot", ""] {
        let refused = ConversationId::from_str(name).unwrap_err();
        assert!(!refused.to_string().is_empty(), "who wrote `{name}` learns why");
    }
}

#[test]
fn a_direct_conversation_on_the_wire_has_two_people_in_order() {
    let decode = |bytes: &[u8]| minicbor::decode::<ConversationId>(bytes);
    let bytes = minicbor::to_vec(ConversationId::Direct(OMAR, DANA)).unwrap();
    assert_eq!(decode(&bytes).unwrap(), ConversationId::Direct(OMAR, DANA));
    let at = |byte: u8| bytes.iter().rposition(|it| *it == byte).unwrap();
    let with_low = |low: u8| {
        let mut bytes = bytes.clone();
        let low_at = at(1);
        bytes[low_at] = low;
        bytes
    };
    assert!(decode(&with_low(2)).is_err(), "of one person with herself");
    assert!(decode(&with_low(3)).is_err(), "the higher number first");
}

#[test]
fn an_id_says_when_it_was_minted_to_the_millisecond() {
    for at in [0, 1, 255, 256, 65_535, 65_536, 1_772_440_200_123, (1 << 48) - 1] {
        assert_eq!(FactId::mint(at, 7).occurred_at(), Some(at));
    }
    let digits = "018e1e3c-0000-4000-8000-000000000000";
    assert_eq!(FactId::from_str(digits).unwrap().occurred_at(), None, "of another version");
    assert_eq!(Sequence { epoch: 2, n: 40 }.to_string(), "2.40");
}

#[test]
fn topics_are_an_enrolments_own() {
    let tablet = EnrolmentId::mint(1_772_440_200_000, 5);
    assert_eq!(topic::up(tablet), format!("waypost/v1/{tablet}/up"));
    assert_eq!(topic::down(tablet), format!("waypost/v1/{tablet}/down"));
    assert_eq!(topic::of_down(&topic::down(tablet)), Some(tablet));
    assert_eq!(topic::of_down(&topic::up(tablet)), None);
    assert_eq!(topic::of_down("waypost/v1/dana/down"), None);
}

#[test]
fn a_role_is_known_by_its_name() {
    for (role, name, staff) in [
        (Role::Driver, "driver", false),
        (Role::Dispatcher, "dispatcher", true),
        (Role::Admin, "admin", true),
    ] {
        assert_eq!((role.name(), role.is_staff()), (name, staff));
        assert_eq!(Role::from_str(name), Ok(role));
    }
    assert!(Role::from_str("pilot").unwrap_err().contains("pilot"));
}

#[test]
fn people_read_messages_and_what_is_about_a_group_has_its_stream() {
    let joined = Body::MemberJoined { group: 3, person: AYO, history: false };
    for (body, message, group) in [
        (said("Gate 4 is closed"), true, None),
        (template("delivered", Arguments::new()), true, None),
        (broadcast(1, 0), true, None),
        (crate::richer::file(crate::richer::gate(), "", None, Header::default()), true, None),
        (Body::Acknowledgement { message: FactId::mint(0, 1) }, false, None),
        (north(2), false, Some(ConversationId::About(3))),
        (joined, false, Some(ConversationId::About(3))),
        (Body::MemberLeft { group: 4, person: AYO }, false, Some(ConversationId::About(4))),
    ] {
        assert_eq!((body.is_message(), body.to_content().is_message()), (message, message));
        assert_eq!(body.about(), group);
    }
}

#[test]
fn what_just_fits_is_taken_and_one_more_is_not() {
    let long = |characters: usize| "ż".repeat(characters);
    let with = |count: usize| -> Arguments {
        (0..count).map(|i| (format!("a{i}"), Argument::Minutes(5))).collect()
    };
    let text = |characters| Arguments::from([("why".into(), Argument::Text(long(characters)))]);
    for (fits, too_much) in [
        (said(&long(TEXT_CHARS_MAX)), said(&long(TEXT_CHARS_MAX + 1))),
        (north(GROUP_MEMBERS_MAX as u32), north(GROUP_MEMBERS_MAX as u32 + 1)),
        (
            template("late", with(TEMPLATE_ARGUMENTS_MAX)),
            template("late", with(TEMPLATE_ARGUMENTS_MAX + 1)),
        ),
        (template("late", text(TEXT_CHARS_MAX)), template("late", text(TEXT_CHARS_MAX + 1))),
        (template(&long(NAME_CHARS_MAX), with(0)), template(&long(NAME_CHARS_MAX + 1), with(0))),
        (led(GROUP_MODERATORS_MAX), led(GROUP_MODERATORS_MAX + 1)),
        (calling(MENTIONS_MAX), calling(MENTIONS_MAX + 1)),
        (edited(MENTIONS_MAX), edited(MENTIONS_MAX + 1)),
        (broadcast(BROADCAST_RECIPIENTS_MAX, 0), broadcast(BROADCAST_RECIPIENTS_MAX + 1, 0)),
        (broadcast(0, BROADCAST_GROUPS_MAX), broadcast(0, BROADCAST_GROUPS_MAX + 1)),
        (broadcast(1, 0), broadcast(0, 0)),
        (expiring(EXPIRES_AFTER_S_MIN), expiring(EXPIRES_AFTER_S_MIN - 1)),
        (expiring(EXPIRES_AFTER_S_MAX), expiring(EXPIRES_AFTER_S_MAX + 1)),
        (added("dana.k-2"), added("Dana")),
        (added("dana"), added("dana k")),
        (said("."), said("  ")),
        (
            Body::Unknown { number: 900, bytes: "AAEC".into() },
            Body::Unknown { number: 900, bytes: "no base64".into() },
        ),
    ] {
        assert_eq!(fits.check(), Ok(()));
        let refused = too_much.check().unwrap_err();
        assert!(refused.to_string().contains(refused.field), "{refused} says where");
    }
}

#[test]
fn a_frame_of_full_lists_is_read_and_one_more_is_too_large() {
    let id = FactId::mint(0, 1);
    let answer = Answer::Deferred { id, code: ProblemCode::Overloaded };
    let answers = |count: usize| Downlink::Answers { answers: vec![answer.clone(); count] };
    let event = Event {
        n: 1,
        recorded_at: 0,
        content: Content { kind: 1, bytes: Vec::new() },
        id: Some(id),
        author: None,
        conversation: None,
        offset_minutes: 0,
        skew_ms: None,
    };
    let events = |count| {
        Downlink::Events(Events { events: vec![event.clone(); count], ..Events::default() })
    };
    let run = OwnRun { id, n: 1, recorded_at: 0, before: 0 };
    let own = |count| Downlink::Events(Events { own: vec![run; count], ..Events::default() });
    let earlier = |count| {
        let events = vec![event.clone(); count];
        let conversation = ConversationId::About(1);
        Downlink::Earlier(Earlier { answers: 1, epoch: 0, conversation, events, more: false })
    };
    for (fits, too_much) in [
        (answers(SUBMIT_ENTRIES_MAX), answers(SUBMIT_ENTRIES_MAX + 1)),
        (events(EVENTS_MAX), events(EVENTS_MAX + 1)),
        (own(EVENTS_MAX), own(EVENTS_MAX + 1)),
        (earlier(EVENTS_MAX), earlier(EVENTS_MAX + 1)),
    ] {
        assert_eq!(Downlink::from_bytes(&fits.to_bytes()), Ok(fits));
        let refused = Downlink::from_bytes(&too_much.to_bytes()).unwrap_err();
        assert_eq!(refused, FrameError::TooLarge);
        assert!(!refused.to_string().is_empty());
    }
    let marks = |stored, read| {
        let stored = vec![StoredMark { up_to: 1, at: 0 }; stored];
        let read = vec![ReadMark { conversation: ConversationId::Fleet, up_to: 1, at: 0 }; read];
        Uplink::Pull(Pull { stored, read, ..Pull::default() }).check_bounds()
    };
    assert_eq!(marks(STORED_MARKS_MAX, READ_MARKS_MAX), Ok(()));
    assert_eq!(marks(STORED_MARKS_MAX + 1, 0), Err(FrameError::TooLarge));
    assert_eq!(marks(0, READ_MARKS_MAX + 1), Err(FrameError::TooLarge));
}

#[test]
fn the_bounds_are_what_other_programs_were_told() {
    let told = [
        (FRAME_BYTES_MAX, 262_144),
        (CONTENT_BYTES_MAX, 32_768),
        (REPORT_BYTES_MAX, 36_864),
        (REPORT_CHARS_MAX, 500),
        (FLAG_RULES_MAX, 32),
        (FLAG_WORDS_MAX, 64),
        (FLAG_WORD_CHARS_MAX, 80),
        (SUBMIT_ENTRIES_MAX, 64),
        (EVENTS_MAX, 256),
        (STORED_MARKS_MAX, 16),
        (READ_MARKS_MAX, 64),
        (TEXT_CHARS_MAX, 4_000),
        (OUTBOX_ENTRIES_MAX, 10_000),
        (EXPIRES_AFTER_S_MIN as usize, 5),
        (EXPIRES_AFTER_S_MAX as usize, 34_560_000),
        (MENTIONS_MAX, 64),
        (GROUP_MEMBERS_MAX, 5_000),
        (GROUP_MODERATORS_MAX, 50),
        (BROADCAST_RECIPIENTS_MAX, 5_000),
        (BROADCAST_GROUPS_MAX, 100),
        (FILE_BYTES_MAX, 24_576),
        (TEMPLATE_ARGUMENTS_MAX, 16),
        (TEMPLATE_LANGUAGES_MAX, 32),
        (TEMPLATE_LABEL_CHARS_MAX, 40),
        (TEMPLATE_TEXT_CHARS_MAX, 1_000),
        (TEMPLATE_ANSWERS_MAX, 8),
        (TEMPLATE_OPTIONS_MAX, 24),
        (FILE_NAME_CHARS_MAX, 120),
        (VOICE_WAVEFORM_MAX, 128),
    ];
    for (bound, told) in told {
        assert_eq!(bound, told);
    }
    assert_eq!(SKEW_PLAUSIBLE_MS, 86_400_000, "a day");
}

#[test]
fn a_list_without_a_length_is_read_to_its_end() {
    let later = |id| Answer::Deferred { id: FactId::mint(0, id), code: ProblemCode::Overloaded };
    let frame = Downlink::Answers { answers: vec![later(1), later(2)] };
    let mut bytes = frame.to_bytes();
    assert_eq!(bytes[..3], [0x82, 0x01, 0x82], "a list of two");
    bytes[2] = 0x9f;
    bytes.push(0xff);
    assert_eq!(Downlink::from_bytes(&bytes), Ok(frame));
}

#[test]
fn a_place_in_the_record_has_one_spelling() {
    let place = Sequence { epoch: 3, n: 57 };
    assert_eq!((place.to_string().as_str(), "3.57".parse()), ("3.57", Ok(place)));
    for text in ["", "57", "3.", ".57", "3.057", "3.5.7", "-3.57", "3.+57"] {
        let refused = text.parse::<Sequence>().unwrap_err();
        assert!(!refused.to_string().is_empty(), "`{text}` is refused with a reason");
    }
}
