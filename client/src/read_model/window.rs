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
    /// The newest messages, `max` of them if there are so many. One that stood in the window before
    /// and is the same keeps its pointer: screens compare pointers.
    pub(super) fn new(max: usize, newest: Vec<(Place, MessageView)>, before: Option<Self>) -> Self {
        let empty = || Self { max, messages: BTreeMap::new(), places: HashMap::new() };
        let (mut window, mut before) = (empty(), before.unwrap_or_else(empty));
        for (place, message) in newest {
            let shown = before.take(message.id);
            window.insert(place, message, shown);
        }
        window
    }

    /// Puts a message into its place, from wherever it was before. One that is older than a full
    /// window stays outside.
    pub(super) fn put(&mut self, place: Place, message: MessageView) {
        let shown = self.take(message.id);
        let is_full = self.messages.len() >= self.max;
        if is_full && self.messages.first_key_value().is_some_and(|(oldest, _)| place < *oldest) {
            return;
        }
        self.insert(place, message, shown);
        if self.messages.len() > self.max
            && let Some((_, oldest)) = self.messages.pop_first()
        {
            self.places.remove(&oldest.id);
        }
    }

    fn take(&mut self, id: FactId) -> Option<Arc<MessageView>> {
        self.places.remove(&id).and_then(|place| self.messages.remove(&place))
    }

    fn insert(&mut self, place: Place, message: MessageView, shown: Option<Arc<MessageView>>) {
        self.places.insert(message.id, place);
        let same = shown.filter(|shown| **shown == message);
        self.messages.insert(place, same.unwrap_or_else(|| Arc::new(message)));
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
