//! `Looks`, `Words` and `Theme`: language and colours.

use std::rc::Rc;

use slint::ComponentHandle as _;
use waypost_client::View;
use waypost_locales::Locale;

use crate::screen::State;
use crate::ui::{ConsoleWindow, Looks, Theme, Words};

pub(crate) fn connect(window: &ConsoleWindow, state: &Rc<State>) {
    let texts = state.clone();
    window
        .global::<Words>()
        .on_look_up(move |key, _language| texts.reader.borrow().texts().message(&key, &[]).into());
    speak(window, state.reader.borrow().texts().locale());
    let (weak, chosen) = (window.as_weak(), state.clone());
    window.global::<Looks>().on_choose_language(move |tag| {
        chosen.language_chosen.set(true);
        weak.upgrade().iter().for_each(|window| switch(window, &chosen, Locale::of(&tag)));
    });
    let weak = window.as_weak();
    window.global::<Looks>().on_choose_night(move |night| {
        weak.upgrade().iter().for_each(|window| window.global::<Theme>().set_night(night));
    });
}

/// Leaves the first screen, and speaks the person's language unless another was chosen.
pub(crate) fn greet(window: &ConsoleWindow, state: &State, view: &View) {
    window.global::<Looks>().set_asking(false);
    window.global::<Looks>().set_enrolled(true);
    let theirs = Locale::of(&view.me.language);
    if !state.language_chosen.replace(true) && theirs != state.reader.borrow().texts().locale() {
        switch(window, state, theirs);
    }
}

fn switch(window: &ConsoleWindow, state: &State, locale: Locale) {
    state.reader.borrow_mut().switch_language(locale);
    speak(window, locale);
    state.show_all(window);
}

fn speak(window: &ConsoleWindow, locale: Locale) {
    let words = window.global::<Words>();
    words.set_language(locale.tag().into());
    words.set_mirrored(locale.is_right_to_left());
}
