//! Other servers that speak tus, each over TLS on a free port of its own.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;

use anyhow::Context as _;
use tokio::process::{Child, Command};

use super::files::Uploader;
use super::tus::Door;
use crate::peers::{bound, ends, free_port, opens};

/// The least Node.
const NODE_MAJOR: u32 = 20;

const NODE: &str = include_str!("tus-server.mjs");

/// Which server.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum TusPeer {
    /// `@tus/server` with `@tus/file-store`.
    Node,
    /// rustus behind stunnel, because it speaks no TLS itself.
    Rustus,
}

/// One that runs.
pub(super) struct Peer {
    processes: Vec<Child>,
    door: Door,
}

impl TusPeer {
    /// As it is called in tables.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Node => super::TUS_NODE,
            Self::Rustus => super::RUSTUS,
        }
    }

    /// What is missing to start it.
    pub(super) fn missing(self) -> Option<String> {
        let missing = match self {
            Self::Node => tool("node/node_modules/@tus/server").and(new_node()).err(),
            Self::Rustus => tool("bin/rustus").and(on_path("stunnel4")).err(),
        };
        missing.map(|why| format!("{why:#}"))
    }
}

impl Peer {
    pub(super) async fn start(folder: &Path, peer: TusPeer) -> anyhow::Result<Self> {
        std::fs::create_dir_all(folder)?;
        let folder = folder.canonicalize()?;
        let data = folder.join("data");
        std::fs::create_dir_all(&data)?;
        let (port, pem, tls) = (free_port()?, folder.join("tls.pem"), certified(&folder)?);
        let door = Door { port, tls, path: "/files", bearer: None };
        let processes = match peer {
            TusPeer::Node => vec![started(&folder, node(&folder, &data, port, &pem)?, port).await?],
            TusPeer::Rustus => {
                let plain = free_port()?;
                let server = started(&folder, rustus(&data, plain)?, plain).await?;
                let relay = stunnel(&folder, port, plain, &pem)?;
                vec![server, started(&folder, relay, port).await?]
            }
        };
        Ok(Self { processes, door })
    }

    pub(super) fn uploaders(&self, count: usize) -> Vec<Uploader> {
        vec![Uploader { door: self.door.clone(), promises_at: None }; count]
    }

    /// The server and, where there is one, what speaks TLS for it.
    pub(super) fn pids(&self) -> Vec<u32> {
        self.processes.iter().filter_map(Child::id).collect()
    }

    pub(super) async fn stop(self) -> anyhow::Result<()> {
        // What stands in front first.
        for process in self.processes.into_iter().rev() {
            ends(process).await?;
        }
        Ok(())
    }
}

async fn started(folder: &Path, mut command: Command, port: u16) -> anyhow::Result<Child> {
    let program = command.as_std().get_args().last().map(|it| it.to_string_lossy().into_owned());
    let log = folder.join(format!("{port}.log"));
    let output = std::fs::File::create(&log)?;
    let mut process = command
        .stdin(Stdio::null())
        .stdout(output.try_clone()?)
        .stderr(output)
        .kill_on_drop(true)
        .spawn()
        .with_context(|| program.unwrap_or_default())?;
    opens(&mut process, port).await.with_context(|| format!("see {}", log.display()))?;
    Ok(process)
}

fn node(folder: &Path, data: &Path, port: u16, pem: &Path) -> anyhow::Result<Command> {
    let script = folder.join("tus-server.mjs");
    std::fs::write(&script, NODE)?;
    // Node looks for packages beside the script.
    std::os::unix::fs::symlink(tool("node/node_modules")?, folder.join("node_modules"))?;
    let mut command = bound("node");
    command.arg(script).arg(data).arg(port.to_string()).arg(pem).env("NODE_ENV", "production");
    Ok(command)
}

fn rustus(data: &Path, port: u16) -> anyhow::Result<Command> {
    let program = tool("bin/rustus")?;
    let mut command = bound(&program.to_string_lossy());
    command.args(["--host", "127.0.0.1", "--port", &port.to_string(), "--log-level", "ERROR"]);
    // It takes a request into memory as a whole, up to a quarter of a MiB if it is told nothing.
    command.args(["--max-body-size", &(2 * super::files::PIECE).to_string()]);
    command.arg("--data-dir").arg(data).arg("--info-dir").arg(data);
    Ok(command)
}

fn stunnel(folder: &Path, port: u16, plain: u16, pem: &Path) -> anyhow::Result<Command> {
    let text = format!(
        "foreground = yes\npid =\nsyslog = no\ndebug = err\nsocket = l:TCP_NODELAY=1\n\
         socket = r:TCP_NODELAY=1\n[tus]\naccept = 127.0.0.1:{port}\nconnect = 127.0.0.1:{plain}\n\
         cert = {}\n",
        pem.display()
    );
    let configuration = folder.join("stunnel.conf");
    std::fs::write(&configuration, text)?;
    let mut command = bound("stunnel4");
    command.arg(configuration);
    Ok(command)
}

/// Writes key and certificate of a server into one file, and says what trusts it.
fn certified(folder: &Path) -> anyhow::Result<Arc<rustls::ClientConfig>> {
    let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()])?;
    let pem = made.signing_key.serialize_pem() + &made.cert.pem();
    std::fs::write(folder.join("tls.pem"), pem)?;
    let mut roots = rustls::RootCertStore::empty();
    roots.add(made.cert.der().clone())?;
    let tls = rustls::ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
    Ok(Arc::new(tls))
}

/// What `scripts/setup` has put beside the programs of this workspace.
fn tool(name: &str) -> anyhow::Result<PathBuf> {
    let program = std::env::current_exe()?;
    let found = program.ancestors().map(|folder| folder.join("tools").join(name));
    let mut found = found.filter(|path| path.exists());
    found.next().with_context(|| format!("{name} is not there; run scripts/setup --bench"))
}

/// `@tus/server` needs a newer Node than Debian 12 has.
fn new_node() -> anyhow::Result<PathBuf> {
    let node = on_path("node")?;
    let said = std::process::Command::new(&node).arg("--version").output()?.stdout;
    let said = String::from_utf8_lossy(&said);
    let major = said.trim_start_matches('v').split('.').next().and_then(|it| it.parse().ok());
    anyhow::ensure!(major.unwrap_or(0) >= NODE_MAJOR, "it needs Node {NODE_MAJOR}, not {said}");
    Ok(node)
}

/// A program of the system.
pub(super) fn on_path(name: &str) -> anyhow::Result<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut found = std::env::split_paths(&path).map(|folder| folder.join(name));
    let found = found.find(|path| path.exists());
    found.with_context(|| format!("{name} is not installed; run scripts/setup --bench"))
}
