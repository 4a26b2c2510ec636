//! How a group is run stands in the record, for whichever server reads it next.

use waypost_domain::{Deed, Reply};
use waypost_protocol::{Answer, ConversationId, Entry, GroupSettings, PersonId, ProblemCode};
use waypost_storage::{Db, Member};

use super::desk::Desk;

const NORTH: u32 = 1;
const ANNOUNCEMENTS: GroupSettings =
    GroupSettings { announcements: true, leaving: true, history: false, expires_after_s: None };

/// What becomes of a message of Dana in the group, decided by a server that remembers nothing.
async fn says(desk: &mut Desk, number: u32) -> Option<ProblemCode> {
    desk.db = Db::open(&desk.url).await.expect("another server opens the record");
    let (dana, omar) = (desk.dana, desk.omar);
    let conversation = ConversationId::Group(NORTH);
    let entry = Entry { conversation, ..desk.text(dana, omar, number, "Depot closes at six") };
    match desk.submit(dana, vec![entry]).await.remove(0) {
        Answer::Accepted { .. } => None,
        Answer::Rejected { code, .. } => Some(code),
        other => panic!("{other:?}"),
    }
}

async fn members(desk: &Desk) -> Vec<Member> {
    let north = ConversationId::Group(NORTH);
    desk.db.members(&[north]).await.expect("read").remove(&north).expect("somebody is in it")
}

async fn moderators(desk: &Desk) -> Vec<PersonId> {
    members(desk).await.iter().filter(|it| it.moderates).map(|it| it.person).collect()
}

async fn done(desk: &mut Desk, deed: Deed) {
    let reply = desk.deed(deed).await;
    assert!(matches!(reply, Reply::Done(_)), "{reply:?}");
}

pub async fn a_group_is_run_as_its_moderators_want(mut desk: Desk) {
    let (omar, dana, ayo) = (desk.omar.person, desk.dana.person, desk.ayo.person);
    desk.opens("North", vec![omar, dana, ayo]).await;
    let north = ConversationId::Group(NORTH);
    let row = desk.db.conversation(north).await.expect("read").expect("is there");
    assert_eq!(
        (row.title.as_deref(), row.settings),
        (Some("North"), Some(GroupSettings::default()))
    );
    assert_eq!(moderators(&desk).await, [omar]);
    assert_eq!(says(&mut desk, 1).await, None);

    let (group, name) = (NORTH, "Depot North".to_owned());
    done(&mut desk, Deed::ChangeGroup { group, name, settings: ANNOUNCEMENTS }).await;
    assert_eq!(says(&mut desk, 2).await, Some(ProblemCode::NotAllowed));
    done(&mut desk, Deed::NameModerator { group, person: dana }).await;
    assert_eq!(moderators(&desk).await, [omar, dana]);
    assert_eq!(says(&mut desk, 3).await, None);
    done(&mut desk, Deed::EndModerator { group, person: dana }).await;
    assert_eq!(says(&mut desk, 4).await, Some(ProblemCode::NotAllowed));

    let row = desk.db.conversation(north).await.expect("read").expect("is there");
    assert_eq!((row.title.as_deref(), row.settings), (Some("Depot North"), Some(ANNOUNCEMENTS)));
    done(&mut desk, Deed::NameModerator { group, person: dana }).await;
    done(&mut desk, Deed::Leave { group, person: dana }).await;
    assert_eq!(moderators(&desk).await, [omar]);
    done(&mut desk, Deed::Join { group, person: dana }).await;
    assert_eq!(moderators(&desk).await, [omar], "she comes back as a member");
    let members: Vec<_> = members(&desk).await.iter().map(|it| it.person).collect();
    assert_eq!(members, [omar, dana, ayo]);
}
