//! What a measurement gives: one number with its meaning. It judges nothing; that does `aims`.

use serde::{Deserialize, Serialize};

/// A number, of whom and of what.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Figure {
    /// The server, or what else was measured.
    pub of: String,
    /// What was measured.
    pub what: What,
    /// How much, in the unit of `what`.
    pub value: f64,
}

/// What can be measured. Throughput is of messages that the recipient has stored and synced and
/// that the server has acknowledged to their author.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum What {
    /// Facts in the record when the measurement of throughput began.
    FactsBefore,
    /// Messages a second.
    MessagesEachSecond,
    /// The slowest ten seconds of it.
    SlowestTenSeconds,
    /// Tap to stored at that rate: the middle.
    FullP50Ms,
    /// Tap to stored at that rate: the slowest hundredth.
    FullP99Ms,
    /// Processor time of the server for each second of it.
    ServerCores,
    /// Processor time of the load generator for each second of it.
    GeneratorCores,
    /// Processor time of everything else on the machine for each second of it.
    OtherCores,
    /// Tap to stored at 200 a second: the middle.
    PacedP50Ms,
    /// Tap to stored at 200 a second: the slowest hundredth.
    PacedP99Ms,
    /// Tap to the other screen's view at 200 a second: the middle.
    ViewP50Ms,
    /// Tap to the other screen's view at 200 a second: the slowest hundredth.
    ViewP99Ms,
    /// One message to 1,000 people until the last has stored it: the middle of all.
    BroadcastMs,
    /// The slowest of them.
    BroadcastSlowestMs,
    /// 1,000 devices with 50 waiting messages each, all at once, until all are level.
    ReconnectS,
    /// One broadcast to 1,000 people, a message to each, until the last has stored theirs: the middle.
    ToldEachMs,
    /// Devices that say what their people are at, within ten seconds.
    PresenceDevices,
    /// Until a console sees it: the middle.
    PresenceP50Ms,
    /// Until a console sees it: the slowest hundredth.
    PresenceP99Ms,
    /// Processor time of the server for each second of it.
    PresenceCores,
    /// Memory of the server for an idle connection.
    IdleKb,
    /// Idle connections at which that was measured.
    IdleConnections,
    /// What a message costs less without audit leaves, in percent.
    AuditPercent,
    /// Throughput on the full record by that on an empty one.
    Growth,
    /// Opening a store of 10,000 messages until the view shows a conversation.
    FirstViewMs,
    /// Facts a second whose words come into the index, while nothing else is done.
    IndexedEachSecond,
    /// A search among a million messages until its first page is there: the middle.
    SearchP50Ms,
    /// The slowest hundredth of them.
    SearchP99Ms,
    /// 1,000 items over 2G, by what their bytes alone need.
    NarrowTimes,
    /// The same in seconds.
    NarrowS,
    /// Bytes that the device sent for each of them.
    NarrowBytes,
    /// Messages a second of the soak: half of what the server can bear.
    SoakPace,
    /// Memory of the server at the end of it.
    SoakMemoryKb,
    /// The same by what it was after the first minutes.
    SoakMemoryGrowth,
    /// By how much the server's files grew for each fact, in its second half.
    SoakBytes,
    /// The same by that in its first half.
    SoakBytesGrowth,
    /// MiB a second of one upload.
    UploadOne,
    /// MiB a second of ten uploads at once, together.
    UploadTen,
    /// MiB a second of a hundred uploads at once, together.
    UploadHundred,
    /// Processor time of the server for each second of that.
    UploadServerCores,
    /// The same of the load generator.
    UploadGeneratorCores,
    /// Of ten uploads of one size, how long the slowest took by the fastest.
    UploadFairness,
    /// Asking how far an upload has come, and adding a byte: the middle.
    ResumeP50Ms,
    /// The slowest hundredth of them.
    ResumeP99Ms,
    /// Most memory that the server took above idle while a hundred uploads ran, for each.
    UploadKib,
    /// The same with files four times as large.
    UploadLargeKib,
    /// Tap to stored at 50 a second while nothing is uploaded: the middle.
    BeforeUploadsP50Ms,
    /// The slowest hundredth of them.
    BeforeUploadsP99Ms,
    /// Tap to stored at 50 a second while a hundred uploads run: the middle.
    BesideUploadsP50Ms,
    /// The slowest hundredth of them.
    BesideUploadsP99Ms,
    /// Tap to stored at 50 a second while a hundred uploads run at 1 Mbit/s each: the middle.
    BesideTrucksP50Ms,
    /// The slowest hundredth of them.
    BesideTrucksP99Ms,
    /// The middle while uploads run, by that while none does.
    BesideUploadsP50Times,
    /// The same of the slowest hundredth.
    BesideUploadsP99Times,
    /// MiB a second of the uploads beside these messages.
    BesideMessages,
    /// Appending a block to a file and syncing it.
    SyncUs,
    /// A packet there and back.
    LoopbackUs,
    /// Rows a second, each in a commit of its own.
    RowsSingly,
    /// Rows a second, 256 in a commit.
    RowsInBatches,
}

