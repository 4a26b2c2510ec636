//! Searching the store of this device.

use tokio::sync::oneshot;

use super::CommandError;
use super::shell::Shell;
use crate::view::{Found, Search};

impl Shell {
    pub(super) async fn search(
        &mut self,
        search: Search,
        reply: oneshot::Sender<Result<Found, CommandError>>,
    ) {
        // Whoever asked may have gone.
        let _ = reply.send(self.find(search).await);
    }

    async fn find(&self, search: Search) -> Result<Found, CommandError> {
        let behind = self.store.index_words().await?;
        let found = self.model.found(&self.store.reading(), &search).await?;
        Ok(Found { behind, ..found })
    }
}
