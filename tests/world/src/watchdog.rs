//! Processes that outlive a test to end what it started, should it be killed before it can.

use std::ffi::OsStr;
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};

/// Runs `script` apart from this process: its parent, its signals and its output are not ours.
/// `name` is what `ps` shows; `arguments` are the script's `$1`, `$2` and so on.
///
/// # Panics
/// If no shell can be started.
pub fn run(name: &str, script: &str, arguments: &[&OsStr]) {
    let started = Command::new("sh")
        .args(["-c", r#"sh -c "$@" &"#, "sh", script, name])
        .args(arguments)
        .current_dir("/")
        .process_group(0)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    assert!(started.is_ok_and(|status| status.success()), "no {name} could be started");
}
