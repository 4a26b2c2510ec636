//! Devices that the system does not let open.

use std::fs::{self, File, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use waypost_position::State;
use waypost_protocol::{Fix, GeoStamp};

use super::fixtures::{becomes, fixture, follow};

const POWERLESS: &str = "WAYPOST_TEST_WITHOUT_POWERS";

fn permit(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).expect("a file of ours");
}

/// Root may open everything. Where that runs the tests, this one runs once more as root without that power.
fn again_without_powers(test: &str) {
    assert!(std::env::var_os(POWERLESS).is_none(), "the power to open everything was not given up");
    let powers = "-dac_override,-dac_read_search";
    let output = Command::new("setpriv")
        .args(["--bounding-set", powers, "--inh-caps", powers])
        .arg(std::env::current_exe().expect("this program"))
        .args(["--exact", test, "--nocapture"])
        .env(POWERLESS, "1")
        .output()
        .expect("setpriv is part of Debian");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("1 passed"), "{said}\n{output:?}");
}

#[tokio::test]
async fn a_device_that_may_not_be_opened_is_denied_until_it_may() {
    let folder = tempfile::tempdir().unwrap();
    let closed = folder.path().join("closed");
    File::create(&closed).unwrap();
    permit(&closed, 0o000);
    if File::open(&closed).is_ok() {
        return again_without_powers(
            "refused::a_device_that_may_not_be_opened_is_denied_until_it_may",
        );
    }
    let pipe = folder.path().join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    permit(&pipe, 0o000);
    let refused = follow(&format!("nmea:{}", pipe.display()));
    becomes(&refused, State::NotAllowed).await;
    for kind in ["nmea", "gpx"] {
        let path = folder.path().join(kind);
        fs::copy(fixture(&format!("drive.{kind}")), &path).unwrap();
        permit(&path, 0o000);
        let positions = follow(&format!("{kind}:{}", path.display()));
        becomes(&positions, State::NotAllowed).await;
        assert_eq!(positions.stamp(), GeoStamp::without(Fix::Denied));
        permit(&path, 0o600);
        becomes(&positions, State::Knows).await;
        assert_eq!(positions.stamp().fix, Fix::Current);
    }
}
