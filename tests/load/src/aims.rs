//! What the figures should be, and by how much they are.

use crate::figure::{Figure, What, short};
use crate::uploads;

/// One line of the table of aims.
struct Aim {
    words: &'static str,
    of: &'static str,
    what: What,
    bound: Bound,
    beyond: f64,
}

#[derive(Clone, Copy)]
enum Bound {
    AtLeast(f64),
    AtMost(f64),
}

use Bound::{AtLeast, AtMost};

const SQLITE: &str = "Waypost on SQLite";
const POSTGRES: &str = "Waypost on PostgreSQL";

const AIMS: [Aim; 24] = [
    aim(
        "durable messages a second, SQLite",
        SQLITE,
        What::MessagesEachSecond,
        AtLeast(12_000.0),
        20_000.0,
    ),
    aim(
        "durable messages a second, PostgreSQL",
        POSTGRES,
        What::MessagesEachSecond,
        AtLeast(12_000.0),
        20_000.0,
    ),
    aim("tap to view at 200/s, p50 ms", SQLITE, What::ViewP50Ms, AtMost(2.0), 1.0),
    aim("tap to view at 200/s, p99 ms", SQLITE, What::ViewP99Ms, AtMost(5.0), 2.0),
    aim("tap to view at 200/s, PostgreSQL, p50 ms", POSTGRES, What::ViewP50Ms, AtMost(2.0), 1.0),
    aim("tap to view at 200/s, PostgreSQL, p99 ms", POSTGRES, What::ViewP99Ms, AtMost(5.0), 2.0),
    aim("one broadcast to 1,000, ms", SQLITE, What::BroadcastMs, AtMost(150.0), 60.0),
    aim("one to each of 1,000, ms", SQLITE, What::ToldEachMs, AtMost(500.0), 200.0),
    aim("10,000 at the wheel, p99 ms", SQLITE, What::PresenceP99Ms, AtMost(500.0), 300.0),
    aim("the server meanwhile, cores", SQLITE, What::PresenceCores, AtMost(0.5), 0.2),
    aim("1,000 × 50 reconnect, s", SQLITE, What::ReconnectS, AtMost(3.0), 1.5),
    aim("kB for an idle TLS connection", SQLITE, What::IdleKb, AtMost(32.0), 12.0),
    aim("audit record's share, %", SQLITE, What::AuditPercent, AtMost(15.0), 5.0),
    aim("throughput on ten million by that on none", SQLITE, What::Growth, AtLeast(0.9), 1.0),
    aim("search in a million messages, p99 ms", SQLITE, What::SearchP99Ms, AtMost(50.0), 20.0),
    aim("the same, PostgreSQL, p99 ms", POSTGRES, What::SearchP99Ms, AtMost(50.0), 20.0),
    aim("memory in the soak, by its begin", SQLITE, What::SoakMemoryGrowth, AtMost(1.1), 1.0),
    aim("bytes a fact in it, by its begin", SQLITE, What::SoakBytesGrowth, AtMost(1.05), 1.0),
    aim("first view of 10,000 messages, ms", "device", What::FirstViewMs, AtMost(100.0), 30.0),
    aim("1,000 items over 2G, times the bytes", "device", What::NarrowTimes, AtMost(1.3), 1.1),
    aim("KiB for one of 100 uploads", SQLITE, What::UploadKib, AtMost(64.0), 32.0),
    aim("the same, files 4 times as large", SQLITE, What::UploadLargeKib, AtMost(64.0), 32.0),
    aim("100 uploads beside messages, p50", SQLITE, What::BesideUploadsP50Times, AtMost(1.5), 1.1),
    aim("the same, p99", SQLITE, What::BesideUploadsP99Times, AtMost(1.5), 1.1),
];

/// How much faster than the better of two other servers uploads are to be, at equal terms.
const BY_THE_BETTER: f64 = 1.5;

const fn aim(words: &'static str, of: &'static str, what: What, bound: Bound, beyond: f64) -> Aim {
    Aim { words, of, what, bound, beyond }
}

