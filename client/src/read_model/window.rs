//! The newest messages of the open conversation, in order. What changes is put into its place, so
//! that a long conversation costs no more than a short one.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use waypost_protocol::{FactId, ReceiptState};

use crate::store::Place;
use crate::view::MessageView;

/// A bounded number of messages.
pub(super) struct Window {
    max: usize,
    messages: BTreeMap<Place, Arc<MessageView>>,
    places: HashMap<FactId, Place>,
}

impl Window {
    /// The newest messages, `max` of them if there are so many. One that stood in the window before and is the same keeps its pointer:
    /// screens compare pointers.
    pub(super) fn new(max: usize, newest: Vec<(Place, MessageView)>, before: Option<Self>) -> Self {
        let empty = || Self { max, messages: BTreeMap::new(), places: HashMap::new() };
        let (mut window, before) = (empty(), before.unwrap_or_else(empty));
        for (place, message) in newest {
            let place_before = before.places.get(&message.id);
            let shown = place_before.and_then(|place| before.messages.get(place));
            let message = match shown {
                Some(shown) if **shown == message => Arc::clone(shown),
                _ => Arc::new(message),
            };
            window.places.insert(message.id, place);
            window.messages.insert(place, message);
        }
        window
    }

    /// Puts a message into its place, from wherever it was before. One that is older than a full
    /// window stays outside.
    pub(super) fn put(&mut self, place: Place, message: MessageView) {
        let before = self.places.remove(&message.id).and_then(|it| self.messages.remove(&it));
        let is_full = self.messages.len() >= self.max;
        if is_full && self.messages.first_key_value().is_some_and(|(oldest, _)| place < *oldest) {
            return;
        }
        let message = match before {
            Some(before) if *before == message => before,
            _ => Arc::new(message),
        };
        self.places.insert(message.id, place);
        self.messages.insert(place, message);
        if self.messages.len() > self.max
            && let Some((_, oldest)) = self.messages.pop_first()
        {
            self.places.remove(&oldest.id);
        }
    }

    /// The person has read up to here; after a cut that may be less than before.
    pub(super) fn read_up_to(&mut self, up_to: u64) {
        for message in self.messages.values_mut() {
            let state = match message.state {
                ReceiptState::Delivered | ReceiptState::Read if !message.mine => {
                    let read = message.n.is_some_and(|n| n <= up_to);
                    if read { ReceiptState::Read } else { ReceiptState::Delivered }
                }
                stays => stays,
            };
            if state != message.state {
                *message = Arc::new(MessageView { state, ..MessageView::clone(message) });
            }
        }
    }

    pub(super) fn last(&self) -> Option<Arc<MessageView>> {
        self.messages.last_key_value().map(|(_, message)| Arc::clone(message))
    }

    /// In order.
    pub(super) fn messages(&self) -> Vec<Arc<MessageView>> {
        self.messages.values().cloned().collect()
    }
}
