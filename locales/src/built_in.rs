//! The templates that every version of the program has: those that fleets use, in every language.
//!
//! An id is never given a new meaning, and what stands here stays: version 1, and of what moves a stop version 2, which
//! says the same. Another version of a template is published (see [`crate::Catalogue`]).

use fluent_syntax::ast::{Entry, Message, Pattern, Resource};
use fluent_syntax::{parser, serializer};
use waypost_protocol::{
    ArgumentType, Priority, ReasonCode, Role, StopAction, StopState, TemplateArgument,
    TemplateDefinition, TemplateText,
};

use crate::{Locale, Template};

/// The steps between the ranks, so that a published template can stand between two.
const RANK_STEP: u16 = 10;

/// Every built-in template, in the order of its button.
pub(crate) fn templates() -> Vec<Template> {
    let texts: Vec<_> = Locale::ALL.iter().map(|locale| (*locale, texts_of(*locale))).collect();
    let template = |(at, built_in): (usize, &BuiltIn)| {
        let text = |(locale, texts): &(Locale, Vec<(String, TemplateText)>)| {
            let own = texts.iter().find(|(id, _)| id == built_in.id)?;
            Some((locale.tag().to_owned(), own.1.clone()))
        };
        let first = Template {
            id: built_in.id.to_owned(),
            version: 1,
            definition: TemplateDefinition {
                texts: texts.iter().filter_map(text).collect(),
                rank: at as u16 * RANK_STEP,
                ..built_in.definition()
            },
        };
        let moves = |action: StopAction| {
            let definition = TemplateDefinition { moves: Some(action), ..first.definition.clone() };
            Template { version: 2, definition, ..first.clone() }
        };
        let second = built_in.moves.map(moves);
        std::iter::once(first).chain(second)
    };
    BUILT_IN.iter().enumerate().flat_map(template).collect()
}

/// What there is to say about a template beside its words.
struct BuiltIn {
    id: &'static str,
    asks: Option<(&'static str, ArgumentType)>,
    icon: &'static str,
    used_by: &'static [Role],
    priority: Priority,
    acknowledge_within_minutes: Option<u16>,
    answers: &'static [&'static str],
    /// What a stop becomes where it is tapped, from version 2 on.
    moves: Option<StopAction>,
    for_consignees: bool,
}

const DRIVERS: &[Role] = &[Role::Driver];
const DISPATCH: &[Role] = &[Role::Dispatcher, Role::Admin];
const MINUTES: (&str, ArgumentType) = ("minutes", ArgumentType::Minutes);
const TEXT: (&str, ArgumentType) = ("text", ArgumentType::Text);
const UNDERSTOOD: &[&str] = &["understood"];

static BUILT_IN: [BuiltIn; 29] = [
    driver("arrived", "truck").moves(StopState::Arrived, None),
    driver("delivered", "parcel-check").moves(StopState::Completed, None),
    driver("running-late", "clock-late").asks(MINUTES),
    driver("customer-absent", "person-absent").attempted(ReasonCode::ConsigneeAbsent),
    driver("breakdown", "wrench").urgent(),
    driver("call-me", "phone"),
    driver("on-my-way", "route").asks(MINUTES).moves(StopState::EnRoute, None),
    driver("picked-up", "parcel").moves(StopState::Completed, None),
    driver("refused", "parcel-cross")
        .asks(TEXT)
        .moves(StopState::Refused, Some(ReasonCode::RefusedByConsignee)),
    driver("damaged", "parcel-broken").asks(TEXT),
    driver("wrong-address", "pin").asks(TEXT).attempted(ReasonCode::AddressWrong),
    driver("road-blocked", "barrier").asks(TEXT).urgent(),
    driver("waiting", "hourglass").asks(MINUTES),
    driver("accident", "alert").emergency().acknowledged_within(5),
    driver("on-break", "cup").asks(MINUTES),
    driver("understood", "acknowledged"),
    dispatch("route-changed", "route").asks(TEXT).urgent().acknowledged_within(30),
    dispatch("slot-changed", "calendar").asks(TEXT).urgent().acknowledged_within(30),
    dispatch("please-confirm", "acknowledged").acknowledged_within(60).answered(UNDERSTOOD),
    dispatch("call-in", "phone").urgent().answered(UNDERSTOOD),
    dispatch("stop-added", "pin").asks(TEXT).urgent().acknowledged_within(30),
    dispatch("stop-cancelled", "parcel-cross").asks(TEXT).urgent().acknowledged_within(30),
    dispatch("where-are-you", "truck").answered(&["arrived", "delivered", "customer-absent"]),
    dispatch("return-to-depot", "depot").answered(UNDERSTOOD),
    consignee("consignee-access", "pin").asks(TEXT),
    consignee("consignee-leave-with", "parcel").asks(TEXT),
    consignee("consignee-call", "phone").asks(TEXT),
    consignee("consignee-late", "clock-late").asks(MINUTES),
    consignee("consignee-absent", "person-absent"),
];

