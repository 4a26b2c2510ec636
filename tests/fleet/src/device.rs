//! One device as a process of its own, told by lines on standard input what its person does.
//!
//! It understands `late NAME MINUTES`, `say NAME WORDS`, `offline`, `online` and `close`, and says
//! `waiting N` at the start, `sent ID` for each durable tap and `done` for the rest. It reads and
//! acknowledges by itself all that comes.
#![allow(clippy::print_stdout)] // its answers are what it is for

use std::path::Path;

use anyhow::Context as _;
use tokio::io::{AsyncBufReadExt as _, BufReader, stdin};

use crate::tablet::Tablet;
use crate::taps;

/// Runs until it is told to close, or until standard input ends.
///
/// # Errors
/// If the store cannot be opened or enrolled, or a line makes no sense.
pub async fn run(store: &Path, enrol: Option<&str>) -> anyhow::Result<()> {
    let name = store.file_stem().unwrap_or_default().to_string_lossy();
    let tablet = match enrol {
        Some(link) => Tablet::enrol(&name, link, store, None).await?,
        None => Tablet::open(&name, store).await?,
    };
    obey(tablet).await
}

async fn obey(tablet: Tablet) -> anyhow::Result<()> {
    println!("waiting {}", tablet.view().waiting);
    let mut lines = BufReader::new(stdin()).lines();
    while let Some(line) = lines.next_line().await? {
        match line.splitn(3, ' ').collect::<Vec<_>>()[..] {
            ["late", name, minutes] => {
                let minutes = minutes.parse().context("minutes are a number")?;
                let chat = tablet.chat_with(name).await?;
                say_sent(tablet.does(taps::running_late(chat, minutes)).await?);
            }
            ["say", name, words] => {
                let chat = tablet.chat_with(name).await?;
                say_sent(tablet.does(taps::words(chat, words)).await?);
            }
            ["offline"] => switch(&tablet, false).await?,
            ["online"] => switch(&tablet, true).await?,
            ["close"] => break,
            _ => {
                anyhow::bail!("`late NAME MINUTES`, `say NAME WORDS`, `offline`, `online`, `close`")
            }
        }
    }
    tablet.close().await;
    println!("done");
    Ok(())
}

fn say_sent(id: Option<waypost_protocol::FactId>) {
    if let Some(id) = id {
        println!("sent {id}");
    }
}

async fn switch(tablet: &Tablet, online: bool) -> anyhow::Result<()> {
    tablet.online(online).await?;
    println!("done");
    Ok(())
}
