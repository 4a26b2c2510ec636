//! Builds [`View`]s from the store, and reads again only what a transaction touched.

mod found;
mod message;
#[cfg(test)]
mod revised;
#[cfg(test)]
mod tests;
mod trips;
mod urgent;
mod who;
mod window;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use tokio::time::Instant;
use waypost_protocol::{
    ConversationId, FactId, NotificationSettings, PersonId, Presence, ReportedMessage, TypingIn,
};

use crate::TIMELINE_MESSAGES_MAX;
use crate::store::{
    Extent, GroupRow, Identity, MemberRow, MessageRow, PersonRow, Place, Reading, Receipts,
    StoreError, Touched, WedgedRow,
};
use crate::view::{
    ConversationView, Me, MessageView, PersonView, PresenceView, PublishedTemplate, Timeline,
    TripView, UrgentView, View, Wedged,
};
use message::{Said, wanted_in_time};
use window::Window;

/// Most messages that are patched one by one; beyond it the conversation is read anew.
const PATCHED_MAX: usize = 100;

/// Everything that screens show of the store, as last read.
pub(crate) struct ReadModel {
    me: Me,
    templates: Arc<Vec<PublishedTemplate>>,
    notifications: Arc<NotificationSettings>,
    reports: Arc<Vec<ReportedMessage>>,
    trips: Arc<Vec<TripView>>,
    /// The first day whose trips are shown; all, while nobody has said which.
    trips_from: String,
    trips_changed: u64,
    people: Vec<PersonRow>,
    names: HashMap<PersonId, String>,
    groups: BTreeMap<u32, GroupRow>,
    presence: HashMap<PersonId, PresenceView>,
    /// Who is writing where, and until when that holds.
    typing: BTreeMap<(ConversationId, PersonId), Instant>,
    conversations: BTreeMap<ConversationId, ConversationView>,
    /// Whom outside of the staff each case concerns.
    persons: HashMap<ConversationId, PersonId>,
    wedged: Vec<Wedged>,
    urgent: Arc<Vec<UrgentView>>,
    open: Option<ConversationId>,
    /// The open conversation, once it was read, and how many messages of it.
    window: Option<Window>,
    window_max: usize,
    stale: Touched,
}

impl ReadModel {
    /// A model in which everything has to be read.
    pub(crate) fn new(identity: &Identity) -> Self {
        let me = Me {
            person: identity.person,
            enrolment: identity.enrolment,
            name: identity.name.clone(),
            role: identity.role,
            language: identity.language.clone(),
        };
        Self {
            me,
            templates: Arc::default(),
            notifications: Arc::default(),
            reports: Arc::default(),
            trips: Arc::default(),
            trips_from: String::new(),
            trips_changed: 0,
            people: Vec::new(),
            names: HashMap::new(),
            groups: BTreeMap::new(),
            presence: HashMap::new(),
            typing: BTreeMap::new(),
            conversations: BTreeMap::new(),
            persons: HashMap::new(),
            wedged: Vec::new(),
            urgent: Arc::default(),
            open: None,
            window: None,
            window_max: TIMELINE_MESSAGES_MAX,
            stale: Touched {
                directory: true,
                reports: true,
                trips: true,
                wedged: true,
                ..Touched::default()
            },
        }
    }

    /// Notes what a transaction touched.
    pub(crate) fn touch(&mut self, touched: Touched) {
        self.stale.merge(touched);
    }

    /// Follows a conversation from now on.
    pub(crate) fn open(&mut self, conversation: Option<ConversationId>) {
        self.open = conversation;
        self.window = None;
        conversation.into_iter().for_each(|conversation| self.stale.whole(conversation));
    }

    /// Notes who is online, and until when it holds who is writing. What is not named stays as it was.
    pub(crate) fn show_presence(&mut self, presence: Presence, until: Instant) {
        for told in presence.people {
            self.presence.insert(told.person, told.into());
        }
        let blocked = &self.notifications.blocked;
        for TypingIn { person, conversation } in presence.typing {
            if blocked.contains(&person) {
                continue;
            }
            self.typing.insert((conversation, person), until);
        }
    }

    /// When the first of those who are writing is to be forgotten.
    pub(crate) fn typing_ends(&self) -> Option<Instant> {
        self.typing.values().min().copied()
    }

    /// Whoever has not been heard of until now writes no longer.
    pub(crate) fn forget_typing(&mut self, now: Instant) {
        self.typing.retain(|_, until| *until > now);
    }

