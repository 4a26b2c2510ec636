//! Dana's day: what she says of a stop by a tap, what is asked before, and what dispatch has changed.

use std::sync::Arc;
use std::time::Duration;

use i_slint_backend_testing::mock_elapsed_time;
use slint::ComponentHandle as _;
use slint::platform::PointerEventButton;
use waypost_client::view::UrgentView;
use waypost_client::{Command, StopDone, TripCommand, View};
use waypost_field::day::{Asked, Day as Now, asked};
use waypost_field::ui::{Day, Roster, Words};
use waypost_locales::Catalogue;
use waypost_protocol::{
    Argument, Arguments, Body, ConversationId, Header, ReasonCode, StopId, StopState, TemplateUse,
};
use waypost_ui_kit::samples::{self, DANA, MORNING, OMAR};

use crate::tablet::Tablet;

const DISPATCH: ConversationId = ConversationId::Dispatch(DANA);

fn stop(nth: u128) -> StopId {
    StopId::mint(MORNING, nth)
}

/// The same, when Dana has answered all that dispatch has changed.
fn calm(mut view: View) -> View {
    let mut trip = view.trips[0].clone();
    for (_, stop) in &mut trip.stops {
        stop.agreed = None;
        let planned = stop.planned.expect("a plan");
        stop.reply.iter_mut().for_each(|reply| reply.plan = planned);
    }
    view.trips = vec![trip].into();
    view
}

fn used(id: &str, arguments: Arguments) -> TemplateUse {
    let version = Catalogue::built_in().current(id).expect("it is built in").version;
    TemplateUse { template: id.into(), version, arguments }
}

fn moved(
    stop: StopId,
    to: StopState,
    reason: Option<ReasonCode>,
    template: TemplateUse,
) -> Command {
    let done = StopDone { reason, template: Some(template), ..StopDone::default() };
    Command::OfTrips(TripCommand::MoveStop { stop, to, done: done.into() })
}

fn message(id: &str, arguments: Arguments) -> Command {
    let TemplateUse { template, version, arguments } = used(id, arguments);
    let header =
        Catalogue::built_in().current(id).expect("it is built in").definition.header(MORNING);
    Command::send(DISPATCH, Body::Template { template, version, arguments, answers: None, header })
}

fn answered(stop: StopId, accepted: bool, reason: Option<ReasonCode>) -> Command {
    let (trip, stops, text) = (None, vec![stop], String::new());
    Command::OfTrips(TripCommand::Answer { trip, stops, accepted, reason, text })
}

#[test]
fn one_tap_says_that_dana_has_arrived_at_the_bakery() {
    let tablet = Tablet::showing(samples::dana_on_her_way());
    assert_eq!(tablet.screen.window().global::<Day>().get_stop().name, "Bakery Blum");
    tablet.tap("Arrived");
    let arrived = used("arrived", Arguments::new());
    assert_eq!(tablet.sent(), [moved(stop(2), StopState::Arrived, None, arrived)]);
}

#[test]
fn a_bouncing_glove_does_not_say_it_twice() {
    let tablet = Tablet::showing(samples::dana_on_her_way());
    tablet.tap("Arrived");
    tablet.tap("Arrived");
    assert_eq!(tablet.sent().len(), 1, "the second touch of the same tap was sent too");
    mock_elapsed_time(Duration::from_secs(2));
    tablet.tap("Arrived");
    assert_eq!(tablet.sent().len(), 1, "a later tap is meant and must be sent");
}

#[test]
fn delivered_is_asked_once_more_because_dana_cannot_undo_it() {
    let tablet = Tablet::showing(samples::dana_at_the_bakery());
    tablet.tap("Delivered");
    assert_eq!(tablet.sent(), [], "it is final: a glove that slips must not say it");
    assert!(tablet.is_there("Delivered: Bakery Blum?"));
    tablet.tap("Back");
    assert!(!tablet.is_there("Delivered: Bakery Blum?"));
    mock_elapsed_time(Duration::from_secs(2));
    tablet.tap("Delivered");
    tablet.tap("Yes");
    let delivered = used("delivered", Arguments::new());
    assert_eq!(tablet.sent(), [moved(stop(2), StopState::Completed, None, delivered)]);
    assert!(!tablet.is_there("Delivered: Bakery Blum?"), "the question stays in the way");
}

