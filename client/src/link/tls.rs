//! Whom this device trusts: the one CA that it pinned, and before that the one whose fingerprint
//! stands in the enrolment link. Never the CAs of the system.

use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};
use sha2::{Digest as _, Sha256};

/// SHA-256 over the DER form of a certificate.
pub(crate) type Fingerprint = [u8; 32];

/// The fingerprint of a certificate.
pub(crate) fn fingerprint(certificate: &CertificateDer<'_>) -> Fingerprint {
    Sha256::digest(certificate).into()
}

/// The first certificate of a PEM text.
pub(crate) fn certificate(pem: &str) -> Result<CertificateDer<'static>, Error> {
    CertificateDer::from_pem_slice(pem.as_bytes())
        .map_err(|_| Error::InvalidCertificate(CertificateError::BadEncoding))
}

/// Trusts this CA alone.
pub(crate) fn pinned(ca: CertificateDer<'static>) -> Result<ClientConfig, Error> {
    trusting(Trust::Ca(ca))
}

/// Trusts a chain that ends in a CA of exactly this fingerprint, if the server presents it.
pub(crate) fn by_fingerprint(wanted: Fingerprint) -> Result<ClientConfig, Error> {
    trusting(Trust::Fingerprint(wanted))
}

fn trusting(trust: Trust) -> Result<ClientConfig, Error> {
    let verifier = OneCa { trust, provider: provider() };
    Ok(ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth())
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}

/// The one CA that counts.
#[derive(Debug)]
enum Trust {
    Ca(CertificateDer<'static>),
    Fingerprint(Fingerprint),
}

/// The usual verification with one CA as the only root, but for the clock: a tablet whose clock
/// is wrong must still reach its server (see docs/decisions/0006-device-clocks-and-tls.md).
#[derive(Debug)]
struct OneCa {
    trust: Trust,
    provider: Arc<CryptoProvider>,
}

impl OneCa {
    fn verifier(
        &self,
        presented: &[CertificateDer<'_>],
    ) -> Result<Arc<WebPkiServerVerifier>, Error> {
        let ca = match &self.trust {
            Trust::Ca(ca) => ca.clone(),
            Trust::Fingerprint(wanted) => presented
                .iter()
                .find(|certificate| fingerprint(certificate) == *wanted)
                .ok_or(Error::InvalidCertificate(CertificateError::UnknownIssuer))?
                .clone()
                .into_owned(),
        };
        let mut roots = RootCertStore::empty();
        roots.add(ca)?;
        WebPkiServerVerifier::builder_with_provider(Arc::new(roots), self.provider.clone())
            .build()
            .map_err(|error| Error::General(error.to_string()))
    }
}

/// A moment at which a certificate that is not valid now was or will be.
fn valid_moment(error: &Error) -> Option<UnixTime> {
    match error {
        Error::InvalidCertificate(CertificateError::ExpiredContext { not_after, .. }) => {
            Some(*not_after)
        }
        Error::InvalidCertificate(CertificateError::NotValidYetContext { not_before, .. }) => {
            Some(*not_before)
        }
        _ => None,
    }
}

impl ServerCertVerifier for OneCa {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let verifier = self.verifier(intermediates)?;
        let at = |moment| {
            verifier.verify_server_cert(
                end_entity,
                intermediates,
                server_name,
                ocsp_response,
                moment,
            )
        };
        at(now).or_else(|error| match valid_moment(&error) {
            Some(moment) => at(moment),
            None => Err(error),
        })
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
