//! What becomes of a message afterwards: other words, deletion, expiry; and what the record keeps.

use waypost_domain::Actor;
use waypost_protocol::{
    Answer, Body, Content, ConversationId, Entry, FactId, Header, ProblemCode, Sequence, kind,
};

use super::desk::Desk;

/// Dana tells Omar something; the entry, and how she goes on in that lane.
async fn said(desk: &mut Desk, header: Header) -> Entry {
    let (dana, omar) = (desk.dana, desk.omar);
    let mut entry = desk.text(dana, omar, 1, "gate 4");
    entry.content = Body::Text { text: "gate 4".into(), answers: None, header }.to_content();
    accepted(desk, dana, entry.clone()).await;
    entry
}

async fn accepted(desk: &mut Desk, actor: Actor, entry: Entry) {
    let answers = desk.submit(actor, vec![entry]).await;
    assert!(matches!(answers[0], Answer::Accepted { .. }), "{answers:?}");
}

async fn refused(desk: &mut Desk, actor: Actor, entry: Entry) -> ProblemCode {
    match &desk.submit(actor, vec![entry]).await[0] {
        Answer::Rejected { code, .. } => *code,
        other => panic!("it must be refused: {other:?}"),
    }
}

fn with(entry: Entry, body: Body) -> Entry {
    Entry { content: body.to_content(), ..entry }
}

fn edit(message: FactId, text: &str) -> Body {
    Body::Edit { message, text: text.into(), mentions: Vec::new() }
}

/// What Omar's new device reads of the conversation, from the begin.
async fn read(desk: &Desk) -> Vec<Content> {
    let page = desk.pull(desk.omar, Sequence::default()).await;
    let talk = |it: &Option<ConversationId>| matches!(it, Some(ConversationId::Direct(..)));
    let events = page.events.into_iter().filter(|event| talk(&event.conversation));
    events.map(|event| event.content).collect()
}

pub async fn an_author_finds_better_words_and_nobody_else_does(mut desk: Desk) {
    let (dana, omar, ayo) = (desk.dana, desk.omar, desk.ayo);
    let gate = said(&mut desk, Header::default()).await;
    let better = with(desk.text(dana, omar, 2, ""), edit(gate.id, "gate 5"));
    accepted(&mut desk, dana, better.clone()).await;
    assert_eq!(read(&desk).await, [gate.content.clone(), better.content.clone()], "both are kept");
    let edits = desk.db.edits_of(desk.omar.person, &[gate.id]).await.expect("read");
    let told: Vec<_> = edits.iter().map(|(of, row)| (*of, row.event.content.clone())).collect();
    assert_eq!(told, [(gate.id, better.content)]);

    let omars = with(desk.text(omar, dana, 1, ""), edit(gate.id, "gate 6"));
    assert_eq!(refused(&mut desk, omar, omars).await, ProblemCode::NotFound);
    let elsewhere = with(desk.text(ayo, omar, 1, ""), edit(gate.id, "gate 6"));
    assert_eq!(refused(&mut desk, ayo, elsewhere).await, ProblemCode::NotFound);
    assert_eq!(desk.db.edits_of(desk.omar.person, &[gate.id]).await.expect("read").len(), 1);
}

pub async fn what_is_deleted_is_told_to_nobody_and_stays_in_the_record(mut desk: Desk) {
    let (dana, omar) = (desk.dana, desk.omar);
    let gate = said(&mut desk, Header::default()).await;
    let better = with(desk.text(dana, omar, 2, ""), edit(gate.id, "gate 5"));
    accepted(&mut desk, dana, better).await;
    let gone = Body::Deletion { message: gate.id, author: dana.person };
    let omars = with(desk.text(omar, dana, 1, ""), gone.clone());
    assert_eq!(refused(&mut desk, omar, omars).await, ProblemCode::NotAllowed);
    assert_eq!(read(&desk).await[0], gate.content);

    let danas = with(desk.text(dana, omar, 3, ""), gone);
    accepted(&mut desk, dana, danas.clone()).await;
    let erased = [Content::erased(kind::TEXT), Content::erased(kind::EDIT), danas.content];
    assert_eq!(read(&desk).await, erased);
    let shown = desk.db.fact_for(omar.person, gate.id).await.expect("read").expect("is there");
    assert!(shown.event.content.is_erased());
    let end = desk.size().await;
    let kept = desk.db.told(end - 3, end).await.expect("read");
    assert_eq!(kept[0].event.content, gate.content, "an auditor still finds it");
}

