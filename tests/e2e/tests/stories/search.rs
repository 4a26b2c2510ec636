//! What was said is found on the device itself, where there is no network, in the words that its reader
//! sees.

use waypost_client::Command;
use waypost_client::view::Search;
use waypost_locales::Catalogue;
use waypost_protocol::{Body, ConversationId, File, Header, Recipients, kind};
use waypost_world::{Person, World};

crate::on_both! {
    what_was_said_is_found_without_a_network
}

fn looking_for(words: &str) -> Search {
    Search { words: Catalogue::built_in().sought(words), ..Search::default() }
}

/// What someone finds, newest first.
async fn finds(who: &Person, search: Search) -> Vec<String> {
    let found = who.client().search(search).await.expect("the store can be read");
    assert!(!found.behind);
    found.messages.iter().map(|it| shown(&it.message.body)).collect()
}

fn shown(body: &Body) -> String {
    match body {
        Body::Text { text, .. } => text.clone(),
        Body::Template { template, .. } => template.clone(),
        Body::File { file, .. } => file.name.clone(),
        Body::Broadcast { message, .. } => format!("to many: {}", shown(message)),
        other => format!("{other:?}"),
    }
}

async fn what_was_said_is_found_without_a_network(mut world: World) {
    let mut dana = world.driver("dana").await;
    let ayo = world.driver("ayo").await;
    let omar = world.dispatcher("omar").await;
    world.makes_group("North", &[&dana, &omar], &[]).await;
    let chat = dana.with(&omar);
    let gate = omar.writes(&dana, "Brama nr 4 zamknięta").await;
    omar.says(ConversationId::Group(1), "Night shift: gate 5").await;
    omar.writes(&ayo, "Gate 6 for you").await;
    let everyone = Recipients { everyone: true, ..Recipients::default() };
    let snow = Body::text("Snow on the pass").into();
    omar.does(Command::Broadcast { to: everyone, message: snow }).await;
    dana.opens(chat).await;
    dana.sees("the broadcast", |view| {
        view.timeline.iter().flat_map(|open| &open.messages).count() == 2
    })
    .await;
    dana.opens(ConversationId::Group(1)).await;
    dana.sees("the group", |view| {
        view.timeline.iter().flat_map(|open| &open.messages).count() == 1
    })
    .await;

    dana.goes_offline().await;
    dana.taps_running_late(&omar).await;
    let photo = File::of("uszkodzona-paleta.jpg", "image/jpeg", vec![7; 100]);
    let (text, answers, header) = (String::new(), None, Header::default());
    let message = Body::File { file: photo.into(), text, answers, header };
    dana.does(Command::send(chat, message)).await;
    for (words, expected) in [
        ("ZAMKNIETA", vec!["Brama nr 4 zamknięta"]),
        ("gate", vec!["Night shift: gate 5"]),
        ("spóźnię", vec!["running-late"]),
        ("verspäte", vec!["running-late"]),
        ("palet", vec!["uszkodzona-paleta.jpg"]),
        ("snow pass", vec!["Snow on the pass"]),
        ("snow gate", vec![]),
        ("gate 6", vec![]),
    ] {
        assert_eq!(finds(&dana, looking_for(words)).await, expected, "{words}");
    }
    let of_omar = Search { author: Some(omar.id()), limit: 2, ..Search::default() };
    let page = dana.client().search(of_omar.clone()).await.expect("a page");
    assert_eq!((page.messages.len(), page.next.is_some()), (2, true));
    let rest = finds(&dana, Search { before: page.next, ..of_omar }).await;
    assert_eq!(rest.len(), 1);
    let files = Search { kind: Some(kind::FILE), ..Search::default() };
    assert_eq!(finds(&dana, files).await, ["uszkodzona-paleta.jpg"]);
    let here = Search { conversation: Some(chat), ..looking_for("gate") };
    assert_eq!(finds(&dana, here).await, [""; 0], "that was said in the group");

    // What is said otherwise, or gone, is found so, or not at all; also after a restart.
    let text = "Brama nr 7 otwarta".to_owned();
    omar.does(Command::Edit { message: gate, text, mentions: Vec::new() }).await;
    dana.goes_online().await;
    dana.opens(chat).await;
    dana.sees_message(gate, "the new words", |message| message.edited_at.is_some()).await;
    dana.is_killed();
    dana.starts_again().await;
    assert_eq!(finds(&dana, looking_for("zamknieta")).await, [""; 0]);
    assert_eq!(finds(&dana, looking_for("otwarta")).await, ["Brama nr 7 otwarta"]);
    omar.does(Command::Delete { message: gate }).await;
    dana.opens(chat).await;
    dana.sees_message(gate, "that it is gone", |message| {
        matches!(message.body, Body::Erased { .. })
    })
    .await;
    assert_eq!(finds(&dana, looking_for("otwarta")).await, [""; 0]);
    let to_many = finds(&omar, looking_for("snow")).await;
    assert_eq!(to_many, ["to many: Snow on the pass"], "once, and not for each");
    world.ends([dana, ayo, omar]).await;
}
