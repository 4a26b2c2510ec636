//! What is said in passing and kept by nobody: who is here, and who is writing.

use waypost_protocol::*;

use crate::samples::{DANA, MORNING, OMAR, dana_and_omar};

/// What a device says its person is at.
pub fn heres() -> Vec<(&'static str, Uplink)> {
    let away = Here { activity: Activity::Away, typing: None };
    let writing = Here { typing: Some(dana_and_omar()), ..Here::default() };
    vec![
        ("here", Uplink::Here(Here::default())),
        ("here, away", Uplink::Here(away)),
        ("here, writing", Uplink::Here(writing)),
    ]
}

/// What the staff are told of others.
pub fn presences() -> Vec<(&'static str, Downlink)> {
    vec![
        ("presence", Downlink::Presence(presence())),
        ("presence with everything", Downlink::Presence(more_presence())),
    ]
}

fn presence() -> Presence {
    let people = vec![presence_of(DANA, true, Some(MORNING)), presence_of(OMAR, false, None)];
    Presence { people, typing: Vec::new() }
}

fn presence_of(person: PersonId, online: bool, since: Option<i64>) -> PresenceOf {
    PresenceOf { person, online, since, activity: Activity::Active, off_shift: false }
}

/// Someone at the wheel, someone off shift, and someone who writes.
fn more_presence() -> Presence {
    let driving =
        PresenceOf { activity: Activity::Driving, ..presence_of(DANA, true, Some(MORNING)) };
    let off = PresenceOf { off_shift: true, ..presence_of(OMAR, false, None) };
    let typing = vec![TypingIn { person: DANA, conversation: dana_and_omar() }];
    Presence { people: vec![driving, off], typing }
}
