//! The binary forms of what people report, and of what becomes of it.

use minicbor::{Decode, Encode};

use super::super::report::read_reason;
use super::super::{FlagRule, Quote, ReportReason, Verdict};
use crate::FactId;

#[derive(Encode, Decode)]
pub(super) struct ReportedWire {
    #[n(0)]
    pub(super) quote: Box<Quote>,
    #[n(1)]
    #[cbor(decode_with = "read_reason")]
    pub(super) reason: ReportReason,
    #[n(2)]
    pub(super) text: String,
}

#[derive(Encode, Decode)]
pub(super) struct FlaggedWire {
    #[n(0)]
    pub(super) quote: Box<Quote>,
    #[n(1)]
    pub(super) rules: Vec<String>,
}

#[derive(Encode, Decode)]
pub(super) struct JudgedWire {
    #[n(0)]
    pub(super) message: FactId,
    #[n(1)]
    pub(super) verdict: Verdict,
    #[n(2)]
    pub(super) text: String,
}

#[derive(Encode, Decode)]
pub(super) struct FlagRulesSetWire {
    #[n(0)]
    pub(super) rules: Vec<FlagRule>,
}

#[derive(Encode, Decode)]
pub(super) struct ExpirySetWire {
    #[n(0)]
    pub(super) after_s: Option<u32>,
}
