//! The ordinary way of messages: up, committed, answered; down, to who takes it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use rumqttc::{AsyncClient, Event, MqttOptions, Packet, QoS, TlsConfiguration, Transport};
use waypost_edge::Closing;
use waypost_protocol::{Downlink, FRAME_BYTES_MAX, topic};

use crate::bytes_of::{self, Connect, publish};
use crate::support::{
    AYO, DANA, House, OMAR, Seen, certificate, connect, credential, events, house, house_with,
    note, pull, within,
};

#[tokio::test]
async fn a_publish_is_acknowledged_only_after_the_commit() {
    let house = house().await;
    let mut dana = house.device(DANA).await;
    house.server.answered_up_to.send_replace(0);
    dana.pull(DANA, 1).await;
    house.until("the server has it", |house| handed(house) == [1]).await;
    // A PUBACK before the commit would come before this.
    dana.is_alive().await;
    house.server.answered_up_to.send_replace(1);
    let seen = [dana.next().await, dana.next().await];
    assert!(seen.contains(&Some(Seen::PubAck(2))), "{seen:?}");
    assert!(seen.contains(&Some(Seen::Down(events(1)))), "{seen:?}");
}

#[tokio::test]
async fn publishes_are_handed_over_and_acknowledged_in_the_order_in_which_they_came() {
    let house = house_with(|config| config.uplinks_in_flight_max = 3).await;
    let mut dana = house.connected(DANA).await;
    house.server.answered_up_to.send_replace(0);
    for number in 1..=10 {
        dana.pull(DANA, number).await;
    }
    house.until("three are in flight, no more", |house| handed(house) == [1, 2, 3]).await;
    dana.is_alive().await;
    house.server.answered_up_to.send_replace(u32::MAX);
    for number in 1..=10 {
        assert_eq!(dana.next().await, Some(Seen::PubAck(number + 1)));
    }
    assert!(handed(&house).into_iter().eq(1..=10));
}

#[tokio::test]
async fn one_person_who_fills_the_house_does_not_starve_another() {
    let house = house_with(|config| config.uplinks_in_flight_max = 1).await;
    let mut dana = house.connected(DANA).await;
    let mut ayo = house.device(AYO).await;
    house.server.answered_up_to.send_replace(0);
    for number in 1..=5 {
        dana.pull(DANA, number).await;
    }
    house.until("Dana's first is in flight", |house| handed(house) == [1]).await;
    house.server.answered_up_to.send_replace(u32::MAX);
    ayo.exchange(AYO, 1).await;
}

#[tokio::test]
async fn who_sends_more_than_the_window_rests_and_is_neither_read_nor_closed() {
    let house = house().await;
    let mut dana = house.tls().await;
    dana.send(&Connect { keep_alive: 1, ..connect(DANA) }.bytes()).await;
    assert_eq!(dana.next().await, Some(Seen::ConnAck(0)));
    house.server.answered_up_to.send_replace(0);
    for number in 1..=16 {
        dana.pull(DANA, number).await;
    }
    house.until("16 are held", |house| handed(house).len() == 16).await;
    dana.is_alive().await;
    dana.pull(DANA, 17).await;
    dana.send(&bytes_of::PINGREQ).await;
    // Well beyond the keep-alive, as it rests.
    let begun = Instant::now();
    house.until("time passes", |_| begun.elapsed() > Duration::from_millis(1800)).await;
    assert_eq!(handed(&house).len(), 16, "the 17th waits");
    house.server.answered_up_to.send_replace(u32::MAX);
    let mut seen = Vec::new();
    for _ in 0..18 {
        seen.push(dana.next().await);
    }
    assert!(seen.contains(&Some(Seen::PubAck(18))), "{seen:?}");
    assert!(seen.contains(&Some(Seen::PingResp)), "{seen:?}");
}

#[tokio::test]
async fn who_is_not_subscribed_gets_no_downlinks() {
    let house = house().await;
    let mut dana = house.connected(DANA).await;
    house.edge.publish(DANA.enrolment, &note(1));
    house.edge.publish(OMAR.enrolment, &note(2));
    dana.is_alive().await;
    assert_eq!(house.edge.counters().dropped, 2);
    dana.send(&bytes_of::subscribe(&[&topic::down(DANA.enrolment)], 0)).await;
    assert_eq!(dana.next().await, Some(Seen::SubAck(vec![0])));
    house.edge.publish(DANA.enrolment, &note(3));
    assert_eq!(dana.next().await, Some(Seen::Down(note(3))));
    dana.send(&bytes_of::unsubscribe(&topic::down(DANA.enrolment))).await;
    assert_eq!(dana.next().await, Some(Seen::UnsubAck));
    house.edge.publish(DANA.enrolment, &note(4));
    dana.is_alive().await;
}

#[tokio::test]
async fn a_burst_of_downlinks_comes_whole_and_in_order() {
    let house = house().await;
    let mut omar = house.device(OMAR).await;
    for number in 0..1000 {
        house.edge.publish(OMAR.enrolment, &note(number));
    }
    for number in 0..1000 {
        assert_eq!(omar.next().await, Some(Seen::Down(note(number))));
    }
}

#[tokio::test]
async fn a_stolen_tablet_is_cut_off_within_a_second_and_stays_out() {
    let house = house().await;
    let mut dana = house.device(DANA).await;
    let mut ayo = house.device(AYO).await;
    house.server.revoked.lock().unwrap().insert(DANA.enrolment);
    let begun = Instant::now();
    house.edge.disconnect(DANA.enrolment);
    dana.is_closed().await;
    assert!(begun.elapsed() < Duration::from_secs(1));
    let mut again = house.tls().await;
    again.send(&connect(DANA).bytes()).await;
    assert_eq!(again.next().await, Some(Seen::ConnAck(5)));
    ayo.exchange(AYO, 1).await;
}

