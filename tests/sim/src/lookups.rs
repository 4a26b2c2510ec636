//! What the server's store answers: the keys that a batch wants, and pages of the record.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::hash::Hash;

use waypost_domain::page::{Read, answer, earlier, fitting, from};
use waypost_domain::{
    AuthorsOf, GroupState, Known, MarkRange, Past, PastOutcome, PersonState, Recorded, Request,
    Wanted, Watch, edited, ranges, wanted_by_broadcasts, wanted_by_roster, wanted_by_steps,
    wanted_by_watches,
};
use waypost_protocol::{
    Body, Content, ConversationId, EVENTS_MAX, Earlier, Event, Events, FactId, Flags, History,
    Millis, PersonId, Pull, Stop, StopId, TripId, kind,
};

use crate::store::{Membership, Store};

/// Those of the wanted keys that a table has.
fn found<K: Ord + Hash + Eq + Clone, V: Clone>(
    wanted: &HashSet<K>,
    table: &BTreeMap<K, V>,
) -> HashMap<K, V> {
    let known = |key: &K| Some((key.clone(), table.get(key)?.clone()));
    wanted.iter().filter_map(known).collect()
}

impl Store {
    /// All that a batch needs.
    pub(crate) fn known(&self, batch: &[Request], now: Millis) -> Known {
        let wanted = Wanted::by(batch);
        let members =
            wanted.members.iter().filter_map(|it| Some((*it, self.membership(it.0, it.1)?)));
        let handles = self.people.values().map(|row| &row.handle);
        let mut known = Known {
            head: self.head.clone(),
            enrolments: found(&wanted.enrolments, &self.enrolments),
            people: wanted.people.iter().filter_map(|it| self.person(*it)).collect(),
            handles: handles.filter(|it| wanted.handles.contains(*it)).cloned().collect(),
            past: wanted.facts.iter().filter_map(|it| Some((*it, self.past(*it)?))).collect(),
            lanes: found(&wanted.lanes, &self.lanes),
            members: members.clone().map(|(member, _)| member).collect(),
            moderators: members.filter(|(_, it)| it.moderates).map(|(member, _)| member).collect(),
            groups: wanted.groups.iter().filter_map(|it| self.group(*it)).collect(),
            cases: found(&wanted.cases, &self.cases),
            chosen: found(&wanted.chosen, &self.chosen),
            read: found(&wanted.read, &self.read),
            tokens: found(&wanted.tokens, &self.tokens),
            audiences: wanted.audiences.iter().map(|it| (*it, self.in_group(*it))).collect(),
            expiries: found(&wanted.expiries, &self.expiries),
            reported: found(&wanted.reported, &self.reported),
            flags: Flags::new(&self.flag_rules),
            trips: found(&wanted.trips, &self.trips),
            stops_of: wanted.trips.iter().filter_map(|it| self.stops_of(*it)).collect(),
            stops: self.stops_for(&wanted),
            keys: found(&wanted.keys, &self.keys),
            broadcasts: found(&wanted.broadcasts, &self.broadcasts),
            copies: found(&wanted.watches, &self.copies),
            watches: wanted.watches.iter().filter_map(|it| self.watched(*it)).collect(),
            chains: self.chains.clone(),
            roster: self.roster.clone(),
            templates: found(&wanted.templates, &self.templates),
            ready: Default::default(),
            authors: AuthorsOf::default(),
        };
        let of_watches = wanted_by_watches(batch, &known);
        let audiences = of_watches.audiences.iter().map(|it| (*it, self.in_group(*it)));
        known.audiences.extend(audiences);
        self.knows_more(&of_watches, &mut known);
        self.knows_more(&wanted_by_roster(&known), &mut known);
        self.knows_more(&wanted_by_broadcasts(batch, &known, now), &mut known);
        let of_steps = wanted_by_steps(batch, &mut known, now);
        self.knows_more(&of_steps, &mut known);
        let ranges = ranges(batch, &known);
        known.authors = ranges.into_iter().map(|it| (it, self.authors(it))).collect();
        known
    }

