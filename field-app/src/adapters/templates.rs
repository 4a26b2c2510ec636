//! `Templates`: the ready messages on the buttons.

use std::rc::Rc;

use slint::{ComponentHandle as _, ModelRc, VecModel};
use waypost_locales::{Template, Texts};
use waypost_protocol::{Argument, ArgumentType, Role};
use waypost_ui_kit::Reader;

use crate::screen::State;
use crate::ui::{FieldWindow, TemplateRow, Templates};

/// How many tiles there are: the first of the catalogue.
const TILES: usize = 6;

/// The template that asks for minutes.
const LATE: &str = "running-late";

pub(crate) fn connect(window: &FieldWindow, state: &Rc<State>) {
    let templates = window.global::<Templates>();
    let sending = state.clone();
    templates.on_send(move |id| {
        let command = sending.reader.borrow().template(&id, None);
        sending.send(command);
    });
    let late = state.clone();
    templates.on_send_late(move |minutes| {
        let minutes = u32::try_from(minutes).unwrap_or_default();
        let command = late.reader.borrow().template(LATE, Some(Argument::Minutes(minutes)));
        late.send(command);
    });
    let words = state.clone();
    templates.on_minutes(move |minutes, _language| {
        words.reader.borrow().texts().message("minutes", &[("minutes", minutes.into())]).into()
    });
    show(window, &state.reader.borrow());
}

pub(crate) fn show(window: &FieldWindow, reader: &Reader) {
    let templates = window.global::<Templates>();
    let rows: Vec<_> = rows(reader.texts());
    // The tiles are made once: a tile that is made anew in the middle of a tap loses it.
    if let Some(model) =
        slint::Model::as_any(&templates.get_rows()).downcast_ref::<VecModel<TemplateRow>>()
    {
        waypost_ui_kit::update(model, rows, |row| row.id.clone());
    } else {
        templates.set_rows(ModelRc::new(VecModel::from(rows)));
    }
}

fn rows(texts: &Texts) -> Vec<TemplateRow> {
    let row = |template: &Template| TemplateRow {
        id: template.id.as_str().into(),
        label: texts.template_label(&template.id).into(),
        icon: template.definition.icon.as_str().into(),
        asks: !template.definition.arguments.is_empty(),
    };
    let templates = texts.catalogue().for_role(Role::Driver);
    templates.filter(|template| can_be_filled(template)).take(TILES).map(row).collect()
}

/// Whether the tiles can ask for what it asks: the sheet of minutes belongs to one of them.
fn can_be_filled(template: &Template) -> bool {
    match &template.definition.arguments[..] {
        [] => true,
        [only] => template.id == LATE && only.holds == ArgumentType::Minutes,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use waypost_locales::Locale;

    use super::*;

    #[test]
    fn dana_finds_her_six_buttons_in_polish() {
        let labels: Vec<_> =
            rows(&Texts::of(Locale::Pl)).into_iter().map(|row| row.label).collect();
        let expected = [
            "Na miejscu",
            "Dostarczono",
            "Spóźnienie",
            "Brak klienta",
            "Awaria",
            "Proszę o telefon",
        ];
        assert_eq!(labels, expected);
    }
}
