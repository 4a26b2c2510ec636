//! What a driver is about to do: from the first tap to the command, with what has to be asked in between.

use waypost_client::{Command, StopDone, TripCommand, View};
use waypost_locales::Template;
use waypost_protocol::{
    Argument, ArgumentType, Arguments, Body, ConversationId, FactId, ReasonCode, StopAction,
    StopId, TemplateUse,
};
use waypost_ui_kit::Reader;

use crate::day::{Day, Named, Place, asked, is_begun, place};

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
    /// The message that was just sent, as long as it can be taken back.
    pub sent: Option<FactId>,
    pending: Option<Pending>,
}

/// What waits for an answer.
enum Pending {
    /// A ready message, as far as it is filled, and the stop that it was tapped at if it moves that.
    Say { template: String, stop: Option<StopId>, argument: Option<Argument> },
    /// Something planned is not agreed with.
    Refuse(Named),
}

impl Doing {
    /// A ready message is tapped. From here on it is about that stop and no other, whatever the screen shows later.
    pub fn tap(&mut self, reader: &Reader, id: &str) -> Option<Step> {
        let template = reader.texts().catalogue().current(id)?;
        let day = Day::of(reader.view()?, self.chosen, &reader.clock().today());
        let stop = day.stop.filter(|it| moves(template, it).is_some()).map(|it| it.id);
        self.pending = Some(Pending::Say { template: id.to_owned(), stop, argument: None });
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
        let all = asked(reader.view()?);
        let named = all.iter().find(|it| it.key() == key)?.named();
        if accepted {
            return Some(Step::Do(answers(named, true, None)));
        }
        self.pending = Some(Pending::Refuse(named));
        Some(Step::Ask(Question::Why))
    }

    /// Why it is not. If it was planned otherwise in between, nothing is said of what the driver has not seen.
    pub fn because(&mut self, reader: &Reader, reason: ReasonCode) -> Option<Step> {
        let Some(Pending::Refuse(named)) = self.pending.take() else { return None };
        let all = asked(reader.view()?);
        let is_the_same = all.iter().any(|it| it.named() == named);
        is_the_same.then(|| Step::Do(answers(named, false, Some(reason))))
    }

    /// It is not meant after all.
    pub fn never_mind(&mut self) {
        self.pending = None;
    }

    /// A stop that was chosen and is begun by now, or is over, matters by itself.
    pub fn settle(&mut self, view: &View) {
        let is_waited_for = |id: &StopId| place(view, *id).is_some_and(|it| !is_begun(it.stop));
        self.chosen = self.chosen.filter(is_waited_for);
    }

    /// The template that waits to be sent, and the stop that it would move.
    pub fn about<'r>(&self, reader: &'r Reader) -> Option<(&'r Template, Option<Place<'r>>)> {
        let Some(Pending::Say { template, stop, .. }) = &self.pending else { return None };
        let template = reader.texts().catalogue().current(template)?;
        Some((template, stop.and_then(|id| place(reader.view()?, id))))
    }

    /// Sends what is pending: it moves the stop at which it was tapped, if it can, or else is a message to dispatch. If
    /// that stop is over or someone else's by now, nothing is said.
    fn say(&mut self, reader: &Reader, is_sure: bool) -> Option<Step> {
        let Some(Pending::Say { template, stop, argument }) = &self.pending else { return None };
        let template = reader.texts().catalogue().current(template)?;
        let view = reader.view()?;
        let action = match stop {
            Some(id) => Some((*id, moves(template, &place(view, *id)?)?)),
            None => None,
        };
        if action.is_some_and(|(_, action)| action.to.is_outcome()) && !is_sure {
            return Some(Step::Ask(Question::Sure));
        }
        let names = template.definition.arguments.iter().map(|it| it.name.clone());
        let arguments: Arguments = names.zip(argument.clone()).collect();
        if !template.takes(&arguments) {
            return None;
        }
        let (id, version) = (template.id.clone(), template.version);
        let command = match action {
            Some((stop, StopAction { to, reason })) => {
                let template = Some(TemplateUse { template: id, version, arguments });
                let done = StopDone { reason, template, ..StopDone::default() };
                Command::OfTrips(TripCommand::MoveStop { stop, to, done: done.into() })
            }
            None => {
                let header = template.definition.header(reader.clock().now);
                let (template, answers) = (id, None);
                let body = Body::Template { template, version, arguments, answers, header };
                Command::send(ConversationId::Dispatch(view.me.person), body)
            }
        };
        self.pending = None;
        Some(Step::Do(command))
    }
}

/// What this template makes of that stop, if it can.
fn moves(template: &Template, at: &Place<'_>) -> Option<StopAction> {
    template.definition.moves.filter(|action| at.stop.state.may_become(action.to))
}

fn answers(
    Named { trip, stops, .. }: Named,
    accepted: bool,
    reason: Option<ReasonCode>,
) -> Command {
    let text = String::new();
    Command::OfTrips(TripCommand::Answer { trip, stops, accepted, reason, text })
}
