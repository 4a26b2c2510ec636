//! MQTT packets written by hand, so that wrong ones can be written too.

/// A packet of this first byte around a body.
pub fn packet(first: u8, body: &[u8]) -> Vec<u8> {
    let mut bytes = vec![first];
    let mut length = body.len();
    loop {
        let more = if length >= 128 { 0x80 } else { 0 };
        bytes.push((length % 128) as u8 | more);
        length /= 128;
        if more == 0 {
            break;
        }
    }
    bytes.extend_from_slice(body);
    bytes
}

/// A length-prefixed field.
pub fn field(bytes: impl AsRef<[u8]>) -> Vec<u8> {
    let bytes = bytes.as_ref();
    let length = u16::try_from(bytes.len()).unwrap();
    [&length.to_be_bytes(), bytes].concat()
}

/// What goes into a CONNECT.
#[derive(Clone)]
pub struct Connect {
    pub name: Vec<u8>,
    pub level: u8,
    pub flags: u8,
    pub keep_alive: u16,
    pub fields: Vec<Vec<u8>>,
}

impl Connect {
    pub fn of(client_id: &str, user_name: &str, password: &str) -> Self {
        let fields = [client_id, user_name, password].map(field).to_vec();
        Self { name: b"MQTT".to_vec(), level: 4, flags: 0b1100_0010, keep_alive: 60, fields }
    }

    pub fn bytes(&self) -> Vec<u8> {
        let head = [self.level, self.flags];
        let keep_alive = self.keep_alive.to_be_bytes();
        let body = [&field(&self.name)[..], &head, &keep_alive, &self.fields.concat()].concat();
        packet(0x10, &body)
    }
}

/// A PUBLISH with QoS 1.
pub fn publish(topic: impl AsRef<[u8]>, packet_id: u16, payload: &[u8]) -> Vec<u8> {
    packet(0x32, &[&field(topic)[..], &packet_id.to_be_bytes(), payload].concat())
}

/// A SUBSCRIBE that asks for this QoS.
pub fn subscribe(filters: &[&str], qos: u8) -> Vec<u8> {
    let filters: Vec<u8> =
        filters.iter().flat_map(|filter| [field(filter), vec![qos]].concat()).collect();
    packet(0x82, &[&[0, 1], &filters[..]].concat())
}

pub fn unsubscribe(filter: &str) -> Vec<u8> {
    packet(0xA2, &[&[0, 1], &field(filter)[..]].concat())
}

pub const PINGREQ: [u8; 2] = [0xC0, 0];
pub const DISCONNECT: [u8; 2] = [0xE0, 0];
