//! Who is here, since when, and what they are at. It is not in the record.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

use waypost_protocol::{
    Activity, Body, Downlink, EnrolmentId, Event, FactId, Here, Millis, PRESENCE_PEOPLE_MAX,
    PersonId, Presence, PresenceOf, Shift, kind,
};

use super::Listener;
use super::shifts::Shifts;

/// How long someone is here who asks now and then and has no connection, in milliseconds: twice as long
/// as a device with nothing to do waits between two questions.
const HERE_FOR_MS: Millis = 40_000;

/// Who is here, and who was.
#[derive(Default)]
pub(super) struct Attendance {
    /// Whoever was here since the server has started, or works by shifts.
    people: BTreeMap<PersonId, Seen>,
    /// Devices that ask now and then, without a connection, and until when each counts as here.
    asking: BTreeMap<EnrolmentId, (Listener, Millis)>,
    shifts: Shifts,
    /// Those of whom there may be something new.
    stale: BTreeSet<PersonId>,
}

#[derive(Default)]
struct Seen {
    devices: BTreeMap<EnrolmentId, Device>,
    /// When the first device that is here came, or the last one went.
    since: Option<Millis>,
    /// What was told last.
    told: Option<PresenceOf>,
}

#[derive(Clone, Copy, Default)]
struct Device {
    activity: Activity,
    is_connected: bool,
}

impl Attendance {
    /// Notes a device that came. What its person is at it says again on each connection.
    pub(super) fn came(&mut self, listener: Listener, now: Millis) {
        let device = Device { activity: Activity::default(), is_connected: true };
        self.is_here(listener, now).devices.insert(listener.enrolment, device);
    }

    /// Notes a device that asks without a connection.
    pub(super) fn asked(&mut self, listener: Listener, now: Millis) {
        self.asking.insert(listener.enrolment, (listener, now + HERE_FOR_MS));
        self.is_here(listener, now).devices.entry(listener.enrolment).or_default();
    }

    /// Notes that a device has lost its connection. One that also asks without is still here.
    pub(super) fn went(&mut self, listener: Listener, now: Millis) {
        let asks = self.asking.contains_key(&listener.enrolment);
        let seen = self.people.get_mut(&listener.person);
        match seen.and_then(|seen| seen.devices.get_mut(&listener.enrolment)) {
            Some(device) if asks => device.is_connected = false,
            _ => self.is_gone(listener, now),
        }
    }

    /// Notes what the person at a device is at.
    pub(super) fn is_at(&mut self, listener: Listener, here: &Here) {
        let Some(seen) = self.people.get_mut(&listener.person) else { return };
        if let Some(device) = seen.devices.get_mut(&listener.enrolment) {
            device.activity = here.activity;
            self.stale.insert(listener.person);
        }
    }

    /// Shifts that are planned already.
    pub(super) fn know_shifts(&mut self, shifts: impl IntoIterator<Item = (FactId, Shift)>) {
        for (id, shift) in shifts {
            self.shifts.plan(id, shift);
        }
    }

    /// Notes a shift that is planned or cancelled by this fact, if one is.
    pub(super) fn shifts_change(&mut self, event: &Event) {
        if !matches!(event.content.kind, kind::SHIFT_PLANNED | kind::SHIFT_CANCELLED) {
            return;
        }
        match (event.content.to_body(), event.id) {
            (Ok(Body::ShiftPlanned { shift }), Some(id)) => self.know_shifts([(id, shift)]),
            (Ok(Body::ShiftCancelled { shift, person }), _) => self.shifts.cancel(person, shift),
            _ => {}
        }
    }

    pub(super) fn devices_of(&self, person: PersonId) -> impl Iterator<Item = EnrolmentId> {
        self.people.get(&person).into_iter().flat_map(|seen| seen.devices.keys().copied())
    }

    pub(super) fn is_off_shift(&self, person: PersonId, now: Millis) -> bool {
        self.shifts.is_off(person, now)
    }

