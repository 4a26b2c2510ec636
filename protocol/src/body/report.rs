//! What people report, what is made of it, and the rules by which the server flags messages by itself.

use minicbor::{Decode, Decoder, Encode, decode::Error};
use serde::{Deserialize, Serialize};

use super::check::{at_most, not_blank};
use super::{Body, Content, ContentError, kind};
use crate::lenient::known;
use crate::{
    ConversationId, FLAG_RULES_MAX, FLAG_WORD_CHARS_MAX, FLAG_WORDS_MAX, FactId, NAME_CHARS_MAX,
    PersonId, sentences_of, words,
};

/// What is wrong with a message, as whoever reports it sees it.
#[derive(
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Debug,
    Default,
    Serialize,
    Deserialize,
    Encode,
    Decode,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
#[cbor(index_only)]
pub enum ReportReason {
    /// Anything else.
    #[default]
    #[n(0)]
    Other,
    /// It insults or harasses someone.
    #[n(1)]
    Harassment,
    /// It threatens someone.
    #[n(2)]
    Threat,
    /// It advertises, or is said over and over.
    #[n(3)]
    Spam,
    /// It tells what is private to someone else.
    #[n(4)]
    Privacy,
    /// It asks for what is not safe or not allowed, such as to drive on without a break.
    #[n(5)]
    Unsafe,
}

/// What became of a message that was reported or flagged.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, Encode, Decode)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = ReportVerdict))]
#[serde(rename_all = "kebab-case")]
#[cbor(index_only)]
pub enum Verdict {
    /// It stays.
    #[n(0)]
    Kept,
    /// It goes from the screens of all its readers.
    #[n(1)]
    Removed,
}

/// A message as whoever reports it had it before their eyes. The server takes only what it has recorded so:
/// whoever judges can rely on these words.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, Encode, Decode)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Quote {
    /// The message.
    #[n(0)]
    pub message: FactId,
    /// Who wrote it.
    #[n(1)]
    pub author: PersonId,
    /// Where.
    #[n(2)]
    pub conversation: ConversationId,
    /// What it says: the content of the message, or of the edit that has given it other words.
    #[n(3)]
    #[cbor(decode_with = "read_said")]
    #[cfg_attr(feature = "openapi", schema(value_type = Body, no_recursion))]
    pub said: Content,
    /// That edit.
    #[n(4)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edit: Option<FactId>,
}

impl Quote {
    /// The fact whose content is quoted.
    pub fn fact(&self) -> FactId {
        self.edit.unwrap_or(self.message)
    }

    pub(super) fn check(&self) -> Result<(), ContentError> {
        let error = |what: &str| Err(ContentError { field: "said", what: what.into() });
        match (self.said.to_body(), self.edit) {
            _ if !can_be_quoted(self.said.kind) || self.said.is_erased() => {
                error("must be what a message says")
            }
            (Ok(Body::Edit { message, .. }), Some(_)) if message == self.message => Ok(()),
            (Ok(Body::Edit { .. }), _) | (_, Some(_)) => {
                error("an edit is quoted as an edit of the message")
            }
            (Err(error), None) => Err(error),
            (Ok(said), None) => said.check(),
        }
    }
}

/// A rule by which the server flags messages for those who judge them.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, Encode, Decode)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct FlagRule {
    /// Its name, which stands with what it flags.
    #[n(0)]
    pub name: String,
    /// Words, or several after each other, of which one is enough; without regard to case and accents.
    #[n(1)]
    #[cbor(skip_if = "Vec::is_empty")]
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "openapi", schema(example = json!(["idiot", "shut up"])))]
    pub words: Vec<String>,
    /// Whether a link to a page is enough.
    #[n(2)]
    #[cbor(skip_if = "crate::frame::is_false")]
    #[serde(default)]
    pub links: bool,
    /// Whether it also looks at what two people say to each other, and not at groups alone.
    #[n(3)]
    #[cbor(skip_if = "crate::frame::is_false")]
    #[serde(default)]
    pub direct: bool,
}