#[test]
fn what_is_refused_is_said_in_words_and_with_its_reason() {
    let tablet = Tablet::showing(samples::dana_at_the_bakery());
    tablet.tap("Refused");
    let day = tablet.screen.window().global::<Day>();
    day.invoke_words("   ".into());
    assert_eq!(tablet.sent(), [], "blanks say nothing");
    day.invoke_words(" The sacks are wet ".into());
    assert_eq!(tablet.sent(), []);
    tablet.tap("Yes");
    let words = Arguments::from([("text".into(), Argument::Text("The sacks are wet".into()))]);
    let reason = Some(ReasonCode::RefusedByConsignee);
    let refused = moved(stop(2), StopState::Refused, reason, used("refused", words));
    assert_eq!(tablet.sent(), [refused]);
}

#[test]
fn running_late_takes_two_taps_and_goes_to_dispatch() {
    let tablet = Tablet::showing(samples::dana_on_her_way());
    tablet.tap("Running late");
    assert_eq!(tablet.sent(), [], "nothing is sent before the minutes are known");
    tablet.tap("30 min");
    let thirty = Arguments::from([("minutes".into(), Argument::Minutes(30))]);
    assert_eq!(tablet.sent(), [message("running-late", thirty)]);
    assert!(!tablet.is_there("30 min"), "the question stays in the way after its answer");
}

#[test]
fn a_driver_without_a_trip_can_say_what_matters_all_the_same() {
    let tablet = Tablet::showing(samples::dana());
    assert!(tablet.is_there("No stops planned"));
    tablet.tap("Breakdown");
    assert_eq!(tablet.sent(), [message("breakdown", Arguments::new())]);
}

#[test]
fn the_ready_messages_follow_the_stop() {
    let labels = |view: View| {
        let tablet = Tablet::showing(view);
        ["Arrived", "Delivered", "Running late"].map(|label| !tablet.buttons(label).is_empty())
    };
    assert_eq!(labels(samples::dana_on_her_way()), [true, false, true]);
    assert_eq!(labels(samples::dana_at_the_bakery()), [false, true, false]);
    assert_eq!(labels(samples::dana()), [false, false, true]);
}

#[test]
fn a_change_is_shown_before_and_after_and_has_two_answers() {
    let tablet = Tablet::showing(samples::dana_on_her_way());
    assert!(tablet.is_there("Changed by dispatch. Kita Sonnenschein"));
    assert!(tablet.is_there("10:00 – 11:00") && tablet.is_there("09:00 – 10:00"));
    tablet.tap("Accept");
    assert_eq!(tablet.sent(), [answered(stop(4), true, None)]);
    mock_elapsed_time(Duration::from_secs(1));
    tablet.tap("Refuse");
    assert_eq!(tablet.sent(), [], "dispatch wants to know why");
    tablet.tap("Not enough time");
    assert_eq!(tablet.sent(), [answered(stop(4), false, Some(ReasonCode::NotEnoughTime))]);
    assert!(!tablet.is_there("Not enough time"));
}

#[test]
fn a_new_trip_is_answered_as_a_whole() {
    let mut view = samples::dana_on_her_way();
    let mut trip = view.trips[0].clone();
    (trip.trip.reply, trip.trip.agreed) = (None, None);
    for (_, stop) in &mut trip.stops {
        (stop.reply, stop.agreed) = (None, None);
    }
    view.trips = vec![trip].into();
    let all = asked(&view);
    assert!(matches!(all[..], [Asked::Trip(_)]), "four cards for one trip: {all:?}");
    let tablet = Tablet::showing(view.clone());
    tablet.tap("Accept");
    let (trip, stops) = (Some(view.trips[0].id), vec![stop(2), stop(3), stop(4)]);
    let (accepted, reason, text) = (true, None, String::new());
    let whole = TripCommand::Answer { trip, stops, accepted, reason, text };
    assert_eq!(tablet.sent(), [Command::OfTrips(whole)], "what is done needs no answer");
}

#[test]
fn a_stop_further_down_comes_to_the_front_when_dana_takes_it_first() {
    let tablet = Tablet::showing(samples::dana_on_her_way());
    tablet.screen.window().global::<Day>().invoke_choose(stop(3).to_string().into());
    assert_eq!(tablet.screen.window().global::<Day>().get_stop().name, "Hofladen Wedding");
    tablet.tap("On my way");
    tablet.tap("10 min");
    let ten = Arguments::from([("minutes".into(), Argument::Minutes(10))]);
    let moved = moved(stop(3), StopState::EnRoute, None, used("on-my-way", ten));
    assert_eq!(tablet.sent(), [moved]);
}

#[test]
fn the_way_and_the_telephone_are_handed_to_the_device() {
    let tablet = Tablet::showing(calm(samples::dana_on_her_way()));
    tablet.screen.window().global::<Day>().invoke_navigate("geo:52.54,13.39".into());
    let day = tablet.screen.window().global::<Day>();
    assert_eq!(day.get_stop().navigation, "geo:52.54,13.39");
    tablet.tap("Call");
    assert_eq!(tablet.opened.take(), ["geo:52.54,13.39", "tel:+49301234"]);
}

