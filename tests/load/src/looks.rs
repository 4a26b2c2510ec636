//! Throughput over a whole stretch, looked at every ten seconds: measured and told the same way for
//! Waypost and for other servers.

use std::time::Duration;

use crate::cost::Cores;
use crate::figure::{Figures, Times, What};

/// How long a look at the throughput lasts.
const LOOK: Duration = Duration::from_secs(10);

/// What was seen at each look.
#[derive(Default)]
pub(crate) struct Looks {
    each: Vec<f64>,
    p50: Times,
    p99: Times,
}

impl Looks {
    /// How long each look of a stretch lasts.
    pub(crate) fn within(stretch: Duration) -> impl Iterator<Item = Duration> {
        let looks = stretch.div_duration_f64(LOOK).ceil().max(1.0);
        (0..looks as u32).map(move |_| LOOK.min(stretch))
    }

    /// One more, with the messages a second and how long they took in milliseconds.
    pub(crate) fn add(&mut self, a_second: f64, took_ms: &mut Times) {
        self.each.push(a_second);
        self.p50.add(took_ms.at(50));
        self.p99.add(took_ms.at(99));
    }

    /// Tells what the whole stretch was like.
    pub(crate) fn tell(mut self, figures: &mut Figures, cores: &Cores) {
        let count = self.each.len() as f64;
        figures.add(What::MessagesEachSecond, self.each.iter().sum::<f64>() / count);
        figures.add(What::SlowestTenSeconds, self.each.into_iter().fold(f64::INFINITY, f64::min));
        figures.add(What::FullP50Ms, self.p50.at(50));
        figures.add(What::FullP99Ms, self.p99.at(100));
        figures.add(What::ServerCores, cores.server);
        figures.add(What::GeneratorCores, cores.generator);
        figures.add(What::OtherCores, cores.others);
    }
}
