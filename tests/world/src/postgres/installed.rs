//! Where PostgreSQL is installed and as whom its server runs. Installs nothing.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Debian keeps each major version in a folder of its own.
const VERSIONS: &str = "/usr/lib/postgresql";

/// The account that the server runs as.
#[derive(Clone, Copy, Debug)]
pub(super) struct Account {
    pub(super) uid: u32,
    pub(super) gid: u32,
}

/// A command of the newest PostgreSQL installed, as the user who runs the tests.
pub(super) fn client(program: &str) -> Command {
    Command::new(folder().join(program))
}

/// A command of the newest PostgreSQL installed, as the user whom the server accepts.
pub(super) fn server(program: &str) -> Command {
    let path = folder().join(program);
    let mut command = match account() {
        None => Command::new(path),
        Some(account) => {
            let mut command = Command::new("setpriv");
            command
                .arg(format!("--reuid={}", account.uid))
                .arg(format!("--regid={}", account.gid))
                .arg("--clear-groups")
                .arg(path);
            command
        }
    };
    // That user may not be able to enter the folder the tests run in.
    command.current_dir("/");
    command
}

/// Whom to become before starting a server: `None` unless the tests run as root, whom it refuses.
pub(super) fn account() -> Option<Account> {
    let me = fs::metadata("/proc/self").expect("/proc is mounted").uid();
    (me == 0).then(|| named("postgres").or_else(|| named("nobody")).expect("an account `nobody`"))
}

/// Whether the server's user can enter `path`, through all folders above it.
pub(super) fn can_enter(path: &Path) -> bool {
    account().is_none()
        || path.ancestors().skip(1).all(|folder| {
            fs::metadata(folder).is_ok_and(|found| found.permissions().mode() & 0o001 != 0)
        })
}

fn folder() -> PathBuf {
    let versions = fs::read_dir(VERSIONS).into_iter().flatten().flatten();
    versions
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse::<u32>().ok()?, entry.path())))
        .filter(|(_, path)| path.join("bin/initdb").exists())
        .max()
        .map(|(_, path)| path.join("bin"))
        .expect("PostgreSQL is not installed, and these tests need it. Run: scripts/setup")
}

fn named(name: &str) -> Option<Account> {
    let accounts = fs::read_to_string("/etc/passwd").ok()?;
    let mut fields = accounts
        .lines()
        .map(|line| line.split(':'))
        .find_map(|mut fields| (fields.next() == Some(name)).then_some(fields))?;
    let uid = fields.nth(1)?.parse().ok()?;
    let gid = fields.next()?.parse().ok()?;
    Some(Account { uid, gid })
}