/// A line for each aim: met or missed, and by how much.
pub fn verdicts(figures: &[Figure]) -> Vec<String> {
    let found = |of: &str, what| {
        figures.iter().find(|it| it.of == of && it.what == what).map(|it| it.value)
    };
    let mut lines: Vec<_> = AIMS.iter().map(|aim| aim.verdict(found(aim.of, aim.what))).collect();
    let rabbit = found("RabbitMQ, MQTT", What::MessagesEachSecond);
    let ours = found(SQLITE, What::MessagesEachSecond);
    lines.insert(
        1,
        match rabbit {
            Some(rabbit) => aim(
                "more than RabbitMQ in the same run",
                SQLITE,
                What::MessagesEachSecond,
                AtLeast(rabbit),
                rabbit,
            )
            .verdict(ours),
            None => "not measured  more than RabbitMQ in the same run".to_owned(),
        },
    );
    for (words, what) in [
        ("10 uploads without syncs, MiB/s, by 1.5 of the better peer", What::UploadTen),
        ("100 uploads without syncs, MiB/s, by 1.5 of the better peer", What::UploadHundred),
    ] {
        let peers = [uploads::TUS_NODE, uploads::RUSTUS].map(|peer| found(peer, what));
        let better = peers.into_iter().flatten().reduce(f64::max);
        lines.push(match better.map(|better| BY_THE_BETTER * better) {
            Some(least) => aim(words, uploads::UNSYNCED, what, AtLeast(least), 2.0 * least)
                .verdict(found(uploads::UNSYNCED, what)),
            None => format!("not measured  {words}"),
        });
    }
    lines
}

impl Aim {
    fn verdict(&self, found: Option<f64>) -> String {
        let Some(found) = found.filter(|found| found.is_finite()) else {
            return format!("not measured  {}", self.words);
        };
        let (sign, aim, met, beyond) = match self.bound {
            AtLeast(aim) => ("≥", aim, found >= aim, found >= self.beyond),
            AtMost(aim) => ("≤", aim, found <= aim, found <= self.beyond),
        };
        let verdict = match (met, beyond) {
            (true, true) => "met beyond",
            (true, false) => "met",
            (false, _) => "MISSED",
        };
        let percent = 100.0 * (found - aim).abs() / aim;
        let side = if found >= aim { "above" } else { "below" };
        format!(
            "{verdict:<12}  {}: {} (aim {sign} {}, beyond {}; {percent:.0} % {side})",
            self.words,
            short(found),
            short(aim),
            short(self.beyond)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(of: &str, what: What, value: f64) -> Figure {
        Figure { of: of.into(), what, value }
    }

    #[test]
    fn an_aim_is_met_missed_or_not_measured() {
        let figures = [
            figure(SQLITE, What::MessagesEachSecond, 13_000.0),
            figure("RabbitMQ, MQTT", What::MessagesEachSecond, 14_000.0),
            figure(SQLITE, What::BroadcastMs, 300.0),
            figure(SQLITE, What::IdleKb, 11.0),
            figure(uploads::UNSYNCED, What::UploadTen, 320.0),
            figure(uploads::TUS_NODE, What::UploadTen, 100.0),
            figure(uploads::RUSTUS, What::UploadTen, 200.0),
        ];
        let lines = verdicts(&figures);
        assert!(lines[0].starts_with("met  "), "{}", lines[0]);
        assert!(lines[1].starts_with("MISSED") && lines[1].contains("7 % below"), "{}", lines[1]);
        let of = |words| lines.iter().find(|line| line.contains(words)).expect("a line");
        assert!(of("broadcast").starts_with("MISSED") && of("broadcast").contains("100 % above"));
        assert!(of("idle TLS").starts_with("met beyond"));
        assert!(of("audit").starts_with("not measured"));
        assert!(
            of("10 uploads w").starts_with("met  ") && of("10 uploads w").contains("aim ≥ 300")
        );
        assert!(of("100 uploads without").starts_with("not measured"));
    }
}
