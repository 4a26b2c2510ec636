//! What a template is: what it asks for, what it says in each language, and what a message of it
//! carries. Published by an admin, and then a fact like any other: whoever is sent a message of a
//! version has that version before it.

use std::collections::{BTreeMap, BTreeSet};

use minicbor::{Decode, Decoder, Encode, decode::Error};
use serde::{Deserialize, Serialize};

use super::check::{at_most, not_blank};
use super::header::read_priority;
use super::{Argument, Arguments, ContentError, Header, Priority, ReasonCode, Role, StopState};
use crate::frame::is_false;
use crate::lenient::known_list;
use crate::{
    CHAIN_AFTER_MINUTES_MAX, Millis, NAME_CHARS_MAX, TEMPLATE_ANSWERS_MAX, TEMPLATE_ARGUMENTS_MAX,
    TEMPLATE_LABEL_CHARS_MAX, TEMPLATE_LANGUAGES_MAX, TEMPLATE_OPTIONS_MAX,
    TEMPLATE_TEXT_CHARS_MAX,
};

/// One version of a template.
///
/// ```
/// use waypost_protocol::{TemplateDefinition, TemplateText};
///
/// let text = TemplateText { label: "Ferry".into(), text: "I am on the ferry.".into(), ..TemplateText::default() };
/// let ferry = TemplateDefinition { texts: [("en".into(), text)].into(), ..TemplateDefinition::default() };
/// assert_eq!(ferry.check("on-the-ferry"), Ok(()));
/// assert!(ferry.check("On the ferry").is_err(), "an id is no sentence");
/// ```
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, Encode, Decode)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct TemplateDefinition {
    /// What it asks for, in the order in which it asks; at most [`crate::TEMPLATE_ARGUMENTS_MAX`].
    #[n(0)]
    pub arguments: Vec<TemplateArgument>,
    /// What it says, by language (a BCP 47 tag); at most [`crate::TEMPLATE_LANGUAGES_MAX`].
    #[n(1)]
    pub texts: BTreeMap<String, TemplateText>,
    /// The name of its icon; `list` is shown for one that an app does not know.
    #[n(2)]
    pub icon: String,
    /// Whose button it is. Nobody: it is withdrawn, and old messages of it are still read.
    #[n(3)]
    #[cbor(decode_with = "read_roles")]
    pub used_by: Vec<Role>,
    /// Buttons stand in the order of this number, then of their ids.
    #[n(4)]
    pub rank: u16,
    /// How urgent a message of it is.
    #[n(5)]
    #[cbor(decode_with = "read_priority")]
    pub priority: Priority,
    /// Its sender wants it acknowledged within so many minutes, at most
    /// [`crate::CHAIN_AFTER_MINUTES_MAX`].
    #[n(6)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acknowledge_within_minutes: Option<u16>,
    /// The chain along which it goes further if nobody does.
    #[n(7)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chain: Option<u32>,
    /// The templates with which it is answered by one tap: ids of such as ask for nothing, at most
    /// [`crate::TEMPLATE_ANSWERS_MAX`].
    #[n(8)]
    #[cbor(skip_if = "Vec::is_empty")]
    pub answers: Vec<String>,
    /// What the stop becomes at which it is tapped: it is then no message of a template, but moves the stop
    /// ([`crate::Body::StopMoved`]). It asks for no acknowledgement.
    #[n(9)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub moves: Option<StopAction>,
    /// Whether whoever the goods are for finds it on the page behind their link, and says it to the driver
    /// ([`crate::Body::ConsigneeSaid`]). It asks for words, numbers, minutes and choices alone, and for no
    /// acknowledgement.
    #[n(10)]
    #[cbor(skip_if = "is_false")]
    #[serde(skip_serializing_if = "is_false")]
    pub for_consignees: bool,
}

/// What a stop becomes by a tap.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, Encode, Decode)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct StopAction {
    /// What it becomes: anything but `assigned` and `cancelled`.
    #[n(0)]
    pub to: StopState,
    /// Why, if it did not go as planned.
    #[n(1)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<ReasonCode>,
}

/// A template, as someone has tapped it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, Encode, Decode)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct TemplateUse {
    /// The stable id.
    #[n(0)]
    pub template: String,
    /// The version that the author saw.
    #[n(1)]
    pub version: u16,
    /// The typed arguments, by name.
    #[n(2)]
    #[cbor(decode_with = "super::argument::decode", skip_if = "Arguments::is_empty")]
    #[serde(default)]
    pub arguments: Arguments,
}

