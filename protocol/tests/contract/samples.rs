//! One frame of each type and one body of each kind, told as one morning: Dana (7) drives, Omar (3)
//! dispatches, and everything has fixed ids and times.

use waypost_protocol::*;

use crate::passing::{heres, presences};
use crate::richer::header;

pub const DANA: PersonId = PersonId(7);
pub const OMAR: PersonId = PersonId(3);
/// 2026-03-02T08:30:00Z.
pub const MORNING: Millis = 1_772_440_200_000;

pub fn fact(number: u8) -> FactId {
    FactId::mint(MORNING + i64::from(number) * 1000, 0xA0 + u128::from(number))
}

pub fn enrolment() -> EnrolmentId {
    EnrolmentId::mint(MORNING, 0xE1)
}

pub fn dana_and_omar() -> ConversationId {
    ConversationId::Direct(OMAR, DANA)
}

pub fn running_late() -> Body {
    Body::Template {
        template: "running-late".into(),
        version: 1,
        arguments: [("minutes".to_string(), Argument::Minutes(15))].into(),
        answers: None,
        header: Header::default(),
    }
}

pub fn delivered(up_to: u64) -> Move {
    Move {
        person: OMAR,
        state: ReceiptState::Delivered,
        up_to,
        at: MORNING + 1_400,
        conversation: None,
        enrolment: None,
    }
}

pub fn read(up_to: u64) -> Move {
    Move {
        state: ReceiptState::Read,
        at: MORNING + 4_000,
        conversation: Some(dana_and_omar()),
        ..delivered(up_to)
    }
}

pub fn event(n: u64, body: &Body) -> Event {
    Event {
        n,
        recorded_at: MORNING + 900,
        content: body.to_content(),
        id: None,
        author: None,
        conversation: None,
        offset_minutes: 0,
        skew_ms: None,
    }
}

/// Every kind of body, and the optional parts of those that have some.
pub fn bodies() -> Vec<(&'static str, Body)> {
    let mut bodies = plain_bodies();
    bodies.extend(crate::richer::bodies());
    bodies.extend(crate::shared::bodies());
    bodies.extend(crate::own::bodies());
    bodies.extend(crate::reports::bodies());
    bodies.extend(crate::trips::bodies());
    bodies
}

fn plain_bodies() -> Vec<(&'static str, Body)> {
    vec![
        ("text", Body::text("Gate 4 is closed")),
        (
            "text that answers",
            Body::Text {
                text: "Użyj bramy 5".into(),
                answers: Some(fact(1)),
                header: Header::default(),
            },
        ),
        ("template", running_late()),
        ("template with everything", template_with_everything()),
        ("template without arguments", template_without_arguments()),
        ("text with everything", text_with_everything()),
        ("template with a header", template_with_a_header()),
        ("acknowledgement", Body::Acknowledgement { message: fact(1) }),
        ("edit", edit(Vec::new())),
        ("edit that mentions", edit(vec![Mention::Everyone])),
        ("deletion", Body::Deletion { message: fact(1), author: DANA }),
        ("broadcast", broadcast(everyone(), Body::text("Gate 4 is closed"))),
        ("broadcast with everything", broadcast(to_some(), text_with_everything())),
        ("broadcast of a template", broadcast(to_some(), running_late())),
        (
            "text that a broadcast brought",
            closed(Header { broadcast: Some(fact(1)), ..Header::default() }),
        ),
        ("text along a chain", along_a_chain()),
        (
            "text that was told further",
            closed(Header { escalates: Some(fact(1)), ..Header::default() }),
        ),
        ("escalation stopped", Body::EscalationStopped { message: fact(1) }),
        ("escalation, a reminder", Body::Escalation { message: fact(1), step: 0, to: vec![] }),
        ("escalation", Body::Escalation { message: fact(1), step: 2, to: vec![OMAR] }),
        ("chain set", chain_set()),
        ("receipts", Body::Receipts { moves: vec![delivered(41), read(41)] }),
        ("receipts in the record", receipts_in_the_record()),
        ("person added", person_added()),
        ("group created", group_created()),
        ("group with everything", group_with_everything()),
        ("group changed", group_changed(GroupSettings::default())),
        (
            "group that members leave",
            group_changed(GroupSettings { leaving: true, ..GroupSettings::default() }),
        ),
        (
            "group that tells what was said before",
            group_changed(GroupSettings { history: true, ..GroupSettings::default() }),
        ),
        ("moderator named", Body::ModeratorNamed { group: 5, person: DANA }),
        ("moderator ended", Body::ModeratorEnded { group: 5, person: DANA }),
        ("member joined", Body::MemberJoined { group: 5, person: DANA, history: false }),
        (
            "member joined, with history",
            Body::MemberJoined { group: 5, person: DANA, history: true },
        ),
        ("member left", Body::MemberLeft { group: 5, person: DANA }),
        ("enrolled", enrolled()),
        ("revoked", Body::Revoked { enrolment: enrolment(), person: DANA }),
        ("epoch began", Body::EpochBegan { size: 40, root: "5ad1".into() }),
        ("erased", Body::Erased { number: kind::TEXT }),
        ("unknown", Body::Unknown { number: 4711, bytes: "gAE=".into() }),
    ]
}

