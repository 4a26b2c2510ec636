//! Chapters 3.12 to 3.14 and 4.8: signs of life, goodbyes and faults.

use waypost_edge::Closing;
use waypost_protocol::topic;

use crate::by_hand::{DISCONNECT, PINGREQ, PINGRESP, handed, is_hung_up_on, publish, pull};
use crate::support::{AYO, DANA, house};

#[tokio::test]
async fn each_pingreq_gets_a_pingresp() {
    let house = house().await;
    let mut dana = house.connected(DANA).await;
    dana.send(&PINGREQ.repeat(50)).await;
    for _ in 0..50 {
        assert_eq!(dana.packet().await, Some(PINGRESP.to_vec()));
    }
}

#[tokio::test]
async fn after_a_disconnect_the_connection_is_ended_and_nothing_is_looked_at() {
    let house = house().await;
    let mut dana = house.connected(DANA).await;
    let more = publish(0x32, topic::up(DANA.enrolment), 9, &pull(1));
    dana.send(&[&DISCONNECT[..], &more, &PINGREQ].concat()).await;
    assert_eq!(dana.packet().await, None);
    house.until("it is counted", |house| house.edge.counters().closed[&Closing::Left] == 1).await;
    assert!(handed(&house).is_empty());
}

#[tokio::test]
async fn a_violation_ends_its_connection_and_no_other() {
    let house = house().await;
    let ayo = house.bystander(AYO).await;
    let violations: [(&str, &[u8]); 12] = [
        ("type 0", &[0x00, 0]),
        ("type 15", &[0xF0, 0]),
        ("CONNACK", &[0x20, 2, 0, 0]),
        ("SUBACK", &[0x90, 3, 0, 9, 0]),
        ("UNSUBACK", &[0xB0, 2, 0, 9]),
        ("PINGRESP", &[0xD0, 0]),
        ("a length of five bytes", &[0xC0, 0x80, 0x80, 0x80, 0x80, 0]),
        ("PINGREQ with a body", &[0xC0, 1, 0]),
        ("DISCONNECT with a body", &[0xE0, 1, 0]),
        ("PUBACK without a packet id", &[0x40, 0]),
        ("PUBACK with half a packet id", &[0x40, 1, 9]),
        ("PUBACK with more than a packet id", &[0x40, 3, 0, 9, 0]),
    ];
    for (what, bytes) in violations {
        is_hung_up_on(&house, what, bytes).await;
    }
    house
        .until("all are counted", |house| house.edge.counters().closed[&Closing::Malformed] == 12)
        .await;
    ayo.was_unharmed().await;
}

#[tokio::test]
async fn a_fault_of_the_server_ends_the_connection_and_no_other() {
    const SUBMIT_OF_NOTHING: [u8; 4] = [0x82, 1, 0x81, 0x80];
    let house = house().await;
    let ayo = house.bystander(AYO).await;
    let mut dana = house.connected(DANA).await;
    // The server of these tests knows only pulls, and dies of anything else.
    dana.send(&publish(0x32, topic::up(DANA.enrolment), 9, &SUBMIT_OF_NOTHING)).await;
    assert_eq!(dana.packet().await, None, "no PUBACK for what was not done");
    house.until("Dana is offline", |house| house.edge.online().len() == 1).await;
    house.connected(DANA).await.is_alive().await;
    ayo.was_unharmed().await;
}
