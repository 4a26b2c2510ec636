//! What can be asked of a fact, whichever kind it is of.

use super::{Body, Header, Mention};
use crate::{ConversationId, FactId, PersonId};

impl Body {
    /// Whether people read it in a conversation (and it earns receipts).
    pub fn is_message(&self) -> bool {
        match self {
            Self::Broadcast { .. } => true,
            told => told.header().is_some(),
        }
    }

    /// Whether a broadcast may bring it. Files are not told to many: each of them would get a copy.
    pub fn may_be_told_to_many(&self) -> bool {
        matches!(
            self,
            Self::Text { .. }
                | Self::Template { .. }
                | Self::Location { .. }
                | Self::Contact { .. }
        )
    }

    /// Whether people choose it for themselves, in their own stream.
    pub fn is_choice(&self) -> bool {
        matches!(
            self,
            Self::Notify { .. }
                | Self::QuietHours { .. }
                | Self::Blocked { .. }
                | Self::Unblocked { .. }
        )
    }

    /// Whether it is about trips and stops.
    pub fn is_of_trips(&self) -> bool {
        matches!(
            self,
            Self::TripPlanned { .. }
                | Self::StopPlanned { .. }
                | Self::PlansAnswered { .. }
                | Self::StopMoved { .. }
                | Self::StopSettled { .. }
                | Self::TripHandedOver { .. }
                | Self::StopHandedOver { .. }
                | Self::ConsigneeSaid { .. }
        )
    }

    /// Plain words, which answer nothing.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text { text: text.into(), answers: None, header: Header::default() }
    }

    /// What a message carries beside its words.
    pub fn header(&self) -> Option<&Header> {
        match self {
            Self::Text { header, .. }
            | Self::Template { header, .. }
            | Self::File { header, .. }
            | Self::Location { header, .. }
            | Self::Contact { header, .. }
            | Self::Incident { header, .. }
            | Self::StopMoved { header, .. }
            | Self::ConsigneeSaid { header, .. } => Some(header),
            Self::Broadcast { message, .. } => message.header(),
            _ => None,
        }
    }

    /// The message that it answers, and what it carries, to be changed. Nothing of a broadcast: that
    /// is in the message which it brings.
    pub fn frame_mut(&mut self) -> Option<(&mut Option<FactId>, &mut Header)> {
        match self {
            Self::Text { answers, header, .. }
            | Self::Template { answers, header, .. }
            | Self::File { answers, header, .. }
            | Self::Location { answers, header, .. }
            | Self::Contact { answers, header, .. } => Some((answers, header)),
            _ => None,
        }
    }

    /// The message that it answers.
    pub fn answers(&self) -> Option<FactId> {
        match self {
            Self::Text { answers, .. }
            | Self::Template { answers, .. }
            | Self::File { answers, .. }
            | Self::Location { answers, .. }
            | Self::Contact { answers, .. } => *answers,
            Self::Broadcast { message, .. } => message.answers(),
            _ => None,
        }
    }

    /// Whom it calls by name.
    pub fn mentions(&self) -> &[Mention] {
        match self {
            Self::Edit { mentions, .. } => mentions,
            other => other.header().map_or(&[], |header| &header.mentions),
        }
    }

    /// The message of the same conversation whose words or presence this fact changes, and who must
    /// have written it.
    pub fn revises(&self, by: PersonId) -> Option<(FactId, PersonId)> {
        match self {
            Self::Edit { message, .. } => Some((*message, by)),
            Self::Deletion { message, author } => Some((*message, *author)),
            _ => None,
        }
    }

    /// The stream of the group that this fact is about, if it is about one.
    pub fn about(&self) -> Option<ConversationId> {
        match self {
            Self::GroupCreated { group, .. }
            | Self::GroupChanged { group, .. }
            | Self::ModeratorNamed { group, .. }
            | Self::ModeratorEnded { group, .. }
            | Self::MemberJoined { group, .. }
            | Self::MemberLeft { group, .. } => Some(ConversationId::About(*group)),
            _ => None,
        }
    }
}
