//! Chapters 3.1.2.4 and 4.1: a session is as long as its connection, and leaves nothing behind.

use waypost_protocol::topic;

use crate::by_hand::{CONNACK, downlink, subscribe};
use crate::bytes_of::Connect;
use crate::support::{DANA, House, Seen, connect, house, note};

const CLEAN: u8 = 0b1100_0010;
const TO_BE_KEPT: u8 = 0b1100_0000;

#[tokio::test]
async fn a_subscription_lasts_as_long_as_its_connection_and_no_longer() {
    let house = house().await;
    nothing_is_left(&house, CLEAN, CLEAN).await;
}

#[tokio::test]
async fn a_session_to_be_kept_is_not_kept_either() {
    let house = house().await;
    nothing_is_left(&house, TO_BE_KEPT, TO_BE_KEPT).await;
    nothing_is_left(&house, TO_BE_KEPT, CLEAN).await;
    nothing_is_left(&house, CLEAN, TO_BE_KEPT).await;
}

async fn nothing_is_left(house: &House, first: u8, then: u8) {
    let mut dana = house.tls().await;
    dana.send(&Connect { flags: first, ..connect(DANA) }.bytes()).await;
    assert_eq!(dana.packet().await, Some(CONNACK.to_vec()));
    dana.send(&subscribe(1, &[(topic::down(DANA.enrolment).as_bytes(), 1)])).await;
    assert_eq!(dana.next().await, Some(Seen::SubAck(vec![0])));
    for number in 0..3 {
        house.edge.publish(DANA.enrolment, &note(number));
        assert_eq!(dana.packet().await, downlink(DANA, &note(number).to_bytes()));
        dana.is_alive().await;
    }
    drop(dana);
    house.until("Dana is offline", |house| house.edge.online().is_empty()).await;
    house.edge.publish(DANA.enrolment, &note(8));
    let mut dana = house.tls().await;
    dana.send(&Connect { flags: then, ..connect(DANA) }.bytes()).await;
    assert_eq!(dana.packet().await, Some(CONNACK.to_vec()), "no session is present");
    house.edge.publish(DANA.enrolment, &note(9));
    dana.is_alive().await;
    drop(dana);
    house.until("Dana is offline again", |house| house.edge.online().is_empty()).await;
}
