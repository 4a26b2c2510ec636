//! Whatever a fuzzer has found or begins from is survived, in every run of the tests.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use waypost_fuzz::{Panics, TARGETS};

/// The kept inputs of a target, in the order of their names.
fn kept(target: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target);
    let entries = std::fs::read_dir(&folder);
    let entries = entries.unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut files: Vec<PathBuf> =
        entries.map(|entry| entry.expect("a kept input").path()).collect();
    files.sort();
    files
}

fn survives(target: &str) {
    let target = TARGETS.iter().find(|it| it.name == target).expect("a target of that name");
    let files = kept(target.name).into_iter();
    let files =
        files.map(|path| (path.display().to_string(), std::fs::read(&path).expect("a kept input")));
    let seeds =
        (target.seeds)().into_iter().map(|seed| (format!("seed {}", seed.name), seed.bytes));
    let mut hurt = Vec::new();
    let mut tried = 0;
    for (name, bytes) in seeds.chain(files) {
        let panics = Panics::watch();
        let run = catch_unwind(AssertUnwindSafe(|| (target.run)(&bytes)));
        if run.is_err() || panics.count() > 0 {
            hurt.push(name);
        }
        tried += 1;
    }
    assert!(tried > 1, "{} has no inputs", target.name);
    assert!(hurt.is_empty(), "{} does not survive {hurt:#?}", target.name);
}

#[test]
fn an_unknown_connection_hurts_nobody() {
    survives("edge_connection");
}

#[test]
fn a_session_of_any_bytes_hurts_nobody() {
    survives("edge_session");
}

#[test]
fn uplinks_are_read_as_they_are_written() {
    survives("uplink");
}

#[test]
fn downlinks_are_read_as_they_are_written() {
    survives("downlink");
}

#[test]
fn contents_are_read_as_they_are_written() {
    survives("content");
}

#[test]
fn json_is_read_as_it_is_written() {
    survives("json");
}

#[test]
fn names_have_one_spelling() {
    survives("text");
}

#[test]
fn a_tablet_bears_whatever_its_server_says() {
    survives("tablet");
}

#[test]
fn a_batch_is_decided_whatever_the_record_holds() {
    survives("batch");
}

#[test]
fn every_request_is_answered_without_a_fault() {
    survives("http");
}

#[test]
fn every_link_is_read_or_refused() {
    survives("link");
}

#[test]
fn settings_that_are_accepted_work() {
    survives("settings");
}

#[test]
fn a_damaged_record_is_refused_or_works() {
    survives("record_file");
}

#[test]
fn a_damaged_store_is_refused_or_works() {
    survives("device_file");
}

#[test]
fn every_target_has_a_test_a_wrapper_and_a_folder() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let tests = std::fs::read_to_string(here.join("tests/corpus.rs")).unwrap();
    for name in TARGETS.iter().map(|target| target.name) {
        assert!(tests.contains(&format!("survives(\"{name}\")")), "{name} has no test");
        let wrapper = here.join(format!("../../fuzz/fuzz_targets/{name}.rs"));
        let wrapper = std::fs::read_to_string(&wrapper).unwrap();
        assert!(
            wrapper.contains(&format!("targets::{name}(")),
            "the wrapper of {name} runs another"
        );
        assert!(!kept(name).is_empty(), "{name} has no kept inputs");
    }
}
