//! The decision about a whole batch: one pure function.

use std::collections::BTreeSet;

use sha2::{Digest as _, Sha256};
use waypost_protocol::{
    Answer, Body, Content, ConversationId, EnrolmentId, Entry, FactId, Millis, Move, PersonId,
    ProblemCode, ReadMark, Sequence, StoredMark,
};

use crate::audit::{LeafAudience, LeafFields, commitment, leaf_hash};
use crate::batch::{Actor, Deed, Reply, Request};
use crate::known::{Known, Past, PastOutcome};
use crate::marks::{Moves, Progress, marks_count};
use crate::record::{Decision, LaneMoved, Recorded, Rejection};
use crate::runs::in_runs;
use crate::trips::word;

/// What the outside world lends to a decision: one moment, and secrets that nobody can guess.
pub struct Clockwork<'a> {
    /// Now, by the server's clock.
    pub now: Millis,
    /// Makes a fresh random value: salts, pseudonyms and ids of the server's own facts.
    pub random: &'a mut dyn FnMut() -> u128,
}

/// Decides a batch against what is known of the record, and brings what is known up to what will be
/// when the decision is committed. Nothing is visible to anyone before that.
///
/// Requests are decided in order, and each sees what the ones before it in the batch did. All
/// receipt moves of the batch become one fact at its end.
pub fn decide(known: &mut Known, batch: &[Request], clockwork: Clockwork<'_>) -> Decision {
    let mut desk = Desk::new(known, clockwork);
    for request in batch {
        let reply = desk.decide_one(request);
        desk.decision.replies.push(reply);
    }
    desk.record_receipts();
    let Desk { known, mut decision, progress, .. } = desk;
    progress.becomes_known(known);
    decision.head = known.head.clone();
    decision
}

/// Where a batch is decided: what is known so far, including by this batch.
pub(crate) struct Desk<'k, 'c> {
    pub(crate) known: &'k mut Known,
    pub(crate) decision: Decision,
    clockwork: Clockwork<'c>,
    /// The end of the record when the batch began.
    began_at: Sequence,
    progress: Progress,
    moves: Moves,
    /// How many facts the broadcasts of this batch have become.
    pub(crate) told_to_many: usize,
    /// Chains that this batch has set.
    pub(crate) chains_set: BTreeSet<u32>,
    /// Whether this batch has set a coverage.
    pub(crate) coverages_set: bool,
}

/// A fact about to be recorded.
pub(crate) struct Draft {
    pub(crate) id: FactId,
    pub(crate) actor: Actor,
    pub(crate) number: u32,
    pub(crate) conversation: Option<ConversationId>,
    pub(crate) content: Content,
    pub(crate) offset_minutes: i16,
    pub(crate) skew_ms: Option<i64>,
    pub(crate) digest: [u8; 32],
    pub(crate) deed: Option<Deed>,
    pub(crate) receipts_for: Vec<(PersonId, Vec<Move>)>,
    pub(crate) expires_after_s: Option<u32>,
    pub(crate) broadcast: Option<FactId>,
}

impl Draft {
    /// A fact that the server makes by itself, and that says nothing yet.
    pub(crate) fn by_server(id: FactId) -> Self {
        Self {
            id,
            actor: Actor::OPERATOR,
            number: 0,
            conversation: None,
            content: Content::erased(0),
            offset_minutes: 0,
            skew_ms: None,
            digest: [0; 32],
            deed: None,
            receipts_for: Vec::new(),
            expires_after_s: None,
            broadcast: None,
        }
    }
}

impl<'k, 'c> Desk<'k, 'c> {
    fn new(known: &'k mut Known, clockwork: Clockwork<'c>) -> Self {
        let (decision, progress, moves) = Default::default();
        let began_at = known.head.sequence();
        let (told_to_many, chains_set, coverages_set) = Default::default();
        Self {
            known,
            decision,
            clockwork,
            began_at,
            progress,
            moves,
            told_to_many,
            chains_set,
            coverages_set,
        }
    }

    fn decide_one(&mut self, request: &Request) -> Reply {
        if self.known.is_gone(request.actor()) {
            return Reply::Refused(ProblemCode::NotEnrolled);
        }
        match request {
            Request::Submit { actor, entries } => {
                let decided = entries.iter().map(|entry| self.decide_entry(*actor, entry));
                Reply::Answers(in_runs(entries, decided))
            }
            Request::Marks { actor, epoch, stored, read } => {
                self.decide_marks(*actor, *epoch, stored, read)
            }
            Request::Deed { actor, id, deed } => self.decide_deed(*actor, *id, deed),
            Request::Escalate { messages } => self.escalate(messages),
        }
    }

