//! One bounded story with kills: drivers and a dispatcher, some dozens of messages, a device and
//! the server ended by SIGKILL in the middle, and a proof at every party.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use waypost_protocol::{ConversationId, PersonId, StopId};

use crate::delivery;
use crate::depot::Depot;
use crate::ledger::{Ledger, Tap};
use crate::process::DeviceProcess;
use crate::proof::{self, Times};
use crate::tablet::Tablet;
use crate::taps;

/// The drivers in this process. Dana's device is a process of its own.
const DRIVERS: [&str; 4] = ["ayo", "ben", "cleo", "dev"];

/// What a story came to, after every check has passed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Figures {
    /// Messages, each accepted, delivered, read and acknowledged exactly once.
    pub messages: usize,
    /// The receipts of all of them on the authors' screens.
    pub receipts: usize,
    /// Processes that were ended by SIGKILL.
    pub kills: usize,
    /// From the start of the server to the last check.
    pub took: Duration,
}

impl std::fmt::Display for Figures {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { messages, receipts, kills, took } = self;
        write!(
            f,
            "verified: {messages} messages, each accepted, delivered, read and acknowledged exactly \
             once ({receipts} receipts), {kills} kills, {:.1} seconds",
            took.as_secs_f64()
        )
    }
}

/// Tells the story in this folder; `binary` is `waypost-fleet`, and `tell` hears how it goes.
///
/// # Errors
/// What a person would have suffered.
pub async fn once(folder: &Path, binary: &Path, tell: &dyn Fn(&str)) -> anyhow::Result<Figures> {
    let began = Instant::now();
    let mut story = Story::begin(folder, binary).await?;
    tell("a dispatcher and five drivers are enrolled, one of them in a process of its own");
    story.morning().await?;
    tell("everyone has written to the dispatcher, and he has answered");
    story.ayo_delivers().await?;
    tell("without signal Ayo has completed a stop, with two photos and a signature");
    story.dana_loses_her_tablet().await?;
    tell("Dana tapped five times without signal, and her device was killed");
    story.server_is_killed().await?;
    tell("the server was killed while all were tapping; Dana's device found its outbox again");
    story.server_is_back().await?;
    tell("the server is back; waiting until everyone knows everything");
    let proved = story.delivery_is_proved(folder).await?;
    tell(&format!(
        "the certificate of Ayo's delivery holds, as pages and as a bundle: {proved} things are proved"
    ));
    let figures = story.ends().await?;
    let took = began.elapsed();
    Ok(Figures { took, ..figures })
}

struct Story {
    depot: Depot,
    ledger: Ledger,
    omar: Tablet,
    drivers: Vec<(Tablet, ConversationId)>,
    dana: DeviceProcess,
    dana_id: PersonId,
    dana_chat: ConversationId,
    kills: usize,
    /// Where Ayo delivers.
    stop: Option<StopId>,
}

impl Story {
    async fn begin(folder: &Path, binary: &Path) -> anyhow::Result<Self> {
        let depot = Depot::start(folder, None).await?;
        depot.adds("omar", "dispatcher", "en").await?;
        let omar = depot.tablet("omar", None).await?;
        let mut drivers = Vec::new();
        for name in DRIVERS {
            depot.adds(name, "driver", "en").await?;
            let tablet = depot.tablet(name, None).await?;
            let chat = tablet.chat_with("omar").await?;
            drivers.push((tablet, chat));
        }
        depot.adds("dana", "driver", "en").await?;
        let mut dana = DeviceProcess::new(binary, &depot.store_of("dana"));
        dana.start(Some(&depot.link_for("dana").await?)).await?;
        let dana_chat = omar.chat_with("dana").await?;
        let dana_id = dana_chat.partner_of(omar.id()).unwrap_or(omar.id());
        let (ledger, kills, stop) = (Ledger::default(), 0, None);
        Ok(Self { depot, ledger, omar, drivers, dana, dana_id, dana_chat, kills, stop })
    }

    /// Everyone is online and says where they are; the dispatcher writes to each.
    async fn morning(&mut self) -> anyhow::Result<()> {
        for minutes in [5, 10] {
            for (driver, chat) in &self.drivers {
                self.ledger.tap(driver, *chat, taps::running_late(*chat, minutes)).await?;
            }
            self.dana_taps(&format!("late omar {minutes}")).await?;
        }
        let chats = self.drivers.iter().map(|it| it.1).chain([self.dana_chat]);
        for chat in chats {
            let slot = taps::slot_changed(chat, "14:00-15:00, ramp 3");
            let asked = self.ledger.tap(&self.omar, chat, slot).await?;
            let Some((driver, _)) = self.drivers.iter().find(|it| it.1 == chat) else { continue };
            let come = |it: &waypost_client::View| {
                let mut shown = it.timeline.iter().flat_map(|it| &it.messages);
                shown.any(|it| it.id == asked)
            };
            driver.sees("the new time slot", come).await?;
            self.ledger.tap(driver, chat, taps::plain(chat, "arrived", Some(asked))).await?;
        }
        Ok(())
    }

