//! `Conversation`: the messages of the open one, and what a person does with them.

use std::rc::Rc;

use slint::{ComponentHandle as _, ModelRc, VecModel};
use waypost_client::{Command, View};
use waypost_protocol::{Body, ReceiptState};
use waypost_ui_kit::{Bubble, Reader, Receipt};

use super::update;
use crate::screen::State;
use crate::ui::{BubbleRow, Conversation, FieldWindow, ReceiptRow, ReceiptSign};

pub(crate) fn connect(window: &FieldWindow, state: &Rc<State>) {
    let talk = window.global::<Conversation>();
    talk.set_bubbles(ModelRc::new(VecModel::<BubbleRow>::default()));
    talk.set_receipts(ModelRc::new(VecModel::<ReceiptRow>::default()));
    on_send(window, state);
    let typing = state.clone();
    talk.on_typed(move || {
        let command = typing.reader.borrow().typing();
        typing.send(command);
    });
    let acknowledging = state.clone();
    talk.on_acknowledge(move |id| {
        acknowledging.send(id.parse().ok().map(|message| Command::Acknowledge { message }));
    });
    let (weak, selecting) = (window.as_weak(), state.clone());
    talk.on_select(move |id| {
        id.parse().into_iter().for_each(|id| selecting.reader.borrow_mut().select(id));
        weak.upgrade().iter().for_each(|window| selecting.show_all(window));
    });
    let (weak, earlier) = (window.as_weak(), state.clone());
    talk.on_show_earlier(move || {
        earlier.reader.borrow_mut().show_earlier();
        weak.upgrade().iter().for_each(|window| earlier.show_all(window));
    });
    let (weak, scrolled) = (window.as_weak(), state.clone());
    talk.on_at_end(move |at_end| {
        scrolled.reader.borrow_mut().set_at_end(at_end);
        weak.upgrade().iter().for_each(|window| scrolled.mark_read(window));
    });
}

pub(crate) fn show(window: &FieldWindow, reader: &Reader, view: &View) {
    let talk = window.global::<Conversation>();
    let selected = reader.selected().map(|message| message.id.to_string()).unwrap_or_default();
    let bubbles = reader.bubbles();
    let rows = bubbles.rows.into_iter().map(|bubble| row(bubble, &selected)).collect();
    let receipts = reader.selected().map(|message| reader.receipts(message)).unwrap_or_default();
    update(&talk.get_bubbles(), rows, |row: &BubbleRow| row.id.clone());
    update(
        &talk.get_receipts(),
        receipts.into_iter().map(receipt).collect(),
        |row: &ReceiptRow| row.name.clone(),
    );
    talk.set_has_earlier(bubbles.has_earlier);
    talk.set_selected(selected.into());
    let now_open = view.timeline.as_ref().map(|open| open.conversation.to_string());
    if talk.get_shown() != now_open.as_deref().unwrap_or_default() {
        talk.set_shown(now_open.clone().unwrap_or_default().into());
    }
    talk.set_open(now_open.is_some());
}

/// Puts words that were not taken back where they were written, unless there are newer ones.
pub(crate) fn give_back(window: &FieldWindow, state: &State, command: &Command) {
    let Command::Send { conversation, message } = command else { return };
    let Body::Text { text, .. } = &**message else { return };
    let talk = window.global::<Conversation>();
    if state.reader.borrow().target() == Some(*conversation) && talk.get_draft().is_empty() {
        talk.set_draft(text.into());
    }
}

fn on_send(window: &FieldWindow, state: &Rc<State>) {
    let (weak, state) = (window.as_weak(), state.clone());
    window.global::<Conversation>().on_send(move |text| {
        let command = state.reader.borrow().text(&text);
        if state.send(command) {
            let window = weak.upgrade();
            window.iter().for_each(|window| window.global::<Conversation>().set_draft("".into()));
        }
    });
}

pub(crate) fn row(bubble: Bubble, selected: &str) -> BubbleRow {
    let id = bubble.id.to_string();
    BubbleRow {
        selected: id == selected,
        id: id.into(),
        mine: bubble.mine,
        author: bubble.author.into(),
        text: bubble.text.into(),
        icon: bubble.icon.into(),
        time: bubble.time.into(),
        warning: bubble.warning.into(),
        sign: bubble.state.map_or(ReceiptSign::None, sign),
        state: bubble.state_text.into(),
        day: bubble.day.into(),
        can_acknowledge: bubble.can_acknowledge,
        acknowledged: bubble.acknowledged,
    }
}

fn receipt(receipt: Receipt) -> ReceiptRow {
    ReceiptRow {
        name: receipt.name.into(),
        initials: receipt.initials.into(),
        sign: sign(receipt.state),
        state: receipt.state_text.into(),
        delivered: receipt.delivered.into(),
        read: receipt.read.into(),
        acknowledged: receipt.acknowledged.into(),
    }
}

fn sign(state: ReceiptState) -> ReceiptSign {
    match state {
        ReceiptState::Queued => ReceiptSign::Queued,
        ReceiptState::Accepted => ReceiptSign::Accepted,
        ReceiptState::Delivered => ReceiptSign::Delivered,
        ReceiptState::Read => ReceiptSign::Read,
        ReceiptState::Acknowledged => ReceiptSign::Acknowledged,
    }
}
