//! Who is told that someone comes or goes, and how a device finds out that it missed a push.

use waypost_domain::live::{Listener, Live, Push, RECENT_MAX, Told};
use waypost_protocol::{
    Activity, Body, ConversationId, Downlink, EnrolmentId, Event, Events, FactId, Here, PersonId,
    PresenceOf, Role, Sequence, Shift,
};

const OMAR: PersonId = PersonId(1);
const DANA: PersonId = PersonId(2);
const INES: PersonId = PersonId(3);

fn device(number: u128, person: PersonId, role: Role) -> Listener {
    Listener { enrolment: EnrolmentId::mint(0, number), person, role }
}

fn desk() -> Listener {
    device(1, OMAR, Role::Dispatcher)
}

fn tablet() -> Listener {
    device(2, DANA, Role::Driver)
}

fn phone() -> Listener {
    device(3, DANA, Role::Driver)
}

fn nobody_is_here() -> Live {
    Live::new(Sequence::default(), Vec::new(), RECENT_MAX)
}

fn has_everything(live: &mut Live, who: Listener, now: i64) -> Vec<Push> {
    let page = Events { next: live.position().n, ..Events::default() };
    live.answered(who.enrolment, &page, now)
}

fn online(person: PersonId, since: i64) -> PresenceOf {
    let activity = Activity::Active;
    PresenceOf { person, online: true, since: Some(since), activity, off_shift: false }
}

fn gone(person: PersonId, since: i64) -> PresenceOf {
    PresenceOf { online: false, ..online(person, since) }
}

fn off_shift(person: PersonId) -> PresenceOf {
    PresenceOf { since: None, off_shift: true, ..gone(person, 0) }
}

/// Who is told what of whom.
fn told(pushes: &[Push]) -> Vec<(EnrolmentId, Vec<PresenceOf>)> {
    let presence = |(to, frame): &Push| match frame {
        Downlink::Presence(presence) => (*to, presence.people.clone()),
        other => panic!("no presence: {other:?}"),
    };
    pushes.iter().map(presence).collect()
}

/// What Omar is told at this time, who alone hears of it.
fn news(live: &mut Live, now: i64) -> Vec<PresenceOf> {
    let told = told(&live.presence(now));
    assert!(told.iter().all(|(to, _)| *to == desk().enrolment), "others are told: {told:?}");
    told.into_iter().flat_map(|(_, people)| people).collect()
}

/// Omar is at his desk and has been told all there was.
fn omar_is_here() -> Live {
    let mut live = nobody_is_here();
    live.connected(desk(), 100);
    let at_first = has_everything(&mut live, desk(), 100);
    assert_eq!(told(&at_first), [(desk().enrolment, vec![online(OMAR, 100)])]);
    assert_eq!(news(&mut live, 100), [online(OMAR, 100)]);
    live
}

fn at_the_wheel() -> Here {
    Here { activity: Activity::Driving, typing: None }
}

#[test]
fn omar_sees_dana_come_and_go_once_whatever_devices_she_has() {
    let mut live = omar_is_here();
    live.connected(tablet(), 200);
    assert_eq!(has_everything(&mut live, tablet(), 200), [], "a driver is told of nobody");
    assert_eq!(news(&mut live, 210), [online(DANA, 200)]);
    live.connected(phone(), 300);
    assert_eq!(news(&mut live, 310), [], "she is here already");
    assert_eq!(live.people_online(), 2);
    live.disconnected(tablet().enrolment, 400);
    assert_eq!(news(&mut live, 410), [], "she is still here");
    live.disconnected(phone().enrolment, 500);
    assert_eq!(news(&mut live, 510), [gone(DANA, 500)]);
    live.disconnected(phone().enrolment, 600);
    assert_eq!(news(&mut live, 610), [], "she cannot go twice");
    assert_eq!(live.people_online(), 1);

    let ines = device(4, INES, Role::Admin);
    live.connected(ines, 700);
    let before = has_everything(&mut live, ines, 700);
    let everyone = vec![online(OMAR, 100), gone(DANA, 500), online(INES, 700)];
    assert_eq!(told(&before), [(ines.enrolment, everyone)]);
    assert_eq!(has_everything(&mut live, ines, 705), [], "she knows");
    let of_her = vec![online(INES, 700)];
    let both = [(desk().enrolment, of_her.clone()), (ines.enrolment, of_her)];
    assert_eq!(told(&live.presence(710)), both);
}

