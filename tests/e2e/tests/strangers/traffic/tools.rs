//! `mosquitto_pub` and `mosquitto_sub`, a process for each connection.
//!
//! One enrolment of Ines writes with the first, which hears no answers. Another listens with the
//! second, pulls over HTTPS what it missed, and so sees what the record has taken; what does not
//! come back is published again.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::{Duration, Instant};

use rand::Rng as _;
use serde_json::json;
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use tokio::sync::{mpsc::UnboundedSender, watch};
use waypost_protocol::{Downlink, Uplink, topic};

use super::Account;
use super::mailbag::Mailbag;
use super::rumqtt::paced;
use super::tally::{Order, Told};
use crate::office::Caller;
use crate::venv::system;

const AGAIN_AFTER: Duration = Duration::from_millis(500);
const GIVEN_UP_AFTER: Duration = Duration::from_secs(5);
/// How long a `mosquitto_sub` has to say goodbye.
const GOES_WITHIN: Duration = Duration::from_secs(1);
const PULL_EVERY: Duration = Duration::from_secs(1);

struct Device {
    account: Account,
    listener: Caller,
    folder: PathBuf,
    bag: Mailbag,
    sub: Sub,
    pulled_at: Instant,
}

/// A running `mosquitto_sub`.
struct Sub {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

pub async fn run(
    account: Account,
    listener: Caller,
    folder: PathBuf,
    mut orders: watch::Receiver<Order>,
    tell: UnboundedSender<Told>,
) {
    let mut bag = Mailbag::new(account.name, account.group, tell);
    bag.hears_no_answers = true;
    let sub = Sub::start(&account, &listener);
    let mut pace = paced(account.pause);
    let pulled_at = Instant::now();
    let mut device = Device { account, listener, folder, bag, sub, pulled_at };
    while !device.bag.is_level {
        tokio::select! {
            line = device.sub.lines.next_line() => device.hears(line.expect("output can be read")).await,
            Ok(()) = orders.changed() => {
                let order = *orders.borrow_and_update();
                device.bag.obeys(order);
                device.pulls().await;
            }
            _ = pace.tick() => device.turns().await,
        }
    }
    device.sub.child.kill().await.expect("it can be killed");
}

impl Device {
    async fn hears(&mut self, line: Option<String>) {
        let Some(line) = line else {
            // It gave up, as it may when the server is killed under it.
            self.sub = Sub::start(&self.account, &self.listener);
            return;
        };
        if line.contains("received CONNACK (0)") {
            self.bag.tells(Told::Connected);
        } else if line.contains("Subscribed") {
            self.pulls().await;
        } else if let Some(frame) = frame_of(&line)
            && self.bag.takes(frame)
        {
            self.pulls().await;
        }
    }

    async fn turns(&mut self) {
        if self.bag.order == Order::Write {
            if let Some(fresh) = self.bag.writes() {
                self.publishes(&fresh).await;
            }
            if rand::rng().random_ratio(1, self.account.cut_every) {
                self.cut().await;
            }
        }
        if self.bag.answered_at.elapsed() > AGAIN_AFTER {
            for waiting in self.bag.waiting() {
                self.publishes(&waiting).await;
            }
        }
        if self.pulled_at.elapsed() > PULL_EVERY {
            self.pulls().await;
        }
    }

    /// One connection. What it does not bring over is published again.
    async fn publishes(&mut self, frame: &Uplink) {
        let mut command = self.writer("mosquitto_pub", frame);
        // Now and then it waits for a minute, until its keep-alive ends; why is not known (docs/progress.md).
        if let Ok(ended) = tokio::time::timeout(GIVEN_UP_AFTER, command.output()).await
            && ended.expect("it runs").status.success()
        {
            self.bag.tells(Told::Connected);
        }
    }

    fn writer(&self, program: &str, frame: &Uplink) -> Command {
        let file = self.folder.join("strangers.cbor");
        std::fs::write(&file, frame.to_bytes()).expect("a file");
        let up = topic::up(self.account.caller.enrolment);
        let mut command = client(program, &self.account, &self.account.caller);
        command.args(["-t", &up, "-q", "1", "-f"]).arg(file);
        command
    }

    /// Over HTTPS, until nothing more is there.
    async fn pulls(&mut self) {
        self.pulled_at = Instant::now();
        let mut more = true;
        while more {
            let pull = json!(self.bag.pull());
            let request = self.listener.request(reqwest::Method::POST, "/v1/sync").json(&pull);
            // The server may just be starting again.
            let Ok(answer) = request.send().await else { return };
            let Ok(body) = answer.bytes().await else { return };
            let Ok(frames) = serde_json::from_slice::<Vec<Downlink>>(&body) else {
                let body = String::from_utf8_lossy(&body);
                return self.bag.tells(Told::Trouble(format!("no frames: {body}")));
            };
            more = frames.into_iter().any(|frame| self.bag.takes(frame));
        }
    }

    /// The listener is killed, or says goodbye, and another is started.
    async fn cut(&mut self) {
        let child = &mut self.sub.child;
        match child.id() {
            Some(id) if rand::rng().random() => {
                let sent = Command::new("kill").arg("-TERM").arg(id.to_string()).status().await;
                assert!(sent.is_ok_and(|status| status.success()), "SIGTERM can be sent");
                // One that is just connecting forgets that it was asked to go.
                let _gone = tokio::time::timeout(GOES_WITHIN, child.wait()).await;
            }
            _ => {}
        }
        child.kill().await.expect("it can be killed");
        self.sub = Sub::start(&self.account, &self.listener);
    }
}

impl Sub {
    fn start(account: &Account, listener: &Caller) -> Self {
        let mut child = client("mosquitto_sub", account, listener)
            .args(["-t", &topic::down(listener.enrolment), "-q", "1", "-F", "hex %x", "-d"])
            .stdout(Stdio::piped())
            .spawn()
            .expect("mosquitto_sub starts");
        let lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        Self { child, lines }
    }
}

/// A mosquitto client with the address, the pinned CA and the credential of a device.
fn client(program: &str, account: &Account, caller: &Caller) -> Command {
    // Line by line, so that it is heard at once.
    let mut command = Command::new(system("stdbuf"));
    let enrolment = caller.enrolment.to_string();
    command
        .arg("-oL")
        .arg(system(program))
        .args(["-h", "127.0.0.1", "-p", &account.port.to_string(), "--tls-version", "tlsv1.2"])
        .arg("--cafile")
        .arg(&account.ca)
        .args(["-i", &enrolment, "-u", &enrolment, "-P", &caller.credential])
        .stderr(Stdio::null())
        .kill_on_drop(true);
    command
}

fn frame_of(line: &str) -> Option<Downlink> {
    let hex = line.strip_prefix("hex ")?;
    let byte = |at: usize| u8::from_str_radix(hex.get(at..at + 2)?, 16).ok();
    let bytes: Option<Vec<u8>> = (0..hex.len()).step_by(2).map(byte).collect();
    Downlink::from_bytes(&bytes?).ok()
}
