//! Figures of what a person waits for, with the whole real client on both ends.
//!
//! The clients share the machine with the server, and each keeps its own encrypted store and its
//! screen. How much the server bears is measured by `waypost-load`. Figures are printed, never
//! asserted.

mod latency;
mod window;

use std::path::Path;
use std::time::Duration;

use waypost_protocol::ConversationId;
use waypost_world::On;
use waypost_world::postgres::PrivateCluster;

use crate::depot::Depot;
use crate::tablet::Tablet;

/// Pairs of people, one of whom writes to the other.
const PAIRS: usize = 20;
/// Taps a second of all pairs together, and for how long.
const PACE: u32 = 200;
const PACED_FOR: Duration = Duration::from_secs(20);

/// Measures on both databases, below `folder`, and hands each line to `say` as it comes.
///
/// # Errors
/// If a server or a device does not start, or something is not delivered.
pub async fn run(folder: &Path, say: &dyn Fn(&str)) -> anyhow::Result<()> {
    for on in [On::Sqlite, On::Postgres] {
        // It lives until the server on it has stopped.
        let cluster = match on {
            On::Sqlite => None,
            On::Postgres => Some(PrivateCluster::start().await),
        };
        let url = cluster.as_ref().map(PrivateCluster::url);
        let mut depot = Depot::start(&folder.join(format!("{on:?}")), url).await?;
        let pairs = Pairs::hire(&depot).await?;
        say(&format!("{on:?}: {}", latency::of(&pairs, PACE, PACED_FOR).await?));
        pairs.go_home().await;
        if on == On::Sqlite {
            say(&window::of(&depot, "driver1", "dispatcher1").await?);
        }
        say(&format!("{on:?}: audit record {}", depot.audit().await?));
        depot.server.stop().await;
    }
    Ok(())
}

/// People who write, each to one other person who reads.
struct Pairs(Vec<Pair>);

struct Pair {
    writer: Tablet,
    reader: Tablet,
    chat: ConversationId,
}

impl Pairs {
    async fn hire(depot: &Depot) -> anyhow::Result<Self> {
        let mut pairs = Vec::new();
        for n in 1..=PAIRS {
            let (driver, dispatcher) = (format!("driver{n}"), format!("dispatcher{n}"));
            depot.adds(&driver, "driver", "en").await?;
            depot.adds(&dispatcher, "dispatcher", "en").await?;
            let writer = depot.tablet(&driver, None).await?;
            let reader = depot.tablet(&dispatcher, None).await?;
            let chat = writer.chat_with(&dispatcher).await?;
            pairs.push(Pair { writer, reader, chat });
        }
        for pair in &pairs {
            pair.opens().await?;
        }
        Ok(Self(pairs))
    }

    async fn go_home(self) {
        for Pair { writer, reader, .. } in self.0 {
            writer.close().await;
            reader.close().await;
        }
    }
}

impl Pair {
    /// Both have the conversation on the screen, the reader for reading it.
    async fn opens(&self) -> anyhow::Result<()> {
        for tablet in [&self.writer, &self.reader] {
            let conversation = Some(self.chat);
            tablet.does(waypost_client::Command::Open { conversation }).await?;
        }
        Ok(())
    }
}
