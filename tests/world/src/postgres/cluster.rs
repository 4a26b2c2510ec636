//! One PostgreSQL cluster in a folder of its own: made, started, stopped, spoken to.
//!
//! Knows nothing of who shares it or how long it should live.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::installed;

/// The superuser of every test cluster; its port is open to this machine alone, without password.
const USER: &str = "postgres";
/// How often to look for another free port when a start failed.
const START_TRIES: u32 = 5;
const START_TIMEOUT_SECS: u32 = 60;

/// `fsync` stays on: what the record promises about durability is tested, not assumed.
const SETTINGS: &str = "
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 300
fsync = on
recovery_init_sync_method = syncfs
log_min_messages = warning
";

/// A cluster that has been made; it may run or not.
#[derive(Clone, Debug)]
pub(super) struct Cluster {
    folder: PathBuf,
    port: u16,
}

impl Cluster {
    /// Makes a new cluster in `folder`, in place of what was there, and starts it on a free port.
    pub(super) fn create(folder: &Path) -> Self {
        let folder = folder.to_owned();
        init(&folder);
        Self::start_somewhere(&folder)
    }

    /// Starts what was made in `folder` on a free port.
    pub(super) fn start_somewhere(folder: &Path) -> Self {
        let mut failure = String::new();
        for _ in 0..START_TRIES {
            let cluster = Self { folder: folder.to_owned(), port: free_port() };
            match cluster.try_start() {
                Ok(()) => return cluster,
                Err(said) => failure = said,
            }
        }
        panic!("PostgreSQL did not start in {}: {failure}", folder.display());
    }

    /// The cluster that runs in `folder`, if one does.
    pub(super) fn running(folder: &Path) -> Option<Self> {
        let written = fs::read_to_string(data(folder).join("postmaster.pid")).ok()?;
        let pid = written.lines().next()?.trim();
        let port = written.lines().nth(3)?.trim().parse().ok()?;
        // The number alone could belong to another program by now.
        let name = fs::read_to_string(format!("/proc/{pid}/comm")).ok()?;
        name.starts_with("postgres").then(|| Self { folder: folder.to_owned(), port })
    }

    /// Starts it again on the port it had.
    pub(super) fn start(&self) {
        if let Err(failure) = self.try_start() {
            panic!("PostgreSQL did not start again in {}: {failure}", self.folder.display());
        }
    }

    /// Ends all its processes as a crash would: no checkpoint, open transactions are lost.
    pub(super) fn crash(&self) {
        let mut stop = installed::server("pg_ctl");
        stop.arg("-D").arg(data(&self.folder)).args(["-m", "immediate", "-w", "stop"]);
        // Fails when it does not run, which is what was asked for.
        let _ = stop.output();
    }

    /// Stops it as its operator would: open transactions are ended, what was committed is written.
    pub(super) fn stop(&self) {
        let mut stop = installed::server("pg_ctl");
        stop.arg("-D").arg(data(&self.folder)).args(["-m", "fast", "-w", "stop"]);
        if let Err(said) = done(&mut stop) {
            panic!("PostgreSQL did not stop in {}: {said}", self.folder.display());
        }
    }

    /// The number of its first process, while it runs.
    pub(super) fn postmaster(&self) -> Option<u32> {
        let written = fs::read_to_string(data(&self.folder).join("postmaster.pid")).ok()?;
        written.lines().next()?.trim().parse().ok()
    }

    /// Runs one statement in the maintenance database.
    pub(super) fn sql(&self, statement: &str) {
        if let Err(said) = done(&mut self.psql(statement)) {
            panic!("PostgreSQL refused `{statement}`: {said}");
        }
    }

    pub(super) fn url(&self, database: &str) -> String {
        format!("postgres://{USER}@127.0.0.1:{}/{database}", self.port)
    }

    pub(super) fn port(&self) -> u16 {
        self.port
    }

    pub(super) fn data(&self) -> PathBuf {
        data(&self.folder)
    }

    fn psql(&self, statement: &str) -> Command {
        let mut psql = installed::client("psql");
        psql.args(["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1"])
            .args(["--command", statement])
            .arg(self.url("postgres"));
        psql
    }

    fn try_start(&self) -> Result<(), String> {
        let log = self.folder.join("log");
        let mut start = installed::server("pg_ctl");
        start
            .arg("-D")
            .arg(data(&self.folder))
            .arg("-l")
            .arg(&log)
            .args(["-t", &START_TIMEOUT_SECS.to_string()])
            .args(["-o", &format!("-p {}", self.port)])
            .args(["-w", "start"]);
        done(&mut start)
            .map_err(|said| format!("{said}\n{}", fs::read_to_string(log).unwrap_or_default()))
    }
}

pub(super) fn data(folder: &Path) -> PathBuf {
    folder.join("data")
}

/// An empty cluster whose settings are ours.
///
/// Its text sorts by a language's rules, as most installations do, and not by bytes as SQLite
/// does: a query whose order depends on that differs here before it differs at a customer.
fn init(folder: &Path) {
    make_folder(folder);
    let mut initdb = installed::server("initdb");
    initdb
        .arg("--pgdata")
        .arg(data(folder))
        .args(["--username", USER, "--auth=trust", "--encoding=UTF8", "--locale=C"])
        .args(["--locale-provider=icu", "--icu-locale=en-US", "--no-sync"]);
    if let Err(said) = done(&mut initdb) {
        panic!("initdb failed in {}: {said}", folder.display());
    }
    let configuration = data(folder).join("postgresql.auto.conf");
    fs::write(configuration, SETTINGS).expect("writing the test cluster's settings");
}

/// An empty folder of the server's user.
pub(super) fn make_folder(folder: &Path) {
    put_away(folder);
    fs::create_dir_all(folder).expect("a folder for the test cluster");
    if let Some(account) = installed::account() {
        std::os::unix::fs::chown(folder, Some(account.uid), Some(account.gid))
            .expect("giving the test cluster's folder to the server's user");
    }
}

/// What was there goes while the tests run: hundreds of databases take minutes.
fn put_away(folder: &Path) {
    let old = folder.with_extension(format!("old-{}", std::process::id()));
    if fs::rename(folder, &old).is_ok() {
        let mut remove = Command::new("rm");
        remove.arg("-rf").arg(&old).stdin(Stdio::null()).stdout(Stdio::null());
        // What stays behind is in nobody's way.
        let _ = remove.stderr(Stdio::null()).spawn();
    }
}

fn free_port() -> u16 {
    let probe = TcpListener::bind("127.0.0.1:0").expect("a free loopback port");
    probe.local_addr().expect("an address").port()
}

pub(super) fn done(command: &mut Command) -> Result<(), String> {
    let output = command.stdin(Stdio::null()).output().map_err(|error| error.to_string())?;
    if output.status.success() {
        return Ok(());
    }
    let said = [output.stdout, output.stderr].concat();
    Err(String::from_utf8_lossy(&said).into_owned())
}
