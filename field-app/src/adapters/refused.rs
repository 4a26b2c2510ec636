//! `Refused`: what the server refused for ever.

use std::rc::Rc;

use slint::{ComponentHandle as _, ModelRc, VecModel};
use waypost_client::{Command, View};
use waypost_ui_kit::{self as kit, Reader};

use super::update;
use crate::screen::State;
use crate::ui::{FieldWindow, Refused, RefusedRow};

pub(crate) fn connect(window: &FieldWindow, state: &Rc<State>) {
    let refused = window.global::<Refused>();
    refused.set_rows(ModelRc::new(VecModel::<RefusedRow>::default()));
    let again = state.clone();
    refused.on_send_again(move |id| {
        again.send(id.parse().ok().map(|id| Command::SendAgain { id }));
    });
    let discarding = state.clone();
    refused.on_discard(move |id| {
        discarding.send(id.parse().ok().map(|id| Command::Discard { id }));
    });
}

pub(crate) fn show(window: &FieldWindow, reader: &Reader, view: &View) {
    let refused = window.global::<Refused>();
    refused.set_title(kit::refused_title(view, reader.texts()).into());
    let rows = kit::refused(view, reader.texts()).into_iter().map(row).collect();
    update(&refused.get_rows(), rows, |row| row.id.clone());
}

fn row(refused: kit::Refused) -> RefusedRow {
    RefusedRow {
        id: refused.id.to_string().into(),
        to: refused.to.into(),
        text: refused.text.into(),
        happened: refused.happened.into(),
        remedy: refused.remedy.into(),
    }
}
