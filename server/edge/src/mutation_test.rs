//! Mutated packets against the reader and the policy: nothing may panic, and what is taken for an
//! uplink must be one.

use bytes::BytesMut;
use waypost_protocol::topic;

use crate::frame::{self, Frame};
use crate::policy;
use crate::support::{DANA, connect, pull};
use crate::{bytes_of, frame::Fault};

const ROUNDS: usize = 40_000;

#[test]
fn mutated_packets_are_read_or_refused_and_never_panic() {
    let (up, down) = (topic::up(DANA.enrolment), topic::down(DANA.enrolment));
    let packets = [
        connect(DANA).bytes(),
        bytes_of::publish(&up, 7, &pull(1)),
        bytes_of::subscribe(&[&down, "#"], 1),
        bytes_of::unsubscribe(&down),
        vec![0x40, 2, 0, 7],
        bytes_of::PINGREQ.to_vec(),
    ];
    let mut state = 7;
    let (mut read, mut refused) = (0, 0);
    for round in 0..ROUNDS {
        let mut bytes = BytesMut::from(&packets[round % packets.len()][..]);
        mutate(&mut bytes, &mut state);
        match frame::next(&mut bytes) {
            Ok(Some(frame)) => {
                read += 1;
                judge(frame);
            }
            Ok(None) => {}
            Err(Fault::Malformed | Fault::Oversized | Fault::Qos2 | Fault::ProtocolLevel) => {
                refused += 1;
            }
        }
    }
    assert!(read > ROUNDS / 10 && refused > ROUNDS / 10, "read {read}, refused {refused}");
}

fn judge(frame: Frame) {
    match frame {
        Frame::Connect(connect) => {
            let _ = policy::claimed(&connect);
        }
        Frame::Publish(publish) => {
            let _ = policy::uplink_of(DANA.enrolment, &publish);
        }
        Frame::Subscribe { filters, .. } => {
            for filter in filters {
                policy::subscribe_code(DANA.enrolment, &filter);
            }
        }
        Frame::Unsubscribe { .. } | Frame::PubAck | Frame::PingReq | Frame::Disconnect => {}
    }
}

/// Changes, cuts or repeats a few bytes.
fn mutate(bytes: &mut BytesMut, state: &mut u64) {
    for _ in 0..=chance(state, 3) {
        let at = chance(state, bytes.len());
        match chance(state, 10) {
            0 => bytes.truncate(at.max(1)),
            1 => {
                let tail = bytes[at..].to_vec();
                bytes.extend_from_slice(&tail);
            }
            _ => bytes[at] = u8::try_from(chance(state, 256)).unwrap(),
        }
    }
}

/// A number below the bound, by the SplitMix64 generator.
fn chance(state: &mut u64, below: usize) -> usize {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    usize::try_from((z ^ (z >> 31)) % below as u64).unwrap()
}
