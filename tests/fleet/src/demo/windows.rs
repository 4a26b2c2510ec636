//! The two windows: Dana's tablet and Omar's console, as processes that can be killed by hand.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context as _;
use tokio::process::{Child, Command};

use crate::depot::Depot;

/// How long a window may take to close by itself.
const CLOSE_WITHIN: Duration = Duration::from_secs(5);

/// Both windows.
pub(super) struct Windows {
    field: Child,
    console: Child,
    hint: String,
}

impl Windows {
    /// Enrols both and opens them.
    pub(super) async fn open(depot: &Depot) -> anyhow::Result<Self> {
        let (field, again) = open(depot, "waypost-field", "dana").await?;
        let (console, console_again) = open(depot, "waypost-console", "omar").await?;
        let pid = field.id().unwrap_or_default();
        let hint = format!(
            "Dana drives (the tablet's window), Omar dispatches (the console). Try this:\n  \
             1. switch the tablet's network off (the flight switch), then tap Running late\n  \
             2. kill the app:                kill -9 {pid}\n  \
             3. start it again:              {again}\n  \
             4. the message goes, once; when Omar reads and acknowledges it, Dana sees it\n\
             The console again, if you closed it: {console_again}\n\n"
        );
        Ok(Self { field, console, hint })
    }

    /// What to try, for the terminal.
    pub(super) fn hint(&self) -> String {
        self.hint.clone()
    }

    /// Asks both to close, and ends the one that does not.
    pub(super) async fn close(self) {
        for mut window in [self.field, self.console] {
            if let Some(pid) = window.id() {
                // Whether it worked shows in the next line.
                let _ = Command::new("kill").arg("-TERM").arg(pid.to_string()).status().await;
            }
            if tokio::time::timeout(CLOSE_WITHIN, window.wait()).await.is_err() {
                // It can only have ended meanwhile.
                let _ = window.kill().await;
            }
        }
    }
}

async fn open(depot: &Depot, binary: &str, name: &str) -> anyhow::Result<(Child, String)> {
    let link = depot.link_for(name).await?;
    let store = depot.store_of(name);
    let binary: PathBuf = std::env::current_exe()?.with_file_name(binary);
    let window = Command::new(&binary)
        .arg("--store")
        .arg(&store)
        .arg("--enrol")
        .arg(link)
        .args(["--device", &format!("{name}'s device")])
        .kill_on_drop(true)
        .spawn()
        .with_context(|| binary.display().to_string())?;
    Ok((window, format!("{} --store {}", binary.display(), store.display())))
}
