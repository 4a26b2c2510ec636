//! How the server is set up: one file, overridden by the environment, overridden by flags.

mod environment;

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};

use figment::Figment;
use figment::providers::{Format as _, Serialized, Toml};
use serde::{Deserialize, Serialize};
use waypost_protocol::NavigationUrl;

use environment::Environment;

/// Everything that can be set. Each field can stand in the file, in the environment as
/// `WAYPOST_<NAME>`, and the most common ones as flags.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The folder for the embedded database, keys and certificates.
    pub data: PathBuf,
    /// `sqlite:<file>` or `postgres://…`. The default is a file in the data folder.
    pub database: Option<String>,
    /// Where the files of evidence and messages are kept: a folder, or `s3://<bucket>/<folder>` in a store that speaks S3.
    /// The default is `files` in the data folder. How a bucket is reached, the environment tells as every tool for S3
    /// reads it: `AWS_ENDPOINT_URL`, `AWS_REGION`, `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and so on.
    pub files: Option<String>,
    /// The name or address under which devices reach this server. It stands in enrolment links
    /// and in the certificate that the server makes for itself.
    pub name: String,
    /// Where HTTPS listens.
    pub https: SocketAddr,
    /// Where MQTT over TLS listens.
    pub mqtt: SocketAddr,
    /// A certificate chain (PEM), CA last, if the server should not make its own.
    pub certificate: Option<PathBuf>,
    /// The key of that certificate (PEM).
    pub key: Option<PathBuf>,
    /// The address of a navigation, such as `https://maps.example/?to={latitude},{longitude}`; there are `{name}` and
    /// `{address}`, too. Stops are told with it.
    pub navigation: Option<NavigationUrl>,
    /// How long an enrolment link is good for, in hours.
    pub link_hours: u32,
    /// How often the audit tree is signed, in seconds, if it has grown.
    pub checkpoint_seconds: u32,
    /// After how many days devices may forget their copies of what no backup covers.
    pub keep_days: u32,
    /// Most connections on MQTT.
    pub connections_max: usize,
    /// Most HTTP requests of one enrolment in a minute.
    pub requests_per_minute: NonZeroU32,
    /// What is logged: a level, or `target=level,…`.
    pub log: String,
    /// Whether log lines are JSON.
    pub log_json: bool,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            data: PathBuf::from("waypost-data"),
            database: None,
            files: None,
            name: "localhost".into(),
            https: SocketAddr::from(([0, 0, 0, 0], 8443)),
            mqtt: SocketAddr::from(([0, 0, 0, 0], 8883)),
            certificate: None,
            key: None,
            navigation: None,
            link_hours: 24,
            checkpoint_seconds: 60,
            keep_days: 14,
            connections_max: 20_000,
            requests_per_minute: NonZeroU32::new(1_200).expect("it is not 0"),
            log: "info".into(),
            log_json: false,
        }
    }
}

/// A setting that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file, the environment or a flag cannot be read as settings.
    #[error("{0}")]
    Unreadable(String),
    /// A setting has a value that makes no sense.
    #[error("`{setting}`: {what}")]
    Wrong {
        /// Which setting.
        setting: &'static str,
        /// What is wrong and what would be right.
        what: String,
    },
}

impl Config {
    /// Reads the file (if any), then `WAYPOST_…` variables, then what flags said.
    pub fn load(file: Option<&Path>, flags: &impl Serialize) -> Result<Self, ConfigError> {
        let mut figment = Figment::from(Serialized::defaults(Self::default()));
        if let Some(file) = file {
            if !file.exists() {
                let what = format!("the file {} does not exist", file.display());
                return Err(ConfigError::Unreadable(what));
            }
            figment = figment.merge(Toml::file_exact(file));
        }
        let config: Self = figment
            .merge(Environment)
            .merge(Serialized::defaults(flags))
            .extract()
            .map_err(|error| ConfigError::Unreadable(error.to_string()))?;
        config.check()?;
        Ok(config)
    }

    /// The address of the database.
    pub fn database_url(&self) -> String {
        self.database
            .clone()
            .unwrap_or_else(|| format!("sqlite://{}", self.data.join("waypost.db").display()))
    }

    fn check(&self) -> Result<(), ConfigError> {
        let wrong = |setting, what: &str| Err(ConfigError::Wrong { setting, what: what.into() });
        // It stands in links and certificates as it is.
        let of_a_host = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
        if self.name.is_empty() || !self.name.chars().all(of_a_host) {
            return wrong(
                "name",
                "a host name or IP address without port, such as `fleet.example`",
            );
        }
        if self.certificate.is_some() != self.key.is_some() {
            return wrong("certificate", "`certificate` and `key` must be given together");
        }
        if self.link_hours == 0 || self.link_hours > 24 * 30 {
            return wrong("link_hours", "between 1 and 720");
        }
        if self.checkpoint_seconds == 0 {
            return wrong("checkpoint_seconds", "at least 1");
        }
        if self.files.as_deref().is_some_and(|files| matches!(files, "" | "s3://")) {
            return wrong("files", "a folder, or `s3://<bucket>/<folder>`");
        }
        match self.database_url() {
            url if url.starts_with("sqlite:") || url.starts_with("postgres") => Ok(()),
            _ => wrong("database", "must begin with `sqlite:` or `postgres:`"),
        }
    }
}
