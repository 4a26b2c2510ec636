//! `Roster`: the conversations.

use std::rc::Rc;

use slint::{ComponentHandle as _, ModelRc, VecModel};
use waypost_client::View;
use waypost_protocol::ConversationId;
use waypost_ui_kit::{self as kit, Filter, Partner, Reader};

use super::update;
use crate::screen::State;
use crate::ui::{Conversation, ConversationRow, FieldWindow, Presence, Roster};

/// A driver sees their conversations, and dispatch.
pub(crate) const FILTER: Filter<'static> = Filter::Driver;

pub(crate) fn connect(window: &FieldWindow, state: &Rc<State>) {
    let roster = window.global::<Roster>();
    roster.set_rows(ModelRc::new(VecModel::<ConversationRow>::default()));
    let (weak, state) = (window.as_weak(), state.clone());
    roster.on_open(move |id| {
        if let (Some(window), Ok(conversation)) = (weak.upgrade(), id.parse()) {
            open(&window, &state, conversation);
        }
    });
}

pub(crate) fn show(window: &FieldWindow, reader: &Reader, view: &View) {
    let roster = window.global::<Roster>();
    let partners = kit::roster(view, reader.texts(), reader.clock(), FILTER);
    let rows: Vec<_> = partners.into_iter().map(row).collect();
    let unread = rows.iter().map(|row| row.unread).fold(0, i32::saturating_add);
    let words = reader.texts().message("unread", &[("count", unread.into())]);
    roster.set_unread(unread);
    roster.set_unread_label(words.into());
    let partner = rows.iter().find(|row| row.open).cloned();
    roster.set_count(i32::try_from(rows.len()).unwrap_or(i32::MAX));
    window.global::<Conversation>().set_partner(partner.unwrap_or_default());
    update(&roster.get_rows(), rows, |row| row.id.clone());
}

fn open(window: &FieldWindow, state: &State, conversation: ConversationId) {
    let talk = window.global::<Conversation>();
    let (command, draft) = state.reader.borrow_mut().open(conversation, talk.get_draft().into());
    talk.set_draft(draft.into());
    state.send(Some(command));
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
