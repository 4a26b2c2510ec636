//! What was opened by taking this person into a group and is still to be fetched: what was said before.
//! It goes on after a restart, page by page from the newest to the oldest, and delays nothing.

use std::collections::BTreeMap;

use waypost_protocol::{
    Body, ConversationId, EVENTS_MAX, Earlier, Event, History, PersonId, Sequence, kind,
};

use crate::ANSWER_WAIT_MS;

/// The conversations with earlier facts that are still to come, and the one question that may wait for
/// its answer.
pub(crate) struct Openings {
    /// In each, what is before this number. The epoch is that of the fact that opened it: what is before
    /// it lies there, whichever epoch the record is in when it comes.
    before: BTreeMap<ConversationId, Sequence>,
    number: u32,
    asked: Option<Asked>,
}

struct Asked {
    number: u32,
    at_tick: u64,
    conversation: ConversationId,
    before: Sequence,
}

impl Openings {
    /// `number` should be random: an answer to a question of an earlier run must not look like one to
    /// a question of this run.
    pub(crate) fn new(before: BTreeMap<ConversationId, Sequence>, number: u32) -> Self {
        Self { before, number, asked: None }
    }

    /// From here backwards a conversation is to be fetched.
    pub(crate) fn open(&mut self, conversation: ConversationId, before: Sequence) {
        self.before.insert(conversation, before);
        // The answer that is under way says nothing about the new end.
        self.asked.take_if(|asked| asked.conversation == conversation);
    }

    /// The next question, if none is under way.
    pub(crate) fn next_question(&mut self, tick: u64) -> Option<History> {
        if self.asked.is_some() {
            return None;
        }
        // A group that is not known yet cannot be shown, whatever was said in it.
        let is_about =
            |(it, _): &(&ConversationId, &Sequence)| matches!(it, ConversationId::About(_));
        let next = self.before.iter().find(is_about).or_else(|| self.before.first_key_value());
        let (conversation, before) = next.map(|(it, n)| (*it, *n))?;
        self.number = self.number.wrapping_add(1);
        let number = self.number;
        self.asked = Some(Asked { number, at_tick: tick, conversation, before });
        let limit = u16::try_from(EVENTS_MAX).unwrap_or(u16::MAX);
        Some(History { conversation, before: before.n, number, limit })
    }

    /// If this answers the question that waits: the epoch of its facts, and before which place more is to
    /// be fetched, if any is.
    pub(crate) fn answered(&mut self, page: &Earlier) -> Option<(u32, Option<Sequence>)> {
        let asked = self.asked.take_if(|asked| asked.number == page.answers)?;
        let first = page.events.first().map(|event| event.n);
        // A page that brings nothing would be asked for again for ever.
        let epoch = asked.before.epoch;
        let left = first.filter(|first| page.more && *first < asked.before.n);
        let left = left.map(|n| Sequence { epoch, n });
        match left {
            Some(left) => self.before.insert(asked.conversation, left),
            None => self.before.remove(&asked.conversation),
        };
        Some((epoch, left))
    }

    /// Where to go on after a cut here with what was opened by a fact beyond it. That fact never was, but
    /// an earlier one may have opened the same and have been forgotten for it: the server knows.
    pub(crate) fn cut(&self, after: u64) -> Vec<(ConversationId, Sequence)> {
        let beyond = self.before.iter().filter(|(_, before)| before.n > after);
        let end = |before: &Sequence| Sequence { n: after.saturating_add(1), ..*before };
        beyond.map(|(conversation, before)| (*conversation, end(before))).collect()
    }

    /// An answer that does not come is asked for again.
    pub(crate) fn expire(&mut self, tick: u64) {
        self.asked.take_if(|asked| asked.at_tick + ANSWER_WAIT_MS <= tick);
    }

    pub(crate) fn forget_asked(&mut self) {
        self.asked = None;
    }

    pub(crate) fn next_tick(&self) -> Option<u64> {
        self.asked.as_ref().map(|asked| asked.at_tick + ANSWER_WAIT_MS)
    }
}

/// What a fact opens to a person, from its number backwards.
pub(crate) fn opened_by(event: &Event, me: PersonId) -> Vec<ConversationId> {
    if event.content.kind != kind::MEMBER_JOINED {
        return Vec::new();
    }
    match event.content.to_body() {
        Ok(Body::MemberJoined { group, person, history }) if person == me => {
            let said = history.then_some(ConversationId::Group(group));
            [ConversationId::About(group)].into_iter().chain(said).collect()
        }
        _ => Vec::new(),
    }
}
