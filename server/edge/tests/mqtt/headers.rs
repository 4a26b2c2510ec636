//! Chapter 2: fixed headers and packet ids.

use waypost_protocol::topic;

use crate::by_hand::{
    CONNACK, PINGREQ, PINGRESP, downlink, is_hung_up_on, is_not_let_in, puback, publish, pull,
    suback, subscribe, unsuback, unsubscribe,
};
use crate::bytes_of::{field, packet};
use crate::support::{DANA, connect, house, note};

#[tokio::test]
async fn flags_that_are_reserved_end_the_connection() {
    let house = house().await;
    let mut wrong = connect(DANA).bytes();
    wrong[0] = 0x11;
    is_not_let_in(&house, "CONNECT", &wrong).await;
    let down = topic::down(DANA.enrolment);
    let filter = [&[0, 9][..], &field(down)].concat();
    for flags in (0..16_u8).filter(|flags| *flags != 0b0010) {
        let asked = [&filter[..], &[0]].concat();
        is_hung_up_on(&house, "SUBSCRIBE", &packet(0x80 | flags, &asked)).await;
        is_hung_up_on(&house, "UNSUBSCRIBE", &packet(0xA0 | flags, &filter)).await;
        is_hung_up_on(&house, "PUBREL", &packet(0x60 | flags, &[0, 9])).await;
    }
    for flags in 1..16 {
        is_hung_up_on(&house, "PUBACK", &[0x40 | flags, 2, 0, 9]).await;
        is_hung_up_on(&house, "PINGREQ", &[0xC0 | flags, 0]).await;
        is_hung_up_on(&house, "DISCONNECT", &[0xE0 | flags, 0]).await;
    }
    assert_eq!(house.edge.counters().closed.get(&waypost_edge::Closing::Left), Some(&0));
}

#[tokio::test]
async fn every_answer_has_the_flags_that_the_standard_lists() {
    let house = house().await;
    let (up, down) = (topic::up(DANA.enrolment), topic::down(DANA.enrolment));
    let mut dana = house.tls().await;
    dana.send(&connect(DANA).bytes()).await;
    assert_eq!(dana.packet().await, Some(CONNACK.to_vec()));
    dana.send(&publish(0x32, &up, 9, &pull(1))).await;
    assert_eq!(dana.packet().await, puback(9));
    dana.send(&subscribe(8, &[(down.as_bytes(), 0)])).await;
    assert_eq!(dana.packet().await, suback(8, &[0]));
    house.edge.publish(DANA.enrolment, &note(1));
    assert_eq!(dana.packet().await, downlink(DANA, &note(1).to_bytes()));
    dana.send(&unsubscribe(7, &[down.as_bytes()])).await;
    assert_eq!(dana.packet().await, unsuback(7));
    dana.send(&PINGREQ).await;
    assert_eq!(dana.packet().await, Some(PINGRESP.to_vec()));
}

#[tokio::test]
async fn a_packet_id_of_zero_ends_the_connection() {
    let house = house().await;
    let (up, down) = (topic::up(DANA.enrolment), topic::down(DANA.enrolment));
    is_hung_up_on(&house, "PUBLISH", &publish(0x32, &up, 0, &pull(1))).await;
    is_hung_up_on(&house, "SUBSCRIBE", &subscribe(0, &[(down.as_bytes(), 0)])).await;
    is_hung_up_on(&house, "UNSUBSCRIBE", &unsubscribe(0, &[down.as_bytes()])).await;
    assert_eq!(house.edge.counters().uplinks, 0);
}

#[tokio::test]
async fn an_acknowledgement_carries_the_packet_id_of_what_it_acknowledges() {
    let house = house().await;
    let (up, down) = (topic::up(DANA.enrolment), topic::down(DANA.enrolment));
    let mut dana = house.connected(DANA).await;
    for packet_id in [1, 0x007F, 0x0080, 0x0102, 0x7F80, 0xFFFF] {
        dana.send(&publish(0x32, &up, packet_id, &pull(1))).await;
        assert_eq!(dana.packet().await, puback(packet_id));
        dana.send(&subscribe(packet_id, &[(down.as_bytes(), 0)])).await;
        assert_eq!(dana.packet().await, suback(packet_id, &[0]));
        dana.send(&unsubscribe(packet_id, &[down.as_bytes()])).await;
        assert_eq!(dana.packet().await, unsuback(packet_id));
    }
}

#[tokio::test]
async fn packets_are_put_together_wherever_the_stream_was_cut() {
    let house = house().await;
    let up = topic::up(DANA.enrolment);
    let all = [
        connect(DANA).bytes(),
        publish(0x32, &up, 1, &pull(1)),
        PINGREQ.to_vec(),
        publish(0x32, &up, 2, &pull(2)),
    ]
    .concat();
    for pieces in [1, 3, 64, all.len()] {
        let mut dana = house.tls().await;
        for piece in all.chunks(pieces) {
            dana.send(piece).await;
        }
        let mut seen = Vec::new();
        for _ in 0..4 {
            seen.push(dana.packet().await);
        }
        assert_eq!(seen[0], Some(CONNACK.to_vec()), "in pieces of {pieces}");
        for wanted in [puback(1), puback(2), Some(PINGRESP.to_vec())] {
            assert!(seen.contains(&wanted), "in pieces of {pieces}: {seen:?}");
        }
    }
}
