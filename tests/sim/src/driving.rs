//! What people wish for trips: dispatch plans, changes, hands over and decides, drivers answer and move; and each
//! tries what is not theirs.

use waypost_engine::Wish;
use waypost_protocol::{
    Answered, Body, ConversationId, FactId, Header, PersonId, ReasonCode, Role, Stop, StopId,
    StopMove, StopPlan, StopState, Trip, TripId, TripPlan,
};

use crate::evidence::signed;
use crate::places::place_of;
use crate::world::World;

/// How many of the newest trips and stops people are busy with.
const BUSY_WITH: usize = 8;

impl World {
    /// Something about trips.
    pub(crate) fn drive(&mut self, number: usize) -> Option<Wish> {
        let is_staff = self.devices[number].role.is_staff();
        let plans = if self.dice.chance(95) { is_staff } else { !is_staff };
        if plans { self.plan(number) } else { self.work_a_stop(number) }
    }

    fn plan(&mut self, _number: usize) -> Option<Wish> {
        let trip = self.a_trip();
        let new_trip = TripId::mint(self.at(), self.dice.wide());
        let (conversation, body) = match (self.dice.below(10), trip) {
            (0..2, _) | (_, None) => {
                let plan = Box::new(self.a_trip_plan());
                (place_of(self.a_driver()), Body::TripPlanned { trip: new_trip, plan })
            }
            (2, Some((trip, known))) => {
                let plan = Box::new(self.a_trip_plan());
                (place_of(known.driver), Body::TripPlanned { trip, plan })
            }
            (3..6, Some((trip, known))) => {
                let stop = match self.a_stop().filter(|_| self.dice.chance(40)) {
                    Some((stop, _)) => stop,
                    None => StopId::mint(self.at(), self.dice.wide()),
                };
                let name = format!("Stop {}", self.dice.below(3));
                let instructions = format!("Ring {}", self.dice.below(3));
                let plan = StopPlan { instructions, ..StopPlan::of(trip, name) };
                (place_of(known.driver), Body::StopPlanned { stop, plan: plan.into() })
            }
            (6, Some((trip, known))) => {
                let to = self.a_driver();
                (place_of(known.driver), Body::TripHandedOver { trip, to })
            }
            (7, Some((to, _))) => {
                let (stop, known) = self.a_stop()?;
                (place_of(known.driver), Body::StopHandedOver { stop, to })
            }
            (8, _) => {
                let (stop, known) = self.a_stop()?;
                let state = StopState::ALL[self.dice.index(9)];
                (place_of(known.driver), Body::StopSettled { stop, state, text: String::new() })
            }
            _ => {
                let (stop, known) = self.a_stop()?;
                let moved = StopMove::to(stop, StopState::ALL[1 + self.dice.index(8)]);
                (place_of(known.driver), moves(moved))
            }
        };
        Some(Wish::Say { conversation, body })
    }

    fn work_a_stop(&mut self, number: usize) -> Option<Wish> {
        let (stop, known) = self.a_stop()?;
        let device = &self.devices[number];
        let (person, by) = (device.person, device.enrolment);
        let conversation = ConversationId::Dispatch(person);
        if self.dice.chance(25) {
            let plan = known.planned?;
            let accepted = self.dice.chance(70);
            let reason = Some(ReasonCode::NotEnoughTime).filter(|_| !accepted);
            let answers = vec![Answered::stop(stop, plan)];
            let body = Body::PlansAnswered { answers, accepted, reason, text: String::new() };
            return Some(Wish::Say { conversation, body });
        }
        let to = StopState::ALL[2 + self.dice.index(6)];
        let seen = known.planned.filter(|_| self.dice.chance(70));
        let mut moved = StopMove { seen, ..StopMove::to(stop, to) };
        if !to.is_outcome() || !self.dice.chance(40) {
            return Some(Wish::Say { conversation, body: moves(moved) });
        }
        let id = FactId::mint(self.at(), self.dice.wide());
        let (fact, by) = match self.dice.below(10) {
            0 => (FactId::mint(self.at(), self.dice.wide()), by),
            1 => (id, self.devices[self.dice.index(self.devices.len())].enrolment),
            _ => (id, by),
        };
        moved.proof = Some(signed(stop, fact, to, by).into());
        Some(Wish::SayAs { id, conversation, body: moves(moved).into() })
    }

    fn a_trip_plan(&mut self) -> TripPlan {
        let name = format!("Trip {}", self.dice.below(5));
        TripPlan { name, day: "2026-03-02".into(), ..TripPlan::default() }
    }

    fn a_driver(&mut self) -> Option<PersonId> {
        let person = self.dice.pick(&self.people).filter(|_| self.dice.chance(85))?;
        let role = self.devices.iter().find(|it| it.person == person).map(|it| it.role);
        Some(person).filter(|_| role == Some(Role::Driver) || self.dice.chance(5))
    }

    fn a_trip(&mut self) -> Option<(TripId, Trip)> {
        let newest = self.servers.store.trips.iter().rev().take(BUSY_WITH);
        let newest: Vec<_> = newest.map(|(id, _)| *id).collect();
        let id = self.dice.pick(&newest)?;
        Some((id, self.servers.store.trips.get(&id)?.clone()))
    }

    pub(crate) fn a_stop(&mut self) -> Option<(StopId, Stop)> {
        let newest = self.servers.store.stops.iter().rev().take(BUSY_WITH);
        let newest: Vec<_> = newest.map(|(id, _)| *id).collect();
        let id = self.dice.pick(&newest)?;
        Some((id, self.servers.store.stops.get(&id)?.clone()))
    }
}

fn moves(moved: StopMove) -> Body {
    Body::StopMoved {
        moved: moved.into(),
        text: String::new(),
        template: None,
        header: Header::default(),
    }
}
