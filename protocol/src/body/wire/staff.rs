//! The binary forms of what the staff share, and of the roster.

use minicbor::{Decode, Encode};

use super::super::incident::read_category;
use super::super::{Coverage, Header, IncidentCategory, Place, Shift, Step};
use crate::{FactId, PersonId};

#[derive(Encode, Decode)]
pub(super) struct IncidentWire {
    #[n(0)]
    #[cbor(decode_with = "read_category")]
    pub(super) category: IncidentCategory,
    #[n(1)]
    pub(super) text: String,
    #[n(2)]
    pub(super) place: Option<Place>,
    #[n(3)]
    pub(super) person: Option<PersonId>,
    #[n(4)]
    #[cbor(skip_if = "Header::is_empty")]
    pub(super) header: Header,
}

#[derive(Encode, Decode)]
pub(super) struct AssignedWire {
    #[n(0)]
    pub(super) to: Option<PersonId>,
    #[n(1)]
    pub(super) instead_of: Option<PersonId>,
}

#[derive(Encode, Decode)]
pub(super) struct ResolvedWire {
    #[n(0)]
    pub(super) text: String,
}

#[derive(Encode, Decode)]
pub(super) struct ReopenedWire {}

#[derive(Encode, Decode)]
pub(super) struct CoverageSetWire {
    #[n(0)]
    pub(super) coverage: u32,
    #[n(1)]
    pub(super) of: Coverage,
}

#[derive(Encode, Decode)]
pub(super) struct ShiftPlannedWire {
    #[n(0)]
    pub(super) shift: Shift,
}

#[derive(Encode, Decode)]
pub(super) struct ShiftCancelledWire {
    #[n(0)]
    pub(super) shift: FactId,
    #[n(1)]
    pub(super) person: PersonId,
}

#[derive(Encode, Decode)]
pub(super) struct ChainSetWire {
    #[n(0)]
    pub(super) chain: u32,
    #[n(1)]
    pub(super) name: String,
    #[n(2)]
    pub(super) steps: Vec<Step>,
}
