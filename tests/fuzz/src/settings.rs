//! The server's settings: a file, a line `---`, and variables of the environment. What is accepted
//! can be written and read again, and a device can understand the links that it leads to.

use std::sync::{Mutex, PoisonError};

use figment::Jail;
use waypost_client::Invitation;
use waypost_server::config::Config;
use waypost_server::identity::enrolment_link;

use crate::seeds::Seed;

/// The environment belongs to the whole process.
static ENVIRONMENT: Mutex<()> = Mutex::new(());

/// A file and an environment.
pub fn settings(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let (file, environment) = text.split_once("\n---\n").unwrap_or((&text, ""));
    let _alone = ENVIRONMENT.lock().unwrap_or_else(PoisonError::into_inner);
    let mut read = None;
    let tried = Jail::try_with(|jail| {
        jail.create_file("waypost.toml", file)?;
        for (name, value) in environment.lines().filter_map(|line| line.split_once('=')) {
            // No system lets the others in.
            if !name.contains('\0') && !value.contains('\0') {
                jail.set_env(format!("WAYPOST_{name}"), value);
            }
        }
        let flags = serde_json::Map::new();
        read = Config::load(Some("waypost.toml".as_ref()), &flags).ok();
        Ok(())
    });
    tried.expect("a folder of its own");
    if let Some(config) = read {
        used(&config);
    }
}

fn used(config: &Config) {
    let again = Config::load(None, config).unwrap_or_else(|error| panic!("{config:?}: {error}"));
    assert_eq!(&again, config);
    let link = enrolment_link(&config.name, config.https.port(), &"0f".repeat(32), "token");
    let read = link.parse::<Invitation>().unwrap_or_else(|error| panic!("{link}: {error}"));
    assert_eq!((&read.host, read.token.as_str()), (&config.name, "token"), "{link}");
}

/// Every setting in the file, and in the environment.
pub fn seeds() -> Vec<Seed> {
    let file = "data = \"d\"\nname = \"fleet.example\"\nhttps = \"0.0.0.0:8443\"\n\
        mqtt = \"[::]:8883\"\nlink_hours = 24\ncheckpoint_seconds = 60\nkeep_days = 14\n\
        connections_max = 20000\nlog = \"info\"\nlog_json = false\n";
    let environment = "DATABASE=postgres://waypost@localhost/waypost\nNAME=127.0.0.1\n\
        HTTPS=127.0.0.1:0\nLOG_JSON=true\nLINK_HOURS=1\nCERTIFICATE=a.pem\nKEY=a.key\n";
    vec![
        Seed::new("file", file),
        Seed::new("environment", format!("\n---\n{environment}")),
        Seed::new("both", format!("{file}\n---\n{environment}")),
        Seed::new("nothing", ""),
    ]
}
