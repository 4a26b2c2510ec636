//! What counts as read: messages that were on the screen, and nothing else.

use std::collections::HashMap;

use waypost_client::{Command, View};
use waypost_protocol::ConversationId;

/// How far each conversation has been marked as read by this window.
#[derive(Default, Debug)]
pub struct ReadMarks {
    marked: HashMap<ConversationId, u64>,
}

impl ReadMarks {
    /// The mark that is due, if there is one.
    ///
    /// `seen` says that the window is visible and its list stands at the newest message: what
    /// arrives below the edge of the screen has not been read.
    pub fn due(&mut self, view: &View, seen: bool) -> Option<Command> {
        let timeline = view.timeline.as_ref().filter(|_| seen)?;
        let conversation = timeline.conversation;
        let unread = view.conversations.iter().any(|one| one.id == conversation && one.unread > 0);
        let others = timeline.messages.iter().filter(|message| !message.mine);
        let up_to = others.filter_map(|message| message.n).max()?;
        let marked = self.marked.get(&conversation).copied().unwrap_or_default();
        if !unread || up_to <= marked {
            return None;
        }
        self.marked.insert(conversation, up_to);
        Some(Command::MarkRead { conversation, up_to })
    }
}
