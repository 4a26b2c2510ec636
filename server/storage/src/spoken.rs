//! Who has lately said something where. A mark mostly passes what was said a moment ago, and whose
//! messages those are is the dearest question of its commit: here it is answered without the database.
//!
//! It refuses to guess: what was said before it began to listen, and who was in a group when, it does
//! not know.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use uuid::Uuid;
use waypost_domain::{AuthorsOf, MarkRange, Recorded};
use waypost_protocol::{ConversationId, IncidentId, PersonId};

/// Most messages that are kept.
const MESSAGES_MAX: usize = 8192;

/// The messages beyond one number of the record.
#[derive(Default)]
pub(crate) struct Spoken {
    /// All beyond this number are here. Nothing is known before the first.
    since: Option<u64>,
    /// Oldest first.
    messages: VecDeque<(u64, ConversationId, PersonId)>,
    /// The numbers of each author's messages in each conversation.
    places: BTreeMap<ConversationId, BTreeMap<PersonId, VecDeque<u64>>>,
    /// The direct conversations with messages of each person.
    direct_of: HashMap<PersonId, BTreeSet<ConversationId>>,
}

impl Spoken {
    /// Begins to listen at this end of the record, unless it has begun.
    pub(crate) fn begins_at(&mut self, end: u64) {
        self.since.get_or_insert(end);
    }

    /// Notes the messages among these facts, which are the next ones of the record.
    pub(crate) fn hears(&mut self, facts: &[Recorded]) {
        for fact in facts.iter().filter(|fact| fact.content.is_message()) {
            if let Some(conversation) = fact.conversation {
                self.note(fact.sequence.n, conversation, fact.author);
            }
        }
        while self.messages.len() > MESSAGES_MAX {
            self.forget_oldest();
        }
    }

    /// The authors for those ranges whose messages are all known, and the other ranges.
    pub(crate) fn authors_of(
        &self,
        ranges: Vec<MarkRange>,
        is_staff: impl Fn(PersonId) -> bool,
    ) -> (AuthorsOf, Vec<MarkRange>) {
        let (mut found, mut unknown) = (AuthorsOf::default(), Vec::new());
        for range in ranges {
            match self.authors(&range, is_staff(range.person)) {
                Some(authors) => drop(found.insert(range, authors)),
                None => unknown.push(range),
            }
        }
        (found, unknown)
    }

    fn authors(&self, range: &MarkRange, is_staff: bool) -> Option<Vec<PersonId>> {
        self.since.filter(|since| *since <= range.from)?;
        let between = |first, last| self.places.range(first..=last).map(|(place, _)| *place);
        let own = ConversationId::Dispatch(range.person);
        let to_dispatch =
            between(FIRST_DISPATCH, LAST_DISPATCH).filter(|it| is_staff || *it == own);
        let incidents = || between(FIRST_INCIDENT, LAST_INCIDENT);
        let shared = to_dispatch.chain(incidents().filter(|_| is_staff));
        let groups = between(FIRST_GROUP, LAST_GROUP).chain(incidents().filter(|_| !is_staff));
        let direct = self.direct_of.get(&range.person).into_iter().flatten().copied();
        let theirs = direct.chain(shared);
        let counts = |it: &ConversationId| range.conversation.is_none_or(|only| only == *it);
        let mut authors = BTreeSet::new();
        for conversation in theirs.filter(counts) {
            authors.extend(self.spoke_in(conversation, range));
        }
        // Whether the person was in a group at that moment, or an incident concerns them, is for the
        // database to say.
        let grouped = groups.filter(counts).any(|it| self.spoke_in(it, range).next().is_some());
        (!grouped).then(|| authors.into_iter().collect())
    }

    /// The authors other than its person of messages of a conversation within a range.
    fn spoke_in<'a>(
        &'a self,
        conversation: ConversationId,
        range: &'a MarkRange,
    ) -> impl Iterator<Item = PersonId> + 'a {
        let authors = self.places.get(&conversation).into_iter().flatten();
        let others = authors.filter(|(author, _)| **author != range.person);
        let within = others.filter(|(_, numbers)| {
            let first = numbers.partition_point(|n| *n <= range.from);
            numbers.get(first).is_some_and(|n| *n <= range.to)
        });
        within.map(|(author, _)| *author)
    }

    fn note(&mut self, n: u64, conversation: ConversationId, author: PersonId) {
        self.messages.push_back((n, conversation, author));
        self.places.entry(conversation).or_default().entry(author).or_default().push_back(n);
        if let ConversationId::Direct(low, high) = conversation {
            for person in [low, high] {
                self.direct_of.entry(person).or_default().insert(conversation);
            }
        }
    }

    fn forget_oldest(&mut self) {
        let Some((n, conversation, author)) = self.messages.pop_front() else { return };
        self.since = Some(n);
        let Some(authors) = self.places.get_mut(&conversation) else { return };
        if let Some(numbers) = authors.get_mut(&author) {
            numbers.pop_front();
            if numbers.is_empty() {
                authors.remove(&author);
            }
        }
        if authors.is_empty() {
            self.places.remove(&conversation);
            self.forget_place(conversation);
        }
    }

    fn forget_place(&mut self, conversation: ConversationId) {
        let ConversationId::Direct(low, high) = conversation else { return };
        for person in [low, high] {
            if let Some(theirs) = self.direct_of.get_mut(&person) {
                theirs.remove(&conversation);
                if theirs.is_empty() {
                    self.direct_of.remove(&person);
                }
            }
        }
    }
}

