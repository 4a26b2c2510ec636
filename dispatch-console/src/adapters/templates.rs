//! `Templates`: the ready messages of dispatch. One that asks for words turns the composer to it.

use std::rc::Rc;

use slint::{ComponentHandle as _, Model as _, ModelRc, VecModel};
use waypost_client::Command;
use waypost_locales::{Template, Texts};
use waypost_protocol::{Argument, ArgumentType, Role};
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
        id: template.id.as_str().into(),
        label: texts.template_label(&template.id).into(),
        icon: template.definition.icon.as_str().into(),
        asks: !template.definition.arguments.is_empty(),
        ..TemplateRow::default()
    };
    let templates = texts.catalogue().for_role(Role::Dispatcher);
    templates.filter(|template| can_be_filled(template)).map(row).collect()
}

/// Whether the composer can ask for what it asks: words, once.
fn can_be_filled(template: &Template) -> bool {
    match &template.definition.arguments[..] {
        [] => true,
        [only] => only.holds == ArgumentType::Text,
        _ => false,
    }
}
