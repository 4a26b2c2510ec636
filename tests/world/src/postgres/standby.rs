//! A second cluster that follows the first one as it writes, and can take its place.

use std::path::Path;

use super::cluster::{Cluster, data, done, make_folder};
use super::installed;

impl Cluster {
    /// Copies this cluster into `folder` while it runs, and starts the copy as its standby. From
    /// then on this one answers a COMMIT only after the standby has it on its disk.
    pub(super) fn followed_by(&self, folder: &Path) -> Cluster {
        make_folder(folder);
        let mut copy = installed::server("pg_basebackup");
        copy.arg("--pgdata")
            .arg(data(folder))
            .arg(format!("--dbname={}", self.url("postgres")))
            .args(["--write-recovery-conf", "--wal-method=stream", "--checkpoint=fast"]);
        if let Err(said) = done(&mut copy) {
            panic!("pg_basebackup failed in {}: {said}", folder.display());
        }
        let standby = Self::start_somewhere(folder);
        self.sql("ALTER SYSTEM SET synchronous_standby_names = '*'");
        self.sql("SELECT pg_reload_conf()");
        standby
    }

    /// Ends the following: it is the first cluster now, and takes writes when this returns.
    pub(super) fn promote(&self) {
        let mut promote = installed::server("pg_ctl");
        promote.arg("-D").arg(self.data()).args(["-w", "promote"]);
        if let Err(said) = done(&mut promote) {
            panic!("the standby was not promoted: {said}");
        }
    }
}
