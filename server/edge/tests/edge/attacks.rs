//! What hostile or broken peers do. In each story Ayo goes on working without a gap.

use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use waypost_edge::Refusal;
use waypost_protocol::topic;

use crate::bytes_of::{self, Connect, packet, publish, subscribe};
use crate::support::{
    AYO, DANA, Device, House, OMAR, Seen, connect, credential, house, house_with, pull, within,
};

#[tokio::test]
async fn a_topic_that_begins_with_a_multibyte_character_hurts_nobody() {
    let house = house().await;
    let ayo = house.bystander(AYO).await;
    let mut dana = house.device(DANA).await;
    for topic in ["é", "€/up", "🚚", "é/waypost/v1"] {
        dana.send(&publish(topic, 7, &pull(1))).await;
        dana.send(&subscribe(&[topic], 1)).await;
        let seen = [dana.next().await, dana.next().await, dana.next().await];
        assert!(seen.contains(&Some(Seen::PubAck(7))), "{topic}: {seen:?}");
        assert!(seen.contains(&Some(Seen::SubAck(vec![0x80]))), "{topic}: {seen:?}");
    }
    dana.exchange(DANA, 1).await;
    ayo.was_unharmed().await;
    assert_eq!(house.edge.counters().router_restarts, 0);
}

#[tokio::test]
async fn a_client_id_with_wildcards_sent_twice_hurts_nobody() {
    let house = house().await;
    let ayo = house.bystander(AYO).await;
    for id in ["+", "#", "$SYS", "a/b", "waypost/v1/+/down", "+$#/"] {
        for _ in 0..2 {
            let mut tablet = house.tls().await;
            tablet.send(&Connect::of(id, id, &credential(DANA)).bytes()).await;
            assert_eq!(tablet.next().await, Some(Seen::ConnAck(2)), "{id}");
            assert_eq!(tablet.next().await, None, "{id}");
        }
    }
    house.device(DANA).await;
    ayo.was_unharmed().await;
}

#[tokio::test]
async fn peers_that_say_nothing_or_little_delay_nobody() {
    let house = house().await;
    let ayo = house.bystander(AYO).await;
    let mut silent = Vec::new();
    for _ in 0..50 {
        silent.push(house.tcp().await);
    }
    let mut slow = Vec::new();
    for _ in 0..20 {
        slow.push(slow_handshake(&house).await);
        let mut tablet = house.tls().await;
        tablet.send(&connect(DANA).bytes()[..7]).await;
        slow.push(Box::new(tablet));
    }
    house.device(DANA).await.exchange(DANA, 1).await;
    ayo.was_unharmed().await;
}

/// The first bytes of a TLS handshake, and no more.
async fn slow_handshake(house: &House) -> Box<dyn std::any::Any> {
    let mut tcp: TcpStream = house.tcp().await;
    tcp.write_all(&[0x16, 0x03, 0x01, 0x02, 0x00, 0x01]).await.unwrap();
    Box::new(tcp)
}

#[tokio::test]
async fn a_slow_connect_byte_by_byte_is_cut_off_in_time() {
    let house = house_with(|config| {
        config.connect_timeout = std::time::Duration::from_millis(300);
    })
    .await;
    let mut tablet = house.tls().await;
    let slow = tokio::spawn(async move {
        // Each byte would count as a sign of life if it were up to the peer.
        let mut pause = tokio::time::interval(std::time::Duration::from_millis(20));
        for byte in connect(DANA).bytes() {
            pause.tick().await;
            tablet.send(&[byte]).await;
        }
        tablet
    });
    house
        .until("the slow CONNECT is refused", |house| {
            house.edge.counters().refused[&Refusal::ConnectTimeout] == 1
        })
        .await;
    let mut tablet = within("the last byte", slow).await.unwrap();
    assert_eq!(tablet.next().await, None, "it was closed although it went on");
}

