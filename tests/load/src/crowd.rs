//! A thousand people who hear one message, or who all come back at once.

use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;
use tokio::time::Instant;
use waypost_engine::{Change, Wish};
use waypost_protocol::{Body, ConversationId, Recipients, Role, Sequence, kind};

use crate::devices::{Devices, Durable};
use crate::figure::{Figures, Times, What};
use crate::seed::{Enrolled, Seed, TEXT};
use crate::settings::Settings;
use crate::station::Station;

/// Longest wait for a message to reach all.
const REACHES_WITHIN: Duration = Duration::from_secs(60);

/// Many drivers, and the dispatchers who write to them.
pub struct Crowd {
    drivers: Vec<Enrolled>,
    dispatchers: Vec<Enrolled>,
    group: ConversationId,
}

impl Crowd {
    /// Hires so many drivers, and opens a group of them with the second of the first pair. The
    /// second of each pair will write to them.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn hire(
        seed: &Seed,
        count: usize,
        pairs: &[(Enrolled, Enrolled)],
    ) -> anyhow::Result<Self> {
        let people = seed.hire("crowd", Role::Driver, count).await?;
        let drivers = seed.enrol(&people, Role::Driver).await?;
        // Devices of their own, which have not used a number of any lane.
        let staff: Vec<_> = pairs.iter().map(|(_, reader)| reader.person).collect();
        let dispatchers = seed.enrol(&staff, Role::Dispatcher).await?;
        let speaker = dispatchers.first().context("there are pairs")?.person;
        let members: Vec<_> = [speaker].into_iter().chain(people).collect();
        Ok(Self { drivers, dispatchers, group: seed.group(&members).await? })
    }

    /// Measures broadcast and reconnect on the running server. Everyone has all up to `from`: this
    /// is no device's first day.
    ///
    /// # Errors
    /// If something does not arrive.
    pub async fn measure(
        &self,
        figures: &mut Figures,
        folder: &Path,
        station: &Station,
        from: Sequence,
        settings: Settings,
    ) -> anyhow::Result<()> {
        let mut devices = Devices::new(&folder.join("crowd.log"))?;
        let speaker = self.join(&mut devices, station, &self.dispatchers[..1], from)?;
        self.join(&mut devices, station, &self.drivers, from)?;
        devices.all_level().await?;
        let mut took = Times::default();
        for _ in 0..settings.broadcasts {
            let (conversation, body) = (self.group, Body::text(TEXT));
            let wish = Wish::Say { conversation, body };
            took.add(self.until_all_have(&mut devices, speaker.start, wish).await?);
            devices.all_level().await?;
        }
        figures.add(What::BroadcastMs, took.at(50));
        figures.add(What::BroadcastSlowestMs, took.at(100));
        let mut took = Times::default();
        for _ in 0..settings.broadcasts {
            took.add(self.until_all_have(&mut devices, speaker.start, self.to_each()).await?);
            devices.all_level().await?;
        }
        figures.add(What::ToldEachMs, took.at(50));
        let from = devices.furthest();
        drop(devices);

        let mut devices = Devices::new(&folder.join("office.log"))?;
        let writers = self.join(&mut devices, station, &self.dispatchers, from)?;
        devices.all_level().await?;
        self.write_to_all(&mut devices, writers.len(), settings.waiting).await?;
        drop(devices);
        figures.add(What::ReconnectS, self.reconnect(folder, station, from, settings).await?);
        Ok(())
    }

    fn join(
        &self,
        devices: &mut Devices,
        station: &Station,
        who: &[Enrolled],
        from: Sequence,
    ) -> anyhow::Result<std::ops::Range<usize>> {
        let first = devices.count();
        for who in who {
            devices.add(station.account(who)?, who.person, from);
        }
        Ok(first..devices.count())
    }

    /// A broadcast, which becomes a message to each of them.
    fn to_each(&self) -> Wish {
        let people = self.drivers.iter().map(|driver| driver.person).collect();
        let to = Recipients { people, ..Recipients::default() };
        let conversation = ConversationId::Broadcasts(self.dispatchers[0].person);
        Wish::Say { conversation, body: Body::Broadcast { to, message: Body::text(TEXT).into() } }
    }

    /// Milliseconds from the tap until the last has stored it.
    async fn until_all_have(
        &self,
        devices: &mut Devices,
        speaker: usize,
        wish: Wish,
    ) -> anyhow::Result<f64> {
        let began = Instant::now();
        devices.wish(speaker, wish);
        let mut missing = self.drivers.len();
        while missing > 0 {
            anyhow::ensure!(began.elapsed() < REACHES_WITHIN, "{missing} have not heard it");
            devices.round(|durable| missing -= usize::from(heard(&durable, speaker))).await?;
        }
        Ok(began.elapsed().as_secs_f64() * 1000.0)
    }

    /// The dispatchers share out the drivers among them and write to each.
    async fn write_to_all(
        &self,
        devices: &mut Devices,
        dispatchers: usize,
        each: usize,
    ) -> anyhow::Result<()> {
        for _ in 0..each {
            for (n, driver) in self.drivers.iter().enumerate() {
                let at = n % dispatchers;
                let writer = self.dispatchers[at].person;
                let conversation = ConversationId::direct(writer, driver.person);
                let conversation = conversation.context("two people")?;
                let body = Body::text(TEXT);
                devices.wish(at, Wish::Say { conversation, body });
            }
        }
        let began = Instant::now();
        devices.round(|_| ()).await?;
        while (0..dispatchers).any(|at| devices.waiting(at) > 0) {
            anyhow::ensure!(began.elapsed() < 2 * REACHES_WITHIN, "the server does not take them");
            devices.round(|_| ()).await?;
        }
        Ok(())
    }

    /// Seconds until all have what waits for them and are level.
    async fn reconnect(
        &self,
        folder: &Path,
        station: &Station,
        from: Sequence,
        settings: Settings,
    ) -> anyhow::Result<f64> {
        let mut devices = Devices::new(&folder.join("reconnect.log"))?;
        self.join(&mut devices, station, &self.drivers, from)?;
        let (began, wanted) = (Instant::now(), self.drivers.len() * settings.waiting);
        let mut stored = 0;
        while stored < wanted || devices.level() < self.drivers.len() {
            let level = devices.level();
            let late = began.elapsed() > REACHES_WITHIN;
            anyhow::ensure!(!late, "{stored} of {wanted} stored, {level} devices level");
            devices.round(|durable| stored += usize::from(heard(&durable, usize::MAX))).await?;
        }
        anyhow::ensure!(stored == wanted, "{stored} stored, {wanted} were sent");
        Ok(began.elapsed().as_secs_f64())
    }
}

/// Whether someone other than the speaker has stored a message.
fn heard(durable: &Durable<'_>, speaker: usize) -> bool {
    matches!(durable, Durable::Change(device, Change::Recorded { event, .. })
        if *device != speaker && event.content.kind == kind::TEXT)
}
