//! The templates that there are: stable ids, versions, arguments, icons, and who sends them.
//!
//! An id is never given a new meaning. A change of arguments raises the version.

use waypost_protocol::{Argument, Arguments, Role};

/// A ready message.
#[derive(PartialEq, Eq, Debug)]
pub struct Template {
    /// The stable id, as it travels.
    pub id: &'static str,
    /// The version that this program sends.
    pub version: u16,
    /// The arguments that it needs, by name.
    pub arguments: &'static [(&'static str, ArgumentType)],
    /// The name of its icon.
    pub icon: &'static str,
    /// Whose button it is: drivers', or dispatchers' (whom admins may stand in for).
    pub used_by: Role,
}

/// What an argument holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ArgumentType {
    /// Words.
    Text,
    /// A duration in minutes.
    Minutes,
}

/// Every template, in the order of its button.
pub static TEMPLATES: [Template; 10] = [
    plain("arrived", "truck", Role::Driver),
    plain("delivered", "parcel-check", Role::Driver),
    with(&[("minutes", ArgumentType::Minutes)], "running-late", "clock-late", Role::Driver),
    plain("customer-absent", "person-absent", Role::Driver),
    plain("breakdown", "wrench", Role::Driver),
    plain("call-me", "phone", Role::Driver),
    with(&[("text", ArgumentType::Text)], "route-changed", "route", Role::Dispatcher),
    with(&[("text", ArgumentType::Text)], "slot-changed", "calendar", Role::Dispatcher),
    plain("please-confirm", "acknowledged", Role::Dispatcher),
    plain("call-in", "phone", Role::Dispatcher),
];

impl Template {
    /// The template with this id.
    pub fn find(id: &str) -> Option<&'static Template> {
        TEMPLATES.iter().find(|template| template.id == id)
    }

    /// The templates that someone of this role sends.
    pub fn for_role(role: Role) -> impl Iterator<Item = &'static Template> {
        TEMPLATES.iter().filter(move |template| template.used_by.is_staff() == role.is_staff())
    }

    /// Whether all arguments are there, each of its type.
    pub fn takes(&self, arguments: &Arguments) -> bool {
        self.arguments.iter().all(|(name, wanted)| {
            matches!(
                (arguments.get(*name), wanted),
                (Some(Argument::Text(_)), ArgumentType::Text)
                    | (Some(Argument::Minutes(_)), ArgumentType::Minutes)
            )
        })
    }
}

const fn plain(id: &'static str, icon: &'static str, used_by: Role) -> Template {
    with(&[], id, icon, used_by)
}

const fn with(
    arguments: &'static [(&'static str, ArgumentType)],
    id: &'static str,
    icon: &'static str,
    used_by: Role,
) -> Template {
    Template { id, version: 1, arguments, icon, used_by }
}