fn template_with_everything() -> Body {
    Body::Template {
        template: "cannot-reach".into(),
        version: 2,
        arguments: [
            ("stop".to_string(), Argument::Text("Gate 4".into())),
            ("tries".to_string(), Argument::Number(-3)),
            ("wait".to_string(), Argument::Minutes(20)),
        ]
        .into(),
        answers: Some(fact(1)),
        header: Header::default(),
    }
}

fn broadcast(to: Recipients, message: Body) -> Body {
    Body::Broadcast { to, message: Box::new(message) }
}

fn everyone() -> Recipients {
    Recipients { everyone: true, ..Recipients::default() }
}

fn to_some() -> Recipients {
    Recipients { people: vec![DANA, OMAR], groups: vec![5], ..Recipients::default() }
}

fn along_a_chain() -> Body {
    let (acknowledge_by, chain) = (Some(MORNING + 600_000), Some(4));
    closed(Header { acknowledge_by, chain, ..Header::default() })
}

fn chain_set() -> Body {
    let remind = Step { after_minutes: 5, to: Recipients::default(), covering: false };
    let tell = Step { after_minutes: 10, to: to_some(), covering: false };
    Body::ChainSet { chain: 4, name: "Night shift".into(), steps: vec![remind, tell] }
}

fn closed(header: Header) -> Body {
    Body::Text { text: "Gate 4 is closed".into(), answers: None, header }
}

fn text_with_everything() -> Body {
    Body::Text { text: "Use gate 5".into(), answers: Some(fact(1)), header: header() }
}

fn template_with_a_header() -> Body {
    let urgent = Header { priority: Priority::Urgent, ..Header::default() };
    match running_late() {
        Body::Template { template, version, arguments, answers, .. } => {
            Body::Template { template, version, arguments, answers, header: urgent }
        }
        other => other,
    }
}

fn edit(mentions: Vec<Mention>) -> Body {
    Body::Edit { message: fact(1), text: "Gate 4 is open".into(), mentions }
}

fn template_without_arguments() -> Body {
    Body::Template {
        template: "delivered".into(),
        version: 1,
        arguments: Arguments::new(),
        answers: Some(fact(1)),
        header: Header::default(),
    }
}

fn receipts_in_the_record() -> Body {
    let by = |one: Move| Move { enrolment: Some(enrolment()), ..one };
    Body::Receipts { moves: vec![by(delivered(41)), by(read(41))] }
}

pub fn person_added() -> Body {
    Body::PersonAdded {
        person: DANA,
        handle: "dana".into(),
        name: "Dana".into(),
        role: Role::Driver,
        language: "pl".into(),
    }
}

fn group_created() -> Body {
    group(Vec::new(), GroupSettings::default())
}

fn group_with_everything() -> Body {
    group(
        vec![OMAR],
        GroupSettings { announcements: true, leaving: true, ..GroupSettings::default() },
    )
}

fn group(moderators: Vec<PersonId>, settings: GroupSettings) -> Body {
    let (name, members) = ("North".into(), vec![OMAR, DANA]);
    Body::GroupCreated { group: 5, name, members, moderators, settings }
}

fn group_changed(settings: GroupSettings) -> Body {
    Body::GroupChanged { group: 5, name: "Depot North".into(), settings }
}

fn enrolled() -> Body {
    Body::Enrolled {
        enrolment: enrolment(),
        person: DANA,
        device: DeviceId::mint(MORNING, 0xD1),
        device_name: "Tablet 12".into(),
    }
}

/// Every type of uplink frame, bare and with all that it can hold.
pub fn uplinks() -> Vec<(&'static str, Uplink)> {
    let mut all = vec![
        ("submit", Uplink::Submit(Submit { entries: vec![entry()] })),
        ("submit with everything", Uplink::Submit(Submit { entries: entries() })),
        ("pull", Uplink::Pull(Pull { number: 1, limit: 256, ..Pull::default() })),
        ("pull with marks", Uplink::Pull(pull_with_marks())),
        ("history", Uplink::History(history(ConversationId::Group(5)))),
        ("history of a group itself", Uplink::History(history(ConversationId::About(5)))),
        ("history of broadcasts", Uplink::History(history(ConversationId::Broadcasts(OMAR)))),
        ("history of what is chosen", Uplink::History(history(ConversationId::Own(DANA)))),
        ("history of dispatch", Uplink::History(history(ConversationId::Dispatch(DANA)))),
        ("history of an incident", {
            let incident = IncidentId::mint(MORNING, 0x1C);
            Uplink::History(history(ConversationId::Incident(incident)))
        }),
    ];
    all.extend(heres());
    all
}