/// A restore lost the message, and its deletion comes back first.
pub async fn a_deletion_waits_for_its_message(mut desk: Desk) {
    let (dana, omar) = (desk.dana, desk.omar);
    let mut lost = desk.text(dana, omar, 2, "gate 4");
    let gone = Body::Deletion { message: lost.id, author: dana.person };
    let deletion = with(desk.text(dana, omar, 1, ""), gone);
    accepted(&mut desk, dana, deletion.clone()).await;
    lost.number = 2;
    accepted(&mut desk, dana, lost).await;
    assert_eq!(read(&desk).await, [deletion.content, Content::erased(kind::TEXT)]);
}

pub async fn what_expires_is_erased_in_time_and_not_before(mut desk: Desk) {
    let (dana, omar) = (desk.dana, desk.omar);
    let soon = Header { expires_after_s: Some(60), ..Header::default() };
    let gate = said(&mut desk, soon).await;
    let better = with(desk.text(dana, omar, 2, ""), edit(gate.id, "gate 5"));
    accepted(&mut desk, dana, better.clone()).await;
    let other = desk.text(dana, omar, 3, "15 minutes late");
    accepted(&mut desk, dana, other.clone()).await;
    let end = desk.size().await;
    let root = desk.db.head().await.expect("head").tree.root();
    let recorded_at = desk.db.fact_at(end - 2).await.expect("read").expect("is there");
    let expires_at = recorded_at.event.recorded_at + 60_000;

    assert_eq!(desk.db.erase_expired(expires_at - 1).await.expect("erases"), 0);
    assert_eq!(read(&desk).await, [gate.content, better.content, other.content.clone()]);
    assert_eq!(desk.db.erase_expired(expires_at).await.expect("erases"), 1);
    let erased = [Content::erased(kind::TEXT), Content::erased(kind::EDIT), other.content];
    assert_eq!(read(&desk).await, erased);
    let kept = desk.db.told(end - 3, end).await.expect("read");
    assert!(kept[0].event.content.is_erased(), "it is gone for ever");
    assert_eq!(desk.db.head().await.expect("head").tree.root(), root, "its leaf stays");
    assert_eq!(desk.db.erase_expired(expires_at).await.expect("erases"), 0, "once");
}

pub async fn what_was_said_after_they_said_so_is_erased_in_time(mut desk: Desk) {
    let (dana, omar) = (desk.dana, desk.omar);
    let before = said(&mut desk, Header::default()).await;
    let day = with(desk.text(dana, omar, 2, ""), Body::ExpirySet { after_s: Some(60) });
    accepted(&mut desk, dana, day).await;
    // Another server, and a committer that has forgotten everything, find it in the record.
    let fleeting = desk.text(omar, dana, 1, "code 4711");
    accepted(&mut desk, omar, fleeting.clone()).await;
    let conversation = ConversationId::direct(dana.person, omar.person).expect("two people");
    let row = desk.db.conversation(conversation).await.expect("read").expect("it is there");
    assert_eq!(row.expires_after_s, Some(60));
    assert_eq!(desk.db.erase_expired(i64::MAX / 2).await.expect("erased"), 1);
    let left = read(&desk).await;
    assert!(left.contains(&before.content) && !left.contains(&fleeting.content));
}
