//! The operator's certificate is replaced while everyone taps: no restart, nobody enrols again.

use std::path::Path;
use std::time::Instant;

use waypost_faults::authority::Authority;
use waypost_faults::certificate::{shown, shows_another_than};
use waypost_faults::{Scene, Setting};

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_that_is_replaced_by_its_operator_is_used() {
    let folder = Scene::folder();
    let authority = Authority::new();
    let (chain, key) = (folder.path().join("fleet.pem"), folder.path().join("fleet.key"));
    let (first_chain, first_key) = authority.certificate();
    write(&chain, &first_chain);
    write(&key, &first_key);
    let set = |name: &str, path: &Path| (name.to_owned(), path.display().to_string());
    let environment = vec![set("WAYPOST_CERTIFICATE", &chain), set("WAYPOST_KEY", &key)];
    let scene = Scene::opens_with(folder, Setting { environment, database: None }, 2).await;
    let traffic = scene.traffic();
    let before = shown(&scene).await;
    let (next_chain, next_key) = authority.certificate();
    write(&chain, &next_chain);
    // The key comes later than the server looks: until then it goes on with what it has.
    scene.server_says("could not be renewed").await;
    assert_eq!(shown(&scene).await, before, "half a replacement is not used");
    write(&key, &next_key);
    let since = Instant::now();
    shows_another_than(&scene, &before).await;
    scene.mqtt.cut();
    traffic.ends().await;
    scene.ends("the operator replaces the certificate", since).await;
}

fn write(path: &Path, text: &str) {
    std::fs::write(path, text).expect("a file in the folder of the story");
}
