//! The other servers, measured as Waypost is: people in pairs who store and sync what they write
//! and what they hear, in one log, in rounds.
//!
//! What counts is stored by its reader and acknowledged to its author: with MQTT by the server's
//! PUBACK, and the reader acknowledges only what it has synced; with XMPP by the reader's receipt.

mod mqtt;
mod pairs;
mod people;
mod server;
mod stanza;
mod xmpp;

use std::path::Path;

use clap::ValueEnum;

use crate::cost::memory_kb;
use crate::figure::{Figure, Figures, Times, What};
use crate::settings::Settings;
use pairs::Pairs;
use people::People;
use server::Server;
pub(crate) use server::{bound, ends, free_port, opens};

/// Which server.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Peer {
    /// mosquitto that keeps nothing on disk.
    MosquittoMemory,
    /// mosquitto that saves its state after every change.
    MosquittoDisk,
    /// RabbitMQ with its MQTT plugin and durable queues.
    Rabbitmq,
    /// ejabberd that archives in SQL.
    Ejabberd,
}

impl Peer {
    /// As it is called in tables.
    pub fn words(self) -> &'static str {
        match self {
            Self::MosquittoMemory => "mosquitto, memory",
            Self::MosquittoDisk => "mosquitto, autosave",
            Self::Rabbitmq => "RabbitMQ, MQTT",
            Self::Ejabberd => "ejabberd, SQL archive",
        }
    }

    /// Whether fifty messages for each of a thousand who are away are a measurement. What is said to
    /// those who are away has no receipt in XMPP, and the mosquitto that saves writes all that it
    /// keeps after every message.
    fn is_asked_to_keep(self) -> bool {
        match self {
            Self::MosquittoMemory | Self::Rabbitmq => true,
            Self::MosquittoDisk | Self::Ejabberd => false,
        }
    }

    fn speaks(self) -> Protocol {
        match self {
            Self::MosquittoMemory | Self::MosquittoDisk | Self::Rabbitmq => Protocol::Mqtt,
            Self::Ejabberd => Protocol::Xmpp,
        }
    }
}

/// How its people speak.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Protocol {
    /// MQTT 3.1.1 with QoS 1 and sessions that the server keeps.
    Mqtt,
    /// XMPP with receipts.
    Xmpp,
}

/// Measures all of it, below `folder`.
///
/// # Errors
/// If the server is not installed or does not start, or something does not arrive.
pub async fn measure(folder: &Path, peer: Peer, settings: Settings) -> anyhow::Result<Vec<Figure>> {
    let mut figures = Figures::of(peer.words());
    let settings = match peer.speaks() {
        Protocol::Mqtt => settings,
        // At some hundred a second a longer queue gives nothing but waiting.
        Protocol::Xmpp => Settings { window: settings.window / 10, ..settings },
    };
    let server = Server::start(&folder.join("server"), peer).await?;
    let mut people = People::new(&folder.join("people.log"), server.port(), peer.speaks())?;
    let mut pairs = Pairs::meet(&mut people, settings.pairs).await?;
    pairs.full(&mut figures, &mut people, &server, settings).await?;
    pairs.paced(&mut figures, &mut people, settings).await?;

    let crowd = people.join(settings.crowd).await?;
    let mut took = Times::default();
    for number in 0..settings.broadcasts {
        took.add(people.broadcast(0, crowd.clone(), number as u64).await?);
    }
    figures.add(What::BroadcastMs, took.at(50));
    figures.add(What::BroadcastSlowestMs, took.at(100));
    if peer.is_asked_to_keep() {
        people.leave(crowd.clone()).await?;
        people.write_to(crowd.clone(), settings.waiting).await?;
        figures.add(What::ReconnectS, people.come_back(crowd, settings.waiting).await?);
    }

    let before = memory_kb(&server.pids());
    let idle = people.join(settings.idle_peers).await?;
    figures.add(What::IdleKb, (memory_kb(&server.pids()) - before) / idle.len() as f64);
    figures.add(What::IdleConnections, people.count() as f64);
    drop(people);
    server.stop().await?;
    Ok(figures.into_vec())
}
