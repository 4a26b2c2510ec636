//! Who has a message, in words and times.

use waypost_client::view::{MessageView, RecipientView};
use waypost_locales::Texts;
use waypost_protocol::{Millis, ReceiptState};

use crate::{Clock, roster};

/// One recipient of one message. A time that has not come is empty.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Receipt {
    /// Who.
    pub name: String,
    /// Their initials.
    pub initials: String,
    /// How far it has come with them.
    pub state: ReceiptState,
    /// The same in words, with its time.
    pub state_text: String,
    /// Since when a device of theirs has stored it.
    pub delivered: String,
    /// Since when they have read it.
    pub read: String,
    /// Since when they have acknowledged it.
    pub acknowledged: String,
}

/// Every recipient of a message of one's own.
pub fn receipts(message: &MessageView, texts: &Texts, clock: Clock) -> Vec<Receipt> {
    let time = |at: Option<Millis>| at.map(|at| clock.moment(at, texts)).unwrap_or_default();
    message
        .receipts
        .iter()
        .map(|one| Receipt {
            name: one.name.clone(),
            initials: roster::initials(&one.name),
            state: state_of(one, message),
            state_text: state_and_time(one, message, texts, clock),
            delivered: time(one.delivered_at),
            read: time(one.read_at),
            acknowledged: time(one.acknowledged_at),
        })
        .collect()
}

/// The word for a state.
pub fn state_word(state: ReceiptState, texts: &Texts) -> String {
    let key = match state {
        ReceiptState::Queued => "state-queued",
        ReceiptState::Accepted => "state-accepted",
        ReceiptState::Delivered => "state-delivered",
        ReceiptState::Read => "state-read",
        ReceiptState::Acknowledged => "state-acknowledged",
    };
    texts.message(key, &[])
}

/// How far a message has come, for its foot: `Read 08:03` with one recipient, `Read 2 of 5` with
/// several. With several it tells the furthest state that anyone has reached, and how many.
pub(crate) fn progress(
    message: &MessageView,
    texts: &Texts,
    clock: Clock,
) -> (ReceiptState, String) {
    let states: Vec<_> = message.receipts.iter().map(|one| state_of(one, message)).collect();
    let furthest = states.iter().copied().max().unwrap_or(message.state);
    let text = match message.receipts.as_slice() {
        [one] => state_and_time(one, message, texts, clock),
        many if many.is_empty() || furthest <= ReceiptState::Accepted => {
            state_word(furthest, texts)
        }
        many => texts.message(
            "state-progress",
            &[
                ("state", state_word(furthest, texts).into()),
                ("reached", states.iter().filter(|state| **state == furthest).count().into()),
                ("total", many.len().into()),
            ],
        ),
    };
    (furthest, text)
}

fn state_and_time(
    one: &RecipientView,
    message: &MessageView,
    texts: &Texts,
    clock: Clock,
) -> String {
    let state = state_of(one, message);
    let at = match state {
        ReceiptState::Acknowledged => one.acknowledged_at,
        ReceiptState::Read => one.read_at,
        ReceiptState::Delivered => one.delivered_at,
        ReceiptState::Queued | ReceiptState::Accepted => None,
    };
    let word = state_word(state, texts);
    at.map_or(word.clone(), |at| format!("{word} {}", clock.moment(at, texts)))
}

/// Without a receipt of theirs it is as far as the server has it.
fn state_of(one: &RecipientView, message: &MessageView) -> ReceiptState {
    if one.acknowledged_at.is_some() {
        ReceiptState::Acknowledged
    } else if one.read_at.is_some() {
        ReceiptState::Read
    } else if one.delivered_at.is_some() {
        ReceiptState::Delivered
    } else {
        message.state.min(ReceiptState::Accepted)
    }
}
