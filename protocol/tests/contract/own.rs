//! What people choose for themselves: how much to hear, when, and of whom.

use waypost_protocol::*;

use crate::samples::{DANA, MORNING, OMAR};

const NORTH: ConversationId = ConversationId::Group(3);
const MAREK: PersonId = PersonId(9);

/// One of each kind, and their optional parts.
pub fn bodies() -> Vec<(&'static str, Body)> {
    let for_an_hour = Hearing { hear: Hear::Nothing, until: Some(MORNING + 3_600_000) };
    let mentions = Hearing { hear: Hear::Mentions, until: None };
    let night = |days| QuietHours { from_minute: 1_320, until_minute: 360, days };
    vec![
        ("notify, as before", notify(None, None)),
        ("notify, mentions", notify(None, Some(mentions))),
        ("notify, muted for an hour", notify(Some(NORTH), Some(for_an_hour))),
        ("quiet hours, none", quiet(None, BreaksThrough::Urgent)),
        ("quiet hours", quiet(Some(night(Vec::new())), BreaksThrough::Urgent)),
        ("quiet hours of the weekend", quiet(Some(night(vec![6, 7])), BreaksThrough::Emergency)),
        ("blocked", Body::Blocked { person: MAREK }),
        ("unblocked", Body::Unblocked { person: MAREK }),
    ]
}

fn notify(conversation: Option<ConversationId>, hearing: Option<Hearing>) -> Body {
    Body::Notify { conversation, hearing }
}

fn quiet(hours: Option<QuietHours>, breaks_through: BreaksThrough) -> Body {
    Body::QuietHours { hours, breaks_through }
}

fn chosen(facts: &[Body]) -> NotificationSettings {
    let mut chosen = NotificationSettings::default();
    facts.iter().for_each(|fact| chosen.hears(fact));
    chosen
}

fn said(priority: Priority, calls_me: bool) -> Said {
    Said { conversation: NORTH, author: OMAR, priority, calls_me }
}

#[test]
fn quiet_hours_have_minutes_of_a_day_and_days_of_a_week() {
    let wrong = |from_minute, until_minute, days: &[u8]| {
        let hours = QuietHours { from_minute, until_minute, days: days.to_vec() };
        quiet(Some(hours), BreaksThrough::Urgent).check().map_err(|error| error.field)
    };
    assert_eq!((wrong(1_439, 0, &[]), wrong(0, 1_439, &[1, 7])), (Ok(()), Ok(())));
    assert_eq!(
        (wrong(1_440, 0, &[]), wrong(0, 1_440, &[])),
        (Err("from_minute"), Err("from_minute"))
    );
    assert_eq!(wrong(60, 60, &[]), Err("until_minute"));
    assert_eq!((wrong(0, 1, &[0]), wrong(0, 1, &[8])), (Err("days"), Err("days")));
    assert_eq!(wrong(0, 1, &[1; 8]), Err("days"));
    assert_eq!(quiet(None, BreaksThrough::Urgent).check(), Ok(()));
}

/// 2026-03-02, a Monday, at this time in UTC.
fn monday(hour: i64, minute: i64) -> Millis {
    const MONDAY: Millis = 1_772_409_600_000;
    MONDAY + (hour * 60 + minute) * 60_000
}

#[test]
fn the_night_of_friday_ends_on_saturday_by_the_clock_of_the_device() {
    let night = QuietHours { from_minute: 22 * 60, until_minute: 6 * 60, days: vec![1] };
    let at = |hours: i64, minute| night.are_at(monday(hours, minute), 0);
    assert_eq!([at(21, 59), at(22, 0), at(24 + 5, 59), at(24 + 6, 0)], [false, true, true, false]);
    assert!(!at(5, 0), "that is the night of Sunday");
    assert!(night.are_at(monday(21, 0), 60), "ten in the evening in Warsaw");
    assert!(!night.are_at(monday(22, 0), -60), "nine in the evening in the Azores");
    let noon = QuietHours { from_minute: 12 * 60, until_minute: 13 * 60, days: Vec::new() };
    let at = |hours: i64, minute| noon.are_at(monday(hours, minute), 0);
    assert_eq!([at(11, 59), at(12, 0), at(12, 59), at(13, 0)], [false, true, true, false]);
    assert!(noon.are_at(monday(12 - 24 * 30_000, 0), 0), "also long before 1970");
}

