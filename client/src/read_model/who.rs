//! Who is in a conversation, and what it is called.

use waypost_protocol::{ConversationId, PersonId};

use super::ReadModel;
use crate::store::GroupRow;
use crate::view::GroupView;

impl ReadModel {
    pub(super) fn name(&self, person: PersonId) -> String {
        self.names.get(&person).cloned().unwrap_or_else(|| format!("#{person}"))
    }

    /// Of what the staff share, `person` is whom it concerns.
    pub(super) fn title(&self, id: ConversationId, person: Option<PersonId>) -> String {
        match id {
            _ if id.is_shared() => {
                let other = person.filter(|person| *person != self.me.person);
                other.map(|person| self.name(person)).unwrap_or_default()
            }
            ConversationId::Group(number) => self
                .groups
                .get(&number)
                .map_or_else(|| format!("#{number}"), |group| group.name.clone()),
            _ => id.partner_of(self.me.person).map(|it| self.name(it)).unwrap_or_default(),
        }
    }

    pub(super) fn group(&self, id: ConversationId) -> Option<GroupView> {
        let ConversationId::Group(number) = id else { return None };
        let group = self.groups.get(&number)?;
        let mine = group.members_now().find(|it| it.person == self.me.person);
        let moderates = mine.is_some_and(|it| it.moderates);
        Some(GroupView {
            settings: group.settings,
            moderators: group.members_now().filter(|it| it.moderates).map(|it| it.person).collect(),
            moderates,
            may_write: mine.is_some() && (moderates || !group.settings.announcements),
        })
    }

    pub(super) fn others(&self, id: ConversationId, person: Option<PersonId>) -> Vec<PersonId> {
        match id {
            _ if id.is_shared() => {
                let staff = self.people.iter().filter(|it| it.role.is_staff()).map(|it| it.id);
                staff.chain(person).filter(|person| *person != self.me.person).collect()
            }
            ConversationId::Group(number) => {
                let now = self.groups.get(&number).into_iter().flat_map(GroupRow::members_now);
                now.map(|it| it.person).filter(|person| *person != self.me.person).collect()
            }
            _ => id.partner_of(self.me.person).into_iter().collect(),
        }
    }
}
