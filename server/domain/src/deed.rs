//! Acts of administration: what each becomes in the record.

use sha2::{Digest as _, Sha256};
use waypost_protocol::{
    Body, ConversationId, FactId, Flags, GROUP_MEMBERS_MAX, GROUP_MODERATORS_MAX, GroupSettings,
    PersonId, ProblemCode, Role,
};

use crate::access::may_do;
use crate::batch::{Actor, Deed, DeedDone, Reply};
use crate::decide::{Desk, Draft};
use crate::escalation::Watching;
use crate::known::{EnrolmentState, GroupState, Past, PastOutcome, PersonState};

impl Desk<'_, '_> {
    pub(crate) fn decide_deed(&mut self, actor: Actor, id: FactId, deed: &Deed) -> Reply {
        let digest = digest_of(deed);
        if let Some(past) = self.known.past.get(&id) {
            return repeated(past, actor, digest);
        }
        if id.occurred_at().is_none() {
            return Reply::Refused(ProblemCode::IdMalformed);
        }
        match self.draft(actor, deed) {
            Err(code) => Reply::Refused(code),
            Ok(body) => {
                if body.check().is_err() {
                    return Reply::Refused(ProblemCode::ContentInvalid);
                }
                let content = body.to_content();
                if content.is_too_large() {
                    return Reply::Refused(ProblemCode::TooLarge);
                }
                self.note(&body);
                self.note_roster(id, &body);
                let place = self.told_in(&body);
                let (sequence, recorded_at) = self.record(Draft {
                    actor,
                    conversation: Some(place),
                    content,
                    digest,
                    deed: Some(deed.clone()),
                    ..Draft::by_server(id)
                });
                Reply::Done(DeedDone { sequence, recorded_at })
            }
        }
    }

    /// What the deed becomes, if it is allowed and possible.
    fn draft(&mut self, actor: Actor, deed: &Deed) -> Result<Body, ProblemCode> {
        if !may_do(actor, deed, self.known) {
            return Err(ProblemCode::NotAllowed);
        }
        match deed {
            Deed::AddPerson { handle, name, role, language } => {
                self.draft_person(handle, name, *role, language)
            }
            Deed::CreateGroup { name, members, moderators, settings } => {
                self.draft_group(name, members, moderators, *settings)
            }
            Deed::ChangeGroup { group, name, settings } => {
                if !self.is_group(*group) {
                    return Err(ProblemCode::NotFound);
                }
                let (group, name, settings) = (*group, name.clone(), *settings);
                Ok(Body::GroupChanged { group, name, settings })
            }
            Deed::NameModerator { group, person } => self.draft_moderator(*group, *person, true),
            Deed::EndModerator { group, person } => self.draft_moderator(*group, *person, false),
            Deed::Join { group, person } => self.draft_join(*group, *person),
            Deed::Leave { group, person } => {
                if !self.known.members.contains(&(*group, *person)) {
                    return Err(ProblemCode::NotFound);
                }
                Ok(Body::MemberLeft { group: *group, person: *person })
            }
            Deed::SetChain { chain, name, steps } => {
                let (chain, name, steps) = (*chain, name.clone(), steps.clone());
                Ok(Body::ChainSet { chain, name, steps })
            }
            Deed::SetCoverage { coverage, of } => self.draft_coverage(*coverage, of),
            Deed::PlanShift { shift } => self.draft_shift(*shift),
            Deed::CancelShift { shift } => self.draft_end_of_shift(*shift),
            Deed::PublishTemplate { template, version, definition } => {
                if self.known.templates.get(template).is_some_and(|last| version <= last) {
                    return Err(ProblemCode::AlreadyDone);
                }
                let (template, definition) = (template.clone(), definition.clone().into());
                Ok(Body::TemplatePublished { template, version: *version, definition })
            }
            Deed::SetFlagRules { rules } => Ok(Body::FlagRulesSet { rules: rules.clone() }),
            Deed::Enrol { .. } => self.draft_enrolment(deed),
            Deed::Revoke { enrolment } => {
                let state = self.known.enrolments.get(enrolment).ok_or(ProblemCode::NotFound)?;
                Ok(Body::Revoked { enrolment: *enrolment, person: state.person })
            }
            Deed::BeginEpoch { epoch } => {
                if *epoch <= self.known.head.epoch {
                    return Err(ProblemCode::AlreadyDone);
                }
                let size = self.known.head.tree.size();
                let root = hex(&self.known.head.tree.root());
                self.known.head.epoch = *epoch;
                Ok(Body::EpochBegan { size, root })
            }
        }
    }

