//! The templates that there are: stable ids, versions, arguments, icons, who sends them, and how
//! urgent they are.
//!
//! An id is never given a new meaning. A change of arguments raises the version.

use waypost_protocol::{Argument, Arguments, Header, Millis, Priority, Role};

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
    /// How urgent a message of it is.
    pub priority: Priority,
    /// Its sender wants it acknowledged within so many minutes.
    pub acknowledge_within_minutes: Option<u32>,
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
pub static TEMPLATES: [Template; 24] = [
    plain("arrived", "truck", Role::Driver),
    plain("delivered", "parcel-check", Role::Driver),
    with(MINUTES, "running-late", "clock-late", Role::Driver),
    plain("customer-absent", "person-absent", Role::Driver),
    plain("breakdown", "wrench", Role::Driver).urgent(),
    plain("call-me", "phone", Role::Driver),
    with(MINUTES, "on-my-way", "route", Role::Driver),
    plain("picked-up", "parcel", Role::Driver),
    with(TEXT, "refused", "parcel-cross", Role::Driver),
    with(TEXT, "damaged", "parcel-broken", Role::Driver),
    with(TEXT, "wrong-address", "pin", Role::Driver),
    with(TEXT, "road-blocked", "barrier", Role::Driver).urgent(),
    with(MINUTES, "waiting", "hourglass", Role::Driver),
    plain("accident", "alert", Role::Driver).emergency().acknowledged_within(5),
    with(MINUTES, "on-break", "cup", Role::Driver),
    plain("understood", "acknowledged", Role::Driver),
    with(TEXT, "route-changed", "route", Role::Dispatcher).urgent().acknowledged_within(30),
    with(TEXT, "slot-changed", "calendar", Role::Dispatcher).urgent().acknowledged_within(30),
    plain("please-confirm", "acknowledged", Role::Dispatcher).acknowledged_within(60),
    plain("call-in", "phone", Role::Dispatcher).urgent(),
    with(TEXT, "stop-added", "pin", Role::Dispatcher).urgent().acknowledged_within(30),
    with(TEXT, "stop-cancelled", "parcel-cross", Role::Dispatcher).urgent().acknowledged_within(30),
    plain("where-are-you", "truck", Role::Dispatcher),
    plain("return-to-depot", "depot", Role::Dispatcher),
];

const MINUTES: &[(&str, ArgumentType)] = &[("minutes", ArgumentType::Minutes)];
const TEXT: &[(&str, ArgumentType)] = &[("text", ArgumentType::Text)];

impl Template {
    /// The template with this id.
    pub fn find(id: &str) -> Option<&'static Template> {
        TEMPLATES.iter().find(|template| template.id == id)
    }

    /// The templates that someone of this role sends.
    pub fn for_role(role: Role) -> impl Iterator<Item = &'static Template> {
        TEMPLATES.iter().filter(move |template| template.used_by.is_staff() == role.is_staff())
    }

    /// What a message of it carries, if it is sent now.
    pub fn header(&self, now: Millis) -> Header {
        let within = |minutes: u32| now + i64::from(minutes) * 60_000;
        Header {
            priority: self.priority,
            acknowledge_by: self.acknowledge_within_minutes.map(within),
            ..Header::default()
        }
    }

    const fn urgent(mut self) -> Self {
        self.priority = Priority::Urgent;
        self
    }

    const fn emergency(mut self) -> Self {
        self.priority = Priority::Emergency;
        self
    }

    const fn acknowledged_within(mut self, minutes: u32) -> Self {
        self.acknowledge_within_minutes = Some(minutes);
        self
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
    Template {
        id,
        version: 1,
        arguments,
        icon,
        used_by,
        priority: Priority::Routine,
        acknowledge_within_minutes: None,
    }
}
