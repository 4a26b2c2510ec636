//! How groups come to be, change and are bounded.

use waypost_domain::{Actor, Deed, GroupState, Known, Reply, Request};
use waypost_protocol::{
    Body, ConversationId, FactId, GROUP_MEMBERS_MAX, GroupSettings, PersonId, ProblemCode,
};

use crate::crew::{AYO, DANA, NORTH, NOW, OMAR, decided, known};

use ProblemCode::{AlreadyDone, NotAllowed, NotFound, TooLarge};

const ANNOUNCEMENTS: GroupSettings =
    GroupSettings { announcements: true, leaving: false, history: false, expires_after_s: None };

/// Each deed of the operator one after the other, and what became of it.
fn done(known: &mut Known, deeds: Vec<Deed>) -> Vec<Result<(), ProblemCode>> {
    let first = 100 * (1 + known.past.len());
    let request = |(n, deed): (usize, Deed)| Request::Deed {
        actor: Actor::OPERATOR,
        id: FactId::mint(NOW, (first + n) as u128),
        deed,
    };
    let batch: Vec<_> = deeds.into_iter().enumerate().map(request).collect();
    let outcome = |reply| match reply {
        Reply::Done(_) => Ok(()),
        Reply::Refused(code) => Err(code),
        other => panic!("{other:?}"),
    };
    decided(known, &batch).replies.into_iter().map(outcome).collect()
}

/// What becomes of what someone says in North.
fn says(known: &mut Known, who: PersonId, body: &Body) -> Result<(), ProblemCode> {
    crate::crew::says(known, who, ConversationId::Group(NORTH), body).map(|_| ())
}

fn opens(members: Vec<PersonId>, moderators: Vec<PersonId>) -> Deed {
    let (name, settings) = ("South".into(), ANNOUNCEMENTS);
    Deed::CreateGroup { name, members, moderators, settings }
}

#[test]
fn a_group_has_moderators_from_its_first_day() {
    let moderators = |members, moderators| {
        let id = FactId::mint(NOW, 10);
        let deed = opens(members, moderators);
        let batch = [Request::Deed { actor: Actor::OPERATOR, id, deed }];
        match decided(&mut known(), &batch).facts[0].content.to_body() {
            Ok(Body::GroupCreated { moderators, settings, .. }) => {
                assert_eq!(settings, ANNOUNCEMENTS);
                moderators
            }
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(moderators(vec![AYO, DANA, OMAR], vec![]), [OMAR], "the staff in it");
    assert_eq!(moderators(vec![AYO, DANA, OMAR], vec![DANA, AYO, DANA]), [DANA, AYO]);
    assert_eq!(moderators(vec![AYO], vec![]), []);
    let stranger = done(&mut known(), vec![opens(vec![AYO], vec![DANA])]);
    assert_eq!(stranger, [Err(NotFound)], "a moderator is a member");
}

#[test]
fn moderators_are_named_and_ended_once() {
    let (group, person) = (NORTH, DANA);
    let named = Deed::NameModerator { group, person };
    let ended = Deed::EndModerator { group, person };
    let outsider = Deed::NameModerator { group, person: AYO };
    let mut known = known();
    let deeds = vec![ended.clone(), named.clone(), named, outsider];
    let found = done(&mut known, deeds);
    assert_eq!(found, [Err(AlreadyDone), Ok(()), Err(AlreadyDone), Err(NotFound)]);
    assert!(known.moderators.contains(&(NORTH, DANA)));
    let left = Deed::Leave { group, person };
    let back = Deed::Join { group, person };
    assert_eq!(done(&mut known, vec![left, back, ended]), [Ok(()), Ok(()), Err(AlreadyDone)]);
    assert!(!known.moderators.contains(&(NORTH, DANA)), "who leaves looks after it no more");
}

#[test]
fn a_group_for_announcements_hears_its_moderators_and_their_readers_answer_with_a_tap() {
    let mut known = known();
    let message = Body::text("Depot closes at six");
    let acknowledged = Body::Acknowledgement { message: FactId::mint(NOW, 1) };
    assert_eq!(says(&mut known, DANA, &message), Ok(()));
    let change = |group| Deed::ChangeGroup { group, name: "North".into(), settings: ANNOUNCEMENTS };
    assert_eq!(done(&mut known, vec![change(NORTH), change(7)]), [Ok(()), Err(NotFound)]);
    known.past.clear();
    assert_eq!(says(&mut known, DANA, &message), Err(NotAllowed));
    known.past.clear();
    assert_eq!(says(&mut known, DANA, &acknowledged), Ok(()));
    known.past.clear();
    assert_eq!(says(&mut known, OMAR, &message), Ok(()));
    known.past.clear();
    assert_eq!(says(&mut known, AYO, &message), Err(NotFound), "he is not in it");
}

#[test]
fn a_group_holds_so_many_and_no_more() {
    let mut known = known();
    let state = |members| GroupState { settings: GroupSettings::default(), members };
    let join = Deed::Join { group: NORTH, person: AYO };
    known.groups.insert(NORTH, state(GROUP_MEMBERS_MAX));
    assert_eq!(done(&mut known, vec![join.clone()]), [Err(TooLarge)]);
    let leave = Deed::Leave { group: NORTH, person: DANA };
    assert_eq!(done(&mut known, vec![leave, join]), [Ok(()), Ok(())], "there is room again");
    assert_eq!(known.groups[&NORTH].members, GROUP_MEMBERS_MAX);
}
