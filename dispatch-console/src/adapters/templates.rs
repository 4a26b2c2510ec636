//! `Templates`: the ready messages of dispatch. One that asks for words turns the composer to it.

use std::rc::Rc;

use slint::{ComponentHandle as _, Model as _, ModelRc, VecModel};
use waypost_client::Command;
use waypost_locales::{Template, Texts};
use waypost_protocol::{Argument, Role};
use waypost_ui_kit::Reader;

use crate::screen::State;
use crate::ui::{ConsoleWindow, TemplateRow, Templates};

pub(crate) fn connect(window: &ConsoleWindow, state: &Rc<State>) {
    let templates = window.global::<Templates>();
    let (weak, state) = (window.as_weak(), state.clone());
    templates.set_rows(ModelRc::new(VecModel::from(rows(state.reader.borrow().texts()))));
    templates.on_send(move |id| {
        let Some(window) = weak.upgrade() else { return };
        let templates = window.global::<Templates>();
        match templates.get_rows().iter().find(|row| row.id == id) {
            Some(row) if row.asks => templates.set_asking(row),
            _ => {
                let command = state.reader.borrow().template(&id, None);
                state.send(command);
            }
        }
    });
}

pub(crate) fn show(window: &ConsoleWindow, reader: &Reader) {
    let model = window.global::<Templates>().get_rows();
    if let Some(model) = model.as_any().downcast_ref::<VecModel<TemplateRow>>() {
        waypost_ui_kit::update(model, rows(reader.texts()), |row| row.id.clone());
    }
}

/// The template with these words; nothing if they are blank.
pub(crate) fn with_words(reader: &Reader, id: &str, words: &str) -> Option<Command> {
    let words = Some(words.trim()).filter(|words| !words.is_empty())?;
    reader.template(id, Some(Argument::Text(words.to_owned())))
}

fn rows(texts: &Texts) -> Vec<TemplateRow> {
    let row = |template: &Template| TemplateRow {
        id: template.id.into(),
        label: texts.template_label(template.id).into(),
        icon: template.icon.into(),
        asks: !template.arguments.is_empty(),
    };
    Template::for_role(Role::Dispatcher).map(row).collect()
}
