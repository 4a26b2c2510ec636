//! Dana is taken into a group: what is known about it, and by its policy what was said in it, comes to
//! her tablet page by page, whatever happens on the way.

use waypost_engine::reference::ReferenceStore;
use waypost_engine::{ANSWER_WAIT_MS, Change, Effect, Engine, Input, LinkPath};
use waypost_protocol::{
    Body, ConversationId, Downlink, Earlier, Event, Events, History, PersonId, ProblemCode,
    Sequence, Uplink,
};

use crate::hand::{DANA, OMAR, Tablet, changes, event, lost, pull_of, pushed};

const ABOUT: ConversationId = ConversationId::About(3);
const NORTH: ConversationId = ConversationId::Group(3);

fn joins(n: u64, person: PersonId, history: bool) -> Event {
    let body = Body::MemberJoined { group: 3, person, history };
    Event { conversation: Some(ABOUT), ..event(n, OMAR, &body) }
}

/// What a tablet asks for.
fn questions(effects: &[Effect]) -> Vec<(ConversationId, u64)> {
    let asked = effects.iter().filter_map(|effect| match effect {
        Effect::Send(_, Uplink::History(asked)) => Some((asked.conversation, asked.before)),
        _ => None,
    });
    asked.collect()
}

fn question(effects: &[Effect]) -> History {
    let asked = effects.iter().find_map(|effect| match effect {
        Effect::Send(_, Uplink::History(asked)) => Some(*asked),
        _ => None,
    });
    asked.expect("it asks for what was said before")
}

/// These numbers, as the answer to this.
fn page(asked: &History, numbers: &[u64], more: bool) -> Earlier {
    let said = |n: &u64| {
        let conversation = Some(asked.conversation);
        Event { conversation, ..event(*n, OMAR, &Body::text("Gate 4 is closed")) }
    };
    let (answers, conversation) = (asked.number, asked.conversation);
    let events = numbers.iter().map(said).collect();
    Earlier { answers, epoch: 0, conversation, events, more }
}

impl Tablet {
    fn learns(&mut self, page: Earlier) -> Vec<Effect> {
        self.input(Input::FrameReceived(Downlink::Earlier(page)))
    }
}

/// What of these changes is about the past.
fn past(effects: &[Effect]) -> Vec<String> {
    let words = |change: &Change| match change {
        Change::Earlier { event, .. } => Some(event.n.to_string()),
        Change::Opening { conversation, before } => {
            Some(format!("{conversation} {:?}", before.map(|before| before.n)))
        }
        _ => None,
    };
    changes(effects).iter().filter_map(words).collect()
}

#[test]
fn who_is_taken_in_learns_of_the_group_and_what_was_said() {
    let mut tablet = Tablet::level(LinkPath::Mqtt);
    let taken_in = tablet.hears(pushed(5, vec![joins(9, DANA, true)]));
    assert_eq!(past(&taken_in), ["about-3 Some(9)", "group-3 Some(9)"], "durable before it asks");
    assert_eq!(questions(&taken_in), [(ABOUT, 9)], "one after the other");

    let known = tablet.learns(page(&question(&taken_in), &[6, 8], false));
    assert_eq!(past(&known), ["6", "8", "about-3 None"]);
    assert_eq!(questions(&known), [(NORTH, 9)]);

    let newest = tablet.learns(page(&question(&known), &[5, 7], true));
    assert_eq!(past(&newest), ["5", "7", "group-3 Some(5)"]);
    assert_eq!(questions(&newest), [(NORTH, 5)]);
    let oldest = tablet.learns(page(&question(&newest), &[2], false));
    assert_eq!(past(&oldest), ["2", "group-3 None"]);
    assert_eq!(questions(&oldest), [], "nothing is left");
    assert_eq!(tablet.engine.cursor().n, 9, "the past moves no cursor");
    let owed = changes(&oldest).iter().any(|change| matches!(change, Change::StoredMarks(_)));
    assert!(!owed, "nobody is told that she has it");
}

