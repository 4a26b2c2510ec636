//! Who is told that someone comes or goes, and how a device finds out that it missed a push.

use waypost_domain::live::{Listener, Live, Push, RECENT_MAX, Told};
use waypost_protocol::{
    Body, ConversationId, Downlink, EnrolmentId, Event, Events, FactId, PersonId, PresenceOf, Role,
    Sequence,
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

fn has_everything(live: &mut Live, who: Listener) -> Vec<Push> {
    live.answered(who.enrolment, &Events { next: live.position().n, ..Events::default() })
}

fn online(person: PersonId, since: i64) -> PresenceOf {
    PresenceOf { person, online: true, since: Some(since) }
}

fn gone(person: PersonId, since: i64) -> PresenceOf {
    PresenceOf { person, online: false, since: Some(since) }
}

/// Who is told what of whom.
fn told(pushes: &[Push]) -> Vec<(EnrolmentId, Vec<PresenceOf>)> {
    let presence = |(to, frame): &Push| match frame {
        Downlink::Presence(presence) => (*to, presence.people.clone()),
        other => panic!("no presence: {other:?}"),
    };
    pushes.iter().map(presence).collect()
}

#[test]
fn omar_sees_dana_come_and_go_once_whatever_devices_she_has() {
    let mut live = nobody_is_here();
    assert_eq!(live.connected(desk(), 100), [], "he has asked for nothing yet");
    let at_first = has_everything(&mut live, desk());
    assert_eq!(told(&at_first), [(desk().enrolment, vec![online(OMAR, 100)])]);
    assert_eq!(has_everything(&mut live, desk()), [], "he knows");

    let came = live.connected(tablet(), 200);
    assert_eq!(told(&came), [(desk().enrolment, vec![online(DANA, 200)])]);
    assert_eq!(has_everything(&mut live, tablet()), [], "a driver is told of nobody");
    assert_eq!(live.connected(phone(), 300), [], "she is here already");
    assert_eq!(live.people_online(), 2);
    assert_eq!(live.disconnected(tablet().enrolment, 400), [], "she is still here");
    let went = live.disconnected(phone().enrolment, 500);
    assert_eq!(told(&went), [(desk().enrolment, vec![gone(DANA, 500)])]);
    assert_eq!(live.disconnected(phone().enrolment, 600), [], "she cannot go twice");
    assert_eq!(live.people_online(), 1);

    let ines = device(4, INES, Role::Admin);
    live.connected(ines, 700);
    let at_first = has_everything(&mut live, ines);
    let everyone = vec![online(OMAR, 100), online(INES, 700), gone(DANA, 500)];
    assert_eq!(told(&at_first), [(ines.enrolment, everyone)]);
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
    has_everything(&mut live, tablet());
    assert_eq!(live.heartbeat(), [], "nothing was pushed");
    live.tell([message(1), message(2)]).expect("nothing is missing");
    let stands = Events { after: 2, next: 2, ..Events::default() };
    // Her phone has not asked for anything yet.
    assert_eq!(live.heartbeat(), [(tablet().enrolment, Downlink::Events(stands))]);
    assert_eq!(live.heartbeat(), [], "once is enough");
}
