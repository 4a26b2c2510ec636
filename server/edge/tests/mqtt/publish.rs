//! Chapters 3.3 to 3.7: PUBLISH and what answers it.

use waypost_edge::Closing;
use waypost_protocol::topic;

use crate::by_hand::{
    PINGREQ, PINGRESP, downlink, handed, is_hung_up_on, is_refusal, puback, publish, pull,
    subscribe,
};
use crate::bytes_of::packet;
use crate::support::{DANA, OMAR, Seen, events, house, note};

#[tokio::test]
async fn a_publish_is_answered_as_its_qos_says() {
    let house = house().await;
    let up = topic::up(DANA.enrolment);
    let mut dana = house.connected(DANA).await;
    dana.send(&publish(0x30, &up, 0, &pull(1))).await;
    house.until("QoS 0 is handed over", |house| handed(house) == [1]).await;
    dana.send(&PINGREQ).await;
    assert_eq!(dana.packet().await, Some(PINGRESP.to_vec()), "QoS 0 is not acknowledged");
    dana.send(&publish(0x32, &up, 9, &pull(2))).await;
    assert_eq!(dana.packet().await, puback(9), "QoS 1 is");
    assert_eq!(handed(&house), [1, 2]);
}

#[tokio::test]
async fn qos_2_ends_the_connection() {
    let house = house().await;
    let up = topic::up(DANA.enrolment);
    is_hung_up_on(&house, "PUBLISH", &publish(0x34, &up, 9, &pull(1))).await;
    is_hung_up_on(&house, "PUBLISH again", &publish(0x3C, &up, 9, &pull(1))).await;
    is_hung_up_on(&house, "PUBREC", &[0x50, 2, 0, 9]).await;
    is_hung_up_on(&house, "PUBREL", &[0x62, 2, 0, 9]).await;
    is_hung_up_on(&house, "PUBCOMP", &[0x70, 2, 0, 9]).await;
    house.until("all are counted", |house| house.edge.counters().closed[&Closing::Qos2] == 5).await;
    assert!(handed(&house).is_empty());
}

#[tokio::test]
async fn both_bits_of_qos_end_the_connection() {
    let house = house().await;
    let up = topic::up(DANA.enrolment);
    for first in [0x36, 0x37, 0x3E, 0x3F] {
        let what = format!("first byte {first:x}");
        is_hung_up_on(&house, &what, &publish(first, &up, 9, &pull(1))).await;
    }
    assert!(handed(&house).is_empty());
}

#[tokio::test]
async fn a_repeat_of_what_is_never_repeated_ends_the_connection() {
    let house = house().await;
    let up = topic::up(DANA.enrolment);
    is_hung_up_on(&house, "DUP with QoS 0", &publish(0x38, up, 0, &pull(1))).await;
    assert!(handed(&house).is_empty());
}

#[tokio::test]
async fn a_downlink_has_the_topic_of_the_subscription_and_no_flag() {
    let house = house().await;
    let (up, down) = (topic::up(DANA.enrolment), topic::down(DANA.enrolment));
    let mut dana = house.connected(DANA).await;
    dana.send(&subscribe(1, &[(down.as_bytes(), 2)])).await;
    assert_eq!(dana.packet().await.map(|it| it[0]), Some(0x90));
    house.edge.publish(DANA.enrolment, &note(1));
    assert_eq!(dana.packet().await, downlink(DANA, &note(1).to_bytes()));
    // DUP of what came in is not passed on with what goes out.
    dana.send(&publish(0x3A, up, 9, &pull(1))).await;
    let answers = [dana.packet().await, dana.packet().await];
    assert!(answers.contains(&downlink(DANA, &events(1).to_bytes())), "{answers:?}");
    assert!(answers.contains(&puback(9)), "{answers:?}");
}

#[tokio::test]
async fn retained_messages_are_refused_and_nothing_is_kept() {
    let house = house().await;
    let up = topic::up(DANA.enrolment);
    let mut dana = house.device(DANA).await;
    for (first, payload) in [(0x33, &pull(1)[..]), (0x33, b""), (0x31, &pull(2)), (0x31, b"")] {
        dana.send(&publish(first, &up, 9, payload)).await;
        if first == 0x33 {
            let answers = [dana.packet().await, dana.packet().await];
            assert!(answers.contains(&puback(9)), "{answers:?}");
            assert!(answers.iter().flatten().any(|it| is_refusal(it)), "{answers:?}");
        } else {
            assert!(dana.packet().await.is_some_and(|it| is_refusal(&it)));
        }
    }
    assert!(handed(&house).is_empty());
    house.device(DANA).await.is_alive().await;
}

#[tokio::test]
async fn whoever_subscribes_later_gets_nothing_of_before() {
    let house = house().await;
    house.edge.publish(DANA.enrolment, &note(1));
    let mut dana = house.connected(DANA).await;
    house.edge.publish(DANA.enrolment, &note(2));
    let down = topic::down(DANA.enrolment);
    dana.send(&subscribe(1, &[(down.as_bytes(), 0)])).await;
    assert_eq!(dana.next().await, Some(Seen::SubAck(vec![0])));
    dana.is_alive().await;
    house.edge.publish(DANA.enrolment, &note(3));
    assert_eq!(dana.packet().await, downlink(DANA, &note(3).to_bytes()));
}

#[tokio::test]
async fn a_publish_without_a_whole_topic_or_packet_id_ends_the_connection() {
    let house = house().await;
    is_hung_up_on(&house, "nothing", &[0x30, 0]).await;
    is_hung_up_on(&house, "half a length", &[0x30, 1, 0]).await;
    is_hung_up_on(&house, "a topic that is not there", &[0x30, 3, 0, 2, b'a']).await;
    is_hung_up_on(&house, "no packet id", &packet(0x32, &[0, 1, b'a'])).await;
    is_hung_up_on(&house, "half a packet id", &packet(0x32, &[0, 1, b'a', 0])).await;
    assert!(handed(&house).is_empty());
}

#[tokio::test]
async fn a_publish_to_a_foreign_topic_is_acknowledged_and_goes_nowhere() {
    let house = house().await;
    let mut omar = house.device(OMAR).await;
    let mut dana = house.device(DANA).await;
    let (his_up, his_down) = (topic::up(OMAR.enrolment), topic::down(OMAR.enrolment));
    for foreign in [&his_up, &his_down, "waypost", "/", "$SYS/broker", "a"] {
        dana.send(&publish(0x32, foreign, 9, &pull(1))).await;
        let answers = [dana.packet().await, dana.packet().await];
        assert!(answers.contains(&puback(9)), "{foreign}: {answers:?}");
        assert!(answers.iter().flatten().any(|it| is_refusal(it)), "{foreign}: {answers:?}");
    }
    omar.is_alive().await;
    assert!(handed(&house).is_empty());
}
