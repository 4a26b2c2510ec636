//! Chapters 3.1.2 and 3.1.3: flags and fields of a CONNECT, sound and unsound.

use crate::by_hand::{CONNACK, is_answered_and_not_let_in, is_not_let_in};
use crate::bytes_of::{Connect, field, packet};
use crate::support::{DANA, OMAR, connect, credential, house, note};

const USER_NAME: u8 = 0b1000_0000;
const PASSWORD: u8 = 0b0100_0000;
const WILL_RETAIN: u8 = 0b0010_0000;
const WILL_QOS_1: u8 = 0b0000_1000;
const WILL_QOS_2: u8 = 0b0001_0000;
const WILL: u8 = 0b0000_0100;
const CLEAN: u8 = 0b0000_0010;
const RESERVED: u8 = 0b0000_0001;
const LOGIN: u8 = USER_NAME | PASSWORD | CLEAN;

fn id() -> Vec<u8> {
    field(DANA.enrolment.to_string())
}

fn secret() -> Vec<u8> {
    field(credential(DANA))
}

fn with(flags: u8, fields: &[Vec<u8>]) -> Vec<u8> {
    Connect { flags, fields: fields.to_vec(), ..connect(DANA) }.bytes()
}

#[tokio::test]
async fn a_reserved_connect_flag_is_not_let_in() {
    let house = house().await;
    is_not_let_in(&house, "reserved", &with(LOGIN | RESERVED, &[id(), id(), secret()])).await;
    is_not_let_in(&house, "nothing else", &with(RESERVED, &[id()])).await;
}

#[tokio::test]
async fn will_flags_without_a_will_are_not_let_in() {
    let house = house().await;
    for flags in [WILL_RETAIN, WILL_QOS_1, WILL_QOS_2, WILL_QOS_1 | WILL_QOS_2] {
        let hers = with(LOGIN | flags, &[id(), id(), secret()]);
        is_not_let_in(&house, &format!("{flags:08b}"), &hers).await;
    }
    let hers = with(LOGIN, &[id(), field("topic"), field("gone"), id(), secret()]);
    is_not_let_in(&house, "a will without its flag", &hers).await;
}

#[tokio::test]
async fn a_will_of_qos_3_or_without_its_fields_is_not_let_in() {
    let house = house().await;
    let will = [id(), field("topic"), field("gone"), id(), secret()];
    let hers = with(LOGIN | WILL | WILL_QOS_1 | WILL_QOS_2, &will);
    is_not_let_in(&house, "QoS 3", &hers).await;
    is_not_let_in(&house, "no fields", &with(LOGIN | WILL, &[id(), id(), secret()])).await;
    is_not_let_in(&house, "no message", &with(CLEAN | WILL, &[id(), field("topic")])).await;
}

#[tokio::test]
async fn wills_are_refused_with_return_code_5() {
    let house = house().await;
    let will = [id(), field("topic"), field("gone"), id(), secret()];
    for flags in [0, WILL_QOS_1, WILL_QOS_2, WILL_RETAIN, WILL_RETAIN | WILL_QOS_1] {
        let hers = with(LOGIN | WILL | flags, &will);
        is_answered_and_not_let_in(&house, &format!("{flags:08b}"), &hers, 5).await;
    }
    assert_eq!(house.edge.counters().published, 0);
}

#[tokio::test]
async fn a_connection_that_is_lost_publishes_nothing() {
    let house = house().await;
    let mut omar = house.device(OMAR).await;
    let dana = house.connected(DANA).await;
    drop(dana);
    house.until("Dana is offline", |house| house.edge.online().len() == 1).await;
    omar.is_alive().await;
    let counters = house.edge.counters();
    assert_eq!((counters.published, counters.uplinks), (0, 0));
    house.edge.publish(OMAR.enrolment, &note(1));
    assert!(omar.packet().await.is_some(), "he would have heard of it");
}

#[tokio::test]
async fn the_flags_and_the_fields_of_a_login_must_agree() {
    let house = house().await;
    let fields = |number: usize| [id(), id(), secret()][..number].to_vec();
    for (what, flags, number) in [
        ("a user name without its flag", CLEAN, 2),
        ("a login without its flags", CLEAN, 3),
        ("a user name flag without a user name", USER_NAME | CLEAN, 1),
        ("a password without its flag", USER_NAME | CLEAN, 3),
        ("a password flag without a password", LOGIN, 2),
        ("no fields of a login", LOGIN, 1),
        ("a password alone", PASSWORD | CLEAN, 2),
        ("a password flag alone, with both", PASSWORD | CLEAN, 3),
    ] {
        is_not_let_in(&house, what, &with(flags, &fields(number))).await;
    }
}

#[tokio::test]
async fn the_fields_of_a_connect_have_one_order() {
    let house = house().await;
    let foreign = with(LOGIN, &[field("dana"), id(), secret()]);
    is_answered_and_not_let_in(&house, "the first is the client id", &foreign, 2).await;
    let turned = with(LOGIN, &[id(), secret(), id()]);
    is_answered_and_not_let_in(&house, "the last is the password", &turned, 5).await;
    let mut dana = house.tls().await;
    dana.send(&with(LOGIN, &[id(), id(), secret()])).await;
    assert_eq!(dana.packet().await, Some(CONNACK.to_vec()));
}

#[tokio::test]
async fn a_connect_that_is_cut_short_or_too_long_is_not_let_in() {
    let house = house().await;
    let whole = connect(DANA).bytes();
    // Behind the type and a length of two bytes.
    let body = &whole[3..];
    assert_eq!(packet(0x10, body), whole);
    for length in 0..body.len() {
        let what = format!("its first {length} bytes, and a length that says so");
        is_not_let_in(&house, &what, &packet(0x10, &body[..length])).await;
    }
    let longer = packet(0x10, &[body, &[0]].concat());
    is_not_let_in(&house, "one byte too many", &longer).await;
}

#[tokio::test]
async fn a_connect_without_a_client_id_is_not_let_in() {
    let house = house().await;
    is_not_let_in(&house, "no field at all", &with(CLEAN, &[])).await;
    is_not_let_in(&house, "a length of nothing", &with(CLEAN, &[vec![0, 5]])).await;
}