    /// He sees what is planned, drives out of the network, and delivers.
    async fn ayo_delivers(&mut self) -> anyhow::Result<()> {
        let ayo = &self.drivers[0].0;
        let stop = delivery::planned(&self.omar, ayo).await?;
        ayo.online(false).await?;
        delivery::completed(ayo, stop).await?;
        self.stop = Some(stop);
        Ok(())
    }

    async fn delivery_is_proved(&self, folder: &Path) -> anyhow::Result<usize> {
        let stop = self.stop.context("Ayo has delivered")?;
        delivery::proved(&self.depot, &self.drivers[0].0, stop, folder).await
    }

    /// Killed once in the middle of sending, once with messages that no one else has.
    async fn dana_loses_her_tablet(&mut self) -> anyhow::Result<()> {
        for minutes in [15, 20, 25] {
            self.dana_taps(&format!("late omar {minutes}")).await?;
        }
        self.dana.kill().await?;
        self.dana.start(None).await?;
        self.dana.online(false).await?;
        for stop in 1..=5 {
            self.dana_taps(&format!("say omar Stop {stop}: delivered, signed by the gatekeeper"))
                .await?;
        }
        self.dana.kill().await?;
        self.kills += 2;
        let words = taps::words(self.dana_chat, "Dana, are you through the tunnel?");
        self.ledger.tap(&self.omar, self.dana_chat, words).await?;
        Ok(())
    }

    /// Nobody waits for an answer: what is in flight is lost, and what is tapped now waits.
    async fn server_is_killed(&mut self) -> anyhow::Result<()> {
        self.drivers[0].0.online(false).await?;
        for id in ["arrived", "delivered"] {
            for (driver, chat) in &self.drivers {
                self.ledger.tap(driver, *chat, taps::plain(*chat, id, None)).await?;
            }
        }
        self.depot.server.kill().await;
        self.kills += 1;
        for (driver, chat) in &self.drivers {
            self.ledger.tap(driver, *chat, taps::plain(*chat, "call-me", None)).await?;
            self.ledger.tap(&self.omar, *chat, taps::plain(*chat, "please-confirm", None)).await?;
        }
        let waiting = self.dana.start(None).await?;
        anyhow::ensure!(
            waiting >= 5,
            "Dana tapped five times, but only {waiting} wait in her outbox"
        );
        self.dana_taps("late omar 30").await
    }

    async fn server_is_back(&mut self) -> anyhow::Result<()> {
        self.depot.server.start().await;
        self.drivers[0].0.online(true).await?;
        for (driver, _) in &self.drivers {
            driver.is_level().await?;
        }
        self.omar.is_level().await
    }

    /// The proof at each party, then the server's own.
    async fn ends(mut self) -> anyhow::Result<Figures> {
        let taps = self.ledger.taps();
        let mut receipts = proof::check(&self.omar, &taps, Times::InOrder).await?;
        self.dana.close().await?;
        let dana = Tablet::open("dana", &self.depot.store_of("dana")).await?;
        self.drivers.push((dana, self.dana_chat));
        for (driver, chat) in &self.drivers {
            receipts += proof::check(driver, &taps, Times::InOrder).await?;
            let theirs = proof::order_on_screen(driver, *chat).await?;
            let omars = proof::order_on_screen(&self.omar, *chat).await?;
            anyhow::ensure!(
                theirs == omars,
                "{} and omar see {chat} in different orders",
                driver.name
            );
        }
        self.depot.audit().await?;
        self.depot.server.stop().await;
        let errors = self.depot.server.errors();
        anyhow::ensure!(errors.is_empty(), "the server logged errors: {errors:?}");
        self.omar.close().await;
        for (driver, _) in self.drivers {
            driver.close().await;
        }
        let (messages, kills, took) = (taps.len(), self.kills, Duration::ZERO);
        anyhow::ensure!(receipts == 4 * messages, "{receipts} receipts of {messages} messages");
        Ok(Figures { messages, receipts, kills, took })
    }

    async fn dana_taps(&mut self, line: &str) -> anyhow::Result<()> {
        let id = self.dana.taps(line).await?;
        let (author, conversation) = (self.dana_id, self.dana_chat);
        self.ledger.note(Tap { id, author, conversation });
        Ok(())
    }
}
