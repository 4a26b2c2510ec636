//! Why something was refused: one list of codes for MQTT, HTTP and the screens.

use minicbor::{Decode, Decoder, Encode, Encoder};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

macro_rules! problem_codes {
    ($($number:literal $name:ident $slug:literal $status:literal $what:literal;)*) => {
        /// A stable code for a refusal. On MQTT it is a number; on HTTP the slug ends the `type`
        /// URI of an RFC 9457 problem. Codes are never reused.
        ///
        /// ```
        /// use waypost_protocol::ProblemCode;
        ///
        /// assert_eq!(ProblemCode::NotAllowed.slug(), "not-allowed");
        /// assert_eq!(ProblemCode::from_number(5), ProblemCode::NotAllowed);
        /// assert_eq!(ProblemCode::from_number(4711), ProblemCode::Other(4711));
        /// ```
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum ProblemCode {
            $(
                #[doc = $what]
                $name,
            )*
            /// A code from a newer version, by its number; 0 if only its name came (in JSON).
            /// Made by [`ProblemCode::from_number`] alone, so that no code has two values.
            Other(u16),
        }

        impl ProblemCode {
            /// Every code of this version, in the order of its number.
            pub const ALL: &[ProblemCode] = &[$(ProblemCode::$name),*];

            /// The code of this number on the wire.
            pub fn from_number(number: u16) -> Self {
                match number { $($number => Self::$name,)* other => Self::Other(other) }
            }

            /// The number on the wire.
            pub fn number(self) -> u16 {
                match self { $(Self::$name => $number,)* Self::Other(number) => number }
            }

            /// The stable name, as it stands in URIs, logs and locale files; `other` for the codes
            /// of newer versions.
            pub fn slug(self) -> &'static str {
                match self { $(Self::$name => $slug,)* Self::Other(_) => "other" }
            }

            /// What is wrong and what to do about it, in English, for developers.
            pub fn what_to_do(self) -> &'static str {
                match self {
                    $(Self::$name => $what,)*
                    Self::Other(_) => "This version does not know the code. Update it.",
                }
            }

            /// The HTTP status that carries this code.
            pub fn http_status(self) -> u16 {
                match self { $(Self::$name => $status,)* Self::Other(_) => 500 }
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
    21 HandleTaken "handle-taken" 409 "Another person has this handle. Choose another one.";
    22 AlreadyDone "already-done" 409 "This is so already. Nothing has to be done.";
    23 RateLimited "rate-limited" 429 "Too many requests. Wait as long as Retry-After says.";
    24 Outdated "outdated" 412 "It was changed in the meantime. Read it again, and change that.";
    25 Blocked "blocked" 403 "This person does not want to hear from you. Write to dispatch, or to someone else.";
    26 EvidenceInvalid "evidence-invalid" 422 "The evidence is not signed by this device, or not for this. Capture it again.";
    27 UploadOffset "upload-offset" 409 "The upload is at another offset. Ask for it by HEAD and go on from there.";
    28 ChecksumMismatch "checksum-mismatch" 460 "What came is not what its checksum says. Send it again.";
    29 QuotaExceeded "quota-exceeded" 413 "Too much waits to be uploaded. Finish other uploads, or give them up.";
    30 StorageFull "storage-full" 507 "The server has no room for it now. Try again later.";
    31 RangeBeyond "range-beyond" 416 "The range begins beyond the end. Ask for another one.";
}

impl<C> Encode<C> for ProblemCode {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.u16(self.number())?.ok()
    }
}

impl<'b, C> Decode<'b, C> for ProblemCode {
    fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        d.u16().map(Self::from_number)
    }
}

/// The slug, or `other-<number>`.
impl Serialize for ProblemCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Other(number) => serializer.collect_str(&format_args!("other-{number}")),
            known => serializer.serialize_str(known.slug()),
        }
    }
}

/// A slug that this version does not know is no error; it gives `Other(0)`.
impl<'de> Deserialize<'de> for ProblemCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let slug = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        let known = Self::ALL.iter().find(|code| code.slug() == slug).copied();
        let numbered = || Some(Self::from_number(slug.strip_prefix("other-")?.parse().ok()?));
        Ok(known.or_else(numbered).unwrap_or(Self::Other(0)))
    }
}

#[cfg(feature = "openapi")]
impl utoipa::PartialSchema for ProblemCode {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .enum_values(Some(Self::ALL.iter().map(|code| code.slug())))
            .description(Some("A stable code for a refusal. More codes may come."))
            .into()
    }
}

#[cfg(feature = "openapi")]
impl utoipa::ToSchema for ProblemCode {}
