//! Why something was refused: one list of codes for MQTT, HTTP and the screens.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

macro_rules! problem_codes {
    ($($number:literal $name:ident $slug:literal $status:literal $what:literal;)*) => {
        /// A stable code for a refusal. On MQTT it is a number; on HTTP the slug ends the `type`
        /// URI of an RFC 9457 problem. Codes are never reused.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, Encode, Decode)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[cbor(index_only)]
        pub enum ProblemCode {
            $(
                #[doc = $what]
                #[n($number)]
                #[serde(rename = $slug)]
                $name,
            )*
        }

        impl ProblemCode {
            /// Every code, in the order of its number.
            pub const ALL: &[ProblemCode] = &[$(ProblemCode::$name),*];

            /// The stable name, as it stands in URIs, logs and locale files.
            pub fn slug(self) -> &'static str {
                match self { $(Self::$name => $slug),* }
            }

            /// What is wrong and what to do about it, in English, for developers.
            pub fn what_to_do(self) -> &'static str {
                match self { $(Self::$name => $what),* }
            }

            /// The HTTP status that carries this code.
            pub fn http_status(self) -> u16 {
                match self { $(Self::$name => $status),* }
            }
        }
    };
}

problem_codes! {
    1 Malformed "malformed" 400 "The request cannot be read. Compare it with the schema.";
    2 UnknownFrame "unknown-frame" 400 "The frame is of no known type. Update the server or the device.";
    3 TooLarge "too-large" 413 "The request exceeds a bound. Send less at a time.";
    4 NotEnrolled "not-enrolled" 401 "The credential is unknown, expired or revoked. Enrol the device again.";
    5 NotAllowed "not-allowed" 403 "This person may not do this. Ask an admin for the right.";
    6 NotFound "not-found" 404 "There is no such thing here, or this person may not know of it.";
    7 IdReused "id-reused" 409 "The same id was used with other content. Mint a new id.";
    8 IdMalformed "id-malformed" 422 "The id of a fact must be a UUIDv7 (RFC 9562). Mint a new one.";
    9 UnknownKind "unknown-kind" 422 "This server does not know this kind of fact. Update the server.";
    10 ContentInvalid "content-invalid" 422 "The content breaks a rule of its kind. Correct it.";
    11 NeedsRejected "needs-rejected" 422 "What this depends on was refused. Mend that first.";
    12 MarkBeyondRecord "mark-beyond-record" 422 "The mark lies beyond the end of the record. Pull first.";
    13 Overloaded "overloaded" 503 "The server is full at the moment. Try again with back-off.";
    14 TokenSpent "token-spent" 410 "The enrolment link was used or has expired. Ask for a new one.";
    15 TopicForeign "topic-foreign" 403 "This topic does not belong to this enrolment. Use your own.";
    16 RetainRefused "retain-refused" 400 "Retained messages are not kept. Publish without the retain flag.";
    17 MethodNotAllowed "method-not-allowed" 405 "This resource has no such method. See the API document.";
    18 MediaTypeUnsupported "media-type-unsupported" 415 "Send application/json or application/cbor as documented.";
    19 Internal "internal" 500 "The server failed. It has logged the cause under the id given here.";
    20 Stopping "stopping" 503 "The server is shutting down. Try again in a moment.";
}
