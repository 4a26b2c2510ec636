//! Devices whose clocks are wrong.

use waypost_client::Clock;
use waypost_protocol::ReceiptState;
use waypost_world::World;

const TWO_YEARS_MS: i64 = 2 * 365 * 24 * 60 * 60 * 1000;

crate::on_both! {
    a_clock_two_years_ahead_pins_nothing_and_is_flagged
}

async fn a_clock_two_years_ahead_pins_nothing_and_is_flagged(mut world: World) {
    world.adds("dana", "driver").await;
    let clock = Clock { shift_ms: TWO_YEARS_MS, ..Clock::default() };
    let dana = world.device_with_clock("dana", clock).await;
    let omar = world.dispatcher("omar").await;
    let chat = dana.with(&omar);
    dana.opens(chat).await;
    omar.opens(chat).await;
    dana.is_level().await;

    let from_the_future = dana.writes(&omar, "Arrived").await;
    let seen = omar.sees_message(from_the_future, "the message", |_| true).await;
    let recorded_at = seen.recorded_at.expect("it is in the record");
    assert!(seen.clock_suspect, "Omar is warned that the time is not to be believed");
    assert!(
        seen.occurred_at - recorded_at > TWO_YEARS_MS / 2,
        "the device's time is kept as it is"
    );

    let later = omar.writes(&dana, "Thanks").await;
    dana.sees_message(later, "the answer", |_| true).await;
    let last = dana.view().timeline.clone().expect("open").messages.last().map(|m| m.id);
    assert_eq!(last, Some(later), "the newest message stands last, whatever the clocks say");
    dana.reads(chat).await;
    omar.sees_message(later, "the read receipt", |m| m.state == ReceiptState::Read).await;
    world.ends([dana, omar]).await;
}
