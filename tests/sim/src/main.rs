//! Plays seeds and stops at the first fault: `waypost-sim [--seed N | --seeds N [--from N]]`.

use std::io::{self, Write as _};
use std::process::ExitCode;

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

/// Whether all of them held.
fn play(seeds: &Seeds) -> io::Result<bool> {
    let mut out = io::stdout().lock();
    for played in 0..seeds.count {
        let seed = seeds.from.wrapping_add(played);
        match waypost_sim::run(seed) {
            Err(fault) => {
                writeln!(out, "{fault}")?;
                return Ok(false);
            }
            Ok(summary) if seeds.count == 1 => writeln!(out, "seed {seed} holds: {summary}")?,
            Ok(_) if (played + 1) % PROGRESS_EVERY == 0 => {
                writeln!(out, "{} of {} seeds hold", played + 1, seeds.count)?;
            }
            Ok(_) => {}
        }
    }
    writeln!(out, "{} seeds hold", seeds.count)?;
    Ok(true)
}
