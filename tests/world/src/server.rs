//! A real `waypost-server` process, which can be killed.

use std::ffi::OsStr;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::oneshot;

/// Longest time from start to readiness, on a busy machine.
const READY_WITHIN: Duration = Duration::from_secs(60);

/// Longest time for an orderly stop.
const STOPPED_WITHIN: Duration = Duration::from_secs(30);

/// A server process with a data folder of its own on free ports of the loopback interface.
pub struct ServerProcess {
    binary: PathBuf,
    data: PathBuf,
    database: Option<String>,
    environment: Vec<(String, String)>,
    host: IpAddr,
    ports: Option<Ports>,
    child: Option<Child>,
    errors: Arc<Mutex<Vec<String>>>,
}

/// Where a server listens.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Ports {
    /// MQTT over TLS.
    pub mqtt: u16,
    /// HTTPS.
    pub https: u16,
}

impl ServerProcess {
    /// A server that is not started yet.
    pub fn new(data: &Path, database: Option<String>) -> Self {
        Self {
            binary: built("waypost-server"),
            data: data.to_owned(),
            database,
            // Tests ask faster than people do; the one about the bound sets its own.
            environment: vec![("WAYPOST_REQUESTS_PER_MINUTE".to_owned(), "10000000".to_owned())],
            host: Ipv4Addr::LOCALHOST.into(),
            ports: None,
            child: None,
            errors: Arc::default(),
        }
    }

    /// Sets an environment variable for later starts.
    pub fn set(&mut self, name: &str, value: &str) {
        self.environment.push((name.to_owned(), value.to_owned()));
    }

    /// Listens on these ports of another loopback address, so that something that a test controls
    /// can stand at the address that devices are told, which stays 127.0.0.1.
    pub fn listens_at(&mut self, host: IpAddr, ports: Ports) {
        (self.host, self.ports) = (host, Some(ports));
    }

    /// Starts it, on the ports of its first start, and waits until it is ready.
    pub async fn start(&mut self) {
        let host = self.host;
        let listen = |port: Option<u16>| SocketAddr::new(host, port.unwrap_or(0)).to_string();
        let ports = self.ports;
        let mut child = self
            .command()
            .arg("--https")
            .arg(listen(ports.map(|ports| ports.https)))
            .arg("--mqtt")
            .arg(listen(ports.map(|ports| ports.mqtt)))
            .arg("serve")
            .env("WAYPOST_LOG_JSON", "true")
            .stderr(Stdio::piped())
            .spawn()
            .expect("waypost-server starts");
        let (ready, is_ready) = oneshot::channel();
        let lines = BufReader::new(child.stderr.take().expect("piped")).lines();
        tokio::spawn(watch(lines, Some(ready), Arc::clone(&self.errors)));
        let heard = tokio::time::timeout(READY_WITHIN, is_ready).await;
        let ports = heard.ok().and_then(Result::ok);
        self.ports = Some(
            ports.unwrap_or_else(|| panic!("the server did not become ready: {:?}", self.errors())),
        );
        self.child = Some(child);
    }

