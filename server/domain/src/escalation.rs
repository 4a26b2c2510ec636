//! What follows when nobody acknowledges: recipients are reminded, and a message goes further along its
//! chain, step by step, each a fact of the record.
//!
//! A message that wants to be acknowledged by some time is *watched* from its recording on, until it is
//! acknowledged by someone who was told it, or it is deleted, or someone who may stops it, or its chain
//! ends. It refuses to look at a clock: whoever does asks for the steps that are due.

use std::collections::BTreeSet;

use waypost_protocol::{
    Body, Content, ConversationId, EXPIRES_AFTER_S_MIN, FactId, Header, Millis, PersonId, Step,
    reminders,
};

use crate::access::may_talk;
use crate::batch::{Actor, Reply, Request};
use crate::broadcast::{everyone_in, id_for};
use crate::cases::opening_of;
use crate::decide::{Desk, Draft, digest_of};
use crate::known::{Known, PastOutcome};
use crate::wanted::Wanted;

const MINUTE_MS: Millis = 60_000;

/// Further ahead than this nobody waits for an acknowledgement.
const AHEAD_MAX_MS: Millis = 400 * 24 * 60 * MINUTE_MS;

/// Most facts that the steps of one commit may become, beyond those of the first message.
const REACHED_MAX: usize = 10_000;

/// A message that is watched.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Watch {
    /// Who wrote it.
    pub author: PersonId,
    /// Where.
    pub conversation: ConversationId,
    /// What it says by now; erased if it is gone.
    pub content: Content,
    /// When it goes for ever.
    pub expires_at: Option<Millis>,
    /// From when on the minutes of its chain count.
    pub from: Millis,
    /// Its chain; `None` if its recipients are reminded.
    pub chain: Option<u32>,
    /// The number of its next step.
    pub step: u16,
    /// When that is due.
    pub due_at: Millis,
}

/// What becomes of a watched message.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Watching {
    /// It is watched from here on.
    Begins {
        /// The message.
        message: FactId,
        /// Its number.
        n: u64,
        /// See [`Watch::from`].
        from: Millis,
        /// See [`Watch::chain`].
        chain: Option<u32>,
        /// When its first step is due.
        due_at: Millis,
    },
    /// A step was taken, and another one follows.
    Goes {
        /// The message.
        message: FactId,
        /// See [`Watch::step`].
        step: u16,
        /// When that is due.
        due_at: Millis,
    },
    /// It was told to someone else by this message.
    Copied {
        /// The message.
        message: FactId,
        /// The message that told it.
        copy: FactId,
    },
    /// It is watched no longer.
    Ends {
        /// The message.
        message: FactId,
    },
    /// A chain has other steps: when those are due of the messages that go along it is to be looked at.
    Changed {
        /// The chain.
        chain: u32,
    },
}

/// What the steps that are asked for need to know beyond [`Wanted::by`], given the watches that this has
/// found: the groups whose members they concern, and the people they name.
pub fn wanted_by_watches(batch: &[Request], known: &Known) -> Wanted {
    let mut wanted = Wanted::default();
    // Whose acknowledgement counts depends on who asked.
    wanted.people.extend(known.watches.values().map(|watch| watch.author));
    for watch in asked_for(batch).filter_map(|message| known.watches.get(&message)) {
        wanted.people.extend(watch.conversation.partner_of(watch.author));
        wanted.audiences.extend(group_of(watch.conversation));
        for step in steps_of(watch, known) {
            wanted.roster |= step.to.ask_the_roster();
            wanted.people.extend(step.to.people);
            wanted.audiences.extend(step.to.groups);
        }
    }
    wanted
}

/// And what they need beyond that: everyone whom they reach. Of how many messages, is bounded; it notes in
/// [`Known::ready`] of which. The others stay due.
pub fn wanted_by_steps(batch: &[Request], known: &mut Known, now: Millis) -> Wanted {
    let mut wanted = Wanted::default();
    for message in asked_for(batch) {
        let Some(watch) = known.watches.get(&message) else { continue };
        for (number, step) in steps_of(watch, known).iter().enumerate().skip(watch.step.into()) {
            let id = id_of_step(message, number as u16);
            wanted.facts.insert(id);
            let reached = reached_by(watch, step, known, now);
            wanted.facts.extend(reached.iter().map(|person| id_for(id, *person)));
            wanted.chosen.extend(reached.iter().copied());
            wanted.people.extend(reached);
        }
        known.ready.insert(message);
        if wanted.facts.len() > REACHED_MAX {
            break;
        }
    }
    wanted
}

fn asked_for(batch: &[Request]) -> impl Iterator<Item = FactId> {
    batch.iter().flat_map(|request| match request {
        Request::Escalate { messages } => messages.clone(),
        Request::Submit { .. } | Request::Marks { .. } | Request::Deed { .. } => Vec::new(),
    })
}

fn steps_of(watch: &Watch, known: &Known) -> Vec<Step> {
    let chain = watch.chain.and_then(|chain| known.chains.get(&chain));
    chain.cloned().unwrap_or_else(reminders)
}

