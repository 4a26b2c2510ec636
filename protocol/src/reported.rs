//! What has become of a message that was reported or flagged.

use serde::{Deserialize, Serialize};

use crate::{Body, FactId, Millis, PersonId, Quote, REPORTS_KEPT_MAX, ReportReason, Verdict};

/// A message that was reported or flagged. It is what the facts of the stream of reports
/// ([`crate::ConversationId::Reports`]) have made of it, one by one, on the server and on the devices of those
/// who judge alike.
///
/// ```
/// use waypost_protocol::*;
///
/// let (dana, omar, ada) = (PersonId(7), PersonId(2), PersonId(1));
/// let quote = Quote {
///     message: FactId::mint(0, 1),
///     author: dana,
///     conversation: ConversationId::Group(3),
///     said: Body::text("Idiot").to_content(),
///     edit: None,
/// };
/// let (message, quote) = (quote.message, Box::new(quote));
/// let report = Body::Reported { quote, reason: ReportReason::Harassment, text: String::new() };
/// let mut reported = ReportedMessage::of(&report).expect("a report begins it");
/// reported.hears(omar, 1_000, &report);
/// assert_eq!(reported.open_since(), Some(1_000));
/// let (verdict, text) = (Verdict::Removed, String::new());
/// reported.hears(ada, 2_000, &Body::Judged { message, verdict, text });
/// assert_eq!((reported.open_since(), reported.judged_by), (None, Some(ada)));
/// ```
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReportedMessage {
    /// The message, with the words that were reported last.
    #[serde(flatten)]
    pub quote: Quote,
    /// Who has reported it, at most [`crate::REPORTS_KEPT_MAX`], the first ones.
    #[serde(default)]
    pub reports: Vec<ReportBy>,
    /// How many reports have come beyond that; they open nothing again.
    #[serde(default)]
    pub more: u32,
    /// The rules that have flagged it, by name.
    #[serde(default)]
    pub flags: Vec<String>,
    /// Since when it waits for a verdict, or waited for the last one (milliseconds since 1970).
    pub since: Millis,
    /// What became of it; absent while it waits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verdict: Option<Verdict>,
    /// Who has said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub judged_by: Option<PersonId>,
    /// When.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub judged_at: Option<Millis>,
    /// Why; often nothing.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub verdict_text: String,
}

/// What one person has reported.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReportBy {
    /// Who.
    pub person: PersonId,
    /// When.
    pub at: Millis,
    /// What is wrong with the message.
    pub reason: ReportReason,
    /// What there is to say about it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
}

impl ReportedMessage {
    /// What a fact of the stream of reports begins, before it is heard; `None` if it begins nothing.
    pub fn of(body: &Body) -> Option<Self> {
        let (Body::Reported { quote, .. } | Body::Flagged { quote, .. }) = body else {
            return None;
        };
        Some(Self {
            quote: (**quote).clone(),
            reports: Vec::new(),
            more: 0,
            flags: Vec::new(),
            since: 0,
            verdict: None,
            judged_by: None,
            judged_at: None,
            verdict_text: String::new(),
        })
    }

    /// What a message has become by a fact about it, the first or a later one; `None` if that begins nothing.
    pub fn after(known: Option<Self>, author: PersonId, at: Millis, body: &Body) -> Option<Self> {
        let mut reported = known.or_else(|| Self::of(body))?;
        reported.hears(author, at, body);
        Some(reported)
    }

    /// The message that a fact of the stream of reports is about.
    pub fn message_of(body: &Body) -> Option<FactId> {
        match body {
            Body::Reported { quote, .. } | Body::Flagged { quote, .. } => Some(quote.message),
            Body::Judged { message, .. } => Some(*message),
            _ => None,
        }
    }

    /// Since when it waits for a verdict.
    pub fn open_since(&self) -> Option<Millis> {
        Some(self.since).filter(|_| self.verdict.is_none())
    }

    /// What it has become by this, the next fact about it.
    pub fn hears(&mut self, author: PersonId, at: Millis, body: &Body) {
        match body {
            Body::Reported { quote, reason, text } => {
                let report = ReportBy { person: author, at, reason: *reason, text: text.clone() };
                let is_new = self.notes(report);
                self.waits(quote, is_new, at);
            }
            Body::Flagged { quote, rules } => {
                let known = self.flags.len();
                let new = rules.iter().filter(|rule| !self.flags.contains(rule)).cloned();
                let new: Vec<_> = new.collect();
                self.flags.extend(new);
                self.waits(quote, self.flags.len() > known, at);
            }
            // What was removed is gone, whatever else is said about it.
            Body::Judged { verdict, text, .. } if self.verdict != Some(Verdict::Removed) => {
                self.verdict = Some(*verdict);
                (self.judged_by, self.judged_at) = (Some(author), Some(at));
                self.verdict_text = text.clone();
            }
            _ => {}
        }
    }

    /// Keeps a report; whether its author had not made one before. Who reports again says it in other words.
    fn notes(&mut self, report: ReportBy) -> bool {
        if let Some(before) = self.reports.iter_mut().find(|it| it.person == report.person) {
            (before.reason, before.text) = (report.reason, report.text);
            return false;
        }
        let has_room = self.reports.len() < REPORTS_KEPT_MAX;
        match has_room {
            true => self.reports.push(report),
            // Nobody knows whether it was they before: it opens nothing again.
            false => self.more += 1,
        }
        has_room
    }

    /// It waits, if it did not, for what is new about it. What was removed is gone.
    fn waits(&mut self, quote: &Quote, is_new: bool, at: Millis) {
        let (is_first, has_other_words) = (self.since == 0, quote.fact() != self.quote.fact());
        if has_other_words {
            self.quote = quote.clone();
        }
        let waits_again = self.verdict == Some(Verdict::Kept) && (is_new || has_other_words);
        if is_first || waits_again {
            (self.since, self.verdict) = (at, None);
            (self.judged_by, self.judged_at, self.verdict_text) = Default::default();
        }
    }
}