#[test]
fn what_is_chosen_for_a_group_goes_before_what_is_chosen_for_all() {
    let mentions = Some(Hearing { hear: Hear::Mentions, until: None });
    let for_an_hour = Some(Hearing { hear: Hear::Nothing, until: Some(MORNING + 3_600_000) });
    let mut chosen = chosen(&[notify(None, mentions), notify(Some(NORTH), for_an_hour)]);
    let routine = said(Priority::Routine, true);
    assert_eq!(chosen.hearing_of(NORTH, MORNING), Hear::Nothing);
    assert_eq!(chosen.loudness(routine, MORNING, 0), Loudness::Silent);
    let later = MORNING + 3_600_000;
    assert_eq!(chosen.hearing_of(NORTH, later), Hear::Mentions, "the hour is over");
    assert_eq!(chosen.loudness(routine, later, 0), Loudness::Sounds);
    let uncalled = said(Priority::Routine, false);
    assert_eq!(chosen.loudness(uncalled, later, 0), Loudness::Silent);
    chosen.hears(&notify(Some(NORTH), None));
    chosen.hears(&notify(None, None));
    assert_eq!(chosen, NotificationSettings::default());
    assert_eq!(chosen.loudness(uncalled, MORNING, 0), Loudness::Sounds);
}

#[test]
fn what_is_urgent_breaks_through_and_an_emergency_always_does() {
    let nothing = notify(None, Some(Hearing { hear: Hear::Nothing, until: None }));
    let noon = QuietHours { from_minute: 720, until_minute: 780, days: Vec::new() };
    let of = |breaks_through| chosen(&[nothing.clone(), quiet(Some(noon.clone()), breaks_through)]);
    let (both, emergencies) = (of(BreaksThrough::Urgent), of(BreaksThrough::Emergency));
    for at in [monday(10, 0), monday(12, 30)] {
        let heard = |chosen: &NotificationSettings, priority| {
            chosen.loudness(said(priority, true), at, 0) == Loudness::Sounds
        };
        assert!(!heard(&both, Priority::Routine) && heard(&both, Priority::Urgent));
        assert!(!heard(&emergencies, Priority::Urgent) && heard(&emergencies, Priority::Emergency));
    }
    let at_noon = chosen(&[quiet(Some(noon), BreaksThrough::Urgent)]);
    let routine = said(Priority::Routine, true);
    assert_eq!(at_noon.loudness(routine, monday(12, 30), 0), Loudness::Silent);
    assert_eq!(at_noon.loudness(routine, monday(13, 30), 0), Loudness::Sounds);
}

#[test]
fn who_is_blocked_is_folded_away_but_for_emergencies() {
    let mut chosen = chosen(&[Body::Blocked { person: OMAR }]);
    let loudness =
        |chosen: &NotificationSettings, priority| chosen.loudness(said(priority, true), MORNING, 0);
    assert_eq!(loudness(&chosen, Priority::Urgent), Loudness::Hidden);
    assert_eq!(loudness(&chosen, Priority::Emergency), Loudness::Sounds);
    chosen.hears(&Body::Unblocked { person: OMAR });
    assert_eq!(loudness(&chosen, Priority::Routine), Loudness::Sounds);
    chosen.hears(&Body::text("nothing is chosen by that"));
    assert_eq!(chosen, NotificationSettings::default());
}

#[test]
fn there_is_a_bound_on_what_is_chosen() {
    let hearing = Some(Hearing::default());
    let groups = |count: usize| (0..count as u32).map(ConversationId::Group);
    let many: Vec<_> = groups(HEARINGS_MAX).map(|it| notify(Some(it), hearing)).collect();
    let mut full = chosen(&many);
    assert!(!full.is_too_large());
    full.hears(&notify(Some(ConversationId::Dispatch(DANA)), hearing));
    assert!(full.is_too_large());
    let people = (0..=BLOCKED_MAX as u32).map(|it| Body::Blocked { person: PersonId(it) });
    let blocks: Vec<_> = people.collect();
    assert!(!chosen(&blocks[1..]).is_too_large());
    assert!(chosen(&blocks).is_too_large());
}

#[test]
fn what_is_chosen_keeps_in_json() {
    let all: Vec<_> = bodies().into_iter().map(|(_, body)| body).collect();
    let chosen = chosen(&all[..7]);
    let json = serde_json::to_string(&chosen).unwrap();
    assert_eq!(serde_json::from_str::<NotificationSettings>(&json).unwrap(), chosen);
    assert_eq!(serde_json::from_str::<NotificationSettings>("{}").unwrap(), Default::default());
}
