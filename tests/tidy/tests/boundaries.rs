//! Who may depend on whom, and who may name what (ARCHITECTURE.md, "Invariants").

use waypost_tidy::{Source, hold, manifests, root, sources};

const PURE: [(&str, &str); 3] = [
    ("waypost-protocol", "protocol/src"),
    ("waypost-engine", "client/engine/src"),
    ("waypost-domain", "server/domain/src"),
];

/// All that a pure crate may be built from. What is added here must compute and nothing else.
const PURE_MAY_USE: [&str; 11] = [
    "base64",
    "ed25519-dalek",
    "hex",
    "minicbor",
    "serde",
    "serde_json",
    "sha2",
    "thiserror",
    "unicode-normalization",
    "uuid",
    "utoipa",
];

/// What gives a pure crate a clock, dice, a file or a wait.
const IMPURE: [&str; 16] = [
    "SystemTime",
    "Instant",
    "async fn",
    "async move",
    ".await",
    "thread_rng",
    "getrandom",
    "rand::",
    "new_v4",
    "now_v7",
    "std::fs",
    "std::net",
    "std::thread",
    "std::env",
    "println!",
    "OsRng",
];

const CLIENT_SIDE: [&str; 7] = [
    "waypost-client",
    "waypost-codes",
    "waypost-engine",
    "waypost-position",
    "waypost-ui-kit",
    "waypost-field",
    "waypost-console",
];
const SERVER_SIDE: [&str; 4] =
    ["waypost-server", "waypost-domain", "waypost-storage", "waypost-edge"];

#[test]
fn pure_crates_are_built_from_pure_crates() {
    let broken = edges(|name, dependency| {
        PURE.iter().any(|(pure, _)| *pure == name)
            && dependency != "waypost-protocol"
            && !PURE_MAY_USE.contains(&dependency)
    });
    hold(
        "protocol, engine and domain depend only on crates that compute",
        "what decides must replay from a seed, build in seconds and be fuzzed",
        &broken,
    );
}

#[test]
fn pure_crates_read_no_clock_no_dice_and_no_disk() {
    let pure = |source: &Source| PURE.iter().any(|(_, folder)| source.is_in(folder));
    hold(
        "protocol, engine and domain are given time, ids and randomness as arguments",
        "only then does a story replay to the same end every time",
        &lines(pure, |line| IMPURE.iter().any(|word| line.contains(word))),
    );
}

#[test]
fn server_and_client_never_depend_on_each_other() {
    let broken = edges(|name, dependency| {
        (CLIENT_SIDE.contains(&name) && SERVER_SIDE.contains(&dependency))
            || (SERVER_SIDE.contains(&name) && CLIENT_SIDE.contains(&dependency))
    });
    hold(
        "server crates and client crates meet in waypost-protocol alone",
        "devices in the field are older than the server; what they share must be the contract",
        &broken,
    );
}

#[test]
fn apps_see_the_client_and_nothing_behind_it() {
    let behind = ["waypost-engine", "sqlx", "libsqlite3-sys", "rumqttc", "rustls", "reqwest"];
    let broken = edges(|name, dependency| {
        ["waypost-field", "waypost-console", "waypost-ui-kit"].contains(&name)
            && behind.contains(&dependency)
    });
    hold(
        "apps and ui-kit use waypost-client's Command and view alone",
        "a screen that decides or stores would do so once per app, and differently",
        &broken,
    );
}

#[test]
fn only_the_edge_names_rumqttd() {
    hold(
        "rumqttd is named in server/edge only",
        "its front dies of anonymous input; the edge is what stands before it",
        &lines(|source| !source.is_in("server/edge"), |line| line.contains("rumqttd")),
    );
}

#[test]
fn only_the_link_names_rumqttc() {
    hold(
        "rumqttc is named in client/src/link only, and in the load generator for its codec",
        "it forgets and repeats; everything else trusts our own receipts, not its",
        &lines(
            |source| !source.is_of("client/src/link") && !source.is_in("tests/load"),
            |line| line.contains("rumqttc"),
        ),
    );
}

#[test]
fn one_file_builds_topics() {
    hold(
        "topics are built in protocol/src/topic.rs only",
        "the topic is what a device may do; a second spelling is a second policy",
        &lines(
            |source| source.path != "protocol/src/topic.rs",
            |line| line.contains("waypost/v1") || line.contains("\"waypost/"),
        ),
    );
}

#[test]
fn sql_lives_in_the_two_stores() {
    let statements = ["\"SELECT ", "\"INSERT INTO ", "\"DELETE FROM ", "\"UPDATE ", "sqlx::"];
    hold(
        "SQL is written in server/storage and client/src/store only",
        "one place knows the schema and both databases; drift starts with the second",
        &lines(
            |source| !source.is_in("server/storage") && !source.is_of("client/src/store"),
            |line| statements.iter().any(|statement| line.contains(statement)),
        ),
    );
}

#[test]
fn the_fuzzers_know_every_dependency() {
    // A package of its own with a lock file of its own, which no build of the workspace looks at.
    let cargo = std::process::Command::new(env!("CARGO"))
        .args(["metadata", "--locked", "--format-version", "1", "--manifest-path"])
        .arg(root().join("fuzz/Cargo.toml"))
        .output()
        .expect("cargo runs");
    let said = String::from_utf8_lossy(&cargo.stderr);
    let broken = if cargo.status.success() { Vec::new() } else { vec![said.into_owned()] };
    hold(
        "fuzz/Cargo.lock is up to date: cargo metadata --manifest-path fuzz/Cargo.toml",
        "fuzzers that are not built find nothing",
        &broken,
    );
}

fn edges(is_broken: impl Fn(&str, &str) -> bool) -> Vec<String> {
    let mut broken = Vec::new();
    for crate_ in manifests() {
        for dependency in &crate_.dependencies {
            if is_broken(&crate_.name, dependency) {
                broken.push(format!("{}/Cargo.toml: {dependency}", crate_.folder));
            }
        }
    }
    broken
}

fn lines(concerns: impl Fn(&Source) -> bool, is_broken: impl Fn(&str) -> bool) -> Vec<String> {
    let mut broken = Vec::new();
    for source in sources(".rs").iter().filter(|source| concerns(source)) {
        let found = source.product().into_iter().filter(|(_, line)| is_broken(line));
        broken.extend(found.map(|(n, line)| source.at(n, line)));
    }
    broken
}
