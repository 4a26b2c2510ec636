//! The record as someone reads it who has seen nothing of the traffic, over HTTPS.

use std::collections::BTreeMap;

use serde_json::json;
use waypost_protocol::{ConversationId, Downlink, EVENTS_MAX, Event, FactId, Pull, Uplink, kind};

use crate::office::Caller;

/// Every text of the group, and how often it is there.
pub async fn texts(reader: &Caller, group: ConversationId) -> BTreeMap<FactId, usize> {
    let mut found = BTreeMap::new();
    let limit = u16::try_from(EVENTS_MAX).expect("a small number");
    let mut pull = Pull { limit, ..Pull::default() };
    loop {
        let answer = reader.post("/v1/sync", json!(Uplink::Pull(pull.clone()))).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        let frames: Vec<Downlink> = serde_json::from_value(answer.body).expect("frames");
        let [Downlink::Events(events)] = &frames[..] else { panic!("no events: {frames:?}") };
        for id in events.events.iter().filter_map(|event| text_of(event, group)) {
            *found.entry(id).or_default() += 1;
        }
        (pull.after.epoch, pull.after.n) = (events.epoch, events.next);
        if !events.more {
            return found;
        }
    }
}

/// The id of an event that is a text of this group.
pub fn text_of(event: &Event, group: ConversationId) -> Option<FactId> {
    let is_one = event.content.kind == kind::TEXT && event.conversation == Some(group);
    event.id.filter(|_| is_one)
}
