//! The messages of the open conversation, as rows of words in the reader's language.

use std::collections::HashSet;

use waypost_client::View;
use waypost_client::view::MessageView;
use waypost_locales::{Texts, place_name};
use waypost_protocol::{
    Body, Contact, FactId, IncidentCategory, Millis, ReceiptState, StopMove, StopState, TemplateUse,
};

use crate::{Clock, receipts};

/// How many messages are shown at first, and how many more at a time. It keeps old hardware
/// fluid: a window lays out what it shows.
pub const TIMELINE_STEP: usize = 60;

/// One message.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Bubble {
    /// Its id.
    pub id: FactId,
    /// Whether the reader wrote it.
    pub mine: bool,
    /// Who wrote it; empty where that is plain.
    pub author: String,
    /// What it says.
    pub text: String,
    /// The icon of its template; empty for words.
    pub icon: String,
    /// When it was written.
    pub time: String,
    /// Set if that time is not to be trusted.
    pub warning: String,
    /// How far it has come; only told for one's own.
    pub state: Option<ReceiptState>,
    /// The same in words.
    pub state_text: String,
    /// The day, if it is the first of a day.
    pub day: String,
    /// Whether the reader may still acknowledge it.
    pub can_acknowledge: bool,
    /// Whether the reader has acknowledged it.
    pub acknowledged: bool,
    /// The answers that its template offers, until the reader has given one.
    pub answers: Vec<Answer>,
}

/// An answer of one tap.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Answer {
    /// The id of its template.
    pub id: String,
    /// What stands on the button.
    pub label: String,
}

/// The part of the timeline that is shown.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Bubbles {
    /// The newest messages, oldest first.
    pub rows: Vec<Bubble>,
    /// Whether there are earlier ones to show.
    pub has_earlier: bool,
}

/// The newest `limit` messages of the open conversation.
pub fn bubbles(view: &View, texts: &Texts, clock: Clock, limit: usize) -> Bubbles {
    let Some(timeline) = &view.timeline else { return Bubbles::default() };
    let hidden = timeline.messages.len().saturating_sub(limit);
    let shown = &timeline.messages[hidden..];
    let group = is_group(view);
    let mine = timeline.messages.iter().filter(|message| message.mine);
    let answered: HashSet<_> = mine.filter_map(|message| message.body.answers()).collect();
    let rows = shown.iter().enumerate().map(|(at, message)| {
        let before = at.checked_sub(1).map(|before| &*shown[before]);
        let mut row = bubble(message, before, group, texts, clock);
        if !answered.contains(&message.id) {
            row.answers = answers(message, texts);
        }
        row
    });
    Bubbles { rows: rows.collect(), has_earlier: hidden > 0 }
}

/// What a body says in the reader's language.
pub fn body_text(body: &Body, texts: &Texts) -> String {
    match body {
        Body::Text { text, .. } => text.clone(),
        Body::Template { template, version, arguments, .. } => {
            texts.render_template(template, *version, arguments)
        }
        Body::File { file, text, .. } if text.is_empty() => file.name.clone(),
        Body::File { file, text, .. } => format!("{text}\n{}", file.name),
        Body::Location { place, .. } => place_name(place),
        Body::Contact { contact, .. } => contact_text(contact),
        Body::Incident { category, text, .. } => incident_text(*category, text, texts),
        Body::StopMoved { moved, text, template, .. } => stop_text(moved, text, template, texts),
        Body::ConsigneeSaid { said, .. } => {
            texts.render_template(&said.template, said.version, &said.arguments)
        }
        Body::StopSettled { state, .. } => state_text(*state, texts),
        Body::TripPlanned { .. }
        | Body::StopPlanned { .. }
        | Body::TripHandedOver { .. }
        | Body::StopHandedOver { .. } => texts.message("stop-planning", &[]),
        Body::PlansAnswered { .. } => texts.message("plans-answered", &[]),
        Body::Assigned { .. } => texts.message("case-assigned", &[]),
        Body::Resolved { text } if text.is_empty() => texts.message("case-resolved", &[]),
        Body::Resolved { text } => format!("{}\n{text}", texts.message("case-resolved", &[])),
        Body::Reopened {} => texts.message("case-reopened", &[]),
        Body::Notify { .. }
        | Body::QuietHours { .. }
        | Body::Blocked { .. }
        | Body::Unblocked { .. } => texts.message("notification-settings", &[]),
        Body::ExpirySet { .. } => texts.message("expiry-set", &[]),
        Body::Reported { quote, .. } | Body::Flagged { quote, .. } => {
            let said = quote.said.to_body();
            let said = said.map_or_else(|_| String::new(), |said| body_text(&said, texts));
            format!("{}\n{said}", texts.message("report", &[]))
        }
        Body::Judged { .. } => texts.message("report-judged", &[]),
        Body::Broadcast { message, .. } => body_text(message, texts),
        Body::Acknowledgement { .. } => texts.message("state-acknowledged", &[]),
        Body::Edit { text, .. } => text.clone(),
        Body::Deletion { .. } => texts.message("message-deletion", &[]),
        Body::Erased { .. } => texts.message("message-gone", &[]),
        Body::Receipts { .. }
        | Body::EscalationStopped { .. }
        | Body::Escalation { .. }
        | Body::ChainSet { .. }
        | Body::FlagRulesSet { .. }
        | Body::CoverageSet { .. }
        | Body::ShiftPlanned { .. }
        | Body::ShiftCancelled { .. }
        | Body::TemplatePublished { .. }
        | Body::PersonAdded { .. }
        | Body::GroupCreated { .. }
        | Body::GroupChanged { .. }
        | Body::ModeratorNamed { .. }
        | Body::ModeratorEnded { .. }
        | Body::MemberJoined { .. }
        | Body::MemberLeft { .. }
        | Body::Enrolled { .. }
        | Body::Revoked { .. }
        | Body::EpochBegan { .. }
        | Body::Unknown { .. } => texts.message("message-newer", &[]),
    }
}

