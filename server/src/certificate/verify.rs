//! Checking a bundle, with nothing but the bundle: what it proves, and what it does not.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use ed25519_dalek::{Signature, Verifier as _, VerifyingKey};
use sha2::{Digest as _, Sha256};
use waypost_domain::audit::{Hash, commitment, leaf_hash, root_from};
use waypost_domain::is_signed_by;
use waypost_protocol::{Blob, Body, Content, EvidenceManifest, Sha256Hash, SignedManifest};

use super::bundle::{BUNDLE_FORMAT, Bundle};

/// What was found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Verified {
    /// One after the other.
    pub findings: Vec<Finding>,
    /// What is signed, if it can be read.
    pub manifest: Option<EvidenceManifest>,
}

/// One thing that was looked at, in words for people.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Finding {
    /// It is proved.
    Proved(String),
    /// Nothing here proves it, and nothing speaks against it.
    NotProved(String),
    /// It is wrong: this is no certificate of Waypost, or it was changed.
    Wrong(String),
}

impl Verified {
    /// Whether nothing is wrong.
    pub fn holds(&self) -> bool {
        !self.findings.iter().any(|finding| matches!(finding, Finding::Wrong(_)))
    }
}

/// The bundle in a file: the file itself, or what lies in the pages of a certificate.
///
/// # Errors
/// What is the matter with the file, in a sentence.
pub fn bundle_in(file: &[u8]) -> Result<Bundle, String> {
    let begin = match file.starts_with(b"%PDF-") {
        true => {
            let mark = format!("{{\"format\":\"{BUNDLE_FORMAT}\"");
            let mut at = file.windows(mark.len()).enumerate();
            let found = at.find(|(_, bytes)| *bytes == mark.as_bytes());
            found.ok_or("these pages hold no certificate of Waypost, or were saved anew")?.0
        }
        false => 0,
    };
    let mut bundles = serde_json::Deserializer::from_slice(&file[begin..]).into_iter::<Bundle>();
    let bundle = bundles.next().ok_or("the file is empty")?;
    let bundle = bundle.map_err(|error| format!("this is no certificate of Waypost: {error}"))?;
    match bundle.format == BUNDLE_FORMAT {
        true => Ok(bundle),
        false => Err(format!("this is a `{}`; a newer Waypost may know it", bundle.format)),
    }
}

/// Checks a bundle. `server_key` is the key of the server, if it is known from elsewhere; `files` gives the bytes
/// of a file that the bundle does not hold.
pub fn verify(
    bundle: &Bundle,
    server_key: Option<&[u8; 32]>,
    files: impl Fn(Sha256Hash) -> Option<Vec<u8>>,
) -> Verified {
    let mut check = Check { bundle, findings: Vec::new() };
    check.server(server_key);
    check.record(server_key.is_some());
    let manifest = check.manifest();
    if let Some(manifest) = &manifest {
        check.files(manifest, files);
    }
    check.what_nothing_proves();
    Verified { findings: check.findings, manifest }
}

struct Check<'b> {
    bundle: &'b Bundle,
    findings: Vec<Finding>,
}

