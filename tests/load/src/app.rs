//! Whole apps without their windows: the real client, its encrypted store, and its view.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;
use waypost_client::view::LinkView;
use waypost_client::{Client, Command, StoreKey, View};
use waypost_protocol::{ConversationId, PersonId};

use crate::station::Station;

/// Longest wait for anything that must show.
const WITHIN: Duration = Duration::from_secs(120);

/// Someone at their device.
pub struct App {
    /// The client at work.
    pub client: Client,
    store: PathBuf,
    key: [u8; 32],
}

impl App {
    /// Enrols a device for someone of the directory, with a store below `folder`.
    ///
    /// # Errors
    /// If the server refuses.
    pub async fn enrol(folder: &Path, station: &Station, handle: &str) -> anyhow::Result<Self> {
        let link = station.server.cli(&["enrol", handle, "--link-only"]).await;
        let link = link.map_err(|error| anyhow::anyhow!(error))?;
        let (store, key) = (folder.join(format!("{handle}.db")), rand::random());
        let client = Client::enrol(&link, handle, &store, StoreKey::new(key)).await?;
        Ok(Self { client, store, key })
    }

    /// Closes the app and starts it again.
    ///
    /// # Errors
    /// If the store cannot be opened.
    pub async fn restart(self) -> anyhow::Result<Self> {
        let Self { client, store, key } = self;
        client.close().await;
        let client = Client::open(&store, StoreKey::new(key)).await?;
        Ok(Self { client, store, key })
    }

    /// Closes the app.
    pub async fn close(self) {
        self.client.close().await;
    }

    /// Who signed in.
    pub fn person(&self) -> PersonId {
        self.client.view().borrow().me.person
    }

    /// Opens a conversation on the screen.
    ///
    /// # Errors
    /// If the client is closed.
    pub async fn opens(&self, conversation: ConversationId) -> anyhow::Result<()> {
        self.client.send(Command::Open { conversation: Some(conversation) }).await?;
        Ok(())
    }

    /// Waits until the screen shows this.
    ///
    /// # Errors
    /// If it does not in time.
    pub async fn sees(&self, expected: impl Fn(&View) -> bool) -> anyhow::Result<()> {
        let mut views = self.client.view();
        let seen = tokio::time::timeout(WITHIN, views.wait_for(|view| expected(view))).await;
        seen.context("the screen does not show it")??;
        Ok(())
    }

    /// Waits until the device has all that concerns it.
    ///
    /// # Errors
    /// If it has not in time.
    pub async fn is_level(&self) -> anyhow::Result<()> {
        self.sees(|view| matches!(view.link, LinkView::Online { catching_up: false, .. })).await
    }
}
