//! Chapters 3.8 and 3.9: SUBSCRIBE and SUBACK.

use waypost_protocol::topic;

use crate::by_hand::{downlink, is_hung_up_on, suback, subscribe};
use crate::bytes_of::packet;
use crate::support::{DANA, OMAR, house, note};

#[tokio::test]
async fn a_subscribe_without_a_whole_filter_ends_the_connection() {
    let house = house().await;
    is_hung_up_on(&house, "nothing", &[0x82, 0]).await;
    is_hung_up_on(&house, "half a packet id", &[0x82, 1, 0]).await;
    is_hung_up_on(&house, "no filter", &subscribe(9, &[])).await;
    is_hung_up_on(&house, "no QoS beside it", &packet(0x82, &[0, 9, 0, 1, b'a'])).await;
    is_hung_up_on(&house, "a cut filter", &packet(0x82, &[0, 9, 0, 2, b'a', 0])).await;
}

#[tokio::test]
async fn reserved_bits_or_qos_3_beside_a_filter_end_the_connection() {
    let house = house().await;
    let down = topic::down(DANA.enrolment);
    for asked in [3, 4, 8, 0x10, 0x20, 0x40, 0x80, 0x83, 0xFF] {
        let filters = [(down.as_bytes(), 0), (down.as_bytes(), asked)];
        is_hung_up_on(&house, &format!("{asked:08b}"), &subscribe(9, &filters)).await;
    }
}

#[tokio::test]
async fn each_filter_gets_its_code_in_the_order_of_the_filters() {
    let house = house().await;
    let mut dana = house.connected(DANA).await;
    let (own, foreign) = (topic::down(DANA.enrolment), topic::down(OMAR.enrolment));
    let (own, foreign) = (own.as_bytes(), foreign.as_bytes());
    // Whatever is asked for, QoS 0 is what is granted.
    for asked in [0, 1, 2] {
        dana.send(&subscribe(9, &[(own, asked)])).await;
        assert_eq!(dana.packet().await, suback(9, &[0]));
    }
    let filters = [(foreign, 1), (own, 2), (&b"#"[..], 0), (own, 0), (&b"$SYS"[..], 1)];
    dana.send(&subscribe(10, &filters)).await;
    assert_eq!(dana.packet().await, suback(10, &[0x80, 0, 0x80, 0, 0x80]));
}

#[tokio::test]
async fn several_filters_in_one_packet_do_what_several_packets_do() {
    let house = house().await;
    let (own, foreign) = (topic::down(DANA.enrolment), topic::down(OMAR.enrolment));
    let mut dana = house.connected(DANA).await;
    dana.send(&subscribe(9, &[(foreign.as_bytes(), 0), (own.as_bytes(), 0)])).await;
    assert_eq!(dana.packet().await, suback(9, &[0x80, 0]), "one answer for both");
    let _omar = house.device(OMAR).await;
    house.edge.publish(OMAR.enrolment, &note(1));
    house.edge.publish(DANA.enrolment, &note(2));
    assert_eq!(dana.packet().await, downlink(DANA, &note(2).to_bytes()));
    dana.is_alive().await;
}

#[tokio::test]
async fn the_same_filter_again_replaces_the_subscription_and_interrupts_nothing() {
    let house = house().await;
    let down = topic::down(DANA.enrolment);
    let mut dana = house.device(DANA).await;
    let mut seen = Vec::new();
    for number in 0..20 {
        house.edge.publish(DANA.enrolment, &note(number));
        dana.send(&subscribe(9, &[(down.as_bytes(), (number % 3) as u8)])).await;
        seen.extend([dana.packet().await, dana.packet().await]);
    }
    dana.is_alive().await;
    let acknowledged = seen.iter().filter(|it| **it == suback(9, &[0])).count();
    assert_eq!(acknowledged, 20);
    seen.retain(|it| *it != suback(9, &[0]));
    let wanted: Vec<_> = (0..20).map(|number| downlink(DANA, &note(number).to_bytes())).collect();
    assert_eq!(seen, wanted, "each once, none left out");
}