#[tokio::test]
async fn a_tablet_that_is_revoked_while_it_connects_does_not_slip_in() {
    let house = house().await;
    let (edge, server) = (Arc::clone(&house.edge), Arc::clone(&house.server));
    let revoke = move || {
        server.revoked.lock().unwrap().insert(DANA.enrolment);
        edge.disconnect(DANA.enrolment);
    };
    *house.server.during_proof.lock().unwrap() = Some(Box::new(revoke));
    let mut dana = house.tls().await;
    dana.send(&connect(DANA).bytes()).await;
    assert_eq!(dana.next().await, Some(Seen::ConnAck(5)));
    assert!(house.edge.online().is_empty());
}

#[tokio::test]
async fn what_was_handed_over_is_finished_although_the_device_is_gone() {
    let house = house().await;
    let mut dana = house.device(DANA).await;
    house.server.answered_up_to.send_replace(0);
    dana.pull(DANA, 1).await;
    house.until("the server has it", |house| handed(house) == [1]).await;
    drop(dana);
    house.until("Dana is offline", |house| house.edge.online().is_empty()).await;
    let mut dana = house.device(DANA).await;
    house.server.answered_up_to.send_replace(1);
    assert_eq!(dana.next().await, Some(Seen::Down(events(1))), "it is answered where she is now");
}

#[tokio::test]
async fn a_stop_finishes_and_answers_what_is_in_flight() {
    let house = house().await;
    let mut dana = house.device(DANA).await;
    house.server.answered_up_to.send_replace(0);
    for number in 1..=5 {
        dana.pull(DANA, number).await;
    }
    house.until("the server has them", |house| handed(house).len() == 5).await;
    let edge = Arc::clone(&house.edge);
    let stop = tokio::spawn(async move { edge.stop().await });
    house
        .until("nobody is let in any more", |house| {
            std::net::TcpStream::connect(house.edge.local_addr()).is_err()
        })
        .await;
    assert!(!stop.is_finished(), "it waits for what is in flight");
    house.server.answered_up_to.send_replace(u32::MAX);
    let mut seen = Vec::new();
    while let Some(it) = dana.next().await {
        seen.push(it);
    }
    for number in 1..=5 {
        assert!(seen.contains(&Seen::PubAck(number + 1)), "{number} was acknowledged");
        assert!(seen.contains(&Seen::Down(events(u32::from(number)))), "{number} was answered");
    }
    within("the stop", stop).await.unwrap();
    let counters = house.edge.counters();
    assert_eq!((counters.closed[&Closing::Stopping], counters.connections), (1, 0));
}

#[tokio::test]
async fn a_stop_does_not_wait_for_ever() {
    let house = house_with(|config| config.stop_timeout = Duration::from_millis(200)).await;
    let mut dana = house.device(DANA).await;
    house.server.answered_up_to.send_replace(0);
    dana.pull(DANA, 1).await;
    house.until("the server has it", |house| handed(house) == [1]).await;
    within("the stop", house.edge.stop()).await;
    dana.is_closed().await;
}

#[tokio::test]
async fn a_renewed_certificate_is_used_without_a_restart() {
    let mut house = house().await;
    let mut dana = house.device(DANA).await;
    let (tls, client) = certificate();
    house.edge.renew_certificate(tls);
    house.client = client;
    house.device(AYO).await.exchange(AYO, 1).await;
    dana.exchange(DANA, 1).await;
}

#[tokio::test]
async fn a_packet_in_single_bytes_and_one_as_large_as_may_be_are_understood() {
    let house = house().await;
    let mut dana = house.device(DANA).await;
    for byte in publish(topic::up(DANA.enrolment), 2, &pull(1)) {
        dana.send(&[byte]).await;
    }
    let seen = [dana.next().await, dana.next().await];
    assert!(seen.contains(&Some(Seen::PubAck(2))), "{seen:?}");
    let largest = publish(topic::up(DANA.enrolment), 3, &vec![0; FRAME_BYTES_MAX]);
    dana.send(&largest).await;
    let seen = [dana.next().await, dana.next().await];
    assert!(seen.contains(&Some(Seen::PubAck(3))), "{seen:?}");
    dana.exchange(DANA, 4).await;
}

#[tokio::test]
async fn a_real_client_library_connects_subscribes_publishes_and_is_answered() {
    let house = house().await;
    let id = DANA.enrolment.to_string();
    let mut options = MqttOptions::new(&id, "localhost", house.edge.local_addr().port());
    options.set_credentials(&id, credential(DANA));
    let tls = TlsConfiguration::Rustls(Arc::clone(&house.client));
    options.set_transport(Transport::tls_with_config(tls));
    let (client, mut events_of) = AsyncClient::new(options, 16);
    client.subscribe(topic::down(DANA.enrolment), QoS::AtLeastOnce).await.unwrap();
    let (mut acknowledged, mut answered) = (false, false);
    while !(acknowledged && answered) {
        match within("a packet", events_of.poll()).await.unwrap() {
            Event::Incoming(Packet::SubAck(_)) => {
                let topic = topic::up(DANA.enrolment);
                client.publish(topic, QoS::AtLeastOnce, false, pull(1)).await.unwrap();
            }
            Event::Incoming(Packet::PubAck(_)) => acknowledged = true,
            Event::Incoming(Packet::Publish(publish)) => {
                answered = Downlink::from_bytes(&publish.payload) == Ok(events(1));
            }
            _ => {}
        }
    }
}

fn handed(house: &House) -> Vec<u32> {
    house.server.handed.lock().unwrap().iter().map(|(_, number)| *number).collect()
}
