//! Whether evidence is what its device has signed.

use ed25519_dalek::{Signature, VerifyingKey};
use waypost_protocol::SignedManifest;

/// Whether the device with this Ed25519 key has signed these bytes (RFC 8032). A weak key has signed nothing.
pub fn is_signed_by(proof: &SignedManifest, key: &[u8; 32]) -> bool {
    let key = VerifyingKey::from_bytes(key);
    let signature = Signature::from_slice(&proof.signature.0);
    match (key, signature) {
        (Ok(key), Ok(signature)) => key.verify_strict(&proof.message(), &signature).is_ok(),
        _ => false,
    }
}
