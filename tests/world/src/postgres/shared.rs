//! The one cluster of this checkout, started by whoever comes first and ended by a watchdog.

use std::fs::{self, File};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use super::cluster::Cluster;
use super::installed;
use crate::watchdog;

/// `scripts/test` knows the watchdog by this name.
const WATCHDOG_NAME: &str = "test-postgres-watchdog";

/// Ends the cluster when `used` has not been touched for a quarter of an hour, or on SIGTERM.
/// It holds the lock while it looks, so that no test is handed a cluster about to end.
/// Arguments: folder of lock and stamp, data folder of the cluster.
const WATCHDOG: &str = r#"
echo $$ > "$1/watchdog.pid"
end() {
    read -r server < "$2/postmaster.pid" && kill -QUIT "$server"
    rm -f "$1/watchdog.pid"
    [ -z "$nap" ] || kill "$nap"
    exit 0
}
trap 'end "$1" "$2"' TERM
exec 9>> "$1/lock"
while [ -f "$2/postmaster.pid" ]; do
    flock 9
    [ -n "$(find "$1/used" -mmin -15)" ] || end "$1" "$2"
    flock -u 9
    sleep 10 9>&- & nap=$!
    wait $nap
done
rm -f "$1/watchdog.pid"
"#;

/// The running cluster of this checkout, started if need be.
pub(super) fn cluster() -> Cluster {
    let desk = desk();
    fs::create_dir_all(&desk).expect("a folder beside the build for the test cluster");
    let lock = File::options().create(true).append(true).open(desk.join("lock"));
    let lock = lock.expect("a lock file for the test cluster");
    lock.lock().expect("the lock of the test cluster");
    File::create(desk.join("used")).expect("the stamp of the test cluster");
    let home = home(&desk);
    Cluster::running(&home).unwrap_or_else(|| {
        let cluster = Cluster::create(&home);
        watchdog::run(WATCHDOG_NAME, WATCHDOG, &[desk.as_os_str(), cluster.data().as_os_str()]);
        cluster
    })
}

/// Where lock, stamp and the watchdog's number lie, for tests and `scripts/test` alike.
fn desk() -> PathBuf {
    let checkout = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let checkout = checkout.canonicalize().expect("the checkout that built this test");
    let target = std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    checkout.join(target.unwrap_or_else(|| "target".into())).join("test-postgres")
}

/// Where the cluster itself lies: on the desk, or in the system's folder for temporary files when
/// the server's user cannot enter the checkout.
fn home(desk: &Path) -> PathBuf {
    let home = desk.join("cluster");
    if installed::can_enter(&home) {
        return home;
    }
    let mut key = DefaultHasher::new();
    desk.hash(&mut key);
    std::env::temp_dir().join(format!("waypost-test-postgres-{:016x}", key.finish()))
}