    fn knows_more(&self, wanted: &Wanted, known: &mut Known) {
        known.watches.extend(wanted.watches.iter().filter_map(|it| self.watched(*it)));
        known.people.extend(wanted.people.iter().filter_map(|it| self.person(*it)));
        known.past.extend(wanted.facts.iter().filter_map(|it| Some((*it, self.past(*it)?))));
        let chosen =
            wanted.chosen.iter().filter_map(|it| Some((*it, self.chosen.get(it)?.clone())));
        known.chosen.extend(chosen);
    }

    /// A message, or that of which it is a copy, if it is watched.
    fn watched(&self, message: FactId) -> Option<(FactId, Watch)> {
        let message = self.copies.get(&message).copied().unwrap_or(message);
        let watch = self.watches.get(&message)?.clone();
        let fact = &self.record[*self.place_of.get(&message)?];
        let content = match self.hides(fact) {
            true => Content::erased(fact.content.kind),
            false => self.last_words(fact),
        };
        // What is erased no longer says when it goes.
        let expires_at = watch.expires_at.filter(|_| !self.expired.contains(&message));
        Some((message, Watch { content, expires_at, ..watch }))
    }

    /// What a message says since the last of its edits.
    fn last_words(&self, fact: &Recorded) -> Content {
        let place = (fact.author, fact.conversation);
        let edits = self.record.iter().filter(|edit| (edit.author, edit.conversation) == place);
        let last = edits.rev().find(|edit| self.edits.get(&edit.id) == Some(&fact.id));
        match last.map(|edit| edit.content.to_body()) {
            Some(Ok(Body::Edit { text, .. })) => edited(&fact.content, &text),
            _ => fact.content.clone(),
        }
    }

    /// The stops of a trip, if it has any.
    fn stops_of(&self, trip: TripId) -> Option<(TripId, BTreeSet<StopId>)> {
        let theirs = self.stops.iter().filter(|(_, stop)| stop.trip == Some(trip));
        let theirs: BTreeSet<_> = theirs.map(|(id, _)| *id).collect();
        (!theirs.is_empty()).then_some((trip, theirs))
    }

    fn stops_for(&self, wanted: &Wanted) -> HashMap<StopId, Stop> {
        let handed = |stop: &Stop| stop.trip.is_some_and(|trip| wanted.handed.contains(&trip));
        let known = self.stops.iter().filter(|(id, it)| wanted.stops.contains(id) || handed(it));
        known.map(|(id, stop)| (*id, stop.clone())).collect()
    }

    fn person(&self, person: PersonId) -> Option<(PersonId, PersonState)> {
        let row = self.people.get(&person)?;
        let theirs = self.enrolments.values().filter(|state| state.person == person);
        let state = PersonState {
            role: row.role,
            pseudonym: row.pseudonym,
            delivered_up_to: theirs.map(|state| state.stored_up_to).max().unwrap_or(0),
        };
        Some((person, state))
    }

    fn past(&self, id: FactId) -> Option<Past> {
        if let Some(at) = self.place_of.get(&id) {
            let fact = &self.record[*at];
            let Recorded { sequence, recorded_at, author, digest, conversation, .. } = *fact;
            let kind = fact.content.kind;
            let outcome = PastOutcome::Recorded { sequence, recorded_at, conversation, kind };
            return Some(Past { author, digest, outcome });
        }
        self.rejections.get(&id).map(|rejection| Past {
            author: rejection.author,
            digest: rejection.digest,
            outcome: PastOutcome::Rejected { code: rejection.code, at: rejection.at },
        })
    }

    /// The membership of a person who is in a group now.
    pub(crate) fn membership(&self, group: u32, person: PersonId) -> Option<&Membership> {
        self.memberships.iter().find(|it| {
            it.person == person
                && it.conversation == ConversationId::Group(group)
                && it.to.is_none()
        })
    }

    /// Who is in a group now.
    fn in_group(&self, group: u32) -> BTreeSet<PersonId> {
        let here =
            |it: &&Membership| it.conversation == ConversationId::Group(group) && it.to.is_none();
        self.memberships.iter().filter(here).map(|it| it.person).collect()
    }

    fn group(&self, group: u32) -> Option<(u32, GroupState)> {
        let settings = *self.groups.get(&group)?;
        Some((group, GroupState { settings, members: self.in_group(group).len() }))
    }