    /// SIGKILL: what a power cut is to a process.
    pub async fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().await.expect("the server can be killed");
        }
    }

    /// SIGTERM, and waits for the orderly end.
    pub async fn stop(&mut self) {
        let Some(mut child) = self.child.take() else { return };
        if let Some(id) = child.id() {
            let sent = Command::new("kill").arg("-TERM").arg(id.to_string()).status().await;
            assert!(sent.is_ok_and(|status| status.success()), "SIGTERM can be sent");
        }
        let ended = tokio::time::timeout(STOPPED_WITHIN, child.wait()).await;
        let status = ended.expect("the server stops in time").expect("it can be waited for");
        assert!(status.success(), "an orderly stop ends with {status}");
    }

    /// Runs one command of the command line and returns what it printed.
    ///
    /// # Errors
    /// What it printed on standard error, if it failed.
    pub async fn cli(&self, arguments: &[&str]) -> Result<String, String> {
        let output = self.command().args(arguments).output().await.expect("the command runs");
        let text = |bytes| String::from_utf8_lossy(bytes).trim().to_owned();
        if output.status.success() {
            Ok(text(&output.stdout))
        } else {
            Err(text(&output.stdout) + &text(&output.stderr))
        }
    }

    /// The folder of its data.
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// A function of bash that is called as the program is, and speaks to this server.
    pub fn as_shell_function(&self) -> String {
        let command = self.command();
        let command = command.as_std();
        let quoted = |text: &OsStr| format!("'{}'", text.to_string_lossy().replace('\'', r"'\''"));
        let set = command.get_envs().filter_map(|(name, value)| {
            Some(format!("{}={}", name.to_string_lossy(), quoted(value?)))
        });
        let program = std::iter::once(quoted(command.get_program()));
        let words: Vec<_> = set.chain(program).chain(command.get_args().map(quoted)).collect();
        format!("waypost-server() {{ {} \"$@\"; }}", words.join(" "))
    }

    /// Where it listens.
    ///
    /// # Panics
    /// If it was never started.
    pub fn ports(&self) -> Ports {
        self.ports.expect("the server was started")
    }

    /// The process id, while it runs.
    pub fn pid(&self) -> Option<u32> {
        self.child.as_ref().and_then(Child::id)
    }

    /// The CA that its devices pin, in PEM.
    pub fn ca_file(&self) -> PathBuf {
        self.data.join("tls").join("ca.pem")
    }

    /// Every ERROR that it logged.
    pub fn errors(&self) -> Vec<String> {
        self.errors.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Takes back every ERROR that says this, which the story has brought about.
    ///
    /// # Panics
    /// If it logged none.
    pub fn forgives(&self, what: &str) {
        let mut errors = self.errors.lock().unwrap_or_else(PoisonError::into_inner);
        let all = errors.len();
        errors.retain(|error| !error.contains(what));
        assert!(errors.len() < all, "the server logged no error about it: {what}");
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.binary);
        command
            .arg("--data")
            .arg(&self.data)
            .args(["--name", "127.0.0.1"])
            .envs(self.environment.iter().cloned())
            .stdin(Stdio::null())
            .kill_on_drop(true);
        if let Some(database) = &self.database {
            command.arg("--database").arg(database);
        }
        if let Some(ports) = self.ports {
            // Links are issued with the ports of the settings when the server does not run.
            command.env("WAYPOST_HTTPS", SocketAddr::new(self.host, ports.https).to_string());
        }
        command
    }
}

async fn watch(
    mut lines: tokio::io::Lines<BufReader<tokio::process::ChildStderr>>,
    mut ready: Option<oneshot::Sender<Ports>>,
    errors: Arc<Mutex<Vec<String>>>,
) {
    while let Ok(Some(line)) = lines.next_line().await {
        let entry: serde_json::Value = match serde_json::from_str(&line) {
            Ok(entry) => entry,
            Err(_) => {
                // A panic, or what is printed before the log begins.
                errors.lock().unwrap_or_else(PoisonError::into_inner).push(line);
                continue;
            }
        };
        if entry["level"] == "ERROR" {
            errors.lock().unwrap_or_else(PoisonError::into_inner).push(line.clone());
        }
        if let Some(ports) = ports_of(&entry)
            && let Some(ready) = ready.take()
        {
            // Whoever started it has given up if this fails.
            let _ = ready.send(ports);
        }
    }
}

fn ports_of(entry: &serde_json::Value) -> Option<Ports> {
    let port = |name: &str| entry["fields"][name].as_str()?.rsplit(':').next()?.parse().ok();
    Some(Ports { mqtt: port("mqtt")?, https: port("https")? })
}

/// A binary of this workspace, beside the test that runs.
///
/// # Panics
/// If it is not built.
pub fn built(name: &str) -> PathBuf {
    let mut folder = std::env::current_exe().expect("a test knows its own path");
    while folder.pop() {
        let binary = folder.join(name);
        if binary.is_file() {
            return binary;
        }
    }
    panic!("{name} is not built; run `cargo build -p {name}` or the whole of `scripts/test`");
}