/// Something that a template asks for.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, Encode, Decode)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct TemplateArgument {
    /// Its name, as texts call it: `{ $minutes }`. A letter, then letters, digits, `-` and `_`.
    #[n(0)]
    pub name: String,
    /// What it holds.
    #[n(1)]
    pub holds: ArgumentType,
    /// Of a choice: the keys of what there is to choose, from 2 to [`crate::TEMPLATE_OPTIONS_MAX`].
    #[n(2)]
    #[cbor(skip_if = "Vec::is_empty")]
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<String>,
}

/// What an argument of a template holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, Encode, Decode)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
#[cbor(index_only)]
pub enum ArgumentType {
    /// Words.
    #[n(0)]
    Text,
    /// A whole number.
    #[n(1)]
    Number,
    /// A duration in minutes.
    #[n(2)]
    Minutes,
    /// A time of day.
    #[n(3)]
    TimeOfDay,
    /// A place on the map.
    #[n(4)]
    Place,
    /// A stop of a trip.
    #[n(5)]
    Stop,
    /// One of a few options, shown by its name in the reader's language.
    #[n(6)]
    Choice,
}

/// What a template says in one language.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, Encode, Decode)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct TemplateText {
    /// The name on its button, at most [`crate::TEMPLATE_LABEL_CHARS_MAX`] characters.
    #[n(0)]
    pub label: String,
    /// The message: a pattern of Fluent (projectfluent.org), with each argument as `{ $name }`. At most
    /// [`crate::TEMPLATE_TEXT_CHARS_MAX`] characters.
    #[n(1)]
    pub text: String,
    /// The names of all options, by their keys.
    #[n(2)]
    #[cbor(skip_if = "BTreeMap::is_empty")]
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub options: BTreeMap<String, String>,
}

impl TemplateDefinition {
    /// Checks the form of one version of the template with this id. Whether its texts can be read, and
    /// say all that there is to say, is another question.
    ///
    /// # Errors
    /// What is wrong first.
    pub fn check(&self, id: &str) -> Result<(), ContentError> {
        check_id("template", id)?;
        self.check_moves()?;
        self.check_for_consignees()?;
        at_most("arguments", self.arguments.len(), TEMPLATE_ARGUMENTS_MAX)?;
        let mut names = BTreeSet::new();
        for argument in &self.arguments {
            argument.check()?;
            if !names.insert(&argument.name) {
                return wrong("arguments", format!("`{}` stands twice", argument.name));
            }
        }
        if self.texts.is_empty() {
            return wrong("texts", "there must be one");
        }
        at_most("texts", self.texts.len(), TEMPLATE_LANGUAGES_MAX)?;
        self.texts.iter().try_for_each(|(language, text)| self.check_text(language, text))?;
        if !self.icon.is_empty() {
            check_id("icon", &self.icon)?;
        }
        at_most("answers", self.answers.len(), TEMPLATE_ANSWERS_MAX)?;
        self.answers.iter().try_for_each(|answer| check_id("answers", answer))?;
        self.check_asked()
    }

    fn check_text(&self, language: &str, text: &TemplateText) -> Result<(), ContentError> {
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
        if language.is_empty() || language.len() > NAME_CHARS_MAX || !language.chars().all(plain) {
            return wrong("texts", format!("`{language}` is no BCP 47 tag"));
        }
        not_blank("texts", &text.label, TEMPLATE_LABEL_CHARS_MAX)?;
        not_blank("texts", &text.text, TEMPLATE_TEXT_CHARS_MAX)?;
        let all: BTreeSet<_> = self.arguments.iter().flat_map(|it| &it.options).collect();
        if let Some(missing) = all.iter().find(|option| !text.options.contains_key(**option)) {
            return wrong("texts", format!("`{language}` has no name for the option `{missing}`"));
        }
        if let Some(foreign) = text.options.keys().find(|option| !all.contains(option)) {
            return wrong("texts", format!("`{language}` names `{foreign}`, which is no option"));
        }
        let names = text.options.values();
        names.into_iter().try_for_each(|it| not_blank("texts", it, TEMPLATE_LABEL_CHARS_MAX))
    }

    fn check_asked(&self) -> Result<(), ContentError> {
        match self.acknowledge_within_minutes {
            Some(minutes) if !(1..=CHAIN_AFTER_MINUTES_MAX).contains(&minutes) => {
                wrong("acknowledge_within_minutes", format!("from 1 to {CHAIN_AFTER_MINUTES_MAX}"))
            }
            None if self.chain.is_some() => {
                wrong("chain", "a chain needs minutes in `acknowledge_within_minutes`")
            }
            _ => Ok(()),
        }
    }

