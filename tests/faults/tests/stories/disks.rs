//! Disks that run full, turn read-only and take their time, on either side.

use std::sync::Arc;
use std::time::Instant;

use waypost_client::View;
use waypost_faults::build::SlowDisk;
use waypost_faults::disk::SmallDisk;
use waypost_faults::pocket::Pocket;
use waypost_faults::{Scene, Setting, scale};
use waypost_fleet::tablet::Tablet;
use waypost_fleet::taps;
use waypost_protocol::ReceiptState;

/// Enough for a server to begin with, and for what SQLite writes beside its file before it tidies
/// up (40 MiB).
const SERVER_KIB: u32 = 96 * 1024;

/// Enough for an empty store and some messages.
const DEVICE_KIB: u32 = 2 * 1024;

#[tokio::test(flavor = "multi_thread")]
async fn the_disk_of_the_server_runs_full_and_has_room_again() {
    let folder = Scene::folder();
    let disk = SmallDisk::in_memory(&Scene::server_in(&folder), SERVER_KIB);
    let mut scene = Scene::opens_with(folder, Setting::default(), 2).await;
    for _ in 0..scale(1, 5) {
        let traffic = scene.traffic();
        scene.has_seen_taps(10).await;
        disk.fills_up();
        scene.server_says("full").await;
        let refused = scene.depot.adds("late", "driver", "en").await.expect_err("no room for her");
        assert!(!refused.to_string().is_empty(), "the operator is told nothing");
        // Who comes back now is let in, and keeps what cannot be taken yet.
        scene.mqtt.cut();
        scene.has_seen_taps(10).await;
        traffic.ends().await;
        scene.someone_waits().await;
        disk.has_room_again();
        scene.is_level().await;
    }
    // The same with a crash in the middle of it.
    let traffic = scene.traffic();
    disk.fills_up();
    scene.has_seen_taps(20).await;
    scene.depot.server.kill().await;
    disk.has_room_again();
    scene.depot.server.start().await;
    let since = Instant::now();
    traffic.ends().await;
    scene.ends("the server's disk full, killed while it was", since).await;
    drop(disk);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_disk_of_the_server_turns_read_only() {
    let folder = Scene::folder();
    let image = folder.path().join("disk.img");
    let disk = SmallDisk::in_a_file(&Scene::server_in(&folder), &image);
    let mut scene = Scene::opens_with(folder, Setting::default(), 2).await;
    let traffic = scene.traffic();
    scene.has_seen_taps(20).await;
    disk.turns_read_only();
    scene.server_says("not committed").await;
    scene.has_seen_taps(10).await;
    scene.depot.server.kill().await;
    disk.is_repaired();
    scene.depot.server.start().await;
    let since = Instant::now();
    traffic.ends().await;
    scene.ends("the server's disk read-only, until it is repaired", since).await;
    drop(disk);
}

/// Dana's screen says so at once, what she taps is not called kept, and nobody is told that she
/// has what she could not store.
#[tokio::test(flavor = "multi_thread")]
async fn the_disk_of_a_device_runs_full_and_has_room_again() {
    let mut scene = Scene::opens().await;
    let small = scene.path().join("small");
    let disk = SmallDisk::in_memory(&small, DEVICE_KIB);
    scene.depot.adds("dana", "driver", "en").await.expect("Dana is added");
    let link = scene.depot.link_for("dana").await.expect("a link");
    let dana = Tablet::enrol("dana", &link, &small.join("dana.db"), None).await;
    let dana = Arc::new(dana.expect("Dana enrols"));
    let chat = dana.chat_with("omar").await.expect("Omar is known");
    scene.drivers.push((Arc::clone(&dana), chat));
    scene.ledger.tap(&dana, chat, taps::running_late(chat, 5)).await.expect("kept");
    scene.is_level().await;

    disk.fills_up();
    let slot = taps::slot_changed(chat, "14:00");
    let unseen = scene.ledger.tap(&scene.omar, chat, slot).await.expect("kept");
    let trouble = |view: &View| view.store_trouble.is_some();
    dana.sees("that her store cannot write", trouble).await.expect("she is told");
    dana.does(taps::running_late(chat, 10)).await.expect_err("nothing is kept on a full disk");
    scene.omar.does(waypost_client::Command::Open { conversation: Some(chat) }).await.unwrap();
    let accepted = |view: &View| {
        let mut messages = view.timeline.iter().flat_map(|open| &open.messages);
        messages.any(|it| it.id == unseen && it.state == ReceiptState::Accepted)
    };
    scene.omar.sees("one tick and no more", accepted).await.expect("not delivered");

    disk.has_room_again();
    let since = Instant::now();
    dana.sees("that her store works", |view| view.store_trouble.is_none()).await.expect("mended");
    scene.ledger.tap(&dana, chat, taps::running_late(chat, 15)).await.expect("kept again");
    drop(dana);
    scene.ends("a device's disk full, until there is room", since).await;
    drop(disk);
}

/// What was kept before is there when the tablet comes back from the workshop.
#[tokio::test(flavor = "multi_thread")]
async fn the_disk_of_a_device_turns_read_only_and_is_repaired() {
    let mut scene = Scene::opens().await;
    let small = scene.path().join("small");
    let disk = SmallDisk::in_a_file(&small, &scene.path().join("disk.img"));
    scene.depot.adds("dana", "driver", "en").await.expect("Dana is added");
    let link = scene.depot.link_for("dana").await.expect("a link");
    let store = small.join("dana.db");
    let dana = Tablet::enrol("dana", &link, &store, None).await;
    let dana = Arc::new(dana.expect("Dana enrols"));
    let chat = dana.chat_with("omar").await.expect("Omar is known");
    scene.drivers.push((Arc::clone(&dana), chat));
    scene.ledger.tap(&dana, chat, taps::running_late(chat, 5)).await.expect("kept");
    scene.is_level().await;
    dana.online(false).await.expect("the link is switched off");
    scene.ledger.tap(&dana, chat, taps::running_late(chat, 10)).await.expect("kept");

    disk.turns_read_only();
    dana.does(taps::running_late(chat, 15)).await.expect_err("nothing is kept on such a disk");
    let trouble = |view: &View| view.store_trouble.is_some();
    dana.sees("that her store cannot write", trouble).await.expect("she is told");
    scene.drivers.pop();
    Arc::into_inner(dana).expect("nobody else has her tablet").close().await;
    disk.is_repaired();
    let since = Instant::now();
    let dana = Tablet::open("dana", &store).await.expect("her tablet starts");
    scene.drivers.push((Arc::new(dana), chat));
    scene.ends("a device's disk read-only, until it is repaired", since).await;
    drop(disk);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_disk_of_the_server_takes_its_time() {
    let folder = Scene::folder();
    let disk = SlowDisk::build(folder.path());
    let environment = disk.environment().to_vec();
    let scene = Scene::opens_with(folder, Setting { environment, database: None }, 4).await;
    disk.takes(scale(200, 1000));
    let traffic = scene.traffic();
    scene.has_seen_taps(scale(60, 600)).await;
    traffic.ends().await;
    let since = Instant::now();
    let story = format!("each fsync of the server {} ms slower, all along", scale(200, 1000));
    scene.ends(&story, since).await;
}

/// Every other tap is followed by the death of the device while the tap is on its way to the disk.
#[tokio::test(flavor = "multi_thread")]
async fn the_disk_of_a_device_takes_its_time() {
    let mut scene = Scene::opens().await;
    let disk = SlowDisk::build(scene.path());
    let mut dana = Pocket::of(&scene, "dana", &disk.environment()).await.expect("Dana enrols");
    disk.takes(100);
    for _ in 0..scale(3, 30) {
        dana.taps().await.expect("a tap is kept");
        dana.taps_and_falls().await.expect("the device starts again");
    }
    let since = Instant::now();
    dana.joins(&mut scene).await.expect("what Dana tapped is there");
    scene.ends("each fsync of a device 100 ms slower, killed within", since).await;
}
