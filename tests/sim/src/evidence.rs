//! Evidence, in the model: signed by the device that brings it, for the fact that brings it, or not recorded.

use ed25519_dalek::{Signer as _, SigningKey, Verifier as _};
use waypost_domain::Recorded;
use waypost_protocol::{
    Body, EnrolmentId, EvidenceItem, EvidenceKind, EvidenceManifest, FactId, SignedManifest,
    StopId, StopState,
};

use crate::device::Device;
use crate::story::{Broken, broken};

/// The key of a device: it follows from its enrolment, so that a run follows from its seed.
pub(crate) fn key_of(enrolment: EnrolmentId) -> SigningKey {
    let mut seed = [0; 32];
    seed[..16].copy_from_slice(enrolment.as_bytes());
    SigningKey::from_bytes(&seed)
}

/// What a device shows for an outcome.
pub(crate) fn signed(
    stop: StopId,
    fact: FactId,
    outcome: StopState,
    by: EnrolmentId,
) -> SignedManifest {
    let scan = EvidenceItem {
        kind: EvidenceKind::Scan,
        captured_at: 0,
        original: None,
        preview: None,
        text: "00340123450000000018".into(),
        at: None,
    };
    let (items, counts, note) = (vec![scan], Vec::new(), String::new());
    let manifest = EvidenceManifest { stop, fact, outcome, items, received_by: None, counts, note };
    SignedManifest::of(&manifest, |message| key_of(by).sign(message).to_bytes())
}

/// What is in the record proves what it says.
pub(crate) fn is_proven(fact: &Recorded, body: &Body, devices: &[Device]) -> Result<(), Broken> {
    let Body::StopMoved { moved, .. } = body else { return Ok(()) };
    let Some(proof) = &moved.proof else { return Ok(()) };
    let device = devices.iter().find(|device| Some(device.enrolment) == fact.enrolment);
    let is_signed = device.is_some_and(|device| {
        let signature = proof.signature.0.as_slice().try_into();
        let key = key_of(device.enrolment).verifying_key();
        signature.is_ok_and(|signature| key.verify(&proof.message(), &signature).is_ok())
    });
    let is_of_this = proof.manifest().is_ok_and(|manifest| {
        (manifest.stop, manifest.fact, manifest.outcome) == (moved.stop, fact.id, moved.to)
    });
    match is_signed && is_of_this {
        true => Ok(()),
        false => broken("evidence proves what it comes with", format!("{}", fact.sequence)),
    }
}
