//! The MQTT front door: TLS, sessions, policy and the in-process broker.
