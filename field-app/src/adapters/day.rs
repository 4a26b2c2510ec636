//! `Day`: the driver's day, and what is asked before a tap counts.

use std::rc::Rc;

use slint::{ComponentHandle as _, ModelRc, SharedString, VecModel};
use waypost_client::view::TripView;
use waypost_client::{Command, View};
use waypost_locales::Template;
use waypost_protocol::{Argument, Body, FactId, Priority, ReasonCode, Stop, StopPlan, StopState};
use waypost_ui_kit::{self as kit, Reader, stops};

use super::update;
use crate::day::{Asked, Day as Now, Place, TILES, asked};
use crate::doing::{Question, Step};
use crate::screen::State;
use crate::ui::{
    ChangeRow, Day, DifferenceRow, FieldWindow, ReasonRow, StopRow, TemplateRow, Templates, Tone,
    Wanted,
};

/// Why a driver does not agree, the likeliest first.
const REASONS: [ReasonCode; 6] = [
    ReasonCode::NotEnoughTime,
    ReasonCode::DriverUnavailable,
    ReasonCode::PreviousStop,
    ReasonCode::VehicleBreakdown,
    ReasonCode::Overweight,
    ReasonCode::Other,
];

pub(crate) fn connect(window: &FieldWindow, state: &Rc<State>) {
    let day = window.global::<Day>();
    day.set_next(ModelRc::new(VecModel::<StopRow>::default()));
    day.set_changes(ModelRc::new(VecModel::<ChangeRow>::default()));
    day.set_reasons(ModelRc::new(VecModel::<ReasonRow>::default()));
    day.set_more(ModelRc::new(VecModel::<TemplateRow>::default()));
    window.global::<Templates>().set_rows(ModelRc::new(VecModel::<TemplateRow>::default()));
    let on = |does: fn(&FieldWindow, &State, SharedString)| {
        let (weak, state) = (window.as_weak(), state.clone());
        move |what: SharedString| {
            weak.upgrade().iter().for_each(|window| does(window, &state, what.clone()))
        }
    };
    window.global::<Templates>().on_send(on(|window, state, id| {
        let step = state.doing.borrow_mut().tap(&state.reader.borrow(), &id);
        follow(window, state, step);
    }));
    day.on_words(on(|window, state, text| {
        let text = text.trim().to_owned();
        if !text.is_empty() {
            let step = state.doing.borrow_mut().fill(&state.reader.borrow(), Argument::Text(text));
            follow(window, state, step);
        }
    }));
    day.on_because(on(|window, state, name| {
        let reason = REASONS.into_iter().find(|reason| reason.name() == name.as_str());
        let because = |reason| state.doing.borrow_mut().because(&state.reader.borrow(), reason);
        follow(window, state, reason.and_then(because));
    }));
    day.on_choose(on(|window, state, id| {
        state.doing.borrow_mut().chosen = id.parse().ok();
        state.show_all(window);
    }));
    day.on_navigate(on(|_, state, url| (state.port.open)(&url)));
    day.on_call(on(|_, state, number| {
        let digits: String = number.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect();
        (state.port.open)(&format!("tel:{digits}"));
    }));
    on_answers(window, state);
    let (weak, undoing) = (window.as_weak(), state.clone());
    day.on_undo(move || {
        let sent = undoing.doing.borrow_mut().sent.take();
        undoing.send(sent.map(|message| Command::Delete { message }));
        weak.upgrade().iter().for_each(|window| window.global::<Day>().set_sent("".into()));
    });
    let (weak, state) = (window.as_weak(), state.clone());
    day.on_forget_sent(move || {
        state.doing.borrow_mut().sent = None;
        weak.upgrade().iter().for_each(|window| window.global::<Day>().set_sent("".into()));
    });
}

fn on_answers(window: &FieldWindow, state: &Rc<State>) {
    let day = window.global::<Day>();
    let (weak, minding) = (window.as_weak(), state.clone());
    day.on_minutes(move |minutes| {
        let minutes = Argument::Minutes(u32::try_from(minutes).unwrap_or_default());
        let step = minding.doing.borrow_mut().fill(&minding.reader.borrow(), minutes);
        if let Some(window) = weak.upgrade() {
            follow(&window, &minding, step);
        }
    });
    let (weak, answering) = (window.as_weak(), state.clone());
    day.on_answer(move |key, accepted| {
        let step = answering.doing.borrow_mut().answer(&answering.reader.borrow(), &key, accepted);
        if let Some(window) = weak.upgrade() {
            follow(&window, &answering, step);
        }
    });
    let (weak, sure) = (window.as_weak(), state.clone());
    day.on_sure(move || {
        let step = sure.doing.borrow_mut().sure(&sure.reader.borrow());
        if let Some(window) = weak.upgrade() {
            follow(&window, &sure, step);
        }
    });
    let (weak, state) = (window.as_weak(), state.clone());
    day.on_never_mind(move || {
        state.doing.borrow_mut().never_mind();
        weak.upgrade().iter().for_each(|window| window.global::<Day>().set_wanted(Wanted::Nothing));
    });
}

