//! Groups as their members live in them: who knows of them, and what a newcomer learns.

use waypost_protocol::{Body, ConversationId};
use waypost_world::{Person, World};

crate::on_both! {
    a_newcomer_learns_what_was_said_where_the_group_says_so
    whoever_is_not_in_a_group_does_not_know_of_it
}

const NORTH: ConversationId = ConversationId::Group(1);

fn knows_of_north(person: &Person) -> bool {
    person.view().conversations.iter().any(|conversation| conversation.id == NORTH)
}

fn words(person: &Person) -> Vec<String> {
    let view = person.view();
    let shown = view.timeline.iter().flat_map(|open| &open.messages);
    let text = |body: &Body| match body {
        Body::Text { text, .. } => text.clone(),
        other => format!("{other:?}"),
    };
    shown.map(|message| text(&message.body)).collect()
}

async fn a_newcomer_learns_what_was_said_where_the_group_says_so(mut world: World) {
    let dana = world.driver("dana").await;
    let omar = world.dispatcher("omar").await;
    let mut ayo = world.driver("ayo").await;
    world.makes_group("Depot North", &[&omar, &dana], &["--history"]).await;
    omar.sees("the group", |view| view.conversations.iter().any(|it| it.id == NORTH)).await;
    let gate = omar.says(NORTH, "Gate 4 is closed").await;
    omar.is_level().await;
    ayo.goes_offline().await;

    world.takes_in(1, &ayo).await;
    assert!(!knows_of_north(&ayo), "his tablet has no network");
    ayo.goes_online().await;
    ayo.opens(NORTH).await;
    ayo.sees_message(gate, "what was said before he came", |_| true).await;
    let view = ayo.sees("the group by its name", |view| {
        view.conversations.iter().any(|it| it.id == NORTH && it.title == "Depot North")
    });
    let view = view.await;
    let unread = view.conversations.iter().find(|it| it.id == NORTH).map(|it| it.unread);
    assert_eq!(unread, Some(0), "what was said before he came does not wait for him");

    let welcome = omar.says(NORTH, "Welcome, Ayo").await;
    ayo.sees_message(welcome, "what is said now", |_| true).await;
    assert_eq!(words(&ayo), ["Gate 4 is closed", "Welcome, Ayo"]);
    omar.opens(NORTH).await;
    let told = omar.sees_message(gate, "who has it", |message| {
        message.receipts.iter().any(|receipt| receipt.delivered_at.is_some())
    });
    let of_gate = told.await.receipts.iter().map(|receipt| receipt.person).collect::<Vec<_>>();
    assert_eq!(of_gate, [dana.id()], "it was not sent to Ayo");

    // The same on a tablet that he gets later, and after a restart.
    let phone = world.device_for("ayo").await;
    phone.opens(NORTH).await;
    phone.sees_message(gate, "what was said before he came", |_| true).await;
    ayo.is_killed();
    ayo.starts_again().await;
    ayo.opens(NORTH).await;
    ayo.sees_message(welcome, "all of it", |_| true).await;
    assert_eq!(words(&ayo), words(&phone));
    world.ends([dana, omar, ayo, phone]).await;
}

async fn whoever_is_not_in_a_group_does_not_know_of_it(mut world: World) {
    let dana = world.driver("dana").await;
    let omar = world.dispatcher("omar").await;
    let ines = world.dispatcher("ines").await;
    world.makes_group("Works council", &[&dana], &[]).await;
    dana.sees("her group", |view| view.conversations.iter().any(|it| it.id == NORTH)).await;
    let before = dana.says(NORTH, "The election is on Friday").await;
    dana.is_level().await;
    let ayo = world.driver("ayo").await;
    let asks = ayo.writes(&omar, "Is there anything new?").await;
    omar.opens(omar.with(&ayo)).await;
    omar.sees_message(asks, "his question", |_| true).await;
    ayo.is_level().await;
    assert!(!knows_of_north(&ayo), "a driver who is not in it");

    world.takes_in(1, &ayo).await;
    ayo.opens(NORTH).await;
    ayo.sees("the group by its name", |view| {
        view.conversations.iter().any(|it| it.id == NORTH && it.title == "Works council")
    })
    .await;
    let now = dana.says(NORTH, "Welcome, Ayo").await;
    ayo.sees_message(now, "what is said now", |_| true).await;
    assert_eq!(words(&ayo), ["Welcome, Ayo"], "what was said before stays with who was there");
    world.takes_out(1, &ayo).await;
    dana.says(NORTH, "Ayo has left").await;
    dana.opens(NORTH).await;
    dana.sees_message(before, "her own words", |_| true).await;
    let later = dana.writes(&omar, "All done").await;
    omar.opens(omar.with(&dana)).await;
    omar.sees_message(later, "that time has passed", |_| true).await;
    ayo.is_level().await;
    assert_eq!(words(&ayo), ["Welcome, Ayo"]);
    world.ends([dana, omar, ines, ayo]).await;
}
