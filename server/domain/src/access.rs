//! Who may what where: the rights of roles ([`crate::rights`]) as far as a conversation, a group or someone
//! else is concerned.

use waypost_protocol::{ConversationId, ProblemCode, Role};

use crate::batch::{Actor, Deed};
use crate::known::Known;
use crate::rights::{Right, may};

/// Whether this person may write messages and acknowledgements in this conversation.
///
/// A direct conversation needs someone who writes to everyone on one side, or colleagues on both; a group
/// needs membership; what the staff share is open to them and to whom it concerns; the directory streams are written by deeds alone; to many speak those who may, each
/// among their own broadcasts; what should be looked at is said where reports are; and what someone has chosen they alone say. Whoever may not write learns `NotFound` where they may not even know that the conversation
/// exists.
pub fn may_write(
    actor: Actor,
    conversation: ConversationId,
    known: &Known,
) -> Result<(), ProblemCode> {
    match conversation {
        ConversationId::Direct(..) => {
            let partner = conversation.partner_of(actor.person).ok_or(ProblemCode::NotFound)?;
            let partner = known.people.get(&partner).ok_or(ProblemCode::NotFound)?;
            if may_talk(actor.role, partner.role) { Ok(()) } else { Err(ProblemCode::NotAllowed) }
        }
        ConversationId::Dispatch(person) => {
            if actor.person == person && may_be_served(actor.role) {
                return Ok(());
            }
            let serves = may(actor.role, Right::WorkCases);
            let is_served = known.people.get(&person).is_some_and(|it| may_be_served(it.role));
            if serves && is_served { Ok(()) } else { Err(ProblemCode::NotFound) }
        }
        ConversationId::Incident(_) => {
            let case = known.case(conversation).unwrap_or_default();
            let opens = !case.has_begun() && may(actor.role, Right::OpenIncidents);
            let is_in = may(actor.role, Right::WorkCases) || case.person == Some(actor.person);
            if opens || is_in { Ok(()) } else { Err(ProblemCode::NotFound) }
        }
        ConversationId::Group(group) if known.members.contains(&(group, actor.person)) => {
            if may(actor.role, Right::Write) { Ok(()) } else { Err(ProblemCode::NotAllowed) }
        }
        ConversationId::Own(person) if person != actor.person => Err(ProblemCode::NotFound),
        ConversationId::Own(_) if may(actor.role, Right::Write) => Ok(()),
        ConversationId::Reports
            if may(actor.role, Right::Report) || may(actor.role, Right::Moderate) =>
        {
            Ok(())
        }
        ConversationId::Broadcasts(author) if author != actor.person => Err(ProblemCode::NotFound),
        ConversationId::Broadcasts(_) if may(actor.role, Right::TellMany) => Ok(()),
        ConversationId::Group(_) | ConversationId::About(_) | ConversationId::Staff => {
            Err(ProblemCode::NotFound)
        }
        ConversationId::Broadcasts(_)
        | ConversationId::Own(_)
        | ConversationId::Reports
        | ConversationId::Fleet => Err(ProblemCode::NotAllowed),
    }
}

/// Whether someone of the first role may write to someone of the second directly.
pub fn may_talk(writer: Role, reader: Role) -> bool {
    let both = |right| may(writer, right) && may(reader, right);
    let talk = may(writer, Right::WriteToEveryone)
        || may(reader, Right::WriteToEveryone)
        || both(Right::WriteToColleagues);
    talk && may(writer, Right::Write) && may(reader, Right::BeWrittenTo)
}

/// Whether people of this role are served by dispatch: they write to it, and incidents concern them.
pub fn may_be_served(role: Role) -> bool {
    may(role, Right::WriteToDispatch)
}

/// Whether this person, who may write here, may also take messages of others off the screens, and call
/// everyone by name: in a group its moderators.
pub fn may_moderate(actor: Actor, conversation: ConversationId, known: &Known) -> bool {
    match conversation {
        ConversationId::Group(group) => known.moderators.contains(&(group, actor.person)),
        ConversationId::Direct(..)
        | ConversationId::Dispatch(_)
        | ConversationId::Incident(_)
        | ConversationId::About(_)
        | ConversationId::Broadcasts(_)
        | ConversationId::Own(_)
        | ConversationId::Reports
        | ConversationId::Fleet
        | ConversationId::Staff => false,
    }
}

/// Whether this person may say something new here, and not only read and acknowledge.
pub fn may_announce(actor: Actor, conversation: ConversationId, known: &Known) -> bool {
    let settings = match conversation {
        ConversationId::Group(group) => known.groups.get(&group).map(|group| group.settings),
        ConversationId::Direct(..)
        | ConversationId::Dispatch(_)
        | ConversationId::Incident(_)
        | ConversationId::About(_)
        | ConversationId::Broadcasts(_)
        | ConversationId::Own(_)
        | ConversationId::Reports
        | ConversationId::Fleet
        | ConversationId::Staff => None,
    };
    let only_moderators = settings.is_some_and(|settings| settings.announcements);
    !only_moderators || may_moderate(actor, conversation, known)
}

/// Whether this person may do this deed, as far as they may know what it is about.
pub fn may_do(actor: Actor, deed: &Deed, known: &Known) -> bool {
    let role = actor.role;
    let runs = |group: u32| {
        may(role, Right::RunGroups) || may_moderate(actor, ConversationId::Group(group), known)
    };
    match deed {
        Deed::AddPerson { .. } => may(role, Right::AddPeople),
        Deed::PublishTemplate { .. } => may(role, Right::PublishTemplates),
        Deed::SetFlagRules { .. } => may(role, Right::Moderate),
        Deed::CreateGroup { .. } => may(role, Right::RunGroups),
        Deed::SetChain { .. } => may(role, Right::SetChains),
        Deed::SetCoverage { .. } => may(role, Right::SetCoverages),
        Deed::PlanShift { .. } | Deed::CancelShift { .. } => may(role, Right::PlanShifts),
        Deed::Revoke { .. } => may(role, Right::Revoke),
        Deed::BeginEpoch { .. } => actor == Actor::OPERATOR,
        Deed::ChangeGroup { group, .. }
        | Deed::Join { group, .. }
        | Deed::NameModerator { group, .. }
        | Deed::EndModerator { group, .. } => runs(*group),
        Deed::Leave { group, person } => {
            // Whoever is not in it must not learn that there is such a group.
            let is_member = known.members.contains(&(*group, actor.person));
            let leaving = known.groups.get(group).is_some_and(|group| group.settings.leaving);
            runs(*group) || (*person == actor.person && is_member && leaving)
        }
        // Whoever holds the token has been allowed by who issued it.
        Deed::Enrol { .. } => true,
    }
}

/// Whether this role may issue an enrolment link for a person of that role: dispatchers enrol
/// drivers, admins everyone.
pub fn may_issue_link(role: Role, for_role: Role) -> bool {
    may(role, Right::EnrolEveryone) || may(role, Right::EnrolDrivers) && for_role == Role::Driver
}
