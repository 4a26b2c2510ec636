//! Where the tools of `scripts/requirements.txt` and `scripts/node` are, and how a missing one is
//! told.

use std::path::{Path, PathBuf};

/// The checkout.
pub fn checkout() -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    folder.canonicalize().expect("the checkout that built this test")
}

/// A script of `tests/support`.
pub fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support").join(name)
}

/// A program of the Python tools.
///
/// # Panics
/// If it is not installed, with the command that installs it.
pub fn tool(name: &str) -> PathBuf {
    installed("venv/bin", name)
}

/// A program that `scripts/setup` has built.
///
/// # Panics
/// If it is not there, with the command that builds it.
pub fn built_tool(name: &str) -> PathBuf {
    installed("bin", name)
}

/// The packages of the Node tools.
///
/// # Panics
/// If they are not installed, with the command that installs them.
pub fn node_modules() -> PathBuf {
    installed("node", "node_modules")
}

fn installed(folder: &str, name: &str) -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or("target".into(), PathBuf::from);
    let found = checkout().join(target).join("tools").join(folder).join(name);
    assert!(
        found.exists(),
        "`{name}` is not installed, and this test needs it. Run: scripts/setup"
    );
    found
}

/// A program of the system.
///
/// # Panics
/// If it is not installed, with the command that installs it.
pub fn system(name: &str) -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).map(|folder| folder.join(name)).find(|p| p.exists());
    found.unwrap_or_else(|| {
        panic!("`{name}` is not installed, and this test needs it. Run: scripts/setup")
    })
}