fn due_at(watch: &Watch, step: &Step) -> Millis {
    watch.from + Millis::from(step.after_minutes) * MINUTE_MS
}

fn group_of(conversation: ConversationId) -> Option<u32> {
    match conversation {
        ConversationId::Group(group) => Some(group),
        _ => None,
    }
}

/// Whom a step tells the message who was not told it: never its author, and nobody who reads its
/// conversation anyway.
fn reached_by(watch: &Watch, step: &Step, known: &Known, now: Millis) -> BTreeSet<PersonId> {
    let mut covering = BTreeSet::new();
    if step.covering {
        let other = match watch.conversation {
            ConversationId::Dispatch(person) => Some(person),
            direct => direct.partner_of(watch.author),
        };
        let concerned: Vec<_> = other.into_iter().chain([watch.author]).collect();
        covering = known.roster.covering(&concerned);
    }
    let mut reached = everyone_in(&step.to, covering, known, now);
    let readers = group_of(watch.conversation).and_then(|group| known.audiences.get(&group));
    reached.retain(|person| {
        *person != watch.author
            && watch.conversation.partner_of(watch.author) != Some(*person)
            && readers.is_none_or(|readers| !readers.contains(person))
    });
    reached
}

/// The id of a step of a message: the same if it is taken again after a restore.
fn id_of_step(message: FactId, step: u16) -> FactId {
    // No person has such a number.
    id_for(message, PersonId(u32::MAX - u32::from(step)))
}

impl Desk<'_, '_> {
    /// Watches a message that wants to be acknowledged.
    pub(crate) fn watch(
        &mut self,
        (id, n): (FactId, u64),
        author: PersonId,
        conversation: ConversationId,
        (body, expires_after_s): (&Body, Option<u32>),
    ) {
        let wanted = body.header().filter(|_| !matches!(body, Body::Broadcast { .. }));
        let Some(Header { acknowledge_by: Some(by), chain, .. }) = wanted else { return };
        // Nobody could acknowledge it before they were told it.
        let now = self.now();
        let (from, chain) = ((*by).clamp(now, now + AHEAD_MAX_MS), *chain);
        let expires_at = expires_after_s.map(|after| now + Millis::from(after) * 1000);
        let watch = Watch {
            author,
            conversation,
            content: body.to_content(),
            expires_at,
            from,
            chain,
            step: 0,
            due_at: from,
        };
        let due_at = steps_of(&watch, self.known).first().map_or(from, |step| due_at(&watch, step));
        self.decision.watching.push(Watching::Begins { message: id, n, from, chain, due_at });
        self.known.watches.insert(id, Watch { due_at, ..watch });
    }

    /// Someone has said something about a message that may be watched: other words, or its end.
    pub(crate) fn hears_of_watched(&mut self, actor: Actor, place: ConversationId, body: &Body) {
        let (message, by_others) = match body {
            Body::Edit { message, text, .. } => {
                let watch = self.known.watches.get_mut(message);
                if let Some(watch) = watch.filter(|watch| watch.conversation == place) {
                    watch.content = edited(&watch.content, text);
                }
                return;
            }
            Body::Acknowledgement { message } => (*message, true),
            Body::EscalationStopped { message } | Body::Deletion { message, .. } => {
                (*message, false)
            }
            // Someone has it in hand, or it is over.
            Body::Assigned { to: Some(_), .. } | Body::Resolved { .. } => match opening_of(place) {
                Some(opening) => (opening, false),
                None => return,
            },
            _ => return,
        };
        let is_there = self.known.past.get(&message).is_some_and(|past| {
            matches!(past.outcome, PastOutcome::Recorded { conversation: Some(it), .. } if it == place)
        });
        let watched = self.known.copies.get(&message).copied().unwrap_or(message);
        let Some(watch) = self.known.watches.get(&watched).filter(|_| is_there) else { return };
        // The end of a copy is not that of the message.
        let is_deletion = matches!(body, Body::Deletion { .. });
        let is_copy = watched != message;
        if (by_others && !self.counts(watch, is_copy, actor)) || (is_deletion && is_copy) {
            return;
        }
        self.end_watch(watched);
    }

    fn end_watch(&mut self, message: FactId) {
        self.known.watches.remove(&message);
        self.decision.watching.push(Watching::Ends { message });
    }

    /// Takes the steps of these messages that are due.
    pub(crate) fn escalate(&mut self, messages: &[FactId]) -> Reply {
        for message in messages {
            self.take_steps(*message);
        }
        Reply::MarksKept
    }

