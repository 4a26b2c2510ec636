//! What Omar does at his desk, and what comes out of it.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use i_slint_backend_testing::{ElementHandle, init_no_event_loop, mock_elapsed_time};
use slint::platform::{Key, PointerEventButton, WindowEvent};
use slint::{ComponentHandle as _, Model as _, SharedString};
use waypost_client::{Command, View};
use waypost_console::ui::{Conversation, Presence, Roster, Templates, Theme};
use waypost_console::{Port, Screen};
use waypost_locales::{Catalogue, Locale};
use waypost_protocol::{Argument, Arguments, Body, ConversationId};
use waypost_ui_kit::samples::{self, AYO, DANA, EARLY_SHIFT, OMAR};

/// Omar's desk, with everything that left it.
struct Desk {
    screen: Screen,
    commands: Rc<RefCell<Vec<Command>>>,
}

impl Desk {
    fn showing(view: View) -> Self {
        init_no_event_loop();
        let commands = Rc::new(RefCell::new(Vec::new()));
        let sent = commands.clone();
        let port = Port {
            send: Box::new(move |command| sent.borrow_mut().push(command)),
            enrol: Box::new(|_, _| ()),
        };
        let screen = Screen::new(Locale::En, true, samples::here(), port).expect("a window");
        screen.window().window().set_size(slint::PhysicalSize::new(1360, 820));
        screen.window().show().expect("a screen");
        screen.show(Arc::new(view));
        mock_elapsed_time(Duration::from_secs(1));
        Self { screen, commands }
    }

    fn tap(&self, label: &str) {
        let found = ElementHandle::find_by_accessible_label(self.screen.window(), label).next();
        let element = found.unwrap_or_else(|| panic!("nothing on the screen is called {label}"));
        element.mock_single_click(PointerEventButton::Left);
    }

    fn press(&self, text: impl Into<SharedString>) {
        let text = text.into();
        let window = self.screen.window().window();
        window.dispatch_event(WindowEvent::KeyPressed { text: text.clone() });
        window.dispatch_event(WindowEvent::KeyReleased { text });
    }

    fn with_control(&self, text: &str) {
        let window = self.screen.window().window();
        window.dispatch_event(WindowEvent::KeyPressed { text: Key::Control.into() });
        self.press(text);
        window.dispatch_event(WindowEvent::KeyReleased { text: Key::Control.into() });
    }

    /// What was done; that someone writes is told with each stroke, and is nothing done.
    fn sent(&self) -> Vec<Command> {
        let done = |command: &Command| !matches!(command, Command::Type { .. });
        self.commands.take().into_iter().filter(done).collect()
    }
}

fn opened(conversation: ConversationId) -> [Command; 1] {
    [Command::Open { conversation: Some(conversation) }]
}

#[test]
fn enter_sends_what_omar_has_typed() {
    let desk = Desk::showing(samples::omar());
    desk.tap("Write a message");
    desk.press("O");
    let writes = Command::Type { conversation: EARLY_SHIFT };
    assert_eq!(*desk.commands.borrow(), [writes], "the others do not see that he writes");
    desk.press("k");
    desk.press(Key::Return);
    let text = Command::text(EARLY_SHIFT, "Ok");
    assert_eq!(desk.sent(), [text]);
    assert_eq!(desk.screen.window().global::<Conversation>().get_draft(), "");
}

#[test]
fn a_template_without_words_goes_at_once() {
    let desk = Desk::showing(samples::omar());
    desk.tap("Ready messages");
    desk.tap("Call dispatch");
    let sent = desk.sent();
    let [Command::Send { message, .. }] = &sent[..] else { panic!("{sent:?}") };
    assert!(matches!(&**message, Body::Template { template, .. } if template == "call-in"));
}

