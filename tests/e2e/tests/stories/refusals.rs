//! What is refused, and how it shows.

use std::time::{Duration, Instant};

use waypost_client::Command;
use waypost_client::view::LinkView;
use waypost_protocol::{ConversationId, ProblemCode};
use waypost_world::World;

crate::on_both! {
    a_revoked_device_is_cut_off_within_a_second
    a_refused_message_is_wedged_and_the_rest_goes_on
    a_group_reaches_its_members_and_nobody_else
}

async fn a_revoked_device_is_cut_off_within_a_second(mut world: World) {
    let dana = world.driver("dana").await;
    let thief = world.device_for("dana").await;
    let omar = world.dispatcher("omar").await;
    thief.is_level().await;
    let stolen = thief.view().me.enrolment.to_string();
    let revoked = world.server.cli(&["revoke", &stolen]).await;
    assert!(revoked.is_ok(), "{revoked:?}");
    let since = Instant::now();
    thief.sees("that it is revoked", |view| view.link == LinkView::Revoked).await;
    assert!(since.elapsed() < Duration::from_secs(1), "cut off after {:?}", since.elapsed());

    let secret = omar.writes(&dana, "New gate code 4471").await;
    dana.opens(dana.with(&omar)).await;
    dana.sees_message(secret, "the message on the other tablet", |_| true).await;
    thief.opens(dana.with(&omar)).await;
    let shown = thief.view();
    let shows_it = shown.timeline.iter().flat_map(|open| &open.messages).any(|m| m.id == secret);
    assert!(!shows_it, "the stolen tablet learns nothing more");
    thief.closes().await;
    world.ends([dana, omar]).await;
}

async fn a_refused_message_is_wedged_and_the_rest_goes_on(mut world: World) {
    let dana = world.driver("dana").await;
    let ayo = world.driver("ayo").await;
    let omar = world.dispatcher("omar").await;
    // Drivers write to the staff, not to each other.
    let refused = dana.writes(&ayo, "Lend me your ramp?").await;
    let fine = dana.writes(&omar, "Arrived").await;
    let view = dana.sees("the refusal", |view| !view.wedged.is_empty()).await;
    assert_eq!(view.wedged[0].id, refused);
    assert_eq!(view.wedged[0].code, ProblemCode::NotAllowed);
    omar.opens(dana.with(&omar)).await;
    omar.sees_message(fine, "the message after the refused one", |_| true).await;
    dana.does(Command::Discard { id: refused }).await;
    dana.sees("nothing wedged", |view| view.wedged.is_empty()).await;
    world.ends([dana, ayo, omar]).await;
}

async fn a_group_reaches_its_members_and_nobody_else(mut world: World) {
    let dana = world.driver("dana").await;
    let ayo = world.driver("ayo").await;
    let omar = world.dispatcher("omar").await;
    world.makes_group("North", &[&omar, &dana], &[]).await;
    let north = ConversationId::Group(1);
    let in_list = |view: &waypost_client::View| view.conversations.iter().any(|c| c.id == north);
    dana.sees("the group", in_list).await;
    omar.sees("the group", in_list).await;
    dana.opens(north).await;
    omar.opens(north).await;
    let notice = omar.says(north, "Yard closes at six").await;
    dana.sees_message(notice, "the notice", |_| true).await;
    let receipts = omar
        .sees_message(notice, "Dana's delivery", |message| {
            message.receipts.iter().any(|recipient| recipient.delivered_at.is_some())
        })
        .await;
    assert_eq!(receipts.receipts.len(), 1, "Dana is the only recipient");
    ayo.is_level().await;
    assert!(!in_list(&ayo.view()), "Ayo does not have the group in the list");
    world.ends([dana, ayo, omar]).await;
}
