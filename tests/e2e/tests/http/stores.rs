//! Where files are kept: in a folder or in a bucket that speaks S3, in a backup, and no longer than they are needed.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, SystemTime};

use reqwest::Method;
use serde_json::json;
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use waypost_world::On;

use crate::uploads::{Delivery, adds, begins, brings, hash_of, offset, picture, text_header};
use crate::venv::built_tool;

/// A store that speaks S3, on a folder with one bucket.
struct Bucket {
    folder: PathBuf,
    port: u16,
    child: Option<Child>,
}

impl Bucket {
    async fn opens(folder: &Path) -> Self {
        let folder = folder.join("s3");
        std::fs::create_dir_all(folder.join("evidence")).expect("a bucket");
        let free = TcpListener::bind("127.0.0.1:0").and_then(|it| it.local_addr());
        let mut bucket = Self { folder, port: free.expect("a port").port(), child: None };
        bucket.starts().await;
        bucket
    }

    async fn starts(&mut self) {
        let child = Command::new(built_tool("s3s-fs"))
            .args(["--host", "127.0.0.1", "--port", &self.port.to_string()])
            .args(["--access-key", "ines", "--secret-key", "of the depot"])
            .arg(&self.folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn();
        self.child = Some(child.expect("s3s-fs starts"));
        let listens = async {
            while TcpStream::connect(("127.0.0.1", self.port)).await.is_err() {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), listens).await.expect("it listens");
    }

    async fn stops(&mut self) {
        let mut child = self.child.take().expect("it runs");
        child.kill().await.expect("it ends");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn files_go_into_a_bucket_and_wait_while_it_cannot_be_reached() {
    let mut delivery = Delivery::begins(On::Sqlite).await;
    let mut bucket = Bucket::opens(delivery.office.world.folder()).await;
    let server = &mut delivery.office.world.server;
    server.set("WAYPOST_FILES", "s3://evidence/north");
    server.set("AWS_ENDPOINT_URL", &format!("http://127.0.0.1:{}", bucket.port));
    server.set("AWS_ALLOW_HTTP", "true");
    server.set("AWS_REGION", "eu-central-1");
    server.set("AWS_ACCESS_KEY_ID", "ines");
    server.set("AWS_SECRET_ACCESS_KEY", "of the depot");
    server.stop().await;
    server.start().await;

    // More than goes in one part.
    let photo = picture(12_000_000);
    let sha256 = delivery.shows(&photo).await;
    let (dana, omar) = (delivery.dana.clone(), delivery.office.omar.clone());
    let at = text_header(&begins(&dana, &sha256, photo.len()).await, "Location");
    let (most, rest) = photo.split_at(11_900_000);
    assert_eq!(offset(&adds(&dana, &at, 0, most).await), most.len());
    bucket.stops().await;
    let refused = adds(&dana, &at, most.len(), rest).await;
    refused.is_problem("a bucket that cannot be reached", 503, "overloaded");
    delivery.office.world.server.forgives("a file could not be kept or read");
    bucket.starts().await;
    let again = begins(&dana, &sha256, photo.len()).await;
    assert_eq!(again.status, 201, "{}", again.body);
    let whole = adds(&dana, &at, photo.len(), &[]).await;
    assert_eq!(offset(&whole), photo.len(), "nothing has to come again: {}", whole.body);

    let path = format!("/v1/stops/{}/files/{sha256}", delivery.stop);
    let read = omar.response(omar.request(Method::GET, &path)).await;
    assert_eq!(read.headers()["Content-Type"], "image/png");
    assert_eq!(read.bytes().await.expect("bytes"), photo);
    let part = omar.request(Method::GET, &path).header("Range", "bytes=11999990-");
    assert_eq!(omar.response(part).await.bytes().await.expect("bytes"), photo[11_999_990..]);
    let kept = bucket.folder.join("evidence/north").join(&sha256[..2]).join(&sha256);
    assert_eq!(std::fs::read(kept).expect("it is in the bucket"), photo);
    delivery.closes().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_holds_the_files_and_copies_none_twice() {
    let delivery = Delivery::begins(On::Sqlite).await;
    let photo = picture(200_000);
    let sha256 = delivery.shows(&photo).await;
    brings(&delivery.dana, &sha256, &photo).await;
    let folder = delivery.office.world.folder().join("backups");
    std::fs::create_dir(&folder).expect("a folder");
    let server = &delivery.office.world.server;
    let named = |name: &str| folder.join(name).display().to_string();
    let first = server.cli(&["backup", &named("monday.db")]).await.expect("a backup");
    assert!(first.contains("holds 1 files, 1 of them new (200000 bytes)"), "{first}");
    let copy = folder.join("files").join(&sha256[..2]).join(&sha256);
    assert_eq!(std::fs::read(&copy).expect("it is there"), photo);
    let second = server.cli(&["backup", &named("tuesday.db")]).await.expect("a backup");
    assert!(second.contains("holds 1 files, 0 of them new (0 bytes)"), "{second}");
    let without = server.cli(&["backup", &named("wednesday.db"), "--without-files"]).await;
    assert!(!without.expect("a backup").contains("files"));

    // The disk has lost a bit of it.
    let kept = server.data().join("files").join(&sha256[..2]).join(&sha256);
    let mut damaged = photo.clone();
    damaged[100_000] ^= 1;
    std::fs::write(&kept, &damaged).expect("written");
    let elsewhere = named("elsewhere");
    let arguments = ["backup", &named("thursday.db"), "--files", &elsewhere];
    let told = server.cli(&arguments).await.expect_err("a damaged file");
    assert!(told.contains("1 files are damaged"), "{told}");
    assert!(!Path::new(&elsewhere).join(&sha256[..2]).join(&sha256).exists(), "{told}");
    server.forgives("a file is not what it was");
    std::fs::remove_file(&kept).expect("lost altogether");
    let arguments = ["backup", &named("friday.db"), "--files", &elsewhere];
    let told = server.cli(&arguments).await.expect_err("a lost file");
    assert!(told.contains("1 that should be here are not in the copy"), "{told}");
    server.forgives("a file that should be here is in no backup");
    delivery.closes().await;
}

/// The clock of the server goes so many days ahead.
async fn days_pass(delivery: &mut Delivery, days: u32) {
    let server = &mut delivery.office.world.server;
    server.stop().await;
    server.set("LD_PRELOAD", &libfaketime().display().to_string());
    server.set("FAKETIME", &format!("+{days}d"));
    server.set("FAKETIME_DONT_FAKE_MONOTONIC", "1");
    server.set("NO_FAKE_STAT", "1");
    server.start().await;
}

/// The server has looked through all files, and found so many that nothing promises and that stay.
async fn sees_unpromised(delivery: &Delivery, count: u32) {
    let omar = &delivery.office.omar;
    let looks = async {
        loop {
            let metrics = omar.response(omar.request(Method::GET, "/metrics")).await;
            let text = metrics.text().await.expect("text");
            if text.contains(&format!("waypost_files_unpromised {count}\n")) {
                return;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(20), looks).await.expect("it looks");
}

fn libfaketime() -> PathBuf {
    let folders = std::fs::read_dir("/usr/lib").expect("a folder of libraries").flatten();
    let mut places = folders.map(|folder| folder.path().join("faketime/libfaketimeMT.so.1"));
    places.find(|place| place.exists()).expect("libfaketime is installed: run scripts/setup")
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nothing_promises_goes_after_a_week_and_what_a_stop_shows_stays() {
    let mut delivery = Delivery::begins(On::Sqlite).await;
    let photo = picture(10_000);
    let sha256 = delivery.shows(&photo).await;
    brings(&delivery.dana, &sha256, &photo).await;
    let kept = delivery.office.world.server.data().join("files");
    let puts = |bytes: &[u8]| {
        let name = hash_of(bytes);
        let file = kept.join(&name[..2]).join(&name);
        std::fs::create_dir_all(file.parent().expect("a folder")).expect("made");
        std::fs::write(&file, bytes).expect("written");
        file
    };
    // As old as it may be, it counts from when it was seen: a backup that is put back brings old files along.
    let orphan = puts(b"what a message brought that has expired");
    let long_ago = SystemTime::now() - Duration::from_secs(400 * 24 * 60 * 60);
    let opened = std::fs::File::options().write(true).open(&orphan).expect("opened");
    opened.set_modified(long_ago).expect("made older");
    days_pass(&mut delivery, 1).await;
    sees_unpromised(&delivery, 1).await;
    let first = puts(b"what was seen a week later");
    days_pass(&mut delivery, 7).await;
    sees_unpromised(&delivery, 2).await;
    assert!(orphan.exists() && first.exists(), "six days have passed since it was seen");
    days_pass(&mut delivery, 9).await;
    sees_unpromised(&delivery, 1).await;
    assert!(!orphan.exists(), "a week has passed");
    assert!(first.exists(), "whoever promised it may still give it back");
    assert!(kept.join(&sha256[..2]).join(&sha256).exists(), "the evidence of a stop stays");
    delivery.closes().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_can_make_a_file_forgotten_by_lying_about_its_size() {
    let delivery = Delivery::begins(On::Sqlite).await;
    let (ayo, omar) = (&delivery.office.ayo, &delivery.office.omar);
    let photo = picture(10_000);
    let sha256 = delivery.shows(&photo).await;
    brings(&delivery.dana, &sha256, &photo).await;
    let chat = format!("/v1/conversations/{}/messages", ayo.with(omar));
    let file = json!({"name": "a.png", "media_type": "image/png", "size": 5, "sha256": sha256});
    let said = ayo.post(&chat, json!({"kind": "file", "file": file, "text": ""})).await;
    assert_eq!(said.status, 201, "{}", said.body);
    let lied = begins(ayo, &sha256, 5).await;
    lied.is_problem_with("another size", 422, "content-invalid", "Upload-Metadata");
    let path = format!("/v1/stops/{}/files/{sha256}", delivery.stop);
    let read = omar.response(omar.request(Method::GET, &path)).await;
    assert_eq!(read.bytes().await.expect("bytes"), photo, "it is still here");
    delivery.closes().await;
}
