//! `Link`: the banner, what is wrong with the device, and flight mode.

use std::rc::Rc;

use slint::ComponentHandle as _;
use waypost_client::{Command, View};
use waypost_ui_kit::{self as kit, Reader};

use crate::screen::State;
use crate::ui::{ConsoleWindow, Link, LinkSign, Tone};

pub(crate) fn connect(window: &ConsoleWindow, state: &Rc<State>) {
    let state = state.clone();
    window.global::<Link>().on_set_online(move |online| {
        state.send(Some(Command::SetOnline { online }));
    });
    let weak = window.as_weak();
    window.global::<Link>().on_forget_refusal(move || {
        weak.upgrade().iter().for_each(|window| refuse(window, ""));
    });
}

pub(crate) fn show(window: &ConsoleWindow, reader: &Reader, view: &View) {
    let link = window.global::<Link>();
    let banner = kit::banner(view, reader.texts(), reader.clock());
    link.set_sign(sign(banner.sign));
    link.set_tone(tone(banner.tone));
    link.set_title(banner.title.into());
    link.set_detail(banner.detail.into());
    link.set_flight(banner.flight);
    let notices = kit::notices(view, reader.texts());
    link.set_full(notices.full.into());
    link.set_full_detail(notices.full_detail.into());
    link.set_store(notices.store.into());
    link.set_store_detail(notices.store_detail.into());
}

/// Says that something was not sent, until the person closes it. Nothing clears it.
pub(crate) fn refuse(window: &ConsoleWindow, cause: &str) {
    window.global::<Link>().set_refusal(cause.into());
}

/// Says that the store cannot be opened.
pub(crate) fn broken(window: &ConsoleWindow, reader: &Reader, cause: &str) {
    let link = window.global::<Link>();
    link.set_store(reader.texts().message("store-broken", &[]).into());
    let detail = reader.texts().message("store-broken-detail", &[("cause", cause.into())]);
    link.set_store_detail(detail.into());
}

fn sign(sign: kit::LinkSign) -> LinkSign {
    match sign {
        kit::LinkSign::Live => LinkSign::Live,
        kit::LinkSign::Slow => LinkSign::Slow,
        kit::LinkSign::Trying => LinkSign::Trying,
        kit::LinkSign::Off => LinkSign::Off,
        kit::LinkSign::Flight => LinkSign::Flight,
        kit::LinkSign::Revoked => LinkSign::Revoked,
    }
}

fn tone(tone: kit::Tone) -> Tone {
    match tone {
        kit::Tone::Plain => Tone::Plain,
        kit::Tone::Warn => Tone::Warn,
        kit::Tone::Bad => Tone::Bad,
    }
}
