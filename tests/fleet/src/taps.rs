//! What the simulated people tap: commands with the templates that both apps offer.

use waypost_client::Command;
use waypost_protocol::{Argument, Arguments, Body, ConversationId, FactId, Header};

/// "Running late".
pub fn running_late(conversation: ConversationId, minutes: u32) -> Command {
    let arguments = [("minutes".to_owned(), Argument::Minutes(minutes))].into();
    template(conversation, "running-late", arguments, None)
}

/// A template without arguments, such as `arrived` or `delivered`.
pub fn plain(conversation: ConversationId, id: &str, answers: Option<FactId>) -> Command {
    template(conversation, id, Arguments::new(), answers)
}

/// "Your time slot has changed".
pub fn slot_changed(conversation: ConversationId, slot: &str) -> Command {
    let arguments = [("text".to_owned(), Argument::Text(slot.to_owned()))].into();
    template(conversation, "slot-changed", arguments, None)
}

/// Typed words.
pub fn words(conversation: ConversationId, text: &str) -> Command {
    Command::text(conversation, text)
}

fn template(
    conversation: ConversationId,
    id: &str,
    arguments: Arguments,
    answers: Option<FactId>,
) -> Command {
    Command::send(
        conversation,
        Body::Template {
            template: id.to_owned(),
            version: 1,
            arguments,
            answers,
            header: Header::default(),
        },
    )
}
