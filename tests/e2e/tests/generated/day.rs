//! A day at dispatch, by a client in Python and by one in TypeScript, both made from what the server says of
//! itself.

use std::path::PathBuf;

use tokio::process::Command;
use waypost_world::On;

use crate::office::{Caller, Office, enrol};
use crate::venv::{node_modules, script, system, tool};

/// What both say when they come to the end.
const LAST_WORDS: &str = "the day is over";

#[tokio::test(flavor = "multi_thread")]
async fn a_client_in_python_lives_a_day() {
    let (office, bot, folder) = opened().await;
    let made = Command::new(tool("openapi-python-client"))
        .args(["generate", "--meta", "none", "--path", "openapi.json", "--output-path", "waypost"])
        // It looks for the tool that formats what it has made.
        .env("PATH", with_tools())
        .current_dir(&folder)
        .output();
    succeeds("the generator", made.await);
    let day = Command::new(tool("python"))
        .arg(script("day.py"))
        .envs(who(&office, &bot))
        .env("PYTHONPATH", &folder)
        .output();
    let told = succeeds("the day", day.await);
    assert!(told.ends_with(LAST_WORDS), "{told}");
    office.closes().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_in_typescript_lives_a_day() {
    let (office, bot, folder) = opened().await;
    let bin = node_modules().join(".bin");
    std::os::unix::fs::symlink(node_modules(), folder.join("node_modules")).expect("a link");
    std::fs::copy(script("day.mts"), folder.join("day.mts")).expect("a copy");
    let made = Command::new(bin.join("openapi-typescript"))
        // What has a default may be left out of a question.
        .args(["openapi.json", "-o", "waypost.d.ts", "--default-non-nullable=false"])
        .current_dir(&folder)
        .output();
    succeeds("the generator", made.await);
    // The compiler holds each call against what the document says of it.
    let compiled = Command::new(bin.join("tsc"))
        .args(["--strict", "--target", "es2022", "--module", "nodenext", "--lib", "es2022,dom"])
        .args(["--skipLibCheck", "--types", "node", "day.mts"])
        .current_dir(&folder)
        .output();
    succeeds("the compiler", compiled.await);
    let day = Command::new(system("node"))
        .arg("day.mjs")
        .envs(who(&office, &bot))
        .env("NODE_EXTRA_CA_CERTS", office.world.server.ca_file())
        .current_dir(&folder)
        .output();
    let told = succeeds("the day", day.await);
    assert!(told.ends_with(LAST_WORDS), "{told}");
    office.closes().await;
}

/// An office with a bot, and a folder with what the server says of itself.
async fn opened() -> (Office, Caller, PathBuf) {
    let office = Office::open(On::Sqlite).await;
    office.world.adds("crm", "bot").await;
    let bot = enrol(&office.world, "crm").await;
    let folder = office.world.folder().join("integrator");
    std::fs::create_dir(&folder).expect("a folder");
    let document = office.nobody().get("/openapi.json").await;
    std::fs::write(folder.join("openapi.json"), document.body.to_string()).expect("a file");
    (office, bot, folder)
}

/// Where the server is, and as whom the clients speak.
fn who(office: &Office, bot: &Caller) -> Vec<(&'static str, String)> {
    let port = office.world.server.ports().https;
    vec![
        ("BASE", format!("https://127.0.0.1:{port}")),
        ("CA", office.world.server.ca_file().display().to_string()),
        ("OMAR", office.omar.credential.clone()),
        ("DANA", office.dana.credential.clone()),
        ("CRM", bot.credential.clone()),
    ]
}

fn with_tools() -> String {
    let tools = tool("python");
    let own = tools.parent().expect("a folder").display().to_string();
    format!("{own}:{}", std::env::var("PATH").unwrap_or_default())
}

fn succeeds(what: &str, output: std::io::Result<std::process::Output>) -> String {
    let output = output.expect("it starts");
    let told = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    let complaints = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{what} fails:\n{told}\n{complaints}");
    told
}
