//! A backup is taken while everyone taps; later it is all that is left.

use std::path::{Path, PathBuf};
use std::time::Instant;

use tokio::process::Command;
use waypost_faults::Scene;
use waypost_fleet::proof::Times;
use waypost_world::postgres::PrivateCluster;

#[tokio::test(flavor = "multi_thread")]
async fn devices_give_back_what_a_restored_file_lacks() {
    let mut scene = Scene::opens().await;
    let (traffic, copy) = backed_up(&scene).await;
    scene.depot.server.kill().await;
    let record = scene.path().join("server").join("waypost.db");
    for ending in ["db-wal", "db-shm"] {
        // Not every kill leaves them.
        let _ = std::fs::remove_file(record.with_extension(ending));
    }
    std::fs::copy(copy, record).expect("the backup takes the record's place");
    goes_on(&mut scene).await;
    let since = Instant::now();
    traffic.ends().await;
    scene.ends("a backup taken under load, restored (SQLite)", since).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn devices_give_back_what_a_restored_postgres_lacks() {
    let postgres = PrivateCluster::start().await;
    let mut scene = Scene::opens_on(postgres.url()).await;
    let (traffic, copy) = backed_up(&scene).await;
    scene.depot.server.kill().await;
    restore(&copy, &postgres.url()).await;
    goes_on(&mut scene).await;
    let since = Instant::now();
    traffic.ends().await;
    scene.ends("a backup taken under load, restored (PostgreSQL)", since).await;
}

/// Everyone taps before, during and after the backup; the traffic goes on.
async fn backed_up(scene: &Scene) -> (waypost_faults::Traffic, PathBuf) {
    let traffic = scene.traffic();
    scene.has_seen_taps(20).await;
    let copy = scene.path().join("copy");
    let file = copy.display().to_string();
    let made = scene.depot.server.cli(&["backup", &file]).await;
    made.expect("a backup under load");
    scene.has_seen_taps(30).await;
    (traffic, copy)
}

async fn goes_on(scene: &mut Scene) {
    let begun = scene.depot.server.cli(&["begin-epoch"]).await;
    begun.expect("a new epoch");
    scene.depot.server.start().await;
    scene.times = Times::AfterARestore;
}

async fn restore(copy: &Path, url: &str) {
    let restored = Command::new("pg_restore")
        .args(["--clean", "--if-exists", "--exit-on-error", "--dbname", url])
        .arg(copy)
        .output()
        .await
        .expect("pg_restore is there");
    let said = String::from_utf8_lossy(&restored.stderr);
    assert!(restored.status.success(), "the backup is not restored: {said}");
}
