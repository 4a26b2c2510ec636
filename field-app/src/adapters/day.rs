//! `Day`: the driver's day, and what is asked before a tap counts.

use std::rc::Rc;

use slint::{ComponentHandle as _, Model as _, ModelRc, SharedString, VecModel};
use waypost_client::View;
use waypost_locales::Template;
use waypost_protocol::{Argument, Priority, ReasonCode, Stop, StopId, StopState};
use waypost_ui_kit::{self as kit, Reader, stops};

use crate::day::{Asked, Day as Now, TILES, asked};
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
    day.on_call(on(|_, state, number| (state.port.open)(&format!("tel:{number}"))));
    on_answers(window, state);
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
            state.send(Some(command));
            state.show_all(window);
        }
        None => day.set_wanted(Wanted::Nothing),
    }
}

fn asked_in_words(state: &State, question: Question) -> String {
    let (reader, doing) = (state.reader.borrow(), state.doing.borrow());
    let Some((template, stop)) = doing.about(&reader) else { return String::new() };
    let texts = reader.texts();
    let label = texts.template_label(&template.id);
    let place = stop.and_then(|stop| stop.plan.as_ref()).map(|plan| plan.name.as_str());
    match (question, place) {
        (Question::Sure, Some(place)) => {
            texts.message("confirm-title", &[("what", label.into()), ("where", place.into())])
        }
        _ => label,
    }
}

pub(crate) fn show(window: &FieldWindow, state: &State, view: &View) {
    let (day, reader) = (window.global::<Day>(), state.reader.borrow());
    let texts = reader.texts();
    let now = Now::of(view, state.doing.borrow().chosen);
    let row = |(id, stop): (StopId, &Stop)| stop_row(id, stop, state, &reader);
    day.set_has_stop(now.stop.is_some());
    day.set_stop(now.stop.map(row).unwrap_or_default());
    let next = now.next(view).into_iter().map(row).collect();
    update(&day.get_next(), next, |row| row.id.clone());
    let progress = now.progress().map_or_else(String::new, |(done, all)| {
        texts.message("day-count", &[("done", done.into()), ("all", all.into())])
    });
    day.set_progress(progress.into());
    let (title, detail) = match now.trip {
        Some(_) => ("day-done", None),
        None => ("day-none", Some("day-none-detail")),
    };
    day.set_title(texts.message(title, &[]).into());
    day.set_detail(detail.map_or_else(String::new, |key| texts.message(key, &[])).into());
    let changes = asked(view).iter().map(|asked| change_row(asked, &reader)).collect();
    update(&day.get_changes(), changes, |row| row.key.clone());
    let reasons = REASONS
        .map(|reason| ReasonRow { name: reason.name().into(), label: texts.reason(reason).into() });
    day.set_reasons(ModelRc::new(VecModel::from(reasons.to_vec())));
    let tiles = now.tiles(texts).into_iter().take(TILES).map(|it| tile(it, &reader)).collect();
    // The tiles are changed and not made anew: a tile that is made anew in the middle of a tap loses it.
    update(&window.global::<Templates>().get_rows(), tiles, |row| row.id.clone());
}

fn update<T: Clone + PartialEq + 'static>(
    model: &ModelRc<T>,
    rows: Vec<T>,
    key: impl Fn(&T) -> SharedString,
) {
    if let Some(model) = model.as_any().downcast_ref::<VecModel<T>>() {
        kit::update(model, rows, key);
    }
}

fn stop_row(id: StopId, stop: &Stop, state: &State, reader: &Reader) -> StopRow {
    let (texts, clock) = (reader.texts(), reader.clock());
    let Some(plan) = stop.plan.as_deref() else { return StopRow::default() };
    let navigation = state.navigation.as_ref().and_then(|url| url.to(plan)).or_else(|| plan.geo());
    let phone = plan.contact.as_ref().and_then(|contact| contact.phone.clone());
    StopRow {
        id: id.to_string().into(),
        name: plan.name.as_str().into(),
        address: plan.address.as_str().into(),
        kind: stops::kind(plan.kind, texts).into(),
        state: kit::state_text(stop.state, texts).into(),
        window: stops::window(plan.window.as_ref(), texts, clock).into(),
        late: stops::late(stop, texts, clock).into(),
        goods: stops::goods(plan).into(),
        instructions: plan.instructions.as_str().into(),
        says: stops::words(stop, texts).join("\n").into(),
        phone: phone.unwrap_or_default().into(),
        navigation: navigation.unwrap_or_default().into(),
        urgent: plan.priority > Priority::Routine,
    }
}

fn change_row(asked: &Asked<'_>, reader: &Reader) -> ChangeRow {
    let (texts, clock) = (reader.texts(), reader.clock());
    let when = |stop: &Stop| {
        let plan = stop.plan.as_deref();
        let window = stops::window(plan.and_then(|it| it.window.as_ref()), texts, clock);
        let address = plan.map(|plan| plan.address.clone()).unwrap_or_default();
        let parts = [address, window].into_iter().filter(|it| !it.is_empty());
        parts.collect::<Vec<_>>().join("\n")
    };
    let name = |stop: &Stop| stop.plan.as_ref().map(|plan| plan.name.clone()).unwrap_or_default();
    let (title, about, detail, differences) = match asked {
        Asked::Trip(trip) => {
            let count = trip.stops.iter().filter(|(_, stop)| stop.asks()).count();
            let title = texts.message("change-new-trip", &[("count", count.into())]);
            let stops = trip.stops.iter().map(|(_, stop)| name(stop)).collect::<Vec<_>>();
            (title, trip.trip.plan.name.clone(), stops.join("\n"), Vec::new())
        }
        Asked::Order(trip) => {
            let stops = trip.stops.iter().map(|(_, stop)| name(stop)).collect::<Vec<_>>();
            let title = texts.message("change-order", &[]);
            (title, trip.trip.plan.name.clone(), stops.join("\n"), Vec::new())
        }
        Asked::New(_, stop) => {
            (texts.message("change-new", &[]), name(stop), when(stop), Vec::new())
        }
        Asked::Changed(_, stop) => {
            let both = stop.agreed.as_deref().zip(stop.plan.as_deref());
            let differences =
                both.map(|(before, now)| stops::differences(before, now, texts, clock));
            let title = texts.message("change-title", &[]);
            (title, name(stop), String::new(), differences.unwrap_or_default())
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
