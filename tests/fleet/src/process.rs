//! The other end of [`crate::device`]: starts a device process, speaks to it, kills it.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::Context as _;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use waypost_protocol::FactId;

/// Longest wait for one answer of the device, on a busy machine.
const ANSWER_WITHIN: Duration = Duration::from_secs(45);

/// One device in a process of its own.
pub struct DeviceProcess {
    binary: PathBuf,
    store: PathBuf,
    environment: Vec<(String, String)>,
    running: Option<Running>,
}

struct Running {
    child: Child,
    to: ChildStdin,
    from: Lines<BufReader<ChildStdout>>,
}

impl DeviceProcess {
    /// A device that is not started yet; `binary` is `waypost-fleet`.
    pub fn new(binary: &Path, store: &Path) -> Self {
        Self {
            binary: binary.to_owned(),
            store: store.to_owned(),
            environment: Vec::new(),
            running: None,
        }
    }

    /// Sets an environment variable for later starts.
    pub fn set(&mut self, name: &str, value: &str) {
        self.environment.push((name.to_owned(), value.to_owned()));
    }

    /// The process id, while it runs.
    pub fn pid(&self) -> Option<u32> {
        self.running.as_ref().and_then(|running| running.child.id())
    }

    /// Starts it and returns how many facts wait in its outbox.
    ///
    /// # Errors
    /// If it does not start.
    pub async fn start(&mut self, enrol: Option<&str>) -> anyhow::Result<usize> {
        let mut command = Command::new(&self.binary);
        command.arg("device").arg("--store").arg(&self.store);
        command.envs(self.environment.iter().cloned());
        if let Some(link) = enrol {
            command.arg("--enrol").arg(link);
        }
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn().context("waypost-fleet starts")?;
        let to = child.stdin.take().context("piped")?;
        let from = BufReader::new(child.stdout.take().context("piped")?).lines();
        self.running = Some(Running { child, to, from });
        let answer = self.hear().await?;
        let waiting = answer.strip_prefix("waiting ").context("its first words")?;
        Ok(waiting.parse()?)
    }

    /// Taps, and returns the message once it is durable.
    ///
    /// # Errors
    /// If the device does not answer.
    pub async fn taps(&mut self, line: &str) -> anyhow::Result<FactId> {
        self.tell(line).await?;
        let answer = self.hear().await?;
        let id = answer.strip_prefix("sent ").context(answer.clone())?;
        Ok(id.parse()?)
    }

    /// Taps, and does not wait to hear whether it became durable.
    ///
    /// # Errors
    /// If the device does not run.
    pub async fn taps_unheard(&mut self, line: &str) -> anyhow::Result<()> {
        self.tell(line).await
    }

    /// Loses signal, or has it again.
    ///
    /// # Errors
    /// If the device does not answer.
    pub async fn online(&mut self, online: bool) -> anyhow::Result<()> {
        self.tell(if online { "online" } else { "offline" }).await?;
        self.hear().await.map(|_| ())
    }

    /// SIGKILL: the battery falls out.
    ///
    /// # Errors
    /// If it does not run.
    pub async fn kill(&mut self) -> anyhow::Result<()> {
        let mut running = self.running.take().context("it runs")?;
        running.child.kill().await.context("it can be killed")
    }

    /// The orderly end.
    ///
    /// # Errors
    /// If it does not end well.
    pub async fn close(&mut self) -> anyhow::Result<()> {
        self.tell("close").await?;
        self.hear().await?;
        let mut running = self.running.take().context("it runs")?;
        let status = running.child.wait().await?;
        anyhow::ensure!(status.success(), "the device ended with {status}");
        Ok(())
    }

    async fn tell(&mut self, line: &str) -> anyhow::Result<()> {
        let running = self.running.as_mut().context("the device is not running")?;
        running.to.write_all(format!("{line}\n").as_bytes()).await?;
        Ok(running.to.flush().await?)
    }

    async fn hear(&mut self) -> anyhow::Result<String> {
        let running = self.running.as_mut().context("the device is not running")?;
        let line = tokio::time::timeout(ANSWER_WITHIN, running.from.next_line()).await;
        let line = line.context("the device does not answer")??;
        line.context("the device has ended")
    }
}
