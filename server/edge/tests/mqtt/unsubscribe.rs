//! Chapters 3.10 and 3.11: UNSUBSCRIBE and UNSUBACK.

use waypost_protocol::topic;

use crate::by_hand::{downlink, is_hung_up_on, unsuback, unsubscribe};
use crate::bytes_of::packet;
use crate::support::{DANA, OMAR, house, note};

#[tokio::test]
async fn an_unsubscribe_without_a_whole_filter_ends_the_connection() {
    let house = house().await;
    is_hung_up_on(&house, "nothing", &[0xA2, 0]).await;
    is_hung_up_on(&house, "half a packet id", &[0xA2, 1, 0]).await;
    is_hung_up_on(&house, "no filter", &unsubscribe(9, &[])).await;
    is_hung_up_on(&house, "a cut filter", &packet(0xA2, &[0, 9, 0, 2, b'a'])).await;
    is_hung_up_on(&house, "something left over", &packet(0xA2, &[0, 9, 0, 1, b'a', 0])).await;
}

#[tokio::test]
async fn only_the_very_same_filter_ends_a_subscription_and_each_is_answered() {
    let house = house().await;
    let down = topic::down(DANA.enrolment);
    let mut dana = house.device(DANA).await;
    let foreign = topic::down(OMAR.enrolment);
    for other in [&down.to_uppercase(), &format!("{down}/"), "#", topic::ALL_DOWN, &foreign] {
        dana.send(&unsubscribe(9, &[other.as_bytes()])).await;
        assert_eq!(dana.packet().await, unsuback(9), "{other}");
        house.edge.publish(DANA.enrolment, &note(1));
        assert_eq!(dana.packet().await, downlink(DANA, &note(1).to_bytes()), "{other}");
    }
}

#[tokio::test]
async fn after_an_unsubscribe_nothing_new_comes() {
    let house = house().await;
    let down = topic::down(DANA.enrolment);
    let mut dana = house.device(DANA).await;
    for _ in 0..2 {
        // The second time there is nothing to end, and an answer all the same.
        dana.send(&unsubscribe(10, &[down.as_bytes()])).await;
        assert_eq!(dana.packet().await, unsuback(10));
        house.edge.publish(DANA.enrolment, &note(1));
        dana.is_alive().await;
    }
}

#[tokio::test]
async fn several_filters_to_unsubscribe_from_get_one_answer() {
    let house = house().await;
    let down = topic::down(DANA.enrolment);
    let mut dana = house.device(DANA).await;
    dana.send(&unsubscribe(11, &[b"a", down.as_bytes(), b"#"])).await;
    assert_eq!(dana.packet().await, unsuback(11));
    house.edge.publish(DANA.enrolment, &note(1));
    dana.is_alive().await;
}