    fn decide_entry(&mut self, actor: Actor, entry: &Entry) -> Answer {
        let digest = digest_of(entry.conversation, &entry.content);
        if let Some(answer) = self.repeated(actor, entry.id, digest) {
            return answer;
        }
        // What is in no lane has number 0, which moves none.
        let lane = actor.enrolment.map(|enrolment| (enrolment, entry.conversation));
        let last = lane.and_then(|lane| self.known.lanes.get(&lane).copied()).unwrap_or(0);
        // A device that makes numbers up can bring its own lane to the end of all numbers.
        let expected = last.saturating_add(1);
        if lane.is_some() && entry.number > expected && !entry.gap {
            return Answer::OutOfOrder { id: entry.id, expected };
        }
        if let Some(needed) = entry.needs {
            match self.known.past.get(&needed).filter(|past| past.author == actor.person) {
                None => return Answer::Deferred { id: entry.id, code: ProblemCode::NotFound },
                Some(Past { outcome: PastOutcome::Rejected { .. }, .. }) => {
                    self.move_lane(lane, entry.number);
                    return self.reject(actor, entry.id, digest, ProblemCode::NeedsRejected);
                }
                Some(_) => {}
            }
        }
        if !self.has_room_for(actor, entry) {
            return Answer::Deferred { id: entry.id, code: ProblemCode::Overloaded };
        }
        self.move_lane(lane, entry.number);
        match self.check(actor, entry) {
            Ok(body) => self.accept(actor, entry, &body, digest),
            Err(code) => self.reject(actor, entry.id, digest, code),
        }
    }

    /// The answer to an id that was decided before.
    fn repeated(&self, actor: Actor, id: FactId, digest: [u8; 32]) -> Option<Answer> {
        let past = self.known.past.get(&id)?;
        if past.author != actor.person || past.digest != digest {
            let at = self.known.head.sequence();
            return Some(Answer::Rejected { id, code: ProblemCode::IdReused, at });
        }
        Some(match past.outcome {
            PastOutcome::Recorded { sequence, recorded_at, .. } => {
                Answer::Accepted { id, sequence, recorded_at, before: 0 }
            }
            PastOutcome::Rejected { code, at } => Answer::Rejected { id, code, at },
        })
    }

    fn accept(&mut self, actor: Actor, entry: &Entry, body: &Body, digest: [u8; 32]) -> Answer {
        let expires_after_s = self.expires_after_s(entry.conversation, body);
        let (sequence, recorded_at) = self.record(Draft {
            id: entry.id,
            actor,
            number: entry.number,
            conversation: Some(entry.conversation),
            content: entry.content.clone(),
            offset_minutes: entry.offset_minutes,
            skew_ms: entry.skew_ms,
            digest,
            deed: None,
            receipts_for: Vec::new(),
            expires_after_s,
            broadcast: None,
        });
        self.spread(actor, entry, body);
        self.hears_of_choice(actor, body);
        self.hears_of_expiry(entry.conversation, body);
        self.hears_of_case(actor, (entry.id, recorded_at), entry.conversation, body);
        self.watch(
            (entry.id, sequence.n),
            actor.person,
            entry.conversation,
            (body, expires_after_s),
        );
        self.hears_of_watched(actor, entry.conversation, body);
        self.hears_of_report(actor.person, recorded_at, body);
        self.hears_of_trips(word((entry.id, sequence.n, recorded_at), actor.person, entry, body));
        self.flag(actor, entry, body);
        Answer::Accepted { id: entry.id, sequence, recorded_at, before: 0 }
    }

    fn reject(&mut self, actor: Actor, id: FactId, digest: [u8; 32], code: ProblemCode) -> Answer {
        let at = self.known.head.sequence();
        let author = actor.person;
        let outcome = PastOutcome::Rejected { code, at };
        self.known.past.insert(id, Past { author, digest, outcome });
        self.decision.rejections.push(Rejection { author, id, digest, code, at });
        Answer::Rejected { id, code, at }
    }

    fn move_lane(&mut self, lane: Option<(EnrolmentId, ConversationId)>, number: u32) {
        let Some(lane) = lane else { return };
        let last = self.known.lanes.entry(lane).or_default();
        // A lower number with an unknown id comes from a device that lost its store and counts
        // anew: its facts are taken, and the lane stays where it is.
        if number > *last {
            *last = number;
            let (enrolment, conversation) = lane;
            self.decision.lanes.push(LaneMoved { enrolment, conversation, last: number });
        }
    }

