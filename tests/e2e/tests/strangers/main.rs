//! Clients that are not ours, unmodified, against a real server: Debian's mosquitto clients,
//! Python's paho-mqtt with cbor2, MQTT.js with cbor, rumqttc, and openssl. They know the contract
//! and nothing of our code.

mod mosquitto;
mod python;
mod tls;
mod traffic;

// Two test binaries share it, and each uses a part.
#[allow(dead_code)]
#[path = "../support/office.rs"]
mod office;

#[allow(dead_code)]
#[path = "../support/venv.rs"]
mod venv;
