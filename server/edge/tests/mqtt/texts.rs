//! Chapter 1.5.3: what is text and what is not, in every place that holds one.

use waypost_protocol::topic;

use crate::by_hand::{
    handed, is_answered_and_not_let_in, is_hung_up_on, is_not_let_in, is_refusal, puback, publish,
    pull, suback, subscribe, unsubscribe,
};
use crate::bytes_of::{Connect, field};
use crate::support::{DANA, House, connect, house};

const CLIENT_ID: usize = 0;
const USER_NAME: usize = 1;

#[tokio::test]
async fn text_that_is_no_utf_8_ends_the_connection() {
    let house = house().await;
    let no_texts: [&[u8]; 6] = [
        &[b'a', 0xFF],
        &[0xC3],                   // cut short
        &[0xC0, 0xAF],             // longer than need be
        &[0xED, 0xA0, 0x80],       // U+D800, half of a pair
        &[0xED, 0xBF, 0xBF],       // U+DFFF, the other half
        &[0xF4, 0x90, 0x80, 0x80], // beyond U+10FFFF
    ];
    for no_text in no_texts {
        nowhere(&house, no_text).await;
    }
}

#[tokio::test]
async fn a_null_character_ends_the_connection() {
    let house = house().await;
    for with_null in [&b"\0"[..], b"a\0", b"\0a", b"a\0b"] {
        nowhere(&house, with_null).await;
    }
}

/// None of the places takes it.
async fn nowhere(house: &House, no_text: &[u8]) {
    for (place, at) in [("client id", CLIENT_ID), ("user name", USER_NAME)] {
        let mut hers = connect(DANA);
        hers.fields[at] = field(no_text);
        is_not_let_in(house, place, &hers.bytes()).await;
    }
    is_not_let_in(house, "will topic", &with_will_topic(no_text).bytes()).await;
    // From here on she is let in, and the counter of those who were is no witness any more.
    let house = &crate::support::house().await;
    is_hung_up_on(house, "PUBLISH", &publish(0x32, no_text, 9, &pull(1))).await;
    is_hung_up_on(house, "PUBLISH with QoS 0", &publish(0x30, no_text, 0, &pull(1))).await;
    is_hung_up_on(house, "SUBSCRIBE", &subscribe(9, &[(no_text, 0)])).await;
    is_hung_up_on(house, "UNSUBSCRIBE", &unsubscribe(9, &[no_text])).await;
}

fn with_will_topic(topic: &[u8]) -> Connect {
    let own = connect(DANA);
    let [id, user_name, password] = [0, 1, 2].map(|at| own.fields[at].clone());
    Connect {
        flags: 0b1100_0110,
        fields: vec![id, field(topic), field("gone"), user_name, password],
        ..own
    }
}

#[tokio::test]
async fn a_byte_order_mark_is_a_character_like_any_other() {
    let house = house().await;
    let marked = |text: String| format!("\u{FEFF}{text}");
    let id = marked(DANA.enrolment.to_string());
    let hers = Connect { fields: vec![field(&id), field(&id), field("x")], ..connect(DANA) };
    is_answered_and_not_let_in(&house, "client id", &hers.bytes(), 2).await;
    let mut dana = house.device(DANA).await;
    let (up, down) = (marked(topic::up(DANA.enrolment)), marked(topic::down(DANA.enrolment)));
    dana.send(&subscribe(9, &[(down.as_bytes(), 0)])).await;
    assert_eq!(dana.packet().await, suback(9, &[0x80]));
    dana.send(&publish(0x32, up, 9, &pull(1))).await;
    let answers = [dana.packet().await, dana.packet().await];
    assert!(answers.contains(&puback(9)), "{answers:?}");
    assert!(answers.iter().flatten().any(|it| is_refusal(it)), "{answers:?}");
    assert!(handed(&house).is_empty(), "it is not her own topic");
}