    fn draft_person(
        &mut self,
        handle: &str,
        name: &str,
        role: Role,
        language: &str,
    ) -> Result<Body, ProblemCode> {
        if self.known.handles.contains(handle) {
            return Err(ProblemCode::HandleTaken);
        }
        let person = PersonId(after(self.known.head.last_person)?);
        Ok(Body::PersonAdded {
            person,
            handle: handle.into(),
            name: name.into(),
            role,
            language: language.into(),
        })
    }

    fn draft_group(
        &mut self,
        name: &str,
        members: &[PersonId],
        moderators: &[PersonId],
        settings: GroupSettings,
    ) -> Result<Body, ProblemCode> {
        if members.iter().any(|member| !self.known.people.contains_key(member)) {
            return Err(ProblemCode::NotFound);
        }
        let members = sorted(members);
        let mut moderators = sorted(moderators);
        if moderators.iter().any(|person| !members.contains(person)) {
            return Err(ProblemCode::NotFound);
        }
        if moderators.is_empty() {
            let is_staff = |person: &&PersonId| {
                self.known.people.get(person).is_some_and(|state| state.role.is_staff())
            };
            let staff = members.iter().filter(is_staff);
            moderators = staff.copied().take(GROUP_MODERATORS_MAX).collect();
        }
        let (group, name) = (after(self.known.head.last_group)?, name.into());
        Ok(Body::GroupCreated { group, name, members, moderators, settings })
    }

    fn is_group(&self, group: u32) -> bool {
        (1..=self.known.head.last_group).contains(&group)
    }

    fn draft_moderator(
        &mut self,
        group: u32,
        person: PersonId,
        is_named: bool,
    ) -> Result<Body, ProblemCode> {
        if !self.known.members.contains(&(group, person)) {
            return Err(ProblemCode::NotFound);
        }
        if self.known.moderators.contains(&(group, person)) == is_named {
            return Err(ProblemCode::AlreadyDone);
        }
        Ok(match is_named {
            true => Body::ModeratorNamed { group, person },
            false => Body::ModeratorEnded { group, person },
        })
    }

    fn draft_join(&mut self, group: u32, person: PersonId) -> Result<Body, ProblemCode> {
        if !self.is_group(group) || !self.known.people.contains_key(&person) {
            return Err(ProblemCode::NotFound);
        }
        if self.known.members.contains(&(group, person)) {
            return Err(ProblemCode::AlreadyDone);
        }
        let state = self.known.groups.get(&group).copied().unwrap_or_default();
        if state.members >= GROUP_MEMBERS_MAX {
            return Err(ProblemCode::TooLarge);
        }
        let history = state.settings.history;
        Ok(Body::MemberJoined { group, person, history })
    }

    fn draft_enrolment(&mut self, deed: &Deed) -> Result<Body, ProblemCode> {
        let Deed::Enrol { token_hash, enrolment, device, device_name, .. } = deed else {
            return Err(ProblemCode::Malformed);
        };
        let now = self.now();
        let token = self
            .known
            .tokens
            .get_mut(token_hash)
            .filter(|token| token.used_by.is_none() && token.expires_at > now)
            .ok_or(ProblemCode::TokenSpent)?;
        token.used_by = Some(*enrolment);
        Ok(Body::Enrolled {
            enrolment: *enrolment,
            person: token.person,
            device: *device,
            device_name: device_name.clone(),
        })
    }

