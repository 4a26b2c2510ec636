//! Who is online, and since when. It is not in the record.

use std::collections::{BTreeMap, BTreeSet};

use waypost_protocol::{Downlink, EnrolmentId, Millis, PersonId, Presence, PresenceOf};

use super::Listener;

/// Who is here, and who was.
#[derive(Default)]
pub(super) struct Attendance {
    here: BTreeMap<PersonId, Here>,
    last_seen: BTreeMap<PersonId, Millis>,
}

struct Here {
    since: Millis,
    devices: BTreeSet<EnrolmentId>,
}

impl Attendance {
    /// Notes a device that came; what is new about its person, if anything.
    pub(super) fn came(&mut self, listener: Listener, now: Millis) -> Option<PresenceOf> {
        let Listener { enrolment, person, .. } = listener;
        if let Some(here) = self.here.get_mut(&person) {
            here.devices.insert(enrolment);
            return None;
        }
        self.here.insert(person, Here { since: now, devices: [enrolment].into() });
        Some(PresenceOf { person, online: true, since: Some(now) })
    }

    /// Notes a device that went; what is new about its person, if anything.
    pub(super) fn went(&mut self, listener: Listener, now: Millis) -> Option<PresenceOf> {
        let Listener { enrolment, person, .. } = listener;
        let here = self.here.get_mut(&person)?;
        here.devices.remove(&enrolment);
        if !here.devices.is_empty() {
            return None;
        }
        self.here.remove(&person);
        self.last_seen.insert(person, now);
        Some(PresenceOf { person, online: false, since: Some(now) })
    }

    pub(super) fn devices_of(&self, person: PersonId) -> impl Iterator<Item = EnrolmentId> {
        self.here.get(&person).into_iter().flat_map(|here| here.devices.iter().copied())
    }

    pub(super) fn people(&self) -> usize {
        self.here.len()
    }

    /// All of it, for someone who has just come.
    pub(super) fn everyone(&self) -> Downlink {
        let here = self.here.iter().map(|(person, here)| PresenceOf {
            person: *person,
            online: true,
            since: Some(here.since),
        });
        let gone = self.last_seen.iter().filter(|(person, _)| !self.here.contains_key(person));
        let gone = gone.map(|(person, at)| PresenceOf {
            person: *person,
            online: false,
            since: Some(*at),
        });
        Downlink::Presence(Presence { people: here.chain(gone).collect() })
    }
}

/// What is new about one person.
pub(super) fn news(of: PresenceOf) -> Downlink {
    Downlink::Presence(Presence { people: vec![of] })
}
