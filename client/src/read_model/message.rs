//! One message for the screen: its recipients, how far it has come with each, and whether its
//! author's clock can be believed.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use waypost_protocol::{
    Body, Content, ConversationId, FactId, Header, Millis, PersonId, ReceiptState,
    SKEW_PLAUSIBLE_MS,
};

use super::ReadModel;
use crate::store::{EscalationRow, MessageRow, Receipts};
use crate::view::{EscalationView, MessageView, RecipientView};

/// A time that lies so far after its recording cannot be true, in milliseconds.
const AHEAD_MAX_MS: Millis = 5 * 60_000;

/// What a content says. One that cannot be read is shown like one that is not known yet.
pub(super) fn body(content: &Content) -> Body {
    content.to_body().unwrap_or_else(|_| Body::Unknown {
        number: content.kind,
        bytes: BASE64.encode(&content.bytes),
    })
}

/// What a message says with its last edit, and since when.
fn edited(said: Body, edit: Option<&(FactId, Content)>) -> (Body, Option<Millis>) {
    let Some((id, content)) = edit else { return (said, None) };
    match (said, content.to_body()) {
        (Body::Text { answers, header, .. }, Ok(Body::Edit { text, mentions, .. })) => {
            let header = Header { mentions, ..header };
            (Body::Text { text, answers, header }, id.occurred_at())
        }
        (Body::Broadcast { to, message }, Ok(_)) => {
            let (message, edited_at) = edited(*message, edit);
            (Body::Broadcast { to, message: message.into() }, edited_at)
        }
        (said, _) => (said, None),
    }
}

/// What others have said about messages since.
pub(super) struct Said {
    pub(super) receipts: Receipts,
    pub(super) escalations: BTreeMap<FactId, EscalationRow>,
}

/// Those of these messages that someone wanted to be acknowledged in time.
pub(super) fn wanted_in_time(rows: &[MessageRow]) -> BTreeSet<FactId> {
    let wanted = |row: &&MessageRow| {
        let body = row.content.to_body().ok();
        body.as_ref().and_then(Body::header).is_some_and(|header| header.acknowledge_by.is_some())
    };
    rows.iter().filter(wanted).map(|row| row.id).collect()
}

impl ReadModel {
    pub(super) fn message(
        &self,
        conversation: ConversationId,
        row: MessageRow,
        said: &Said,
        read_up_to: u64,
    ) -> MessageView {
        let Said { receipts, escalations } = said;
        let escalation = escalations.get(&row.id).cloned().unwrap_or_default();
        let step = |(at, to): (Millis, Vec<PersonId>)| EscalationView { at, to };
        let me = self.me.person;
        let mine = row.author == me;
        let occurred_at = row.id.occurred_at().or(row.recorded_at).unwrap_or(0);
        let acknowledged_by_me =
            receipts.get(&(row.id, me)).is_some_and(|it| it.acknowledged_at.is_some());
        let recipients =
            if mine { self.recipients(conversation, &row, receipts) } else { Vec::new() };
        let state = if mine {
            self.own_state(conversation, &row, &recipients)
        } else {
            state_for_me(&row, read_up_to, acknowledged_by_me)
        };
        let (body, edited_at) = edited(body(&row.content), row.edit.as_ref());
        MessageView {
            author_name: self.name(row.author),
            mine,
            body,
            edited_at,
            occurred_at,
            offset_minutes: row.offset_minutes,
            clock_suspect: is_suspect(occurred_at, &row),
            state,
            receipts: recipients,
            acknowledged_by_me,
            escalation_stopped: escalation.stopped,
            escalation: escalation.steps.into_iter().map(step).collect(),
            id: row.id,
            n: row.n,
            author: row.author,
            recorded_at: row.recorded_at,
        }
    }

