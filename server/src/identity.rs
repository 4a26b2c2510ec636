//! The server's own secrets: its certificate authority, its certificate, the key that signs
//! checkpoints, and how the secrets of others are kept.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::pkcs8::{DecodePrivateKey as _, EncodePrivateKey as _};
use ed25519_dalek::{Signer as _, SigningKey};
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa,
    Issuer, KeyPair, KeyUsagePurpose,
};
use rustls::ServerConfig;
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use sha2::{Digest as _, Sha256};

use crate::clock;
use crate::config::Config;

/// How long a certificate made here is good for, and when it is made anew, in days.
const CERTIFICATE_DAYS: i64 = 90;
const RENEW_BEFORE_DAYS: i64 = 30;

/// A secret that cannot be made, read or used.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// A file cannot be read or written.
    #[error("{path}: {error}")]
    File {
        /// Which file.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// A file holds no usable key or certificate.
    #[error("{path}: {what}")]
    Unusable {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        what: String,
    },
}

/// The CA certificate that devices pin.
pub struct Fingerprint {
    /// The certificate, in PEM.
    pub pem: String,
    /// SHA-256 of its DER form, in hexadecimal, as it stands in enrolment links.
    pub sha256: String,
}

/// What is handed to the person whose device shall be enrolled.
pub fn enrolment_link(name: &str, https_port: u16, ca_sha256: &str, token: &str) -> String {
    format!("waypost://{name}:{https_port}/enrol?ca={ca_sha256}&token={token}")
}

/// SHA-256 of a credential or token: secrets of 256 random bits need no slower hash.
pub fn hash_secret(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

/// A new secret for a link or a credential: 256 random bits in base64url (RFC 4648).
pub fn new_secret() -> String {
    URL_SAFE_NO_PAD.encode(clock::random_bytes::<32>())
}

/// The files of certificate and key as they are: when they differ, there is something to load.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TlsFiles([(PathBuf, Option<SystemTime>, u64); 2]);

/// Looks at the files of the certificate, renewing one of our own that is about to expire.
pub fn tls_files(config: &Config) -> Result<TlsFiles, IdentityError> {
    let (chain, key) = tls_paths(config)?;
    let look = |path: PathBuf| match fs::metadata(&path) {
        Ok(meta) => Ok((path, meta.modified().ok(), meta.len())),
        Err(error) => Err(IdentityError::File { path, error }),
    };
    Ok(TlsFiles([look(chain)?, look(key)?]))
}

fn tls_paths(config: &Config) -> Result<(PathBuf, PathBuf), IdentityError> {
    match (&config.certificate, &config.key) {
        (Some(chain), Some(key)) => Ok((chain.clone(), key.clone())),
        _ => ensure_own(config),
    }
}

/// Loads the certificate chain, making CA and certificate first where they are missing and
/// renewing a certificate of our own that is about to expire.
pub fn load_tls(config: &Config) -> Result<(Arc<ServerConfig>, Fingerprint), IdentityError> {
    let (chain_file, key_file) = tls_paths(config)?;
    let unusable = |what: String| IdentityError::Unusable { path: chain_file.clone(), what };
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_file_iter(&chain_file)
        .and_then(Iterator::collect)
        .map_err(|error| unusable(error.to_string()))?;
    let key = PrivateKeyDer::from_pem_file(&key_file).map_err(|error| IdentityError::Unusable {
        path: key_file.clone(),
        what: error.to_string(),
    })?;
    let ca = chain.last().ok_or_else(|| unusable("holds no certificate".into()))?.clone();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut tls = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| unusable(error.to_string()))?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(|error| unusable(error.to_string()))?;
    // Resumption tickets would cost memory for each idle device and save little.
    tls.session_storage = Arc::new(rustls::server::NoServerSessionStorage {});
    Ok((Arc::new(tls), fingerprint(&ca)))
}

fn fingerprint(ca: &CertificateDer<'_>) -> Fingerprint {
    let pem = pem_of("CERTIFICATE", ca);
    Fingerprint { pem, sha256: hex::encode(Sha256::digest(ca)) }
}

fn pem_of(label: &str, der: &[u8]) -> String {
    use base64::Engine as _;
    let text = base64::engine::general_purpose::STANDARD.encode(der);
    let lines: Vec<&str> =
        text.as_bytes().chunks(64).filter_map(|line| std::str::from_utf8(line).ok()).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}

/// Makes what is missing of our own CA and certificate; the files of the chain and its key.
fn ensure_own(config: &Config) -> Result<(PathBuf, PathBuf), IdentityError> {
    let folder = config.data.join("tls");
    let files = [folder.join("ca.pem"), folder.join("ca.key")];
    let (chain, key) = (folder.join("server.pem"), folder.join("server.key"));
    create_folder(&folder)?;
    if !files[0].exists() {
        make_ca(&files[0], &files[1])?;
    }
    if !is_fresh(&chain, &config.name) {
        make_certificate(config, &files, &chain, &key)?;
    }
    Ok((chain, key))
}