#[test]
fn where_the_policy_opens_nothing_she_asks_for_the_group_alone() {
    let mut tablet = Tablet::level(LinkPath::Mqtt);
    let taken_in = tablet.hears(pushed(5, vec![joins(9, DANA, false)]));
    assert_eq!(past(&taken_in), ["about-3 Some(9)"]);
    let mut other = Tablet::level(LinkPath::Mqtt);
    let of_omar = other.hears(pushed(5, vec![joins(9, OMAR, true)]));
    assert_eq!((past(&of_omar), questions(&of_omar)), (vec![], vec![]), "that is his");
}

#[test]
fn a_question_that_is_not_answered_is_asked_again() {
    let mut tablet = Tablet::level(LinkPath::Mqtt);
    let asked = question(&tablet.hears(pushed(5, vec![joins(9, DANA, false)])));
    assert_eq!(questions(&tablet.passes(ANSWER_WAIT_MS - 1)), []);
    assert_eq!(questions(&tablet.passes(1)), [(ABOUT, 9)], "it may be lost");

    assert_eq!(past(&tablet.learns(page(&asked, &[6], false))), Vec::<String>::new(), "too late");
    let refused = Downlink::Refused { code: ProblemCode::Overloaded, retry_after_ms: Some(1) };
    assert_eq!(questions(&tablet.input(Input::FrameReceived(refused))), [], "it waits");
    let mut waited = 0;
    while questions(&tablet.passes(100)).is_empty() {
        waited += 100;
    }
    assert!(waited < ANSWER_WAIT_MS / 10, "{waited} ms for an answer that does not come");

    tablet.input(lost(LinkPath::Mqtt));
    while !tablet.passes(10).contains(&Effect::Connect(LinkPath::Mqtt)) {}
    let up = tablet.input(Input::LinkUp { path: LinkPath::Mqtt });
    assert_eq!(questions(&up), [(ABOUT, 9)], "the question went down with the link");
}

#[test]
fn it_goes_on_where_it_was_after_the_tablet_died() {
    let mut tablet = Tablet::level(LinkPath::Mqtt);
    let mut store = ReferenceStore::default();
    let taken_in = tablet.hears(pushed(5, vec![joins(9, DANA, true)]));
    store.apply(&changes(&taken_in));
    store.apply(&changes(&tablet.learns(page(&question(&taken_in), &[7, 8], true))));

    tablet.engine = Engine::load(store.saved(), DANA, 99);
    tablet.input(Input::Started);
    let up = tablet.input(Input::LinkUp { path: LinkPath::Mqtt });
    assert_eq!(questions(&up), [(ABOUT, 7)]);
    store.apply(&changes(&tablet.learns(page(&question(&up), &[6], false))));
    let north = Sequence { epoch: 0, n: 9 };
    assert_eq!(
        store.saved().openings,
        [(NORTH, north)].into(),
        "the group itself is still to come"
    );
}

#[test]
fn who_is_taken_in_again_asks_from_the_new_end() {
    let mut tablet = Tablet::level(LinkPath::Mqtt);
    let first = question(&tablet.hears(pushed(5, vec![joins(9, DANA, false)])));
    let again = tablet.hears(pushed(9, vec![joins(20, DANA, false)]));
    assert_eq!(questions(&again), [(ABOUT, 20)]);
    let late = tablet.learns(page(&first, &[6], false));
    assert_eq!(past(&late), Vec::<String>::new(), "it says nothing of what came since");
    let known = tablet.learns(page(&question(&again), &[6, 15], false));
    assert_eq!(past(&known), ["6", "15", "about-3 None"]);
}

