//! Views of an invented morning, for tests and pictures: Dana and Ayo drive, Omar dispatches,
//! Ines is admin.

mod trips;

use std::sync::Arc;

use waypost_client::View;
use waypost_client::view::{
    ConversationView, LinkPath, LinkView, Me, MessageView, PersonView, PresenceView, RecipientView,
    Timeline, Wedged,
};
use waypost_protocol::{
    Activity, Argument, Arguments, Body, ConversationId, EnrolmentId, FactId, Header, Millis,
    PersonId, ProblemCode, ReceiptState, Role,
};

use crate::Here;
pub use trips::{dana_at_the_bakery, dana_on_her_way};

/// Who is who.
pub const INES: PersonId = PersonId(1);
/// The dispatcher.
pub const OMAR: PersonId = PersonId(2);
/// A driver.
pub const DANA: PersonId = PersonId(7);
/// A driver.
pub const AYO: PersonId = PersonId(8);
/// The group of the early shift: Omar, Dana and Ayo, and Marek.
pub const EARLY_SHIFT: ConversationId = ConversationId::Group(3);

/// The morning begins at 08:00 UTC on 25 November 2026.
pub const MORNING: Millis = 1_795_593_600_000;

const MAREK: PersonId = PersonId(9);
const MINUTE: Millis = 60_000;

/// The morning, read in UTC at 08:00.
pub fn here() -> Here {
    Here { offset: time::UtcOffset::UTC, now: || MORNING }
}

/// So many minutes into the morning.
pub fn at(minutes: i64) -> Millis {
    MORNING + minutes * MINUTE
}

/// The id of the message written at that minute.
pub fn id(minutes: i64) -> FactId {
    FactId::mint(at(minutes), u128::from(minutes.unsigned_abs()) + 1)
}

/// Words.
pub fn text(text: &str) -> Body {
    Body::text(text)
}

/// A template with at most one argument.
pub fn template(id: &str, argument: Option<(&str, Argument)>) -> Body {
    let arguments: Arguments =
        argument.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    Body::Template {
        template: id.to_owned(),
        version: 1,
        arguments,
        answers: None,
        header: Header::default(),
    }
}

/// A message of someone else, committed as number `n`.
pub fn from(author: PersonId, minutes: i64, n: u64, body: Body) -> MessageView {
    MessageView {
        id: id(minutes),
        n: Some(n),
        author,
        author_name: name(author).to_owned(),
        mine: false,
        body,
        edited_at: None,
        occurred_at: at(minutes),
        offset_minutes: 0,
        clock_suspect: false,
        recorded_at: Some(at(minutes) + 900),
        state: ReceiptState::Read,
        receipts: Vec::new(),
        acknowledged_by_me: false,
        escalation: Vec::new(),
        escalation_stopped: false,
    }
}

/// A message of one's own that has come so far with each of these.
pub fn mine(
    me: PersonId,
    minutes: i64,
    n: Option<u64>,
    body: Body,
    with: &[(PersonId, ReceiptState)],
) -> MessageView {
    let least = with.iter().map(|(_, state)| *state).min().unwrap_or(ReceiptState::Queued);
    MessageView {
        n,
        mine: true,
        state: least,
        recorded_at: n.map(|_| at(minutes) + 900),
        receipts: with.iter().map(|(person, state)| recipient(*person, *state, minutes)).collect(),
        ..from(me, minutes, 0, body)
    }
}

/// Dana's morning: three messages wait, one was refused.
pub fn dana() -> View {
    let with_omar = ConversationId::Direct(OMAR, DANA);
    let one = |state| [(OMAR, state)];
    let minutes = Some(("minutes", Argument::Minutes(15)));
    let messages = vec![
        from(OMAR, -62, 11, text("Good morning Dana. Eight stops today, dock 3 first.")),
        mine(DANA, -60, Some(12), text("On my way"), &one(ReceiptState::Acknowledged)),
        MessageView {
            acknowledged_by_me: true,
            ..from(
                OMAR,
                -41,
                15,
                template(
                    "route-changed",
                    Some((
                        "text",
                        Argument::Text("the bridge on Route 9 is closed, take the A4.".into()),
                    )),
                ),
            )
        },
        mine(DANA, -33, Some(17), template("arrived", None), &one(ReceiptState::Read)),
        mine(DANA, -21, Some(19), template("delivered", None), &one(ReceiptState::Delivered)),
        from(OMAR, -12, 22, text("Nordkai asks for you before 10:15. The gate code is now 4471#.")),
        mine(DANA, -6, Some(24), template("running-late", minutes), &one(ReceiptState::Accepted)),
        mine(DANA, -2, None, template("customer-absent", None), &one(ReceiptState::Queued)),
    ];
    view(
        Me {
            person: DANA,
            name: name(DANA).into(),
            role: Role::Driver,
            language: "en".into(),
            enrolment: enrolment(),
        },
        messages,
        with_omar,
    )
}