fn make_ca(certificate: &Path, key: &Path) -> Result<(), IdentityError> {
    let pair = KeyPair::generate().map_err(|error| unusable(key, &error))?;
    let mut params = CertificateParams::default();
    params.distinguished_name = named("Waypost private CA");
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.not_before = moment(-1);
    params.not_after = moment(365 * 30);
    let ca = params.self_signed(&pair).map_err(|error| unusable(certificate, &error))?;
    write_secret(key, pair.serialize_pem().as_bytes())?;
    write_secret(certificate, ca.pem().as_bytes())
}

fn make_certificate(
    config: &Config,
    ca: &[PathBuf; 2],
    chain: &Path,
    key: &Path,
) -> Result<(), IdentityError> {
    let ca_pem = read(&ca[0])?;
    let ca_key = KeyPair::from_pem(&read(&ca[1])?).map_err(|error| unusable(&ca[1], &error))?;
    let issuer =
        Issuer::from_ca_cert_pem(&ca_pem, ca_key).map_err(|error| unusable(&ca[0], &error))?;
    let pair = KeyPair::generate().map_err(|error| unusable(key, &error))?;
    let mut names = vec![config.name.clone(), "localhost".into(), "127.0.0.1".into(), "::1".into()];
    names.dedup();
    let mut params = CertificateParams::new(names).map_err(|error| unusable(chain, &error))?;
    params.distinguished_name = named(&config.name);
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.use_authority_key_identifier_extension = true;
    params.not_before = moment(-1);
    let ends = moment(CERTIFICATE_DAYS);
    params.not_after = ends;
    let certificate = params.signed_by(&pair, &issuer).map_err(|error| unusable(chain, &error))?;
    write_secret(key, pair.serialize_pem().as_bytes())?;
    write_secret(chain, (certificate.pem() + &ca_pem).as_bytes())?;
    // What it is good for and until when, so that a changed name or the time makes a new one. The
    // time of the file would not do: a copy of the folder looks new.
    let good_for = format!("{}\n{}\n", config.name, ends.unix_timestamp());
    write_secret(&chain.with_extension("name"), good_for.as_bytes())
}

/// Whether a certificate of ours is there, for this name, with enough time left, and not from a
/// future that the clock has been put back from.
fn is_fresh(chain: &Path, name: &str) -> bool {
    let good_for = fs::read_to_string(chain.with_extension("name")).unwrap_or_default();
    let mut lines = good_for.lines();
    let same_name = lines.next() == Some(name);
    let ends = lines.next().and_then(|ends| ends.parse().ok());
    let plausible =
        moment(RENEW_BEFORE_DAYS).unix_timestamp()..=moment(CERTIFICATE_DAYS + 1).unix_timestamp();
    chain.exists() && same_name && ends.is_some_and(|ends: i64| plausible.contains(&ends))
}

/// The key that signs checkpoints, made at the first start.
pub fn signing_key(data: &Path) -> Result<SigningKey, IdentityError> {
    let path = data.join("checkpoint.key");
    if !path.exists() {
        let key = SigningKey::from_bytes(&clock::random_bytes());
        let pem = key
            .to_pkcs8_pem(ed25519_dalek::pkcs8::spki::der::pem::LineEnding::LF)
            .map_err(|error| unusable(&path, &error))?;
        write_secret(&path, pem.as_bytes())?;
    }
    SigningKey::from_pkcs8_pem(&read(&path)?).map_err(|error| unusable(&path, &error))
}

/// Signs the text of a checkpoint.
pub fn sign(key: &SigningKey, text: &str) -> [u8; 64] {
    key.sign(text.as_bytes()).to_bytes()
}

/// Creates a folder that only its owner may enter.
pub fn create_folder(folder: &Path) -> Result<(), IdentityError> {
    use std::os::unix::fs::DirBuilderExt as _;
    let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(folder);
    made.map_err(|error| IdentityError::File { path: folder.into(), error })
}

fn write_secret(path: &Path, bytes: &[u8]) -> Result<(), IdentityError> {
    use std::io::Write as _;
    use std::os::unix::fs::OpenOptionsExt as _;
    let beside = path.with_extension("new");
    let written = fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&beside)
        .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()))
        .and_then(|()| fs::rename(&beside, path))
        .and_then(|()| sync_folder_of(path));
    written.map_err(|error| IdentityError::File { path: path.into(), error })
}

/// A new name is durable only with its folder: a CA that a power cut takes away leaves every device
/// with one that nobody has any more.
fn sync_folder_of(path: &Path) -> std::io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    fs::File::open(folder.unwrap_or(Path::new("."))).and_then(|folder| folder.sync_all())
}

fn read(path: &Path) -> Result<String, IdentityError> {
    fs::read_to_string(path).map_err(|error| IdentityError::File { path: path.into(), error })
}

fn unusable(path: &Path, what: &dyn std::fmt::Display) -> IdentityError {
    IdentityError::Unusable { path: path.into(), what: what.to_string() }
}

fn named(name: &str) -> DistinguishedName {
    let mut distinguished = DistinguishedName::new();
    distinguished.push(DnType::CommonName, name);
    distinguished
}

fn moment(days_from_now: i64) -> time::OffsetDateTime {
    time::OffsetDateTime::now_utc() + time::Duration::days(days_from_now)
}
