//! What the staff share: an incident in a tunnel, a question to dispatch, and who takes it.

use waypost_client::view::ConversationView;
use waypost_client::{Command, View};
use waypost_protocol::{
    Body, Case, ConversationId, Header, IncidentCategory, IncidentId, Place, Priority, ReceiptState,
};
use waypost_world::World;

crate::on_both! {
    an_incident_opened_in_a_tunnel_reaches_everyone_at_the_desk
    whoever_sits_at_the_desk_answers_and_one_of_them_has_it
}

fn conversation(view: &View, id: ConversationId) -> Option<&ConversationView> {
    view.conversations.iter().find(|one| one.id == id)
}

fn case(view: &View, id: ConversationId) -> Option<&Case> {
    conversation(view, id)?.case.as_ref()
}

async fn an_incident_opened_in_a_tunnel_reaches_everyone_at_the_desk(mut world: World) {
    let dana = world.driver("dana").await;
    let ayo = world.driver("ayo").await;
    let omar = world.dispatcher("omar").await;
    let ines = world.dispatcher("ines").await;
    dana.goes_offline().await;
    let incident = Body::Incident {
        category: IncidentCategory::Breakdown,
        text: "Flat tyre".into(),
        place: Some(Place::at(52.52, 13.4)),
        person: None,
        header: Header { priority: Priority::Urgent, ..Header::default() },
    };
    let opening = dana.does(Command::OpenIncident { incident: incident.into() }).await;
    let opening = opening.expect("an id");
    let id = ConversationId::Incident(IncidentId(opening.0));
    let mine = dana.sees("her incident, at once", |view| case(view, id).is_some()).await;
    assert_eq!(case(&mine, id).and_then(|it| it.category), Some(IncidentCategory::Breakdown));
    let more = dana.says(id, "I stand in the tunnel").await;

    dana.goes_online().await;
    for desk in [&omar, &ines] {
        desk.opens(id).await;
        desk.sees_message(more, "all that Dana says", |_| true).await;
        let view = desk.sees("that it is urgent", |view| !view.open_cases().is_empty()).await;
        let first = view.open_cases()[0];
        assert_eq!((first.id, first.title.as_str(), first.unread), (id, "dana", 2));
        assert!(first.case.as_ref().is_some_and(|case| case.priority == Priority::Urgent));
    }
    omar.does(Command::Assign { conversation: id, to: Some(omar.id()) }).await;
    let truck = omar.says(id, "A tow truck comes").await;
    dana.opens(id).await;
    dana.sees_message(truck, "his answer", |_| true).await;
    let view = dana.sees("who looks after her", |view| {
        case(view, id).is_some_and(|case| case.assignee == Some(omar.id()))
    });
    assert_eq!(case(&*view.await, id).and_then(|it| it.waiting_since), None, "she has an answer");
    omar.reads(id).await;
    dana.sees_message(opening, "that someone at the desk has read it", |message| {
        message.state >= ReceiptState::Read
    })
    .await;

    ines.does(Command::Resolve { conversation: id, text: "Towed to the depot".into() }).await;
    let resolved = |view: &View| case(view, id).is_some_and(|case| case.resolved_at.is_some());
    for person in [&dana, &omar, &ines] {
        let view = person.sees("that it is over", resolved).await;
        assert!(view.open_cases().iter().all(|one| one.id != id));
    }
    omar.does(Command::Reopen { conversation: id }).await;
    ines.sees("that it is not", |view| !view.open_cases().is_empty()).await;

    ayo.is_level().await;
    assert!(conversation(&ayo.view(), id).is_none(), "it does not concern Ayo");
    let phone = world.device_for("ines").await;
    phone.opens(id).await;
    phone.sees_message(truck, "all of it on her phone", |_| true).await;
    world.ends([dana, ayo, omar, ines, phone]).await;
}

async fn whoever_sits_at_the_desk_answers_and_one_of_them_has_it(mut world: World) {
    let dana = world.driver("dana").await;
    let omar = world.dispatcher("omar").await;
    let ines = world.dispatcher("ines").await;
    let desk = ConversationId::Dispatch(dana.id());
    dana.says(desk, "Which gate?").await;
    for at_the_desk in [&omar, &ines] {
        at_the_desk.sees("that Dana waits", |view| !view.open_cases().is_empty()).await;
    }
    // Both take it while neither hears of the other.
    omar.goes_offline().await;
    ines.goes_offline().await;
    omar.does(Command::Assign { conversation: desk, to: Some(omar.id()) }).await;
    ines.does(Command::Assign { conversation: desk, to: Some(ines.id()) }).await;
    for at_the_desk in [&omar, &ines] {
        at_the_desk.sees("that it waits", |view| view.waiting == 1).await;
    }
    omar.goes_online().await;
    omar.is_level().await;
    ines.goes_online().await;
    let view = ines.sees("that Omar was faster", |view| !view.wedged.is_empty()).await;
    assert_eq!(view.wedged[0].code.slug(), "outdated");
    ines.does(Command::Discard { id: view.wedged[0].id }).await;
    ines.sees("who has it", |view| {
        case(view, desk).is_some_and(|case| case.assignee == Some(omar.id()))
    })
    .await;

    omar.does(Command::Assign { conversation: desk, to: Some(ines.id()) }).await;
    ines.sees("that it is hers now", |view| {
        case(view, desk).is_some_and(|case| case.assignee == Some(ines.id()))
    })
    .await;
    ines.says(desk, "Gate 5").await;
    let answered =
        |view: &View| case(view, desk).is_some_and(|it| it.answered_by == Some(ines.id()));
    omar.sees("who has answered", answered).await;
    ines.does(Command::Resolve { conversation: desk, text: String::new() }).await;
    omar.sees("an empty desk", |view| view.open_cases().is_empty()).await;

    // Of what is said to dispatch nothing is lost to whoever comes to the desk later.
    let mia = world.dispatcher("mia").await;
    mia.opens(desk).await;
    mia.sees("what was said before she came", |view| {
        view.timeline.as_ref().is_some_and(|open| open.messages.len() == 2)
    })
    .await;
    world.ends([dana, omar, ines, mia]).await;
}
