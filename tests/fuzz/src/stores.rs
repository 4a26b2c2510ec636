//! Damaged files: the server's record and a device's store. Each is opened as the product opens it
//! and then used; it may refuse, say that it is damaged or work, and must neither panic nor hang.
//!
//! The damage is done to copies of real files in `bases/`, which [`make_bases`] made.

use std::path::{Path, PathBuf};
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::Duration;

use axum::body::Body;
use axum::http::Request;
use axum::http::header::AUTHORIZATION;
use http_body_util::BodyExt as _;
use serde_json::json;
use tempfile::TempDir;
use tokio::runtime::Runtime;
use tokio::time::timeout;
use waypost_client::{Client, Command, StoreKey};
use waypost_server::reach;

use crate::feed::Feed;
use crate::house::{self, post};
use crate::panics::Panics;
use crate::seeds::Seed;
use crate::{bases, damage};

/// Opening and using a small file is over after this.
const OVER_WITHIN: Duration = Duration::from_secs(60);

/// What the operator asks of a record that opened.
const QUESTIONS: [&str; 9] = [
    "/v1/people",
    "/v1/people/1",
    "/v1/conversations",
    "/v1/conversations/direct-1-2/messages",
    "/v1/conversations/group-1",
    "/v1/enrolments",
    "/v1/audit/checkpoint",
    "/v1/audit/verification",
    "/metrics",
];

/// What Dana's device asks.
const PULL: &str = r#"{"frame":"pull","after":{"epoch":0,"n":0},"number":1,"limit":256,
    "stored":[{"up_to":3,"at":1}],"read":[{"conversation":"direct-1-2","up_to":2,"at":1}]}"#;

/// A folder with what both need, and the runtime of both.
struct Bench {
    runtime: Runtime,
    folder: TempDir,
}

static BENCH: LazyLock<Mutex<Bench>> = LazyLock::new(|| {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let folder = tempfile::tempdir().expect("a folder");
    Mutex::new(Bench { runtime: runtime.expect("a runtime"), folder })
});

/// The record of a server.
pub fn record_file(bytes: &[u8]) {
    on_the_bench(bytes, bases::RECORD, "waypost.db", None, |path| async move {
        let data = path.parent().expect("a folder").to_owned();
        let Ok(reached) = reach(house::config(&data)).await else { return };
        for question in QUESTIONS {
            let request = Request::get(question).body(Body::empty());
            whole(reached.ask(request.expect("a request")).await).await;
        }
        let person = json!({"handle": "ayo", "name": "Ayo", "role": "driver"});
        whole(reached.ask(post("/v1/people", person)).await).await;
        whole(reached.ask(pull()).await).await;
        reached.close().await;
    });
}

/// The store of Dana's tablet.
pub fn device_file(bytes: &[u8]) {
    on_the_bench(bytes, bases::DEVICE, "device.db", Some(bases::KEY), |path| async move {
        let Ok(client) = Client::open(&path, StoreKey::new(bases::KEY)).await else { return };
        let view = client.view().borrow().clone();
        for conversation in view.conversations.iter().map(|it| it.id).take(4) {
            let text = "Gate 4".to_owned();
            let open = Command::Open { conversation: Some(conversation) };
            let read = Command::MarkRead { conversation, up_to: 9 };
            let say = Command::text(conversation, text);
            for command in [open, read, say] {
                let _ = client.send(command).await;
            }
            let timeline = client.view().borrow().timeline.clone();
            let messages = timeline.into_iter().flat_map(|it| it.messages);
            for message in messages.take(2).collect::<Vec<_>>() {
                let _ = client.send(Command::Acknowledge { message: message.id }).await;
            }
        }
        for wedged in &view.wedged {
            let _ = client.send(Command::SendAgain { id: wedged.id }).await;
        }
        client.close().await;
    });
}

