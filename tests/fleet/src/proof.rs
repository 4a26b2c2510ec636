//! The end of a story: what every party must hold. It looks at screens, never at a promise.

use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use waypost_client::view::{MessageView, Timeline};
use waypost_client::{Command, View};
use waypost_protocol::{ConversationId, FactId, ReceiptState};

use crate::ledger::Tap;
use crate::tablet::Tablet;

/// How long one look at a conversation may take, and how often it is opened again: for longer than the
/// device that has yet to acknowledge may wait between two tries to connect, which is a minute.
const TRY: Duration = Duration::from_secs(2);
const TRIES: usize = 45;

/// In which order the times of the receipts of one message must stand.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Times {
    /// Delivered, read, acknowledged.
    InOrder,
    /// The same, but for acknowledgements: a message that a backup lacked was delivered and read a
    /// second time, while its acknowledgement was given back as it was.
    AfterARestore,
    /// Read, acknowledged. A device that stores more than 16 times between two answers of the server
    /// gives some of these steps one time, the latest: so "delivered" may be told a moment late.
    DeliveredLate,
}

/// Checks that each of `taps` was accepted, delivered, read and acknowledged exactly once, as far
/// as this party can know, and returns how many receipts their screen shows.
///
/// # Errors
/// What a person would have suffered.
pub async fn check(party: &Tablet, taps: &[Tap], times: Times) -> anyhow::Result<usize> {
    party.is_level().await?;
    ensure!(party.view().wedged.is_empty(), "{} has wedged messages", party.name);
    let mut receipts = 0;
    for conversation in conversations_of(party, taps) {
        let taps: Vec<Tap> =
            taps.iter().filter(|it| it.conversation == conversation).copied().collect();
        let timeline = complete(party, conversation, taps.len()).await?;
        check_order(party, &timeline, &taps)?;
        for message in &timeline.messages {
            receipts += check_message(party, message, times)?;
        }
    }
    Ok(receipts)
}

/// Which messages of one conversation stand on this screen, in their order.
///
/// # Errors
/// If the screen does not open it.
pub async fn order_on_screen(
    party: &Tablet,
    conversation: ConversationId,
) -> anyhow::Result<Vec<FactId>> {
    let timeline = complete(party, conversation, 0).await?;
    Ok(timeline.messages.iter().map(|it| it.id).collect())
}

fn conversations_of(party: &Tablet, taps: &[Tap]) -> Vec<ConversationId> {
    let me = party.id();
    let mut all: Vec<_> = taps.iter().map(|it| it.conversation).collect();
    all.sort();
    all.dedup();
    all.retain(|it| it.partner_of(me).is_some());
    all
}

/// The conversation on the screen, once it has all its messages and those have all receipts.
async fn complete(
    party: &Tablet,
    conversation: ConversationId,
    count: usize,
) -> anyhow::Result<Timeline> {
    let shown = |view: &View| view.timeline.clone().filter(|it| it.conversation == conversation);
    // Read and acknowledged travel on their own, in either order.
    let read = |it: &MessageView| it.receipts.iter().all(|it| it.read_at.is_some());
    let agreed = |it: &MessageView| match it.mine {
        true => it.state == ReceiptState::Acknowledged && read(it),
        false => it.acknowledged_by_me,
    };
    let done =
        |it: &Timeline| it.messages.len() >= count && it.messages.iter().all(|it| agreed(it));
    let mut tries = 0..TRIES;
    loop {
        // Again, because their person may be opening something else that is new.
        let open = Some(conversation);
        party.does(Command::Open { conversation: open }).await?;
        let mut views = party.client().view();
        let wait = views.wait_for(|view| shown(view).is_some_and(|it| done(&it)));
        if let Ok(Ok(view)) = tokio::time::timeout(TRY, wait).await {
            return shown(&view).context("just seen");
        }
        if tries.next().is_none() {
            let last = shown(&party.view());
            bail!(
                "{} lacks one of {count} acknowledged messages in {conversation}: {last:#?}",
                party.name
            );
        }
    }
}

fn check_order(party: &Tablet, timeline: &Timeline, taps: &[Tap]) -> anyhow::Result<()> {
    let (who, chat) = (&party.name, timeline.conversation);
    let numbers: Vec<_> = timeline.messages.iter().map(|it| it.n).collect();
    let rising = numbers.windows(2).all(|pair| pair[0] < pair[1]);
    ensure!(
        numbers.iter().all(Option::is_some) && rising,
        "{who} sees {chat} out of order: {numbers:?}"
    );
    ensure!(
        timeline.messages.len() == taps.len(),
        "{who} sees {} messages in {chat}, but {} were tapped",
        timeline.messages.len(),
        taps.len()
    );
    for author in taps.iter().map(|it| it.author) {
        let tapped = taps.iter().filter(|it| it.author == author).map(|it| it.id);
        let shown = timeline.messages.iter().filter(|it| it.author == author).map(|it| it.id);
        ensure!(
            tapped.eq(shown),
            "{who} does not see in {chat} what {author} tapped, in that order"
        );
    }
    Ok(())
}

/// One message: of others it must be acknowledged, of one's own it must have each time.
fn check_message(party: &Tablet, message: &MessageView, order: Times) -> anyhow::Result<usize> {
    let (who, id) = (&party.name, message.id);
    if !message.mine {
        ensure!(message.acknowledged_by_me, "{who} has not acknowledged {id}");
        return Ok(0);
    }
    ensure!(
        message.receipts.len() == 1,
        "{who} sees {} recipients of {id}",
        message.receipts.len()
    );
    let it = &message.receipts[0];
    let times = [message.recorded_at, it.delivered_at, it.read_at, it.acknowledged_at];
    ensure!(times.iter().all(Option::is_some), "{who} lacks receipts of {id}: {times:?}");
    let ordered = match order {
        Times::InOrder => &times[1..],
        Times::AfterARestore => &times[1..3],
        Times::DeliveredLate => &times[2..],
    };
    ensure!(ordered.is_sorted(), "{who} sees receipts of {id} in no order: {times:?}");
    Ok(times.len())
}
