//! What Dana reads and writes, and what a new device asks her.

use std::sync::Arc;
use std::time::Duration;

use i_slint_backend_testing::mock_elapsed_time;
use slint::platform::WindowEvent;
use slint::{ComponentHandle as _, Model as _};
use waypost_client::view::{LinkView, Timeline};
use waypost_client::{Command, View};
use waypost_field::ui::{Conversation, Enrolment, Link, Looks, Refused, Theme, Words};
use waypost_field::{Port, Screen};
use waypost_locales::Locale;
use waypost_protocol::{ConversationId, ReceiptState};
use waypost_ui_kit::samples::{self, AYO, DANA, EARLY_SHIFT, OMAR};

use crate::tablet::Tablet;

const WITH_OMAR: ConversationId = ConversationId::Direct(OMAR, DANA);

#[test]
fn what_dana_types_is_sent_and_leaves_the_field() {
    let tablet = Tablet::showing(samples::dana());
    let talk = tablet.screen.window().global::<Conversation>();
    talk.set_draft("  Gate is locked ".into());
    tablet.tap("Send");
    let text = Command::text(WITH_OMAR, "Gate is locked");
    assert_eq!(tablet.sent(), [text]);
    assert_eq!(talk.get_draft(), "");
    talk.set_draft("   ".into());
    tablet.tap("Send");
    assert_eq!(tablet.sent(), [], "blanks are not a message");
}

#[test]
fn words_that_the_device_could_not_keep_come_back_with_the_reason() {
    let tablet = Tablet::showing(samples::dana());
    let window = tablet.screen.window();
    let text = Command::text(WITH_OMAR, "Gate is locked");
    tablet.screen.not_taken(&text, "The disk is full.");
    assert_eq!(window.global::<Conversation>().get_draft(), "Gate is locked");
    assert_eq!(window.global::<Link>().get_refusal(), "The disk is full.");
}

#[test]
fn dana_acknowledges_what_omar_wrote() {
    let tablet = Tablet::showing(samples::dana());
    let rows = tablet.screen.window().global::<Conversation>().get_bubbles();
    let asks: Vec<_> = rows.iter().filter(|row| !row.mine).map(|row| row.can_acknowledge).collect();
    assert_eq!(asks, [true, false, true], "what is acknowledged already asks for it again");
    tablet.tap("Acknowledge");
    assert_eq!(tablet.sent(), [Command::Acknowledge { message: samples::id(-12) }]);
}

#[test]
fn a_message_on_the_screen_becomes_read_once() {
    let mut view = samples::dana();
    view.conversations[0].unread = 1;
    let tablet = Tablet::showing(view.clone());
    let read = Command::MarkRead { conversation: WITH_OMAR, up_to: 22 };
    assert_eq!(tablet.sent(), [read]);
    tablet.screen.show(Arc::new(view));
    assert_eq!(tablet.sent(), [], "the same mark was sent again");
}

#[test]
fn a_message_below_the_edge_or_behind_a_hidden_window_stays_unread() {
    let mut view = samples::dana();
    view.conversations[0].unread = 1;
    let tablet = Tablet::new();
    tablet.screen.window().global::<Conversation>().invoke_at_end(false);
    tablet.screen.window().hide().unwrap();
    tablet.screen.show(Arc::new(view));
    tablet.screen.look();
    assert_eq!(tablet.sent(), [], "Omar would believe that Dana has read it");
}

#[test]
fn a_fresh_device_opens_the_conversation_with_dispatch_by_itself() {
    let mut view = samples::dana();
    view.timeline = None;
    view.conversations.clear();
    let tablet = Tablet::showing(view);
    let first = tablet.sent();
    assert!(matches!(
        &first[..],
        [Command::Open { conversation: Some(ConversationId::Direct(_, DANA)) }]
    ));
}

