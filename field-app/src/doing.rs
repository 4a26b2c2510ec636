//! What a driver is about to do: from the first tap to the command, with what has to be asked in between.

use waypost_client::{Command, StopDone, TripCommand};
use waypost_locales::Template;
use waypost_protocol::{
    Argument, ArgumentType, Arguments, Body, ConversationId, ReasonCode, Stop, StopAction, StopId,
    TemplateUse,
};
use waypost_ui_kit::Reader;

use crate::day::{Day, asked};

/// What is asked before a tap counts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Question {
    /// How many minutes.
    Minutes,
    /// In which words.
    Words,
    /// Whether it is meant: nothing but dispatch undoes it.
    Sure,
    /// Why not.
    Why,
}

/// What follows a tap.
#[derive(PartialEq, Debug)]
pub enum Step {
    /// Something has to be asked first.
    Ask(Question),
    /// It is done.
    Do(Command),
}

/// What a driver is about to do.
#[derive(Default)]
pub struct Doing {
    /// The stop that they look at, if it is not the one that matters by itself.
    pub chosen: Option<StopId>,
    pending: Option<Pending>,
}

/// What waits for an answer.
enum Pending {
    /// A ready message, as far as it is filled.
    Say { template: String, argument: Option<Argument> },
    /// Something planned is not agreed with.
    Refuse { key: String },
}

impl Doing {
    /// A ready message is tapped.
    pub fn tap(&mut self, reader: &Reader, id: &str) -> Option<Step> {
        let template = reader.texts().catalogue().current(id)?;
        self.pending = Some(Pending::Say { template: id.to_owned(), argument: None });
        match template.definition.arguments.first().map(|it| it.holds) {
            None => self.say(reader, false),
            Some(ArgumentType::Minutes) => Some(Step::Ask(Question::Minutes)),
            Some(_) => Some(Step::Ask(Question::Words)),
        }
    }

    /// What it asks for is told.
    pub fn fill(&mut self, reader: &Reader, told: Argument) -> Option<Step> {
        if let Some(Pending::Say { argument, .. }) = &mut self.pending {
            *argument = Some(told);
        }
        self.say(reader, false)
    }

    /// It is meant.
    pub fn sure(&mut self, reader: &Reader) -> Option<Step> {
        self.say(reader, true)
    }

    /// What dispatch has planned is agreed with, or not.
    pub fn answer(&mut self, reader: &Reader, key: &str, accepted: bool) -> Option<Step> {
        if accepted {
            return agree(reader, key, true, None);
        }
        self.pending = Some(Pending::Refuse { key: key.to_owned() });
        Some(Step::Ask(Question::Why))
    }

    /// Why it is not.
    pub fn because(&mut self, reader: &Reader, reason: ReasonCode) -> Option<Step> {
        match self.pending.take()? {
            Pending::Refuse { key } => agree(reader, &key, false, Some(reason)),
            Pending::Say { .. } => None,
        }
    }

    /// It is not meant after all.
    pub fn never_mind(&mut self) {
        self.pending = None;
    }

    /// The template that waits to be sent, and the stop that it would move.
    pub fn about<'r>(&self, reader: &'r Reader) -> Option<(&'r Template, Option<&'r Stop>)> {
        let Some(Pending::Say { template, .. }) = &self.pending else { return None };
        let template = reader.texts().catalogue().current(template)?;
        let day = Day::of(reader.view()?, self.chosen);
        let moved = day.stop.filter(|(_, stop)| moves(template, stop).is_some());
        Some((template, moved.map(|(_, stop)| stop)))
    }

    /// Sends what is pending: at a stop it moves that, if it can; otherwise it is a message to dispatch.
    fn say(&mut self, reader: &Reader, is_sure: bool) -> Option<Step> {
        let Some(Pending::Say { template, argument }) = &self.pending else { return None };
        let template = reader.texts().catalogue().current(template)?;
        let view = reader.view()?;
        let day = Day::of(view, self.chosen);
        let action = day.stop.and_then(|(id, stop)| Some((id, moves(template, stop)?)));
        if action.is_some_and(|(_, action)| action.to.is_outcome()) && !is_sure {
            return Some(Step::Ask(Question::Sure));
        }
        let names = template.definition.arguments.iter().map(|it| it.name.clone());
        let arguments: Arguments = names.zip(argument.clone()).collect();
        if !template.takes(&arguments) {
            return None;
        }
        let said =
            TemplateUse { template: template.id.clone(), version: template.version, arguments };
        let command = match action {
            Some((stop, StopAction { to, reason })) => {
                let done = StopDone { reason, template: Some(said), ..StopDone::default() };
                Command::OfTrips(TripCommand::MoveStop { stop, to, done: done.into() })
            }
            None => {
                let TemplateUse { template: id, version, arguments } = said;
                let header = template.definition.header(reader.clock().now);
                let body =
                    Body::Template { template: id, version, arguments, answers: None, header };
                Command::send(ConversationId::Dispatch(view.me.person), body)
            }
        };
        (self.pending, self.chosen) = (None, None);
        Some(Step::Do(command))
    }
}

/// What this template makes of that stop, if it can.
fn moves(template: &Template, stop: &Stop) -> Option<StopAction> {
    template.definition.moves.filter(|action| stop.state.may_become(action.to))
}

fn agree(reader: &Reader, key: &str, accepted: bool, reason: Option<ReasonCode>) -> Option<Step> {
    let all = asked(reader.view()?);
    let (trip, stops) = all.iter().find(|it| it.key() == key)?.names();
    let text = String::new();
    Some(Step::Do(Command::OfTrips(TripCommand::Answer { trip, stops, accepted, reason, text })))
}