impl What {
    /// In words, with the unit.
    pub fn words(self) -> &'static str {
        match self {
            Self::FactsBefore => "facts before",
            Self::MessagesEachSecond => "messages/s",
            Self::SlowestTenSeconds => "slowest 10 s",
            Self::FullP50Ms => "p50 then, ms",
            Self::FullP99Ms => "p99 then, ms",
            Self::ServerCores => "server, cores",
            Self::GeneratorCores => "generator, cores",
            Self::OtherCores => "others, cores",
            Self::PacedP50Ms => "p50 at 200/s, ms",
            Self::PacedP99Ms => "p99 at 200/s, ms",
            Self::ViewP50Ms => "p50 to the view at 200/s, ms",
            Self::ViewP99Ms => "p99 to the view at 200/s, ms",
            Self::BroadcastMs => "to 1,000, ms",
            Self::BroadcastSlowestMs => "slowest to 1,000, ms",
            Self::ReconnectS => "1,000 × 50, s",
            Self::ToldEachMs => "to each of 1,000, ms",
            Self::PresenceDevices => "devices that say what they are at",
            Self::PresenceP50Ms => "p50 until a console sees it, ms",
            Self::PresenceP99Ms => "p99 until a console sees it, ms",
            Self::PresenceCores => "server meanwhile, cores",
            Self::IdleKb => "kB an idle client",
            Self::IdleConnections => "idle clients",
            Self::AuditPercent => "share of audit, %",
            Self::Growth => "throughput by that when empty",
            Self::FirstViewMs => "first view of 10,000, ms",
            Self::IndexedEachSecond => "facts/s indexed",
            Self::SearchP50Ms => "p50 of a search, ms",
            Self::SearchP99Ms => "p99 of a search, ms",
            Self::NarrowTimes => "2G: times the bytes alone",
            Self::NarrowS => "2G: 1,000 items, s",
            Self::NarrowBytes => "2G: bytes an item",
            Self::SoakPace => "soak: messages/s",
            Self::SoakMemoryKb => "soak: memory, kB",
            Self::SoakMemoryGrowth => "soak: memory by that at its begin",
            Self::SoakBytes => "soak: bytes a fact",
            Self::SoakBytesGrowth => "soak: bytes a fact by those at its begin",
            Self::UploadOne => "1 upload, MiB/s",
            Self::UploadTen => "10, MiB/s",
            Self::UploadHundred => "100, MiB/s",
            Self::UploadServerCores => "server at 100, cores",
            Self::UploadGeneratorCores => "generator, cores",
            Self::UploadFairness => "slowest of 10 by fastest",
            Self::ResumeP50Ms => "p50 to resume, ms",
            Self::ResumeP99Ms => "p99, ms",
            Self::UploadKib => "KiB an upload",
            Self::UploadLargeKib => "4 times as large, KiB",
            Self::BeforeUploadsP50Ms => "p50 at 50/s before uploads, ms",
            Self::BeforeUploadsP99Ms => "p99 at 50/s before uploads, ms",
            Self::BesideUploadsP50Ms => "p50 at 50/s beside 100 uploads, ms",
            Self::BesideUploadsP99Ms => "p99 at 50/s beside 100 uploads, ms",
            Self::BesideTrucksP50Ms => "p50 at 50/s beside 100 at 1 Mbit/s, ms",
            Self::BesideTrucksP99Ms => "p99 at 50/s beside 100 at 1 Mbit/s, ms",
            Self::BesideUploadsP50Times => "p50 beside 100 uploads by that before",
            Self::BesideUploadsP99Times => "p99 beside 100 uploads by that before",
            Self::BesideMessages => "100 uploads beside messages, MiB/s",
            Self::SyncUs => "write and sync, µs",
            Self::LoopbackUs => "there and back, µs",
            Self::RowsSingly => "rows/s, one a commit",
            Self::RowsInBatches => "rows/s, 256 a commit",
        }
    }
}

/// The figures of one measurement.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Figures {
    of: String,
    found: Vec<Figure>,
}

impl Figures {
    /// None yet.
    pub fn of(of: &str) -> Self {
        Self { of: of.to_owned(), found: Vec::new() }
    }

    /// Keeps one.
    pub fn add(&mut self, what: What, value: f64) {
        eprintln!("{}: {} {}", self.of, short(value), what.words());
        self.found.push(Figure { of: self.of.clone(), what, value });
    }

    /// All of them.
    pub fn into_vec(self) -> Vec<Figure> {
        self.found
    }
}

/// A number as people read it.
pub fn short(value: f64) -> String {
    match value.abs() {
        _ if value.is_nan() => "–".to_owned(),
        v if v >= 1000.0 => grouped(value.round() as i64),
        v if v >= 100.0 => format!("{value:.0}"),
        v if v >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

fn grouped(value: i64) -> String {
    let digits = value.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && digit.is_ascii_digit() && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// The slowest hundredth, the middle and so on of some times.
#[derive(Clone, Debug, Default)]
pub struct Times(Vec<f64>);

impl Times {
    /// One more, in any unit.
    pub fn add(&mut self, took: f64) {
        self.0.push(took);
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// At this percentage of all of them, in order.
    pub fn at(&mut self, percent: usize) -> f64 {
        self.0.sort_unstable_by(f64::total_cmp);
        let last = self.0.len().saturating_sub(1);
        self.0.get(last * percent / 100).copied().unwrap_or(f64::NAN)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_shown_as_people_read_them() {
        let shown = [0.049, 12.34, 123.4, 1234.5, 1_234_567.0].map(short);
        assert_eq!(shown, ["0.05", "12.3", "123", "1,235", "1,234,567"]);
    }

    #[test]
    fn the_slowest_hundredth_is_near_the_end() {
        let mut times = Times::default();
        (1..=101).rev().for_each(|n| times.add(f64::from(n)));
        assert_eq!((times.at(50), times.at(99), times.at(100)), (51.0, 100.0, 101.0));
    }
}