impl Check<'_> {
    fn proved(&mut self, what: impl Into<String>) {
        self.findings.push(Finding::Proved(what.into()));
    }

    fn not_proved(&mut self, what: impl Into<String>) {
        self.findings.push(Finding::NotProved(what.into()));
    }

    fn wrong(&mut self, what: impl Into<String>) {
        self.findings.push(Finding::Wrong(what.into()));
    }

    fn manifest(&mut self) -> Option<EvidenceManifest> {
        let Some(proof) = self.proof() else {
            self.wrong("the content is no word of a driver with evidence");
            return None;
        };
        let key = fixed::<32>(&self.bundle.device.public_key);
        if !key.is_some_and(|key| is_signed_by(&proof, &key)) {
            self.wrong("the device has not signed this evidence, or it was changed afterwards");
            return None;
        }
        let manifest = proof.manifest().ok().filter(|manifest| manifest.check().is_ok());
        let Some(manifest) = manifest else {
            self.wrong("what the device has signed cannot be read");
            return None;
        };
        if (manifest.stop, manifest.fact) != (self.bundle.stop, self.bundle.fact) {
            self.wrong("the evidence is that of another stop");
            return None;
        }
        self.proved(format!(
            "the device of enrolment {} has signed this evidence for stop {} and no other: {}, with {} items",
            self.bundle.device.enrolment,
            manifest.stop,
            manifest.outcome.name(),
            manifest.items.len()
        ));
        Some(manifest)
    }

    fn proof(&self) -> Option<SignedManifest> {
        let Ok(Body::StopMoved { moved, .. }) = self.content()?.to_body() else { return None };
        moved.proof.map(|proof| *proof)
    }

    fn content(&self) -> Option<Content> {
        let record = &self.bundle.record;
        Some(Content { kind: record.kind, bytes: BASE64.decode(&record.content).ok()? })
    }

    fn record(&mut self, knows_server: bool) {
        let record = &self.bundle.record;
        let (leaf, salt) = (BASE64.decode(&record.leaf).ok(), fixed::<16>(&record.salt));
        let (Some(leaf), Some(salt), Some(content)) = (leaf, salt, self.content()) else {
            return self.wrong("the leaf of the record cannot be read");
        };
        // The commitment is the last element of a leaf.
        if !leaf.ends_with(&commitment(&salt, &content)) {
            return self.wrong("the record has committed to something else than this content");
        }
        let Some(said) = Said::of(&leaf) else {
            return self.wrong("the leaf of the record cannot be read");
        };
        let fits = said.n == record.n
            && said.id == *self.bundle.fact.as_bytes()
            && said.recorded_at == record.recorded_at
            && said.enrolment == Some(*self.bundle.device.enrolment.as_bytes());
        if !fits {
            return self.wrong("the leaf is that of another fact");
        }
        let Some((size, root)) = size_and_root(&record.checkpoint) else {
            return self.wrong("the checkpoint cannot be read");
        };
        let path: Vec<Hash> = record.path.iter().map(|hash| hash.0).collect();
        let at = record.n.saturating_sub(1);
        if root_from(leaf_hash(&leaf), at, size, &path) != Some(root) {
            return self.wrong("it is not in the record to which the checkpoint belongs");
        }
        let place = format!(
            "it stands in the record of that server under number {} of {size}, recorded at {}, and cannot have been \
             changed, left out or put there since the checkpoint was signed",
            record.n,
            time(record.recorded_at)
        );
        match knows_server {
            true => self.proved(place),
            false => {
                self.not_proved(format!("{place}: this holds if the server is that of the company"))
            }
        }
    }

    fn server(&mut self, known: Option<&[u8; 32]>) {
        let record = &self.bundle.record;
        let Some(key) = fixed::<32>(&record.server_key) else {
            return self.wrong("the key of the server cannot be read");
        };
        let signature = fixed::<64>(&record.signature).map(|it| Signature::from_bytes(&it));
        let signed = VerifyingKey::from_bytes(&key).ok().zip(signature);
        let signed =
            signed.is_some_and(|(key, it)| key.verify(record.checkpoint.as_bytes(), &it).is_ok());
        if !signed {
            return self.wrong("the server has not signed this checkpoint");
        }
        match known {
            Some(known) if *known == key => {
                self.proved("the checkpoint is signed by the server whose key you gave");
            }
            Some(_) => self.wrong("the checkpoint is signed by another server than that of your key"),
            None => self.not_proved(format!(
                "whose server has signed the checkpoint: compare its key {} with the one that the company has \
                 published, or give it with --key",
                record.server_key
            )),
        }
    }

    fn files(
        &mut self,
        manifest: &EvidenceManifest,
        elsewhere: impl Fn(Sha256Hash) -> Option<Vec<u8>>,
    ) {
        for (number, item) in (1..).zip(&manifest.items) {
            let Some(file) = &item.original else { continue };
            let held = self.bundle.files.iter().find(|held| held.sha256 == file.sha256);
            let held = held.and_then(|held| held.data.as_deref()).map(|data| BASE64.decode(data));
            let bytes = match held {
                Some(Ok(bytes)) => Some(bytes),
                Some(Err(_)) => {
                    self.wrong(format!("the bytes of item {number} cannot be read"));
                    continue;
                }
                None => elsewhere(file.sha256),
            };
            self.file(number, file, bytes);
        }
    }

    fn file(&mut self, number: u32, file: &Blob, bytes: Option<Vec<u8>>) {
        match bytes {
            None => self.not_proved(format!(
                "item {number}: its {} bytes are not here; they must hash to {}",
                file.size, file.sha256
            )),
            Some(bytes)
                if Sha256::digest(&bytes)[..] == file.sha256.0
                    && bytes.len() as u64 == file.size =>
            {
                self.proved(format!(
                    "item {number} ({}, {} bytes) is the file that the device has signed, to the last bit",
                    file.media_type, file.size
                ));
            }
            Some(_) => {
                self.wrong(format!("item {number} is not the file that the device has signed"))
            }
        }
    }

    fn what_nothing_proves(&mut self) {
        self.not_proved(
            "that the clock of the device was right: when it was done is what the device says",
        );
        self.not_proved("that the device was where it says, and who held it in their hands");
        self.not_proved("names of people and places: they are what was typed");
        self.not_proved("that the key is that of this enrolment: the server vouches for it");
    }
}

/// What a leaf says of itself, as far as it matters here.
struct Said {
    n: u64,
    id: [u8; 16],
    enrolment: Option<[u8; 16]>,
    recorded_at: i64,
}

impl Said {
    /// Reads the array that `waypost_domain::audit::LeafFields` writes.
    fn of(leaf: &[u8]) -> Option<Self> {
        let mut decoder = minicbor::Decoder::new(leaf);
        if decoder.array().ok()?? != 13 || decoder.u8().ok()? != 1 {
            return None;
        }
        decoder.u32().ok()?;
        let n = decoder.u64().ok()?;
        let id = decoder.bytes().ok()?.try_into().ok()?;
        // Kind and author.
        decoder.skip().ok()?;
        decoder.skip().ok()?;
        let enrolment = match decoder.datatype().ok()? {
            minicbor::data::Type::Bytes => Some(decoder.bytes().ok()?.try_into().ok()?),
            _ => decoder.skip().ok().map(|()| None)?,
        };
        // Audience, time, offset and skew.
        for _ in 0..4 {
            decoder.skip().ok()?;
        }
        Some(Self { n, id, enrolment, recorded_at: decoder.i64().ok()? })
    }
}

fn size_and_root(checkpoint: &str) -> Option<(u64, Hash)> {
    let mut lines = checkpoint.lines().skip(1);
    Some((lines.next()?.parse().ok()?, fixed(lines.next()?)?))
}

fn fixed<const N: usize>(base64: &str) -> Option<[u8; N]> {
    BASE64.decode(base64).ok()?.try_into().ok()
}

fn time(at: i64) -> String {
    let at = chrono::DateTime::from_timestamp_millis(at);
    at.map(|at| at.to_rfc3339()).unwrap_or_default()
}
