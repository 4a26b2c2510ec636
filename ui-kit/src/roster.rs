//! The list of whom one can write to: conversations, and people with whom there is none yet.

use std::collections::HashSet;

use waypost_client::View;
use waypost_client::view::{ConversationView, PersonView, PresenceView};
use waypost_locales::Texts;
use waypost_protocol::{Activity, ConversationId, PersonId};

use crate::{Clock, body_text};

/// One conversation in the list.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Partner {
    /// Which.
    pub conversation: ConversationId,
    /// The partner's name, or the group's.
    pub title: String,
    /// Its initials.
    pub initials: String,
    /// Whether it is a group.
    pub group: bool,
    /// Whether the partner is connected, where that is told.
    pub online: Option<bool>,
    /// The same in words with its time; for a group how many are in it.
    pub since: String,
    /// The newest words.
    pub preview: String,
    /// When they were written.
    pub time: String,
    /// How many messages are unread.
    pub unread: usize,
    /// The same in words.
    pub unread_text: String,
    /// Whether it is the one that is open.
    pub open: bool,
}

/// Who is in the list.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Filter<'a> {
    /// A driver's list: conversations, and dispatchers even before the first word.
    Driver,
    /// A dispatcher's list: conversations and everyone, of those whose name holds these letters.
    Staff(&'a str),
}

/// The list, conversations with the newest message first.
pub fn roster(view: &View, texts: &Texts, clock: Clock, filter: Filter<'_>) -> Vec<Partner> {
    let open = view.timeline.as_ref().map(|timeline| timeline.conversation);
    let known: HashSet<_> = view.conversations.iter().map(|one| one.id).collect();
    let of_conversations =
        view.conversations.iter().map(|one| of_conversation(view, one, texts, clock));
    let of_people = view.people.iter().filter_map(|person| {
        let conversation = ConversationId::direct(view.me.person, person.id)?;
        let wanted = matches!(filter, Filter::Staff(_)) || person.role.is_staff();
        (wanted && !known.contains(&conversation))
            .then(|| of_person(conversation, person, texts, clock))
    });
    of_conversations
        .chain(of_people)
        .filter(|partner| filter.lets_through(&partner.title))
        .map(|partner| Partner { open: Some(partner.conversation) == open, ..partner })
        .collect()
}

/// What to open when nothing is: for a driver the newest conversation with dispatch; else the
/// newest, or whoever can be written to.
pub fn first_to_open(
    view: &View,
    texts: &Texts,
    clock: Clock,
    filter: Filter<'_>,
) -> Option<ConversationId> {
    let with_staff = view.conversations.iter().filter(|_| filter == Filter::Driver).find(|one| {
        one.others.iter().any(|other| person(view, *other).is_some_and(|p| p.role.is_staff()))
    });
    with_staff
        .map(|one| one.id)
        .or_else(|| Some(roster(view, texts, clock, filter).first()?.conversation))
}

impl Filter<'_> {
    /// Whether someone of this name is in the list.
    pub fn lets_through(self, title: &str) -> bool {
        match self {
            Self::Driver => true,
            Self::Staff(letters) => title.to_lowercase().contains(&letters.trim().to_lowercase()),
        }
    }
}

/// What a conversation is called; by its id if nothing is known of it.
pub(crate) fn title_of(view: &View, conversation: ConversationId) -> String {
    let listed = view.conversations.iter().find(|one| one.id == conversation);
    let partner = conversation.partner_of(view.me.person).and_then(|id| person(view, id));
    listed
        .map(|one| one.title.clone())
        .filter(|title| !title.is_empty())
        .or_else(|| partner.map(|one| one.name.clone()))
        .unwrap_or_else(|| conversation.to_string())
}

/// At most two letters: of the first and the last word of a name.
pub(crate) fn initials(name: &str) -> String {
    let mut words = name.split_whitespace().filter_map(|word| word.chars().next());
    let (first, last) = (words.next(), words.next_back());
    first.into_iter().chain(last).flat_map(char::to_uppercase).collect()
}

