//! A person with one device: the real client on a real store file.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use waypost_client::position::PositionSource;
use waypost_client::view::{LinkView, MessageView};
use waypost_client::{Client, Clock, Command, Setup, StoreKey, View};
use waypost_protocol::{Argument, Body, ConversationId, FactId, Header, PersonId};

/// Longest wait for anything that a story waits for.
const WITHIN: Duration = Duration::from_secs(60);

/// Someone at their device.
pub struct Person {
    /// The handle, for messages of failing tests.
    pub handle: String,
    store: PathBuf,
    key: [u8; 32],
    clock: Clock,
    position: Option<PositionSource>,
    client: Option<Client>,
}

impl Person {
    /// Enrols a device for them.
    pub(crate) async fn enrol(handle: &str, link: &str, store: PathBuf, clock: Clock) -> Self {
        let mut key = [0; 32];
        key[..handle.len().min(32)].copy_from_slice(&handle.as_bytes()[..handle.len().min(32)]);
        let setup = Setup { clock, ..Setup::default() };
        let client = Client::enrol_with(
            link,
            &format!("{handle}'s tablet"),
            &store,
            StoreKey::new(key),
            setup,
        )
        .await
        .unwrap_or_else(|error| panic!("{handle} cannot enrol: {error}"));
        let (handle, client) = (handle.to_owned(), Some(client));
        Self { handle, store, key, clock, position: None, client }
    }

    /// The app is killed: nothing is closed, nothing is said.
    pub fn is_killed(&mut self) {
        self.client = None;
    }

    /// The app is closed in good order. Where it is merely dropped at the end of a process,
    /// SQLCipher takes itself down under the thread that still uses it.
    pub async fn closes(mut self) {
        if let Some(client) = self.client.take() {
            client.close().await;
        }
    }

    /// The app is started again.
    pub async fn starts_again(&mut self) {
        self.client = None;
        let (clock, position) = (self.clock, self.position.clone());
        let setup = Setup { clock, position, ..Setup::default() };
        let client = Client::open_with(&self.store, StoreKey::new(self.key), setup).await;
        self.client = Some(client.unwrap_or_else(|error| panic!("{}: {error}", self.handle)));
    }

    /// The app is started again with this source of positions.
    pub async fn is_located_by(&mut self, source: &str) {
        self.position = Some(source.parse().expect("a source of positions"));
        self.starts_again().await;
    }

    /// The tablet is switched off, and on again so many milliseconds later by its clock.
    pub async fn is_switched_off_for(&mut self, ms: i64) {
        self.is_killed();
        self.clock.shift_ms += ms;
        self.starts_again().await;
    }

    /// The client at work.
    ///
    /// # Panics
    /// While it is killed.
    pub fn client(&self) -> &Client {
        self.client.as_ref().unwrap_or_else(|| panic!("{} has no app running", self.handle))
    }

    /// What the screen shows now.
    pub fn view(&self) -> Arc<View> {
        self.client().view().borrow().clone()
    }

    /// Their number.
    pub fn id(&self) -> PersonId {
        self.view().me.person
    }

    /// The direct conversation with someone.
    pub fn with(&self, other: &Person) -> ConversationId {
        ConversationId::direct(self.id(), other.id()).expect("two people")
    }

    /// Does something at the screen.
    pub async fn does(&self, command: Command) -> Option<FactId> {
        let sent = self.client().send(command).await;
        sent.unwrap_or_else(|error| panic!("{} cannot: {error}", self.handle)).id
    }

    /// Writes to someone.
    pub async fn writes(&self, to: &Person, text: &str) -> FactId {
        self.says(self.with(to), text).await
    }

    /// Writes into a conversation.
    pub async fn says(&self, conversation: ConversationId, text: &str) -> FactId {
        let command = Command::text(conversation, text);
        self.does(command).await.expect("a message has an id")
    }

    /// Taps "Running late".
    pub async fn taps_running_late(&self, to: &Person) -> FactId {
        let command = Command::send(
            self.with(to),
            Body::Template {
                template: "running-late".into(),
                version: 1,
                arguments: [("minutes".into(), Argument::Minutes(15))].into(),
                answers: None,
                header: Header::default(),
            },
        );
        self.does(command).await.expect("a message has an id")
    }

    /// Opens a conversation on the screen.
    pub async fn opens(&self, conversation: ConversationId) {
        self.does(Command::Open { conversation: Some(conversation) }).await;
    }

    /// Has had everything of a conversation on the screen.
    pub async fn reads(&self, conversation: ConversationId) {
        let view = self.view();
        let shown = view.timeline.iter().flat_map(|open| &open.messages);
        if let Some(up_to) = shown.filter(|m| !m.mine).filter_map(|m| m.n).max() {
            self.does(Command::MarkRead { conversation, up_to }).await;
        }
    }

    /// Acknowledges a message.
    pub async fn acknowledges(&self, message: FactId) {
        self.does(Command::Acknowledge { message }).await;
    }

    /// The device loses its network.
    pub async fn goes_offline(&self) {
        self.does(Command::SetOnline { online: false }).await;
    }

    /// The device has a network again.
    pub async fn goes_online(&self) {
        self.does(Command::SetOnline { online: true }).await;
    }

    /// Waits until the screen shows what is expected.
    ///
    /// # Panics
    /// If it does not within a minute, with what it shows instead.
    pub async fn sees(&self, what: &str, expected: impl Fn(&View) -> bool) -> Arc<View> {
        let mut views = self.client().view();
        let wait = views.wait_for(|view| expected(view));
        match tokio::time::timeout(WITHIN, wait).await {
            Ok(Ok(view)) => view.clone(),
            _ => panic!("{} does not see {what}; on the screen: {:#?}", self.handle, self.view()),
        }
    }

    /// Waits until a message of the open conversation is as expected.
    pub async fn sees_message(
        &self,
        id: FactId,
        what: &str,
        expected: impl Fn(&MessageView) -> bool,
    ) -> Arc<MessageView> {
        let find = |view: &View| {
            let mut messages = view.timeline.iter().flat_map(|open| &open.messages);
            messages.find(|message| message.id == id).cloned()
        };
        let view =
            self.sees(what, |view| find(view).is_some_and(|message| expected(&message))).await;
        find(&view).expect("just seen")
    }

    /// Waits until the device is connected and level, and its outbox is empty.
    pub async fn is_level(&self) {
        self.sees("an empty outbox and a live link", |view| {
            let level = matches!(view.link, LinkView::Online { catching_up: false, .. });
            level && view.waiting == 0
        })
        .await;
    }
}
