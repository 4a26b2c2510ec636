//! Why something did not go as it was planned: one list for drivers, dispatch and the customer's systems.

use minicbor::{Decode, Decoder, Encode, Encoder, decode::Error};
use serde::{Deserialize, Serialize};

macro_rules! reasons {
    ($($number:literal $name:ident $slug:literal $x12:expr, $edifact:expr, $what:literal;)*) => {
        /// Why something did not go as it was planned.
        ///
        /// ```
        /// use waypost_protocol::ReasonCode;
        ///
        /// assert_eq!(ReasonCode::ConsigneeClosed.x12(), Some("B1"));
        /// assert_eq!(ReasonCode::ConsigneeClosed.name(), "consignee-closed");
        /// ```
        #[derive(
            Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize,
        )]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[serde(rename_all = "kebab-case")]
        pub enum ReasonCode {
            /// Anything else: the words beside it say what.
            #[default]
            Other,
            $(
                #[doc = $what]
                $name,
            )*
        }

        impl ReasonCode {
            /// Every reason.
            pub const ALL: &[ReasonCode] = &[$(Self::$name,)* Self::Other];

            fn of(number: u16) -> Self {
                match number { $($number => Self::$name,)* _ => Self::Other }
            }

            fn number(self) -> u16 {
                match self { $(Self::$name => $number,)* Self::Other => 0 }
            }

            /// The name, as in JSON.
            pub fn name(self) -> &'static str {
                match self { $(Self::$name => $slug,)* Self::Other => "other" }
            }

            /// The reason in element 1651 (AT702) of a shipment status message of X12 (transaction set 214),
            /// if there is one that says the same.
            pub fn x12(self) -> Option<&'static str> {
                match self { $(Self::$name => $x12,)* Self::Other => Some("BG") }
            }

            /// The reason in data element 9013 of a status message of UN/EDIFACT (IFTSTA), if there is one that
            /// says the same. The numbers are those of the UN's own list, which subsets number otherwise.
            pub fn edifact(self) -> Option<&'static str> {
                match self { $(Self::$name => $edifact,)* Self::Other => None }
            }
        }
    };
}

reasons! {
    1 ConsigneeAbsent "consignee-absent" Some("AQ"), None, "Nobody who takes the goods was there.";
    2 ConsigneeClosed "consignee-closed" Some("B1"), Some("7"), "The place was closed.";
    3 AddressWrong "address-wrong" Some("A2"), Some("30"), "The address is not theirs.";
    4 AddressNotFound "address-not-found" Some("A5"), None, "The place was not found.";
    5 RefusedByConsignee "refused-by-consignee" Some("BS"), Some("90"), "The goods were not taken.";
    6 GoodsDamaged "goods-damaged" None, Some("14"), "The goods are damaged.";
    7 GoodsMissing "goods-missing" None, Some("27"), "Not all of the goods are there.";
    8 GoodsWrong "goods-wrong" None, Some("92"), "The goods are others than were ordered.";
    9 NoAccess "no-access" None, None, "There is no way in.";
    10 UnsuitableFacility "unsuitable-facility" Some("B8"), None, "The goods cannot be unloaded there.";
    11 NotEnoughTime "not-enough-time" Some("BH"), None, "The time was too short.";
    12 WindowMissed "window-missed" Some("A1"), None, "The vehicle came after the window.";
    13 ReceivingTimeRestricted "receiving-time-restricted" Some("B9"), None, "Goods are taken at other times.";
    14 VehicleBreakdown "vehicle-breakdown" Some("AI"), Some("35"), "The vehicle does not go on.";
    15 Accident "accident" Some("AF"), Some("88"), "There was an accident.";
    16 Traffic "traffic" Some("BE"), Some("58"), "The road was blocked, or slow.";
    17 Weather "weather" Some("AO"), Some("63"), "The weather did not allow it.";
    18 Customs "customs" Some("CA"), Some("24"), "Customs hold the goods.";
    19 DocumentsMissing "documents-missing" Some("BC"), Some("37"), "Papers are missing, or wrong.";
    20 PaymentMissing "payment-missing" Some("B4"), Some("46"), "It was not paid.";
    21 OtherDateWanted "other-date-wanted" Some("AD"), Some("38"), "The customer wants another time.";
    22 ShipperCancelled "shipper-cancelled" Some("AM"), None, "Whoever sent it wants it no more.";
    23 Overweight "overweight" Some("BQ"), None, "It is too heavy.";
    24 PreviousStop "previous-stop" Some("AL"), None, "It took longer at the stop before.";
    25 DriverUnavailable "driver-unavailable" Some("D2"), None, "There is no driver for it, or no driving time left.";
}

impl<C> Encode<C> for ReasonCode {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.u16(self.number())?.ok()
    }
}

/// A reason that this version does not know is taken for another one: that it did not go as planned matters
/// more than why.
impl<'b, C> Decode<'b, C> for ReasonCode {
    fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, Error> {
        d.u16().map(Self::of)
    }
}