    fn take_steps(&mut self, message: FactId) {
        let watch =
            self.known.watches.get(&message).filter(|_| self.known.ready.contains(&message));
        let Some(watch) = watch.cloned() else { return };
        let is_set = |chain| self.chains_set.contains(&chain) || self.coverages_set;
        if watch.chain.is_some_and(is_set) {
            return; // Whom it reaches now is known to the next look.
        }
        let is_over = |at: Millis| at - self.now() < Millis::from(EXPIRES_AFTER_S_MIN) * 1000;
        if watch.content.is_erased() || watch.expires_at.is_some_and(is_over) {
            return self.end_watch(message);
        }
        let steps = steps_of(&watch, self.known);
        let due = |step: &Step| due_at(&watch, step) <= self.now();
        let ahead = steps.iter().enumerate().skip(watch.step.into());
        let taken: Vec<_> = ahead.take_while(|(_, step)| due(step)).collect();
        let Some((last, _)) = taken.last() else {
            return self.goes_on(message, &watch, watch.step, &steps);
        };
        for (number, step) in &taken {
            // Whoever is reminded late is reminded once.
            if !step.is_reminder() || number == last {
                self.take_step(message, &watch, *number as u16, step);
            }
        }
        self.goes_on(message, &watch, *last as u16 + 1, &steps);
    }

    /// A message waits for this step of its chain, if that is there.
    fn goes_on(&mut self, message: FactId, watch: &Watch, step: u16, steps: &[Step]) {
        let Some(next) = steps.get(usize::from(step)) else { return self.end_watch(message) };
        let due_at = due_at(watch, next);
        if (step, due_at) != (watch.step, watch.due_at) {
            self.decision.watching.push(Watching::Goes { message, step, due_at });
            self.known.watches.insert(message, Watch { step, due_at, ..watch.clone() });
        }
    }

    fn take_step(&mut self, message: FactId, watch: &Watch, step: u16, wanted: &Step) {
        let may = |person: &PersonId| self.may_hear(watch.author, *person);
        let to: Vec<_> =
            reached_by(watch, wanted, self.known, self.now()).into_iter().filter(may).collect();
        let content = Body::Escalation { message, step, to: to.clone() }.to_content();
        let id = self.free_id(id_of_step(message, step));
        self.record(Draft {
            digest: digest_of(watch.conversation, &content),
            conversation: Some(watch.conversation),
            content,
            ..Draft::by_server(id)
        });
        for person in to {
            self.tell_further(message, watch, id, person);
        }
    }

    /// A message goes from person to person where they could write to each other directly, and nobody has
    /// blocked its author: a step that reaches nobody is followed by the next one.
    fn may_hear(&self, author: PersonId, person: PersonId) -> bool {
        let role = |it| self.known.people.get(&it).map(|state| state.role);
        let may = role(author).zip(role(person)).is_some_and(|(one, other)| may_talk(one, other));
        may && !self.has_blocked(person, author)
    }

    fn tell_further(&mut self, message: FactId, watch: &Watch, step: FactId, person: PersonId) {
        let Some(conversation) = ConversationId::direct(watch.author, person) else { return };
        let Some(told) = told_further(message, watch, self.now()) else { return };
        let content = told.to_content();
        let copy = self.free_id(id_for(step, person));
        let actor = Actor { person: watch.author, ..Actor::OPERATOR };
        self.record(Draft {
            actor,
            digest: digest_of(conversation, &content),
            conversation: Some(conversation),
            content,
            expires_after_s: told.header().and_then(|header| header.expires_after_s),
            ..Draft::by_server(copy)
        });
        self.known.copies.insert(copy, message);
        self.decision.watching.push(Watching::Copied { message, copy });
    }

    /// Whoever made an id up before has taken it for something else.
    pub(crate) fn free_id(&mut self, id: FactId) -> FactId {
        if self.known.past.contains_key(&id) { self.mint_id() } else { id }
    }
}

/// What others are told: its words by now, that they come from that message, and no longer than it stays.
fn told_further(message: FactId, watch: &Watch, now: Millis) -> Option<Body> {
    let left = watch.expires_at.map(|at| u32::try_from((at - now) / 1000).unwrap_or(u32::MAX));
    let mut told = match watch.content.to_body().ok()? {
        // It is opened once; who is called to it reads what has happened, and where.
        Body::Incident { category, text, place, header, .. } => {
            let place = place.map(|place| {
                let (north, east) = (place.latitude.degrees(), place.longitude.degrees());
                format!("{} ({north}, {east})", place.name.unwrap_or_default()).trim().to_owned()
            });
            let told = [Some(category.name().to_owned()), Some(text), place];
            let told: Vec<_> =
                told.into_iter().flatten().filter(|it| !it.trim().is_empty()).collect();
            Body::Text { text: told.join("\n"), answers: None, header }
        }
        other => other,
    };
    let (answers, header) = told.frame_mut()?;
    *answers = None;
    *header = Header {
        escalates: Some(message),
        priority: header.priority,
        expires_after_s: left,
        ..Header::default()
    };
    Some(told)
}

/// A text with other words, also inside of a broadcast; anything else has none.
pub fn edited(content: &Content, text: &str) -> Content {
    let other = |body: Body| match body {
        Body::Text { answers, header, .. } => Body::Text { text: text.to_owned(), answers, header },
        other => other,
    };
    match content.to_body() {
        Ok(Body::Broadcast { to, message }) => {
            Body::Broadcast { to, message: Box::new(other(*message)) }.to_content()
        }
        Ok(body @ Body::Text { .. }) => other(body).to_content(),
        _ => content.clone(),
    }
}