#[test]
fn what_matters_is_where_dana_is_and_not_what_was_planned_first() {
    let mut view = samples::dana_on_her_way();
    let mut trip = view.trips[0].clone();
    trip.stops.swap(1, 3);
    view.trips = vec![trip].into();
    let day = Now::of(&view, None, "2026-11-25");
    assert_eq!(day.stop.map(|it| it.id), Some(stop(2)), "she is on her way there");
    assert_eq!(day.progress(), Some((1, 4)));
    let next: Vec<_> = day.next(&view).into_iter().map(|it| it.id).collect();
    assert_eq!(next, [stop(4), stop(3)]);
}

#[test]
fn in_arabic_the_screen_runs_from_right_to_left() {
    let tablet = Tablet::showing(samples::dana_on_her_way());
    let left = |label: &str| tablet.buttons(label)[0].absolute_position().x;
    assert!(left("Accept") < left("Refuse") && left("Arrived") < left("Running late"));
    tablet.tap("Language");
    tablet.tap("العربية");
    mock_elapsed_time(Duration::from_secs(1));
    assert!(tablet.screen.window().global::<Words>().get_mirrored());
    assert!(left("قبول") > left("رفض") && left("وصلت") > left("تأخير"));
}

#[test]
fn a_phone_has_the_day_and_the_messages_one_tap_apart() {
    let phone = Tablet::in_the_hand(samples::dana_on_her_way());
    let unread = phone.screen.window().global::<Roster>().get_unread_label();
    assert_eq!(unread, "2 unread messages");
    assert!(phone.buttons("Send").is_empty());
    phone.press("Messages");
    assert!(!phone.buttons("Send").is_empty());
    assert!(phone.buttons("Arrived").is_empty());
}

#[test]
fn a_glove_finds_every_target() {
    for view in [samples::dana_on_her_way(), samples::dana_at_the_bakery(), samples::dana()] {
        for device in [Tablet::showing(view.clone()), Tablet::in_the_hand(view.clone())] {
            let targets = device.targets();
            assert!(targets.len() > 8, "{} targets", targets.len());
            for target in targets {
                let (size, label) = (target.size(), target.accessible_label());
                assert!(size.width >= 47.9 && size.height >= 47.9, "{label:?} is {size:?}");
            }
            for label in ["Breakdown", "Call me"] {
                for tile in device.buttons(label) {
                    assert!(tile.size().height >= 72.0, "{label} is {:?}", tile.size());
                }
            }
            device.screen.show(Arc::new(view.clone()));
        }
    }
}

/// Omar's words, and what he wants at once.
fn urgent(minutes: i64, words: &str) -> UrgentView {
    let message = Arc::new(samples::from(OMAR, minutes, 40, samples::text(words)));
    UrgentView { conversation: ConversationId::Direct(OMAR, DANA), message }
}

#[test]
fn an_urgent_message_takes_the_screen_until_dana_has_understood_it() {
    let both = vec![urgent(-2, "The bridge is closed"), urgent(-1, "Take the A4")];
    let tablet = Tablet::showing(samples::dana_on_her_way());
    let at_breakdown = tablet.buttons("Breakdown");
    let view = View { urgent: both.into(), ..samples::dana_on_her_way() };
    tablet.screen.show(Arc::new(view));
    assert!(
        tablet.is_there("Urgent. The bridge is closed") && tablet.is_there("one more after this")
    );
    at_breakdown.iter().for_each(|tile| tile.mock_single_click(PointerEventButton::Left));
    assert_eq!(tablet.sent(), [], "it came under the finger, and is not understood by that");
    mock_elapsed_time(Duration::from_secs(2));
    tablet.tap("Understood");
    assert_eq!(tablet.sent(), [Command::Acknowledge { message: samples::id(-2) }]);
    let left = vec![urgent(-1, "Take the A4")];
    tablet.screen.show(Arc::new(View { urgent: left.into(), ..samples::dana_on_her_way() }));
    assert!(tablet.is_there("Urgent. Take the A4") && !tablet.is_there("one more after this"));
    tablet.screen.show(Arc::new(samples::dana_on_her_way()));
    assert!(!tablet.is_there("Urgent. Take the A4"));
    mock_elapsed_time(Duration::from_secs(1));
    tablet.tap("Arrived");
    assert_eq!(tablet.sent().len(), 1, "and the day goes on");
}

