//! What this device owes the server: what it has stored, and what its person has read.
//!
//! Each mark keeps its own time until the server has confirmed it. Where there are too many, the
//! marks are merged so that the least is lost: never a claim that is untrue, only one that is late.

use std::collections::BTreeMap;

use waypost_protocol::{
    ConversationId, Millis, READ_MARKS_MAX, ReadMark, STORED_MARKS_MAX, StoredMark,
};

use crate::READ_MARKS_KEPT_MAX;

pub(crate) struct Marks {
    stored: Vec<StoredMark>,
    read: Vec<ReadMark>,
    read_up_to: BTreeMap<ConversationId, u64>,
}

impl Marks {
    pub(crate) fn new(
        stored: Vec<StoredMark>,
        read: Vec<ReadMark>,
        read_up_to: BTreeMap<ConversationId, u64>,
    ) -> Self {
        Self { stored, read, read_up_to }
    }

    pub(crate) fn are_owed(&self) -> bool {
        !self.stored.is_empty() || !self.read.is_empty()
    }

    pub(crate) fn stored(&self) -> &[StoredMark] {
        &self.stored
    }

    pub(crate) fn read(&self) -> &[ReadMark] {
        &self.read
    }

    /// The read marks that the next pull carries.
    pub(crate) fn next_read(&self) -> Vec<ReadMark> {
        self.read.iter().take(READ_MARKS_MAX).copied().collect()
    }

    pub(crate) fn add_stored(&mut self, mark: StoredMark) {
        self.stored.push(mark);
        if self.stored.len() > STORED_MARKS_MAX {
            let closest = closest_to_its_successor(&self.stored);
            self.stored.remove(closest);
        }
    }

    /// Moves the person's reading. `false` if it was there already.
    pub(crate) fn has_read(&mut self, conversation: ConversationId, up_to: u64) -> bool {
        let known = self.read_up_to.entry(conversation).or_default();
        let news = up_to > *known;
        *known = up_to.max(*known);
        news
    }

    pub(crate) fn add_read(&mut self, mark: ReadMark) {
        self.read.push(mark);
        if self.read.len() > READ_MARKS_KEPT_MAX {
            let later = |at: usize, mark: &ReadMark| {
                self.read[at + 1..].iter().any(|other| other.conversation == mark.conversation)
            };
            let superseded = self.read.iter().enumerate().position(|(at, mark)| later(at, mark));
            if let Some(at) = superseded {
                self.read.remove(at);
            }
        }
    }

    /// The server keeps these. `true` if any was still owed.
    pub(crate) fn confirm(&mut self, stored: &[StoredMark], read: &[ReadMark]) -> bool {
        let before = self.stored.len() + self.read.len();
        self.stored.retain(|mark| !stored.contains(mark));
        self.read.retain(|mark| !read.contains(mark));
        self.stored.len() + self.read.len() < before
    }

    /// The record was cut: nothing beyond it was stored or read. What the server knew of the
    /// rest it may have lost, so all of it is owed again. Gives the readings that moved.
    pub(crate) fn cut(
        &mut self,
        stored: u64,
        after: u64,
        now: Millis,
    ) -> Vec<(ConversationId, u64)> {
        self.stored.iter_mut().for_each(|mark| mark.up_to = mark.up_to.min(stored));
        self.stored.dedup_by_key(|mark| mark.up_to);
        if stored > 0 && self.stored.last().is_none_or(|mark| mark.up_to < stored) {
            self.add_stored(StoredMark { up_to: stored, at: now });
        }
        self.read.iter_mut().for_each(|mark| mark.up_to = mark.up_to.min(after));
        let mut moved = Vec::new();
        for (conversation, up_to) in &mut self.read_up_to {
            if *up_to > after {
                *up_to = after;
                moved.push((*conversation, after));
            }
        }
        for (conversation, up_to) in self.read_up_to.clone() {
            let mark = ReadMark { conversation, up_to, at: now };
            let owed = |it: &ReadMark| (it.conversation, it.up_to) == (conversation, up_to);
            if up_to > 0 && !self.read.iter().any(owed) {
                self.add_read(mark);
            }
        }
        moved
    }
}

