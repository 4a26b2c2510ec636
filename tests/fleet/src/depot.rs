//! The server of a simulated fleet, and the devices that it enrols.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;
use waypost_world::ServerProcess;

use crate::tablet::Tablet;

/// A server process with an embedded database in a folder, and the stores of devices beside it.
pub struct Depot {
    /// The server.
    pub server: ServerProcess,
    folder: PathBuf,
}

impl Depot {
    /// A running server on an empty record in this folder, or on the PostgreSQL at `database`.
    ///
    /// # Errors
    /// If the folder cannot be made.
    pub async fn start(folder: &Path, database: Option<String>) -> anyhow::Result<Self> {
        std::fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
        Ok(Self::around(ServerProcess::new(&folder.join("server"), database), folder).await)
    }

    /// As [`Self::start`], with a server that was made ready by whoever calls.
    pub async fn around(mut server: ServerProcess, folder: &Path) -> Self {
        server.start().await;
        Self { server, folder: folder.to_owned() }
    }

    /// Puts someone into the directory.
    ///
    /// # Errors
    /// What the server's command line says.
    pub async fn adds(&self, name: &str, role: &str, language: &str) -> anyhow::Result<()> {
        self.asks(&["person", "add", name, "--role", role, "--language", language])
            .await
            .map(|_| ())
    }

    /// A one-time enrolment link.
    ///
    /// # Errors
    /// What the server's command line says.
    pub async fn link_for(&self, name: &str) -> anyhow::Result<String> {
        self.asks(&["enrol", name, "--link-only"]).await
    }

    /// A device for someone of the directory, in this process.
    ///
    /// # Errors
    /// If it cannot be enrolled.
    pub async fn tablet(&self, name: &str, browse: Option<Duration>) -> anyhow::Result<Tablet> {
        let link = self.link_for(name).await?;
        Tablet::enrol(name, &link, &self.store_of(name), browse).await
    }

    /// Where the device of someone keeps its store.
    pub fn store_of(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}.db"))
    }

    /// What the server says of its audit record.
    ///
    /// # Errors
    /// If it is not verified.
    pub async fn audit(&self) -> anyhow::Result<String> {
        let verdict = self.asks(&["audit", "verify"]).await?;
        anyhow::ensure!(verdict.starts_with("verified"), "the audit record: {verdict}");
        Ok(verdict)
    }

    /// What the server's command line answers.
    ///
    /// # Errors
    /// What it says.
    pub async fn asks(&self, arguments: &[&str]) -> anyhow::Result<String> {
        let answer = self.server.cli(arguments).await;
        answer.map_err(|error| anyhow::anyhow!("waypost-server {}: {error}", arguments.join(" ")))
    }
}
