//! A simulated person with one device in this process: the real client, attended.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use tokio::task::JoinHandle;
use waypost_client::view::LinkView;
use waypost_client::{Client, Command, View};
use waypost_protocol::{ConversationId, FactId, PersonId};

use crate::attend::attend;
use crate::keys::key_in;

/// Longest wait for anything that a story waits for.
const WITHIN: Duration = Duration::from_secs(45);

/// Someone at their device.
pub struct Tablet {
    /// The handle.
    pub name: String,
    client: Arc<Client>,
    attending: JoinHandle<()>,
}

impl Tablet {
    /// Enrols a device and lets its person read and acknowledge all that comes.
    ///
    /// # Errors
    /// If the server refuses, or the store cannot be made.
    pub async fn enrol(
        name: &str,
        link: &str,
        store: &Path,
        browse: Option<Duration>,
    ) -> anyhow::Result<Self> {
        let key = key_in(&store.with_extension("key"))?;
        let device = format!("tablet of {name}");
        let client = Client::enrol(link, &device, store, key).await;
        Ok(Self::attended(name, client.with_context(|| format!("{name} cannot enrol"))?, browse))
    }

    /// Opens the store of a device that ran before.
    ///
    /// # Errors
    /// If the store cannot be opened.
    pub async fn open(name: &str, store: &Path) -> anyhow::Result<Self> {
        let key = key_in(&store.with_extension("key"))?;
        let client = Client::open(store, key).await;
        Ok(Self::attended(name, client.with_context(|| format!("the store of {name}"))?, None))
    }

    fn attended(name: &str, client: Client, browse: Option<Duration>) -> Self {
        let client = Arc::new(client);
        let attending = tokio::spawn({
            let client = Arc::clone(&client);
            // It ends when the client is closed, which is no news.
            async move { drop(attend(client, browse).await) }
        });
        Self { name: name.to_owned(), client, attending }
    }

    /// The orderly end. Whoever else holds the client ends it as a crash would, which loses nothing.
    pub async fn close(self) {
        self.attending.abort();
        // Aborted is what it should be.
        let _ = self.attending.await;
        if let Ok(client) = Arc::try_unwrap(self.client) {
            client.close().await;
        }
    }

    /// The client at work.
    pub fn client(&self) -> &Arc<Client> {
        &self.client
    }

    /// What the screen shows now.
    pub fn view(&self) -> Arc<View> {
        self.client.view().borrow().clone()
    }

    /// Their number.
    pub fn id(&self) -> PersonId {
        self.view().me.person
    }

    /// Does something at the screen.
    ///
    /// # Errors
    /// If the client does not keep it.
    pub async fn does(&self, command: Command) -> anyhow::Result<Option<FactId>> {
        let sent = self.client.send(command).await;
        Ok(sent.with_context(|| format!("{} cannot do this", self.name))?.id)
    }

    /// Switches the link.
    ///
    /// # Errors
    /// If the client is closed.
    pub async fn online(&self, online: bool) -> anyhow::Result<()> {
        self.does(Command::SetOnline { online }).await.map(|_| ())
    }

    /// Waits until the screen shows what is expected.
    ///
    /// # Errors
    /// If it does not in time.
    pub async fn sees(
        &self,
        what: &str,
        expected: impl Fn(&View) -> bool,
    ) -> anyhow::Result<Arc<View>> {
        let mut views = self.client.view();
        let seen = tokio::time::timeout(WITHIN, views.wait_for(|view| expected(view))).await;
        match seen {
            Ok(Ok(view)) => Ok(view.clone()),
            _ => anyhow::bail!(
                "{} does not see {what}; link {:?}, {} waiting, {} conversations",
                self.name,
                self.view().link,
                self.view().waiting,
                self.view().conversations.len()
            ),
        }
    }

    /// Waits until the device is connected and level, with nothing in the outbox.
    ///
    /// # Errors
    /// If it is not in time.
    pub async fn is_level(&self) -> anyhow::Result<()> {
        let level = |view: &View| {
            let level = matches!(view.link, LinkView::Online { catching_up: false, .. });
            level && view.waiting == 0
        };
        self.sees("an empty outbox and a live link", level).await.map(|_| ())
    }

    /// The direct conversation with the person of that name, once the directory has come.
    ///
    /// # Errors
    /// If there is no such person.
    pub async fn chat_with(&self, name: &str) -> anyhow::Result<ConversationId> {
        let find = |view: &View| view.people.iter().find(|it| it.name == name).map(|it| it.id);
        let view = self.sees(name, |view| find(view).is_some()).await?;
        let other = find(&view).context("just seen")?;
        ConversationId::direct(view.me.person, other).context("nobody writes to themselves")
    }
}
