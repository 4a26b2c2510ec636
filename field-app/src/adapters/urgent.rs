//! `Urgent`: a message that takes the screen until it is acknowledged.

use std::rc::Rc;

use slint::ComponentHandle as _;
use waypost_client::{Command, View};
use waypost_ui_kit::{self as kit, Reader};

use crate::screen::State;
use crate::ui::{FieldWindow, Urgent};

pub(crate) fn connect(window: &FieldWindow, state: &Rc<State>) {
    let state = state.clone();
    window.global::<Urgent>().on_acknowledge(move |id| {
        state.send(id.parse().ok().map(|message| Command::Acknowledge { message }));
    });
}

pub(crate) fn show(window: &FieldWindow, reader: &Reader, view: &View) {
    let (urgent, texts) = (window.global::<Urgent>(), reader.texts());
    let Some(first) = view.urgent.first() else {
        urgent.set_there(false);
        return;
    };
    let message = &first.message;
    let more = match view.urgent.len() - 1 {
        0 => String::new(),
        more => texts.message("urgent-more", &[("count", more.into())]),
    };
    urgent.set_id(message.id.to_string().into());
    urgent.set_author(message.author_name.as_str().into());
    urgent.set_text(kit::body_text(&message.body, texts).into());
    urgent.set_time(reader.clock().moment(message.occurred_at, texts).into());
    urgent.set_more(more.into());
    urgent.set_there(true);
}
