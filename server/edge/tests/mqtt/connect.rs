//! Chapter 3.1: who is let in, and when. What a CONNECT is made of is in `connect_fields`.

use std::time::{Duration, Instant};

use waypost_protocol::topic;

use crate::by_hand::{
    CONNACK, DISCONNECT, PINGREQ, handed, is_answered_and_not_let_in, is_hung_up_on, is_not_let_in,
    publish, pull, subscribe,
};
use crate::bytes_of::Connect;
use crate::support::{AYO, DANA, OMAR, connect, house};

#[tokio::test]
async fn whoever_begins_with_another_packet_is_not_let_in() {
    let house = house().await;
    let (up, down) = (topic::up(DANA.enrolment), topic::down(DANA.enrolment));
    let begins: [&[u8]; 6] = [
        &PINGREQ,
        &DISCONNECT,
        &[0x40, 2, 0, 9],
        &[0x20, 2, 0, 0],
        &publish(0x32, up, 9, &pull(1)),
        &subscribe(9, &[(down.as_bytes(), 0)]),
    ];
    for first in begins {
        // That a sound CONNECT follows makes it no better.
        let bytes = [first, &connect(DANA).bytes()].concat();
        is_not_let_in(&house, &format!("{first:?}"), &bytes).await;
    }
    assert!(handed(&house).is_empty());
}

#[tokio::test]
async fn a_second_connect_ends_the_connection() {
    let house = house().await;
    is_hung_up_on(&house, "the same again", &connect(DANA).bytes()).await;
    is_hung_up_on(&house, "of someone else", &connect(OMAR).bytes()).await;
    let mut dana = house.tls().await;
    dana.send(&connect(DANA).bytes().repeat(2)).await;
    assert_eq!(dana.packet().await, Some(CONNACK.to_vec()));
    assert_eq!(dana.packet().await, None);
}

#[tokio::test]
async fn another_protocol_name_is_not_spoken() {
    let house = house().await;
    for name in ["MQIsdp", "mqtt", "MQT", "MQTTT", "", "HTTP"] {
        for level in [3, 4, 5] {
            let hers = Connect { name: name.into(), level, ..connect(DANA) };
            is_not_let_in(&house, name, &hers.bytes()).await;
        }
    }
}

#[tokio::test]
async fn another_protocol_level_gets_return_code_1_and_the_end() {
    let house = house().await;
    for level in [0, 1, 3, 5, 6, 0x84, 0xFF] {
        let hers = Connect { level, ..connect(DANA) };
        is_answered_and_not_let_in(&house, &format!("level {level}"), &hers.bytes(), 1).await;
    }
}

#[tokio::test]
async fn an_empty_client_id_gets_return_code_2_and_the_end() {
    let house = house().await;
    for flags in [0b1100_0010, 0b1100_0000] {
        let hers = Connect { flags, ..Connect::of("", "dana", "secret") };
        is_answered_and_not_let_in(&house, &format!("flags {flags:b}"), &hers.bytes(), 2).await;
    }
}

#[tokio::test]
async fn a_client_id_that_is_no_enrolment_gets_return_code_2_and_the_end() {
    let house = house().await;
    // The second is one that a server of all comers would have to take.
    for id in
        ["é", "0123456789abcdefABCDEFZ", &"x".repeat(200), "a/b", &format!("{}0", DANA.enrolment)]
    {
        let hers = Connect::of(id, id, "secret");
        is_answered_and_not_let_in(&house, id, &hers.bytes(), 2).await;
    }
}

#[tokio::test]
async fn a_second_connection_of_a_client_id_ends_the_first() {
    let house = house().await;
    let mut older = house.connected(DANA).await;
    let mut ayo = house.connected(AYO).await;
    let mut newer = house.connected(DANA).await;
    assert_eq!(older.packet().await, None);
    newer.is_alive().await;
    ayo.is_alive().await;
}

#[tokio::test]
async fn what_follows_a_refused_connect_is_not_looked_at() {
    let house = house().await;
    let mut ayo = house.device(AYO).await;
    let id = DANA.enrolment.to_string();
    let refused = [
        Connect::of(&id, &id, "a guess"),
        Connect { level: 5, ..connect(DANA) },
        Connect::of("tablet", "tablet", "secret"),
    ];
    for hers in refused {
        let up = topic::up(DANA.enrolment);
        let more = [publish(0x32, &up, 9, &pull(1)), publish(0x30, &up, 0, &pull(2))].concat();
        let mut tablet = house.tls().await;
        tablet.send(&[hers.bytes(), more, PINGREQ.to_vec()].concat()).await;
        assert_eq!(tablet.packet().await.map(|it| it[0]), Some(0x20));
        assert_eq!(tablet.packet().await, None);
    }
    ayo.exchange(AYO, 1).await;
    assert_eq!(handed(&house), [1], "only Ayo's");
}

#[tokio::test]
async fn silence_of_one_and_a_half_keep_alives_ends_the_connection() {
    let house = house().await;
    let began = Instant::now();
    let mut dana = house.tls().await;
    dana.send(&Connect { keep_alive: 1, ..connect(DANA) }.bytes()).await;
    assert_eq!(dana.packet().await, Some(CONNACK.to_vec()));
    assert_eq!(dana.packet().await, None);
    assert!(began.elapsed() >= Duration::from_millis(1500), "not before its time");
}