const FIRST_GROUP: ConversationId = ConversationId::Group(0);
const LAST_GROUP: ConversationId = ConversationId::Group(u32::MAX);
const FIRST_DISPATCH: ConversationId = ConversationId::Dispatch(PersonId(0));
const LAST_DISPATCH: ConversationId = ConversationId::Dispatch(PersonId(u32::MAX));
const FIRST_INCIDENT: ConversationId = ConversationId::Incident(IncidentId(Uuid::nil()));
const LAST_INCIDENT: ConversationId = ConversationId::Incident(IncidentId(Uuid::max()));

#[cfg(test)]
mod tests {
    use waypost_domain::Recorded;
    use waypost_protocol::{Body, FactId, Sequence};

    use super::*;

    const DANA: PersonId = PersonId(1);
    const OMAR: PersonId = PersonId(2);
    const AYO: PersonId = PersonId(3);
    const WITH_OMAR: ConversationId = ConversationId::Direct(DANA, OMAR);

    fn said(n: u64, conversation: ConversationId, author: PersonId) -> Recorded {
        Recorded {
            sequence: Sequence { epoch: 0, n },
            id: FactId::mint(0, u128::from(n)),
            author,
            enrolment: None,
            number: 0,
            conversation: Some(conversation),
            content: Body::text("Gate 4 is closed").to_content(),
            offset_minutes: 0,
            skew_ms: None,
            recorded_at: 0,
            digest: [0; 32],
            salt: [0; 16],
            leaf: Vec::new(),
            receipts_for: Vec::new(),
            expires_at: None,
            broadcast: None,
            deed: None,
        }
    }

    /// What Omar's mark over these numbers passes.
    fn omars(from: u64, to: u64, conversation: Option<ConversationId>) -> MarkRange {
        MarkRange { person: OMAR, conversation, from, to }
    }

    fn listening_since(n: u64) -> Spoken {
        let mut spoken = Spoken::default();
        spoken.begins_at(n);
        spoken
    }

    #[test]
    fn whose_messages_omar_has_now_is_known_without_a_look() {
        let mut spoken = listening_since(10);
        let ayos = ConversationId::Direct(OMAR, AYO);
        let others = ConversationId::Direct(DANA, AYO);
        spoken.hears(&[said(11, WITH_OMAR, DANA), said(12, WITH_OMAR, OMAR)]);
        spoken.hears(&[said(13, ayos, AYO), said(14, others, AYO)]);
        let of = |from, to, conversation| spoken.authors(&omars(from, to, conversation), false);
        assert_eq!(of(10, 14, None), Some(vec![DANA, AYO]));
        assert_eq!(of(11, 12, None), Some(vec![]), "only he himself has spoken");
        assert_eq!(of(12, 13, None), Some(vec![AYO]));
        assert_eq!(of(10, 14, Some(WITH_OMAR)), Some(vec![DANA]));
        assert_eq!(of(10, 14, Some(others)), Some(vec![]), "what others say is not for him");
        assert_eq!(of(9, 14, None), None, "what was said before that is not known");
    }

    #[test]
    fn who_was_in_a_group_is_for_the_database_to_say() {
        let mut spoken = listening_since(0);
        let north = ConversationId::Group(1);
        spoken.hears(&[said(1, WITH_OMAR, DANA), said(2, north, AYO), said(3, WITH_OMAR, DANA)]);
        let of = |from, to, conversation| spoken.authors(&omars(from, to, conversation), false);
        assert_eq!(of(0, 1, None), Some(vec![DANA]));
        assert_eq!(of(0, 3, None), None);
        assert_eq!(of(0, 3, Some(north)), None);
        assert_eq!(of(0, 3, Some(WITH_OMAR)), Some(vec![DANA]));
        assert_eq!(of(2, 3, Some(north)), Some(vec![]), "nobody spoke there since");
    }

    #[test]
    fn what_the_staff_share_is_passed_by_them_and_by_whom_it_concerns() {
        let mut spoken = listening_since(0);
        let incident = ConversationId::Incident(IncidentId::mint(0, 7));
        let danas = ConversationId::Dispatch(DANA);
        spoken.hears(&[said(1, danas, DANA), said(2, danas, AYO), said(3, incident, AYO)]);
        let of = |person, to, is_staff| {
            spoken.authors(&MarkRange { person, ..omars(0, to, None) }, is_staff)
        };
        assert_eq!(of(OMAR, 3, true), Some(vec![DANA, AYO]));
        assert_eq!(of(OMAR, 2, false), Some(vec![]), "what Dana says to dispatch is not for him");
        assert_eq!(of(OMAR, 3, false), None, "the incident may concern him");
        assert_eq!(of(DANA, 2, false), Some(vec![AYO]));
    }

    #[test]
    fn what_is_forgotten_is_not_taken_for_silence() {
        let mut spoken = listening_since(0);
        let long_ago = [said(1, ConversationId::Direct(OMAR, AYO), AYO)];
        spoken.hears(&long_ago);
        let all = 2..MESSAGES_MAX as u64 + 3;
        let end = all.end - 1;
        spoken.hears(&all.map(|n| said(n, WITH_OMAR, DANA)).collect::<Vec<_>>());
        let of = |from| spoken.authors(&omars(from, end, None), false);
        assert_eq!(of(0), None, "Ayo's message is forgotten");
        assert_eq!(of(2), Some(vec![DANA]));
        assert!(!spoken.direct_of.contains_key(&AYO), "nothing is left of him");
    }
}
