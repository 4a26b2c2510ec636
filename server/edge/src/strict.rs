//! The rules of MQTT 3.1.1 that rumqttd's parser does not check: reserved bits, characters that no
//! string may hold, lengths that leave something over. It decides nothing beyond the standard.

use rumqttd::protocol::v4::FixedHeader;
use rumqttd::protocol::{LastWill, Login, Packet};

use crate::frame::{Connect, Fault, Frame, Publish};

/// The packet, if its bytes keep the rules that the parser does not check.
pub(crate) fn frame_of(packet: Packet, header: FixedHeader, body: &[u8]) -> Result<Frame, Fault> {
    match packet {
        Packet::Connect(connect, _, will, _, login) => {
            let login =
                login.unwrap_or_else(|| Login { username: String::new(), password: String::new() });
            check_connect(&connect.client_id, will.as_ref(), &login, body)?;
            Ok(Frame::Connect(Connect {
                client_id: connect.client_id,
                user_name: login.username,
                password: login.password,
                keep_alive_secs: connect.keep_alive,
                has_will: will.is_some(),
            }))
        }
        Packet::Publish(publish, _) => strict_publish(publish, header, body).map(Frame::Publish),
        Packet::Subscribe(subscribe, _) => {
            let filters: Vec<_> = subscribe.filters.into_iter().map(|f| f.path).collect();
            check_filters(subscribe.pkid, &filters)?;
            check_requested_qos(&filters, body)?;
            Ok(Frame::Subscribe { packet: subscribe.pkid, filters })
        }
        Packet::Unsubscribe(unsubscribe, _) => {
            check_filters(unsubscribe.pkid, &unsubscribe.filters)?;
            Ok(Frame::Unsubscribe { packet: unsubscribe.pkid, filters: unsubscribe.filters })
        }
        Packet::PubAck(..) => Ok(Frame::PubAck),
        Packet::PingReq(_) => Ok(Frame::PingReq),
        Packet::Disconnect(..) => Ok(Frame::Disconnect),
        _ => Err(Fault::Malformed),
    }
}

/// Reserved flag [MQTT-3.1.2-3], a password without a user name [MQTT-3.1.2-22], characters
/// [MQTT-1.5.3-2], and a payload of exactly the announced fields [MQTT-3.1.3-1].
fn check_connect(
    client_id: &str,
    will: Option<&LastWill>,
    login: &Login,
    body: &[u8],
) -> Result<(), Fault> {
    const FLAGS_AT: usize = 2 + "MQTT".len() + 1;
    const PAYLOAD_AT: usize = FLAGS_AT + 1 + 2;
    let flags = *body.get(FLAGS_AT).ok_or(Fault::Malformed)?;
    let has_user_name = flags & 0x80 != 0;
    let has_password = flags & 0x40 != 0;
    let field = |there: bool, bytes: usize| if there { 2 + bytes } else { 0 };
    let length = PAYLOAD_AT
        + field(true, client_id.len())
        + will.map_or(0, |will| 2 + will.topic.len() + 2 + will.message.len())
        + field(has_user_name, login.username.len())
        + field(has_password, login.password.len());
    let sound = flags & 1 == 0
        && (has_user_name || !has_password)
        && !client_id.contains('\0')
        && !login.username.contains('\0')
        && will.is_none_or(|will| is_string(&will.topic))
        && length == body.len();
    if sound { Ok(()) } else { Err(Fault::Malformed) }
}

fn strict_publish(
    publish: rumqttd::protocol::Publish,
    header: FixedHeader,
    body: &[u8],
) -> Result<Publish, Fault> {
    let topic = std::str::from_utf8(&publish.topic).map_err(|_| Fault::Malformed)?;
    // Wildcards are for filters [MQTT-3.3.2-2].
    if topic.is_empty() || topic.contains(['\0', '+', '#']) {
        return Err(Fault::Malformed);
    }
    // The parser has checked that it is there and not zero; it only does not give it away.
    let packet_at = 2 + publish.topic.len();
    let has_packet = header.byte1 & 0b0110 != 0;
    let packet = has_packet
        .then(|| body.get(packet_at..packet_at + 2))
        .flatten()
        .map(|bytes| u16::from_be_bytes([bytes[0], bytes[1]]));
    Ok(Publish {
        topic: topic.to_owned(),
        packet,
        retain: publish.retain,
        payload: publish.payload,
    })
}

/// A packet id of zero [MQTT-2.3.1-1], no filter at all [MQTT-3.8.3-3, 3.10.3-2].
fn check_filters(packet: u16, filters: &[String]) -> Result<(), Fault> {
    let sound = packet != 0 && !filters.is_empty() && filters.iter().all(|it| is_filter(it));
    if sound { Ok(()) } else { Err(Fault::Malformed) }
}

/// Not empty [MQTT-4.7.3-1], no null character [MQTT-4.7.3-2], and a wildcard has a level for
/// itself: `+` anywhere [MQTT-4.7.1-3], `#` at the end [MQTT-4.7.1-2].
fn is_filter(filter: &str) -> bool {
    let levels = filter.split('/').count();
    let is_sound = |(n, level): (usize, &str)| match level {
        "#" => n + 1 == levels,
        "+" => true,
        other => !other.contains(['+', '#']),
    };
    !filter.is_empty() && !filter.contains('\0') && filter.split('/').enumerate().all(is_sound)
}

/// The upper six bits beside each filter are reserved [MQTT-3.8.3-4].
fn check_requested_qos(filters: &[String], body: &[u8]) -> Result<(), Fault> {
    let mut at = 2;
    for filter in filters {
        at += 2 + filter.len();
        if body.get(at).is_none_or(|requested| requested & 0xFC != 0) {
            return Err(Fault::Malformed);
        }
        at += 1;
    }
    Ok(())
}

fn is_string(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_ok_and(|text| !text.contains('\0'))
}
