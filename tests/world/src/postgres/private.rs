//! A cluster of one test alone, which may crash it.

use std::path::Path;

use super::cluster::Cluster;
use super::{blocking, installed};
use crate::watchdog;

/// Ends the cluster and removes its folder if the test was killed before it could do so.
/// Arguments: the test's process, the data folder, the folder to remove.
const WATCHDOG: &str = r#"
while kill -0 "$1"; do sleep 1; done
read -r server < "$2/postmaster.pid" && kill -QUIT "$server"
rm -rf "$3"
"#;

/// Its only database.
const DATABASE: &str = "waypost";

/// A PostgreSQL cluster with one empty database, for tests of what happens when it dies.
#[derive(Debug)]
pub struct PrivateCluster {
    cluster: Cluster,
    /// What goes with it, unless the test has made the place.
    _folder: Option<tempfile::TempDir>,
}

impl PrivateCluster {
    /// Makes and starts one; this takes a second or two.
    ///
    /// # Panics
    /// When PostgreSQL is not installed or does not start; the message says what to do.
    pub async fn start() -> Self {
        blocking(|| {
            let folder = temporary_folder();
            Self { cluster: create(folder.path()), _folder: Some(folder) }
        })
        .await
    }

    /// The same in a folder that the test has made, on a disk of its own for instance.
    ///
    /// # Panics
    /// As [`Self::start`].
    pub async fn start_in(folder: &Path) -> Self {
        let folder = folder.to_owned();
        blocking(move || {
            hand_over(&folder);
            Self { cluster: create(&folder), _folder: None }
        })
        .await
    }

    /// Where to connect. It stays the same over [`Self::kill`] and [`Self::restart`].
    pub fn url(&self) -> String {
        self.cluster.url(DATABASE)
    }

    /// The first of its processes, while it runs.
    pub fn pid(&self) -> Option<u32> {
        let written = std::fs::read_to_string(self.cluster.data().join("postmaster.pid")).ok()?;
        written.lines().next()?.trim().parse().ok()
    }

    /// Ends the server as a crash does: connections break, open transactions are lost. Returns
    /// when all its processes are gone.
    pub async fn kill(&self) {
        let cluster = self.cluster.clone();
        blocking(move || cluster.crash()).await;
    }

    /// Starts it again, with what was committed before; returns when it answers.
    pub async fn restart(&self) {
        let cluster = self.cluster.clone();
        blocking(move || cluster.start()).await;
    }

    /// Stops it in good order and starts it again: open connections are ended.
    pub async fn restart_in_order(&self) {
        let cluster = self.cluster.clone();
        blocking(move || {
            cluster.stop();
            cluster.start();
        })
        .await;
    }

    /// Cuts every connection to its database but this one, as an operator can.
    pub async fn cut_connections(&self) {
        let cluster = self.cluster.clone();
        blocking(move || {
            cluster.sql(&format!(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{DATABASE}'"
            ));
        })
        .await;
    }

    /// Its processes, the first one first.
    ///
    /// # Panics
    /// If it does not run.
    pub fn processes(&self) -> Vec<u32> {
        let first = self.cluster.postmaster().expect("PostgreSQL runs");
        let children = format!("/proc/{first}/task/{first}/children");
        let children = std::fs::read_to_string(children).expect("the processes of PostgreSQL");
        let children = children.split_whitespace().filter_map(|pid| pid.parse().ok());
        [first].into_iter().chain(children).collect()
    }

    /// A standby that follows this one, which from now on commits nothing without it.
    pub async fn standby(&self) -> Self {
        let primary = self.cluster.clone();
        blocking(move || {
            let folder = temporary_folder();
            let cluster = primary.followed_by(&folder.path().join("cluster"));
            watch(folder.path(), &cluster);
            Self { cluster, _folder: Some(folder) }
        })
        .await
    }

    /// Makes a standby the one that takes writes; the one that it followed should be gone.
    pub async fn promote(&self) {
        let cluster = self.cluster.clone();
        blocking(move || cluster.promote()).await;
    }

    /// Where it listens on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.cluster.port()
    }

    /// Its database at another port of 127.0.0.1, where something stands in front of it.
    pub fn url_at(&self, port: u16) -> String {
        self.url().replace(&format!(":{}/", self.port()), &format!(":{port}/"))
    }
}

impl Drop for PrivateCluster {
    fn drop(&mut self) {
        self.cluster.crash();
    }
}

fn create(folder: &Path) -> Cluster {
    let cluster = Cluster::create(&folder.join("cluster"));
    watch(folder, &cluster);
    cluster.sql(&format!("CREATE DATABASE {DATABASE} TEMPLATE template0"));
    cluster
}

fn temporary_folder() -> tempfile::TempDir {
    let folder = tempfile::Builder::new().prefix("waypost-postgres-").tempdir();
    let folder = folder.expect("a folder for temporary files");
    hand_over(folder.path());
    folder
}

/// Gives the folder to the user as whom PostgreSQL runs.
fn hand_over(folder: &Path) {
    if let Some(account) = installed::account() {
        std::os::unix::fs::chown(folder, Some(account.uid), Some(account.gid))
            .expect("giving the cluster's folder to the server's user");
    }
}

fn watch(folder: &Path, cluster: &Cluster) {
    let (owner, data) = (std::process::id().to_string(), cluster.data());
    let arguments = [owner.as_ref(), data.as_os_str(), folder.as_os_str()];
    watchdog::run("private-postgres-watchdog", WATCHDOG, &arguments);
}
