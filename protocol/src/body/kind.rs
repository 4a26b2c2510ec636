//! The numbers of the kinds of fact. They are never reused, and this is the only list of them.

/// Whether people read it in a conversation (and it earns receipts).
pub fn is_message(kind: u16) -> bool {
    kind == BROADCAST || TOLD.contains(&kind)
}

/// The messages that one person tells another. A broadcast becomes such for each of its recipients.
pub const TOLD: [u16; 8] =
    [TEXT, TEMPLATE, FILE, LOCATION, CONTACT, INCIDENT, STOP_MOVED, CONSIGNEE_SAID];

/// Whether such a message stays, whatever it says and whoever wants it gone: what it began or changed would have no
/// beginning.
pub fn stays(kind: u16) -> bool {
    matches!(kind, INCIDENT | STOP_MOVED | CONSIGNEE_SAID)
}

/// Whether it is about trips and stops.
pub fn is_of_trips(kind: u16) -> bool {
    (TRIP_PLANNED..=CONSIGNEE_SAID).contains(&kind)
}

/// See [`crate::Body::Text`].
pub const TEXT: u16 = 1;
/// See [`crate::Body::Template`].
pub const TEMPLATE: u16 = 2;
/// See [`crate::Body::Acknowledgement`].
pub const ACKNOWLEDGEMENT: u16 = 3;
/// See [`crate::Body::Edit`].
pub const EDIT: u16 = 4;
/// See [`crate::Body::Deletion`].
pub const DELETION: u16 = 5;
/// See [`crate::Body::Broadcast`].
pub const BROADCAST: u16 = 6;
/// See [`crate::Body::EscalationStopped`].
pub const ESCALATION_STOPPED: u16 = 7;
/// See [`crate::Body::File`].
pub const FILE: u16 = 8;
/// See [`crate::Body::Location`].
pub const LOCATION: u16 = 9;
/// See [`crate::Body::Receipts`].
pub const RECEIPTS: u16 = 10;
/// See [`crate::Body::Escalation`].
pub const ESCALATION: u16 = 11;
/// See [`crate::Body::PersonAdded`].
pub const PERSON_ADDED: u16 = 20;
/// See [`crate::Body::GroupCreated`].
pub const GROUP_CREATED: u16 = 21;
/// See [`crate::Body::MemberJoined`].
pub const MEMBER_JOINED: u16 = 22;
/// See [`crate::Body::MemberLeft`].
pub const MEMBER_LEFT: u16 = 23;
/// See [`crate::Body::GroupChanged`].
pub const GROUP_CHANGED: u16 = 24;
/// See [`crate::Body::ModeratorNamed`].
pub const MODERATOR_NAMED: u16 = 25;
/// See [`crate::Body::ModeratorEnded`].
pub const MODERATOR_ENDED: u16 = 26;
/// See [`crate::Body::ChainSet`].
pub const CHAIN_SET: u16 = 27;
/// See [`crate::Body::TemplatePublished`].
pub const TEMPLATE_PUBLISHED: u16 = 28;
/// See [`crate::Body::Enrolled`].
pub const ENROLLED: u16 = 30;
/// See [`crate::Body::Revoked`].
pub const REVOKED: u16 = 31;
/// See [`crate::Body::CoverageSet`].
pub const COVERAGE_SET: u16 = 32;
/// See [`crate::Body::ShiftPlanned`].
pub const SHIFT_PLANNED: u16 = 33;
/// See [`crate::Body::ShiftCancelled`].
pub const SHIFT_CANCELLED: u16 = 34;
/// See [`crate::Body::Flagged`].
pub const FLAGGED: u16 = 35;
/// See [`crate::Body::FlagRulesSet`].
pub const FLAG_RULES_SET: u16 = 36;
/// See [`crate::Body::EpochBegan`].
pub const EPOCH_BEGAN: u16 = 40;
/// See [`crate::Body::Contact`].
pub const CONTACT: u16 = 100;
/// See [`crate::Body::Incident`].
pub const INCIDENT: u16 = 101;
/// See [`crate::Body::Assigned`].
pub const ASSIGNED: u16 = 102;
/// See [`crate::Body::Resolved`].
pub const RESOLVED: u16 = 103;
/// See [`crate::Body::Reopened`].
pub const REOPENED: u16 = 104;
/// See [`crate::Body::Notify`].
pub const NOTIFY: u16 = 110;
/// See [`crate::Body::QuietHours`].
pub const QUIET_HOURS: u16 = 111;
/// See [`crate::Body::Blocked`].
pub const BLOCKED: u16 = 112;
/// See [`crate::Body::Unblocked`].
pub const UNBLOCKED: u16 = 113;
/// See [`crate::Body::Reported`].
pub const REPORTED: u16 = 114;
/// See [`crate::Body::Judged`].
pub const JUDGED: u16 = 115;
/// See [`crate::Body::ExpirySet`].
pub const EXPIRY_SET: u16 = 116;
/// See [`crate::Body::TripPlanned`].
pub const TRIP_PLANNED: u16 = 120;
/// See [`crate::Body::StopPlanned`].
pub const STOP_PLANNED: u16 = 121;
/// See [`crate::Body::PlansAnswered`].
pub const PLANS_ANSWERED: u16 = 122;
/// See [`crate::Body::StopMoved`].
pub const STOP_MOVED: u16 = 123;
/// See [`crate::Body::StopSettled`].
pub const STOP_SETTLED: u16 = 124;
/// See [`crate::Body::TripHandedOver`].
pub const TRIP_HANDED_OVER: u16 = 125;
/// See [`crate::Body::StopHandedOver`].
pub const STOP_HANDED_OVER: u16 = 126;
/// See [`crate::Body::ConsigneeSaid`].
pub const CONSIGNEE_SAID: u16 = 127;
