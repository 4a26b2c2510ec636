//! A broadcast becomes a message to each of its recipients, in their direct conversation with its
//! author; an edit or a deletion of it reaches all of these messages.
//!
//! Each of these facts has an id that follows from the broadcast and the recipient, so that a
//! broadcast which is given back after a restore brings nobody a second message.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest as _, Sha256};
use waypost_protocol::{
    BROADCAST_RECIPIENTS_MAX, Body, ConversationId, Entry, FactId, Millis, PersonId, ProblemCode,
    Recipients, kind,
};

use crate::batch::{Actor, Request};
use crate::decide::{Desk, Draft, digest_of};
use crate::known::{Known, Reached};
use crate::rights::{Right, may};
use crate::wanted::Wanted;

/// Most facts that the broadcasts and handed over trips of one batch become, beyond the first one. Further ones are put off,
/// so that nobody else waits long for their commit.
const SPREAD_MAX: usize = 10_000;

/// What the broadcasts of a batch need to know beyond [`Wanted::by`], given everything that this has
/// found: their recipients, whether the ids of what they will become are taken, and what is known of the
/// messages whose end they are.
pub fn wanted_by_broadcasts(batch: &[Request], known: &Known, now: Millis) -> Wanted {
    let mut wanted = Wanted::default();
    for request in batch {
        let Request::Submit { actor, entries } = request else { continue };
        for entry in entries.iter().filter(|entry| tells_many(*actor, entry)) {
            let Ok(body) = entry.content.to_body() else { continue };
            let mut recipients = match &body {
                // Also of one that names what this very batch makes.
                Body::Broadcast { to, .. } => everyone_in(to, BTreeSet::new(), known, now),
                _ => recipients_of(*actor, &body, known, now).unwrap_or_default(),
            };
            recipients.remove(&actor.person);
            if recipients.len() > BROADCAST_RECIPIENTS_MAX {
                continue; // It is refused.
            }
            if let Body::Deletion { message, .. } | Body::Edit { message, .. } = body {
                let ended =
                    recipients.iter().filter_map(|person| brought_to(*person, message, known));
                wanted.watches.extend(ended);
                wanted.facts.extend(&wanted.watches);
            }
            wanted.facts.extend(recipients.iter().map(|person| id_for(entry.id, *person)));
            wanted.people.extend(recipients);
        }
    }
    wanted
}

/// Whether this belongs to what its author says to many, and may.
pub(crate) fn tells_many(actor: Actor, entry: &Entry) -> bool {
    may(actor.role, Right::TellMany)
        && entry.conversation == ConversationId::Broadcasts(actor.person)
}

/// Whom this is told beside the readers of its conversation: whom a broadcast names, or whom the
/// broadcast has reached that is revised.
pub(crate) fn recipients_of(
    actor: Actor,
    body: &Body,
    known: &Known,
    now: Millis,
) -> Result<BTreeSet<PersonId>, ProblemCode> {
    match body {
        Body::Broadcast { to, .. } => resolved(actor.person, to, known, now),
        _ => {
            let revised = body.revises(actor.person).map(|(message, _)| message);
            let reached = revised.and_then(|it| known.broadcasts.get(&it));
            Ok(reached.map(|it| it.messages.keys().copied().collect()).unwrap_or_default())
        }
    }
}

fn resolved(
    author: PersonId,
    to: &Recipients,
    known: &Known,
    now: Millis,
) -> Result<BTreeSet<PersonId>, ProblemCode> {
    let is_nobody = |person: &PersonId| !known.people.contains_key(person);
    let is_nowhere = |group: &u32| !(1..=known.head.last_group).contains(group);
    let is_unknown = |coverage: &u32| !known.roster.coverages.contains_key(coverage);
    if to.people.iter().any(is_nobody)
        || to.groups.iter().any(is_nowhere)
        || to.coverages.iter().any(is_unknown)
    {
        return Err(ProblemCode::NotFound);
    }
    let hears =
        |it: &PersonId| known.people.get(it).is_none_or(|it| may(it.role, Right::BeWrittenTo));
    if !to.people.iter().all(hears) {
        return Err(ProblemCode::NotAllowed);
    }
    if to.everyone && !to.on_shift && known.head.last_person as usize > BROADCAST_RECIPIENTS_MAX + 1
    {
        return Err(ProblemCode::TooLarge);
    }
    let mut recipients = everyone_in(to, BTreeSet::new(), known, now);
    recipients.remove(&author);
    match recipients.len() {
        0 => Err(ProblemCode::NotFound),
        1..=BROADCAST_RECIPIENTS_MAX => Ok(recipients),
        _ => Err(ProblemCode::TooLarge),
    }
}