fn of_conversation(view: &View, one: &ConversationView, texts: &Texts, clock: Clock) -> Partner {
    let partner = one.id.partner_of(view.me.person).and_then(|id| person(view, id));
    let group = one.id.partner_of(view.me.person).is_none();
    let presence = partner.and_then(|partner| partner.presence);
    let last = one.last.as_ref();
    let unread_text = texts.message("unread", &[("count", one.unread.into())]);
    let is_to_many = matches!(one.id, ConversationId::Broadcasts(_));
    let title = match one.id {
        ConversationId::Broadcasts(_) => texts.message("broadcasts", &[]),
        ConversationId::Dispatch(_) if one.title.is_empty() => texts.message("dispatch", &[]),
        ConversationId::Incident(_) => incident_title(one, texts),
        _ => one.title.clone(),
    };
    Partner {
        conversation: one.id,
        initials: initials(&title),
        title,
        group,
        online: presence.map(PresenceView::is_online),
        since: match group && !is_to_many {
            _ if !one.typing.is_empty() => typing(view, one, texts),
            true => texts.message("members", &[("count", (one.others.len() + 1).into())]),
            false => since(presence, texts, clock),
        },
        preview: last
            .map(|last| preview(last.mine, &body_text(&last.body, texts), texts))
            .unwrap_or_default(),
        time: last.map(|last| short_time(last.occurred_at, texts, clock)).unwrap_or_default(),
        unread: one.unread,
        unread_text,
        open: false,
    }
}

/// What sort of thing has happened, and to whom.
fn incident_title(one: &ConversationView, texts: &Texts) -> String {
    let category = one.case.as_ref().and_then(|case| case.category).unwrap_or_default();
    let sort = texts.message("incident", &[("category", category.name().into())]);
    if one.title.is_empty() { sort } else { format!("{sort}: {}", one.title) }
}

fn of_person(
    conversation: ConversationId,
    person: &PersonView,
    texts: &Texts,
    clock: Clock,
) -> Partner {
    Partner {
        conversation,
        title: person.name.clone(),
        initials: initials(&person.name),
        group: false,
        online: person.presence.map(PresenceView::is_online),
        since: since(person.presence, texts, clock),
        preview: String::new(),
        time: String::new(),
        unread: 0,
        unread_text: String::new(),
        open: false,
    }
}

fn since(presence: Option<PresenceView>, texts: &Texts, clock: Clock) -> String {
    let Some(presence) = presence else { return String::new() };
    let (timed, untimed, at) = match presence {
        PresenceView::Online { activity: Activity::Active, since } => {
            ("presence-online-since", "presence-online", since)
        }
        PresenceView::Online { activity: Activity::Away, .. } => ("", "presence-away", None),
        PresenceView::Online { activity: Activity::Driving, .. } => ("", "presence-driving", None),
        PresenceView::Offline { last_seen } => {
            ("presence-last-seen", "presence-offline", last_seen)
        }
        PresenceView::OffShift => ("", "presence-off-shift", None),
    };
    match at {
        Some(at) => texts.message(timed, &[("time", clock.moment(at, texts).into())]),
        None => texts.message(untimed, &[]),
    }
}

/// That someone is writing; who, where there are several.
fn typing(view: &View, one: &ConversationView, texts: &Texts) -> String {
    let writes = texts.message("presence-typing", &[]);
    if one.id.partner_of(view.me.person).is_some() {
        return writes;
    }
    let name = |id: &PersonId| person(view, *id).map(|person| person.name.clone());
    let names: Vec<_> = one.typing.iter().filter_map(name).collect();
    format!("{}: {writes}", names.join(", "))
}

/// One line, and who said it if it was the reader.
fn preview(mine: bool, text: &str, texts: &Texts) -> String {
    let line = text.lines().collect::<Vec<_>>().join(" ");
    if mine { format!("{}: {line}", texts.message("you", &[])) } else { line }
}

fn short_time(at: waypost_protocol::Millis, texts: &Texts, clock: Clock) -> String {
    if clock.same_day(at, clock.now) { clock.time(at) } else { clock.day(at, texts) }
}

fn person(view: &View, id: PersonId) -> Option<&PersonView> {
    view.people.iter().find(|person| person.id == id)
}
