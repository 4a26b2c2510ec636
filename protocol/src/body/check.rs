//! The rules of a body that need no knowledge of the record: lengths, blanks, names.
//!
//! Whether a person may say it, and whether what it names exists, is the server's to decide.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use super::header::{check_expiry, check_mentions};
use super::report::check_rules;
use super::step::check_steps;
use super::{Answered, Arguments, Body, Header, Place, QuietHours};
use crate::{
    GROUP_MEMBERS_MAX, GROUP_MODERATORS_MAX, INSTRUCTIONS_CHARS_MAX, NAME_CHARS_MAX,
    PLANS_ANSWERED_MAX, REPORT_CHARS_MAX, TEMPLATE_ARGUMENTS_MAX, TEXT_CHARS_MAX,
};

/// Content that breaks the rules of its kind.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ContentError {
    /// The field that is wrong, as in JSON.
    pub field: &'static str,
    /// What is wrong with it and what would be right.
    pub what: String,
}

impl std::fmt::Display for ContentError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.field, self.what)
    }
}

impl std::error::Error for ContentError {}

impl Body {
    /// Checks the rules that need no knowledge of the record: lengths, blanks, names.
    pub fn check(&self) -> Result<(), ContentError> {
        if let Some(header) = self.header() {
            header.check()?;
        }
        match self {
            Self::Text { text, .. } => not_blank("text", text, TEXT_CHARS_MAX),
            Self::Template { template, arguments, .. } => check_template(template, arguments),
            Self::File { file, text, header, .. } => {
                if header.chain.is_some() {
                    // Whoever is told it further would get a copy of it.
                    let what = "a file goes along no chain".into();
                    return Err(ContentError { field: "chain", what });
                }
                file.check()?;
                at_most_chars("text", text, TEXT_CHARS_MAX)
            }
            Self::Location { place, .. } => place.check(),
            Self::Incident { text, place, header, .. } => {
                if header.expires_after_s.is_some() {
                    // Nobody would know any more what is to be resolved.
                    let what = "an incident stays".into();
                    return Err(ContentError { field: "expires_after_s", what });
                }
                place.iter().try_for_each(Place::check)?;
                at_most_chars("text", text, TEXT_CHARS_MAX)
            }
            Self::ConsigneeSaid { said, header, .. } => {
                stays_and_waits_for_nobody("said", header)?;
                check_template(&said.template, &said.arguments)
            }
            Self::StopMoved { moved, text, template, header } => {
                stays_and_waits_for_nobody("moved", header)?;
                moved.check()?;
                template.iter().try_for_each(|it| check_template(&it.template, &it.arguments))?;
                at_most_chars("text", text, TEXT_CHARS_MAX)
            }
            Self::Resolved { text } => at_most_chars("text", text, TEXT_CHARS_MAX),
            Self::Contact { contact, .. } => contact.check(),
            Self::Broadcast { to, message } => {
                to.check()?;
                check_told(message)
            }
            Self::Edit { text, mentions, .. } => {
                not_blank("text", text, TEXT_CHARS_MAX)?;
                check_mentions(mentions)
            }
            Self::Erased { .. } => {
                Err(ContentError { field: "content", what: "must say something".into() })
            }
            Self::Unknown { bytes, .. } if BASE64.decode(bytes).is_err() => {
                Err(ContentError { field: "bytes", what: "must be base64".into() })
            }
            deed => deed.check_deed(),
        }
    }

