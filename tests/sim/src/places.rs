//! Where trips are told.

use waypost_protocol::{ConversationId, PersonId};

pub(crate) fn driver_of(place: ConversationId) -> Option<PersonId> {
    match place {
        ConversationId::Dispatch(person) => Some(person),
        _ => None,
    }
}

pub(crate) fn place_of(driver: Option<PersonId>) -> ConversationId {
    driver.map_or(ConversationId::Staff, ConversationId::Dispatch)
}
