//! What comes to the device besides facts: in pieces, from where it was, and never instead of an emergency.

use waypost_engine::{
    FETCH_UNIT, Fetch, FetchAnswer, FetchEnd, FetchStep, FetchWish, Fetches, Traffic,
};
use waypost_protocol::{FactId, ProblemCode, Sha256Hash};

const ONLINE: Traffic = Traffic { is_online: true, is_busy: false, is_emergency: false };
const OFFLINE: Traffic = Traffic { is_online: false, is_busy: false, is_emergency: false };
const EMERGENCY: Traffic = Traffic { is_online: true, is_busy: true, is_emergency: true };

fn file(number: u8, units: u64) -> Fetch {
    Fetch {
        message: FactId::mint(number.into(), number.into()),
        sha256: Sha256Hash([number; 32]),
        size: units * FETCH_UNIT + 10,
        got: 0,
    }
}

fn step(wish: Option<FetchWish>) -> FetchStep {
    match wish {
        Some(FetchWish::Step(step)) => step,
        other => panic!("a step was due, and not {other:?}"),
    }
}

#[test]
fn a_photo_comes_in_pieces_from_where_it_was_and_then_the_next() {
    let mut fetches = Fetches::default();
    fetches.want(vec![Fetch { got: FETCH_UNIT, ..file(1, 2) }, file(2, 0)]);
    assert_eq!(fetches.next(OFFLINE, 0), None);
    let first = step(fetches.next(ONLINE, 1));
    assert_eq!((first.file.got, first.length), (FETCH_UNIT, FETCH_UNIT));
    assert_eq!(fetches.next(ONLINE, 2), None, "one piece at a time");
    assert_eq!(fetches.answered(FetchAnswer::Got(2 * FETCH_UNIT), 3, 0), None);
    let last = step(fetches.next(ONLINE, 4));
    assert_eq!((last.file.got, last.length), (2 * FETCH_UNIT, 10), "what is left");
    let ended = fetches.answered(FetchAnswer::Got(2 * FETCH_UNIT + 10), 5, 0);
    assert_eq!(ended, Some((first.file.sha256, FetchEnd::Done)));
    assert_eq!(step(fetches.next(ONLINE, 6)).file.sha256, Sha256Hash([2; 32]));
}

#[test]
fn a_fast_link_carries_longer_pieces_and_a_cut_keeps_what_came() {
    let mut fetches = Fetches::default();
    fetches.want(vec![file(1, 100)]);
    let (mut tick, mut lengths) = (0, Vec::new());
    for _ in 0..6 {
        let step = step(fetches.next(ONLINE, tick));
        lengths.push(step.length / FETCH_UNIT);
        tick += 10;
        assert_eq!(fetches.answered(FetchAnswer::Got(step.file.got + step.length), tick, 0), None);
    }
    assert!(lengths.is_sorted() && lengths[5] >= 8, "{lengths:?}");
    let cut = step(fetches.next(ONLINE, tick));
    let came = cut.file.got + FETCH_UNIT;
    assert_eq!(fetches.answered(FetchAnswer::Got(came), tick + 1, 0), None);
    let after = step(fetches.next(ONLINE, tick + 2));
    assert_eq!(after.file.got, came, "at once, and from there on");
    assert!(after.length < cut.length, "shorter pieces on a link that is cut");
    fetches.answered(FetchAnswer::Lost, tick + 3, 0);
    assert_eq!(fetches.next(ONLINE, tick + 3), None, "the second time it waits a little");
    let again = fetches.next_tick(tick + 3).expect("it tries again");
    assert_eq!(step(fetches.next(ONLINE, again)).file.got, came);
}

#[test]
fn an_emergency_stops_it_and_what_nobody_wants_any_more_too() {
    let mut fetches = Fetches::default();
    fetches.want(vec![file(1, 3)]);
    step(fetches.next(ONLINE, 0));
    assert_eq!(fetches.next(EMERGENCY, 1), Some(FetchWish::Stop));
    assert_eq!(fetches.next(EMERGENCY, 2), None);
    step(fetches.next(ONLINE, 3));
    fetches.want(Vec::new());
    assert_eq!(fetches.next(ONLINE, 4), Some(FetchWish::Stop));
    assert_eq!(fetches.answered(FetchAnswer::Got(1), 5, 0), None, "nobody waits for it");
}

#[test]
fn what_is_not_there_yet_lets_others_pass_and_what_is_wrong_ends() {
    let mut fetches = Fetches::default();
    fetches.want(vec![file(1, 1), file(2, 1)]);
    step(fetches.next(ONLINE, 0));
    assert_eq!(fetches.answered(FetchAnswer::NotNow(Some(500)), 1, 0), None);
    let other = step(fetches.next(ONLINE, 1)).file;
    assert_eq!(other.sha256, Sha256Hash([2; 32]));
    for _again in 0..2 {
        let answer = fetches.answered(FetchAnswer::Another, 2, 0);
        assert_eq!(answer, None, "it may have been the disk");
        assert_eq!(step(fetches.next(ONLINE, 3)).file.got, 0);
    }
    let ended = fetches.answered(FetchAnswer::Another, 4, 0);
    assert_eq!(ended, Some((other.sha256, FetchEnd::Another)));
    assert_eq!(fetches.next(ONLINE, 500), None, "not before the server said");
    assert_eq!(fetches.next_tick(500), Some(501));
    let first = step(fetches.next(ONLINE, 501)).file;
    let code = ProblemCode::NotFound;
    let ended = fetches.answered(FetchAnswer::Refused(code), 506, 0);
    assert_eq!(ended, Some((first.sha256, FetchEnd::Refused(code))));
    assert_eq!((fetches.next(ONLINE, 507), fetches.next_tick(507)), (None, None));
}
