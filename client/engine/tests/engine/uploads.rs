//! How files go beside facts: small pictures first, in pieces of about a second, never in the way of what is more
//! urgent, and without sending anything twice that the server has.

use waypost_engine::{
    OnMetered, PIECE_BYTES_MAX, PIECE_BYTES_MIN, PIECE_FOR_MS, Traffic, UPLOADS_YIELD_MS, Upload,
    UploadAnswer, UploadClass, UploadEnd, UploadState, UploadStep, UploadWish, Uploads,
};
use waypost_protocol::{ProblemCode, Sha256Hash};

const ONLINE: Traffic = Traffic { is_online: true, is_busy: false, is_emergency: false };
const BUSY: Traffic = Traffic { is_busy: true, ..ONLINE };
const EMERGENCY: Traffic = Traffic { is_emergency: true, ..BUSY };
const OFFLINE: Traffic = Traffic { is_online: false, ..ONLINE };

fn hash(number: u8) -> Sha256Hash {
    Sha256Hash([number; 32])
}

fn original(number: u8, size: u64) -> Upload {
    Upload { sha256: hash(number), size, class: UploadClass::Original }
}

fn preview(number: u8, size: u64) -> Upload {
    Upload { sha256: hash(number), size, class: UploadClass::Preview }
}

/// A device, its clock, and what the server has of each file.
struct Device {
    uploads: Uploads,
    tick: u64,
    /// Bytes a second.
    pace: u64,
    server: std::collections::BTreeMap<Sha256Hash, u64>,
    /// Payload that has arrived, also what had arrived before.
    arrived: u64,
    ended: Vec<(Sha256Hash, UploadEnd)>,
}

impl Device {
    fn with(uploads: Vec<Upload>, pace: u64) -> Self {
        let mut device = Self {
            uploads: Uploads::default(),
            tick: 1_000,
            pace,
            server: Default::default(),
            arrived: 0,
            ended: Vec::new(),
        };
        device.uploads.wait(uploads);
        device
    }

    fn next(&mut self, traffic: Traffic) -> Option<UploadWish> {
        self.uploads.next(traffic, self.tick)
    }

    fn step(&mut self) -> UploadStep {
        match self.next(ONLINE) {
            Some(UploadWish::Step(step)) => step,
            other => panic!("nothing is sent: {other:?}"),
        }
    }

    fn answered(&mut self, answer: UploadAnswer) {
        self.ended.extend(self.uploads.answered(answer, self.tick, 7));
    }

    /// The server does what it is asked, at the pace of the link.
    fn goes_through(&mut self, step: UploadStep) {
        let answer = match step {
            UploadStep::Begin { sha256, .. } => {
                self.tick += 50;
                let offset = *self.server.entry(sha256).or_default();
                UploadAnswer::Has { at: Some("/v1/uploads/1".into()), offset, record: None }
            }
            UploadStep::Send { sha256, from, length, .. } => {
                self.tick += 50 + length * 1_000 / self.pace;
                self.arrived += length;
                let has = self.server.entry(sha256).or_default();
                assert_eq!(*has, from, "the server would refuse it");
                *has += length;
                UploadAnswer::Has { at: None, offset: *has, record: None }
            }
        };
        self.answered(answer);
    }

    /// The link is cut when so many bytes of a piece have arrived.
    fn is_cut_after(&mut self, step: UploadStep, bytes: u64) {
        if let UploadStep::Send { sha256, length, .. } = step {
            let bytes = bytes.min(length);
            self.arrived += bytes;
            *self.server.entry(sha256).or_default() += bytes;
            self.tick += 50 + bytes * 1_000 / self.pace;
        }
        self.answered(UploadAnswer::Lost);
    }

    fn waits(&mut self) {
        self.tick = self.uploads.next_tick(self.tick).expect("it goes on by itself");
    }

    fn is_done(&self, number: u8) -> bool {
        self.ended.contains(&(hash(number), UploadEnd::Done))
    }
}

#[test]
fn small_pictures_go_before_every_original() {
    let mut device =
        Device::with(vec![original(1, 500_000), preview(2, 9_000), preview(3, 8_000)], 1_000_000);
    let mut order = Vec::new();
    while device.uploads.state() != UploadState::Idle {
        let step = device.step();
        if let UploadStep::Begin { sha256, .. } = step {
            order.push(sha256);
        }
        device.goes_through(step);
    }
    assert_eq!(order, [hash(2), hash(3), hash(1)]);
    assert!(device.is_done(1) && device.is_done(2) && device.is_done(3));
}

#[test]
fn a_small_picture_passes_an_original_that_is_under_way() {
    let mut device = Device::with(vec![original(1, 500_000)], 100_000);
    let begin = device.step();
    device.goes_through(begin);
    let piece = device.step();
    device.uploads.wait(vec![original(1, 500_000), preview(2, 9_000)]);
    assert_eq!(device.next(ONLINE), None, "the piece that is on its way goes on");
    device.goes_through(piece);
    assert!(matches!(device.step(), UploadStep::Begin { sha256, .. } if sha256 == hash(2)));
}

