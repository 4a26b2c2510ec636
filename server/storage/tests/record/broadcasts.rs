//! A broadcast in the record: a message to each, receipts of each, and later words for all.

use waypost_domain::{Actor, Deed, Reply, Request};
use waypost_protocol::{
    Answer, Body, ConversationId, Entry, FactId, Header, ReadMark, Recipients, Role, Sequence,
    StoredMark,
};

use super::desk::Desk;

/// Omar says this to many.
async fn tells(desk: &mut Desk, number: u32, body: Body) -> FactId {
    let omar = desk.omar;
    let entry = Entry {
        conversation: ConversationId::Broadcasts(omar.person),
        content: body.to_content(),
        ..desk.text(omar, desk.dana, number, "")
    };
    let id = entry.id;
    let answers = desk.submit(omar, vec![entry]).await;
    assert!(matches!(answers[0], Answer::Accepted { .. }), "{answers:?}");
    id
}

fn broadcast(to: Recipients) -> Body {
    let header = Header { expires_after_s: Some(3_600), ..Header::default() };
    let message = Body::Text { text: "Gate 4 is closed".into(), answers: None, header };
    Body::Broadcast { to, message: message.into() }
}

fn to_everyone() -> Recipients {
    Recipients { everyone: true, ..Recipients::default() }
}

/// What someone has been told by broadcasts: in which conversation, the id, what it says.
async fn told(desk: &Desk, who: Actor) -> Vec<(ConversationId, FactId, Body)> {
    let events = desk.pull(who, Sequence::default()).await.events;
    let is_told = |place: &Option<ConversationId>| {
        matches!(place, Some(ConversationId::Direct(..) | ConversationId::Broadcasts(_)))
    };
    let events = events.into_iter().filter(|event| is_told(&event.conversation));
    let shown = events
        .filter_map(|event| Some((event.conversation?, event.id?, event.content.to_body().ok()?)));
    shown.collect()
}

fn direct(one: Actor, other: Actor) -> ConversationId {
    ConversationId::direct(one.person, other.person).expect("two people")
}

pub async fn a_broadcast_is_told_to_each_and_answered_in_private(mut desk: Desk) {
    let (dana, omar, ayo) = (desk.dana, desk.omar, desk.ayo);
    let id = tells(&mut desk, 1, broadcast(to_everyone())).await;
    for driver in [dana, ayo] {
        let told = told(&desk, driver).await;
        let [(place, _, Body::Text { text, header, .. })] = &told[..] else {
            panic!("one message: {told:?}")
        };
        assert_eq!((*place, text.as_str()), (direct(omar, driver), "Gate 4 is closed"));
        assert_eq!((header.broadcast, header.expires_after_s), (Some(id), Some(3_600)));
    }
    let omars = told(&desk, omar).await;
    let places: Vec<_> = omars.iter().map(|(place, ..)| *place).collect();
    let own = ConversationId::Broadcasts(omar.person);
    assert_eq!(places, [own, direct(omar, dana), direct(omar, ayo)]);

    let end = desk.size().await;
    let danas = told(&desk, dana).await[0].1;
    let read = vec![ReadMark { conversation: direct(omar, dana), up_to: end, at: 8 }];
    let stored = vec![StoredMark { up_to: end, at: 7 }];
    let marks = Request::Marks { actor: dana, epoch: 0, stored, read };
    assert_eq!(desk.commit(&[marks]).await.replies, [Reply::MarksKept]);
    let acknowledged = Body::Acknowledgement { message: danas };
    let entry = Entry { content: acknowledged.to_content(), ..desk.text(dana, omar, 1, "") };
    let at = entry.id.occurred_at();
    desk.submit(dana, vec![entry]).await;
    let rows = desk.db.receipts_of(id, 0, omar.person, own).await.expect("the matrix");
    let [of_dana, of_ayo] = rows[..] else { panic!("two recipients: {rows:?}") };
    assert_eq!((of_dana.person, of_dana.message), (dana.person, danas));
    let times = (of_dana.delivered_at, of_dana.read_at, of_dana.acknowledged_at);
    assert_eq!(times, (Some(7), Some(8), at));
    assert_eq!((of_ayo.person, of_ayo.delivered_at, of_ayo.read_at), (ayo.person, None, None));
    assert_eq!(told(&desk, ayo).await.len(), 1, "what Dana says is for Omar alone");
    assert!(desk.db.fact_for(ayo.person, id).await.expect("read").is_none(), "that is Omar's list");
}

pub async fn later_words_reach_all_whom_a_broadcast_has_reached(mut desk: Desk) {
    let (dana, omar) = (desk.dana, desk.omar);
    desk.opens("North", vec![dana.person, omar.person]).await;
    let north = Recipients { groups: vec![1], ..Recipients::default() };
    let id = tells(&mut desk, 1, broadcast(north)).await;
    desk.deed(Deed::Leave { group: 1, person: dana.person }).await;
    desk.deed(Deed::Join { group: 1, person: desk.ayo.person }).await;
    let edit = Body::Edit { message: id, text: "Gate 5".into(), mentions: Vec::new() };
    tells(&mut desk, 2, edit).await;
    let danas = told(&desk, dana).await;
    let [(_, message, _), (_, _, Body::Edit { message: edited, text, .. })] = &danas[..] else {
        panic!("a message and its edit: {danas:?}")
    };
    assert_eq!((edited, text.as_str()), (message, "Gate 5"), "she has left the group since");
    assert_eq!(told(&desk, desk.ayo).await, [], "and Ayo was not there");

    tells(&mut desk, 3, Body::Deletion { message: id, author: omar.person }).await;
    let danas = told(&desk, dana).await;
    assert!(matches!(danas[0].2, Body::Erased { .. }) && matches!(danas[1].2, Body::Erased { .. }));
    let omars = told(&desk, omar).await;
    assert!(matches!(omars[0], (ConversationId::Broadcasts(_), _, Body::Erased { .. })));
}

pub async fn a_group_of_hundreds_is_told_in_one_commit(mut desk: Desk) {
    let people: Vec<_> = (0..300).map(|number| format!("driver-{number}")).collect();
    for handle in &people {
        desk.adds(handle, Role::Driver).await;
    }
    let before = desk.size().await;
    let id = tells(&mut desk, 1, broadcast(to_everyone())).await;
    let own = ConversationId::Broadcasts(desk.omar.person);
    let rows = desk.db.receipts_of(id, 0, desk.omar.person, own).await.expect("the matrix");
    assert_eq!((rows.len(), desk.size().await - before), (302, 303));
    let omar = desk.omar.person;
    assert!(rows.iter().all(|row| row.person != omar), "nobody is told what they say themselves");
}
