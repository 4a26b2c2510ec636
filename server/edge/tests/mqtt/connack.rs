//! Chapter 3.2: what a CONNECT is answered with.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use waypost_edge::{Edge, EdgeConfig};
use waypost_protocol::topic;

use crate::by_hand::{
    CONNACK, PINGREQ, is_answered_and_not_let_in, is_not_let_in, publish, pull, subscribe,
};
use crate::bytes_of::Connect;
use crate::support::{DANA, House, OMAR, Server, certificate, connect, credential, house};

#[tokio::test]
async fn connack_is_the_first_packet_that_comes() {
    let house = house().await;
    let (up, down) = (topic::up(DANA.enrolment), topic::down(DANA.enrolment));
    let at_once = [
        connect(DANA).bytes(),
        PINGREQ.to_vec(),
        subscribe(1, &[(down.as_bytes(), 0)]),
        publish(0x32, up, 2, &pull(1)),
    ];
    let mut dana = house.tls().await;
    dana.send(&at_once.concat()).await;
    assert_eq!(dana.packet().await, Some(CONNACK.to_vec()));
    for _ in 0..4 {
        let next = dana.packet().await.map(|it| it[0]);
        assert!(next.is_some_and(|first| first != 0x20), "{next:?}");
    }
}

#[tokio::test]
async fn a_clean_session_is_accepted_and_not_present() {
    let house = house().await;
    for _ in 0..2 {
        let mut dana = house.tls().await;
        dana.send(&connect(DANA).bytes()).await;
        assert_eq!(dana.packet().await, Some(vec![0x20, 2, 0, 0]));
    }
}

#[tokio::test]
async fn a_session_to_be_kept_is_accepted_and_not_present() {
    let house = house().await;
    for round in 0..3 {
        let mut dana = house.tls().await;
        dana.send(&Connect { flags: 0b1100_0000, ..connect(DANA) }.bytes()).await;
        assert_eq!(dana.packet().await, Some(vec![0x20, 2, 0, 0]), "connection {round}");
    }
}

#[tokio::test]
async fn a_refusal_says_no_session_and_ends_the_connection() {
    let house = house().await;
    let (id, other) = (DANA.enrolment.to_string(), OMAR.enrolment.to_string());
    for (what, hers, code) in [
        ("another level", Connect { level: 3, ..connect(DANA) }, 1),
        ("a foreign client id", Connect::of(&other, &other, &credential(DANA)), 2),
        ("a guessed password", Connect::of(&id, &id, "a guess"), 5),
        ("another user name", Connect::of(&id, "dana", &credential(DANA)), 5),
    ] {
        for flags in [0b1100_0010, 0b1100_0000] {
            let hers = Connect { flags, ..hers.clone() };
            is_answered_and_not_let_in(&house, what, &hers.bytes(), code).await;
        }
    }
}

#[tokio::test]
async fn a_connect_that_cannot_be_checked_in_time_gets_no_connack() {
    let server = Server::new();
    let mut handlers = server.handlers();
    handlers.authenticate = Arc::new(|_, _| Box::pin(std::future::pending()));
    let config = EdgeConfig {
        listen: SocketAddr::from(([127, 0, 0, 1], 0)),
        connect_timeout: Duration::from_millis(300),
        ..EdgeConfig::default()
    };
    let (tls, client) = certificate();
    let edge = Arc::new(Edge::start(config, tls, handlers).await.unwrap());
    let house = House { edge, server, client };
    is_not_let_in(&house, "no code fits", &connect(DANA).bytes()).await;
}
