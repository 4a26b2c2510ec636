//! Counts panics wherever they happen: also in tasks that somebody restarts and in requests that
//! are answered all the same. It changes nothing about them.

use std::sync::Once;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

static COUNT: AtomicUsize = AtomicUsize::new(0);
static WATCHING: Once = Once::new();

/// The panics from a moment on.
pub struct Panics {
    before: usize,
}

impl Panics {
    /// Begins to count.
    pub fn watch() -> Self {
        WATCHING.call_once(|| {
            let told = std::panic::take_hook();
            std::panic::set_hook(Box::new(move |panic| {
                COUNT.fetch_add(1, SeqCst);
                told(panic);
            }));
        });
        Self { before: COUNT.load(SeqCst) }
    }

    /// How many there were since.
    pub fn count(&self) -> usize {
        COUNT.load(SeqCst) - self.before
    }
}