    /// Lets the rest of the batch see what this fact changes.
    fn note(&mut self, body: &Body) {
        match body {
            Body::PersonAdded { person, handle, role, .. } => {
                let pseudonym = self.random().to_be_bytes();
                self.decision.pseudonyms.push((*person, pseudonym));
                self.known.head.last_person = person.0;
                self.known.handles.insert(handle.clone());
                let state = PersonState { role: *role, pseudonym, delivered_up_to: 0 };
                self.known.people.insert(*person, state);
            }
            Body::GroupCreated { .. }
            | Body::GroupChanged { .. }
            | Body::ModeratorNamed { .. }
            | Body::ModeratorEnded { .. }
            | Body::MemberJoined { .. }
            | Body::MemberLeft { .. } => self.note_group(body),
            Body::Enrolled { enrolment, person, .. } => {
                let state = EnrolmentState { person: *person, revoked: false, stored_up_to: 0 };
                self.known.enrolments.insert(*enrolment, state);
            }
            Body::Revoked { enrolment, .. } => {
                self.known.enrolments.entry(*enrolment).and_modify(|state| state.revoked = true);
            }
            Body::ChainSet { chain, steps, .. } => {
                self.known.chains.insert(*chain, steps.clone());
                self.chains_set.insert(*chain);
                self.decision.watching.push(Watching::Changed { chain: *chain });
            }
            Body::TemplatePublished { template, version, .. } => {
                self.known.templates.insert(template.clone(), *version);
            }
            Body::FlagRulesSet { rules } => self.known.flags = Flags::new(rules),
            Body::Text { .. }
            | Body::Template { .. }
            | Body::File { .. }
            | Body::Location { .. }
            | Body::Contact { .. }
            | Body::Incident { .. }
            | Body::Assigned { .. }
            | Body::Resolved { .. }
            | Body::Reopened {}
            | Body::Notify { .. }
            | Body::QuietHours { .. }
            | Body::Blocked { .. }
            | Body::Unblocked { .. }
            | Body::ExpirySet { .. }
            | Body::Reported { .. }
            | Body::Flagged { .. }
            | Body::Judged { .. }
            | Body::TripPlanned { .. }
            | Body::StopPlanned { .. }
            | Body::PlansAnswered { .. }
            | Body::StopMoved { .. }
            | Body::StopSettled { .. }
            | Body::TripHandedOver { .. }
            | Body::StopHandedOver { .. }
            | Body::ConsigneeSaid { .. }
            | Body::EscalationStopped { .. }
            | Body::Escalation { .. }
            | Body::Acknowledgement { .. }
            | Body::Edit { .. }
            | Body::Deletion { .. }
            | Body::Broadcast { .. }
            | Body::Receipts { .. }
            | Body::EpochBegan { .. }
            | Body::CoverageSet { .. }
            | Body::ShiftPlanned { .. }
            | Body::ShiftCancelled { .. }
            | Body::Erased { .. }
            | Body::Unknown { .. } => {}
        }
    }

    /// Who hears of what a deed became: those whom a group or a shift concerns, everyone of people and
    /// templates, who judges of rules, the staff of devices, coverages and epochs.
    fn told_in(&self, body: &Body) -> ConversationId {
        match body {
            Body::PersonAdded { .. } | Body::TemplatePublished { .. } => ConversationId::Fleet,
            Body::FlagRulesSet { .. } => ConversationId::Reports,
            Body::ShiftPlanned { shift } => self.roster_of(shift.person),
            Body::ShiftCancelled { person, .. } => self.roster_of(*person),
            _ => body.about().unwrap_or(ConversationId::Staff),
        }
    }

    fn note_group(&mut self, body: &Body) {
        match body {
            Body::GroupCreated { group, members, moderators, settings, .. } => {
                self.known.head.last_group = *group;
                let state = GroupState { settings: *settings, members: members.len() };
                self.known.groups.insert(*group, state);
                self.known.audiences.insert(*group, members.iter().copied().collect());
                self.known.members.extend(members.iter().map(|member| (*group, *member)));
                self.known.moderators.extend(moderators.iter().map(|it| (*group, *it)));
            }
            Body::GroupChanged { group, settings, .. } => {
                self.known.groups.entry(*group).or_default().settings = *settings;
            }
            Body::ModeratorNamed { group, person } => {
                self.known.moderators.insert((*group, *person));
            }
            Body::ModeratorEnded { group, person } => {
                self.known.moderators.remove(&(*group, *person));
            }
            Body::MemberJoined { group, person, .. } => {
                self.known.groups.entry(*group).or_default().members += 1;
                if let Some(audience) = self.known.audiences.get_mut(group) {
                    audience.insert(*person);
                }
                self.known.members.insert((*group, *person));
            }
            Body::MemberLeft { group, person } => {
                let state = self.known.groups.entry(*group).or_default();
                state.members = state.members.saturating_sub(1);
                if let Some(audience) = self.known.audiences.get_mut(group) {
                    audience.remove(person);
                }
                self.known.members.remove(&(*group, *person));
                self.known.moderators.remove(&(*group, *person));
            }
            _ => {}
        }
    }
}

fn repeated(past: &Past, actor: Actor, digest: [u8; 32]) -> Reply {
    match past.outcome {
        PastOutcome::Recorded { sequence, recorded_at, .. }
            if past.author == actor.person && past.digest == digest =>
        {
            Reply::Done(DeedDone { sequence, recorded_at })
        }
        _ => Reply::Refused(ProblemCode::IdReused),
    }
}

/// The next number for a person or group. Only a damaged record has none left; number 0, which is
/// the server's own, must never be given.
fn after(last: u32) -> Result<u32, ProblemCode> {
    last.checked_add(1).ok_or(ProblemCode::Internal)
}

fn sorted(people: &[PersonId]) -> Vec<PersonId> {
    let mut people = people.to_vec();
    people.sort();
    people.dedup();
    people
}

/// What a repeat of a deed must agree with.
fn digest_of(deed: &Deed) -> [u8; 32] {
    Sha256::digest(format!("{deed:?}")).into()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