pub fn entry() -> Entry {
    Entry {
        id: fact(1),
        conversation: dana_and_omar(),
        number: 1,
        content: running_late().to_content(),
        offset_minutes: 0,
        skew_ms: None,
        needs: None,
        gap: false,
    }
}

fn entries() -> Vec<Entry> {
    let first = Entry { offset_minutes: 60, skew_ms: Some(-350), ..entry() };
    let second = Entry {
        id: fact(2),
        conversation: ConversationId::Group(5),
        number: 9,
        needs: Some(fact(1)),
        gap: true,
        ..entry()
    };
    vec![first, second]
}

fn history(conversation: ConversationId) -> History {
    History { conversation, before: 41, number: 3, limit: 256 }
}

fn pull_with_marks() -> Pull {
    Pull {
        after: Sequence { epoch: 1, n: 42 },
        number: 2,
        limit: 100,
        stored: vec![StoredMark { up_to: 42, at: MORNING + 5_000 }],
        read: vec![ReadMark { conversation: dana_and_omar(), up_to: 40, at: MORNING + 6_000 }],
    }
}

/// Every type of downlink frame, bare and with all that it can hold.
pub fn downlinks() -> Vec<(&'static str, Downlink)> {
    let refused =
        |retry_after_ms| Downlink::Refused { code: ProblemCode::Overloaded, retry_after_ms };
    let mut all = vec![
        ("answers", Downlink::Answers { answers: answers() }),
        ("events, empty", Downlink::Events(Events { next: 42, ..Events::default() })),
        ("a run is accepted", Downlink::Answers { answers: vec![a_run()] }),
        ("events, own alone", Downlink::Events(own(42))),
        ("events, pushed", Downlink::Events(pushed(42, event(42, &receipts())))),
        ("events with everything", Downlink::Events(events_with_everything())),
        ("refused", refused(None)),
        ("refused for a while", refused(Some(1_500))),
        ("earlier, nothing", Downlink::Earlier(earlier(Vec::new(), false))),
        ("earlier, and more before", Downlink::Earlier(earlier(vec![about_a_group()], true))),
    ];
    all.extend(presences());
    all
}

fn receipts() -> Body {
    Body::Receipts { moves: vec![delivered(41)] }
}

pub fn pushed(n: u64, event: Event) -> Events {
    Events { after: n - 1, next: n, events: vec![event], ..Events::default() }
}

pub fn answers() -> Vec<Answer> {
    let sequence = Sequence { epoch: 1, n: 41 };
    vec![
        Answer::Accepted { id: fact(1), sequence, recorded_at: MORNING + 900, before: 0 },
        Answer::Rejected { id: fact(2), code: ProblemCode::NotAllowed, at: sequence },
        Answer::OutOfOrder { id: fact(3), expected: 2 },
        Answer::Deferred { id: fact(4), code: ProblemCode::Other(4711) },
    ]
}

fn events_with_everything() -> Events {
    let message = Event {
        id: Some(fact(1)),
        author: Some(DANA),
        conversation: Some(dana_and_omar()),
        offset_minutes: -300,
        skew_ms: Some(90_000),
        ..event(41, &running_late())
    };
    Events {
        epoch: 1,
        after: 40,
        next: 42,
        events: vec![message, event(42, &Body::Receipts { moves: vec![read(41)] })],
        more: true,
        answers: Some(2),
        server_time: Some(MORNING + 7_000),
        safe_up_to: Some(30),
        cut_after: Some(39),
        own: Vec::new(),
    }
}

fn earlier(events: Vec<Event>, more: bool) -> Earlier {
    Earlier { answers: 3, epoch: 1, conversation: ConversationId::About(5), events, more }
}

fn about_a_group() -> Event {
    let conversation = Some(ConversationId::About(5));
    Event { id: Some(fact(5)), author: Some(OMAR), conversation, ..event(12, &group_created()) }
}

fn a_run() -> Answer {
    let sequence = Sequence { epoch: 1, n: 104 };
    Answer::Accepted { id: fact(1), sequence, recorded_at: MORNING + 900, before: 63 }
}

/// One own fact, pushed to the device that made it.
pub fn own(n: u64) -> Events {
    let run = OwnRun { id: fact(1), n, recorded_at: MORNING + 900, before: 0 };
    Events { after: n - 1, next: n, own: vec![run], ..Events::default() }
}
