//! A real PostgreSQL for tests, shared by every test process of this checkout.
//!
//! The first test that asks starts one cluster; the others, which run as processes of their own,
//! find it and make a database of their own inside. A missing PostgreSQL fails the test with the
//! sentence that mends it: nothing here skips, and nothing here stands in for a database.

mod cluster;
mod installed;
mod private;
mod shared;
mod standby;

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use cluster::Cluster;
pub use private::PrivateCluster;

/// A fresh, empty database. It goes with its cluster: to drop one costs the others a checkpoint.
#[derive(Debug)]
pub struct Database {
    cluster: Cluster,
    name: String,
}

/// A fresh, empty database in the cluster that all tests of this checkout share.
///
/// # Panics
/// When PostgreSQL is not installed or does not start; the message says what to do.
pub async fn database() -> Database {
    blocking(|| Database::create(shared::cluster())).await
}

impl Database {
    /// Where to connect: `postgres://user@127.0.0.1:port/name`.
    pub fn url(&self) -> String {
        self.cluster.url(&self.name)
    }

    /// Another database with all that this one holds now.
    ///
    /// # Panics
    /// When someone is connected to it.
    pub async fn copied(&self) -> Self {
        let (cluster, original) = (self.cluster.clone(), self.name.clone());
        blocking(move || Self::create_from(cluster, &original)).await
    }

    fn create(cluster: Cluster) -> Self {
        // Nobody connects to template0, so it can be copied by several tests at once.
        Self::create_from(cluster, "template0")
    }

    fn create_from(cluster: Cluster, original: &str) -> Self {
        let name = unused_name();
        cluster.sql(&format!("CREATE DATABASE {name} TEMPLATE {original}"));
        Self { cluster, name }
    }
}

/// A name that no other test process of the cluster's life uses.
fn unused_name() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let n = COUNT.fetch_add(1, Ordering::Relaxed);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock after 1970");
    format!("test_{}_{:x}_{n}", std::process::id(), now.as_nanos())
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(failed) => std::panic::resume_unwind(failed.into_panic()),
    }
}

#[cfg(test)]
mod tests;
