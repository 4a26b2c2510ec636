//! Starts the driver's app: arguments, the client on its thread, the window.

mod wiring;

use clap::Parser;

/// Waypost for drivers: tap or write; it is sent when there is a network, and you see who has it.
#[derive(Parser, Debug)]
#[command(version, after_help = EXAMPLES)]
struct Field {
    #[command(flatten)]
    arguments: waypost_ui_kit::Arguments,
    /// The address of the navigation, such as `https://maps.example/?to={latitude},{longitude}`; the device chooses one
    /// for `geo:` if it is absent.
    #[arg(long, value_name = "URL")]
    navigation: Option<waypost_protocol::NavigationUrl>,
}

const EXAMPLES: &str = "\
Examples:
  waypost-field
      opens the messages of this device, or asks for the link from dispatch
  waypost-field --enrol 'waypost://…' --device 'Van 12' --lang pl --theme night
      enrols a new device and starts in Polish with night colours
  waypost-field --store /tmp/ayo.db --enrol 'waypost://…'
      a second driver on the same machine";

fn main() -> anyhow::Result<()> {
    // Before any thread exists: the offset from UTC cannot be asked for safely later.
    let offset = time::UtcOffset::current_local_offset().unwrap_or(time::UtcOffset::UTC);
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::from_default_env())
        .init();
    let Field { arguments, navigation } = Field::parse();
    wiring::run(&arguments, navigation, offset)
}
