//! One of the other servers as a process: its configuration, its start and its end.
//!
//! Each has its data and its port for itself, and runs as whoever runs the measurement. It ends
//! with this process, whatever ends that.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::Context as _;
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::time::{Instant, interval, timeout};

use super::Peer;

/// Longest time from start to the first connection.
const STARTS_WITHIN: Duration = Duration::from_secs(90);
/// Longest time for an orderly end.
const ENDS_WITHIN: Duration = Duration::from_secs(30);
/// How often it is tried whether the port is open.
const TRY_EVERY: Duration = Duration::from_millis(100);

const EJABBERD: &str = include_str!("ejabberd.yml");
const RABBITMQ: &str = include_str!("rabbitmq.conf");

/// A server that runs.
pub(super) struct Server {
    process: Child,
    /// What finds the nodes of Erlang, where the server wants it.
    names: Option<Child>,
    port: u16,
}

impl Server {
    pub(super) async fn start(folder: &Path, peer: Peer) -> anyhow::Result<Self> {
        std::fs::create_dir_all(folder)?;
        let folder = folder.canonicalize()?;
        let port = free_port()?;
        let (mut command, names) = match peer {
            Peer::MosquittoMemory => (mosquitto(&folder, port, false)?, None),
            Peer::MosquittoDisk => (mosquitto(&folder, port, true)?, None),
            Peer::Rabbitmq => rabbitmq(&folder, port)?,
            Peer::Ejabberd => (ejabberd(&folder, port)?, None),
        };
        let log = std::fs::File::create(folder.join("output.log"))?;
        let process = command
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("{} starts", peer.words()))?;
        let mut server = Self { process, names, port };
        let opened = opens(&mut server.process, port).await;
        opened.with_context(|| format!("see {}", folder.display()))?;
        Ok(server)
    }

    pub(super) fn port(&self) -> u16 {
        self.port
    }

    pub(super) fn pids(&self) -> Vec<u32> {
        self.process.id().into_iter().collect()
    }

    /// SIGTERM, and waits for the end.
    pub(super) async fn stop(self) -> anyhow::Result<()> {
        ends(self.process).await?;
        if let Some(mut names) = self.names {
            names.kill().await?;
        }
        Ok(())
    }
}

/// Waits until a process takes connections.
pub(crate) async fn opens(process: &mut Child, port: u16) -> anyhow::Result<()> {
    let (began, mut each) = (Instant::now(), interval(TRY_EVERY));
    while TcpStream::connect(("127.0.0.1", port)).await.is_err() {
        anyhow::ensure!(process.try_wait()?.is_none(), "it has ended");
        anyhow::ensure!(began.elapsed() < STARTS_WITHIN, "it opens no port");
        each.tick().await;
    }
    Ok(())
}

/// SIGTERM, and waits for the end.
pub(crate) async fn ends(mut process: Child) -> anyhow::Result<()> {
    let id = process.id().context("it still runs")?;
    Command::new("kill").arg("-TERM").arg(id.to_string()).status().await?;
    if timeout(ENDS_WITHIN, process.wait()).await.is_err() {
        process.kill().await?;
    }
    Ok(())
}

/// A command that is killed when this process ends.
pub(crate) fn bound(program: &str) -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "KILL", "--", program]);
    command
}

fn mosquitto(folder: &Path, port: u16, persists: bool) -> anyhow::Result<Command> {
    let mut text = format!(
        "user root\nlistener {port} 127.0.0.1\nallow_anonymous true\nmax_queued_messages 0\n\
         max_inflight_messages 100\nset_tcp_nodelay true\nlog_type error\n"
    );
    if persists {
        text += &format!(
            "persistence true\npersistence_location {}/\nautosave_on_changes true\n\
             autosave_interval 1\n",
            folder.display()
        );
    }
    let file = write(folder, "mosquitto.conf", &text)?;
    let mut command = bound("/usr/sbin/mosquitto");
    command.arg("-c").arg(file);
    Ok(command)
}

fn rabbitmq(folder: &Path, port: u16) -> anyhow::Result<(Command, Option<Child>)> {
    let text = RABBITMQ.replace("PORT", &port.to_string());
    let configuration = write(folder, "rabbitmq.conf", &text)?;
    let plugins = write(folder, "enabled", "[rabbitmq_mqtt].\n")?;
    let (names_port, nodes_port) = (free_port()?.to_string(), free_port()?.to_string());
    let names = bound("epmd")
        .args(["-address", "127.0.0.1", "-port", &names_port])
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .context("epmd starts (scripts/setup --bench installs RabbitMQ)")?;
    let mut command = bound("/usr/lib/rabbitmq/bin/rabbitmq-server");
    command
        .env("HOME", folder)
        .env("ERL_EPMD_PORT", &names_port)
        .env("ERL_EPMD_ADDRESS", "127.0.0.1")
        .env("RABBITMQ_NODENAME", "bench@localhost")
        .env("RABBITMQ_DIST_PORT", &nodes_port)
        .env("RABBITMQ_MNESIA_BASE", folder)
        .env("RABBITMQ_LOG_BASE", folder)
        .env("RABBITMQ_CONFIG_FILE", configuration)
        .env("RABBITMQ_CONF_ENV_FILE", "/dev/null")
        .env("RABBITMQ_ENABLED_PLUGINS_FILE", plugins)
        // Then it is the server itself, and no shell around it.
        .env("RUNNING_UNDER_SYSTEMD", "true");
    Ok((command, Some(names)))
}

/// Erlang without names of nodes: one server that nobody else speaks to.
fn ejabberd(folder: &Path, port: u16) -> anyhow::Result<Command> {
    let at = folder.display().to_string();
    let text = EJABBERD.replace("PORT", &port.to_string()).replace("FOLDER", &at);
    let configuration = write(folder, "ejabberd.yml", &text)?;
    let mut command = bound("erl");
    command
        .args(["-noinput", "+K", "true", "+P", "250000"])
        .args(["-mnesia", "dir", &format!("\"{at}/mnesia\"")])
        .args(["-s", "ejabberd"])
        .env("HOME", folder)
        .env("ERL_LIBS", format!("/usr/lib/{}-linux-gnu", std::env::consts::ARCH))
        .env("EJABBERD_CONFIG_PATH", configuration)
        .env("EJABBERD_LOG_PATH", folder.join("ejabberd.log"));
    Ok(command)
}

fn write(folder: &Path, name: &str, text: &str) -> anyhow::Result<PathBuf> {
    let file = folder.join(name);
    std::fs::write(&file, text)?;
    Ok(file)
}

/// A port that nobody listens at.
pub(crate) fn free_port() -> anyhow::Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}