#[test]
fn a_server_that_promises_more_and_brings_nothing_is_asked_no_more() {
    let mut tablet = Tablet::level(LinkPath::Mqtt);
    let asked = question(&tablet.hears(pushed(5, vec![joins(9, DANA, false)])));
    let nothing = tablet.learns(page(&asked, &[], true));
    assert_eq!((past(&nothing), questions(&nothing)), (vec!["about-3 None".into()], vec![]));

    let asked = question(&tablet.hears(pushed(9, vec![joins(12, DANA, false)])));
    let same = tablet.learns(page(&asked, &[12], true));
    assert_eq!(questions(&same), [], "it would be asked for ever");
}

#[test]
fn a_page_of_a_record_that_was_restored_is_not_taken_for_one_of_this() {
    let mut tablet = Tablet::level(LinkPath::Mqtt);
    let asked = question(&tablet.hears(pushed(5, vec![joins(9, DANA, false)])));
    let of_newer = Earlier { epoch: 1, ..page(&asked, &[6], false) };
    assert_eq!(past(&tablet.learns(of_newer)), Vec::<String>::new());
    assert_eq!(past(&tablet.learns(page(&asked, &[6], false))), ["6", "about-3 None"]);
}

#[test]
fn what_was_opened_before_a_restore_keeps_its_place_before_what_came_since() {
    let mut tablet = Tablet::level(LinkPath::Mqtt);
    let mut store = ReferenceStore::default();
    store.apply(&changes(&tablet.hears(pushed(5, vec![joins(9, DANA, false)]))));
    store.apply(&[Change::Cut { epoch: 1, after: 9 }, Change::Cursor(Sequence { epoch: 1, n: 9 })]);
    tablet.engine = Engine::load(store.saved(), DANA, 99);
    tablet.input(Input::Started);
    let up = tablet.input(Input::LinkUp { path: LinkPath::Mqtt });
    let of_now = Earlier { epoch: 1, ..page(&question(&up), &[6], false) };
    let learned = changes(&tablet.learns(of_now));
    let place = learned.iter().find_map(|change| match change {
        Change::Earlier { epoch, event } => Some((*epoch, event.n)),
        _ => None,
    });
    assert_eq!(place, Some((0, 6)), "in the epoch in which she was taken in");
}

#[test]
fn what_a_lost_fact_had_opened_is_asked_for_up_to_the_cut() {
    let mut tablet = Tablet::level(LinkPath::Mqtt);
    let joins = |n, group| {
        let body = Body::MemberJoined { group, person: DANA, history: false };
        Event { conversation: Some(ConversationId::About(group)), ..event(n, OMAR, &body) }
    };
    tablet.hears(pushed(5, vec![joins(9, 3), joins(10, 4)]));
    let restored = Downlink::Events(Events {
        epoch: 1,
        after: 9,
        next: 9,
        cut_after: Some(9),
        ..Default::default()
    });
    // Pushed by the restored server: the answer to a pull says where it was cut.
    let pull = pull_of(&tablet.input(Input::FrameReceived(restored)));
    let pull = pull.expect("it asks");
    let cut = tablet.answered(
        &pull,
        Events { epoch: 1, after: 9, next: 9, cut_after: Some(9), ..Default::default() },
    );
    assert_eq!(past(&cut), ["about-4 Some(10)"], "what is beyond number 9 is other facts by now");
}

#[test]
fn the_timer_is_set_for_an_answer_that_may_not_come() {
    let mut tablet = Tablet::level(LinkPath::Mqtt);
    tablet.passes(5_000);
    let asked = tablet.hears(pushed(5, vec![joins(9, OMAR, true), joins(10, DANA, false)]));
    // The mark for what it stored asks as well; its answer comes.
    let pull = pull_of(&asked);
    let answered = pull.map(|pull| {
        let events = Events { after: 10, next: 10, ..Default::default() };
        tablet.answered(&pull, events)
    });
    let effects = [asked, answered.unwrap_or_default()].concat();
    let timer = effects.iter().rev().find_map(|effect| match effect {
        Effect::SetTimer(tick) => *tick,
        _ => None,
    });
    assert_eq!(timer, Some(tablet.now.tick + ANSWER_WAIT_MS));
}
