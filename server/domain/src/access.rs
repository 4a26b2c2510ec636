//! Who may what: the rights, in one place.

use waypost_protocol::{ConversationId, ProblemCode, Role};

use crate::batch::{Actor, Deed};
use crate::known::Known;

/// Whether this person may write messages and acknowledgements in this conversation.
///
/// A direct conversation needs someone of the staff on one side; a group needs membership; the
/// directory streams are written by deeds alone. Whoever may not write learns `NotFound` where
/// they may not even know that the conversation exists.
pub fn may_write(
    actor: Actor,
    conversation: ConversationId,
    known: &Known,
) -> Result<(), ProblemCode> {
    match conversation {
        ConversationId::Direct(..) => {
            let partner = conversation.partner_of(actor.person).ok_or(ProblemCode::NotFound)?;
            let partner = known.people.get(&partner).ok_or(ProblemCode::NotFound)?;
            if actor.role.is_staff() || partner.role.is_staff() {
                Ok(())
            } else {
                Err(ProblemCode::NotAllowed)
            }
        }
        ConversationId::Group(group) if known.members.contains(&(group, actor.person)) => Ok(()),
        ConversationId::Group(_) | ConversationId::Staff => Err(ProblemCode::NotFound),
        ConversationId::Fleet => Err(ProblemCode::NotAllowed),
    }
}

/// Whether this person, who may write here, may also take messages of others off the screens, and call
/// everyone by name.
pub fn may_moderate(actor: Actor, conversation: ConversationId) -> bool {
    matches!(conversation, ConversationId::Group(_)) && actor.role.is_staff()
}

/// Whether this role may do this deed.
pub fn may_do(role: Role, deed: &Deed) -> bool {
    match deed {
        Deed::AddPerson { .. } | Deed::BeginEpoch { .. } => role == Role::Admin,
        Deed::CreateGroup { .. } | Deed::Join { .. } | Deed::Leave { .. } => role.is_staff(),
        Deed::Revoke { .. } => role.is_staff(),
        // Whoever holds the token has been allowed by who issued it.
        Deed::Enrol { .. } => true,
    }
}

/// Whether this role may issue an enrolment link for a person of that role: dispatchers enrol
/// drivers, admins everyone.
pub fn may_issue_link(role: Role, for_role: Role) -> bool {
    match role {
        Role::Admin => true,
        Role::Dispatcher => for_role == Role::Driver,
        Role::Driver => false,
    }
}