    /// Without a link nobody knows who is online.
    pub(crate) fn forget_presence(&mut self) {
        self.presence.clear();
        self.typing.clear();
    }

    /// Reads again what is stale.
    pub(crate) async fn refresh(&mut self, reading: &Reading<'_>) -> Result<(), StoreError> {
        if self.stale.is_empty() {
            return Ok(());
        }
        if self.stale.directory {
            self.read_directory(reading).await?;
        }
        if self.stale.reports {
            self.reports = Arc::new(reading.reports().await?);
        }
        if self.stale.trips {
            self.read_trips(reading).await?;
        }
        if self.stale.wedged {
            self.read_wedged(reading).await?;
        }
        let stale = self.stale.conversations.clone();
        for (conversation, extent) in stale.into_iter().filter(|(id, _)| is_shown(id)) {
            self.read_conversation(reading, conversation, &extent).await?;
        }
        self.read_urgent(reading).await?;
        self.stale = Touched::default();
        Ok(())
    }

    async fn read_directory(&mut self, reading: &Reading<'_>) -> Result<(), StoreError> {
        let templates = reading.templates().await?;
        if *self.templates != templates {
            // A screen knows by the same pointer that there is nothing new.
            self.templates = Arc::new(templates);
        }
        self.notifications = Arc::new(reading.notifications().await?);
        self.people = reading.people().await?;
        self.groups = reading.groups().await?;
        self.names = self.people.iter().map(|it| (it.id, it.name.clone())).collect();
        if let Some(me) = self.people.iter().find(|it| it.id == self.me.person) {
            self.me.name = me.name.clone();
            self.me.role = me.role;
            self.me.language = me.language.clone();
        }
        let mine = |(id, group): (&u32, &GroupRow)| {
            let is_me = |it: &MemberRow| it.person == self.me.person;
            group.members_now().any(is_me).then_some(ConversationId::Group(*id))
        };
        // Names stand in every title and on every message.
        let groups = self.groups.iter().filter_map(mine);
        let all = groups.chain(reading.conversations().await?).chain(self.open);
        all.for_each(|conversation| self.stale.whole(conversation));
        Ok(())
    }

    async fn read_wedged(&mut self, reading: &Reading<'_>) -> Result<(), StoreError> {
        let rows = reading.wedged().await?;
        let show = |row: WedgedRow| {
            let body = message::body(&row.content);
            Wedged { id: row.id, conversation: row.conversation, body, code: row.code }
        };
        self.wedged = rows.into_iter().map(show).collect();
        Ok(())
    }

    async fn read_conversation(
        &mut self,
        reading: &Reading<'_>,
        id: ConversationId,
        extent: &Extent,
    ) -> Result<(), StoreError> {
        let unread = reading.unread(id).await?;
        let read_up_to = unread.up_to;
        // How far a message has come depends on whom the case concerns.
        let case = reading.case(id).await?;
        let person = case.as_ref().and_then(|case| case.person);
        self.persons.extend(person.map(|person| (id, person)));
        let last = if self.open == Some(id) {
            self.read_window(reading, id, extent, read_up_to).await?
        } else {
            self.newest(reading, id, 1, read_up_to).await?.pop().map(|(_, last)| Arc::new(last))
        };
        // Whoever has said it writes it no longer.
        let before = self.conversations.get(&id).and_then(|it| it.last.as_ref()).map(|it| it.id);
        if let Some(last) = last.as_ref().filter(|last| before != Some(last.id)) {
            self.typing.remove(&(id, last.author));
        }
        let listed = last.is_some() || matches!(id, ConversationId::Group(_));
        if listed {
            let (title, group) = (self.title(id, person), self.group(id));
            let others = self.others(id, person);
            let (typing, expires_after_s) = (Vec::new(), unread.expires_after_s);
            let unread = unread.messages;
            let view = ConversationView {
                id,
                title,
                others,
                group,
                case,
                typing,
                expires_after_s,
                unread,
                last,
            };
            self.conversations.insert(id, view);
        } else {
            self.conversations.remove(&id);
        }
        Ok(())
    }

    /// Brings the window up to date; returns its last message.
    async fn read_window(
        &mut self,
        reading: &Reading<'_>,
        id: ConversationId,
        extent: &Extent,
        read_up_to: u64,
    ) -> Result<Option<Arc<MessageView>>, StoreError> {
        match (extent, self.window.take()) {
            (Extent::Messages(ids), Some(mut window)) if ids.len() <= PATCHED_MAX => {
                for (place, message) in self.some(reading, id, ids, read_up_to).await? {
                    window.put(place, message);
                }
                window.read_up_to(read_up_to);
                self.window = Some(window);
            }
            (_, before) => {
                let max = self.window_max;
                let newest = self.newest(reading, id, max, read_up_to).await?;
                self.window = Some(Window::new(max, newest, before));
            }
        }
        Ok(self.window.as_ref().and_then(Window::last))
    }

