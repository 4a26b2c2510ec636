//! One message's whole journey.

use waypost_client::view::LinkView;
use waypost_protocol::ReceiptState;
use waypost_world::World;

crate::on_both! {
    running_late_is_delivered_read_and_acknowledged
    an_offline_send_survives_a_kill
}

async fn running_late_is_delivered_read_and_acknowledged(mut world: World) {
    let dana = world.driver("dana").await;
    let omar = world.dispatcher("omar").await;
    dana.sees("Omar in the directory", |view| view.people.iter().any(|p| p.name == "omar")).await;
    let chat = dana.with(&omar);
    dana.opens(chat).await;
    omar.opens(chat).await;

    let late = dana.taps_running_late(&omar).await;
    omar.sees_message(late, "Dana's message", |message| !message.mine).await;
    dana.sees_message(late, "the delivery", |m| m.state >= ReceiptState::Delivered).await;
    omar.reads(chat).await;
    dana.sees_message(late, "that Omar has read it", |m| m.state >= ReceiptState::Read).await;
    omar.acknowledges(late).await;
    let message = dana
        .sees_message(late, "that Omar agrees", |m| m.state == ReceiptState::Acknowledged)
        .await;

    let receipt = &message.receipts[0];
    let times = [receipt.delivered_at, receipt.read_at, receipt.acknowledged_at];
    assert_eq!((message.receipts.len(), receipt.name.as_str()), (1, "omar"));
    assert!(times.iter().all(Option::is_some) && times.is_sorted(), "{times:?}");
    world.ends([dana, omar]).await;
}

async fn an_offline_send_survives_a_kill(mut world: World) {
    let mut dana = world.driver("dana").await;
    let omar = world.dispatcher("omar").await;
    let chat = dana.with(&omar);
    omar.opens(chat).await;
    dana.goes_offline().await;
    let late = dana.taps_running_late(&omar).await;
    dana.is_killed();

    dana.starts_again().await;
    dana.opens(chat).await;
    dana.sees_message(late, "the tap, sent or waiting", |_| true).await;
    omar.sees_message(late, "the message after all", |_| true).await;
    dana.sees("a live link", |view| matches!(view.link, LinkView::Online { .. })).await;
    dana.is_level().await;
    let copies = |person: &waypost_world::Person| {
        let view = person.view();
        let open = view.timeline.clone().expect("the conversation is open");
        open.messages.iter().filter(|message| message.id == late).count()
    };
    assert_eq!((copies(&dana), copies(&omar)), (1, 1), "it is there once, on both screens");
    world.ends([dana, omar]).await;
}
