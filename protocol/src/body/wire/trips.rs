//! The binary forms of what is about trips and stops.

use minicbor::{Decode, Encode};

use super::super::{
    Answered, Header, ReasonCode, StopMove, StopPlan, StopState, TemplateUse, TripPlan,
};
use crate::{FactId, PersonId, StopId, TripId};

#[derive(Encode, Decode)]
pub(super) struct TripPlannedWire {
    #[n(0)]
    pub(super) trip: TripId,
    #[n(1)]
    pub(super) plan: Box<TripPlan>,
}

#[derive(Encode, Decode)]
pub(super) struct StopPlannedWire {
    #[n(0)]
    pub(super) stop: StopId,
    #[n(1)]
    pub(super) plan: Box<StopPlan>,
}

#[derive(Encode, Decode)]
pub(super) struct PlansAnsweredWire {
    #[n(0)]
    pub(super) answers: Vec<Answered>,
    #[n(1)]
    pub(super) accepted: bool,
    #[n(2)]
    pub(super) reason: Option<ReasonCode>,
    #[n(3)]
    pub(super) text: String,
}

#[derive(Encode, Decode)]
pub(super) struct StopMovedWire {
    #[n(0)]
    pub(super) moved: Box<StopMove>,
    #[n(1)]
    pub(super) text: String,
    #[n(2)]
    pub(super) template: Option<Box<TemplateUse>>,
    #[n(3)]
    #[cbor(skip_if = "Header::is_empty")]
    pub(super) header: Header,
}

#[derive(Encode, Decode)]
pub(super) struct StopSettledWire {
    #[n(0)]
    pub(super) stop: StopId,
    #[n(1)]
    pub(super) state: StopState,
    #[n(2)]
    pub(super) text: String,
}

#[derive(Encode, Decode)]
pub(super) struct TripHandedOverWire {
    #[n(0)]
    pub(super) trip: TripId,
    #[n(1)]
    pub(super) to: Option<PersonId>,
}

#[derive(Encode, Decode)]
pub(super) struct StopHandedOverWire {
    #[n(0)]
    pub(super) stop: StopId,
    #[n(1)]
    pub(super) to: TripId,
}

#[derive(Encode, Decode)]
pub(super) struct ConsigneeSaidWire {
    #[n(0)]
    pub(super) stop: StopId,
    #[n(1)]
    pub(super) said: Box<TemplateUse>,
    #[n(2)]
    pub(super) first: Option<FactId>,
    #[n(3)]
    #[cbor(skip_if = "Header::is_empty")]
    pub(super) header: Header,
}
