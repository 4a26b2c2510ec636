//! What a frame of a device asks of the server, in order: something to commit, then a page.

use waypost_protocol::{Downlink, History, ProblemCode, Pull, Submit, Uplink};

use crate::batch::{Actor, Reply, Request};

/// What one frame asks.
#[derive(Clone, PartialEq, Debug)]
pub struct Asked {
    /// To be committed first, if anything.
    pub request: Option<Request>,
    /// The page that answers then, unless the commit has an answer of its own ([`answer_to`]).
    pub page: Option<Page>,
}

/// A stretch of the record that is to be read.
#[derive(Clone, PartialEq, Debug)]
pub enum Page {
    /// What comes after a cursor.
    Next(Pull),
    /// What a conversation said before.
    Earlier(History),
}

impl Asked {
    /// By a proved device.
    pub fn by(actor: Actor, frame: Uplink) -> Self {
        match frame {
            Uplink::Submit(Submit { entries }) => {
                Self { request: Some(Request::Submit { actor, entries }), page: None }
            }
            Uplink::Pull(mut pull) => {
                let stored = std::mem::take(&mut pull.stored);
                let read = std::mem::take(&mut pull.read);
                let owes = !stored.is_empty() || !read.is_empty();
                let epoch = pull.after.epoch;
                let marks = Request::Marks { actor, epoch, stored, read };
                Self { request: owes.then_some(marks), page: Some(Page::Next(pull)) }
            }
            Uplink::History(history) => Self { request: None, page: Some(Page::Earlier(history)) },
            // It is told, and nothing answers it.
            Uplink::Here(_) => Self { request: None, page: None },
        }
    }
}

/// The frame that answers a commit; `None` if the page answers.
pub fn answer_to(reply: Reply) -> Option<Downlink> {
    match reply {
        Reply::Answers(answers) => Some(Downlink::Answers { answers }),
        Reply::Refused(code) => Some(refused(code)),
        Reply::MarksKept => None,
        // No frame of a device does a deed.
        Reply::Done(_) => Some(refused(ProblemCode::Internal)),
    }
}

/// How long a device waits when the server has no room, in milliseconds.
const RETRY_AFTER_MS: u32 = 1_000;

/// The refusal of a whole frame.
pub fn refused(code: ProblemCode) -> Downlink {
    let again = matches!(code, ProblemCode::Overloaded | ProblemCode::Stopping);
    Downlink::Refused { code, retry_after_ms: again.then_some(RETRY_AFTER_MS) }
}