    pub(super) fn people_here(&self) -> usize {
        self.people.values().filter(|seen| !seen.devices.is_empty()).count()
    }

    /// All of it, for someone who has just come.
    pub(super) fn everyone(&self, now: Millis) -> Vec<Downlink> {
        frames(self.shown(PersonId::SERVER, now))
    }

    /// What may be told of everyone after this person.
    pub(super) fn shown(&self, after: PersonId, now: Millis) -> impl Iterator<Item = PresenceOf> {
        let those = self.people.range((Bound::Excluded(after), Bound::Unbounded));
        those.map(move |(person, seen)| seen.shown(*person, &self.shifts, now))
    }

    /// What is new since this was asked last.
    pub(super) fn news(&mut self, now: Millis) -> Vec<Downlink> {
        self.drop_the_silent(now);
        let mut stale = std::mem::take(&mut self.stale);
        stale.extend(self.shifts.turned(now));
        let news = stale.into_iter().filter_map(|person| {
            let seen = self.people.entry(person).or_default();
            let shown = seen.shown(person, &self.shifts, now);
            (seen.told.replace(shown) != Some(shown)).then_some(shown)
        });
        frames(news.collect::<Vec<_>>())
    }

    fn is_here(&mut self, listener: Listener, now: Millis) -> &mut Seen {
        let seen = self.people.entry(listener.person).or_default();
        if seen.devices.is_empty() {
            seen.since = Some(now);
        }
        self.stale.insert(listener.person);
        seen
    }

    fn is_gone(&mut self, listener: Listener, now: Millis) {
        let Some(seen) = self.people.get_mut(&listener.person) else { return };
        if seen.devices.remove(&listener.enrolment).is_some() && seen.devices.is_empty() {
            seen.since = Some(now);
        }
        self.stale.insert(listener.person);
    }

    /// Whoever asks without a connection and has not asked for long is gone.
    fn drop_the_silent(&mut self, now: Millis) {
        let silent = |(_, until): &(Listener, Millis)| *until <= now;
        let gone: Vec<_> = self.asking.values().filter(|it| silent(it)).map(|it| it.0).collect();
        self.asking.retain(|_, it| !silent(it));
        let is_connected = |attendance: &Self, listener: &Listener| {
            let seen = attendance.people.get(&listener.person);
            let device = seen.and_then(|seen| seen.devices.get(&listener.enrolment));
            device.is_some_and(|device| device.is_connected)
        };
        for listener in gone {
            if !is_connected(self, &listener) {
                self.is_gone(listener, now);
            }
        }
    }
}

impl Seen {
    fn shown(&self, person: PersonId, shifts: &Shifts, now: Millis) -> PresenceOf {
        let nothing = PresenceOf {
            person,
            online: false,
            since: None,
            activity: Activity::Active,
            off_shift: true,
        };
        if shifts.is_off(person, now) {
            return nothing;
        }
        // At the wheel with one device is at the wheel; in use on one is in use.
        let activity = self.devices.values().map(|device| device.activity).max();
        // What was before the shift is nobody's business after it has begun.
        let told = |at: &Millis| !shifts.is_off(person, *at);
        let since = match activity {
            Some(_) => self.since.filter(told).or_else(|| shifts.begun_at(person, now)),
            None => self.since.filter(told),
        };
        PresenceOf {
            online: activity.is_some(),
            since,
            activity: activity.unwrap_or_default(),
            off_shift: false,
            ..nothing
        }
    }
}

fn frames(people: impl IntoIterator<Item = PresenceOf>) -> Vec<Downlink> {
    let people: Vec<_> = people.into_iter().collect();
    let frame = |people: &[PresenceOf]| {
        Downlink::Presence(Presence { people: people.to_vec(), typing: Vec::new() })
    };
    people.chunks(PRESENCE_PEOPLE_MAX).map(frame).collect()
}
