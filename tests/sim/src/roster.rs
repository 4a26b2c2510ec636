//! Who looks after whom and who works when, in the model.

use std::collections::{BTreeMap, BTreeSet};

use waypost_domain::Recorded;
use waypost_domain::live::SHIFTS_MATTER_FOR_MS;
use waypost_protocol::{Body, Coverage, FactId, Millis, PersonId, Recipients, Shift};

/// The roster of one epoch.
#[derive(Clone, Default)]
pub(crate) struct Roster {
    coverages: BTreeMap<u32, Coverage>,
    shifts: BTreeMap<FactId, Shift>,
}

impl Roster {
    pub(crate) fn hears(&mut self, fact: &Recorded) {
        match fact.content.to_body() {
            Ok(Body::CoverageSet { coverage, of }) => drop(self.coverages.insert(coverage, of)),
            Ok(Body::ShiftPlanned { shift }) => drop(self.shifts.insert(fact.id, shift)),
            Ok(Body::ShiftCancelled { shift, .. }) => drop(self.shifts.remove(&shift)),
            _ => {}
        }
    }

    /// Adds whom these recipients name by coverages and calls, and takes away whom they exclude.
    pub(crate) fn resolve(&self, to: &Recipients, at: Millis, people: &mut BTreeSet<PersonId>) {
        let works = |shift: &&Shift| shift.from <= at && at < shift.until;
        let now: Vec<_> = self.shifts.values().filter(works).collect();
        for coverage in &to.coverages {
            people.extend(self.coverages.get(coverage).into_iter().flat_map(|it| &it.drivers));
        }
        people.extend(now.iter().filter(|it| to.on_call && it.on_call).map(|it| it.person));
        people.retain(|person| !to.on_shift || now.iter().any(|it| it.person == *person));
    }

    /// Whether they work by shifts, and have none at this time.
    pub(crate) fn is_off(&self, person: PersonId, at: Millis) -> bool {
        let shifts = || self.shifts.values().filter(|it| it.person == person);
        let lately = at - SHIFTS_MATTER_FOR_MS;
        shifts().any(|it| it.until > lately) && !shifts().any(|it| it.from <= at && at < it.until)
    }

    /// Who looks after one of these.
    pub(crate) fn covering(&self, people: &[PersonId]) -> BTreeSet<PersonId> {
        let mut covering = BTreeSet::new();
        for coverage in self.coverages.values() {
            if people.iter().any(|person| coverage.drivers.contains(person)) {
                covering.extend(&coverage.dispatchers);
            }
        }
        covering
    }
}
