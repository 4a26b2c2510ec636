//! Which certificate a door shows to whoever comes now. It trusts anyone: it only looks.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::ring;
use rustls::{ClientConfig, DigitallySignedStruct, Error, SignatureScheme};
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use crate::Scene;

/// Between two looks.
const LOOK: Duration = Duration::from_millis(200);

/// The server looks every ten seconds.
const SEEN_WITHIN: Duration = Duration::from_secs(30);

/// What both doors show.
///
/// # Panics
/// If one shows nothing.
pub async fn shown(scene: &Scene) -> [Vec<u8>; 2] {
    let shown = |port| async move { shown_at(port).await.expect("a certificate") };
    [shown(scene.mqtt.port()).await, shown(scene.https.port()).await]
}

/// Waits until both doors show something else than before, and the same.
///
/// # Panics
/// If they do not.
pub async fn shows_another_than(scene: &Scene, before: &[Vec<u8>; 2]) {
    let mut looks = tokio::time::interval(LOOK);
    let another = async {
        loop {
            looks.tick().await;
            let now = shown(scene).await;
            if now[0] != before[0] && now[1] != before[1] {
                assert_eq!(now[0], now[1], "both doors show the same");
                return;
            }
        }
    };
    let seen = tokio::time::timeout(SEEN_WITHIN, another).await;
    seen.expect("the doors still show the old certificate");
}

/// The certificate that is shown at this port of 127.0.0.1.
async fn shown_at(port: u16) -> anyhow::Result<Vec<u8>> {
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Looker))
        .with_no_client_auth();
    let tcp = TcpStream::connect(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).await?;
    let name = ServerName::try_from("localhost")?;
    let tls = TlsConnector::from(Arc::new(config)).connect(name, tcp).await?;
    let shown = tls.get_ref().1.peer_certificates().and_then(|chain| chain.first());
    Ok(shown.map(|certificate| certificate.to_vec()).unwrap_or_default())
}

#[derive(Debug)]
struct Looker;

impl ServerCertVerifier for Looker {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        ring::default_provider().signature_verification_algorithms.supported_schemes()
    }
}
