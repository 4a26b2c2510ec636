//! The first five pains of those who use other systems, each made impossible.

use waypost_protocol::{FactId, ReceiptState};
use waypost_world::{Person, World};

crate::on_both! {
    pain_1_not_sent_was_shown_and_the_retry_posted_twice
    pain_2_the_offline_queue_was_sent_in_random_order
    pain_3_an_offline_message_vanished_when_the_app_restarted
    pain_4_stuck_sending_for_ever_after_the_app_was_killed
    pain_5_the_server_answered_before_it_wrote
}

async fn pair(world: &mut World) -> (Person, Person) {
    let dana = world.driver("dana").await;
    let omar = world.dispatcher("omar").await;
    dana.opens(dana.with(&omar)).await;
    omar.opens(dana.with(&omar)).await;
    (dana, omar)
}

fn shown(person: &Person) -> Vec<FactId> {
    let view = person.view();
    view.timeline.iter().flat_map(|open| &open.messages).map(|message| message.id).collect()
}

async fn pain_1_not_sent_was_shown_and_the_retry_posted_twice(mut world: World) {
    let (dana, omar) = pair(&mut world).await;
    let mut sent = Vec::new();
    for round in 0..4 {
        dana.is_level().await;
        sent.push(dana.writes(&omar, &format!("Stop {round} done")).await);
        // Somewhere between the arrival, the commit and the answer.
        world.server.kill().await;
        world.server.start().await;
    }
    for id in &sent {
        dana.sees_message(*id, "that it is sent", |m| m.state >= ReceiptState::Accepted).await;
        omar.sees_message(*id, "the message", |_| true).await;
    }
    assert_eq!(shown(&omar), sent, "each once, in order");
    world.ends([dana, omar]).await;
}

async fn pain_2_the_offline_queue_was_sent_in_random_order(mut world: World) {
    let (dana, omar) = pair(&mut world).await;
    dana.goes_offline().await;
    let mut sent = Vec::new();
    for stop in 0..120 {
        sent.push(dana.writes(&omar, &format!("Stop {stop} done")).await);
    }
    dana.goes_online().await;
    omar.sees_message(sent[119], "the last one", |_| true).await;
    assert_eq!(shown(&omar), sent);
    world.ends([dana, omar]).await;
}

async fn pain_3_an_offline_message_vanished_when_the_app_restarted(mut world: World) {
    let (mut dana, omar) = pair(&mut world).await;
    let chat = dana.with(&omar);
    // The server is away, so the app comes back without a network.
    world.server.kill().await;
    let tapped = dana.taps_running_late(&omar).await;
    for _ in 0..3 {
        dana.is_killed();
        dana.starts_again().await;
        dana.opens(chat).await;
        dana.sees_message(tapped, "the tap, waiting", |m| m.state == ReceiptState::Queued).await;
        assert_eq!(dana.view().waiting, 1);
    }
    world.server.start().await;
    omar.sees_message(tapped, "the message", |_| true).await;
    world.ends([dana, omar]).await;
}

async fn pain_4_stuck_sending_for_ever_after_the_app_was_killed(mut world: World) {
    let (mut dana, omar) = pair(&mut world).await;
    let chat = dana.with(&omar);
    for _ in 0..5 {
        dana.is_level().await;
        let tapped = dana.taps_running_late(&omar).await;
        dana.is_killed(); // with the frame on its way
        dana.starts_again().await;
        dana.opens(chat).await;
        dana.sees_message(tapped, "a tick", |m| m.state >= ReceiptState::Accepted).await;
    }
    dana.sees("nothing waiting", |view| view.waiting == 0).await;
    world.ends([dana, omar]).await;
}

async fn pain_5_the_server_answered_before_it_wrote(mut world: World) {
    let (dana, omar) = pair(&mut world).await;
    omar.goes_offline().await;
    for round in 0..4 {
        let id = dana.writes(&omar, &format!("Pallet {round} refused")).await;
        dana.sees_message(id, "a tick", |m| m.state == ReceiptState::Accepted).await;
        world.server.kill().await; // the moment after it said Accepted
        world.server.start().await;
    }
    omar.goes_online().await;
    let last = *shown(&dana).last().expect("four messages");
    omar.sees_message(last, "everything that was accepted", |_| true).await;
    assert_eq!(shown(&omar), shown(&dana));
    world.ends([dana, omar]).await;
}
