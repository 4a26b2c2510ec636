//! What the tests share: recorded drives, and waiting for a state with a deadline.

use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::time::timeout;
use waypost_position::{Known, Positions, State};

/// Long enough for a machine that builds something else at the same time.
pub const DEADLINE: Duration = Duration::from_secs(60);

/// A file beside the tests.
pub fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

/// Follows a source that is named by a line, as a configuration names it.
pub fn follow(line: &str) -> Positions {
    Positions::start(line.parse().expect("a source"))
}

/// Waits until it is so.
pub async fn until(positions: &Positions, what: &str, is_so: impl Fn(&Known) -> bool) -> Known {
    let mut watch = positions.watch();
    let known = timeout(DEADLINE, watch.wait_for(is_so)).await;
    let known = known.unwrap_or_else(|_| panic!("never came: {what}; {:?}", positions.latest()));
    known.expect("it is followed").clone()
}

/// Waits for that state.
pub async fn becomes(positions: &Positions, state: State) -> Known {
    until(positions, &format!("{state:?}"), |known| known.state == state).await
}