    fn decide_marks(
        &mut self,
        actor: Actor,
        epoch: u32,
        stored: &[StoredMark],
        read: &[ReadMark],
    ) -> Reply {
        if !marks_count(self.began_at, epoch, stored, read) {
            // Marks of an older epoch are about numbers that mean something else now: the device
            // will make new ones. Marks beyond the end of this one can only be wrong.
            return if epoch == self.began_at.epoch {
                Reply::Refused(ProblemCode::MarkBeyondRecord)
            } else {
                Reply::MarksKept
            };
        }
        let Self { known, decision, progress, moves, .. } = self;
        match moves.apply(actor, stored, read, known, progress, decision) {
            true => Reply::MarksKept,
            false => Reply::Refused(ProblemCode::Overloaded),
        }
    }

    /// Writes the moves of this batch as one fact.
    fn record_receipts(&mut self) {
        let Moves { all, by_author } = std::mem::take(&mut self.moves);
        if all.is_empty() {
            return;
        }
        let content = Body::Receipts { moves: all }.to_content();
        let id = self.mint_id();
        self.record(Draft {
            digest: content.digest(),
            content,
            receipts_for: by_author.into_iter().collect(),
            ..Draft::by_server(id)
        });
    }

    pub(crate) fn mint_id(&mut self) -> FactId {
        FactId::mint(self.clockwork.now, (self.clockwork.random)())
    }

    pub(crate) fn random(&mut self) -> u128 {
        (self.clockwork.random)()
    }

    pub(crate) fn now(&self) -> Millis {
        self.clockwork.now
    }

    /// Gives a fact its number and leaf. From here on it can only be undone with the whole batch.
    pub(crate) fn record(&mut self, draft: Draft) -> (Sequence, Millis) {
        let salt = self.random().to_be_bytes();
        let recorded_at = self.clockwork.now;
        let mut sequence = self.known.head.sequence();
        sequence.n += 1;
        let leaf = LeafFields {
            sequence,
            id: *draft.id.as_bytes(),
            kind: draft.content.kind,
            author: self.pseudonym(draft.actor.person),
            enrolment: draft.actor.enrolment.map(|enrolment| *enrolment.as_bytes()),
            audience: self.audience(draft.conversation),
            occurred_at: draft.id.occurred_at(),
            offset_minutes: draft.offset_minutes,
            skew_ms: draft.skew_ms,
            recorded_at,
            commitment: commitment(&salt, &draft.content),
        };
        let leaf = leaf.to_bytes();
        self.known.head.tree.append(leaf_hash(&leaf));
        let (conversation, kind) = (draft.conversation, draft.content.kind);
        let outcome = PastOutcome::Recorded { sequence, recorded_at, conversation, kind };
        let author = draft.actor.person;
        self.known.past.insert(draft.id, Past { author, digest: draft.digest, outcome });
        self.decision.facts.push(Recorded {
            sequence,
            id: draft.id,
            author,
            enrolment: draft.actor.enrolment,
            number: draft.number,
            conversation: draft.conversation,
            content: draft.content,
            offset_minutes: draft.offset_minutes,
            skew_ms: draft.skew_ms,
            recorded_at,
            digest: draft.digest,
            salt,
            leaf,
            receipts_for: draft.receipts_for,
            expires_at: draft.expires_after_s.map(|after| recorded_at + i64::from(after) * 1000),
            broadcast: draft.broadcast,
            deed: draft.deed,
        });
        (sequence, recorded_at)
    }

    fn pseudonym(&self, person: PersonId) -> [u8; 16] {
        self.known.people.get(&person).map(|state| state.pseudonym).unwrap_or_default()
    }

    fn audience(&self, conversation: Option<ConversationId>) -> LeafAudience {
        match conversation {
            None => LeafAudience::Concerned,
            Some(ConversationId::Direct(low, high)) => {
                LeafAudience::Pair(self.pseudonym(low), self.pseudonym(high))
            }
            Some(named) => LeafAudience::Named(named.to_string()),
        }
    }
}

/// What a repeat of an entry must agree with: where it goes and what it says.
pub(crate) fn digest_of(conversation: ConversationId, content: &Content) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(conversation.to_string());
    hash.update([0]);
    hash.update(content.digest());
    hash.finalize().into()
}