/// What a stop has become: by the template that was tapped, or the state, and what was said about it.
fn stop_text(
    moved: &StopMove,
    text: &str,
    template: &Option<Box<TemplateUse>>,
    texts: &Texts,
) -> String {
    let told = match template {
        Some(it) => texts.render_template(&it.template, it.version, &it.arguments),
        None => state_text(moved.to, texts),
    };
    if text.is_empty() { told } else { format!("{told}\n{text}") }
}

/// How far a stop is, in a word.
pub fn state_text(state: StopState, texts: &Texts) -> String {
    texts.message("stop-state", &[("state", state.name().into())])
}

/// What sort of thing has happened, and what was said about it.
fn incident_text(category: IncidentCategory, text: &str, texts: &Texts) -> String {
    let sort = texts.message("incident", &[("category", category.name().into())]);
    if text.trim().is_empty() { sort } else { format!("{sort}\n{text}") }
}

/// Who it is, and how they are reached, a line for each.
pub(crate) fn contact_text(contact: &Contact) -> String {
    let lines = [&contact.company, &contact.phone, &contact.mail].into_iter().flatten();
    std::iter::once(&contact.name).chain(lines).cloned().collect::<Vec<_>>().join("\n")
}

fn bubble(
    message: &MessageView,
    before: Option<&MessageView>,
    group: bool,
    texts: &Texts,
    clock: Clock,
) -> Bubble {
    let new_day = before.is_none_or(|b| !clock.same_day(shown_at(b), shown_at(message)));
    let new_author = before.is_none_or(|before| before.author != message.author) || new_day;
    let progress = message.mine.then(|| receipts::progress(message, texts, clock));
    let named = group && !message.mine && new_author;
    Bubble {
        id: message.id,
        mine: message.mine,
        author: author(message, named, new_author, texts),
        text: body_text(&message.body, texts),
        icon: icon(&message.body, texts),
        time: time(message, texts, clock),
        warning: warning(message, texts, clock),
        state: progress.as_ref().map(|(state, _)| *state),
        state_text: progress.map(|(_, text)| text).unwrap_or_default(),
        day: if new_day { clock.day(shown_at(message), texts) } else { String::new() },
        can_acknowledge: can_acknowledge(message),
        acknowledged: !message.mine && message.acknowledged_by_me,
        answers: Vec::new(),
    }
}

/// Who has written it, where that is no matter of course.
fn author(message: &MessageView, named: bool, new_author: bool, texts: &Texts) -> String {
    match message.body {
        Body::ConsigneeSaid { .. } if new_author => texts.message("consignee", &[]),
        _ if named => message.author_name.clone(),
        _ => String::new(),
    }
}

/// With what the reader can answer by one tap: templates that ask for nothing.
fn answers(message: &MessageView, texts: &Texts) -> Vec<Answer> {
    let Body::Template { template, version, .. } = &message.body else { return Vec::new() };
    let asked = texts.catalogue().find(template, *version).filter(|_| !message.mine);
    let offered = asked.into_iter().flat_map(|it| &it.definition.answers);
    let known = offered.filter_map(|id| texts.catalogue().current(id));
    known
        .filter(|it| it.definition.arguments.is_empty())
        .map(|it| Answer { id: it.id.clone(), label: texts.template_label(&it.id) })
        .collect()
}

fn time(message: &MessageView, texts: &Texts, clock: Clock) -> String {
    let written = clock.time(message.occurred_at);
    match message.edited_at {
        Some(_) => texts.message("message-edited", &[("time", written.into())]),
        None => written,
    }
}

fn can_acknowledge(message: &MessageView) -> bool {
    let is_there = message.n.is_some() && !matches!(message.body, Body::Erased { .. });
    is_there && !message.mine && !message.acknowledged_by_me
}

/// Where the author's clock is not to be believed, the day is the server's.
fn shown_at(message: &MessageView) -> Millis {
    match message.recorded_at {
        Some(recorded_at) if message.clock_suspect => recorded_at,
        _ => message.occurred_at,
    }
}

fn warning(message: &MessageView, texts: &Texts, clock: Clock) -> String {
    match message.recorded_at {
        Some(at) if message.clock_suspect => {
            texts.message("clock-suspect", &[("time", clock.moment(at, texts).into())])
        }
        _ => String::new(),
    }
}

/// The name of a sign beside the words.
fn icon(body: &Body, texts: &Texts) -> String {
    match body {
        Body::Template { template, version, .. } => template_icon(template, *version, texts),
        Body::Location { .. } => "pin".into(),
        Body::Contact { .. } => "phone".into(),
        Body::File { .. } => "list".into(),
        Body::Incident { .. } => "alert".into(),
        Body::StopMoved { .. } => "pin".into(),
        Body::ConsigneeSaid { said, .. } => template_icon(&said.template, said.version, texts),
        Body::Broadcast { message, .. } => icon(message, texts),
        _ => String::new(),
    }
}

fn template_icon(template: &str, version: u16, texts: &Texts) -> String {
    let catalogue = texts.catalogue();
    let known = catalogue.find(template, version).or_else(|| catalogue.current(template));
    known.map_or("list", |known| &known.definition.icon).to_owned()
}

fn is_group(view: &View) -> bool {
    let open = view.timeline.as_ref().map(|timeline| timeline.conversation);
    view.conversations.iter().any(|one| Some(one.id) == open && one.others.len() > 1)
}
