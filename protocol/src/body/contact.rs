//! Whom one can call or write to.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use super::ContentError;
use super::check::not_blank;
use crate::{NAME_CHARS_MAX, PersonId};

/// Someone whom one can call or write to.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, Encode, Decode)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Contact {
    /// What they are called; this and each of the others at most [`crate::NAME_CHARS_MAX`] characters.
    #[n(0)]
    pub name: String,
    /// Where they answer the phone: digits, spaces and `+ ( ) - . / # *`, of which `+` or `(` may be first.
    #[n(1)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// Where they read mail.
    #[n(2)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mail: Option<String>,
    /// For whom they work.
    #[n(3)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub company: Option<String>,
    /// Who they are, if they are in the directory.
    #[n(4)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<PersonId>,
}

impl Contact {
    /// Checks that they can be reached, and that nothing else hides in what one would dial.
    ///
    /// # Errors
    /// What is wrong first.
    pub fn check(&self) -> Result<(), ContentError> {
        not_blank("contact", &self.name, NAME_CHARS_MAX)?;
        let told = [&self.phone, &self.mail, &self.company].into_iter().flatten();
        told.into_iter().try_for_each(|it| not_blank("contact", it, NAME_CHARS_MAX))?;
        let dialled = |c: char| c.is_ascii_digit() || " +()-./#*".contains(c);
        let begins = |c: char| c.is_ascii_digit() || "+(".contains(c);
        let phone = self.phone.iter().all(|it| it.chars().all(dialled) && it.starts_with(begins));
        let written = |mail: &String| {
            let plain = |c: char| !c.is_whitespace() && !c.is_control() && !"?&,%".contains(c);
            mail.split_once('@').is_some_and(|(who, where_)| !who.is_empty() && !where_.is_empty())
                && mail.chars().all(plain)
        };
        let wrong = |what: &str| Err(ContentError { field: "contact", what: what.into() });
        match (phone, self.mail.iter().all(written)) {
            (false, _) => wrong(
                "a phone number begins with a digit, `+` or `(`, and holds digits, spaces and `+()-./#*`",
            ),
            (_, false) => wrong("an address for mail is as in `someone@example.com`"),
            _ if self.phone.is_none() && self.mail.is_none() && self.person.is_none() => {
                wrong("there must be a phone number, an address for mail or a person")
            }
            _ => Ok(()),
        }
    }
}