    /// The same for what the server makes of deeds, and for what people choose.
    fn check_deed(&self) -> Result<(), ContentError> {
        match self {
            Self::PersonAdded { handle, name, language, .. } => {
                check_handle(handle)?;
                not_blank("name", name, NAME_CHARS_MAX)?;
                not_blank("language", language, NAME_CHARS_MAX)
            }
            Self::GroupCreated { name, members, moderators, settings, .. } => {
                not_blank("name", name, NAME_CHARS_MAX)?;
                at_most("members", members.len(), GROUP_MEMBERS_MAX)?;
                at_most("moderators", moderators.len(), GROUP_MODERATORS_MAX)?;
                check_expiry("expires_after_s", settings.expires_after_s)
            }
            Self::GroupChanged { name, settings, .. } => {
                not_blank("name", name, NAME_CHARS_MAX)?;
                check_expiry("expires_after_s", settings.expires_after_s)
            }
            Self::ExpirySet { after_s } => check_expiry("after_s", *after_s),
            Self::Reported { quote, text, .. } => {
                quote.check()?;
                at_most_chars("text", text, REPORT_CHARS_MAX)
            }
            Self::Flagged { quote, .. } => quote.check(),
            Self::Judged { text, .. } => at_most_chars("text", text, REPORT_CHARS_MAX),
            Self::FlagRulesSet { rules } => check_rules(rules),
            Self::Enrolled { device_name, .. } => {
                not_blank("device_name", device_name, NAME_CHARS_MAX)
            }
            Self::ChainSet { name, steps, .. } => {
                not_blank("name", name, NAME_CHARS_MAX)?;
                check_steps(steps)
            }
            Self::CoverageSet { of, .. } => of.check(),
            Self::QuietHours { hours, .. } => hours.iter().try_for_each(QuietHours::check),
            Self::ShiftPlanned { shift } => shift.check(),
            Self::TripPlanned { plan, .. } => plan.check(),
            Self::StopPlanned { plan, .. } => plan.check(),
            Self::PlansAnswered { answers, text, .. } => {
                at_most("answers", answers.len(), PLANS_ANSWERED_MAX)?;
                answers.iter().try_for_each(Answered::check)?;
                at_most_chars("text", text, INSTRUCTIONS_CHARS_MAX)
            }
            Self::StopSettled { text, .. } => at_most_chars("text", text, INSTRUCTIONS_CHARS_MAX),
            Self::TemplatePublished { version: 0, .. } => {
                Err(ContentError { field: "version", what: "versions are counted from 1".into() })
            }
            Self::TemplatePublished { template, definition, .. } => definition.check(template),
            _ => Ok(()),
        }
    }
}

/// What is told to many holds nothing else.
fn check_told(message: &Body) -> Result<(), ContentError> {
    match message {
        told if told.may_be_told_to_many() => message.check(),
        _ => {
            let what = "must be a text, a template, a location or a contact".into();
            Err(ContentError { field: "message", what })
        }
    }
}

pub(super) fn not_blank(
    field: &'static str,
    value: &str,
    chars_max: usize,
) -> Result<(), ContentError> {
    if value.trim().is_empty() {
        return Err(ContentError { field, what: "must not be blank".into() });
    }
    at_most_chars(field, value, chars_max)
}

fn at_most_chars(field: &'static str, value: &str, chars_max: usize) -> Result<(), ContentError> {
    if value.chars().count() > chars_max {
        return Err(ContentError { field, what: format!("at most {chars_max} characters") });
    }
    Ok(())
}

pub(super) fn at_most(field: &'static str, count: usize, max: usize) -> Result<(), ContentError> {
    match count <= max {
        true => Ok(()),
        false => Err(ContentError { field, what: format!("at most {max}") }),
    }
}

fn check_handle(handle: &str) -> Result<(), ContentError> {
    not_blank("handle", handle, NAME_CHARS_MAX)?;
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '.' || c == '-';
    if handle.chars().all(plain) {
        Ok(())
    } else {
        Err(ContentError {
            field: "handle",
            what: "only lower-case letters, digits, `.` and `-`".into(),
        })
    }
}

/// What is about a stop stays, and waits for nobody.
fn stays_and_waits_for_nobody(field: &'static str, header: &Header) -> Result<(), ContentError> {
    let waits = header.acknowledge_by.is_some() || header.chain.is_some();
    match waits || header.expires_after_s.is_some() {
        true => {
            let what = "what is about a stop stays, and waits for nobody".into();
            Err(ContentError { field, what })
        }
        false => Ok(()),
    }
}

fn check_template(template: &str, arguments: &Arguments) -> Result<(), ContentError> {
    not_blank("template", template, NAME_CHARS_MAX)?;
    at_most("arguments", arguments.len(), TEMPLATE_ARGUMENTS_MAX)?;
    for (name, argument) in arguments {
        not_blank("arguments", name, NAME_CHARS_MAX)?;
        argument.check()?;
    }
    Ok(())
}
