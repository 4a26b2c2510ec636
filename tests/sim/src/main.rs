//! Plays seeds and stops at the first fault: `waypost-sim [--seed N | --seeds N [--from N]]`.

use std::io::{self, Write as _};
use std::num::NonZero;
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::Instant;

use waypost_sim::{Fault, Summary};

/// A line of progress comes after so many seeds.
const PROGRESS_EVERY: u64 = 1_000;

const USAGE: &str = "usage: waypost-sim [--seed N | --seeds N [--from N]]";

/// Which seeds to play.
struct Seeds {
    from: u64,
    count: u64,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let outcome = match seeds(&arguments) {
        Some(seeds) => play(&seeds),
        None => writeln!(io::stderr(), "{USAGE}").map(|()| false),
    };
    if outcome.unwrap_or(false) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn seeds(arguments: &[String]) -> Option<Seeds> {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let (from, count) = match words[..] {
        [] => ("0", "1000"),
        ["--seed", seed] => (seed, "1"),
        ["--seeds", count] => ("0", count),
        ["--seeds", count, "--from", from] | ["--from", from, "--seeds", count] => (from, count),
        _ => return None,
    };
    Some(Seeds { from: from.parse().ok()?, count: count.parse().ok()? })
}

/// Whether all of them held. Every core plays; the first fault that is found ends all.
fn play(seeds: &Seeds) -> io::Result<bool> {
    let next = AtomicU64::new(0);
    let (tell, played) = mpsc::channel();
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, NonZero::get) {
            let (tell, next) = (tell.clone(), &next);
            scope.spawn(move || {
                while let Some(seed) = seeds.take(next) {
                    if tell.send((seed, waypost_sim::run(seed))).is_err() {
                        return;
                    }
                }
            });
        }
        drop(tell);
        report(seeds, played)
    })
}

impl Seeds {
    fn take(&self, next: &AtomicU64) -> Option<u64> {
        let taken = next.fetch_add(1, Ordering::Relaxed);
        (taken < self.count).then(|| self.from.wrapping_add(taken))
    }
}

fn report(
    seeds: &Seeds,
    played: mpsc::Receiver<(u64, Result<Summary, Fault>)>,
) -> io::Result<bool> {
    let mut out = io::stdout().lock();
    let began = Instant::now();
    let mut held = 0;
    for (seed, outcome) in played {
        match outcome {
            Err(fault) => {
                let at = held + 1;
                writeln!(out, "{fault}\n\nA fault after {at} seeds; making the story shorter …")?;
                writeln!(out, "\n{}", fault.shortened())?;
                return Ok(false);
            }
            Ok(summary) if seeds.count == 1 => writeln!(out, "seed {seed} holds: {summary}")?,
            Ok(_) => held += 1,
        }
        if held > 0 && held % PROGRESS_EVERY == 0 {
            let seconds = began.elapsed().as_secs();
            writeln!(out, "{held} of {} seeds hold, {seconds} s", seeds.count)?;
        }
    }
    writeln!(out, "{} seeds from {} on hold", seeds.count, seeds.from)?;
    Ok(true)
}
