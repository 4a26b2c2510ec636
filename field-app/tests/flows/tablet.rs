//! Dana's device, as her fingers find it.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use i_slint_backend_testing::{
    AccessibleRole, ElementHandle, init_no_event_loop, mock_elapsed_time,
};
use slint::ComponentHandle as _;
use slint::platform::PointerEventButton;
use waypost_client::{Command, View};
use waypost_field::{Port, Screen};
use waypost_locales::Locale;
use waypost_ui_kit::samples;

thread_local! {
    /// Whether this test has a platform already.
    static PLATFORM: std::cell::Cell<bool> = const { std::cell::Cell::new(false) };
}

/// Dana's tablet, with everything that left it.
pub struct Tablet {
    pub screen: Screen,
    commands: Rc<RefCell<Vec<Command>>>,
    pub enrolments: Rc<RefCell<Vec<(String, String)>>>,
    /// What was opened outside of the app.
    pub opened: Rc<RefCell<Vec<String>>>,
}

impl Tablet {
    /// A tablet that shows nothing yet.
    pub fn new() -> Self {
        // Once for all the devices of a test.
        if !PLATFORM.replace(true) {
            init_no_event_loop();
        }
        let commands = Rc::new(RefCell::new(Vec::new()));
        let enrolments = Rc::new(RefCell::new(Vec::new()));
        let opened = Rc::new(RefCell::new(Vec::new()));
        let (sent, enrolled, out) = (commands.clone(), enrolments.clone(), opened.clone());
        let port = Port {
            send: Box::new(move |command| sent.borrow_mut().push(command)),
            enrol: Box::new(move |link, device| enrolled.borrow_mut().push((link, device))),
            open: Box::new(move |url| out.borrow_mut().push(url.to_owned())),
        };
        let screen = Screen::new(Locale::En, true, samples::here(), None, port).expect("a window");
        screen.window().window().set_size(slint::PhysicalSize::new(1280, 800));
        screen.window().show().expect("a screen");
        Self { screen, commands, enrolments, opened }
    }

    /// The same in the hand.
    pub fn in_the_hand(view: View) -> Self {
        let phone = Self::new();
        phone.screen.window().window().set_size(slint::PhysicalSize::new(480, 900));
        mock_elapsed_time(Duration::from_millis(20));
        phone.screen.show(Arc::new(view));
        mock_elapsed_time(Duration::from_secs(1));
        phone
    }

    /// A tablet that shows this.
    pub fn showing(view: View) -> Self {
        let tablet = Self::new();
        tablet.screen.show(Arc::new(view));
        mock_elapsed_time(Duration::from_secs(1));
        tablet
    }

    /// Touches what a screen reader would call by this name.
    pub fn tap(&self, label: &str) {
        let button = self.buttons(label).into_iter().next();
        let button = button.unwrap_or_else(|| panic!("no button on the screen is called {label}"));
        button.mock_single_click(PointerEventButton::Left);
    }

    /// Presses whatever has this name, as a screen reader does.
    pub fn press(&self, label: &str) {
        let found = ElementHandle::find_by_accessible_label(self.screen.window(), label).next();
        found.expect("it is there").invoke_accessible_default_action();
        mock_elapsed_time(Duration::from_secs(1));
    }

    /// The buttons with this name.
    pub fn buttons(&self, label: &str) -> Vec<ElementHandle> {
        ElementHandle::find_by_accessible_label(self.screen.window(), label)
            .filter(|element| element.accessible_role() == Some(AccessibleRole::Button))
            .collect()
    }

    /// Whether something on the screen has this name.
    pub fn is_there(&self, label: &str) -> bool {
        ElementHandle::find_by_accessible_label(self.screen.window(), label).next().is_some()
    }

    /// What was done; that someone writes is told with each stroke, and is nothing done.
    pub fn sent(&self) -> Vec<Command> {
        let done = |command: &Command| !matches!(command, Command::Type { .. });
        self.commands.take().into_iter().filter(done).collect()
    }

    /// Everything that can be pressed.
    pub fn targets(&self) -> Vec<ElementHandle> {
        let root = self.screen.window();
        let all = i_slint_backend_testing::ElementQuery::from_root(root).match_descendants();
        let pressed = [AccessibleRole::Button, AccessibleRole::Tab];
        let is_pressed =
            |it: &ElementHandle| it.accessible_role().is_some_and(|role| pressed.contains(&role));
        all.find_all().into_iter().filter(is_pressed).collect()
    }
}