    fn recipients(
        &self,
        conversation: ConversationId,
        row: &MessageRow,
        receipts: &Receipts,
    ) -> Vec<RecipientView> {
        let show = |person: PersonId| {
            let times = receipts.get(&(row.id, person)).copied().unwrap_or_default();
            RecipientView {
                person,
                name: self.name(person),
                delivered_at: times.delivered_at,
                read_at: times.read_at,
                acknowledged_at: times.acknowledged_at,
            }
        };
        let audience = match conversation {
            ConversationId::Broadcasts(_) => reached_by(row.id, receipts),
            _ => self.audience(conversation, row.n),
        };
        audience.into_iter().map(show).collect()
    }

    /// How far an own message has come with the recipient who is least far. Where the staff share a
    /// conversation, with whom it is for: the one outside, or any of the staff.
    fn own_state(
        &self,
        conversation: ConversationId,
        row: &MessageRow,
        recipients: &[RecipientView],
    ) -> ReceiptState {
        if row.n.is_none() {
            return ReceiptState::Queued;
        }
        let person = self.persons.get(&conversation);
        let asked = recipients.iter().find(|it| Some(&it.person) == person);
        let states = recipients.iter().map(state_of);
        let state = match asked {
            Some(asked) if conversation.is_shared() => Some(state_of(asked)),
            _ if conversation.is_shared() => states.max(),
            _ => states.min(),
        };
        state.unwrap_or(ReceiptState::Accepted)
    }

    /// Who could read a message with this number; for one that waits, who can now.
    fn audience(&self, conversation: ConversationId, n: Option<u64>) -> Vec<PersonId> {
        let (ConversationId::Group(number), Some(n)) = (conversation, n) else {
            let mut others = self.others(conversation, self.persons.get(&conversation).copied());
            if let (Some(n), true) = (n, conversation.is_shared()) {
                // Whoever came to the desk later was not told it.
                let came =
                    |it: &PersonId| self.people.iter().any(|row| row.id == *it && row.since < n);
                others.retain(came);
            }
            return others;
        };
        let Some(group) = self.groups.get(&number) else {
            return Vec::new();
        };
        let there = |since: u64, until: Option<u64>| since < n && until.is_none_or(|it| n < it);
        let members = group.members.iter().filter(|it| there(it.since, it.until));
        members.map(|it| it.person).filter(|person| *person != self.me.person).collect()
    }
}

/// Whom a broadcast has reached: each of them has a row.
fn reached_by(broadcast: FactId, receipts: &Receipts) -> Vec<PersonId> {
    let everyone = (broadcast, PersonId(0))..=(broadcast, PersonId(u32::MAX));
    receipts.range(everyone).map(|((_, person), _)| *person).collect()
}

fn state_of(recipient: &RecipientView) -> ReceiptState {
    if recipient.acknowledged_at.is_some() {
        ReceiptState::Acknowledged
    } else if recipient.read_at.is_some() {
        ReceiptState::Read
    } else if recipient.delivered_at.is_some() {
        ReceiptState::Delivered
    } else {
        ReceiptState::Accepted
    }
}

/// A message of someone else is here, so it is delivered.
fn state_for_me(row: &MessageRow, read_up_to: u64, acknowledged: bool) -> ReceiptState {
    if acknowledged {
        ReceiptState::Acknowledged
    } else if row.n.is_some_and(|n| n <= read_up_to) {
        ReceiptState::Read
    } else {
        ReceiptState::Delivered
    }
}

/// A late message is no lie: tablets are offline for hours. A skew of more than a day is, and so
/// is a message from the future.
fn is_suspect(occurred_at: Millis, row: &MessageRow) -> bool {
    let skew = row.skew_ms.unwrap_or(0);
    // A store that was damaged holds any number.
    let ahead = |recorded_at: Millis| {
        occurred_at.saturating_add(skew) > recorded_at.saturating_add(AHEAD_MAX_MS)
    };
    skew.saturating_abs() > SKEW_PLAUSIBLE_MS || row.recorded_at.is_some_and(ahead)
}