    async fn newest(
        &self,
        reading: &Reading<'_>,
        id: ConversationId,
        limit: usize,
        read_up_to: u64,
    ) -> Result<Vec<(Place, MessageView)>, StoreError> {
        let rows = reading.messages(id, limit).await?;
        let from = rows.iter().filter_map(|row| row.n).min().unwrap_or(u64::MAX);
        let receipts = match id {
            ConversationId::Broadcasts(_) => {
                reading.reached(&rows.iter().map(|row| row.id).collect()).await?
            }
            _ => reading.receipts(id, from).await?,
        };
        self.shown(reading, id, rows, receipts, read_up_to).await
    }

    async fn some(
        &self,
        reading: &Reading<'_>,
        id: ConversationId,
        ids: &BTreeSet<FactId>,
        read_up_to: u64,
    ) -> Result<Vec<(Place, MessageView)>, StoreError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let (rows, mut receipts) = reading.some_messages(ids).await?;
        if let ConversationId::Broadcasts(_) = id {
            receipts = reading.reached(ids).await?;
        }
        self.shown(reading, id, rows, receipts, read_up_to).await
    }

    async fn shown(
        &self,
        reading: &Reading<'_>,
        id: ConversationId,
        rows: Vec<MessageRow>,
        receipts: Receipts,
        read_up_to: u64,
    ) -> Result<Vec<(Place, MessageView)>, StoreError> {
        let escalations = reading.escalations(&wanted_in_time(&rows)).await?;
        let said = Said { receipts, escalations };
        let show = |row: MessageRow| (row.place, self.message(id, row, &said, read_up_to));
        Ok(rows.into_iter().map(show).collect())
    }

    fn timeline(&self) -> Option<Timeline> {
        let (conversation, window) = (self.open?, self.window.as_ref()?);
        Some(Timeline { conversation, messages: window.messages() })
    }

    /// A whole view; the rest is the engine's and the shell's to say.
    pub(crate) fn view(&self, shell: ShellPart) -> View {
        let person = |row: &PersonRow| PersonView {
            id: row.id,
            name: row.name.clone(),
            role: row.role,
            presence: self.presence.get(&row.id).copied(),
        };
        let with_typing = |it: &ConversationView| {
            let everyone = (it.id, PersonId(0))..=(it.id, PersonId(u32::MAX));
            let typing = self.typing.range(everyone).map(|((_, person), _)| *person).collect();
            ConversationView { typing, ..it.clone() }
        };
        let mut conversations: Vec<_> = self.conversations.values().map(with_typing).collect();
        conversations.sort_by_cached_key(|it| {
            let newest = it.last.as_ref().map(|last| last.n.unwrap_or(u64::MAX));
            (std::cmp::Reverse(newest), it.title.clone())
        });
        View {
            me: self.me.clone(),
            link: shell.link,
            waiting: shell.waiting,
            outbox_full: shell.outbox_full,
            store_trouble: shell.store_trouble,
            wedged: self.wedged.clone(),
            urgent: Arc::clone(&self.urgent),
            templates: self.templates.clone(),
            notifications: self.notifications.clone(),
            reports: Arc::clone(&self.reports),
            trips: Arc::clone(&self.trips),
            trips_changed: self.trips_changed,
            uploads: shell.uploads,
            fetches: shell.fetches,
            people: self.people.iter().map(person).collect(),
            conversations,
            timeline: self.timeline(),
        }
    }
}

/// What a view says that does not come from the store.
pub(crate) struct ShellPart {
    pub(crate) link: crate::view::LinkView,
    pub(crate) uploads: crate::view::UploadsView,
    pub(crate) fetches: Vec<crate::view::FetchView>,
    pub(crate) waiting: usize,
    pub(crate) outbox_full: bool,
    pub(crate) store_trouble: Option<String>,
}

/// The two streams carry the directory; nobody writes messages there.
fn is_shown(id: &ConversationId) -> bool {
    matches!(
        id,
        ConversationId::Direct(..)
            | ConversationId::Group(_)
            | ConversationId::Dispatch(_)
            | ConversationId::Incident(_)
            | ConversationId::Broadcasts(_)
    )
}
