//! Starts the dispatcher's console: arguments, the client on its thread, the window.

mod wiring;

use clap::Parser;

/// Waypost for dispatchers: write to drivers, and see who has it, who has read it and who has
/// acknowledged it.
#[derive(Parser, Debug)]
#[command(version, after_help = EXAMPLES)]
struct Console {
    #[command(flatten)]
    arguments: waypost_ui_kit::Arguments,
}

const EXAMPLES: &str = "\
Keys: Enter sends, Up and Down move between people, Ctrl+K finds people, Escape closes.

Examples:
  waypost-console
      opens the messages of this desk, or asks for the link from the admin
  waypost-console --enrol 'waypost://…' --device 'Desk 2' --lang de
      enrols a new desk and starts in German";

fn main() -> anyhow::Result<()> {
    // Before any thread exists: the offset from UTC cannot be asked for safely later.
    let offset = time::UtcOffset::current_local_offset().unwrap_or(time::UtcOffset::UTC);
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::from_default_env())
        .init();
    wiring::run(&Console::parse().arguments, offset)
}
