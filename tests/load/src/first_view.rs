//! How long a person with a long history waits for the first view when the app starts.

use std::path::Path;
use std::time::Instant;

use anyhow::Context as _;
use waypost_client::View;
use waypost_protocol::{ConversationId, Role};

use crate::app::App;
use crate::figure::{Figure, Figures, Times, What};
use crate::settings::Settings;
use crate::station::{Database, Station};

/// People who wrote to them.
const WRITERS: usize = 10;
/// How often the app is started.
const STARTS: usize = 7;

/// Fills a store through the server, then opens it again and again without one: from the call
/// until the view has the list and an open conversation.
///
/// # Errors
/// If the store does not get all of it.
pub async fn measure(folder: &Path, settings: Settings) -> anyhow::Result<Vec<Figure>> {
    let mut figures = Figures::of("device");
    let mut station = Station::new(folder, Database::Sqlite).await?;
    let seed = station.seed().await?;
    let writers = seed.hire("writer", Role::Driver, WRITERS).await?;
    let reader = seed.hire("omar", Role::Dispatcher, 1).await?;
    let writing = seed.enrol(&writers, Role::Driver).await?;
    let reading = seed.enrol(&reader.repeat(WRITERS), Role::Dispatcher).await?;
    let pairs = writing.into_iter().zip(reading).collect();
    seed.talk(pairs, settings.in_store).await?.close().await?;
    station.start().await?;

    let mut omar = App::enrol(folder, &station, "omar0").await?;
    omar.is_level().await?;
    station.close().await?;
    let chat = ConversationId::direct(omar.person(), writers[0]).context("two people")?;
    let mut took = Times::default();
    for _ in 0..STARTS {
        omar = omar.restart().await?;
        let began = Instant::now();
        omar = omar.restart().await?;
        omar.opens(chat).await?;
        omar.sees(|view| is_complete(view, chat)).await?;
        took.add(began.elapsed().as_secs_f64() * 1000.0);
    }
    omar.close().await;
    figures.add(What::FirstViewMs, took.at(50));
    Ok(figures.into_vec())
}

fn is_complete(view: &View, chat: ConversationId) -> bool {
    let open = view
        .timeline
        .as_ref()
        .is_some_and(|timeline| timeline.conversation == chat && !timeline.messages.is_empty());
    open && view.conversations.len() >= WRITERS
}
