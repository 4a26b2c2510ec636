//! From a tap to the other person's screen, at a steady pace.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until};
use waypost_client::View;
use waypost_protocol::FactId;

use super::Pairs;
use crate::taps;

/// How many of the newest messages a reader can find new at once.
const NEWEST: usize = 50;

/// Taps `pace` times a second over all pairs, or as often as the devices can, and says how long
/// the messages took.
pub(super) async fn of(pairs: &Pairs, pace: u32, lasts: Duration) -> anyhow::Result<String> {
    let (end, ended) = watch::channel(());
    let mut readers = JoinSet::new();
    for pair in &pairs.0 {
        readers.spawn(look(pair.reader.client().view(), ended.clone()));
    }
    drop(ended);
    let tapped = tap(pairs, pace, lasts).await?;
    // What is not shown a second after the last tap is counted as missing.
    sleep_until(Instant::now() + Duration::from_secs(1)).await;
    drop(end);
    let shown: HashMap<_, _> = readers.join_all().await.into_iter().flatten().collect();
    let took = tapped.iter().filter_map(|(id, at)| Some(shown.get(id)?.duration_since(*at)));
    let mut took: Vec<_> = took.map(|took| took.as_secs_f64() * 1000.0).collect();
    took.sort_by(f64::total_cmp);
    let (taps, arrived) = (tapped.len(), took.len());
    anyhow::ensure!(arrived == taps, "{arrived} of {taps} messages came to the screen in time");
    let at = |percent: usize| took[(arrived - 1) * percent / 100];
    Ok(format!(
        "tap to screen at {:.0} a second of {pace} asked for: p50 {:.1} ms, p99 {:.1} ms",
        taps as f64 / lasts.as_secs_f64(),
        at(50),
        at(99)
    ))
}

/// When each message first stood on a screen.
async fn look(
    mut views: watch::Receiver<Arc<View>>,
    mut ended: watch::Receiver<()>,
) -> HashMap<FactId, Instant> {
    let mut shown = HashMap::new();
    while let (true, now) = tokio::select! {
        changed = views.changed() => (changed.is_ok(), Instant::now()),
        _ = ended.changed() => (false, Instant::now()),
    } {
        let view = views.borrow_and_update().clone();
        let messages = view.timeline.iter().flat_map(|it| it.messages.iter().rev().take(NEWEST));
        for message in messages.filter(|it| !it.mine) {
            shown.entry(message.id).or_insert(now);
        }
    }
    shown
}

async fn tap(pairs: &Pairs, pace: u32, lasts: Duration) -> anyhow::Result<Vec<(FactId, Instant)>> {
    let mut each = interval(Duration::from_secs(1) / pace);
    each.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let (began, mut tapped) = (Instant::now(), Vec::new());
    for pair in pairs.0.iter().cycle() {
        each.tick().await;
        if began.elapsed() > lasts {
            break;
        }
        let now = Instant::now();
        let id = pair.writer.does(taps::running_late(pair.chat, 15)).await?;
        tapped.extend(id.map(|id| (id, now)));
    }
    Ok(tapped)
}
