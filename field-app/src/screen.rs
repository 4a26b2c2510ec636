//! The window with its adapters: views and reports go in, commands come out.
//!
//! It refuses to know where commands go: a test records them, the app hands them to the client.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

use slint::{ComponentHandle as _, PlatformError};
use waypost_client::{Command, View};
use waypost_locales::Locale;
use waypost_protocol::{FactId, NavigationUrl};
use waypost_ui_kit::{Here, Reader};

use crate::adapters::{
    conversation, day, enrolment, link, looks, refused, roster, templates, urgent,
};
use crate::doing::Doing;
use crate::ui::{Conversation, FieldWindow};

/// Where the person's wishes go.
pub struct Port {
    /// Takes a command.
    pub send: Box<dyn Fn(Command)>,
    /// Takes an enrolment link and the name of the device.
    pub enrol: Box<dyn Fn(String, String)>,
    /// Opens an address outside of the app: a navigation, a telephone.
    pub open: Box<dyn Fn(&str)>,
}

/// The driver's window.
pub struct Screen {
    window: FieldWindow,
    state: Rc<State>,
}

/// What the adapters share.
pub(crate) struct State {
    pub(crate) reader: RefCell<Reader>,
    pub(crate) port: Port,
    /// The address of the navigation, if it is not left to the device.
    pub(crate) navigation: Option<NavigationUrl>,
    pub(crate) doing: RefCell<Doing>,
    /// The minute that was shown last.
    pub(crate) minute: Cell<i64>,
    /// Set once a person or an argument has chosen a language: the enrolment's gives way to it.
    pub(crate) language_chosen: Cell<bool>,
}

impl Screen {
    /// Makes the window, not yet shown. Without a language chosen it takes that of the person
    /// enrolled here, once that is known.
    ///
    /// # Errors
    /// If the platform has no screen.
    pub fn new(
        locale: Locale,
        chosen: bool,
        here: Here,
        navigation: Option<NavigationUrl>,
        port: Port,
    ) -> Result<Self, PlatformError> {
        let window = FieldWindow::new()?;
        let reader = RefCell::new(Reader::new(locale, here));
        let (language_chosen, doing, minute) = Default::default();
        let state = Rc::new(State { reader, port, navigation, doing, minute, language_chosen });
        state.language_chosen.set(chosen);
        looks::connect(&window, &state);
        link::connect(&window, &state);
        roster::connect(&window, &state);
        conversation::connect(&window, &state);
        templates::connect(&window, &state);
        day::connect(&window, &state);
        urgent::connect(&window, &state);
        refused::connect(&window, &state);
        enrolment::connect(&window, &state);
        Ok(Self { window, state })
    }

    /// The window itself.
    pub fn window(&self) -> &FieldWindow {
        &self.window
    }

    /// Shows the first screen of a device that is not enrolled. With a link it enrols at once.
    pub fn ask_for_enrolment(&self, device: &str, link: Option<&str>) {
        enrolment::ask(&self.window, device, link);
    }

    /// Says that the store cannot be opened: nothing can be shown or sent.
    pub fn broken(&self, cause: &str) {
        link::broken(&self.window, &self.state.reader.borrow(), cause);
    }

    /// Says why the enrolment failed, and what to do.
    pub fn enrolment_failed(&self, trouble: &str, remedy: &str) {
        enrolment::failed(&self.window, trouble, remedy);
    }

    /// Shows a newer view.
    pub fn show(&self, view: Arc<View>) {
        looks::greet(&self.window, &self.state, &view);
        let opening = self.state.reader.borrow_mut().take(view, roster::FILTER);
        opening.into_iter().for_each(&self.state.port.send);
        self.state.show_all(&self.window);
    }

    /// Marks as read what is on the screen, and tells the time anew once a minute; to be called now and then, as a
    /// window may come into sight without a word.
    pub fn look(&self) {
        let minute = self.state.reader.borrow().clock().now / 60_000;
        match self.state.minute.replace(minute) == minute {
            true => self.state.mark_read(&self.window),
            false => self.state.show_all(&self.window),
        }
    }

    /// Offers to take back what was just sent.
    pub fn kept(&self, command: &Command, id: FactId) {
        day::kept(&self.window, &self.state, command, id);
    }

    /// Says that a command was not taken, and gives the words back to their author.
    pub fn not_taken(&self, command: &Command, cause: &str) {
        link::refuse(&self.window, cause);
        conversation::give_back(&self.window, &self.state, command);
    }

    /// In the present language.
    pub fn reader(&self) -> std::cell::Ref<'_, Reader> {
        self.state.reader.borrow()
    }
}

impl State {
    pub(crate) fn send(&self, command: Option<Command>) -> bool {
        let some = command.is_some();
        command.into_iter().for_each(&self.port.send);
        some
    }

    /// Shows everything anew, in the present language.
    pub(crate) fn show_all(&self, window: &FieldWindow) {
        let reader = self.reader.borrow();
        if let Some(view) = reader.view().cloned() {
            link::show(window, &reader, &view);
            roster::show(window, &reader, &view);
            conversation::show(window, &reader, &view);
            refused::show(window, &reader, &view);
            day::show(window, self, &view);
            urgent::show(window, &reader, &view);
        }
        drop(reader);
        self.mark_read(window);
    }

    pub(crate) fn mark_read(&self, window: &FieldWindow) {
        let shown = window.window().is_visible() && !window.window().is_minimized();
        let visible = shown && window.global::<Conversation>().get_in_sight();
        let due = self.reader.borrow_mut().read(visible);
        self.send(due);
    }
}
