//! A cluster of one test alone, which may crash it.

use super::cluster::Cluster;
use super::{blocking, installed, watchdog};

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
    _folder: tempfile::TempDir,
}

impl PrivateCluster {
    /// Makes and starts one; this takes a second or two.
    ///
    /// # Panics
    /// When PostgreSQL is not installed or does not start; the message says what to do.
    pub async fn start() -> Self {
        blocking(Self::create).await
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

    fn create() -> Self {
        let folder = tempfile::Builder::new().prefix("waypost-postgres-").tempdir();
        let folder = folder.expect("a folder for temporary files");
        open_to_server(folder.path());
        let cluster = Cluster::create(&folder.path().join("cluster"));
        watch(&folder, &cluster);
        cluster.sql(&format!("CREATE DATABASE {DATABASE} TEMPLATE template0"));
        Self { cluster, _folder: folder }
    }
}

impl Drop for PrivateCluster {
    fn drop(&mut self) {
        self.cluster.crash();
    }
}

fn open_to_server(folder: &std::path::Path) {
    if let Some(account) = installed::account() {
        std::os::unix::fs::chown(folder, Some(account.uid), Some(account.gid))
            .expect("giving the cluster's folder to the server's user");
    }
}

fn watch(folder: &tempfile::TempDir, cluster: &Cluster) {
    let (owner, data) = (std::process::id().to_string(), cluster.data());
    let arguments = [owner.as_ref(), data.as_os_str(), folder.path().as_os_str()];
    watchdog::run("private-postgres-watchdog", WATCHDOG, &arguments);
}
