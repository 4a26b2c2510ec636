//! What the screen is given, and how often.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;
use waypost_engine::{Engine, Now};

use super::fetching::Fetching;
use super::shell::{Shell, TROUBLE_INTERVAL};
use super::uploading::Uploading;
use crate::read_model::ShellPart;

/// At most about 60 views a second.
const VIEW_INTERVAL: Duration = Duration::from_millis(16);

/// How many days before today a driver still sees their trips.
pub(super) const DAYS_SHOWN_BEFORE: i64 = 2;

/// What a view shows beside what the store holds.
pub(super) fn part(
    engine: &Engine,
    now: Now,
    uploading: &Uploading,
    fetching: &Fetching,
    store_trouble: Option<String>,
) -> ShellPart {
    ShellPart {
        link: engine.link(now).into(),
        uploads: uploading.view(),
        fetches: fetching.view(),
        waiting: engine.waiting(),
        outbox_full: engine.outbox_full(),
        store_trouble,
    }
}

impl Shell {
    /// A view is due at once, or as soon as the last one is old enough.
    pub(super) fn view_changed(&mut self) {
        self.view_due.get_or_insert(self.viewed_at + VIEW_INTERVAL);
    }

    pub(super) async fn show(&mut self) {
        self.view_due = None;
        self.viewed_at = Instant::now();
        self.model.show_trips_from(self.clock.day(-DAYS_SHOWN_BEFORE));
        if let Err(error) = self.model.refresh(&self.store.reading()).await {
            tracing::error!(%error, "the store cannot be read");
            let again = Instant::now() + TROUBLE_INTERVAL;
            self.trouble.get_or_insert((error.to_string(), again));
        }
        let trouble = self.trouble.as_ref().map(|(why, _)| why.clone());
        let now = self.now();
        let part = part(&self.engine, now, &self.uploading, &self.fetching, trouble);
        let view = self.model.view(part);
        self.view.send_if_modified(|shown| {
            let changed = **shown != view;
            if changed {
                *shown = Arc::new(view);
            }
            changed
        });
    }
}
