//! What Dana chooses on one device counts on her other one, also without a network.

use waypost_client::{Command, View};
use waypost_protocol::{Body, Header, Hear, Hearing, Loudness, Priority};
use waypost_world::World;

crate::on_both! {
    what_dana_mutes_without_a_network_is_muted_on_her_phone_as_well
}

fn loudness_of_the_last(view: &View) -> Option<Loudness> {
    let open = view.timeline.as_ref()?;
    let last = open.messages.iter().rev().find(|message| !message.mine)?;
    Some(view.loudness(open.conversation, last, last.occurred_at, 0))
}

async fn what_dana_mutes_without_a_network_is_muted_on_her_phone_as_well(mut world: World) {
    let (dana, omar) = (world.driver("dana").await, world.dispatcher("omar").await);
    let phone = world.device_for("dana").await;
    let talk = dana.with(&omar);
    dana.goes_offline().await;
    let hearing = Some(Hearing { hear: Hear::Nothing, until: None });
    let mute = Body::Notify { conversation: Some(talk), hearing };
    dana.does(Command::Choose { choice: mute.into() }).await;
    dana.sees("her choice, at once", |view| {
        view.notifications.hearing_of(talk, 0) == Hear::Nothing
    })
    .await;
    assert_eq!(phone.view().notifications.hearing_of(talk, 0), Hear::Everything);

    dana.goes_online().await;
    phone
        .sees("what she has chosen on her tablet", |view| {
            view.notifications.hearing_of(talk, 0) == Hear::Nothing
        })
        .await;
    phone.opens(talk).await;
    let late = omar.writes(&dana, "Your next stop is Harbour Road").await;
    phone.sees_message(late, "his message", |_| true).await;
    assert_eq!(loudness_of_the_last(&phone.view()), Some(Loudness::Silent));
    let header = Header { priority: Priority::Urgent, ..Header::default() };
    let urgent = Body::Text { text: "Gate 4 is closed".into(), answers: None, header };
    let urgent = omar.does(Command::send(talk, urgent)).await.expect("an id");
    phone.sees_message(urgent, "what is urgent", |_| true).await;
    assert_eq!(loudness_of_the_last(&phone.view()), Some(Loudness::Sounds), "it breaks through");

    let block = Body::Blocked { person: omar.id() };
    let refused = dana.does(Command::Choose { choice: block.into() }).await;
    dana.sees("that dispatch cannot be blocked", |view| {
        view.wedged.iter().any(|it| Some(it.id) == refused)
    })
    .await;
    assert!(dana.view().notifications.blocked.is_empty(), "what is refused is not chosen");
    dana.does(Command::Discard { id: refused.expect("an id") }).await;
    dana.sees("nothing refused", |view| view.wedged.is_empty()).await;
    world.ends([dana, omar, phone]).await;
}
