//! What a sender says that its bytes are.

use sha2::{Digest as _, Sha256};

/// What the bytes of one request have to be.
pub enum Checksum {
    /// SHA-1, which is what the checksums of tus always include.
    Sha1([u8; 20]),
    /// SHA-256.
    Sha256([u8; 32]),
}

/// Hashes what comes, if someone wants to know.
pub(super) enum Hashing {
    Sha1(sha1::Sha1, [u8; 20]),
    Sha256(Sha256, [u8; 32]),
    Nothing,
}

impl Hashing {
    pub(super) fn of(wanted: Option<Checksum>) -> Self {
        match wanted {
            Some(Checksum::Sha1(sum)) => Self::Sha1(sha1::Sha1::default(), sum),
            Some(Checksum::Sha256(sum)) => Self::Sha256(Sha256::new(), sum),
            None => Self::Nothing,
        }
    }

    pub(super) fn takes(&mut self, bytes: &[u8]) {
        match self {
            Self::Sha1(hash, _) => hash.update(bytes),
            Self::Sha256(hash, _) => hash.update(bytes),
            Self::Nothing => {}
        }
    }

    pub(super) fn fits(self) -> bool {
        match self {
            Self::Sha1(hash, sum) => <[u8; 20]>::from(hash.finalize()) == sum,
            Self::Sha256(hash, sum) => <[u8; 32]>::from(hash.finalize()) == sum,
            Self::Nothing => true,
        }
    }

    pub(super) fn is_wanted(&self) -> bool {
        !matches!(self, Self::Nothing)
    }
}
