//! What has become of a trip.

use serde::{Deserialize, Serialize};

use crate::stop::{PlanReply, StopWord, driver_of};
use crate::{Body, FactId, Millis, PersonId, Stop, StopId, TripId, TripPlan};

/// A trip. It is what the facts about it have made of it, one by one in the order of the record, on the server
/// and on every device that reads them alike. What becomes of its stops, and which these are, each says itself
/// ([`crate::Stop`]).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Trip {
    /// What is planned.
    pub plan: TripPlan,
    /// The fact that says so.
    pub planned: FactId,
    /// When (milliseconds since 1970).
    pub planned_at: Millis,
    /// By whom.
    pub planned_by: PersonId,
    /// Whose it is; nobody's yet, if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub driver: Option<PersonId>,
    /// What the driver has answered last, be it to this plan or to one before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply: Option<PlanReply>,
    /// The plan to which the driver has agreed, if that was another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agreed: Option<Box<TripPlan>>,
}

impl Trip {
    /// The trips that a fact is about.
    pub fn of(body: &Body) -> Vec<TripId> {
        match body {
            Body::TripPlanned { trip, .. } | Body::TripHandedOver { trip, .. } => vec![*trip],
            Body::PlansAnswered { answers, .. } => {
                answers.iter().filter_map(|answer| answer.trip).collect()
            }
            _ => Vec::new(),
        }
    }

    /// What a trip has become by a fact about it; `None` while nobody has planned it.
    pub fn after(known: Option<Self>, id: TripId, word: StopWord<'_>) -> Option<Self> {
        match (known, word.body) {
            (None, Body::TripPlanned { plan, .. }) => Some(Self {
                plan: (**plan).clone(),
                planned: word.id,
                planned_at: word.recorded_at,
                planned_by: word.author,
                driver: driver_of(word.place),
                reply: None,
                agreed: None,
            }),
            (None, _) => None,
            (Some(mut trip), _) => {
                trip.hears(id, word);
                Some(trip)
            }
        }
    }

    /// Whether the driver has yet to say whether they agree with the order of its stops.
    pub fn asks(&self) -> bool {
        self.driver.is_some() && self.reply.as_ref().is_none_or(|reply| reply.plan != self.planned)
    }

    /// Puts its stops into the order in which they are driven: as planned, then by their windows.
    pub fn put_in_order(&self, stops: &mut [(StopId, Stop)]) {
        stops.sort_by_key(|(id, stop)| {
            let planned = self.plan.order.iter().position(|it| it == id).unwrap_or(usize::MAX);
            let window = stop.plan.as_ref().and_then(|plan| plan.window.as_ref());
            (planned, window.map_or(Millis::MAX, |window| window.from), *id)
        });
    }

    fn hears(&mut self, id: TripId, word: StopWord<'_>) {
        match word.body {
            Body::TripPlanned { plan, .. } => {
                let driver = driver_of(word.place);
                if self.driver != driver {
                    (self.driver, self.reply, self.agreed) = (driver, None, None);
                }
                let before = std::mem::replace(&mut self.plan, (**plan).clone());
                if self.has_agreed() {
                    self.agreed = Some(before.into());
                }
                (self.planned, self.planned_at) = (word.id, word.recorded_at);
                self.planned_by = word.author;
            }
            Body::TripHandedOver { to, .. } => {
                (self.driver, self.reply, self.agreed) = (*to, None, None);
            }
            Body::PlansAnswered { answers, accepted, reason, text } => {
                let mut newest = answers.iter().rev();
                let answered = newest.find(|it| it.trip == Some(id)).map(|it| it.plan);
                if let Some(plan) = answered.filter(|_| driver_of(word.place) == self.driver) {
                    let (accepted, at) = (*accepted, word.at());
                    let (reason, text) = (*reason, text.clone());
                    self.reply = Some(PlanReply { plan, accepted, reason, text, at });
                    if self.has_agreed() {
                        self.agreed = None;
                    }
                }
            }
            _ => {}
        }
    }

    fn has_agreed(&self) -> bool {
        self.reply.as_ref().is_some_and(|reply| reply.accepted && reply.plan == self.planned)
    }
}
