//! How long a person looks at nothing after starting an app.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use x11rb::connection::Connection as _;
use x11rb::protocol::xproto::{ConnectionExt as _, ImageFormat};

use crate::depot::Depot;

/// Longest wait for a frame.
const WITHIN: Duration = Duration::from_secs(20);

/// A strip of the screen, as x, y, width and height, on which every window has words, and so more
/// colours than these.
const STRIP: (i16, i16, u16, u16) = (0, 32, 400, 4);
const COLOURS: usize = 3;

/// How often each app is started; the fastest start is what the app needs.
const STARTS: usize = 5;

/// Starts both apps on the stores of two people, on a screen in memory, and says how long each
/// takes from the start of its process to its first frame.
pub(super) async fn of(depot: &Depot, driver: &str, dispatcher: &str) -> anyhow::Result<String> {
    let (_screen, display) = screen().await?;
    let mut took = Vec::new();
    for (app, person) in [("waypost-field", driver), ("waypost-console", dispatcher)] {
        let binary = std::env::current_exe()?.with_file_name(app);
        let mut fastest = WITHIN;
        for _ in 0..STARTS {
            let (store, binary, display) =
                (depot.store_of(person), binary.clone(), display.clone());
            let start = move || first_frame(&binary, &store, &display);
            fastest = fastest.min(tokio::task::spawn_blocking(start).await??);
        }
        took.push(format!("{app} {} ms", fastest.as_millis()));
    }
    Ok(format!("cold start to the first frame: {}", took.join(", ")))
}

/// A screen in memory, for as long as its process lives.
async fn screen() -> anyhow::Result<(tokio::process::Child, String)> {
    let mut screen = tokio::process::Command::new("Xvfb")
        .args(["-displayfd", "1", "-screen", "0", "1280x800x24", "-nolisten", "tcp", "-noreset"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .context("Xvfb starts (scripts/setup installs it)")?;
    let mut lines = BufReader::new(screen.stdout.take().context("piped")?).lines();
    let number = lines.next_line().await?.context("Xvfb says on which display it is")?;
    Ok((screen, format!(":{number}")))
}

fn first_frame(binary: &Path, store: &Path, display: &str) -> anyhow::Result<Duration> {
    let (x11, at) = x11rb::connect(Some(display))?;
    let root = x11.setup().roots[at].root;
    let began = Instant::now();
    let _window = Window(
        Command::new(binary)
            .arg("--store")
            .arg(store)
            .env("DISPLAY", display)
            .env_remove("WAYLAND_DISPLAY")
            .spawn()
            .with_context(|| binary.display().to_string())?,
    );
    while began.elapsed() < WITHIN {
        let (x, y, width, height) = STRIP;
        let image = x11.get_image(ImageFormat::Z_PIXMAP, root, x, y, width, height, !0)?.reply()?;
        let colours: BTreeSet<_> = image.data.chunks(4).collect();
        if colours.len() > COLOURS {
            return Ok(began.elapsed());
        }
    }
    anyhow::bail!("{} shows nothing", binary.display())
}

/// An app that ends with the measurement. Its store survives that, as it survives any crash.
struct Window(Child);

impl Drop for Window {
    fn drop(&mut self) {
        // It fails only for a process that has ended.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