/// Says what was just sent, as long as it can be taken back.
pub(crate) fn kept(window: &FieldWindow, state: &State, command: &Command, id: FactId) {
    let Command::Send { message, .. } = command else { return };
    let Body::Template { template, .. } = &**message else { return };
    let reader = state.reader.borrow();
    let what = reader.texts().template_label(template);
    state.doing.borrow_mut().sent = Some(id);
    let sent = reader.texts().message("undo-done", &[("what", what.into())]);
    window.global::<Day>().set_sent(sent.into());
}

/// Asks what has to be asked, or does it.
fn follow(window: &FieldWindow, state: &State, step: Option<Step>) {
    let day = window.global::<Day>();
    match step {
        Some(Step::Ask(question)) => {
            day.set_question(asked_in_words(state, question).into());
            day.set_wanted(match question {
                Question::Minutes => Wanted::Minutes,
                Question::Words => Wanted::Words,
                Question::Sure => Wanted::Sure,
                Question::Why => Wanted::Why,
            });
        }
        Some(Step::Do(command)) => {
            day.set_wanted(Wanted::Nothing);
            // What comes under the finger by this must not be touched by a bouncing glove.
            day.set_resting(true);
            state.send(Some(command));
            state.show_all(window);
        }
        None => day.set_wanted(Wanted::Nothing),
    }
}

/// What is asked, with the stop that it is about.
fn asked_in_words(state: &State, question: Question) -> String {
    let (reader, doing) = (state.reader.borrow(), state.doing.borrow());
    let Some((template, place)) = doing.about(&reader) else { return String::new() };
    let texts = reader.texts();
    let label = texts.template_label(&template.id);
    let name = place.and_then(|it| it.stop.plan.as_ref()).map(|plan| plan.name.as_str());
    match (question, name) {
        (Question::Sure, Some(name)) => {
            texts.message("confirm-title", &[("what", label.into()), ("where", name.into())])
        }
        (_, Some(name)) => format!("{label} · {name}"),
        (_, None) => label,
    }
}

pub(crate) fn show(window: &FieldWindow, state: &State, view: &View) {
    state.doing.borrow_mut().settle(view);
    let (day, reader) = (window.global::<Day>(), state.reader.borrow());
    let (texts, today) = (reader.texts(), reader.clock().today());
    let now = Now::of(view, state.doing.borrow().chosen, &today);
    let row = |it: Place<'_>| stop_row(it, state, &reader);
    day.set_has_stop(now.stop.is_some());
    day.set_stop(now.stop.map(row).unwrap_or_default());
    let running = now.running.and_then(|it| it.stop.plan.as_ref()).map(|plan| plan.name.clone());
    day.set_running(running.unwrap_or_default().into());
    let next = now.next(view).into_iter().map(row).collect();
    update(&day.get_next(), next, |row| row.id.clone());
    let progress = now.progress().map_or_else(String::new, |(done, all)| {
        texts.message("day-count", &[("done", done.into()), ("all", all.into())])
    });
    let is_done = !progress.is_empty();
    day.set_progress(progress.into());
    day.set_title(texts.message(if is_done { "day-done" } else { "day-none" }, &[]).into());
    let detail = if is_done { String::new() } else { texts.message("day-none-detail", &[]) };
    day.set_detail(detail.into());
    let changes = asked(view).iter().map(|asked| change_row(asked, &reader)).collect();
    update(&day.get_changes(), changes, |row| row.key.clone());
    let reasons = REASONS
        .map(|reason| ReasonRow { name: reason.name().into(), label: texts.reason(reason).into() });
    update(&day.get_reasons(), reasons.into(), |row| row.name.clone());
    let tiles: Vec<_> = now.tiles(texts).into_iter().map(|it| tile(it, &reader)).collect();
    let rest = if tiles.len() > TILES { TILES - 1 } else { TILES };
    let first = tiles.iter().take(rest).cloned().collect();
    // The tiles are changed and not made anew: a tile that is made anew in the middle of a tap loses it.
    update(&window.global::<Templates>().get_rows(), first, |row| row.id.clone());
    day.set_has_more(tiles.len() > TILES);
    update(&day.get_more(), tiles, |row| row.id.clone());
}

