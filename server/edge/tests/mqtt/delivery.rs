//! Chapters 4.3 to 4.6: what an acknowledgement promises, and in which order things come.

use waypost_protocol::topic;

use crate::by_hand::{PINGREQ, PINGRESP, downlink, handed, puback, publish, pull, subscribe};
use crate::support::{DANA, OMAR, Seen, house, note};

#[tokio::test]
async fn a_puback_comes_once_the_server_behind_has_taken_the_message() {
    let house = house().await;
    let mut dana = house.connected(DANA).await;
    house.server.answered_up_to.send_replace(0);
    dana.send(&publish(0x32, topic::up(DANA.enrolment), 9, &pull(1))).await;
    house.until("the server has it", |house| handed(house) == [1]).await;
    dana.send(&PINGREQ).await;
    assert_eq!(dana.packet().await, Some(PINGRESP.to_vec()), "no PUBACK yet");
    house.server.answered_up_to.send_replace(1);
    assert_eq!(dana.packet().await, puback(9));
}

#[tokio::test]
async fn a_packet_id_is_free_again_once_it_was_acknowledged() {
    let house = house().await;
    let mut dana = house.connected(DANA).await;
    // With DUP or without: a new publication each time, and the record knows repeats by their ids.
    for (first, number) in [(0x32, 1), (0x32, 2), (0x3A, 3), (0x3A, 3)] {
        dana.send(&publish(first, topic::up(DANA.enrolment), 9, &pull(number))).await;
        assert_eq!(dana.packet().await, puback(9));
    }
    assert_eq!(handed(&house), [1, 2, 3, 3]);
}

#[tokio::test]
async fn pubacks_come_in_the_order_of_the_publishes() {
    let house = house().await;
    let mut dana = house.connected(DANA).await;
    house.server.answered_up_to.send_replace(0);
    let up = topic::up(DANA.enrolment);
    let ids = [7, 3, 65_535, 1, 9];
    for (packet_id, number) in ids.into_iter().zip([5, 4, 3, 2, 1]) {
        dana.send(&publish(0x32, &up, packet_id, &pull(number))).await;
    }
    house.until("the server has them", |house| handed(house) == [5, 4, 3, 2, 1]).await;
    // The last is done first, and the first last.
    for up_to in 1..=5 {
        dana.send(&PINGREQ).await;
        assert_eq!(dana.packet().await, Some(PINGRESP.to_vec()), "nothing before the first");
        house.server.answered_up_to.send_replace(up_to);
    }
    for packet_id in ids {
        assert_eq!(dana.packet().await, puback(packet_id));
    }
}

#[tokio::test]
async fn downlinks_come_in_the_order_in_which_they_were_sent() {
    let house = house().await;
    let mut dana = house.device(DANA).await;
    let mut omar = house.device(OMAR).await;
    for number in 0..500 {
        house.edge.publish(DANA.enrolment, &note(number));
        house.edge.publish(OMAR.enrolment, &note(number));
    }
    for number in 0..500 {
        assert_eq!(dana.packet().await, downlink(DANA, &note(number).to_bytes()));
        assert_eq!(omar.packet().await, downlink(OMAR, &note(number).to_bytes()));
    }
}

#[tokio::test]
async fn one_downlink_comes_once_however_often_its_topic_was_subscribed_to() {
    let house = house().await;
    let mut dana = house.connected(DANA).await;
    let down = topic::down(DANA.enrolment);
    let asked = (down.as_bytes(), 1);
    dana.send(&subscribe(1, &[asked, asked, asked])).await;
    assert_eq!(dana.next().await, Some(Seen::SubAck(vec![0; 3])));
    house.edge.publish(DANA.enrolment, &note(1));
    assert_eq!(dana.packet().await, downlink(DANA, &note(1).to_bytes()));
    dana.is_alive().await;
}