    /// What moves a stop says how it goes there, and waits for nobody.
    fn check_moves(&self) -> Result<(), ContentError> {
        let Some(action) = self.moves else { return Ok(()) };
        match action.to {
            StopState::Assigned | StopState::Cancelled => wrong("moves", "dispatch alone says so"),
            _ if self.acknowledge_within_minutes.is_some() => {
                wrong("moves", "what moves a stop asks for no acknowledgement")
            }
            _ => Ok(()),
        }
    }

    /// A page asks for what can be typed or chosen, and nobody acknowledges to a page.
    fn check_for_consignees(&self) -> Result<(), ContentError> {
        let can_be_typed = |it: &TemplateArgument| {
            !matches!(it.holds, ArgumentType::TimeOfDay | ArgumentType::Place | ArgumentType::Stop)
        };
        match self.for_consignees {
            true if self.moves.is_some() || self.acknowledge_within_minutes.is_some() => {
                wrong("for_consignees", "they move no stop, and wait for no acknowledgement")
            }
            true if !self.arguments.iter().all(can_be_typed) => {
                wrong("for_consignees", "they are asked for words, numbers, minutes and choices")
            }
            _ => Ok(()),
        }
    }

    /// What a message of it carries, if it is sent now.
    pub fn header(&self, now: Millis) -> Header {
        let within = |minutes: u16| now.saturating_add(i64::from(minutes) * 60_000);
        Header {
            priority: self.priority,
            acknowledge_by: self.acknowledge_within_minutes.map(within),
            chain: self.chain,
            ..Header::default()
        }
    }

    /// The first argument that these lack, or have of another type.
    pub fn lacks(&self, arguments: &Arguments) -> Option<&TemplateArgument> {
        self.arguments.iter().find(|wanted| {
            !arguments.get(&wanted.name).is_some_and(|argument| wanted.takes(argument))
        })
    }
}

impl TemplateArgument {
    /// Whether this can stand there.
    pub fn takes(&self, argument: &Argument) -> bool {
        match (self.holds, argument) {
            (ArgumentType::Choice, Argument::Choice(key)) => self.options.contains(key),
            (ArgumentType::Text, Argument::Text(_))
            | (ArgumentType::Number, Argument::Number(_))
            | (ArgumentType::Minutes, Argument::Minutes(_))
            | (ArgumentType::TimeOfDay, Argument::TimeOfDay(_))
            | (ArgumentType::Place, Argument::Place(_))
            | (ArgumentType::Stop, Argument::Stop { .. }) => true,
            _ => false,
        }
    }

    fn check(&self) -> Result<(), ContentError> {
        if !is_identifier(&self.name) {
            let what = "must begin with a letter and hold letters, digits, `-` and `_` alone";
            return wrong("arguments", format!("`{}` {what}", self.name));
        }
        let is_choice = self.holds == ArgumentType::Choice;
        let (least, most) = if is_choice { (2, TEMPLATE_OPTIONS_MAX) } else { (0, 0) };
        if !(least..=most).contains(&self.options.len()) {
            return wrong(
                "arguments",
                format!("`{}` has from {least} to {most} options", self.name),
            );
        }
        let keys: BTreeSet<_> = self.options.iter().collect();
        match keys.len() == self.options.len() && keys.iter().all(|key| is_identifier(key)) {
            true => Ok(()),
            false => wrong("arguments", format!("the options of `{}` are no keys", self.name)),
        }
    }
}

/// Lower-case letters, digits and `-`, beginning with a letter.
fn check_id(field: &'static str, id: &str) -> Result<(), ContentError> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let fits = id.starts_with(|c: char| c.is_ascii_lowercase()) && id.chars().all(plain);
    match fits && id.len() <= NAME_CHARS_MAX {
        true => Ok(()),
        false => wrong(field, "only lower-case letters, digits and `-`, a letter first"),
    }
}

/// What Fluent takes for the name of a variable.
fn is_identifier(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(plain)
        && name.len() <= NAME_CHARS_MAX
}

fn wrong<T>(field: &'static str, what: impl Into<String>) -> Result<T, ContentError> {
    Err(ContentError { field, what: what.into() })
}

/// A role that this version does not know is left out: its people have another app.
fn read_roles<C>(d: &mut Decoder<'_>, ctx: &mut C) -> Result<Vec<Role>, Error> {
    known_list(d, ctx)
}
