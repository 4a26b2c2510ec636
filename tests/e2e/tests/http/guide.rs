//! The guide for integrators, typed from top to bottom as it stands.

use tokio::process::Command;
use waypost_world::{On, World};

use crate::venv::checkout;

/// Where the guide's server listens, on whoever's machine.
const BASE: &str = "https://localhost:8443";

#[tokio::test(flavor = "multi_thread")]
async fn every_command_of_the_guide_does_what_it_says() {
    let world = World::new(On::Sqlite).await;
    let guide = std::fs::read_to_string(checkout().join("docs/api.md")).expect("the guide");
    let commands = commands_of(&guide);
    assert!(commands.matches("\nask ").count() >= 8, "the guide shows how to ask:\n{commands}");
    let base = format!("https://127.0.0.1:{}", world.server.ports().https);
    assert!(commands.contains(BASE), "the guide says where its server is");
    let script = format!(
        "set -euo pipefail\n{}\n{}\nask \"$BASE/v1/search?words=gate\"",
        world.server.as_shell_function(),
        commands.replace(BASE, &base),
    );
    let folder = world.folder().join("integrator");
    std::fs::create_dir(&folder).expect("a folder");
    std::os::unix::fs::symlink(world.server.data(), folder.join("waypost-data")).expect("a link");
    let shell = Command::new("bash").args(["-c", &script]).current_dir(&folder).output();
    let output = shell.await.expect("a shell starts");
    let told = String::from_utf8_lossy(&output.stdout);
    let complaints = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "a command of the guide fails:\n{told}\n{complaints}");
    for expected in [
        "\"handle\":\"crm\"",
        "\"id\":\"group-1\"",
        "version 2 of running-late is published",
        "\"kind\":\"location\"",
        "Gate 4 is closed, use gate 3",
    ] {
        assert!(told.contains(expected), "the guide's commands never say `{expected}`:\n{told}");
    }
    world.ends([]).await;
}

/// All that is to be typed into a shell.
fn commands_of(guide: &str) -> String {
    let blocks = guide.split("```sh\n").skip(1);
    blocks.map(|rest| rest.split("```").next().unwrap_or_default()).collect()
}