fn stop_row(place: Place<'_>, state: &State, reader: &Reader) -> StopRow {
    let (texts, clock) = (reader.texts(), reader.clock());
    let Place { trip, id, stop } = place;
    let day = &trip.trip.plan.day;
    let Some(plan) = stop.plan.as_deref() else { return StopRow::default() };
    let navigation = state.navigation.as_ref().and_then(|url| url.to(plan)).or_else(|| plan.geo());
    let phone = plan.contact.as_ref().and_then(|contact| contact.phone.clone());
    StopRow {
        id: id.to_string().into(),
        name: plan.name.as_str().into(),
        address: plan.address.as_str().into(),
        kind: stops::kind(plan.kind, texts).into(),
        state: kit::state_text(stop.state, texts).into(),
        window: when(plan, day, reader).into(),
        late: stops::late(stop, texts, clock).into(),
        goods: stops::goods(plan).into(),
        instructions: plan.instructions.as_str().into(),
        says: stops::words(stop, texts).join("\n").into(),
        phone: phone.unwrap_or_default().into(),
        navigation: navigation.unwrap_or_default().into(),
        urgent: plan.priority > Priority::Routine,
    }
}

/// When a stop is open, or else the day of its trip if that is not today.
fn when(plan: &StopPlan, day: &str, reader: &Reader) -> String {
    let window = stops::window(plan.window.as_ref(), reader.texts(), reader.clock());
    match window.is_empty() && day != reader.clock().today() {
        true => day.to_owned(),
        false => window,
    }
}

fn change_row(asked: &Asked<'_>, reader: &Reader) -> ChangeRow {
    let (texts, clock) = (reader.texts(), reader.clock());
    let name = |stop: &Stop| stop.plan.as_ref().map(|plan| plan.name.clone()).unwrap_or_default();
    let of_trip = |trip: &TripView| {
        let names = trip.stops.iter().map(|(_, stop)| name(stop)).collect::<Vec<_>>();
        (format!("{} · {}", trip.trip.plan.name, trip.trip.plan.day), names.join("\n"))
    };
    let (title, about, detail, differences) = match asked {
        Asked::Trip(trip) => {
            let count = trip.stops.len();
            let title = texts.message("change-new-trip", &[("count", count.into())]);
            let (about, detail) = of_trip(trip);
            (title, about, detail, Vec::new())
        }
        Asked::Order(trip) => {
            let before = trip.trip.agreed.as_ref().map(|it| &it.order);
            let is_order = before != Some(&trip.trip.plan.order);
            let key = if is_order { "change-order" } else { "change-title" };
            let (about, detail) = of_trip(trip);
            (texts.message(key, &[]), about, detail, Vec::new())
        }
        Asked::New(it) => {
            let plan = it.stop.plan.as_deref();
            let when = plan.map(|plan| when(plan, &it.trip.trip.plan.day, reader));
            let parts = [plan.map(|plan| plan.address.clone()), when].into_iter().flatten();
            let parts: Vec<_> = parts.filter(|it| !it.is_empty()).collect();
            (texts.message("change-new", &[]), name(it.stop), parts.join("\n"), Vec::new())
        }
        Asked::Changed(it) => {
            let both = it.stop.agreed.as_deref().zip(it.stop.plan.as_deref());
            let differences =
                both.map(|(before, now)| stops::differences(before, now, texts, clock));
            let title = texts.message("change-title", &[]);
            (title, name(it.stop), String::new(), differences.unwrap_or_default())
        }
    };
    let row = |it: stops::Difference| DifferenceRow {
        label: it.label.into(),
        before: it.before.into(),
        now: it.now.into(),
    };
    let differences: Vec<_> = differences.into_iter().map(row).collect();
    ChangeRow {
        key: asked.key().into(),
        title: title.into(),
        about: about.into(),
        detail: detail.into(),
        differences: ModelRc::new(VecModel::from(differences)),
    }
}

fn tile(template: &Template, reader: &Reader) -> TemplateRow {
    let definition = &template.definition;
    let moves = definition.moves.map(|action| action.to);
    let tone = match (moves, definition.priority) {
        (Some(StopState::Completed), _) => Tone::Good,
        (Some(StopState::EnRoute | StopState::Arrived | StopState::Servicing), _) => Tone::Accent,
        (_, Priority::Emergency) => Tone::Bad,
        (Some(_), _) | (_, Priority::Urgent) => Tone::Warn,
        _ => Tone::Plain,
    };
    TemplateRow {
        id: template.id.as_str().into(),
        label: reader.texts().template_label(&template.id).into(),
        icon: definition.icon.as_str().into(),
        asks: !definition.arguments.is_empty(),
        tone,
        filled: matches!(tone, Tone::Good | Tone::Accent),
    }
}