#[test]
fn a_line_that_flickers_between_two_looks_is_no_news() {
    let mut live = omar_is_here();
    live.connected(tablet(), 200);
    live.disconnected(tablet().enrolment, 210);
    live.connected(tablet(), 220);
    assert_eq!(news(&mut live, 250), [online(DANA, 220)], "once, as it is now");
    assert_eq!(news(&mut live, 500), []);
}

#[test]
fn omar_sees_that_dana_is_at_the_wheel_or_away() {
    let mut live = omar_is_here();
    live.connected(tablet(), 200);
    live.connected(phone(), 200);
    let is_at = |activity| [PresenceOf { activity, ..online(DANA, 200) }];
    assert_eq!(news(&mut live, 210), is_at(Activity::Active));

    live.is_at(phone(), &Here { activity: Activity::Away, typing: None });
    assert_eq!(news(&mut live, 220), [], "she has the tablet in her hands");
    live.is_at(tablet(), &at_the_wheel());
    assert_eq!(news(&mut live, 230), is_at(Activity::Driving));
    live.is_at(tablet(), &Here { activity: Activity::Away, typing: None });
    assert_eq!(news(&mut live, 240), is_at(Activity::Away));
    // On a new connection she says it again.
    live.connected(tablet(), 250);
    assert_eq!(news(&mut live, 250), is_at(Activity::Active));
    // Whoever is not here is at nothing.
    live.is_at(device(9, INES, Role::Driver), &at_the_wheel());
    assert_eq!(news(&mut live, 260), []);
}

#[test]
fn whoever_asks_over_https_is_here_until_they_have_not_asked_for_long() {
    let mut live = omar_is_here();
    live.asked(tablet(), 1_000);
    assert_eq!(news(&mut live, 1_000), [online(DANA, 1_000)]);
    live.asked(tablet(), 21_000);
    assert_eq!(news(&mut live, 60_999), [], "she asked forty seconds ago");
    assert_eq!(news(&mut live, 61_000), [gone(DANA, 61_000)]);

    // A device with a connection is here by that, whatever it asks besides.
    live.connected(tablet(), 70_000);
    live.asked(tablet(), 70_000);
    assert_eq!(news(&mut live, 70_000), [online(DANA, 70_000)]);
    assert_eq!(news(&mut live, 500_000), []);
    // MQTT gets through no longer: she is at the wheel all the same, and here as long as she asks.
    live.is_at(tablet(), &at_the_wheel());
    let driving = PresenceOf { activity: Activity::Driving, ..online(DANA, 70_000) };
    assert_eq!(news(&mut live, 500_001), [driving]);
    live.asked(tablet(), 500_010);
    live.disconnected(tablet().enrolment, 500_020);
    assert_eq!(news(&mut live, 540_009), []);
    assert_eq!(news(&mut live, 540_010), [gone(DANA, 540_010)]);
}

