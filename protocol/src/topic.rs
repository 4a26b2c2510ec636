//! The MQTT topics, and the only place that builds or reads them.
//!
//! An enrolment publishes to `waypost/v1/<enrolment>/up` and subscribes to
//! `waypost/v1/<enrolment>/down`. There are no others.

use crate::EnrolmentId;

const PREFIX: &str = "waypost/v1/";
const UP: &str = "/up";
const DOWN: &str = "/down";

/// Every enrolment's `down` topic, for the server's own subscription.
pub const ALL_DOWN: &str = "waypost/v1/+/down";

/// Where this enrolment publishes its uplink frames.
pub fn up(enrolment: EnrolmentId) -> String {
    format!("{PREFIX}{enrolment}{UP}")
}

/// Where this enrolment receives its downlink frames.
pub fn down(enrolment: EnrolmentId) -> String {
    format!("{PREFIX}{enrolment}{DOWN}")
}

/// Whose `down` topic this is, if it is one.
pub fn of_down(topic: &str) -> Option<EnrolmentId> {
    topic.strip_prefix(PREFIX)?.strip_suffix(DOWN)?.parse().ok()
}
