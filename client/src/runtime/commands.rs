//! From what a screen asks for to what the engine is told.

use waypost_engine::Wish;
use waypost_protocol::{Body, ContentError, ConversationId, FactId, PersonId, Quote, kind};

use super::trips::{Pen, anew};
use super::{CommandError, Sent};
use crate::command::{Command, FileCommand, UploadCommand};
use crate::store::{Reading, StoreError, WedgedRow};

/// What a command comes down to.
pub(super) enum Task {
    /// Something for the engine.
    Wish(Wish),
    /// Something for the view alone.
    Open(Option<ConversationId>),
    /// Something about files that go.
    Uploads(UploadCommand),
    /// Something about files that come.
    Files(FileCommand),
    /// Nothing is left to do.
    Done(Sent),
}

/// Looks up what the command leaves open.
pub(super) async fn understand(
    command: Command,
    reading: &Reading<'_>,
    pen: &Pen<'_>,
) -> Result<Task, CommandError> {
    Ok(match command {
        Command::OfTrips(command) => super::trips::understand(command, reading, pen).await?,
        Command::OfUploads(command) => Task::Uploads(command),
        Command::OfFiles(command) => Task::Files(command),
        Command::Send { conversation, message } => {
            let is_more = matches!(*message, Body::Incident { .. } | Body::StopMoved { .. });
            match kind::TOLD.contains(&message.to_content().kind) && !is_more {
                true => say(conversation, *message),
                false => return Err(not_this("message", "this is no message")),
            }
        }
        Command::Choose { choice } if choice.is_choice() => {
            say(ConversationId::Own(reading.me()), *choice)
        }
        Command::Choose { .. } => return Err(not_this("choice", "this is no choice")),
        Command::OpenIncident { incident } => match *incident {
            Body::Incident { .. } => Task::Wish(Wish::Open { incident: *incident }),
            _ => return Err(not_this("incident", "this is no incident")),
        },
        Command::Assign { conversation, to } => assign(conversation, to, reading).await?,
        Command::Resolve { conversation, text } => say(conversation, Body::Resolved { text }),
        Command::Reopen { conversation } => say(conversation, Body::Reopened {}),
        Command::Broadcast { to, message } => {
            let conversation = ConversationId::Broadcasts(reading.me());
            say(conversation, Body::Broadcast { to, message })
        }
        Command::Acknowledge { message } => acknowledge(message, reading).await?,
        Command::Edit { message, text, mentions } => {
            let known = reading.message(message).await?;
            let mine = known.filter(|it| it.author == reading.me() && it.is_text);
            let conversation = mine.ok_or(CommandError::NoSuchMessage)?.conversation;
            say(conversation, Body::Edit { message, text, mentions })
        }
        Command::Delete { message } => {
            let known = reading.message(message).await?.ok_or(CommandError::NoSuchMessage)?;
            say(known.conversation, Body::Deletion { message, author: known.author })
        }
        Command::SetExpiry { conversation, after_s } => {
            say(conversation, Body::ExpirySet { after_s })
        }
        Command::Report { message, reason, text } => {
            let quote = quote(message, reading).await?;
            say(ConversationId::Reports, Body::Reported { quote, reason, text })
        }
        Command::Judge { message, verdict, text } => {
            say(ConversationId::Reports, Body::Judged { message, verdict, text })
        }
        Command::StopEscalation { message } => {
            let known = reading.message(message).await?.ok_or(CommandError::NoSuchMessage)?;
            say(known.conversation, Body::EscalationStopped { message })
        }
        Command::Open { conversation } => Task::Open(conversation),
        Command::MarkRead { conversation, up_to } => Task::Wish(Wish::Read { conversation, up_to }),
        Command::SendAgain { id } => {
            let wedged = wedged(id, reading).await?;
            let conversation = wedged.conversation;
            let (new, content) = anew(id, wedged.content, pen);
            Task::Wish(Wish::SayAgain { wedged: id, id: new, conversation, content })
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

fn say(conversation: ConversationId, body: Body) -> Task {
    Task::Wish(Wish::Say { conversation, body })
}

fn not_this(field: &'static str, what: &str) -> CommandError {
    CommandError::Content(ContentError { field, what: what.into() })
}

/// Whoever has it already need not be told so.
async fn assign(
    conversation: ConversationId,
    to: Option<PersonId>,
    reading: &Reading<'_>,
) -> Result<Task, CommandError> {
    let case = reading.case(conversation).await?;
    let case = case.ok_or_else(|| not_this("conversation", "the staff do not share it"))?;
    Ok(match case.assignee == to {
        true => Task::Done(Sent { id: None }),
        false => say(conversation, Body::Assigned { to, instead_of: case.assignee }),
    })
}

/// A second tap is no second acknowledgement.
async fn acknowledge(message: FactId, reading: &Reading<'_>) -> Result<Task, CommandError> {
    let known = reading.message(message).await?;
    let known = known.filter(|it| it.author != reading.me()).ok_or(CommandError::NoSuchMessage)?;
    if known.acknowledged {
        return Ok(Task::Done(Sent { id: None }));
    }
    Ok(say(known.conversation, Body::Acknowledgement { message }))
}

/// A message of someone else, as it stands on the screen.
async fn quote(message: FactId, reading: &Reading<'_>) -> Result<Box<Quote>, CommandError> {
    let quote = reading.quote(message).await?.ok_or(CommandError::NoSuchMessage)?;
    match quote.author == reading.me() {
        true => Err(not_this("message", "it is your own; delete it")),
        false => Ok(Box::new(quote)),
    }
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
