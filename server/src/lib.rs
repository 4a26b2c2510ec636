//! The Waypost server: MQTT edge, ingest, storage, HTTP interface and audit record.
