//! What the server refused for ever, with the reason in words.

use waypost_client::View;
use waypost_locales::Texts;
use waypost_protocol::FactId;

use crate::{body_text, roster};

/// One refused message.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Refused {
    /// Which.
    pub id: FactId,
    /// Where it was meant to go.
    pub to: String,
    /// What it said.
    pub text: String,
    /// What happened.
    pub happened: String,
    /// What can be done.
    pub remedy: String,
}

/// Every refused message, oldest first.
pub fn refused(view: &View, texts: &Texts) -> Vec<Refused> {
    let row = |wedged: &waypost_client::view::Wedged| {
        let title = roster::title_of(view, wedged.conversation);
        let problem = texts.problem(wedged.code);
        Refused {
            id: wedged.id,
            to: texts.message("refused-to", &[("title", title.into())]),
            text: body_text(&wedged.body, texts),
            happened: problem.happened,
            remedy: problem.remedy,
        }
    };
    view.wedged.iter().map(row).collect()
}

/// "2 messages were refused".
pub fn refused_title(view: &View, texts: &Texts) -> String {
    texts.message("notice-refused", &[("count", view.wedged.len().into())])
}
