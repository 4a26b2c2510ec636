//! What a driver reports without a network, and what an admin makes of it on her own screen.

use waypost_client::view::MessageView;
use waypost_client::{Command, View};
use waypost_protocol::{Body, ConversationId, ReportReason, Verdict};
use waypost_world::World;

crate::on_both! {
    what_dana_reports_without_a_network_is_judged_by_ines_and_gone
    what_dana_and_omar_write_goes_after_a_day_on_all_their_devices
    a_group_whose_messages_go_says_so_to_who_joins_later
}

async fn what_dana_reports_without_a_network_is_judged_by_ines_and_gone(mut world: World) {
    let (dana, omar) = (world.driver("dana").await, world.dispatcher("omar").await);
    let ines = world.someone("ines", "admin").await;
    let talk = dana.with(&omar);
    for person in [&dana, &omar] {
        person.opens(talk).await;
    }
    let rude = omar.writes(&dana, "Are you asleep again?").await;
    dana.sees_message(rude, "what he wrote", |_| true).await;
    dana.goes_offline().await;
    let (reason, text) = (ReportReason::Harassment, "The third time this week".to_owned());
    dana.does(Command::Report { message: rude, reason, text: text.clone() }).await;
    dana.sees("that she has reported it", |view| {
        view.reports.iter().any(|it| it.quote.message == rude)
    })
    .await;
    assert!(ines.view().reports.is_empty(), "the network is down");

    dana.goes_online().await;
    let view = ines.sees("a report", |view| !view.reports.is_empty()).await;
    let report = &view.reports[0];
    assert_eq!((report.quote.author, report.quote.conversation), (omar.id(), talk));
    assert_eq!(report.quote.said.to_body(), Ok(Body::text("Are you asleep again?")));
    assert_eq!((report.reports[0].person, &report.reports[0].text), (dana.id(), &text));
    assert!(omar.view().reports.is_empty(), "whoever is reported hears nothing of it");
    let (verdict, text) = (Verdict::Removed, String::new());
    ines.does(Command::Judge { message: rude, verdict, text }).await;
    ines.sees("nothing that waits", |view| view.reports.is_empty()).await;
    for person in [&dana, &omar] {
        let gone = |message: &waypost_client::view::MessageView| {
            matches!(message.body, Body::Erased { .. })
        };
        person.sees_message(rude, "that it is gone", gone).await;
    }
    world.ends([dana, omar, ines]).await;
}

fn is_gone(message: &MessageView) -> bool {
    matches!(message.body, Body::Erased { .. })
}

async fn what_dana_and_omar_write_goes_after_a_day_on_all_their_devices(mut world: World) {
    const DAY_S: u32 = 86_400;
    let (mut dana, omar) = (world.driver("dana").await, world.dispatcher("omar").await);
    let phone = world.device_for("omar").await;
    let talk = dana.with(&omar);
    let before = omar.writes(&dana, "Gate 4 is closed").await;
    dana.opens(talk).await;
    dana.sees_message(before, "what he wrote", |_| true).await;
    dana.goes_offline().await;
    // She does not know yet what he says of it: her message is recorded after that all the same.
    let waiting = dana.writes(&omar, "The code is 4711").await;
    omar.does(Command::SetExpiry { conversation: talk, after_s: Some(DAY_S) }).await;
    omar.is_level().await;
    let lasts = |view: &View| {
        view.conversations.iter().any(|it| it.id == talk && it.expires_after_s == Some(DAY_S))
    };
    phone.sees("how long they stay", lasts).await;
    dana.goes_online().await;
    dana.sees("how long they stay", lasts).await;
    let after = omar.writes(&dana, "The code is 4712").await;
    dana.sees_message(after, "his code", |_| true).await;
    dana.is_level().await;

    dana.is_switched_off_for(2 * 86_400_000).await;
    dana.opens(talk).await;
    dana.sees_message(after, "that it is gone", is_gone).await;
    dana.sees_message(waiting, "that hers is gone", is_gone).await;
    dana.sees_message(before, "what was said before", |message| !is_gone(message)).await;
    world.ends([dana, omar, phone]).await;
}

async fn a_group_whose_messages_go_says_so_to_who_joins_later(mut world: World) {
    let (dana, omar) = (world.driver("dana").await, world.dispatcher("omar").await);
    let mut ayo = world.driver("ayo").await;
    world.makes_group("Night", &[&dana, &omar], &["--history", "--expires-after", "3600"]).await;
    let night = ConversationId::Group(1);
    let hears = |view: &View| view.conversations.iter().any(|it| it.id == night);
    omar.sees("the group", hears).await;
    let code = omar.says(night, "The code is 4711").await;
    omar.is_level().await;
    world.takes_in(1, &ayo).await;
    ayo.sees("the group", hears).await;
    ayo.opens(night).await;
    ayo.sees_message(code, "what was said before he came", |_| true).await;
    let view = ayo.view();
    let group = view.conversations.iter().find(|it| it.id == night).expect("it is listed");
    assert_eq!(group.expires_after_s, Some(3_600));
    ayo.is_level().await;
    ayo.is_switched_off_for(2 * 3_600_000).await;
    ayo.opens(night).await;
    ayo.sees_message(code, "that it is gone", is_gone).await;
    world.ends([dana, omar, ayo]).await;
}
