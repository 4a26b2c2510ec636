//! scratch
#![allow(missing_docs, clippy::unwrap_used, dead_code)]
#[path = "../tests/edge/bytes_of.rs"]
mod bytes_of;
#[path = "../tests/edge/support.rs"]
mod support;
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use waypost_edge::*;
use waypost_protocol::*;
fn rss() -> u64 {
    let s = std::fs::read_to_string("/proc/self/status").unwrap();
    s.lines().find(|l| l.starts_with("VmRSS")).unwrap().split_whitespace().nth(1).unwrap().parse().unwrap()
}
#[tokio::main]
async fn main() {
    let arg: Vec<String> = std::env::args().collect();
    if arg.len() > 1 {
        // client: port, n, cert der hex path
        let port: u16 = arg[1].parse().unwrap();
        let n: u128 = arg[2].parse().unwrap();
        let der = std::fs::read(&arg[3]).unwrap();
        let mut roots = rustls::RootCertStore::empty();
        roots.add(der.into()).unwrap();
        let cfg = rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider())).with_safe_default_protocol_versions().unwrap().with_root_certificates(roots).with_no_client_auth();
        let con = tokio_rustls::TlsConnector::from(Arc::new(cfg));
        let mut keep = vec![];
        for i in 0..n {
            let tcp = tokio::net::TcpStream::connect(("127.0.0.1", port)).await.unwrap();
            let mut s = con.connect("localhost".try_into().unwrap(), tcp).await.unwrap();
            let id = EnrolmentId(uuid::Uuid::from_u128(i + 1));
            let ids = id.to_string();
            s.write_all(&bytes_of::Connect::of(&ids, &ids, "x").bytes()).await.unwrap();
            s.write_all(&bytes_of::subscribe(&[&topic::down(id)], 0)).await.unwrap();
            let mut b = [0; 9];
            s.read_exact(&mut b).await.unwrap();
            // one exchange
            let up = Uplink::Pull(Pull::default()).to_bytes();
            s.write_all(&bytes_of::publish(topic::up(id), 1, &up)).await.unwrap();
            let mut b = [0; 4];
            s.read_exact(&mut b).await.unwrap();
            keep.push(s);
        }
        println!("ready");
        std::future::pending::<()>().await;
    }
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let key = rustls::pki_types::PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let server = rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider())).with_safe_default_protocol_versions().unwrap().with_no_client_auth().with_single_cert(vec![made.cert.der().clone()], key).unwrap();
    std::fs::write("/tmp/idle.der", made.cert.der()).unwrap();
    let h = Handlers {
        authenticate: Arc::new(|id, _| Box::pin(async move { Some(Identity { enrolment: id.parse().unwrap(), person: PersonId(1), role: Role::Driver }) })),
        uplink: Arc::new(|_, _| Box::pin(async { vec![support::events(1)] })),
        connected: Arc::new(|_| {}), disconnected: Arc::new(|_| {}),
    };
    let edge = Edge::start(EdgeConfig { listen: ([127, 0, 0, 1], 0).into(), ..Default::default() }, Arc::new(server), h).await.unwrap();
    let n = 3000u64;
    let before = rss();
    let mut child = std::process::Command::new(std::env::current_exe().unwrap()).args([edge.local_addr().port().to_string(), n.to_string(), "/tmp/idle.der".into()]).stdout(std::process::Stdio::piped()).spawn().unwrap();
    let mut out = child.stdout.take().unwrap();
    tokio::task::spawn_blocking(move || { use std::io::Read; let mut b = [0; 6]; out.read_exact(&mut b).unwrap(); }).await.unwrap();
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    println!("before {before} after {} per connection {} B; {:?}", rss(), (rss() - before) * 1024 / n, edge.counters().online);
    child.kill().unwrap();
}
