//! Links that were cut off, and servers that are not the one of the link.

use std::sync::Arc;

use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use waypost_protocol::{DeviceId, ProblemCode};

use super::{EnrolError, Invitation, enrol};
use crate::link::tls::fingerprint;
use crate::testing::{Certificates, Folder, NOON, certificates, key};

#[test]
fn a_link_that_was_cut_off_is_refused_before_anything_is_sent() {
    let whole = format!("waypost://depot.example:8443/enrol?ca={}&token=abc", "ab".repeat(32));
    let read = whole.parse::<Invitation>().unwrap();
    assert_eq!((read.host.as_str(), read.port, read.ca[31]), ("depot.example", 8443, 0xab));
    for cut in ["", "https://depot.example/enrol", &whole[..whole.len() - 9], &whole[..60]] {
        assert!(matches!(cut.parse::<Invitation>(), Err(EnrolError::Link(_))), "{cut}");
    }
}

/// A server that finds every token spent. Gives its port.
async fn server(certificates: &Certificates) -> u16 {
    let chain = [&certificates.leaf, &certificates.ca];
    let chain = chain.map(|der| CertificateDer::from(der.clone())).to_vec();
    let key = PrivateKeyDer::try_from(certificates.leaf_key.clone()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            if let Ok(mut stream) = acceptor.accept(stream).await {
                let mut request = [0; 4096];
                let _ = stream.read(&mut request).await;
                let body = r#"{"code":"token-spent"}"#;
                let head = "HTTP/1.1 410 Gone\r\nconnection: close\r\ncontent-length: 22\r\n\r\n";
                let _ = stream.write_all(format!("{head}{body}").as_bytes()).await;
                let _ = stream.shutdown().await;
            }
        }
    });
    port
}

/// What Dana's tablet makes of a link to this port with this fingerprint.
async fn try_to_enrol(port: u16, ca: [u8; 32]) -> EnrolError {
    let folder = Folder::new();
    let path = folder.path().join("dana.db");
    let link = format!("waypost://127.0.0.1:{port}/enrol?ca={}&token=abc", hex::encode(ca));
    let device = DeviceId::mint(NOON, 1);
    let error = enrol(&link, device, "Tablet 12", &path, &key()).await.err().unwrap();
    assert!(!path.exists(), "nothing stands in the way of the next try");
    error
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_server_of_the_link_gets_the_token() {
    let certificates = certificates();
    let port = server(&certificates).await;
    let right = fingerprint(&CertificateDer::from(certificates.ca.clone()));
    let error = try_to_enrol(port, right).await;
    assert!(matches!(error, EnrolError::Refused { code: ProblemCode::TokenSpent }), "{error}");
    for wrong in [[7; 32], fingerprint(&CertificateDer::from(certificates.leaf.clone()))] {
        let error = try_to_enrol(port, wrong).await;
        assert!(matches!(error, EnrolError::Unreachable(_)), "{error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chain_that_only_carries_the_right_ca_without_being_signed_by_it_is_refused() {
    let (honest, thief) = (certificates(), certificates());
    let mixed = Certificates { ca: honest.ca.clone(), ..thief };
    let port = server(&mixed).await;
    let error = try_to_enrol(port, fingerprint(&CertificateDer::from(honest.ca))).await;
    assert!(matches!(error, EnrolError::Unreachable(_)), "{error}");
}
