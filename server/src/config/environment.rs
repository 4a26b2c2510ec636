//! Settings in the environment. A value is a switch, a number or the text as it stands: there are
//! no escapes in it, and none that could be wrong.

use std::ffi::OsStr;

use figment::providers::Serialized;
use figment::value::{Dict, Map, Value};
use figment::{Error, Metadata, Profile, Provider};

const PREFIX: &str = "WAYPOST_";

/// Names the file of the settings, and is no setting itself.
const CONFIG: &str = "config";

/// The variables `WAYPOST_<NAME>`.
pub struct Environment;

impl Provider for Environment {
    fn metadata(&self) -> Metadata {
        Metadata::named("`WAYPOST_` environment variable(s)").interpolater(
            |_: &Profile, keys: &[&str]| {
                keys.iter().map(|key| key.to_ascii_uppercase()).collect::<Vec<_>>().join(".")
            },
        )
    }

    fn data(&self) -> Result<Map<Profile, Dict>, Error> {
        let settings: Dict =
            std::env::vars_os().filter_map(|(name, value)| setting(&name, &value)).collect();
        Serialized::defaults(settings).data()
    }
}

fn setting(name: &OsStr, value: &OsStr) -> Option<(String, Value)> {
    let name = name.to_string_lossy();
    let (prefix, name) = name.split_at_checked(PREFIX.len())?;
    let name = name.to_ascii_lowercase();
    let ours = prefix.eq_ignore_ascii_case(PREFIX) && !name.is_empty() && name != CONFIG;
    ours.then(|| (name, read(&value.to_string_lossy())))
}

fn read(text: &str) -> Value {
    let text = text.trim();
    if let Ok(switch) = text.parse::<bool>() {
        return switch.into();
    }
    if let Ok(number) = text.parse::<u64>() {
        return number.into();
    }
    // Whoever quotes it means what is inside.
    let inside = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    inside.unwrap_or(text).into()
}
