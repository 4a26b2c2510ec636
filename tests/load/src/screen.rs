//! From a tap to the other person's view, while the server bears two hundred messages a second.
//!
//! Most of the load comes from the engines of the generator; a few whole apps are among them, each
//! writing as often as a very busy person does, and only theirs are timed. Two hundred whole apps
//! would need the processors of two hundred tablets.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval};
use waypost_client::view::MessageView;
use waypost_client::{Command, View};
use waypost_protocol::{ConversationId, FactId, Role};

use crate::app::App;
use crate::devices::Devices;
use crate::figure::{Figure, Figures, Times, What, short};
use crate::pairs::{Pace, Pairs};
use crate::seed::TEXT;
use crate::settings::Settings;
use crate::station::{Database, Station};

/// Pairs of whole apps, and how often they write together each second.
const APPS: usize = 4;
const APPS_PACE: u32 = 20;
/// How many of the newest messages a reader can find new at once.
const NEWEST: usize = 50;

/// Two people who talk, at their apps.
struct Pair {
    writer: App,
    reader: App,
    chat: ConversationId,
}

/// Measures it on one database.
///
/// # Errors
/// If something is not shown.
pub async fn measure(
    folder: &Path,
    on: Database,
    settings: Settings,
) -> anyhow::Result<Vec<Figure>> {
    let mut figures = Figures::of(on.words());
    let mut station = Station::new(folder, on).await?;
    let seed = station.seed().await?;
    let pairs = settings.pairs;
    let writers = seed.hire("writer", Role::Driver, pairs).await?;
    let readers = seed.hire("reader", Role::Dispatcher, pairs).await?;
    let writing = seed.enrol(&writers[APPS..], Role::Driver).await?;
    let reading = seed.enrol(&readers[APPS..], Role::Dispatcher).await?;
    let others: Vec<_> = writing.into_iter().zip(reading).collect();
    let end = seed.close().await?;
    station.start().await?;

    let apps = meet(folder, &station).await?;
    let mut devices = Devices::new(&folder.join("devices.log"))?;
    let mut load = Pairs::new(&mut devices, &station, &others, end)?;
    devices.all_level().await?;
    let lasts = 2 * settings.paced_for;
    let pace = Pace::EachSecond(settings.pace - APPS_PACE);
    // A task of its own, because it syncs its log in between.
    let loading = tokio::spawn(async move {
        let stretch = load.write(&mut devices, pace, lasts).await?;
        load.drain(&mut devices).await?;
        anyhow::Ok(stretch.stored)
    });
    let (mut took, mut kept) = time(&apps, lasts).await?;
    let loaded = loading.await??;
    eprintln!(
        "{loaded:.0} a second by engines, {} taps at apps, each kept within {} ms (p50)",
        took.count(),
        short(kept.at(50))
    );
    figures.add(What::ViewP50Ms, took.at(50));
    figures.add(What::ViewP99Ms, took.at(99));
    for Pair { writer, reader, .. } in apps {
        writer.close().await;
        reader.close().await;
    }
    station.close().await?;
    Ok(figures.into_vec())
}

async fn meet(folder: &Path, station: &Station) -> anyhow::Result<Vec<Pair>> {
    let mut pairs = Vec::new();
    for n in 0..APPS {
        let writer = App::enrol(folder, station, &format!("writer{n}")).await?;
        let reader = App::enrol(folder, station, &format!("reader{n}")).await?;
        let chat = ConversationId::direct(writer.person(), reader.person());
        let chat = chat.context("two people")?;
        for app in [&writer, &reader] {
            app.is_level().await?;
            app.opens(chat).await?;
        }
        pairs.push(Pair { writer, reader, chat });
    }
    Ok(pairs)
}

/// Milliseconds from each tap to the view of the reader, and until it was kept on the writer's device.
async fn time(pairs: &[Pair], lasts: Duration) -> anyhow::Result<(Times, Times)> {
    let (end, ended) = watch::channel(());
    let mut readers = JoinSet::new();
    for pair in pairs {
        readers.spawn(look(pair.reader.client.view(), ended.clone()));
    }
    drop(ended);
    let (tapped, kept) = tap(pairs, lasts).await?;
    // The last taps, each at the pair whose turn it was.
    for (turn, (id, _)) in tapped.iter().enumerate().rev().take(pairs.len()) {
        let reader = &pairs[turn % pairs.len()].reader;
        reader.sees(|view| newest(view).any(|it| it.id == *id)).await?;
    }
    drop(end);
    let shown: HashMap<_, _> = readers.join_all().await.into_iter().flatten().collect();
    let mut took = Times::default();
    for (id, at) in &tapped {
        let shown = shown.get(id).with_context(|| format!("{id} came to no screen"))?;
        took.add(shown.duration_since(*at).as_secs_f64() * 1000.0);
    }
    Ok((took, kept))
}

/// When each message first stood on a screen.
async fn look(
    mut views: watch::Receiver<Arc<View>>,
    mut ended: watch::Receiver<()>,
) -> HashMap<FactId, Instant> {
    let mut shown = HashMap::new();
    while let (true, now) = tokio::select! {
        // The last change before the end is looked at too.
        biased;
        changed = views.changed() => (changed.is_ok(), Instant::now()),
        _ = ended.changed() => (false, Instant::now()),
    } {
        let view = views.borrow_and_update().clone();
        for message in newest(&view).filter(|it| !it.mine) {
            shown.entry(message.id).or_insert(now);
        }
    }
    shown
}

fn newest(view: &View) -> impl Iterator<Item = &Arc<MessageView>> {
    view.timeline.iter().flat_map(|it| it.messages.iter().rev().take(NEWEST))
}

async fn tap(pairs: &[Pair], lasts: Duration) -> anyhow::Result<(Vec<(FactId, Instant)>, Times)> {
    let mut each = interval(Duration::from_secs(1) / APPS_PACE);
    each.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let (began, mut tapped, mut kept) = (Instant::now(), Vec::new(), Times::default());
    for pair in pairs.iter().cycle() {
        each.tick().await;
        if began.elapsed() > lasts {
            break;
        }
        let now = Instant::now();
        let conversation = pair.chat;
        let command = Command::text(conversation, TEXT);
        let id = pair.writer.client.send(command).await?.id;
        kept.add(now.elapsed().as_secs_f64() * 1000.0);
        tapped.extend(id.map(|id| (id, now)));
    }
    Ok((tapped, kept))
}
