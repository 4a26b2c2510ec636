//! People at work in the background, so that a fault always hits something.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval};
use waypost_fleet::ledger::Ledger;
use waypost_fleet::tablet::Tablet;
use waypost_fleet::taps;
use waypost_protocol::ConversationId;

/// Between two taps.
const PACE: Duration = Duration::from_millis(40);

/// Most taps for each conversation: a screen shows 500 messages of one, and a proof looks at
/// screens.
const TAPS_MAX: usize = 360;

/// Taps that go on until they are ended.
pub struct Traffic {
    ending: Arc<AtomicBool>,
    tapping: JoinHandle<usize>,
}

impl Traffic {
    pub(crate) fn begin(
        omar: Arc<Tablet>,
        drivers: Vec<(Arc<Tablet>, ConversationId)>,
        ledger: Arc<Ledger>,
    ) -> Self {
        let ending = Arc::new(AtomicBool::new(false));
        let end = Arc::clone(&ending);
        let tapping = tokio::spawn(async move {
            let mut pace = interval(PACE);
            pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
            let mut taps = 0;
            while !end.load(Relaxed) && taps < TAPS_MAX * drivers.len() {
                pace.tick().await;
                let (driver, chat) = &drivers[taps / 2 % drivers.len()];
                let (who, tap) = match taps % 2 {
                    0 => (driver, taps::running_late(*chat, 5)),
                    _ => (&omar, taps::plain(*chat, "please-confirm", None)),
                };
                let tapped = ledger.tap(who, *chat, tap).await;
                tapped.unwrap_or_else(|error| panic!("a tap was not kept: {error:#}"));
                taps += 1;
            }
            taps
        });
        Self { ending, tapping }
    }

    /// Nobody taps any more. Returns how many taps there were.
    pub async fn ends(self) -> usize {
        self.ending.store(true, Relaxed);
        self.tapping.await.expect("everybody could tap")
    }
}
