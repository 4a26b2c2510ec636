//! What is known about a group, and what was said in it before someone came.

use waypost_domain::{Deed, Reply};
use waypost_protocol::{
    Body, ConversationId, Earlier, Entry, GroupSettings, History, PersonId, Sequence, kind,
};

use super::desk::Desk;

const NORTH: ConversationId = ConversationId::Group(1);
const ABOUT: ConversationId = ConversationId::About(1);

async fn done(desk: &mut Desk, deed: Deed) {
    let reply = desk.deed(deed).await;
    assert!(matches!(reply, Reply::Done(_)), "{reply:?}");
}

async fn omar_says(desk: &mut Desk, number: u32, text: &str) {
    let (omar, dana) = (desk.omar, desk.dana);
    let entry = Entry { conversation: NORTH, ..desk.text(omar, dana, number, text) };
    desk.submit(omar, vec![entry]).await;
}

async fn earlier(desk: &Desk, who: PersonId, conversation: ConversationId, limit: u16) -> Earlier {
    let asked = History { conversation, before: u64::MAX, number: 7, limit };
    desk.db.earlier(who, &asked).await.expect("read")
}

fn words(page: &Earlier) -> Vec<String> {
    let text = |body| match body {
        Ok(Body::Text { text, .. }) => text,
        other => panic!("{other:?}"),
    };
    page.events.iter().map(|event| text(event.content.to_body())).collect()
}

fn kinds(page: &Earlier) -> Vec<u16> {
    page.events.iter().map(|event| event.content.kind).collect()
}

/// The group with its two messages, and Ayo, who came after them.
async fn takes_ayo_in(desk: &mut Desk, history: bool) {
    let (omar, dana) = (desk.omar.person, desk.dana.person);
    desk.opens("North", vec![omar, dana]).await;
    let settings = GroupSettings { history, ..GroupSettings::default() };
    let (group, name) = (1, "North".to_owned());
    done(desk, Deed::ChangeGroup { group, name, settings }).await;
    omar_says(desk, 1, "Depot closes at six").await;
    omar_says(desk, 2, "Gate 4 is closed").await;
    let person = desk.ayo.person;
    done(desk, Deed::Join { group, person }).await;
    omar_says(desk, 3, "Welcome, Ayo").await;
}

pub async fn a_stranger_does_not_know_that_there_is_a_group(mut desk: Desk) {
    let (omar, dana, ayo) = (desk.omar, desk.dana, desk.ayo);
    desk.opens("North", vec![dana.person]).await;
    let about = |page: &waypost_protocol::Events| {
        page.events.iter().filter(|event| event.conversation == Some(ABOUT)).count()
    };
    let start = Sequence::default();
    assert_eq!(about(&desk.pull(ayo, start).await), 0, "Ayo is not in it");
    assert_eq!(about(&desk.pull(dana, start).await), 1, "Dana is");
    assert_eq!(about(&desk.pull(omar, start).await), 1, "the staff know of every group");
    assert_eq!(earlier(&desk, ayo.person, ABOUT, 10).await.events, []);
    assert_eq!(earlier(&desk, ayo.person, NORTH, 10).await.events, []);
    assert_eq!(earlier(&desk, ayo.person, ConversationId::About(99), 10).await.events, []);

    let end = desk.db.head().await.expect("head").sequence();
    done(&mut desk, Deed::Join { group: 1, person: ayo.person }).await;
    let page = desk.pull(ayo, end).await;
    assert_eq!(page.events[0].content.kind, kind::MEMBER_JOINED, "he learns that he is in");
    let known = earlier(&desk, ayo.person, ABOUT, 10).await;
    assert_eq!(kinds(&known), [kind::GROUP_CREATED, kind::MEMBER_JOINED], "and all about it");

    done(&mut desk, Deed::Leave { group: 1, person: ayo.person }).await;
    done(&mut desk, Deed::NameModerator { group: 1, person: dana.person }).await;
    let left = earlier(&desk, ayo.person, ABOUT, 10).await;
    let until_then = [kind::GROUP_CREATED, kind::MEMBER_JOINED, kind::MEMBER_LEFT];
    assert_eq!(kinds(&left), until_then, "what comes after him is not for him");
    let all = [&until_then[..], &[kind::MODERATOR_NAMED]].concat();
    assert_eq!(kinds(&earlier(&desk, omar.person, ABOUT, 10).await), all);
}

pub async fn what_was_said_before_is_open_where_the_group_says_so(mut desk: Desk) {
    takes_ayo_in(&mut desk, true).await;
    let ayo = desk.ayo.person;
    let all = ["Depot closes at six", "Gate 4 is closed", "Welcome, Ayo"];
    let page = earlier(&desk, ayo, NORTH, 10).await;
    assert_eq!((words(&page), page.more), (all.map(str::to_owned).to_vec(), false));

    let newest = earlier(&desk, ayo, NORTH, 2).await;
    assert_eq!(
        (words(&newest), newest.more),
        (all[1..].iter().map(|it| (*it).into()).collect(), true)
    );
    let asked = History { conversation: NORTH, before: newest.events[0].n, number: 8, limit: 2 };
    let oldest = desk.db.earlier(ayo, &asked).await.expect("read");
    assert_eq!((words(&oldest), oldest.more, oldest.answers), (vec![all[0].into()], false, 8));

    // His stretch of the record still begins with his coming: nobody is told that he has more.
    let pulled = desk.pull(desk.ayo, Sequence::default()).await;
    let said = pulled.events.iter().filter(|event| event.conversation == Some(NORTH)).count();
    assert_eq!(said, 1);
    let row = desk.db.fact_for(ayo, page.events[0].id.expect("an id")).await.expect("read");
    assert!(row.is_some(), "he may look at each of them");
}

pub async fn what_was_said_before_is_closed_where_it_does_not(mut desk: Desk) {
    takes_ayo_in(&mut desk, false).await;
    let (ayo, dana) = (desk.ayo.person, desk.dana.person);
    assert_eq!(words(&earlier(&desk, ayo, NORTH, 10).await), ["Welcome, Ayo"]);
    let first = earlier(&desk, dana, NORTH, 10).await.events.remove(0);
    let row = desk.db.fact_for(ayo, first.id.expect("an id")).await.expect("read");
    assert_eq!(row, None);

    // What the group opens later is for those who come later.
    let settings = GroupSettings { history: true, ..GroupSettings::default() };
    let (group, name) = (1, "North".to_owned());
    done(&mut desk, Deed::ChangeGroup { group, name, settings }).await;
    assert_eq!(words(&earlier(&desk, ayo, NORTH, 10).await), ["Welcome, Ayo"]);
    done(&mut desk, Deed::Leave { group, person: ayo }).await;
    omar_says(&mut desk, 4, "Ayo is at South today").await;
    assert_eq!(words(&earlier(&desk, ayo, NORTH, 10).await), ["Welcome, Ayo"]);
    done(&mut desk, Deed::Join { group, person: ayo }).await;
    assert_eq!(earlier(&desk, ayo, NORTH, 10).await.events.len(), 4, "nothing comes twice");
}