const fn driver(id: &'static str, icon: &'static str) -> BuiltIn {
    BuiltIn {
        id,
        asks: None,
        icon,
        used_by: DRIVERS,
        priority: Priority::Routine,
        acknowledge_within_minutes: None,
        answers: &[],
        moves: None,
        for_consignees: false,
    }
}

const fn dispatch(id: &'static str, icon: &'static str) -> BuiltIn {
    BuiltIn { used_by: DISPATCH, ..driver(id, icon) }
}

const fn consignee(id: &'static str, icon: &'static str) -> BuiltIn {
    BuiltIn { used_by: &[], for_consignees: true, ..driver(id, icon) }
}

impl BuiltIn {
    const fn asks(mut self, argument: (&'static str, ArgumentType)) -> Self {
        self.asks = Some(argument);
        self
    }

    const fn urgent(mut self) -> Self {
        self.priority = Priority::Urgent;
        self
    }

    const fn emergency(mut self) -> Self {
        self.priority = Priority::Emergency;
        self
    }

    const fn acknowledged_within(mut self, minutes: u16) -> Self {
        self.acknowledge_within_minutes = Some(minutes);
        self
    }

    const fn answered(mut self, answers: &'static [&'static str]) -> Self {
        self.answers = answers;
        self
    }

    const fn moves(mut self, to: StopState, reason: Option<ReasonCode>) -> Self {
        self.moves = Some(StopAction { to, reason });
        self
    }

    const fn attempted(self, reason: ReasonCode) -> Self {
        self.moves(StopState::Attempted, Some(reason))
    }

    fn definition(&self) -> TemplateDefinition {
        let argument = |(name, holds): (&str, ArgumentType)| TemplateArgument {
            name: name.to_owned(),
            holds,
            options: Vec::new(),
        };
        TemplateDefinition {
            arguments: self.asks.map(argument).into_iter().collect(),
            icon: self.icon.to_owned(),
            used_by: self.used_by.to_vec(),
            priority: self.priority,
            acknowledge_within_minutes: self.acknowledge_within_minutes,
            answers: self.answers.iter().map(|id| (*id).to_owned()).collect(),
            for_consignees: self.for_consignees,
            ..TemplateDefinition::default()
        }
    }
}

/// What a language's `templates.ftl` says, by the ids of the templates.
fn texts_of(locale: Locale) -> Vec<(String, TemplateText)> {
    // What can be read of a file with a mistake is used; a test refuses the mistake.
    let resource = parser::parse(locale.templates()).unwrap_or_else(|(resource, _)| resource);
    let text = |entry: &Entry<&'static str>| {
        let Entry::Message(message) = entry else { return None };
        let id = message.id.name.strip_prefix("template-")?;
        let label = message.attributes.iter().find(|attribute| attribute.id.name == "label")?;
        let (label, text) = (source(&label.value), source(message.value.as_ref()?));
        Some((id.to_owned(), TemplateText { label, text, ..TemplateText::default() }))
    };
    resource.body.iter().filter_map(text).collect()
}

/// A pattern as it is written.
fn source(pattern: &Pattern<&'static str>) -> String {
    let id = fluent_syntax::ast::Identifier { name: "x" };
    let message = Message { id, value: Some(pattern.clone()), attributes: vec![], comment: None };
    let written = serializer::serialize(&Resource { body: vec![Entry::Message(message)] });
    let written = written.trim_start_matches("x =").trim();
    written
        .lines()
        .map(|line| line.strip_prefix("    ").unwrap_or(line))
        .collect::<Vec<_>>()
        .join("\n")
}
