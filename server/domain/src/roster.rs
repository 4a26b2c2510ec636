//! Who looks after whom, and who works when: what is known of it at the moment of a decision.

use std::collections::{BTreeMap, BTreeSet};

use waypost_protocol::{
    Body, ConversationId, Coverage, FactId, Millis, PersonId, ProblemCode, Shift,
};

use crate::access::may_be_served;
use crate::decide::Desk;
use crate::known::Known;
use crate::rights::{Right, may};
use crate::wanted::Wanted;

/// What the server knows of coverages and of the shifts of now.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Roster {
    /// Every coverage.
    pub coverages: BTreeMap<u32, Coverage>,
    /// The shifts that cover the moment of the decision, if it asks for them, and those that it names.
    pub shifts: BTreeMap<FactId, ShiftState>,
}

/// A shift, and whether it is worked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ShiftState {
    /// Who, and when.
    pub shift: Shift,
    /// Whether it is not worked.
    pub cancelled: bool,
}

impl Roster {
    /// Who is on shift at this time.
    pub(crate) fn on_shift(&self, at: Millis) -> BTreeSet<PersonId> {
        self.working(at).map(|shift| shift.person).collect()
    }

    /// Who is on call at this time.
    pub(crate) fn on_call(&self, at: Millis) -> BTreeSet<PersonId> {
        self.working(at).filter(|shift| shift.on_call).map(|shift| shift.person).collect()
    }

    fn working(&self, at: Millis) -> impl Iterator<Item = &Shift> {
        let worked = self.shifts.values().filter(|state| !state.cancelled);
        worked.map(|state| &state.shift).filter(move |shift| shift.covers(at))
    }

    /// After whom these coverages look.
    pub(crate) fn covered_by(&self, coverages: &[u32]) -> impl Iterator<Item = PersonId> {
        let named = coverages.iter().filter_map(|coverage| self.coverages.get(coverage));
        named.flat_map(|coverage| coverage.drivers.iter().copied())
    }

    /// Who looks after these people.
    pub(crate) fn covering(&self, people: &[PersonId]) -> BTreeSet<PersonId> {
        let covers = |coverage: &&Coverage| coverage.drivers.iter().any(|it| people.contains(it));
        let theirs = self.coverages.values().filter(covers);
        theirs.flat_map(|coverage| coverage.dispatchers.iter().copied()).collect()
    }
}

/// Whose shifts these are: where a fact about one is told depends on it.
pub fn wanted_by_roster(known: &Known) -> Wanted {
    let people = known.roster.shifts.values().map(|state| state.shift.person);
    Wanted { people: people.collect(), ..Wanted::default() }
}

impl Known {
    /// Whether someone is there and their role fits.
    pub(crate) fn has_role(
        &self,
        person: PersonId,
        fits: impl Fn(waypost_protocol::Role) -> bool,
    ) -> bool {
        self.people.get(&person).is_some_and(|state| fits(state.role))
    }
}

impl Desk<'_, '_> {
    /// A coverage has people of the staff on one side, and those whom dispatch serves on the other.
    pub(crate) fn draft_coverage(&self, coverage: u32, of: &Coverage) -> Result<Body, ProblemCode> {
        let serves =
            |person: &PersonId| self.known.has_role(*person, |role| may(role, Right::WorkCases));
        let served = |person: &PersonId| self.known.has_role(*person, may_be_served);
        match of.dispatchers.iter().all(serves) && of.drivers.iter().all(served) {
            true => Ok(Body::CoverageSet { coverage, of: of.clone() }),
            false => Err(ProblemCode::NotFound),
        }
    }

    pub(crate) fn draft_shift(&self, shift: Shift) -> Result<Body, ProblemCode> {
        match self.known.has_role(shift.person, |role| may(role, Right::Write)) {
            true => Ok(Body::ShiftPlanned { shift }),
            false => Err(ProblemCode::NotFound),
        }
    }

    pub(crate) fn draft_end_of_shift(&self, shift: FactId) -> Result<Body, ProblemCode> {
        match self.known.roster.shifts.get(&shift) {
            None => Err(ProblemCode::NotFound),
            Some(state) if state.cancelled => Err(ProblemCode::AlreadyDone),
            Some(state) => Ok(Body::ShiftCancelled { shift, person: state.shift.person }),
        }
    }

    /// Where the shifts of a person are told: to whom dispatch serves and the staff, or to the staff alone.
    pub(crate) fn roster_of(&self, person: PersonId) -> ConversationId {
        match self.known.has_role(person, may_be_served) {
            true => ConversationId::Dispatch(person),
            false => ConversationId::Staff,
        }
    }

    /// Lets the rest of the batch see what this changes.
    pub(crate) fn note_roster(&mut self, id: FactId, body: &Body) {
        let roster = &mut self.known.roster;
        match body {
            Body::CoverageSet { coverage, of } => {
                roster.coverages.insert(*coverage, of.clone());
                self.coverages_set = true;
            }
            Body::ShiftPlanned { shift } => {
                roster.shifts.insert(id, ShiftState { shift: *shift, cancelled: false });
            }
            Body::ShiftCancelled { shift, .. } => {
                if let Some(state) = roster.shifts.get_mut(shift) {
                    state.cancelled = true;
                }
            }
            _ => {}
        }
    }
}
