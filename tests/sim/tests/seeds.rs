//! Many seeds hold, a seed replays the same run, and seeds that once found a fault stay held.

use std::path::Path;
use std::process::Command;

use waypost_sim::run;

/// How many seeds are played; `scripts/test --sim N` plays fresh ones.
const SEEDS: u64 = 4_000;

/// Seeds that find a fault of `tests/sim/faults` when it is put in, with its name. None may find it
/// without.
const KEPT: &[(u64, &str)] = &[
    (0, "an outbox is cleared when the broker has it"),
    (0, "the cursor passes what was not stored"),
    (0, "only the last fact is known when it comes again"),
    (43, "a revoked device still writes"),
    (0, "what another server committed is passed over"),
    (0, "what is committed while a page is read is not told"),
    (2, "a lane is not kept in order"),
    (5, "marks of before a restore count"),
    (0, "delivered is said of what was only heard of"),
    (34, "a restore forgets what was read"),
    (335, "a restore forgets what was delivered"),
    (3, "a number at the end of all numbers stops the committer"),
    (652, "a run is lost if its last entry was answered before"),
    (42, "a run goes on in another lane"),
    (17, "the words of others can be edited"),
    (7, "everyone makes announcements"),
    (16847, "who left a group still moderates it"),
    (7, "history is opened against the policy"),
    (173, "what was opened is forgotten at a restart"),
    (3, "everyone hears of a group"),
    (0, "drivers speak to many"),
    (66, "who has answered is reminded"),
    (321, "a template goes back to an older version"),
    (59, "two have a case"),
    (0, "everyone hears what is said to dispatch"),
    (68, "an incident is opened twice"),
    (9, "who is off shift is told"),
    (40, "who writes is told to everyone"),
    (1177, "who is blocked talks on"),
    (0, "who is off shift is seen"),
    (15, "words that nobody said are reported"),
    (16, "what was removed stays on the screens"),
    (1032, "an edit is a way around every rule"),
    (57, "a message stays longer than its conversation has it"),
    (143, "whoever reaches the server first wins"),
    (2200, "a stop that was begun is forgotten when its trip is handed over"),
    (732, "evidence of another device is taken"),
    (6, "a stop is moved by whose it never was"),
];

mod four_thousand_seeds_hold {
    //! In four parts, so that they run beside each other.

    #[test]
    fn first_quarter() {
        super::a_quarter_holds(0);
    }

    #[test]
    fn second_quarter() {
        super::a_quarter_holds(1);
    }

    #[test]
    fn third_quarter() {
        super::a_quarter_holds(2);
    }

    #[test]
    fn last_quarter() {
        super::a_quarter_holds(3);
    }
}

fn a_quarter_holds(quarter: u64) {
    for seed in (0..SEEDS).filter(|seed| seed % 4 == quarter) {
        if let Err(fault) = run(seed) {
            panic!("{fault}");
        }
    }
}

#[test]
fn one_seed_replays_the_same_run() {
    for seed in 0..20 {
        assert_eq!(run(seed), run(seed), "seed {seed} goes two ways");
    }
    assert_ne!(run(1).map(|it| it.trace), run(2).map(|it| it.trace), "two seeds are one run");
}

#[test]
fn kept_seeds() {
    for (seed, name) in KEPT {
        if let Err(fault) = run(*seed) {
            panic!("{name} is back:\n{fault}");
        }
    }
}

#[test]
fn each_fault_that_may_be_put_in_has_its_seed() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("faults");
    let files = std::fs::read_dir(folder).expect("the faults are there");
    let mut faults: Vec<_> = files
        .map(|file| {
            let name = file.expect("a file").file_name().into_string().expect("a plain name");
            name.trim_start_matches(|c: char| c.is_ascii_digit() || c == '-')
                .trim_end_matches(".patch")
                .replace('-', " ")
        })
        .collect();
    let mut kept: Vec<_> = KEPT.iter().map(|(_, name)| (*name).to_owned()).collect();
    faults.sort();
    kept.sort();
    assert_eq!(faults, kept);
}

/// A fault that cannot be put in any more proves nothing.
#[test]
fn each_fault_can_still_be_put_in() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let patches = std::fs::read_dir(root.join("tests/sim/faults")).expect("the faults are there");
    for patch in patches.map(|file| file.expect("a file").path()) {
        let mut git = Command::new("git");
        git.current_dir(&root).args(["apply", "--check"]).arg(&patch);
        let tried = git.output().expect("git is installed");
        let said = String::from_utf8_lossy(&tried.stderr);
        assert!(tried.status.success(), "{}: {said}", patch.display());
    }
}

#[test]
fn the_runs_are_eventful() {
    let runs: Vec<_> = (500..600).filter_map(|seed| run(seed).ok()).collect();
    let all = |count: fn(&waypost_sim::Summary) -> u64| runs.iter().map(count).sum::<u64>();
    assert!(all(|it| it.said) > 2_000, "people say too little");
    assert!(all(|it| it.refused) > 100, "nothing is refused");
    assert!(all(|it| it.mischief) > 1_000, "the network is too good");
    assert!(all(|it| it.device_crashes) > 200, "devices never fail");
    assert!(all(|it| it.server_crashes) > 100, "no server ever fails");
    assert!(all(|it| it.restores) > 20, "the record is never restored");
    assert!(all(|it| it.lost) > 20, "nobody loses a device");
    assert!(all(|it| it.commits_failed) > 50, "the databases are too good");
    assert!(all(|it| it.overloaded) > 5, "no queue is ever full");
    assert!(all(|it| it.outbox_full) > 20, "no outbox is ever full");
    assert!(all(|it| it.hostile) > 100, "nobody does any harm");
    assert!(all(|it| it.newer) > 50, "no server is ever newer");
    assert!(all(|it| it.escalated) > 50, "everyone always answers");
    assert!(all(|it| it.told_to_many) > 200, "nobody speaks to many");
    assert!(all(|it| it.earlier) > 200, "nobody learns what was said before");
}
