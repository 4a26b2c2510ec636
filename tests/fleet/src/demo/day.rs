//! A working day, by dice: who taps what, and when signal is lost. Reading and acknowledging is
//! no part of it; that goes on by itself.

use std::collections::BTreeSet;
use std::ops::Range;
use std::time::Duration;

use rand::Rng as _;
use rand::rngs::StdRng;
use tokio::time::{Instant, sleep_until};
use waypost_client::Command;
use waypost_protocol::{ConversationId, FactId};

use crate::tablet::Tablet;
use crate::taps;

/// What a driver taps without being asked, with the pauses between in seconds.
const ROUTINE: [&str; 4] = ["arrived", "delivered", "customer-absent", "call-me"];
const PAUSE: Range<f64> = 4.0..14.0;
/// How long a tunnel is, in seconds.
const TUNNEL: Range<f64> = 8.0..20.0;
/// How fast the dispatcher writes, in seconds.
const DESK_PAUSE: Range<f64> = 2.0..6.0;
const SLOTS: [&str; 4] = ["09:00-10:00", "11:30-12:00", "14:00-15:00, ramp 3", "tomorrow, 07:00"];

/// Answers dispatch, reports, and now and then drives through a tunnel.
pub(super) async fn of_driver(
    driver: &Tablet,
    desks: &[ConversationId],
    mut dice: StdRng,
) -> anyhow::Result<()> {
    let mut answered = BTreeSet::new();
    loop {
        pass(dice.random_range(PAUSE)).await;
        if let Some((message, chat)) = asked(driver, &answered) {
            answered.insert(message);
            driver.does(taps::plain(chat, pick(&mut dice, &ROUTINE), Some(message))).await?;
            continue;
        }
        let desk = pick(&mut dice, desks);
        match dice.random_range(0..5) {
            0 => tunnel(driver, desk, &mut dice).await?,
            1 => driver.does(late(desk, &mut dice)).await.map(|_| ())?,
            _ => {
                driver.does(taps::plain(desk, pick(&mut dice, &ROUTINE), None)).await.map(|_| ())?
            }
        }
    }
}

/// Writes to one driver after the other, as they come to mind.
pub(super) async fn of_dispatcher(
    dispatcher: &Tablet,
    cabs: &[ConversationId],
    mut dice: StdRng,
) -> anyhow::Result<()> {
    loop {
        pass(dice.random_range(DESK_PAUSE)).await;
        let cab = pick(&mut dice, cabs);
        let tap = match dice.random_range(0..3) {
            0 => taps::slot_changed(cab, pick(&mut dice, &SLOTS)),
            1 => taps::plain(cab, "please-confirm", None),
            _ => taps::words(cab, "Is there room for two more pallets?"),
        };
        dispatcher.does(tap).await?;
    }
}

/// No signal: what is tapped waits, and goes by itself at the other end.
async fn tunnel(driver: &Tablet, desk: ConversationId, dice: &mut StdRng) -> anyhow::Result<()> {
    driver.online(false).await?;
    for _ in 0..dice.random_range(1..=3) {
        driver.does(late(desk, dice)).await?;
    }
    pass(dice.random_range(TUNNEL)).await;
    driver.online(true).await
}

fn late(desk: ConversationId, dice: &mut StdRng) -> Command {
    taps::running_late(desk, dice.random_range(1..=12) * 5)
}

/// A message of dispatch on the screen that has no answer yet.
fn asked(driver: &Tablet, answered: &BTreeSet<FactId>) -> Option<(FactId, ConversationId)> {
    let view = driver.view();
    let open = view.timeline.as_ref()?;
    let last =
        open.messages.iter().rev().take(3).find(|it| !it.mine && !answered.contains(&it.id))?;
    Some((last.id, open.conversation))
}

fn pick<T: Copy>(dice: &mut StdRng, among: &[T]) -> T {
    among[dice.random_range(0..among.len())]
}

/// A day has its own clock; nothing here waits for a condition.
async fn pass(seconds: f64) {
    sleep_until(Instant::now() + Duration::from_secs_f64(seconds)).await;
}
