//! Chapter 4.7: topic names and topic filters.

use waypost_protocol::topic;

use crate::by_hand::{
    PINGREQ, PINGRESP, handed, is_hung_up_on, is_refusal, puback, publish, pull, suback, subscribe,
    unsubscribe,
};
use crate::support::{DANA, OMAR, house, note};

#[tokio::test]
async fn a_topic_name_with_a_wildcard_ends_the_connection() {
    let house = house().await;
    let up = topic::up(DANA.enrolment);
    for name in ["#", "+", "a/#", "a/+/b", "a+", &up.replace('-', "+"), &format!("{up}/#")] {
        is_hung_up_on(&house, name, &publish(0x32, name, 9, &pull(1))).await;
    }
    assert!(handed(&house).is_empty());
}

#[tokio::test]
async fn a_wildcard_that_shares_its_level_or_is_not_the_last_ends_the_connection() {
    let house = house().await;
    for filter in ["a#", "#a", "a/#/b", "#/a", "##", "+#", "a+", "+a", "a/b+/c", "++", "a/+b"] {
        let bytes = filter.as_bytes();
        is_hung_up_on(&house, filter, &subscribe(9, &[(bytes, 0)])).await;
        is_hung_up_on(&house, filter, &unsubscribe(9, &[bytes])).await;
    }
    // Those that keep the rule are merely refused.
    let mut dana = house.connected(DANA).await;
    for filter in ["#", "+", "/#", "a/#", "+/+", "+/a/#", "/+", "+/"] {
        dana.send(&subscribe(9, &[(filter.as_bytes(), 0)])).await;
        assert_eq!(dana.packet().await, suback(9, &[0x80]), "{filter}");
    }
}

#[tokio::test]
async fn filters_with_wildcards_get_nobody_elses_downlinks() {
    let house = house().await;
    let mut dana = house.connected(DANA).await;
    let all_down = topic::ALL_DOWN.as_bytes();
    let filters: [(&[u8], u8); 5] =
        [(b"#", 1), (b"+/+/+/+", 1), (b"waypost/#", 1), (all_down, 1), (b"$SYS/#", 1)];
    dana.send(&subscribe(9, &filters)).await;
    assert_eq!(dana.packet().await, suback(9, &[0x80; 5]));
    let mut omar = house.device(OMAR).await;
    house.edge.publish(DANA.enrolment, &note(1));
    house.edge.publish(OMAR.enrolment, &note(2));
    assert!(omar.packet().await.is_some());
    dana.send(&PINGREQ).await;
    assert_eq!(dana.packet().await, Some(PINGRESP.to_vec()), "nothing came for Dana");
}

#[tokio::test]
async fn an_empty_topic_or_filter_ends_the_connection() {
    let house = house().await;
    let down = topic::down(DANA.enrolment);
    is_hung_up_on(&house, "PUBLISH", &publish(0x32, "", 9, &pull(1))).await;
    is_hung_up_on(&house, "SUBSCRIBE", &subscribe(9, &[(b"", 0)])).await;
    is_hung_up_on(&house, "the second", &subscribe(9, &[(down.as_bytes(), 0), (b"", 0)])).await;
    is_hung_up_on(&house, "UNSUBSCRIBE", &unsubscribe(9, &[b""])).await;
}

#[tokio::test]
async fn topics_are_compared_character_by_character() {
    let house = house().await;
    let (up, down) = (topic::up(DANA.enrolment), topic::down(DANA.enrolment));
    let others = |own: &str| {
        let short = own.replace("waypost/v1", "waypost//v1");
        [own.to_uppercase(), format!("/{own}"), format!("{own}/"), format!("{own} "), short]
    };
    let mut dana = house.device(DANA).await;
    for filter in others(&down) {
        dana.send(&subscribe(9, &[(filter.as_bytes(), 0)])).await;
        assert_eq!(dana.packet().await, suback(9, &[0x80]), "{filter}");
    }
    for name in others(&up) {
        dana.send(&publish(0x32, &name, 9, &pull(1))).await;
        let answers = [dana.packet().await, dana.packet().await];
        assert!(answers.iter().flatten().any(|it| is_refusal(it)), "{name}: {answers:?}");
    }
    assert!(handed(&house).is_empty());
}

#[tokio::test]
async fn a_topic_name_of_65535_bytes_is_read_whole() {
    let house = house().await;
    let mut dana = house.connected(DANA).await;
    dana.send(&publish(0x32, "t".repeat(65_535), 9, &pull(1))).await;
    assert_eq!(dana.packet().await, puback(9));
    dana.send(&publish(0x32, topic::up(DANA.enrolment), 10, &pull(2))).await;
    assert_eq!(dana.packet().await, puback(10));
    assert_eq!(handed(&house), [2], "the long one was read to its end, and it is a foreign topic");
}
