//! `Roster`: everyone whom one may write to.

use std::rc::Rc;

use slint::{ComponentHandle as _, Model as _, ModelRc, VecModel};
use waypost_client::View;
use waypost_protocol::ConversationId;
use waypost_ui_kit::{self as kit, Filter, Partner, Reader};

use crate::screen::State;
use crate::ui::{
    ConsoleWindow, Conversation, ConversationRow, Presence, Roster, TemplateRow, Templates,
};

pub(crate) fn connect(window: &ConsoleWindow, state: &Rc<State>) {
    let roster = window.global::<Roster>();
    roster.set_rows(ModelRc::new(VecModel::<ConversationRow>::default()));
    let (weak, opening) = (window.as_weak(), state.clone());
    roster.on_open(move |id| {
        if let (Some(window), Ok(conversation)) = (weak.upgrade(), id.parse()) {
            open(&window, &opening, conversation);
        }
    });
    let (weak, filtering) = (window.as_weak(), state.clone());
    roster.on_filter(move |letters| {
        filtering.letters.replace(letters.into());
        weak.upgrade().iter().for_each(|window| filtering.show_all(window));
    });
    let (weak, stepping) = (window.as_weak(), state.clone());
    roster.on_step(move |by| {
        let Some(window) = weak.upgrade() else { return };
        if let Some(next) = step(&window, &stepping, by) {
            open(&window, &stepping, next);
        }
    });
}

pub(crate) fn show(window: &ConsoleWindow, reader: &Reader, view: &View, letters: &str) {
    let roster = window.global::<Roster>();
    let everyone = kit::roster(view, reader.texts(), reader.clock(), Filter::Staff(""));
    let partner = everyone.iter().find(|partner| partner.open).cloned();
    window.global::<Conversation>().set_partner(partner.map(row).unwrap_or_default());
    roster.set_count(i32::try_from(everyone.len()).unwrap_or(i32::MAX));
    let filter = Filter::Staff(letters);
    let rows = everyone.into_iter().filter(|partner| filter.lets_through(&partner.title));
    let model = roster.get_rows();
    if let Some(model) = model.as_any().downcast_ref::<VecModel<ConversationRow>>() {
        kit::update(model, rows.map(row).collect(), |row| row.id.clone());
    }
}

fn open(window: &ConsoleWindow, state: &State, conversation: ConversationId) {
    let talk = window.global::<Conversation>();
    window.global::<Templates>().set_asking(TemplateRow::default());
    let (command, draft) = state.reader.borrow_mut().open(conversation, talk.get_draft().into());
    talk.set_draft(draft.into());
    state.send(Some(command));
}

/// The neighbour of the conversation that is being opened, in the list as it is shown.
fn step(window: &ConsoleWindow, state: &State, by: i32) -> Option<ConversationId> {
    let target = state.reader.borrow().target()?.to_string();
    let rows: Vec<_> = window.global::<Roster>().get_rows().iter().map(|row| row.id).collect();
    let next = match rows.iter().position(|id| *id == target) {
        Some(here) => here.checked_add_signed(isize::try_from(by).ok()?)?,
        None => 0,
    };
    rows.get(next)?.parse().ok()
}

pub(crate) fn row(partner: Partner) -> ConversationRow {
    ConversationRow {
        id: partner.conversation.to_string().into(),
        title: partner.title.into(),
        initials: partner.initials.into(),
        group: partner.group,
        presence: match partner.online {
            None => Presence::Untold,
            Some(true) => Presence::Online,
            Some(false) => Presence::Offline,
        },
        since: partner.since.into(),
        preview: partner.preview.into(),
        time: partner.time.into(),
        unread: i32::try_from(partner.unread).unwrap_or(i32::MAX),
        unread_label: partner.unread_text.into(),
        open: partner.open,
    }
}
