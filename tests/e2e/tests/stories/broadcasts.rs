//! Omar speaks to many, and hears each of them alone.

use waypost_client::Command;
use waypost_client::view::RecipientView;
use waypost_protocol::{Body, ConversationId, FactId, PersonId, ReceiptState, Recipients};
use waypost_world::{Person, World};

crate::on_both! {
    a_broadcast_made_offline_reaches_each_and_each_answers_alone
    a_broadcast_is_corrected_for_everyone
}

async fn tells(omar: &Person, to: Recipients, text: &str) -> FactId {
    let told = omar.does(Command::Broadcast { to, message: Body::text(text).into() });
    told.await.expect("a broadcast has an id")
}

/// The words of the open conversation.
fn words(person: &Person) -> Vec<String> {
    let view = person.view();
    let shown = view.timeline.iter().flat_map(|open| &open.messages);
    let text = |body: &Body| match body {
        Body::Text { text, .. } => text.clone(),
        Body::Erased { .. } => "gone".into(),
        other => format!("{other:?}"),
    };
    shown.map(|message| text(&message.body)).collect()
}

/// Waits until a person has these words of Omar on the screen; the message.
async fn hears(person: &Person, omar: &Person, text: &str) -> FactId {
    person.opens(person.with(omar)).await;
    let view = person.sees(text, |_| words(person).iter().any(|it| it == text)).await;
    let mut messages = view.timeline.iter().flat_map(|open| &open.messages);
    messages.rfind(|it| !it.mine).expect("just seen").id
}

async fn a_broadcast_made_offline_reaches_each_and_each_answers_alone(mut world: World) {
    let dana = world.driver("dana").await;
    let ayo = world.driver("ayo").await;
    let lena = world.driver("lena").await;
    let omar = world.dispatcher("omar").await;
    world.makes_group("Depot North", &[&dana, &omar], &[]).await;
    let broadcasts = ConversationId::Broadcasts(omar.id());
    omar.opens(broadcasts).await;
    omar.goes_offline().await;
    let to = Recipients { people: vec![ayo.id()], groups: vec![1], ..Recipients::default() };
    let id = tells(&omar, to, "Gate 4 is closed").await;
    let queued = omar.sees_message(id, "his own words", |_| true).await;
    assert_eq!((queued.state, &queued.receipts[..]), (ReceiptState::Queued, &[][..]));
    ayo.goes_offline().await;

    omar.goes_online().await;
    let danas = hears(&dana, &omar, "Gate 4 is closed").await;
    dana.reads(dana.with(&omar)).await;
    dana.acknowledges(danas).await;
    dana.writes(&omar, "I take gate 5").await;
    let has = |rows: &[RecipientView], who: PersonId, state: fn(&RecipientView) -> bool| {
        rows.iter().any(|row| row.person == who && state(row))
    };
    let (dana_id, ayo_id) = (dana.id(), ayo.id());
    let told = omar.sees_message(id, "that Dana agrees, and that Ayo has nothing yet", |message| {
        let rows = &message.receipts;
        has(rows, dana_id, |row| row.read_at.is_some() && row.acknowledged_at.is_some())
            && has(rows, ayo_id, |row| row.delivered_at.is_none())
    });
    assert_eq!(told.await.receipts.len(), 2, "Lena was not meant");

    ayo.goes_online().await;
    let ayos = hears(&ayo, &omar, "Gate 4 is closed").await;
    assert_ne!(ayos, danas);
    let told = omar.sees_message(id, "that Ayo has it as well", |message| {
        has(&message.receipts, ayo_id, |row| row.delivered_at.is_some())
    });
    assert_eq!(told.await.state, ReceiptState::Delivered, "it has come as far as with who is last");
    assert_eq!(words(&ayo), ["Gate 4 is closed"], "what Dana answers is for Omar");
    omar.opens(omar.with(&dana)).await;
    omar.sees("her answer", |_| words(&omar) == ["Gate 4 is closed", "I take gate 5"]).await;
    lena.is_level().await;
    assert_eq!(lena.view().conversations, [], "and she hears nothing of it");
    world.ends([dana, ayo, lena, omar]).await;
}

async fn a_broadcast_is_corrected_for_everyone(mut world: World) {
    let dana = world.driver("dana").await;
    let mut ayo = world.driver("ayo").await;
    let mut omar = world.dispatcher("omar").await;
    let everyone = Recipients { everyone: true, ..Recipients::default() };
    let id = tells(&omar, everyone, "Gate 4 is closed").await;
    hears(&dana, &omar, "Gate 4 is closed").await;
    hears(&ayo, &omar, "Gate 4 is closed").await;
    ayo.is_killed();

    let text = "Gate 5 is closed".to_owned();
    omar.does(Command::Edit { message: id, text, mentions: Vec::new() }).await;
    hears(&dana, &omar, "Gate 5 is closed").await;
    omar.is_killed();
    omar.starts_again().await;
    omar.opens(ConversationId::Broadcasts(omar.id())).await;
    let shown = omar.sees_message(id, "the new words", |message| message.edited_at.is_some()).await;
    let Body::Broadcast { message, .. } = &shown.body else { panic!("{:?}", shown.body) };
    assert_eq!(**message, Body::text("Gate 5 is closed"));
    omar.does(Command::Delete { message: id }).await;
    dana.sees("that it is gone", |_| words(&dana) == ["gone"]).await;
    ayo.starts_again().await;
    ayo.opens(ayo.with(&omar)).await;
    ayo.sees("that it is gone", |_| words(&ayo) == ["gone"]).await;
    world.ends([dana, ayo, omar]).await;
}