#[test]
fn what_was_just_sent_can_be_taken_back_for_some_seconds() {
    let tablet = Tablet::showing(samples::dana_on_her_way());
    let (late, sent) = (message("breakdown", Arguments::new()), samples::id(0));
    tablet.tap("Breakdown");
    assert_eq!(tablet.sent(), std::slice::from_ref(&late));
    tablet.screen.kept(&late, sent);
    mock_elapsed_time(Duration::from_secs(1));
    assert!(tablet.is_there("Sent: Breakdown"));
    tablet.tap("Undo");
    assert_eq!(tablet.sent(), [Command::Delete { message: sent }]);
    assert!(!tablet.is_there("Sent: Breakdown"));
    tablet.screen.kept(&late, sent);
    mock_elapsed_time(Duration::from_secs(1));
    assert!(tablet.is_there("Sent: Breakdown"));
    mock_elapsed_time(Duration::from_secs(7));
    assert!(!tablet.is_there("Sent: Breakdown"), "it does not stay in the way");
}

#[test]
fn yes_is_said_of_the_stop_that_was_asked_about_and_of_no_other() {
    let tablet = Tablet::showing(samples::dana_at_the_bakery());
    tablet.tap("Delivered");
    assert!(tablet.is_there("Delivered: Bakery Blum?"));
    let mut view = samples::dana_at_the_bakery();
    let mut trip = view.trips[0].clone();
    trip.stops[1].1.state = StopState::Cancelled;
    view.trips = vec![trip].into();
    tablet.screen.show(Arc::new(view));
    assert_eq!(tablet.screen.window().global::<Day>().get_stop().name, "Hofladen Wedding");
    tablet.tap("Yes");
    assert_eq!(tablet.sent(), [], "the next stop would be over without a word of Dana's");
    assert!(!tablet.is_there("Delivered: Bakery Blum?"));
}

#[test]
fn tomorrow_is_not_today_and_yesterday_comes_last() {
    let view = samples::dana_on_her_way();
    let of = |today: &str| Now::of(&view, None, today).stop.map(|it| it.id);
    assert_eq!(of("2026-11-24"), None, "what is planned for tomorrow can wait");
    assert_eq!(of("2026-11-25"), Some(stop(2)));
    let mut both = view.clone();
    let mut later = view.trips[0].clone();
    later.trip.plan.day = "2026-11-26".into();
    later.stops = vec![(stop(9), view.trips[0].stops[2].1.clone())];
    both.trips = vec![view.trips[0].clone(), later].into();
    let day = Now::of(&both, None, "2026-11-26");
    assert_eq!(day.stop.map(|it| it.id), Some(stop(9)), "a tap forgotten yesterday leads nobody");
    let chosen = Now::of(&both, Some(stop(2)), "2026-11-26");
    assert_eq!(chosen.stop.map(|it| it.id), Some(stop(2)));
    assert_eq!(chosen.running.map(|it| it.id), Some(stop(9)), "and there is a way back");
}

#[test]
fn what_dana_has_not_had_before_her_eyes_is_not_read() {
    let mut view = samples::dana_on_her_way();
    view.conversations[0].unread = 1;
    let phone = Tablet::in_the_hand(view.clone());
    phone.screen.look();
    assert_eq!(phone.sent(), [], "Omar would believe that she has read it");
    phone.press("Messages");
    phone.screen.show(Arc::new(view));
    let sent = phone.sent();
    assert!(matches!(sent[..], [Command::MarkRead { .. }]), "{sent:?}");
}

#[test]
fn everything_that_can_be_said_is_two_taps_away() {
    let tablet = Tablet::showing(samples::dana_at_the_bakery());
    tablet.tap("More");
    tablet.tap("Call me");
    assert_eq!(tablet.sent(), [message("call-me", Arguments::new())]);
    assert!(!tablet.is_there("Call me"), "the list stays in the way");
}

#[test]
fn a_plan_that_dana_has_not_seen_is_not_refused() {
    let tablet = Tablet::showing(samples::dana_on_her_way());
    tablet.tap("Refuse");
    let mut view = samples::dana_on_her_way();
    let mut trip = view.trips[0].clone();
    trip.stops[3].1.planned = Some(samples::id(-1));
    view.trips = vec![trip].into();
    tablet.screen.show(Arc::new(view));
    tablet.tap("Not enough time");
    assert_eq!(tablet.sent(), [], "it was planned otherwise while she thought about why");
}

#[test]
fn a_header_says_how_urgent_a_tap_is() {
    let Command::Send { message, .. } = message("breakdown", Arguments::new()) else {
        panic!("a message");
    };
    assert_ne!(message.header(), Some(&Header::default()), "a breakdown is urgent");
}
