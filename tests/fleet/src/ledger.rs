//! Who tapped what, in the order of the taps. It knows nothing of what became of it.

use std::sync::{Mutex, PoisonError};

use waypost_client::Command;
use waypost_protocol::{ConversationId, FactId, PersonId};

use crate::tablet::Tablet;

/// One tap.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Tap {
    /// The message that it made.
    pub id: FactId,
    /// Who tapped.
    pub author: PersonId,
    /// Where it went.
    pub conversation: ConversationId,
}

/// Every tap of a story.
#[derive(Default, Debug)]
pub struct Ledger(Mutex<Vec<Tap>>);

impl Ledger {
    /// Taps, and notes the tap once it is durable.
    ///
    /// # Errors
    /// If the client does not keep it.
    pub async fn tap(
        &self,
        who: &Tablet,
        conversation: ConversationId,
        command: Command,
    ) -> anyhow::Result<FactId> {
        let id = who.does(command).await?;
        let id = id.ok_or_else(|| anyhow::anyhow!("this was no message"))?;
        self.note(Tap { id, author: who.id(), conversation });
        Ok(id)
    }

    /// Notes a tap on a device in another process.
    pub fn note(&self, tap: Tap) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(tap);
    }

    /// All taps so far.
    pub fn taps(&self) -> Vec<Tap> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