#[test]
fn off_shift_nothing_is_told_of_dana() {
    let mut live = omar_is_here();
    let (early, late) = (FactId::mint(0, 1), FactId::mint(0, 2));
    let shift = |from, until| Shift { person: DANA, from, until, on_call: false };
    live.know_shifts([(early, shift(1_000, 2_000)), (late, shift(5_000, 6_000))]);
    assert_eq!(news(&mut live, 500), [off_shift(DANA)]);

    live.connected(tablet(), 600);
    live.is_at(tablet(), &at_the_wheel());
    assert_eq!(news(&mut live, 600), [], "she looks at her route before she works");
    let driving = PresenceOf { activity: Activity::Driving, ..online(DANA, 1_000) };
    assert_eq!(news(&mut live, 999), []);
    assert_eq!(news(&mut live, 1_000), [driving]);
    assert_eq!(news(&mut live, 1_999), []);
    assert_eq!(news(&mut live, 2_000), [off_shift(DANA)]);

    live.tell([planned(1, shift(3_000, 4_000))]).expect("nothing is missing");
    let driving = PresenceOf { since: Some(3_000), ..driving };
    assert_eq!(news(&mut live, 3_500), [driving], "someone has asked her to stay");
    live.tell([cancelled(2, 1, DANA)]).expect("nothing is missing");
    assert_eq!(news(&mut live, 3_600), [off_shift(DANA)]);
    live.disconnected(tablet().enrolment, 3_700);
    assert_eq!(news(&mut live, 3_700), [], "nor that she is gone");
    let was_off = PresenceOf { since: None, ..gone(DANA, 0) };
    assert_eq!(news(&mut live, 5_000), [was_off], "nobody knows that she looked in at night");
    live.connected(tablet(), 5_100);
    live.disconnected(tablet().enrolment, 5_200);
    assert_eq!(news(&mut live, 5_200), [gone(DANA, 5_200)]);
    assert_eq!(news(&mut live, 6_000), [off_shift(DANA)]);
    let ines = device(4, INES, Role::Admin);
    live.connected(ines, 6_100);
    let before = told(&has_everything(&mut live, ines, 6_100));
    let off = before.iter().flat_map(|(_, of)| of).find(|of| of.person == DANA);
    assert_eq!(off, Some(&off_shift(DANA)), "whoever comes later is told no more");
    live.disconnected(ines.enrolment, 6_200);
    live.presence(6_300);

    // A month after the last one she works by no shifts any more.
    let month = 30 * 24 * 60 * 60 * 1_000;
    assert_eq!(news(&mut live, 6_000 + month - 1), []);
    assert_eq!(news(&mut live, 6_000 + month), [gone(DANA, 5_200)]);
}

#[test]
fn those_who_look_at_a_large_fleet_are_told_of_it_in_frames_of_a_thousand() {
    let mut live = omar_is_here();
    let drivers =
        (0..2_500_u32).map(|n| device(100 + u128::from(n), PersonId(100 + n), Role::Driver));
    drivers.for_each(|driver| live.connected(driver, 200));
    let sizes = |pushes: &[Push]| told(pushes).iter().map(|(_, of)| of.len()).collect::<Vec<_>>();
    assert_eq!(sizes(&live.presence(210)), [1_000, 1_000, 500]);
    let ines = device(4, INES, Role::Admin);
    live.connected(ines, 300);
    assert_eq!(sizes(&has_everything(&mut live, ines, 300)), [1_000, 1_000, 502]);
}

fn message(n: u64) -> Told {
    let event = Event {
        n,
        recorded_at: 0,
        content: Body::text("Gate 4 is closed").to_content(),
        id: Some(FactId::mint(0, u128::from(n))),
        author: Some(OMAR),
        conversation: ConversationId::direct(OMAR, DANA),
        offset_minutes: 0,
        skew_ms: None,
    };
    Told { epoch: 0, event, receipts_for: Vec::new(), from: None }
}

#[test]
fn after_a_push_dana_hears_once_where_the_record_stands() {
    let mut live = nobody_is_here();
    live.connected(tablet(), 0);
    live.connected(phone(), 0);
    has_everything(&mut live, tablet(), 0);
    assert_eq!(live.heartbeat(), [], "nothing was pushed");
    live.tell([message(1), message(2)]).expect("nothing is missing");
    let stands = Events { after: 2, next: 2, ..Events::default() };
    // Her phone has not asked for anything yet.
    assert_eq!(live.heartbeat(), [(tablet().enrolment, Downlink::Events(stands))]);
    assert_eq!(live.heartbeat(), [], "once is enough");
}

fn planned(n: u64, shift: Shift) -> Told {
    let said = message(n);
    let content = Body::ShiftPlanned { shift }.to_content();
    Told {
        event: Event { content, conversation: Some(ConversationId::Fleet), ..said.event },
        ..said
    }
}

/// The shift that was planned by the fact with this number.
fn cancelled(n: u64, planned_by: u128, person: PersonId) -> Told {
    let said = message(n);
    let shift = FactId::mint(0, planned_by);
    let content = Body::ShiftCancelled { shift, person }.to_content();
    Told {
        event: Event { content, conversation: Some(ConversationId::Fleet), ..said.event },
        ..said
    }
}
