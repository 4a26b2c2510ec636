//! From what a screen asks for to what the engine is told.

use waypost_engine::Wish;
use waypost_protocol::{Body, ContentError, ConversationId, FactId, kind};

use super::{CommandError, Sent};
use crate::command::Command;
use crate::store::{Reading, StoreError, WedgedRow};

/// What a command comes down to.
pub(super) enum Task {
    /// Something for the engine.
    Wish(Wish),
    /// Something for the view alone.
    Open(Option<ConversationId>),
    /// Nothing is left to do.
    Done(Sent),
}

/// Looks up what the command leaves open.
pub(super) async fn understand(
    command: Command,
    reading: &Reading<'_>,
) -> Result<Task, CommandError> {
    Ok(match command {
        Command::Send { conversation, message } => {
            let opens = matches!(*message, Body::Incident { .. });
            match kind::TOLD.contains(&message.to_content().kind) && !opens {
                true => Task::Wish(Wish::Say { conversation, body: *message }),
                false => return Err(not_this("message", "this is no message")),
            }
        }
        Command::OpenIncident { incident } => match *incident {
            Body::Incident { .. } => Task::Wish(Wish::Open { incident: *incident }),
            _ => return Err(not_this("incident", "this is no incident")),
        },
        Command::Assign { conversation, to } => {
            let case = reading.case(conversation).await?;
            let case = case.ok_or_else(|| not_this("conversation", "the staff do not share it"))?;
            match case.assignee == to {
                true => Task::Done(Sent { id: None }),
                false => {
                    let body = Body::Assigned { to, instead_of: case.assignee };
                    Task::Wish(Wish::Say { conversation, body })
                }
            }
        }
        Command::Resolve { conversation, text } => {
            Task::Wish(Wish::Say { conversation, body: Body::Resolved { text } })
        }
        Command::Reopen { conversation } => {
            Task::Wish(Wish::Say { conversation, body: Body::Reopened {} })
        }
        Command::Broadcast { to, message } => {
            let conversation = ConversationId::Broadcasts(reading.me());
            let body = Body::Broadcast { to, message };
            Task::Wish(Wish::Say { conversation, body })
        }
        Command::Acknowledge { message } => acknowledge(message, reading).await?,
        Command::Edit { message, text, mentions } => {
            let known = reading.message(message).await?;
            let mine = known.filter(|it| it.author == reading.me() && it.is_text);
            let conversation = mine.ok_or(CommandError::NoSuchMessage)?.conversation;
            let body = Body::Edit { message, text, mentions };
            Task::Wish(Wish::Say { conversation, body })
        }
        Command::Delete { message } => {
            let known = reading.message(message).await?.ok_or(CommandError::NoSuchMessage)?;
            let body = Body::Deletion { message, author: known.author };
            Task::Wish(Wish::Say { conversation: known.conversation, body })
        }
        Command::StopEscalation { message } => {
            let known = reading.message(message).await?.ok_or(CommandError::NoSuchMessage)?;
            let body = Body::EscalationStopped { message };
            Task::Wish(Wish::Say { conversation: known.conversation, body })
        }
        Command::Open { conversation } => Task::Open(conversation),
        Command::MarkRead { conversation, up_to } => Task::Wish(Wish::Read { conversation, up_to }),
        Command::SendAgain { id } => {
            let wedged = wedged(id, reading).await?;
            let (conversation, content) = (wedged.conversation, wedged.content);
            Task::Wish(Wish::SayAgain { wedged: id, conversation, content })
        }
        Command::Discard { id } => {
            let wedged = wedged(id, reading).await?;
            Task::Wish(Wish::Discard { wedged: wedged.id })
        }
        Command::Do { activity } => Task::Wish(Wish::Do(activity)),
        Command::Type { conversation } => Task::Wish(Wish::Type(conversation)),
        Command::SetOnline { online } => Task::Wish(Wish::Online(online)),
    })
}

fn not_this(field: &'static str, what: &str) -> CommandError {
    CommandError::Content(ContentError { field, what: what.into() })
}

/// A second tap is no second acknowledgement.
async fn acknowledge(message: FactId, reading: &Reading<'_>) -> Result<Task, CommandError> {
    let known = reading.message(message).await?;
    let known = known.filter(|it| it.author != reading.me()).ok_or(CommandError::NoSuchMessage)?;
    if known.acknowledged {
        return Ok(Task::Done(Sent { id: None }));
    }
    let body = Body::Acknowledgement { message };
    Ok(Task::Wish(Wish::Say { conversation: known.conversation, body }))
}

async fn wedged(id: FactId, reading: &Reading<'_>) -> Result<WedgedRow, CommandError> {
    let wedged = reading.wedged().await?;
    wedged.into_iter().find(|row| row.id == id).ok_or(CommandError::NotWedged)
}

impl From<StoreError> for CommandError {
    fn from(error: StoreError) -> Self {
        Self::Store(error.to_string())
    }
}