#[test]
fn a_piece_takes_about_a_second_on_any_link() {
    for pace in [20_000, 100_000, 500_000] {
        let mut device = Device::with(vec![original(1, 20_000_000)], pace);
        let (mut longest, mut pieces) = (0, 0);
        for at in 0..40 {
            let step = device.step();
            let before = device.tick;
            device.goes_through(step);
            if at > 10 {
                longest = longest.max(device.tick - before);
                pieces += 1;
            }
        }
        assert!(longest <= PIECE_FOR_MS * 5 / 4, "{longest} ms at {pace} bytes/s");
        assert!(pieces > 0 && longest >= PIECE_FOR_MS / 2, "{longest} ms at {pace} bytes/s");
    }
    let mut fast = Device::with(vec![original(1, 200_000_000)], 1_000_000_000);
    for _ in 0..40 {
        let step = fast.step();
        if let UploadStep::Send { length, .. } = &step {
            assert!(*length <= PIECE_BYTES_MAX);
        }
        fast.goes_through(step);
    }
}

/// Pain 8: couriers whose uploads start again for ever.
#[test]
fn what_the_server_has_is_not_sent_again_however_often_the_link_is_cut() {
    let size = 4_000_000;
    let mut device = Device::with(vec![original(1, size)], 1_000_000);
    while !device.is_done(1) {
        match device.next(ONLINE) {
            Some(UploadWish::Step(step @ UploadStep::Begin { .. })) => device.goes_through(step),
            Some(UploadWish::Step(step)) => device.is_cut_after(step, 64 * 1024),
            _ => device.waits(),
        }
        // What is whole is told by the next question.
    }
    assert_eq!(device.arrived, size, "not a byte comes twice");
}

#[test]
fn on_a_link_that_is_cut_pieces_become_short() {
    let mut device = Device::with(vec![original(1, 4_000_000)], 1_000_000);
    let mut shortest = u64::MAX;
    for _ in 0..40 {
        match device.next(ONLINE) {
            Some(UploadWish::Step(UploadStep::Send { length, .. })) => {
                shortest = shortest.min(length);
                device.answered(UploadAnswer::Lost);
            }
            Some(UploadWish::Step(step)) => device.goes_through(step),
            _ => device.waits(),
        }
    }
    assert_eq!(shortest, PIECE_BYTES_MIN);
}

#[test]
fn a_message_that_waits_goes_before_the_next_piece() {
    let mut device = Device::with(vec![original(1, 500_000)], 100_000);
    let begin = device.step();
    device.goes_through(begin);
    assert_eq!(device.next(BUSY), None);
    device.tick += UPLOADS_YIELD_MS - 1;
    assert_eq!(device.next(BUSY), None);
    assert!(matches!(device.next(ONLINE), Some(UploadWish::Step(_))), "it is answered");
}

#[test]
fn whoever_talks_without_an_end_keeps_no_evidence_away() {
    let mut device = Device::with(vec![original(1, 500_000)], 100_000);
    assert_eq!(device.next(BUSY), None);
    device.waits();
    assert!(matches!(device.next(BUSY), Some(UploadWish::Step(_))));
}

#[test]
fn a_piece_that_takes_longer_than_thought_is_stopped_for_a_message() {
    let mut device = Device::with(vec![original(1, 500_000)], 100_000);
    let begin = device.step();
    device.goes_through(begin);
    let _slow = device.step();
    assert_eq!(device.next(BUSY), None, "it is nearly there");
    device.tick += 2 * PIECE_FOR_MS;
    assert_eq!(device.next(BUSY), Some(UploadWish::Stop));
    assert!(matches!(device.step(), UploadStep::Begin { .. }), "the server says what it has");
}

#[test]
fn an_emergency_stops_a_piece_at_once() {
    let mut device = Device::with(vec![original(1, 500_000)], 100_000);
    let begin = device.step();
    device.goes_through(begin);
    let _piece = device.step();
    assert_eq!(device.next(EMERGENCY), Some(UploadWish::Stop));
    assert_eq!(device.next(EMERGENCY), None);
    device.tick += 10 * UPLOADS_YIELD_MS;
    assert_eq!(device.next(EMERGENCY), None, "not before it is answered");
    assert!(matches!(device.step(), UploadStep::Begin { .. }));
}

#[test]
fn without_a_network_nothing_is_tried_and_with_it_at_once() {
    let mut device = Device::with(vec![original(1, 500_000)], 100_000);
    assert_eq!(device.next(OFFLINE), None);
    assert_eq!(device.uploads.next_tick(device.tick), None, "no timer wakes the device");
    assert_eq!(device.uploads.state(), UploadState::Waiting);
    for _ in 0..2 {
        let step = device.step();
        device.is_cut_after(step, 0);
    }
    assert_eq!(device.next(ONLINE), None, "after the second failure it rests a moment");
    assert_eq!(device.next(OFFLINE), None);
    assert!(matches!(device.next(ONLINE), Some(UploadWish::Step(_))), "the network is another one");
}

