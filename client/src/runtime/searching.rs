//! What screens ask for beside the view: searching the store of this device, the board of trips, and files.

use tokio::sync::oneshot;
use waypost_protocol::Sha256Hash;

use super::shell::Shell;
use super::{CommandError, Days};
use crate::files::Sealed;
use crate::view::{Found, Search, TripView};

impl Shell {
    pub(super) async fn search(
        &mut self,
        search: Search,
        reply: oneshot::Sender<Result<Found, CommandError>>,
    ) {
        // Whoever asked may have gone.
        let _ = reply.send(self.find(search).await);
    }

    pub(super) async fn board(
        &self,
        (from, until): Days,
        reply: oneshot::Sender<Result<Vec<TripView>, CommandError>>,
    ) {
        let board = self.store.reading().trips(&from, &until).await;
        let _ = reply.send(board.map_err(CommandError::from));
    }

    pub(super) async fn file(
        &self,
        sha256: Sha256Hash,
        reply: oneshot::Sender<Result<Option<Sealed>, CommandError>>,
    ) {
        let file = self.store.reading().file(sha256).await;
        let _ = reply.send(file.map_err(CommandError::from));
    }

    async fn find(&self, search: Search) -> Result<Found, CommandError> {
        let behind = self.store.index_words().await?;
        let found = self.model.found(&self.store.reading(), &search).await?;
        Ok(Found { behind, ..found })
    }
}
