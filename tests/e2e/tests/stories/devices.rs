//! Several devices of one person, and several people on one tablet.

use waypost_protocol::ReceiptState;
use waypost_world::{Person, World};

crate::on_both! {
    two_devices_of_one_person_agree
    a_swapped_tablet_still_sends_what_it_holds
    who_signed_off_a_shared_tablet_still_sends
}

fn texts(person: &Person) -> Vec<waypost_protocol::FactId> {
    let view = person.view();
    view.timeline.iter().flat_map(|open| &open.messages).map(|message| message.id).collect()
}

async fn two_devices_of_one_person_agree(mut world: World) {
    let dana = world.driver("dana").await;
    let omar = world.dispatcher("omar").await;
    let omars_phone = world.device_for("omar").await;
    let chat = dana.with(&omar);
    for person in [&dana, &omar, &omars_phone] {
        person.opens(chat).await;
    }
    let question = dana.writes(&omar, "Which dock?").await;
    omar.sees_message(question, "the question", |_| true).await;
    omars_phone.sees_message(question, "the question", |_| true).await;
    let answer = omar.writes(&dana, "Dock 3").await;
    omars_phone.sees_message(answer, "what its owner wrote elsewhere", |m| m.mine).await;
    omar.reads(chat).await;
    omars_phone
        .sees("that it was read on the other device", |view| {
            view.conversations.iter().all(|conversation| conversation.unread == 0)
        })
        .await;
    dana.sees_message(question, "one receipt of Omar", |message| {
        message.receipts.len() == 1 && message.state == ReceiptState::Read
    })
    .await;
    assert_eq!(texts(&omar), texts(&omars_phone), "both devices show the same");
    world.ends([dana, omar, omars_phone]).await;
}

async fn a_swapped_tablet_still_sends_what_it_holds(mut world: World) {
    let old = world.driver("dana").await;
    let omar = world.dispatcher("omar").await;
    let chat = old.with(&omar);
    omar.opens(chat).await;
    old.goes_offline().await;
    let first = old.writes(&omar, "Stop 4 done").await;
    let second = old.writes(&omar, "Battery is dying").await;

    let new = world.device_for("dana").await;
    new.opens(chat).await;
    let third = new.writes(&omar, "On the spare tablet now").await;
    omar.sees_message(third, "the message from the spare tablet", |_| true).await;
    old.goes_online().await;
    for id in [first, second] {
        omar.sees_message(id, "what the old tablet held", |_| true).await;
        new.sees_message(id, "what the old tablet held", |_| true).await;
    }
    old.opens(chat).await;
    old.sees_message(third, "what was sent from the spare tablet", |_| true).await;
    let order: Vec<_> =
        texts(&omar).into_iter().filter(|id| [first, second].contains(id)).collect();
    assert_eq!(order, [first, second], "in the order of the taps");
    world.ends([old, new, omar]).await;
}

async fn who_signed_off_a_shared_tablet_still_sends(mut world: World) {
    let dana = world.driver("dana").await;
    let ayo = world.driver("ayo").await;
    let omar = world.dispatcher("omar").await;
    dana.goes_offline().await;
    let last = dana.writes(&omar, "Shift over, keys are in the box").await;
    ayo.opens(ayo.with(&omar)).await;
    // Ayo works on the same tablet; Dana's enrolment goes on in the background.
    dana.goes_online().await;
    let hello = ayo.writes(&omar, "Taking over the truck").await;
    omar.opens(dana.with(&omar)).await;
    omar.sees_message(last, "Dana's last message", |message| message.author == dana.id()).await;
    omar.opens(ayo.with(&omar)).await;
    omar.sees_message(hello, "Ayo's first message", |message| message.author == ayo.id()).await;
    assert!(!texts(&ayo).contains(&last), "Ayo does not read what Dana wrote");
    world.ends([dana, ayo, omar]).await;
}