#[test]
fn a_route_change_asks_what_has_changed_and_carries_it() {
    let desk = Desk::showing(samples::omar());
    desk.tap("Ready messages");
    desk.tap("Route changed");
    assert_eq!(desk.sent(), [], "a route change without a route was sent");
    desk.tap("What has changed?");
    desk.press(Key::Return);
    assert_eq!(desk.sent(), [], "an empty route change was sent");
    "A4".chars().for_each(|letter| desk.press(letter));
    desk.press(Key::Return);
    let catalogue = Catalogue::built_in();
    let route_changed = catalogue.current("route-changed").unwrap();
    let command = Command::send(
        EARLY_SHIFT,
        Body::Template {
            template: "route-changed".into(),
            version: 1,
            arguments: Arguments::from([("text".into(), Argument::Text("A4".into()))]),
            answers: None,
            header: route_changed.definition.header(samples::here().clock().now),
        },
    );
    assert_eq!(desk.sent(), [command]);
    assert_eq!(desk.screen.window().global::<Templates>().get_asking().id, "");
}

#[test]
fn up_and_down_move_between_people() {
    let desk = Desk::showing(samples::omar());
    desk.tap("Write a message");
    desk.press(Key::DownArrow);
    assert_eq!(desk.sent(), opened(ConversationId::Direct(OMAR, DANA)));
    desk.press(Key::DownArrow);
    assert_eq!(desk.sent(), opened(ConversationId::Direct(OMAR, AYO)));
    desk.press(Key::UpArrow);
    desk.press(Key::UpArrow);
    desk.press(Key::UpArrow);
    let sent = desk.sent();
    assert_eq!(sent.last(), opened(EARLY_SHIFT).last());
    assert_eq!(sent.len(), 2, "above the first there is nobody");
}

#[test]
fn control_k_finds_a_person_by_a_few_letters() {
    let desk = Desk::showing(samples::omar());
    desk.tap("Write a message");
    desk.with_control("k");
    "ayo".chars().for_each(|letter| desk.press(letter));
    let titles: Vec<_> = desk.rows().map(|row| row.title).collect();
    assert_eq!(titles, ["Ayo Balogun"]);
    assert_eq!(desk.screen.window().global::<Conversation>().get_draft(), "");
    assert_eq!(desk.screen.window().global::<Conversation>().get_partner().title, "Early shift");
    desk.press(Key::DownArrow);
    assert_eq!(desk.sent(), opened(ConversationId::Direct(OMAR, AYO)));
}

#[test]
fn the_table_follows_the_message_that_omar_selects() {
    let desk = Desk::showing(samples::omar());
    let talk = desk.screen.window().global::<Conversation>();
    assert_eq!(talk.get_selected(), samples::id(-4).to_string(), "the newest own message first");
    talk.invoke_select(samples::id(-41).to_string().into());
    let rows: Vec<_> = talk.get_receipts().iter().collect();
    let times: Vec<_> =
        rows.iter().map(|row| [&*row.delivered, &*row.read, &*row.acknowledged]).collect();
    assert_eq!(times, [["07:19", "07:20", "07:21"], ["07:19", "07:20", ""], ["", "", ""]]);
}

#[test]
fn omar_sees_who_is_connected_and_who_has_written() {
    let desk = Desk::showing(samples::omar());
    let row = |title: &str| desk.rows().find(|row| row.title == title).unwrap();
    assert_eq!(row("Dana Kowalska").presence, Presence::Online);
    assert_eq!(row("Dana Kowalska").unread, 2);
    assert_eq!(row("Marek Wójcik").presence, Presence::Offline);
    assert_eq!(row("Early shift").presence, Presence::Untold);
}

#[test]
fn a_click_on_a_person_opens_them_and_the_next_words_are_theirs() {
    let desk = Desk::showing(samples::omar());
    desk.tap("Dana Kowalska");
    let dana = ConversationId::Direct(OMAR, DANA);
    assert_eq!(desk.sent(), opened(dana));
    desk.press("x");
    desk.press(Key::Return);
    let text = Command::text(dana, "x");
    assert_eq!(desk.sent(), [text], "what Omar typed for Dana went to someone else");
}

#[test]
fn a_desk_has_the_smaller_type() {
    let desk = Desk::showing(samples::omar());
    assert!(desk.screen.window().global::<Theme>().get_desk());
}

impl Desk {
    fn rows(&self) -> impl Iterator<Item = waypost_console::ui::ConversationRow> {
        self.screen.window().global::<Roster>().get_rows().iter().collect::<Vec<_>>().into_iter()
    }
}
