//! How long it took until both sides were identical again: one line for each story, on standard
//! output and in the file that `FAULTS_REPORT` names.
#![allow(clippy::print_stdout)] // the line is what a story is told for

use std::fs::OpenOptions;
use std::io::Write as _;
use std::time::Duration;

/// Says how a story ended.
pub fn reached(story: &str, messages: usize, after: Duration) {
    let line =
        format!("faults: {story}: {messages} messages, level after {:.1} s", after.as_secs_f64());
    println!("{line}");
    if let Ok(file) = std::env::var("FAULTS_REPORT") {
        let opened = OpenOptions::new().create(true).append(true).open(&file);
        let written = opened.and_then(|mut it| it.write_all(format!("{line}\n").as_bytes()));
        written.unwrap_or_else(|error| panic!("{file} takes no line: {error}"));
    }
}
