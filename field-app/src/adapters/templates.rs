//! `Templates`: words about the ready messages. What is on the tiles depends on the day ([`super::day`]).

use std::rc::Rc;

use slint::ComponentHandle as _;

use crate::screen::State;
use crate::ui::{FieldWindow, Templates};

pub(crate) fn connect(window: &FieldWindow, state: &Rc<State>) {
    let words = state.clone();
    window.global::<Templates>().on_minutes(move |minutes, _language| {
        words.reader.borrow().texts().message("minutes", &[("minutes", minutes.into())]).into()
    });
}