#[test]
fn on_a_network_paid_by_the_byte_goes_what_may_go() {
    let mut device = Device::with(vec![original(1, 5_000), preview(2, 1_000)], 100_000);
    device.uploads.network(true);
    device.uploads.on_metered(OnMetered::Nothing);
    assert_eq!(device.next(ONLINE), None);
    assert_eq!(device.uploads.state(), UploadState::WaitsForUnmetered);
    device.uploads.on_metered(OnMetered::Previews);
    while device.uploads.state() != UploadState::WaitsForUnmetered {
        let step = device.step();
        device.goes_through(step);
    }
    assert!(device.is_done(2) && !device.is_done(1));
    device.uploads.network(false);
    while device.uploads.state() != UploadState::Idle {
        let step = device.step();
        device.goes_through(step);
    }
    assert!(device.is_done(1));
}

#[test]
fn an_original_under_way_stops_where_the_network_costs() {
    let mut device = Device::with(vec![original(1, 500_000)], 100_000);
    device.uploads.on_metered(OnMetered::Previews);
    let begin = device.step();
    device.goes_through(begin);
    let _piece = device.step();
    device.uploads.network(true);
    assert_eq!(device.next(ONLINE), Some(UploadWish::Stop));
    assert_eq!(device.next(ONLINE), None);
}

#[test]
fn a_server_without_room_is_asked_again_when_it_says_so() {
    let mut device = Device::with(vec![original(1, 500_000)], 100_000);
    let _begin = device.step();
    let code = ProblemCode::StorageFull;
    device.answered(UploadAnswer::NotNow { code, after_ms: Some(30_000) });
    assert_eq!(device.next(ONLINE), None);
    assert_eq!(device.uploads.state(), UploadState::NotNow(code), "the driver sees why");
    device.waits();
    assert_eq!(device.tick, 31_000);
    for _ in 0..2 {
        let step = device.step();
        device.goes_through(step);
    }
    assert_eq!(device.uploads.state(), UploadState::Waiting, "there is room again");
}

#[test]
fn a_file_that_the_server_does_not_take_yet_keeps_no_other_waiting() {
    let mut device = Device::with(vec![original(1, 1_000), original(2, 1_000)], 100_000);
    let _begin = device.step();
    let code = ProblemCode::NotFound;
    device.answered(UploadAnswer::NotNow { code, after_ms: None });
    device.waits();
    while !device.is_done(2) {
        let step = device.step();
        device.goes_through(step);
    }
    assert!(matches!(device.step(), UploadStep::Begin { sha256, .. } if sha256 == hash(1)));
}

#[test]
fn pieces_that_never_get_through_are_tried_less_and_less_often() {
    let mut device = Device::with(vec![original(1, 900_000)], 100_000);
    let begun_at = device.tick;
    for _ in 0..12 {
        loop {
            match device.next(ONLINE) {
                Some(UploadWish::Step(step @ UploadStep::Begin { .. })) => {
                    device.goes_through(step)
                }
                Some(UploadWish::Step(step)) => break device.is_cut_after(step, 0),
                _ => device.waits(),
            }
        }
    }
    assert!(device.tick - begun_at > 30_000, "it hurries: {} ms", device.tick - begun_at);
}

#[test]
fn what_is_refused_or_came_as_something_else_ends_and_the_rest_goes_on() {
    let mut device =
        Device::with(vec![original(1, 1_000), original(2, 1_000), original(3, 1_000)], 100_000);
    let _begin = device.step();
    device.answered(UploadAnswer::Refused(ProblemCode::TooLarge));
    for _ in 0..3 {
        assert!(matches!(device.step(), UploadStep::Begin { sha256, .. } if sha256 == hash(2)));
        device.answered(UploadAnswer::Another);
    }
    while device.uploads.state() != UploadState::Idle {
        let step = device.step();
        device.goes_through(step);
    }
    let refused = UploadEnd::Refused(ProblemCode::TooLarge);
    let ends = [(hash(1), refused), (hash(2), UploadEnd::Unreadable), (hash(3), UploadEnd::Done)];
    assert_eq!(device.ended, ends);
}

#[test]
fn the_time_that_is_told_is_about_the_time_that_it_takes() {
    let mut device = Device::with(vec![original(1, 2_000_000)], 50_000);
    let mut told = None;
    let mut begun_at = 0;
    while device.uploads.state() != UploadState::Idle {
        let step = device.step();
        device.goes_through(step);
        if told.is_none() && device.uploads.sent(hash(1)) > 300_000 {
            told = device.uploads.left_ms();
            begun_at = device.tick;
        }
    }
    let (told, took) = (told.expect("it is known by then") as f64, (device.tick - begun_at) as f64);
    assert!((told / took - 1.0).abs() < 0.2, "{told} ms were told, it took {took} ms");
}
