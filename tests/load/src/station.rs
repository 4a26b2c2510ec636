//! A server on a record that was prepared for it, in a folder of its own.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use clap::ValueEnum;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;
use tokio::process::Command;
use waypost_world::ServerProcess;
use waypost_world::postgres::PrivateCluster;

use crate::line::Account;
use crate::seed::{Enrolled, Seed};

/// Where a record is kept.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Database {
    /// A file of the server.
    Sqlite,
    /// A cluster of its own.
    Postgres,
}

impl Database {
    /// As it is called in tables.
    pub fn words(self) -> &'static str {
        match self {
            Self::Sqlite => "Waypost on SQLite",
            Self::Postgres => "Waypost on PostgreSQL",
        }
    }
}

/// The place of one server.
pub struct Station {
    /// The server.
    pub server: ServerProcess,
    tls: Option<Arc<rustls::ClientConfig>>,
    url: String,
    // It lives until the server on it has stopped.
    cluster: Option<PrivateCluster>,
}

impl Station {
    /// An empty record, and a server that is not started yet.
    ///
    /// # Errors
    /// If the folder cannot be made.
    pub async fn new(folder: &Path, on: Database) -> anyhow::Result<Self> {
        let data = folder.join("server");
        std::fs::create_dir_all(&data).with_context(|| data.display().to_string())?;
        let cluster = match on {
            Database::Sqlite => None,
            Database::Postgres => Some(PrivateCluster::start().await),
        };
        let database = cluster.as_ref().map(PrivateCluster::url);
        let file = format!("sqlite://{}", data.join("waypost.db").display());
        let url = database.clone().unwrap_or(file);
        Ok(Self { server: ServerProcess::new(&data, database), tls: None, url, cluster })
    }

    /// The record, while the server does not run.
    ///
    /// # Errors
    /// If the database cannot be used.
    pub async fn seed(&self) -> anyhow::Result<Seed> {
        Seed::open(&self.url).await
    }

    /// Starts the server. A large record on PostgreSQL is vacuumed first, as it would have been
    /// in the weeks in which it grew.
    ///
    /// # Errors
    /// If the certificate of the server cannot be read.
    pub async fn start(&mut self) -> anyhow::Result<()> {
        if self.cluster.is_some() {
            let vacuum = ["--no-psqlrc", "--quiet", "--command", "VACUUM (ANALYZE)", &self.url];
            let done = Command::new("psql").args(vacuum).status().await?;
            anyhow::ensure!(done.success(), "VACUUM: {done}");
        }
        self.server.start().await;
        let pem = std::fs::read(self.ca_file())?;
        let mut roots = rustls::RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(&pem)?)?;
        let tls =
            rustls::ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
        self.tls = Some(Arc::new(tls));
        Ok(())
    }

    /// The way in for a device.
    ///
    /// # Errors
    /// Before the start.
    pub fn account(&self, who: &Enrolled) -> anyhow::Result<Account> {
        Ok(Account {
            port: self.server.ports().mqtt,
            tls: self.tls.clone().context("the server was started")?,
            enrolment: who.enrolment,
            credential: who.credential.clone(),
        })
    }

    /// Where HTTPS answers.
    pub fn base(&self) -> String {
        format!("https://127.0.0.1:{}", self.server.ports().https)
    }

    /// A client that trusts this server and no other.
    ///
    /// # Errors
    /// If the certificate of the server cannot be read.
    pub fn http(&self) -> anyhow::Result<reqwest::Client> {
        let ca = reqwest::Certificate::from_pem(&std::fs::read(self.ca_file())?)?;
        Ok(reqwest::Client::builder().tls_certs_only([ca]).build()?)
    }

    /// The processes that serve: the server, and where there is one, its database.
    pub fn pids(&self) -> Vec<u32> {
        let database = self.cluster.as_ref().and_then(PrivateCluster::pid);
        self.server.pid().into_iter().chain(database).collect()
    }

    /// Checks the audit tree and stops the server.
    ///
    /// # Errors
    /// If the record is not verified or the server logged an error.
    pub async fn close(mut self) -> anyhow::Result<()> {
        let verdict = self.server.cli(&["audit", "verify"]).await;
        eprintln!("{}", verdict.map_err(|error| anyhow::anyhow!(error))?);
        self.server.stop().await;
        let errors = self.server.errors();
        anyhow::ensure!(errors.is_empty(), "the server: {errors:?}");
        Ok(())
    }

    fn ca_file(&self) -> PathBuf {
        self.server.ca_file()
    }
}
