//! `Enrolment`: the first screen of a new device.

use std::rc::Rc;

use slint::ComponentHandle as _;

use crate::screen::State;
use crate::ui::{ConsoleWindow, Enrolment, Looks};

pub(crate) fn connect(window: &ConsoleWindow, state: &Rc<State>) {
    let (weak, state) = (window.as_weak(), state.clone());
    window.global::<Enrolment>().on_enrol(move |link, device| {
        let Some(window) = weak.upgrade() else { return };
        let (link, device) = (link.trim(), device.trim());
        let missing = match (link.is_empty(), device.is_empty()) {
            (true, _) => Some("enrol-no-link"),
            (false, true) => Some("enrol-no-device"),
            (false, false) => None,
        };
        if let Some(key) = missing {
            let trouble = state.reader.borrow().texts().message(key, &[]);
            return failed(&window, &trouble, "");
        }
        failed(&window, "", "");
        window.global::<Enrolment>().set_busy(true);
        (state.port.enrol)(link.to_owned(), device.to_owned());
    });
}

/// Shows the first screen; with a link it enrols at once.
pub(crate) fn ask(window: &ConsoleWindow, device: &str, link: Option<&str>) {
    window.global::<Looks>().set_asking(true);
    let enrolment = window.global::<Enrolment>();
    enrolment.set_device(device.into());
    if let Some(link) = link {
        enrolment.set_link(link.into());
        enrolment.invoke_enrol(link.into(), device.into());
    }
}

/// The trouble in words; an empty one clears it.
pub(crate) fn failed(window: &ConsoleWindow, trouble: &str, remedy: &str) {
    let enrolment = window.global::<Enrolment>();
    enrolment.set_busy(false);
    enrolment.set_trouble(trouble.into());
    enrolment.set_remedy(remedy.into());
}
