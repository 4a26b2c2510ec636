//! Messages that go by themselves.

use std::time::Duration;

use tokio::time::Instant;

use super::shell::{Shell, TROUBLE_INTERVAL};

/// How often the time until the next expiry is looked at.
const EXPIRY_LOOK: Duration = Duration::from_secs(60);

impl Shell {
    /// Messages whose time has come go from the screen and the disk.
    pub(super) async fn expire(&mut self) {
        match self.store.expire(self.engine.server_time(self.now())).await {
            Ok(touched) => {
                if let Err(error) = self.store.drop_files().await {
                    self.in_trouble(&error);
                }
                self.fetching.touch();
                self.model.touch(touched);
                self.view_changed();
                self.wait_for_expiry().await;
            }
            Err(error) => {
                self.expiry = Some(Instant::now() + TROUBLE_INTERVAL);
                self.in_trouble(&error);
            }
        }
    }

    pub(super) async fn wait_for_expiry(&mut self) {
        let next = self.store.reading().next_expiry().await;
        self.lifetimes = next.as_ref().is_ok_and(|(_, lifetimes)| *lifetimes);
        self.expiry = match next {
            Ok((None, _)) => None,
            Ok((Some(at), _)) => {
                let left = at.saturating_sub(self.engine.server_time(self.now()));
                let left = Duration::from_millis(u64::try_from(left).unwrap_or(0));
                // A clock that is put right in the meantime is looked at again.
                Some(Instant::now() + left.min(EXPIRY_LOOK))
            }
            Err(_) => Some(Instant::now() + TROUBLE_INTERVAL),
        };
    }
}
