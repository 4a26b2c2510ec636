//! `openssl s_client` at both doors: old protocols are refused, the chain leads to the CA.

use tokio::process::Command;
use waypost_world::{On, World};

use crate::venv::system;

#[tokio::test(flavor = "multi_thread")]
async fn both_doors_speak_tls_1_2_and_1_3_and_nothing_older() {
    let world = World::new(On::Sqlite).await;
    let ports = world.server.ports();
    for (door, port) in [("HTTPS", ports.https), ("MQTT", ports.mqtt)] {
        for (version, spoken) in [("-tls1_2", "TLSv1.2"), ("-tls1_3", "TLSv1.3")] {
            let (succeeded, told) = handshake(&world, port, &[version]).await;
            assert!(succeeded, "{door} does not speak {spoken}: {told}");
            assert!(told.contains(&format!("New, {spoken}")), "{door} {spoken}: {told}");
            assert!(told.contains("Verify return code: 0 (ok)"), "{door} {spoken}: {told}");
        }
        for version in ["-tls1_1", "-tls1"] {
            // Without this level openssl would not even ask.
            let (succeeded, told) =
                handshake(&world, port, &[version, "-cipher", "ALL@SECLEVEL=0"]).await;
            assert!(!succeeded, "{door} speaks {version}: {told}");
            // The server itself said no: handshake failure (40) or protocol version (70).
            let no = told.contains("alert number 40") || told.contains("alert number 70");
            assert!(no, "{door} {version}: {told}");
        }
    }
    world.ends([]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_name_does_not_verify() {
    let world = World::new(On::Sqlite).await;
    let port = world.server.ports().https;
    let (succeeded, told) = handshake(&world, port, &["-verify_hostname", "fleet.example"]).await;
    assert!(!succeeded && told.contains("ostname mismatch"), "{told}");
    world.ends([]).await;
}

async fn handshake(world: &World, port: u16, how: &[&str]) -> (bool, String) {
    let output = Command::new(system("openssl"))
        .args(["s_client", "-connect", &format!("127.0.0.1:{port}"), "-verify_return_error"])
        .arg("-CAfile")
        .arg(world.server.ca_file())
        .args(["-no-CApath", "-no-CAstore"])
        .args(how)
        .stdin(std::process::Stdio::null())
        .output()
        .await
        .expect("openssl starts");
    let told = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&told).into_owned())
}