#[test]
fn a_draft_stays_with_whom_it_was_written_to() {
    let tablet = Tablet::showing(samples::dana());
    let talk = tablet.screen.window().global::<Conversation>();
    talk.set_draft("only for Omar".into());
    tablet.tap("Early shift");
    assert_eq!(tablet.sent(), [Command::Open { conversation: Some(EARLY_SHIFT) }]);
    assert_eq!(talk.get_draft(), "", "words for Omar are about to go to the whole shift");
    tablet.tap("Omar Haddad");
    assert_eq!(talk.get_draft(), "only for Omar");
}

#[test]
fn a_refused_message_is_sent_again_or_discarded_only_after_asking() {
    let tablet = Tablet::showing(samples::dana_in_trouble());
    tablet.tap("Show");
    tablet.tap("Send again");
    assert_eq!(tablet.sent(), [Command::SendAgain { id: samples::id(-90) }]);
    tablet.tap("Discard");
    assert_eq!(tablet.sent(), [], "one tap must not throw a message away");
    tablet.tap("Discard");
    assert_eq!(tablet.sent(), [Command::Discard { id: samples::id(-90) }]);
    let rows = tablet.screen.window().global::<Refused>().get_rows();
    assert_eq!(rows.row_data(0).unwrap().happened, "You may not write here.");
}

#[test]
fn flight_mode_goes_off_and_on() {
    let tablet = Tablet::showing(samples::dana());
    tablet.tap("Flight mode");
    assert_eq!(tablet.sent(), [Command::SetOnline { online: false }]);
    let flying = View { link: LinkView::Offline { retry_at: None }, ..samples::dana() };
    tablet.screen.show(Arc::new(flying));
    tablet.tap("Flight mode");
    assert_eq!(tablet.sent(), [Command::SetOnline { online: true }]);
}

#[test]
fn language_and_colours_change_while_one_looks() {
    let tablet = Tablet::showing(samples::dana());
    tablet.tap("Language");
    tablet.tap("Polski");
    let window = tablet.screen.window();
    assert_eq!(window.global::<Words>().get_language(), "pl");
    let rows = window.global::<Conversation>().get_bubbles();
    let late = rows.iter().find(|row| row.icon == "clock-late").unwrap();
    assert_eq!(late.text, "Spóźnię się 15 minut.");
    assert!(tablet.is_there("Awaria"), "the buttons kept their old language");
    tablet.tap("Kolory nocne");
    assert!(window.global::<Theme>().get_night());
}

#[test]
fn a_new_message_moves_nothing_that_is_already_on_the_screen() {
    let tablet = Tablet::showing(samples::dana());
    let rows = tablet.screen.window().global::<Conversation>().get_bubbles();
    let before: Vec<_> = rows.iter().collect();
    let mut view = samples::dana();
    let mut messages = view.timeline.unwrap().messages;
    messages.push(Arc::new(samples::from(OMAR, 0, 30, samples::text("Call the gate."))));
    view.timeline = Some(Timeline { conversation: WITH_OMAR, messages });
    tablet.screen.show(Arc::new(view));
    assert_eq!(rows.row_count(), before.len() + 1);
    assert!(rows.iter().zip(&before).all(|(now, then)| now == *then));
}

