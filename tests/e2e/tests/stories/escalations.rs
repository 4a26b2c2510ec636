//! Nobody answers: Dana is reminded, also later, and Omar sees it.

use waypost_client::Command;
use waypost_protocol::{Body, Header, Priority};
use waypost_world::World;

crate::on_both! {
    who_has_not_answered_is_reminded_until_they_do
}

async fn who_has_not_answered_is_reminded_until_they_do(mut world: World) {
    let dana = world.driver("dana").await;
    let omar = world.dispatcher("omar").await;
    let chat = omar.with(&dana);
    dana.goes_offline().await;
    omar.opens(chat).await;
    let told = |text: &str| {
        Command::send(
            chat,
            Body::Text {
                text: text.into(),
                answers: None,
                header: Header {
                    priority: Priority::Urgent,
                    acknowledge_by: Some(1_772_440_200_000),
                    ..Header::default()
                },
            },
        )
    };
    let gate = omar.does(told("Gate 4 is closed")).await.expect("an id");
    let road = omar.does(told("Harbour Road is flooded")).await.expect("an id");
    for message in [gate, road] {
        let shown = omar.sees_message(message, "that Dana was reminded", |message| {
            message.escalation.len() == 1
        });
        let shown = shown.await;
        assert!(shown.escalation[0].to.is_empty() && !shown.escalation_stopped);
    }
    omar.does(Command::StopEscalation { message: road }).await;
    omar.sees_message(road, "that it is enough", |message| message.escalation_stopped).await;
    omar.is_level().await;

    dana.goes_online().await;
    dana.opens(chat).await;
    dana.sees_message(gate, "that she is reminded", |it| it.escalation.len() == 1).await;
    dana.sees_message(road, "and of this no more", |it| it.escalation_stopped).await;
    dana.acknowledges(gate).await;
    dana.is_level().await;
    omar.sees_message(gate, "her answer", |it| it.receipts[0].acknowledged_at.is_some()).await;
    world.ends([dana, omar]).await;
}
