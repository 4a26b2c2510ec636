//! What these tests send and expect, byte by byte. It uses no codec of ours.

use waypost_edge::Identity;
use waypost_protocol::topic;

use crate::bytes_of::{field, packet};
use crate::support::{DANA, House};

pub const CONNACK: [u8; 4] = [0x20, 2, 0, 0];
pub const PINGREQ: [u8; 2] = [0xC0, 0];
pub const PINGRESP: [u8; 2] = [0xD0, 0];
pub const DISCONNECT: [u8; 2] = [0xE0, 0];

/// An uplink frame (`pull`, from the beginning, nothing wanted) with this number below 24.
pub fn pull(number: u8) -> [u8; 8] {
    [0x82, 2, 0x83, 0x82, 0, 0, number, 0]
}

/// A PUBLISH whose first byte says all of its flags.
pub fn publish(first: u8, topic: impl AsRef<[u8]>, packet_id: u16, payload: &[u8]) -> Vec<u8> {
    let has_packet_id = first & 0b0110 != 0;
    let packet_id = packet_id.to_be_bytes();
    let packet_id = if has_packet_id { &packet_id[..] } else { &[] };
    packet(first, &[&field(topic)[..], packet_id, payload].concat())
}

/// A SUBSCRIBE of filters with the byte beside each.
pub fn subscribe(packet_id: u16, filters: &[(&[u8], u8)]) -> Vec<u8> {
    let filters =
        filters.iter().flat_map(|(filter, asked)| [&field(filter)[..], &[*asked]].concat());
    packet(0x82, &packet_id.to_be_bytes().into_iter().chain(filters).collect::<Vec<_>>())
}

pub fn unsubscribe(packet_id: u16, filters: &[&[u8]]) -> Vec<u8> {
    let filters = filters.iter().flat_map(field);
    packet(0xA2, &packet_id.to_be_bytes().into_iter().chain(filters).collect::<Vec<_>>())
}

pub fn puback(packet_id: u16) -> Option<Vec<u8>> {
    Some([&[0x40, 2][..], &packet_id.to_be_bytes()].concat())
}

pub fn suback(packet_id: u16, codes: &[u8]) -> Option<Vec<u8>> {
    Some(packet(0x90, &[&packet_id.to_be_bytes()[..], codes].concat()))
}

pub fn unsuback(packet_id: u16) -> Option<Vec<u8>> {
    Some([&[0xB0, 2][..], &packet_id.to_be_bytes()].concat())
}

/// A downlink as it should come: QoS 0, no DUP, no RETAIN, no packet id.
pub fn downlink(identity: Identity, payload: &[u8]) -> Option<Vec<u8>> {
    Some(packet(0x30, &[&field(topic::down(identity.enrolment))[..], payload].concat()))
}

/// Whether it is a downlink that refuses the frame that was published.
pub fn is_refusal(packet: &[u8]) -> bool {
    let topic = field(topic::down(DANA.enrolment));
    let payload = packet.get(2..).and_then(|body| body.strip_prefix(&topic[..]));
    packet[0] == 0x30 && payload.is_some_and(|payload| payload.get(1) == Some(&4))
}

/// Dana is connected and sends these bytes: she is hung up on without a word.
pub async fn is_hung_up_on(house: &House, what: &str, bytes: &[u8]) {
    let mut dana = house.connected(DANA).await;
    dana.send(bytes).await;
    assert_eq!(dana.packet().await, None, "{what}");
}

/// Someone begins with these bytes: the connection ends without a CONNACK.
pub async fn is_not_let_in(house: &House, what: &str, bytes: &[u8]) {
    let mut tablet = house.tls().await;
    tablet.send(bytes).await;
    assert_eq!(tablet.packet().await, None, "{what}");
    assert_eq!(house.edge.counters().accepted, 0, "{what}");
}

/// Someone begins with these bytes: this return code, no session, and the end.
pub async fn is_answered_and_not_let_in(house: &House, what: &str, bytes: &[u8], code: u8) {
    let mut tablet = house.tls().await;
    tablet.send(bytes).await;
    assert_eq!(tablet.packet().await, Some(vec![0x20, 2, 0, code]), "{what}");
    assert_eq!(tablet.packet().await, None, "{what}");
}

/// The numbers of the pulls that reached the server behind the edge.
pub fn handed(house: &House) -> Vec<u32> {
    house.server.handed.lock().unwrap().iter().map(|(_, number)| *number).collect()
}
