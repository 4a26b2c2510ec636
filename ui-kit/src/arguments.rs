//! The arguments of both apps.

use std::path::PathBuf;

use waypost_locales::Locale;

/// What a person may say when starting an app. Nothing is needed: without arguments the app
/// opens this person's store, and asks for an enrolment link if there is none yet.
#[derive(clap::Args, Clone, Debug)]
pub struct Arguments {
    /// Where this device keeps its messages: one encrypted file, with its key in a file beside it.
    /// A second store is a second device.
    #[arg(long, value_name = "PATH", env = "WAYPOST_STORE")]
    pub store: Option<PathBuf>,

    /// Enrol this device with a link from dispatch, such as
    /// `waypost://server.example:8443/enrol?ca=…&token=…`. A link works once. Without it the
    /// first screen asks for the link.
    #[arg(long, value_name = "LINK")]
    pub enrol: Option<String>,

    /// What to call this device when it is enrolled. Otherwise it is called as the machine is.
    #[arg(long, value_name = "NAME")]
    pub device: Option<String>,

    /// The language of the screen; it can be switched there at any time. Otherwise it is that of
    /// the person enrolled here, or of the system.
    #[arg(long, value_name = "en|de|pl", value_parser = language)]
    pub lang: Option<Locale>,

    /// The colours: `day` for bright surroundings, `night` for a dark cab.
    #[arg(long, value_name = "day|night", default_value = "day")]
    pub theme: Theme,
}

/// Which colours.
#[derive(clap::ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Theme {
    /// Dark on light.
    Day,
    /// Light on dark.
    Night,
}

impl Arguments {
    /// The store's path: as given, or `waypost/<app>.db` in the user's data folder.
    pub fn store_path(&self, app: &str) -> PathBuf {
        self.store
            .clone()
            .unwrap_or_else(|| data_folder().join("waypost").join(format!("{app}.db")))
    }

    /// What to call this device; empty if neither a person nor the machine says.
    pub fn device_name(&self) -> String {
        let machine = || std::fs::read_to_string("/etc/hostname").unwrap_or_default();
        self.device.clone().unwrap_or_else(machine).trim().to_owned()
    }

    /// The language of the first screen, before anybody is known.
    pub fn first_language(&self) -> Locale {
        self.lang.unwrap_or_else(|| Locale::of(&std::env::var("LANG").unwrap_or_default()))
    }
}

/// The data folder of the XDG base directories, or of Windows; else where the app was started.
fn data_folder() -> PathBuf {
    let named = |name| std::env::var_os(name).filter(|path| !path.is_empty()).map(PathBuf::from);
    named("XDG_DATA_HOME")
        .or_else(|| named("LOCALAPPDATA"))
        .or_else(|| named("HOME").map(|home| home.join(".local").join("share")))
        .unwrap_or_default()
}

fn language(tag: &str) -> Result<Locale, String> {
    Locale::ALL.into_iter().find(|locale| locale.tag() == tag).ok_or_else(|| {
        let tags = Locale::ALL.map(Locale::tag).join(", ");
        format!("there is no language `{tag}`; there are {tags}")
    })
}