    fn authors(&self, range: MarkRange) -> Vec<PersonId> {
        let mut authors = BTreeSet::new();
        for fact in &self.record[range.from as usize..(range.to as usize).min(self.record.len())] {
            let message = fact.content.is_message();
            let within = range.conversation.is_none() || range.conversation == fact.conversation;
            if message && within && fact.author != range.person && self.concerns(fact, range.person)
            {
                authors.insert(fact.author);
            }
        }
        authors.into_iter().collect()
    }

    fn concerns(&self, fact: &Recorded, person: PersonId) -> bool {
        let n = fact.sequence.n;
        let mut stays = self.memberships.iter().filter(|it| it.person == person);
        match fact.conversation {
            Some(
                ConversationId::About(_)
                | ConversationId::Dispatch(_)
                | ConversationId::Incident(_),
            ) if self.is_staff(person) => true,
            // From the fact on that took the person in.
            Some(ConversationId::About(group)) => stays.any(|it| {
                it.conversation == ConversationId::Group(group) && it.from <= n && it.is_up_to(n)
            }),
            place => stays.any(|it| Some(it.conversation) == place && it.covers(n)),
        }
    }

    /// Whether a person may ask for this fact, from before they came as well.
    fn is_open(&self, fact: &Recorded, person: PersonId) -> bool {
        let n = fact.sequence.n;
        let mut stays = self.memberships.iter().filter(|it| it.person == person);
        let opened = match fact.conversation {
            Some(ConversationId::About(group)) => {
                stays.any(|it| it.conversation == ConversationId::Group(group) && it.is_up_to(n))
            }
            place => stays.any(|it| Some(it.conversation) == place && it.history && it.is_up_to(n)),
        };
        opened || self.concerns(fact, person)
    }

    fn is_staff(&self, person: PersonId) -> bool {
        self.people.get(&person).is_some_and(|row| row.role.is_staff())
    }

    /// The answer to a question for what was said before.
    pub(crate) fn earlier(&self, person: PersonId, asked: &History) -> Earlier {
        let limit = usize::from(asked.limit).min(EVENTS_MAX) + 1;
        let before = asked.before.saturating_sub(1).min(self.end()) as usize;
        let theirs = self.record[..before].iter().rev().filter(|fact| {
            fact.conversation == Some(asked.conversation) && self.is_open(fact, person)
        });
        let newest = theirs.take(limit).map(|fact| self.as_told(fact)).collect();
        earlier(self.head.epoch, asked, newest)
    }

    /// A fact as its readers are told it.
    fn as_told(&self, fact: &Recorded) -> Event {
        match self.hides(fact) {
            true => Event { content: Content::erased(fact.content.kind), ..fact.to_event() },
            false => fact.to_event(),
        }
    }

    /// What of the facts beyond `after` and up to `up_to` concerns a person.
    pub(crate) fn events_for(&self, person: PersonId, after: u64, up_to: u64) -> Vec<Event> {
        let stretch = &self.record[after as usize..up_to as usize];
        stretch.iter().filter_map(|fact| self.event_for(person, fact)).collect()
    }

    fn event_for(&self, person: PersonId, fact: &Recorded) -> Option<Event> {
        if fact.content.kind != kind::RECEIPTS {
            return self.concerns(fact, person).then(|| self.as_told(fact));
        }
        let (_, moves) = fact.receipts_for.iter().find(|(author, _)| *author == person)?;
        let content = Body::Receipts { moves: moves.clone() }.to_content();
        Some(Event { content, id: None, ..fact.to_event() })
    }

    /// The answer to a pull, from a page that searches so many facts.
    pub(crate) fn page(
        &self,
        person: PersonId,
        pull: &Pull,
        now: Millis,
        safe: u64,
        searches: u64,
    ) -> Events {
        let end = self.end();
        let start = from(pull.after, &self.epochs, end);
        let searched_up_to = end.min(start.after + searches);
        let limit = usize::from(pull.limit).min(EVENTS_MAX);
        let mut events = self.events_for(person, start.after, searched_up_to);
        let fits = fitting(&events).min(limit);
        let limited = events.len() > fits;
        events.truncate(fits);
        let read = Read { events, searched_up_to, limited };
        answer(self.head.epoch, start, read, end, pull.number, now, safe)
    }
}
