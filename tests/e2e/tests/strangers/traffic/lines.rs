//! A client in another language, as a process that speaks lines (`support/paho_driver.py` and
//! `support/mqttjs_driver.cjs` say which).

use std::process::Stdio;

use serde_json::json;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::{ChildStdin, Command};
use tokio::sync::{mpsc::UnboundedSender, watch};
use waypost_protocol::ConversationId;

use super::Account;
use super::tally::{Order, Told};
use crate::venv::{node_modules, script, system, tool};

pub fn paho() -> Command {
    let mut command = Command::new(tool("python"));
    command.arg(script("paho_driver.py"));
    command
}

pub fn mqtt_js() -> Command {
    let mut command = Command::new(system("node"));
    command.arg(script("mqttjs_driver.cjs")).env("NODE_PATH", node_modules());
    command
}

/// Runs it to its end.
pub async fn run(
    mut command: Command,
    account: Account,
    mut orders: watch::Receiver<Order>,
    tell: UnboundedSender<Told>,
) {
    let command = command.stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
    let mut child = command.spawn().expect("it starts");
    let mut input = child.stdin.take().expect("piped");
    let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
    say(&mut input, &settings(&account)).await;
    loop {
        tokio::select! {
            line = lines.next_line() => match line.expect("output can be read") {
                // Whoever listens may have given up, and has said so.
                Some(line) => drop(tell.send(told(&line))),
                None => break,
            },
            Ok(()) = orders.changed() => {
                let order = *orders.borrow_and_update();
                say(&mut input, &format!("{order:?}").to_lowercase()).await;
            }
        }
    }
    let ended = child.wait().await.expect("it can be waited for");
    assert!(ended.success(), "{} ends with {ended}", account.name);
}

fn settings(account: &Account) -> String {
    let ConversationId::Group(group) = account.group else { panic!("they write into a group") };
    json!({
        "name": account.name,
        "port": account.port,
        "https_port": account.https_port,
        "ca": account.ca,
        "enrolment": account.caller.enrolment,
        "credential": account.caller.credential,
        "group": group,
        "pause_ms": account.pause.as_millis(),
        "cut_every": account.cut_every,
    })
    .to_string()
}

async fn say(input: &mut ChildStdin, line: &str) {
    // One that has ended listens no more; its last lines tell why.
    let _ = input.write_all(format!("{line}\n").as_bytes()).await;
}

fn told(line: &str) -> Told {
    let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
    match (word, rest.parse()) {
        ("connected", _) => Told::Connected,
        ("sent", _) => Told::Sent,
        ("accepted", Ok(id)) => Told::Accepted(id),
        ("event", Ok(id)) => Told::Event(id),
        ("drained", _) => Told::Done(Order::Drain),
        ("level", _) => Told::Done(Order::Level),
        _ => Told::Trouble(line.to_owned()),
    }
}