fn closest_to_its_successor(marks: &[StoredMark]) -> usize {
    let gaps = marks.windows(2).map(|pair| pair[1].at.abs_diff(pair[0].at));
    gaps.enumerate().min_by_key(|(_, gap)| *gap).map_or(0, |(at, _)| at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn when_too_many_marks_wait_the_times_of_delivery_stay_as_true_as_they_can() {
        let mut marks = Marks::new(vec![], vec![], BTreeMap::new());
        for up_to in 1..=16 {
            marks.add_stored(StoredMark { up_to, at: up_to as i64 * 1_000 });
        }
        marks.add_stored(StoredMark { up_to: 17, at: 16_010 });
        let kept: Vec<u64> = marks.stored().iter().map(|mark| mark.up_to).collect();
        assert_eq!(kept.len(), STORED_MARKS_MAX);
        assert_eq!(kept[14..], [15, 17], "the one with its successor 10 ms away was merged");
    }

    #[test]
    fn a_thousand_reads_offline_keep_the_last_of_every_conversation() {
        let mut marks = Marks::new(vec![], vec![], BTreeMap::new());
        for up_to in 1..=1_000u64 {
            let conversation = ConversationId::Group(up_to as u32 % 3);
            marks.add_read(ReadMark { conversation, up_to, at: 0 });
        }
        assert_eq!(marks.read().len(), READ_MARKS_KEPT_MAX);
        assert_eq!(marks.read().last().map(|mark| mark.up_to), Some(1_000));
    }

    const NORTH: ConversationId = ConversationId::Group(1);
    const SOUTH: ConversationId = ConversationId::Group(2);
    const WEST: ConversationId = ConversationId::Group(3);
    const NOW: Millis = 99;

    fn stored(up_to: u64) -> StoredMark {
        StoredMark { up_to, at: up_to as i64 }
    }

    fn read(conversation: ConversationId, up_to: u64) -> ReadMark {
        ReadMark { conversation, up_to, at: up_to as i64 }
    }

    #[test]
    fn of_too_many_reads_the_oldest_that_a_later_one_covers_goes() {
        let mut marks = Marks::new(vec![], vec![], BTreeMap::new());
        marks.add_read(read(NORTH, 1));
        let many = 2..=READ_MARKS_KEPT_MAX as u64 + 1;
        many.for_each(|up_to| marks.add_read(read(SOUTH, up_to)));
        assert_eq!(marks.read()[..2], [read(NORTH, 1), read(SOUTH, 3)], "nothing covers North");
        assert_eq!(marks.read().len(), READ_MARKS_KEPT_MAX);
    }

    #[test]
    fn what_the_server_confirms_is_owed_no_more() {
        let mut marks = Marks::new(vec![stored(4)], vec![read(NORTH, 3)], BTreeMap::new());
        assert!(!marks.confirm(&[stored(5)], &[read(SOUTH, 3)]), "it never had those");
        assert!(marks.confirm(&[], &[read(NORTH, 3)]));
        assert!(marks.are_owed());
        assert!(marks.confirm(&[stored(4)], &[]));
        assert!(!marks.are_owed());
    }

    /// The stored marks after a cut that leaves this device so much.
    fn stored_after(before: &[u64], left: u64) -> Vec<(u64, Millis)> {
        let before = before.iter().map(|up_to| stored(*up_to)).collect();
        let mut marks = Marks::new(before, vec![], BTreeMap::new());
        marks.cut(left, left, NOW);
        marks.stored().iter().map(|mark| (mark.up_to, mark.at)).collect()
    }

    #[test]
    fn a_restored_server_is_told_again_how_much_is_stored() {
        assert_eq!(stored_after(&[3, 8, 9], 5), [(3, 3), (5, 8)], "never more than there is");
        assert_eq!(stored_after(&[3], 5), [(3, 3), (5, NOW)], "it may have lost what it knew");
        assert_eq!(stored_after(&[5], 5), [(5, 5)]);
        assert_eq!(stored_after(&[], 5), [(5, NOW)]);
        assert!(stored_after(&[], 0).is_empty(), "there is nothing");
    }

    #[test]
    fn a_restored_server_is_told_again_what_was_read() {
        let up_to = BTreeMap::from([(NORTH, 9), (SOUTH, 5), (WEST, 0)]);
        let mut marks = Marks::new(vec![], vec![read(NORTH, 9)], up_to);
        assert_eq!(marks.cut(5, 5, NOW), [(NORTH, 5)], "only North goes back");
        let again = ReadMark { conversation: SOUTH, up_to: 5, at: NOW };
        let north = ReadMark { conversation: NORTH, up_to: 5, at: 9 };
        assert_eq!(marks.read(), [north, again]);
        assert!(!marks.has_read(NORTH, 5) && marks.has_read(NORTH, 6));
    }
}