/// Omar's morning: a route change to the early shift that not everyone has seen.
pub fn omar() -> View {
    let change =
        Some(("text", Argument::Text("the bridge on Route 9 is closed, take the A4.".into())));
    let messages = vec![
        mine(
            OMAR,
            -65,
            Some(8),
            text("Good morning all. The first dock opens at 08:30 today."),
            &[
                (DANA, ReceiptState::Acknowledged),
                (AYO, ReceiptState::Acknowledged),
                (MAREK, ReceiptState::Read),
            ],
        ),
        from(DANA, -60, 9, text("Good, I start with Nordkai then.")),
        from(AYO, -52, 10, template("running-late", Some(("minutes", Argument::Minutes(10))))),
        mine(
            OMAR,
            -41,
            Some(14),
            template("route-changed", change),
            &[
                (DANA, ReceiptState::Acknowledged),
                (AYO, ReceiptState::Read),
                (MAREK, ReceiptState::Accepted),
            ],
        ),
        MessageView {
            clock_suspect: true,
            recorded_at: Some(at(-29)),
            ..from(MAREK, -30, 16, text("Already past it, thank you."))
        },
        mine(
            OMAR,
            -4,
            Some(21),
            template("please-confirm", None),
            &[
                (DANA, ReceiptState::Delivered),
                (AYO, ReceiptState::Delivered),
                (MAREK, ReceiptState::Accepted),
            ],
        ),
    ];
    let mut view = view(
        Me {
            person: OMAR,
            name: name(OMAR).into(),
            role: Role::Dispatcher,
            language: "en".into(),
            enrolment: enrolment(),
        },
        messages,
        EARLY_SHIFT,
    );
    view.waiting = 0;
    view
}

/// Offline, with something waiting and something refused: the hardest screen.
pub fn dana_in_trouble() -> View {
    let refused =
        |minutes, body, code| Wedged { id: id(minutes), conversation: EARLY_SHIFT, body, code };
    View {
        link: LinkView::Offline { retry_at: Some(at(0) + 45_000) },
        waiting: 3,
        outbox_full: true,
        wedged: vec![
            refused(-90, text("Who has the key of dock 3?"), ProblemCode::NotAllowed),
            refused(-80, template("arrived", None), ProblemCode::NotFound),
        ],
        ..dana()
    }
}

fn view(me: Me, messages: Vec<MessageView>, open: ConversationId) -> View {
    let others: Vec<_> =
        [INES, OMAR, DANA, AYO, MAREK].into_iter().filter(|id| *id != me.person).collect();
    let staff = me.role.is_staff();
    let messages: Vec<_> = messages.into_iter().map(Arc::new).collect();
    let mut conversations = vec![ConversationView {
        id: open,
        title: title(open, me.person),
        others: members(open, me.person),
        group: None,
        case: None,
        typing: Vec::new(),
        expires_after_s: None,
        unread: 0,
        last: messages.last().cloned(),
    }];
    let further: &[(ConversationId, usize, PersonId, &str)] = if staff {
        &[
            (ConversationId::Direct(OMAR, DANA), 2, DANA, "Gate is open, thanks"),
            (ConversationId::Direct(OMAR, AYO), 0, AYO, "Understood"),
        ]
    } else {
        &[(EARLY_SHIFT, 2, AYO, "Traffic jam before the harbour")]
    };
    conversations.extend(further.iter().map(|(id, unread, author, words)| ConversationView {
        id: *id,
        title: title(*id, me.person),
        others: members(*id, me.person),
        group: None,
        case: None,
        typing: Vec::new(),
        expires_after_s: None,
        unread: *unread,
        last: Some(Arc::new(from(*author, -9, 20, text(words)))),
    }));
    View {
        urgent: Arc::default(),
        templates: Arc::default(),
        notifications: Arc::default(),
        reports: Arc::default(),
        trips: Arc::default(),
        trips_changed: 0,
        uploads: Default::default(),
        fetches: Vec::new(),
        me,
        link: LinkView::Online { path: LinkPath::Mqtt, catching_up: false },
        waiting: 1,
        outbox_full: false,
        store_trouble: None,
        wedged: Vec::new(),
        people: others.into_iter().map(|id| person(id, staff)).collect(),
        conversations,
        timeline: Some(Timeline { conversation: open, messages }),
    }
}

fn person(id: PersonId, presence_told: bool) -> PersonView {
    let role = match id {
        INES => Role::Admin,
        OMAR => Role::Dispatcher,
        _ => Role::Driver,
    };
    let since = Some(at(-70 - i64::from(id.0)));
    let presence = match id {
        MAREK => PresenceView::Offline { last_seen: since },
        _ => PresenceView::Online { activity: Activity::Active, since },
    };
    PersonView { id, name: name(id).to_owned(), role, presence: presence_told.then_some(presence) }
}

fn recipient(person: PersonId, state: ReceiptState, minutes: i64) -> RecipientView {
    let since = |reached: ReceiptState, after: i64| (state >= reached).then(|| at(minutes + after));
    RecipientView {
        person,
        name: name(person).to_owned(),
        delivered_at: since(ReceiptState::Delivered, 0),
        read_at: since(ReceiptState::Read, 1),
        acknowledged_at: since(ReceiptState::Acknowledged, 2),
    }
}

fn title(conversation: ConversationId, me: PersonId) -> String {
    conversation.partner_of(me).map_or("Early shift", name).to_owned()
}

fn members(conversation: ConversationId, me: PersonId) -> Vec<PersonId> {
    match conversation.partner_of(me) {
        Some(partner) => vec![partner],
        None => [OMAR, DANA, AYO, MAREK].into_iter().filter(|id| *id != me).collect(),
    }
}

fn name(person: PersonId) -> &'static str {
    match person {
        INES => "Ines Fischer",
        OMAR => "Omar Haddad",
        DANA => "Dana Kowalska",
        AYO => "Ayo Balogun",
        MAREK => "Marek Wójcik",
        _ => "Somebody",
    }
}

fn enrolment() -> EnrolmentId {
    EnrolmentId::mint(MORNING, 1)
}