#[test]
fn who_scrolls_back_stays_there_until_they_ask_for_the_newest() {
    let long = |messages: i64| {
        let mut view = samples::dana();
        view.conversations[0].unread = 1;
        let message = |n: i64| {
            let words = samples::text("The dock opens at eight.");
            Arc::new(samples::from(OMAR, n - 500, n.unsigned_abs(), words))
        };
        let messages = (1..=messages).map(message).collect();
        view.timeline = Some(Timeline { conversation: WITH_OMAR, messages });
        Arc::new(view)
    };
    let tablet = Tablet::new();
    tablet.screen.show(long(200));
    mock_elapsed_time(Duration::from_secs(1));
    assert_eq!(tablet.sent(), [Command::MarkRead { conversation: WITH_OMAR, up_to: 200 }]);
    assert!(!tablet.is_there("Newest messages"), "a conversation does not open at its end");
    let window = tablet.screen.window().window();
    let position = slint::LogicalPosition::new(950.0, 400.0);
    window.dispatch_event(WindowEvent::PointerScrolled { position, delta_x: 0.0, delta_y: 900.0 });
    mock_elapsed_time(Duration::from_secs(1));
    tablet.screen.show(long(201));
    mock_elapsed_time(Duration::from_secs(1));
    assert_eq!(tablet.sent(), [], "what came below the edge of the screen was marked as read");
    tablet.tap("Newest messages");
    mock_elapsed_time(Duration::from_secs(1));
    assert_eq!(tablet.sent(), [Command::MarkRead { conversation: WITH_OMAR, up_to: 201 }]);
    let bubbles = tablet.screen.window().global::<Conversation>().get_bubbles();
    let before = bubbles.row_count();
    tablet.screen.window().global::<Conversation>().invoke_show_earlier();
    assert_eq!(bubbles.row_count(), 2 * before);
}

#[test]
fn each_recipient_of_a_message_to_the_shift_is_shown_when_it_is_tapped() {
    let mut view = samples::dana();
    let states = [(OMAR, ReceiptState::Read), (AYO, ReceiptState::Accepted)];
    let message = samples::mine(DANA, -3, Some(26), samples::text("Jam at the harbour"), &states);
    view.timeline = Some(Timeline { conversation: EARLY_SHIFT, messages: vec![Arc::new(message)] });
    let tablet = Tablet::showing(view);
    let talk = tablet.screen.window().global::<Conversation>();
    assert_eq!(talk.get_bubbles().row_data(0).unwrap().state, "Read 1 of 2");
    talk.invoke_select(samples::id(-3).to_string().into());
    let shown: Vec<_> = talk.get_receipts().iter().map(|row| (row.name, row.state)).collect();
    let expected =
        [("Omar Haddad".into(), "Read 07:58".into()), ("Ayo Balogun".into(), "Sent".into())];
    assert_eq!(shown, expected);
}

#[test]
fn a_new_device_asks_for_what_is_missing_before_it_calls_the_server() {
    let tablet = Tablet::new();
    tablet.screen.ask_for_enrolment("", None);
    let window = tablet.screen.window();
    assert!(window.global::<Looks>().get_asking());
    tablet.tap("Enrol");
    let enrolment = window.global::<Enrolment>();
    assert!(enrolment.get_trouble().starts_with("Paste the link"));
    enrolment.set_link(" waypost://h:1/enrol?ca=00&token=t ".into());
    tablet.tap("Enrol");
    assert!(enrolment.get_trouble().starts_with("Give this device a name"));
    enrolment.set_device("Van 12".into());
    tablet.tap("Enrol");
    let asked = tablet.enrolments.take();
    assert_eq!(asked, [("waypost://h:1/enrol?ca=00&token=t".into(), "Van 12".into())]);
    assert!(enrolment.get_busy());
    tablet.tap("Enrolling…");
    assert!(tablet.enrolments.take().is_empty(), "a one-time link was used twice");
    tablet.screen.enrolment_failed("This link was used already.", "Ask dispatch for a new one.");
    assert!(!enrolment.get_busy());
    assert!(tablet.is_there("This link was used already. Ask dispatch for a new one."));
}

#[test]
fn the_person_enrolled_is_greeted_in_their_own_language() {
    let tablet = Tablet::new();
    let mut view = samples::dana();
    view.me.language = "de".into();
    tablet.screen.show(Arc::new(view.clone()));
    assert_eq!(tablet.screen.reader().texts().locale(), Locale::En, "a language chosen is kept");
    let port = Port { send: Box::new(|_| ()), enrol: Box::new(|_, _| ()), open: Box::new(|_| ()) };
    let unchosen = Screen::new(Locale::En, false, samples::here(), None, port).unwrap();
    unchosen.show(Arc::new(view));
    assert_eq!(unchosen.reader().texts().locale(), Locale::De);
}
