//! Whose shift it is, as far as others may know that someone is here.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use waypost_protocol::{FactId, Millis, PersonId, Shift};

/// How long after their last shift someone still works by shifts, in milliseconds: thirty days.
pub const SHIFTS_MATTER_FOR_MS: Millis = 30 * 24 * 60 * 60 * 1000;

/// Who works by shifts, and when.
#[derive(Default)]
pub(super) struct Shifts {
    of: BTreeMap<PersonId, BTreeMap<FactId, Range<Millis>>>,
    /// When something changes next for each of them; perhaps once too often.
    turns: BTreeSet<(Millis, PersonId)>,
    /// Those for whom that is to be looked up.
    unsettled: BTreeSet<PersonId>,
}

impl Shifts {
    pub(super) fn plan(&mut self, id: FactId, shift: Shift) {
        let Shift { person, from, until, .. } = shift;
        self.of.entry(person).or_default().insert(id, from..until);
        self.unsettled.insert(person);
    }

    pub(super) fn cancel(&mut self, person: PersonId, id: FactId) {
        if let Some(shifts) = self.of.get_mut(&person) {
            shifts.remove(&id);
            self.unsettled.insert(person);
        }
    }

    /// Whether they work by shifts, and have none at this time.
    pub(super) fn is_off(&self, person: PersonId, now: Millis) -> bool {
        let shifts = || self.of.get(&person).into_iter().flat_map(BTreeMap::values);
        shifts().any(|shift| matters(shift, now)) && !shifts().any(|shift| shift.contains(&now))
    }

    /// When the shift has begun that they have at this time, the first of them if there are several.
    pub(super) fn begun_at(&self, person: PersonId, now: Millis) -> Option<Millis> {
        let shifts = self.of.get(&person).into_iter().flat_map(BTreeMap::values);
        shifts.filter(|shift| shift.contains(&now)).map(|shift| shift.start).min()
    }

    /// Those for whom something has changed since this was asked last.
    pub(super) fn turned(&mut self, now: Millis) -> BTreeSet<PersonId> {
        let mut turned = std::mem::take(&mut self.unsettled);
        while let Some((_, person)) = self.turns.first().copied().filter(|(at, _)| *at <= now) {
            self.turns.pop_first();
            turned.insert(person);
        }
        turned.iter().for_each(|person| self.settle(*person, now));
        turned
    }

    fn settle(&mut self, person: PersonId, now: Millis) {
        let Some(shifts) = self.of.get_mut(&person) else { return };
        shifts.retain(|_, shift| matters(shift, now));
        let ends = |shift: &Range<Millis>| [shift.start, shift.end, last_matters(shift)];
        let next = shifts.values().flat_map(ends).filter(|at| *at > now).min();
        self.turns.extend(next.map(|at| (at, person)));
        if shifts.is_empty() {
            self.of.remove(&person);
        }
    }
}

fn matters(shift: &Range<Millis>, now: Millis) -> bool {
    now < last_matters(shift)
}

fn last_matters(shift: &Range<Millis>) -> Millis {
    shift.end.saturating_add(SHIFTS_MATTER_FOR_MS)
}