impl FlagRule {
    fn check(&self) -> Result<(), ContentError> {
        not_blank("name", &self.name, NAME_CHARS_MAX)?;
        at_most("words", self.words.len(), FLAG_WORDS_MAX)?;
        for word in &self.words {
            not_blank("words", word, FLAG_WORD_CHARS_MAX)?;
            if words(word).next().is_none() {
                let what = format!("\"{word}\" has neither letters nor digits");
                return Err(ContentError { field: "words", what });
            }
        }
        if self.words.is_empty() && !self.links {
            let what = "without words or links nothing is flagged".into();
            return Err(ContentError { field: "words", what });
        }
        Ok(())
    }
}

/// Rules as they are compared with what is said: their words are folded once.
///
/// ```
/// use waypost_protocol::{Body, ConversationId, FlagRule, Flags};
///
/// let tone = FlagRule { name: "Tone".into(), words: vec!["shut up".into()], ..FlagRule::default() };
/// let (flags, north) = (Flags::new(&[tone]), ConversationId::Group(3));
/// assert_eq!(flags.on(north, &Body::text("Oh, SHUT  UP!")), ["Tone"]);
/// assert!(flags.on(north, &Body::text("Shut the gate, look up")).is_empty());
/// ```
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Flags {
    rules: Vec<Folded>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
struct Folded {
    name: String,
    phrases: Vec<Vec<String>>,
    links: bool,
    direct: bool,
}

impl Flags {
    /// By these rules.
    pub fn new(rules: &[FlagRule]) -> Self {
        let folded = |rule: &FlagRule| Folded {
            name: rule.name.clone(),
            phrases: rule.words.iter().map(|phrase| words(phrase).collect()).collect(),
            links: rule.links,
            direct: rule.direct,
        };
        Self { rules: rules.iter().map(folded).collect() }
    }

    /// The names of the rules that flag this, said there. What the staff share they read anyway.
    pub fn on(&self, conversation: ConversationId, said: &Body) -> Vec<String> {
        let is_direct = match conversation {
            ConversationId::Group(_) => false,
            ConversationId::Direct(..) => true,
            _ => return Vec::new(),
        };
        let looking = || self.rules.iter().filter(|rule| rule.direct || !is_direct);
        if looking().next().is_none() {
            return Vec::new(); // Nothing is cut into words in vain.
        }
        let texts: Vec<_> = sentences_of(said).into_iter().map(Text::new).collect();
        let flagging = looking().filter(|rule| texts.iter().any(|text| rule.flags(text)));
        flagging.map(|rule| rule.name.clone()).collect()
    }
}

struct Text {
    words: Vec<String>,
    links: bool,
}

impl Text {
    fn new(text: &str) -> Self {
        let lower = text.to_ascii_lowercase();
        let links = ["http://", "https://", "www."].iter().any(|begin| lower.contains(begin));
        Self { words: words(text).collect(), links }
    }

    fn says(&self, phrase: &[String]) -> bool {
        !phrase.is_empty() && self.words.windows(phrase.len()).any(|heard| heard == phrase)
    }
}

impl Folded {
    fn flags(&self, text: &Text) -> bool {
        (self.links && text.links) || self.phrases.iter().any(|phrase| text.says(phrase))
    }
}

pub(super) fn check_rules(rules: &[FlagRule]) -> Result<(), ContentError> {
    at_most("rules", rules.len(), FLAG_RULES_MAX)?;
    rules.iter().try_for_each(FlagRule::check)?;
    let names: std::collections::BTreeSet<_> = rules.iter().map(|rule| &rule.name).collect();
    match names.len() == rules.len() {
        true => Ok(()),
        false => Err(ContentError { field: "rules", what: "two have the same name".into() }),
    }
}

/// Whether a fact of this kind says what can be reported. What the staff see to stays, whatever it says.
fn can_be_quoted(kind: u16) -> bool {
    (kind::TOLD.contains(&kind) && !kind::stays(kind)) || kind == kind::EDIT
}

/// A reason that this version does not know is another one.
pub(super) fn read_reason<C>(d: &mut Decoder<'_>, ctx: &mut C) -> Result<ReportReason, Error> {
    Ok(known(d, ctx)?.unwrap_or_default())
}

/// Only messages and edits are read, so that nothing nests.
fn read_said<C>(d: &mut Decoder<'_>, ctx: &mut C) -> Result<Content, Error> {
    let position = d.position();
    let content = Content::decode(d, ctx)?;
    match can_be_quoted(content.kind) {
        true => Ok(content),
        false => Err(Error::unknown_variant(content.kind.into()).at(position)),
    }
}
