//! What the tests of this crate share: an enrolment that was never made over a network, and facts
//! of the record.

use std::path::Path;
use std::time::{Duration, Instant};

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use tempfile::TempDir;
use waypost_engine::Change;
use waypost_protocol::{
    Body, ConversationId, DeviceId, EnrolmentId, Entry, Event, FactId, Millis, PersonId, Role,
};

use crate::store::{Identity, Store, StoreKey};

pub(crate) const DANA: PersonId = PersonId(7);
pub(crate) const OMAR: PersonId = PersonId(2);
pub(crate) const AYO: PersonId = PersonId(8);
pub(crate) const WITH_OMAR: ConversationId = ConversationId::Direct(OMAR, DANA);
pub(crate) const NORTH: ConversationId = ConversationId::Group(3);

/// A time in November 2023.
pub(crate) const NOON: Millis = 1_700_000_000_000;

/// A folder for stores, which goes when all of them are closed.
///
/// SQLCipher frees what it shares when the process ends, and a store that is dropped is closed by a
/// thread of its own: a test that ended at once would crash now and then, after it had passed. The
/// runtime must have more than one thread, since this waits for it.
pub(crate) struct Folder(TempDir);

impl Folder {
    pub(crate) fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let deadline = Instant::now() + Duration::from_secs(5);
        while is_any_store_open() && Instant::now() < deadline {
            std::thread::yield_now();
        }
    }
}

/// Whether one of the threads is SQLite's.
fn is_any_store_open() -> bool {
    let Ok(threads) = std::fs::read_dir("/proc/self/task") else { return false };
    let names = threads.flatten().map(|thread| std::fs::read_to_string(thread.path().join("comm")));
    names.flatten().any(|name| name.starts_with("sqlx-sqlite"))
}

pub(crate) fn key() -> StoreKey {
    StoreKey::new([42; 32])
}

/// A CA and a certificate of 127.0.0.1 below it, both in DER, and the key of the latter.
pub(crate) struct Certificates {
    pub(crate) ca: Vec<u8>,
    pub(crate) ca_pem: String,
    pub(crate) leaf: Vec<u8>,
    pub(crate) leaf_key: Vec<u8>,
}

pub(crate) fn certificates() -> Certificates {
    let ca_key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let ca = params.self_signed(&ca_key).unwrap();
    let issuer = Issuer::new(params, ca_key);
    let leaf_key = KeyPair::generate().unwrap();
    let leaf = CertificateParams::new(vec!["127.0.0.1".into()]).unwrap();
    let leaf = leaf.signed_by(&leaf_key, &issuer).unwrap();
    Certificates {
        ca_pem: ca.pem(),
        ca: ca.der().to_vec(),
        leaf: leaf.der().to_vec(),
        leaf_key: leaf_key.serialize_der(),
    }
}

/// Dana, enrolled at a server that nobody can reach.
pub(crate) fn identity() -> Identity {
    Identity {
        enrolment: EnrolmentId::mint(NOON, 1),
        device: DeviceId::mint(NOON, 2),
        person: DANA,
        name: "Dana".into(),
        role: Role::Driver,
        language: "en".into(),
        host: "127.0.0.1".into(),
        https_port: 1,
        mqtt_port: 1,
        credential: "secret".into(),
        ca_pem: certificates().ca_pem,
        signing_key: [3; 32],
    }
}

pub(crate) async fn store_at(path: &Path) -> Store {
    let pool = Store::prepare(path, &key()).await.unwrap();
    Store::enrolled(pool, &identity(), path).await.unwrap()
}

pub(crate) fn text(words: &str) -> Body {
    Body::text(words)
}

pub(crate) fn entry(conversation: ConversationId, number: u32, body: &Body) -> Entry {
    Entry {
        id: FactId::mint(NOON + i64::from(number), u128::from(number)),
        conversation,
        number,
        content: body.to_content(),
        offset_minutes: 60,
        skew_ms: None,
        needs: None,
        gap: false,
    }
}

/// A fact of the record.
pub(crate) fn fact(
    n: u64,
    author: PersonId,
    conversation: Option<ConversationId>,
    body: &Body,
) -> Change {
    let id = FactId::mint(NOON + 1_000 + n as i64, u128::from(n) << 20);
    let has_id = !matches!(body, Body::Receipts { .. });
    let event = Event {
        n,
        recorded_at: NOON + 2_000 + n as i64,
        content: body.to_content(),
        id: has_id.then_some(id),
        author: Some(author).filter(|author| *author != PersonId::SERVER),
        conversation,
        offset_minutes: 0,
        skew_ms: None,
    };
    Change::Recorded { epoch: 0, event }
}

pub(crate) fn person(n: u64, id: PersonId, name: &str) -> Change {
    let body = Body::PersonAdded {
        person: id,
        handle: name.to_lowercase(),
        name: name.into(),
        role: Role::Driver,
        language: "en".into(),
    };
    fact(n, PersonId::SERVER, Some(ConversationId::Fleet), &body)
}
