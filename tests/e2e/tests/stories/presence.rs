//! Who is here, who is at the wheel, and who is writing.

use waypost_client::view::PresenceView;
use waypost_client::{Command, View};
use waypost_protocol::{Activity, ConversationId, PersonId};
use waypost_world::World;

crate::on_both! {
    omar_sees_that_dana_is_at_the_wheel_and_that_she_writes
}

fn presence(view: &View, person: PersonId) -> Option<PresenceView> {
    view.people.iter().find(|one| one.id == person)?.presence
}

fn is_at(view: &View, person: PersonId, expected: Activity) -> bool {
    matches!(
        presence(view, person),
        Some(PresenceView::Online { activity, .. }) if activity == expected
    )
}

fn writers(view: &View, conversation: ConversationId) -> Vec<PersonId> {
    let all = view.conversations.iter().filter(|one| one.id == conversation);
    all.flat_map(|one| one.typing.clone()).collect()
}

async fn omar_sees_that_dana_is_at_the_wheel_and_that_she_writes(mut world: World) {
    let (dana, omar) = (world.driver("dana").await, world.dispatcher("omar").await);
    let talk = dana.with(&omar);
    dana.writes(&omar, "On my way").await;
    omar.sees("that Dana is here", |view| is_at(view, dana.id(), Activity::Active)).await;

    dana.does(Command::Do { activity: Activity::Driving }).await;
    omar.sees("that she drives", |view| is_at(view, dana.id(), Activity::Driving)).await;
    // Her tablet finds another network: the new connection says it again.
    dana.goes_offline().await;
    omar.sees("that she is gone", |view| {
        matches!(presence(view, dana.id()), Some(PresenceView::Offline { last_seen: Some(_) }))
    })
    .await;
    dana.goes_online().await;
    omar.sees("that she still drives", |view| is_at(view, dana.id(), Activity::Driving)).await;
    assert!(presence(&dana.view(), omar.id()).is_none(), "a driver is told of nobody");

    dana.does(Command::Do { activity: Activity::Active }).await;
    dana.does(Command::Type { conversation: talk }).await;
    omar.sees("that she writes", |view| writers(view, talk) == [dana.id()]).await;
    dana.writes(&omar, "I am there").await;
    omar.sees("what she wrote, and no more", |view| {
        let talked = view.conversations.iter().find(|one| one.id == talk);
        talked.is_some_and(|one| one.unread == 2 && one.typing.is_empty())
    })
    .await;
    omar.does(Command::Type { conversation: talk }).await;
    dana.sees("that he writes", |view| writers(view, talk) == [omar.id()]).await;
    dana.sees("that he has stopped", |view| writers(view, talk).is_empty()).await;
    world.ends([dana, omar]).await;
}