/// Lays a damaged copy of the base on the bench and has it used.
fn on_the_bench<Use: Future<Output = ()>>(
    bytes: &[u8],
    base: &[u8],
    name: &str,
    key: Option<[u8; 32]>,
    used: impl FnOnce(PathBuf) -> Use,
) {
    let panics = Panics::watch();
    let bench = BENCH.lock().unwrap_or_else(PoisonError::into_inner);
    let path = bench.folder.path().join(name);
    let work = async {
        damaged(&path, base, key, bytes).await;
        used(path.clone()).await;
    };
    let over = bench.runtime.block_on(async { timeout(OVER_WITHIN, Box::pin(work)).await });
    assert!(over.is_ok(), "it hangs");
    assert_eq!(panics.count(), 0, "something panicked behind the answer");
}

/// The first byte says what is damaged: the bytes, the values, or the log beside the file.
async fn damaged(path: &Path, base: &[u8], key: Option<[u8; 32]>, bytes: &[u8]) {
    let beside = |suffix: &str| PathBuf::from(format!("{}{suffix}", path.display()));
    // Not written over: whatever still has the last one open must not meet this one.
    for suffix in ["", "-wal", "-shm", "-journal"] {
        let _ = std::fs::remove_file(beside(suffix));
    }
    let mut feed = Feed(bytes);
    let mut file = base.to_vec();
    let kind = feed.below(4);
    if kind == 0 {
        damage::bytes(&mut file, &mut feed);
    }
    std::fs::write(path, &file).expect("the bench takes files");
    match kind {
        0 => {}
        1 => std::fs::write(beside("-wal"), feed.0).expect("the bench takes files"),
        _ => {
            let key = key.map(|key| format!("\"x'{}'\"", hex::encode(key)));
            damage::values(path, key.as_deref(), &mut feed).await;
        }
    }
}

/// What Dana's device asks first.
fn pull() -> Request<Body> {
    let mut pull = post("/v1/sync", serde_json::from_str(PULL).expect("JSON"));
    let credential = format!("Bearer {}", bases::credential());
    pull.headers_mut().insert(AUTHORIZATION, credential.parse().expect("a header"));
    pull
}

/// Takes an answer to its end, whatever it says.
async fn whole(response: std::io::Result<axum::http::Response<Body>>) {
    if let Ok(response) = response {
        let _ = response.into_body().collect().await;
    }
}

/// No damage, and a little of each kind.
pub fn record_seeds() -> Vec<Seed> {
    vec![
        Seed::new("nothing", []),
        Seed::new("cut", [0, 0, 0x90, 0, 0]),
        Seed::new("header", [0, 0, 0, 18, 2, 9, 9]),
        Seed::new("a page", [0, 0, 0x50, 0x10, 4, 1, 2, 3, 4]),
        Seed::new("a log", *b"\x01\x37\x7f\x06\x82\x00\x2d\xe2\x18\x00\x00\x10\x00"),
        Seed::new("a null", [2, 30, 0, 0]),
        Seed::new("a number", [2, 40, 255, 1, 0x85]),
        Seed::new("a text", [2, 12, 0, 3, 3, b'a', 0xFF, b'b']),
        Seed::new("bytes", [2, 9, 1, 4, 3, 1, 2, 3, 1]),
        Seed::new("a row", [2, 9, 0, 4, 0, 0]),
    ]
}

/// The same.
pub fn device_seeds() -> Vec<Seed> {
    record_seeds()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_damaged_opens_and_answers() {
        on_the_bench(&[], bases::RECORD, "waypost.db", None, |path| async move {
            let data = path.parent().expect("a folder").to_owned();
            let reached = reach(house::config(&data)).await.expect("a sound record");
            for question in QUESTIONS {
                let request = Request::get(question).body(Body::empty());
                let response = reached.ask(request.expect("a request")).await.expect("an answer");
                // The operator is in no conversation.
                let status = response.status().as_u16();
                assert!(status == 200 || status == 404, "{question}: {status}");
            }
            let response = reached.ask(pull()).await.expect("an answer");
            assert_eq!(response.status(), 200, "the credential is known");
            reached.close().await;
        });
        on_the_bench(&[], bases::DEVICE, "device.db", Some(bases::KEY), |path| async move {
            let client =
                Client::open(&path, StoreKey::new(bases::KEY)).await.expect("a sound store");
            let view = client.view().borrow().clone();
            assert_eq!((view.wedged.len(), view.waiting), (1, 1));
            assert!(!view.conversations.is_empty());
            client.close().await;
        });
    }
}
