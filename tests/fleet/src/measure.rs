//! How long a person looks at nothing after starting an app, on a screen in memory.
//!
//! What the server bears and how long messages take is measured by `waypost-load`. Figures are
//! printed, never asserted.

mod window;

use std::path::Path;

use crate::depot::Depot;

/// Measures below `folder`, and hands each line to `say` as it comes.
///
/// # Errors
/// If the server, a device or a window does not start.
pub async fn run(folder: &Path, say: &dyn Fn(&str)) -> anyhow::Result<()> {
    let mut depot = Depot::start(folder, None).await?;
    for (name, role) in [("dana", "driver"), ("omar", "dispatcher")] {
        depot.adds(name, role, "en").await?;
        let tablet = depot.tablet(name, None).await?;
        tablet.is_level().await?;
        tablet.close().await;
    }
    say(&window::of(&depot, "dana", "omar").await?);
    depot.server.stop().await;
    Ok(())
}
