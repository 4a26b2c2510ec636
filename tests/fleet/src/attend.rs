//! What an attentive person does all day: opens what is new, reads it, acknowledges it.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval, timeout};
use waypost_client::view::Timeline;
use waypost_client::{Client, Command, CommandError, View};
use waypost_protocol::ConversationId;

/// A conversation that was opened stands on the screen sooner.
const OPENED_WITHIN: Duration = Duration::from_secs(1);

/// Reads and acknowledges all that comes, until the client is closed.
///
/// At first it looks through every conversation once: a device may have died between reading and
/// acknowledging. With `browse`, it also opens one conversation after the other when there is
/// nothing new, so that a watcher of the view sees the receipts of each.
///
/// # Errors
/// If the client refuses a command; [`CommandError::Closed`] is the ordinary end.
pub async fn attend(client: Arc<Client>, browse: Option<Duration>) -> Result<(), CommandError> {
    let mut views = client.view();
    let mut visited = BTreeSet::new();
    let mut pause = interval(browse.unwrap_or(Duration::from_secs(3600)));
    pause.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let view = views.borrow_and_update().clone();
        if let Some(due) = due(&view, &visited) {
            if visit(&client, &mut views, due).await? {
                visited.insert(due);
            }
            continue;
        }
        tokio::select! {
            changed = views.changed() => changed.map_err(|_| CommandError::Closed)?,
            _ = pause.tick() => open_next(&client, &view).await?,
        }
    }
}

fn due(view: &View, visited: &BTreeSet<ConversationId>) -> Option<ConversationId> {
    let new = |unread, id| unread > 0 || !visited.contains(id);
    let mut all = view.conversations.iter();
    all.find(|it| new(it.unread, &it.id)).map(|it| it.id)
}

/// `false` if it did not come to the screen: somebody else at this device opened another one.
async fn visit(
    client: &Client,
    views: &mut watch::Receiver<Arc<View>>,
    conversation: ConversationId,
) -> Result<bool, CommandError> {
    let open = Some(conversation);
    client.send(Command::Open { conversation: open }).await?;
    let shown = |view: &View| timeline(view, conversation).is_some();
    let Ok(view) = timeout(OPENED_WITHIN, views.wait_for(|view| shown(view))).await else {
        return Ok(false);
    };
    let view = view.map_err(|_| CommandError::Closed)?.clone();
    let messages = timeline(&view, conversation).map_or(&[][..], |it| &it.messages);
    if let Some(up_to) = messages.iter().filter(|it| !it.mine).filter_map(|it| it.n).max() {
        let read = Command::MarkRead { conversation, up_to };
        client.send(read).await?;
    }
    for message in messages {
        if !message.mine && !message.acknowledged_by_me {
            let message = message.id;
            client.send(Command::Acknowledge { message }).await?;
        }
    }
    // Until the screen shows what was done: it must not be done twice. Only what was on it then
    // counts: a message of one's own that was still queued goes behind what has come since.
    let seen: BTreeSet<_> = messages.iter().map(|it| it.id).collect();
    let done = |view: &View| {
        timeline(view, conversation).is_none_or(|open| {
            let mut then = open.messages.iter().filter(|it| seen.contains(&it.id));
            then.all(|it| it.mine || it.acknowledged_by_me)
        })
    };
    let shown = views.wait_for(|view| done(view)).await;
    shown.map(|_| true).map_err(|_| CommandError::Closed)
}

async fn open_next(client: &Client, view: &View) -> Result<(), CommandError> {
    let open = view.timeline.as_ref().map(|it| it.conversation);
    let mut ids: Vec<_> = view.conversations.iter().map(|it| it.id).collect();
    ids.sort();
    let next = ids.iter().find(|id| Some(**id) > open).or(ids.first());
    if let Some(next) = next.filter(|next| Some(**next) != open) {
        let conversation = Some(*next);
        client.send(Command::Open { conversation }).await?;
    }
    Ok(())
}

fn timeline(view: &View, conversation: ConversationId) -> Option<&Timeline> {
    view.timeline.as_ref().filter(|it| it.conversation == conversation)
}
