//! Other words for a message, its deletion and its end, with and without a network.

use waypost_client::{Command, view::MessageView};
use waypost_protocol::{Body, FactId, Header};
use waypost_world::{Person, World};

crate::on_both! {
    what_dana_mends_without_a_network_is_mended_everywhere
    what_was_deleted_while_omar_was_away_never_reaches_him
    a_code_that_has_expired_is_gone_from_a_tablet_that_was_switched_off
}

fn says(message: &MessageView, words: &str) -> bool {
    matches!(&message.body, Body::Text { text, .. } if text == words)
}

fn is_gone(message: &MessageView) -> bool {
    matches!(message.body, Body::Erased { .. })
}

async fn edits(who: &Person, message: FactId, words: &str) {
    let (text, mentions) = (words.into(), Vec::new());
    who.does(Command::Edit { message, text, mentions }).await;
}

async fn what_dana_mends_without_a_network_is_mended_everywhere(mut world: World) {
    let dana = world.driver("dana").await;
    let omar = world.dispatcher("omar").await;
    let chat = dana.with(&omar);
    for person in [&dana, &omar] {
        person.opens(chat).await;
    }
    let gate = dana.writes(&omar, "Gate 4 is closed").await;
    let slip = dana.writes(&omar, "where is my coffee").await;
    for id in [gate, slip] {
        omar.sees_message(id, "what Dana wrote", |_| true).await;
    }
    dana.goes_offline().await;
    edits(&dana, gate, "Gate 5 is closed").await;
    dana.does(Command::Delete { message: slip }).await;
    let waiting = dana.writes(&omar, "Unloadign").await;
    edits(&dana, waiting, "Unloading").await;
    let mended = dana.sees_message(gate, "her better words", |m| says(m, "Gate 5 is closed")).await;
    assert!(mended.edited_at.is_some());
    dana.sees_message(slip, "that it is gone", is_gone).await;
    let unheard = omar.view().timeline.clone().expect("open").messages.clone();
    assert!(unheard.iter().any(|m| says(m, "Gate 4 is closed")), "the network is down");

    dana.goes_online().await;
    omar.sees_message(waiting, "what waited, mended", |m| says(m, "Unloading")).await;
    omar.sees_message(gate, "the better words", |m| says(m, "Gate 5 is closed")).await;
    omar.sees_message(slip, "that it is gone", is_gone).await;
    let phone = world.device_for("omar").await;
    phone.opens(chat).await;
    phone.sees_message(gate, "the better words", |m| says(m, "Gate 5 is closed")).await;
    phone.sees_message(slip, "that it is gone", is_gone).await;
    world.ends([dana, omar, phone]).await;
}

async fn what_was_deleted_while_omar_was_away_never_reaches_him(mut world: World) {
    let dana = world.driver("dana").await;
    let omar = world.dispatcher("omar").await;
    let chat = dana.with(&omar);
    omar.is_level().await;
    omar.goes_offline().await;
    let slip = dana.writes(&omar, "the code is 4711").await;
    edits(&dana, slip, "the code is 4712").await;
    dana.does(Command::Delete { message: slip }).await;
    dana.is_level().await;
    omar.goes_online().await;
    omar.is_level().await;
    omar.opens(chat).await;
    omar.sees_message(slip, "that something is gone", is_gone).await;
    let unread: usize = omar.view().conversations.iter().map(|it| it.unread).sum();
    assert_eq!(unread, 0, "there is nothing to read");
    world.ends([dana, omar]).await;
}

async fn a_code_that_has_expired_is_gone_from_a_tablet_that_was_switched_off(mut world: World) {
    let mut dana = world.driver("dana").await;
    let omar = world.dispatcher("omar").await;
    let chat = dana.with(&omar);
    dana.opens(chat).await;
    let header = Header { expires_after_s: Some(3_600), ..Header::default() };
    let (text, answers) = ("the code is 4711".into(), None);
    let code = omar.does(Command::send(chat, Body::Text { text, answers, header })).await;
    let code = code.expect("a message has an id");
    dana.sees_message(code, "the code", |m| says(m, "the code is 4711")).await;
    dana.is_level().await;

    dana.is_switched_off_for(2 * 3_600_000).await;
    dana.opens(chat).await;
    dana.sees_message(code, "that it is gone", is_gone).await;
    world.ends([dana, omar]).await;
}
