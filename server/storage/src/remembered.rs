//! What the last commit left known of the record, so that the next one need not read it again.
//!
//! The people who write in one second are mostly those of the second before: their rows were read
//! then, and only commits change them. So they are remembered beside the connection that writes, as
//! long as it lives and nobody else commits, which the count in the head's row tells. It refuses
//! to outlive a doubt: whoever fails half-way, loses the connection or finds another count begins
//! with nothing.

use std::collections::HashSet;

use waypost_domain::{Head, Known, Wanted};
use waypost_protocol::ConversationId;

use crate::roster::lasting;
use crate::spoken::Spoken;

/// Most keys that are remembered. With more than this everything is forgotten and read anew: it is
/// an hour's work of a fleet of thousands, and some ten megabytes.
const KEYS_MAX: usize = 50_000;

/// What is known since the last commit.
#[derive(Default)]
pub(crate) struct Remembered {
    /// The count in the head's row for which it holds.
    pub(crate) commits: i64,
    /// What was looked for, found or not.
    asked: Wanted,
    /// What was found, as the last decision left it.
    pub(crate) known: Known,
    /// Direct conversations that have their rows.
    pub(crate) opened: HashSet<ConversationId>,
    /// Whether every chain, every coverage and every rule for flags is known.
    pub(crate) has_rules: bool,
    /// The newest messages.
    pub(crate) spoken: Spoken,
}

impl Remembered {
    /// What still holds at this end of the record.
    pub(crate) fn at(self, head: Head, commits: i64) -> Self {
        let mut kept = match self.commits == commits && self.known.head == head {
            true if self.keys() < KEYS_MAX => self,
            true => Self { spoken: self.spoken, ..Self::default() },
            false => Self::default(),
        };
        kept.spoken.begins_at(head.tree.size());
        let Known { enrolments, people, lanes, members, moderators, groups, read, .. } = kept.known;
        let Known { cases, chosen, expiries, chains, roster, flags, .. } = kept.known;
        let asked_once = Known { head, enrolments, people, lanes, chains, ..Known::default() };
        let known = Known {
            members,
            moderators,
            groups,
            read,
            cases,
            chosen,
            expiries,
            flags,
            roster: lasting(roster),
            ..asked_once
        };
        Self { commits, known, ..kept }
    }

    fn keys(&self) -> usize {
        let known = self.known.people.len() + self.known.members.len() + self.known.groups.len();
        let known = known + self.known.cases.len() + self.known.chosen.len();
        let known = known + self.known.expiries.len();
        self.asked.keys() + known + self.opened.len()
    }

    /// What must still be read of this; it counts as read from here on.
    pub(crate) fn asks_for(&mut self, wanted: Wanted) -> Wanted {
        let lacks = wanted.beyond(&self.asked);
        self.asked.add_lasting(&lacks);
        lacks
    }
}