/// Whom these are by now, with some others; who or what is not there is left out.
pub(crate) fn everyone_in(
    to: &Recipients,
    others: BTreeSet<PersonId>,
    known: &Known,
    now: Millis,
) -> BTreeSet<PersonId> {
    let mut people = others;
    people.extend(&to.people);
    people.extend(to.groups.iter().filter_map(|group| known.audiences.get(group)).flatten());
    if to.everyone {
        people.extend((1..=known.head.last_person).map(PersonId));
    }
    people.extend(known.roster.covered_by(&to.coverages));
    if to.on_call {
        people.extend(known.roster.on_call(now));
    }
    if to.on_shift {
        let on_shift = known.roster.on_shift(now);
        people.retain(|person| on_shift.contains(person));
    }
    people.retain(|it| known.people.get(it).is_none_or(|it| may(it.role, Right::BeWrittenTo)));
    people
}

impl Desk<'_, '_> {
    /// Whether the batch has room for what this becomes. The first always has.
    pub(crate) fn has_room_for(&self, actor: Actor, entry: &Entry) -> bool {
        if self.told_to_many == 0 {
            return true;
        }
        if !tells_many(actor, entry) {
            return self.told_to_many + self.told_by_handing_over(&entry.content) <= SPREAD_MAX;
        }
        let body = entry.content.to_body().ok();
        let recipients =
            body.and_then(|body| recipients_of(actor, &body, self.known, self.now()).ok());
        self.told_to_many + recipients.map_or(0, |it| it.len()) <= SPREAD_MAX
    }

    /// Records for each recipient what this says to them, if it belongs to what its author says to many.
    pub(crate) fn spread(&mut self, actor: Actor, entry: &Entry, body: &Body) {
        if !tells_many(actor, entry) {
            return;
        }
        let recipients = recipients_of(actor, body, self.known, self.now()).unwrap_or_default();
        let mut messages = BTreeMap::new();
        for person in recipients {
            messages.extend(self.tell(actor, entry, body, person).map(|id| (person, id)));
        }
        self.told_to_many += messages.len();
        if let Body::Broadcast { message, .. } = body {
            let reached = Reached { messages, kind: message.to_content().kind };
            self.known.broadcasts.insert(entry.id, reached);
        }
    }

    fn tell(
        &mut self,
        actor: Actor,
        entry: &Entry,
        body: &Body,
        person: PersonId,
    ) -> Option<FactId> {
        let conversation = ConversationId::direct(actor.person, person)?;
        let told = told_to(person, entry.id, body, self.known)?;
        let content = told.to_content();
        let id = self.free_id(id_for(entry.id, person));
        let expires_after_s = told.header().and_then(|header| header.expires_after_s);
        let (sequence, _) = self.record(Draft {
            actor,
            conversation: Some(conversation),
            digest: digest_of(conversation, &content),
            content,
            offset_minutes: entry.offset_minutes,
            skew_ms: entry.skew_ms,
            expires_after_s,
            broadcast: told.is_message().then_some(entry.id),
            ..Draft::by_server(id)
        });
        self.watch((id, sequence.n), actor.person, conversation, (&told, expires_after_s));
        self.hears_of_watched(actor, conversation, &told);
        Some(id)
    }
}

/// What a fact of someone's broadcasts, with this id, says to one recipient.
fn told_to(person: PersonId, id: FactId, body: &Body, known: &Known) -> Option<Body> {
    match body {
        Body::Broadcast { message, .. } => {
            let mut told = (**message).clone();
            let (_, header) = told.frame_mut()?;
            header.broadcast = Some(id);
            Some(told)
        }
        Body::Edit { message, text, mentions } => {
            let (message, text) = (brought_to(person, *message, known)?, text.clone());
            Some(Body::Edit { message, text, mentions: mentions.clone() })
        }
        Body::Deletion { message, author } => {
            let message = brought_to(person, *message, known)?;
            Some(Body::Deletion { message, author: *author })
        }
        _ => None,
    }
}

/// The message that a broadcast has brought to someone.
fn brought_to(person: PersonId, broadcast: FactId, known: &Known) -> Option<FactId> {
    known.broadcasts.get(&broadcast)?.messages.get(&person).copied()
}

/// The id of what a fact of someone's broadcasts becomes for one recipient: a UUIDv7 of the same time.
pub(crate) fn id_for(of: FactId, person: PersonId) -> FactId {
    let mut hash = Sha256::new();
    hash.update(b"waypost broadcast");
    hash.update(of.as_bytes());
    hash.update(person.0.to_be_bytes());
    let hash: [u8; 32] = hash.finalize().into();
    let mut random = [0; 16];
    random.copy_from_slice(&hash[..16]);
    FactId::mint(of.occurred_at().unwrap_or(0), u128::from_be_bytes(random))
}

/// The broadcast that an edit or a deletion among someone's broadcasts is about.
pub(crate) fn revised_broadcast(actor: Actor, entry: &Entry) -> Option<FactId> {
    if !tells_many(actor, entry) || !matches!(entry.content.kind, kind::EDIT | kind::DELETION) {
        return None;
    }
    let body = entry.content.to_body().ok()?;
    body.revises(actor.person).map(|(message, _)| message)
}
