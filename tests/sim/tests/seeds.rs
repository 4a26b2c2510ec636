//! Many seeds hold, a seed replays the same run, and seeds that once found a fault stay held.

use waypost_sim::run;

/// How many seeds are played; `scripts/test --sim N` plays fresh ones.
const SEEDS: u64 = 4_000;

/// Seeds that found a fault, each with its name. None may find it again.
const KEPT: &[(u64, &str)] = &[
    (2, "a message delivered just before a restore never shows as delivered"),
    (23, "reads that were under way when the server was restored are forgotten"),
    (28, "reads that were under way when the server was restored are forgotten"),
    (31, "reads that a restore lost are never told to the person's other device"),
    (89, "after a restore a tablet calls facts gone that it is about to give back"),
    (90, "after a restore a tablet calls facts gone that it is about to give back"),
    (131, "after a restore a tablet calls facts gone that it is about to give back"),
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
fn the_runs_are_eventful() {
    let runs: Vec<_> = (500..550).filter_map(|seed| run(seed).ok()).collect();
    let all = |count: fn(&waypost_sim::Summary) -> u64| runs.iter().map(count).sum::<u64>();
    assert!(all(|it| it.said) > 1_000, "people say too little");
    assert!(all(|it| it.refused) > 50, "nothing is refused");
    assert!(all(|it| it.mischief) > 500, "the network is too good");
    assert!(all(|it| it.device_crashes) > 100, "devices never fail");
    assert!(all(|it| it.server_crashes) > 50, "the server never fails");
    assert!(all(|it| it.restores) > 10, "the server is never restored");
    assert!(all(|it| it.lost) > 10, "nobody loses a device");
}