#[tokio::test]
async fn version_5_and_its_mutations_are_turned_away() {
    let house = house().await;
    let ayo = house.bystander(AYO).await;
    let version_5 = {
        let own = connect(DANA);
        let properties = vec![vec![5, 0x11, 0, 0, 0, 10]];
        Connect { level: 5, fields: [properties, own.fields].concat(), ..connect(DANA) }.bytes()
    };
    let mut chance = Chance(5);
    for round in 0..50 {
        let mut tablet = house.tls().await;
        let mut bytes = version_5.clone();
        if round > 0 {
            chance.mutate(&mut bytes[12..]);
        }
        tablet.send(&bytes).await;
        assert_eq!(tablet.next().await, Some(Seen::ConnAck(1)), "round {round}");
        assert_eq!(tablet.next().await, None, "round {round}");
    }
    ayo.was_unharmed().await;
}

/// The parser itself sees many more, in `src/mutation_test.rs`; here they meet a whole house.
#[tokio::test]
async fn mutated_packets_hurt_nobody() {
    let house = house().await;
    let ayo = house.bystander(AYO).await;
    let mut chance = Chance(2024);
    let packets = [
        publish(topic::up(DANA.enrolment), 7, &pull(1)),
        subscribe(&[&topic::down(DANA.enrolment)], 1),
        bytes_of::unsubscribe(&topic::down(DANA.enrolment)),
        bytes_of::PINGREQ.to_vec(),
        connect(DANA).bytes(),
    ];
    let mut dana = house.device(DANA).await;
    for round in 0..300 {
        let mut bytes = packets[round % packets.len()].clone();
        chance.mutate(&mut bytes);
        dana.send(&bytes).await;
        // Whether this one was fatal is not the point; that she can come back is.
        if round % 3 == 0 {
            dana = house.device(DANA).await;
        }
    }
    // A refusal of her last packets may still find her here: she only takes no harm.
    house.connected(DANA).await.is_alive().await;
    house.device(OMAR).await.exchange(OMAR, 1).await;
    ayo.was_unharmed().await;
    assert_eq!(house.edge.counters().router_restarts, 0);
}

#[tokio::test]
async fn qos_2_oversized_and_cut_packets_hurt_nobody() {
    let house = house().await;
    let ayo = house.bystander(AYO).await;
    let up = topic::up(DANA.enrolment);
    let cut = publish(&up, 7, &pull(1));
    let attacks: [Vec<u8>; 6] = [
        packet(0x34, &publish(&up, 7, &pull(1))[2..]),
        vec![0x62, 2, 0, 7],
        vec![0x32, 0xFF, 0xFF, 0xFF, 0x7F],
        vec![0x82, 0xFF, 0xFF, 0x7F],
        vec![0x32, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F],
        cut[..cut.len() / 2].to_vec(),
    ];
    for attack in attacks {
        let mut dana = house.device(DANA).await;
        dana.send(&attack).await;
        dana.hang_up().await;
        dana.is_closed().await;
    }
    house.device(DANA).await.exchange(DANA, 1).await;
    ayo.was_unharmed().await;
}

#[tokio::test]
async fn retained_messages_and_wills_are_never_kept() {
    let house = house().await;
    let ayo = house.bystander(AYO).await;
    let mut dana = house.device(DANA).await;
    let mut retained = publish(topic::down(AYO.enrolment), 7, &pull(1));
    retained[0] |= 1;
    dana.send(&retained).await;
    let seen = [dana.next().await, dana.next().await];
    assert!(seen.contains(&Some(Seen::PubAck(7))), "{seen:?}");
    dana.hang_up().await;
    ayo.was_unharmed().await;
    // Whoever subscribes later would get it first.
    let mut again: Device = house.device(AYO).await;
    again.is_alive().await;
}

/// Seeded chance, so that a failure can be run again.
struct Chance(u64);

impl Chance {
    fn next(&mut self, below: usize) -> usize {
        // The SplitMix64 generator.
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) % below as u64) as usize
    }

    /// Changes one to three bytes.
    fn mutate(&mut self, bytes: &mut [u8]) {
        for _ in 0..=self.next(3) {
            let at = self.next(bytes.len());
            bytes[at] = self.next(256) as u8;
        }
    }
}
