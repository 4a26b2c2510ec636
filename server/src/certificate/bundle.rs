//! The bundle for machines. All bytes are base64, all hashes hexadecimal.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use waypost_protocol::{EnrolmentId, FactId, Millis, Sha256Hash, StopId};

/// What stands first in every bundle. A later format has another number.
pub const BUNDLE_FORMAT: &str = "waypost delivery certificate 1";

/// What proves how it went at a stop, so that anyone can check it without the server.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
pub struct Bundle {
    /// `waypost delivery certificate 1`.
    pub format: String,
    /// The stop.
    pub stop: StopId,
    /// The fact that says how it went there, with the manifest of what shows it.
    pub fact: FactId,
    /// What people call all this. The server says so; nothing proves it.
    pub told: Told,
    /// The fact as it stands in the record.
    pub record: VouchedRecord,
    /// The device that has signed the manifest.
    pub device: DeviceKey,
    /// The files that the manifest lists, as far as the server has them.
    pub files: Vec<BundleFile>,
}

/// What people call it.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, ToSchema)]
pub struct Told {
    /// The stop.
    pub stop: String,
    /// Where it is.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub address: String,
    /// The trip.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub trip: String,
    /// Who was there.
    pub driver: String,
}

/// A fact in the record, and that it is there.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
pub struct VouchedRecord {
    /// Its number, from 1 on.
    pub n: u64,
    /// When the server recorded it, by its own clock (milliseconds since 1970).
    pub recorded_at: Millis,
    /// The leaf of the audit tree (CBOR; see `docs/reliability.md`), which ends in the commitment to the content.
    pub leaf: String,
    /// With it the commitment was made: SHA-256 over salt, kind (two bytes, big endian) and content.
    pub salt: String,
    /// The kind of the content.
    pub kind: u16,
    /// The content: CBOR of what the driver has said, with the signed manifest.
    pub content: String,
    /// The hashes that lead from the leaf to the root (RFC 9162, section 2.1.3).
    pub path: Vec<Sha256Hash>,
    /// Size and root of the tree, as the server has signed them (C2SP tlog-checkpoint).
    pub checkpoint: String,
    /// The Ed25519 signature of the server over the checkpoint.
    pub signature: String,
    /// The key that has signed it. Compare it with the key that the company has published.
    pub server_key: String,
}

/// A device and its key.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
pub struct DeviceKey {
    /// The enrolment of the device.
    pub enrolment: EnrolmentId,
    /// Its Ed25519 key. The server vouches that it is that of this device.
    pub public_key: String,
}

/// A file of the evidence.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
pub struct BundleFile {
    /// What it hashes to.
    pub sha256: Sha256Hash,
    /// Its bytes; absent if they are still on their way, or too large to go along.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data: Option<String>,
}
