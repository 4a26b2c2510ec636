//! Why something did not go as it was planned, in words.

use waypost_protocol::ReasonCode;

use crate::Texts;

impl Texts {
    /// The name of a reason.
    pub fn reason(&self, reason: ReasonCode) -> String {
        self.message(key_of(reason), &[])
    }
}

fn key_of(reason: ReasonCode) -> &'static str {
    match reason {
        ReasonCode::Other => "reason-other",
        ReasonCode::ConsigneeAbsent => "reason-consignee-absent",
        ReasonCode::ConsigneeClosed => "reason-consignee-closed",
        ReasonCode::AddressWrong => "reason-address-wrong",
        ReasonCode::AddressNotFound => "reason-address-not-found",
        ReasonCode::RefusedByConsignee => "reason-refused-by-consignee",
        ReasonCode::GoodsDamaged => "reason-goods-damaged",
        ReasonCode::GoodsMissing => "reason-goods-missing",
        ReasonCode::GoodsWrong => "reason-goods-wrong",
        ReasonCode::NoAccess => "reason-no-access",
        ReasonCode::UnsuitableFacility => "reason-unsuitable-facility",
        ReasonCode::NotEnoughTime => "reason-not-enough-time",
        ReasonCode::WindowMissed => "reason-window-missed",
        ReasonCode::ReceivingTimeRestricted => "reason-receiving-time-restricted",
        ReasonCode::VehicleBreakdown => "reason-vehicle-breakdown",
        ReasonCode::Accident => "reason-accident",
        ReasonCode::Traffic => "reason-traffic",
        ReasonCode::Weather => "reason-weather",
        ReasonCode::Customs => "reason-customs",
        ReasonCode::DocumentsMissing => "reason-documents-missing",
        ReasonCode::PaymentMissing => "reason-payment-missing",
        ReasonCode::OtherDateWanted => "reason-other-date-wanted",
        ReasonCode::ShipperCancelled => "reason-shipper-cancelled",
        ReasonCode::Overweight => "reason-overweight",
        ReasonCode::PreviousStop => "reason-previous-stop",
        ReasonCode::DriverUnavailable => "reason-driver-unavailable",
    }
}
