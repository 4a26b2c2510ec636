//! Stops as people read them: when, where, what, and what has changed.

use waypost_locales::Texts;
use waypost_protocol::{Consignment, Millis, Stop, StopKind, StopPlan, TimeWindow};

use crate::Clock;
use crate::bubbles::contact_text;

/// What a plan says under one name, before and now.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Difference {
    /// What it is about.
    pub label: String,
    /// What it was; nothing if it was not said.
    pub before: String,
    /// What it is.
    pub now: String,
}

/// The window of a stop: `08:00 – 09:30`, with its day if that is not today.
pub fn window(window: Option<&TimeWindow>, texts: &Texts, clock: Clock) -> String {
    let Some(TimeWindow { from, until, .. }) = window else { return String::new() };
    let begin = clock.moment(*from, texts);
    match clock.same_day(*from, *until) {
        true => format!("{begin} – {}", clock.time(*until)),
        false => format!("{begin} – {}", clock.moment(*until, texts)),
    }
}

/// The goods of a stop, a line for each.
pub fn goods(plan: &StopPlan) -> String {
    let line = |it: &Consignment| {
        let of = [it.unit.as_str(), it.description.as_str()].map(str::trim);
        let what: Vec<_> = of.into_iter().filter(|it| !it.is_empty()).collect();
        let weight = it.weight_g.map(|grams| format!(", {} kg", f64::from(grams) / 1_000.0));
        let weight = weight.unwrap_or_default();
        match what.is_empty() {
            true => format!("{} × {}{weight}", it.quantity, it.reference),
            false => format!("{} {}{weight}", it.quantity, what.join(" ")),
        }
    };
    plan.consignments.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// Since when a stop is late, in words; nothing if it is not.
pub fn late(stop: &Stop, texts: &Texts, clock: Clock) -> String {
    let late =
        |since: Millis| texts.message("stop-late", &[("time", clock.moment(since, texts).into())]);
    stop.late_since(clock.now).map_or_else(String::new, late)
}

/// What happens there, in a word.
pub fn kind(kind: StopKind, texts: &Texts) -> String {
    let key = match kind {
        StopKind::Delivery => "stop-kind-delivery",
        StopKind::Pickup => "stop-kind-pickup",
        StopKind::Depot => "stop-kind-depot",
    };
    texts.message(key, &[])
}

/// What the consignee has said, the newest first.
pub fn words(stop: &Stop, texts: &Texts) -> Vec<String> {
    let said = stop.words.iter().rev().map(|word| &word.said);
    said.map(|it| texts.render_template(&it.template, it.version, &it.arguments)).collect()
}

/// What is planned otherwise than the driver has agreed to.
pub fn differences(
    before: &StopPlan,
    now: &StopPlan,
    texts: &Texts,
    clock: Clock,
) -> Vec<Difference> {
    let minutes = |plan: &StopPlan| {
        texts.message("minutes", &[("minutes", u32::from(plan.service_minutes).into())])
    };
    let sides = |of: &dyn Fn(&StopPlan) -> String| (of(before), of(now));
    let all = [
        ("change-name", sides(&|plan| plan.name.clone())),
        ("change-address", sides(&|plan| plan.address.clone())),
        ("change-window", sides(&|plan| window(plan.window.as_ref(), texts, clock))),
        ("change-instructions", sides(&|plan| plan.instructions.clone())),
        ("change-goods", sides(&goods)),
        ("change-place", sides(&|plan| plan.geo().unwrap_or_default())),
        (
            "change-contact",
            sides(&|plan| plan.contact.as_deref().map_or_else(String::new, contact_text)),
        ),
        ("change-other", sides(&|plan| kind(plan.kind, texts))),
        ("change-other", sides(&minutes)),
        ("change-other", sides(&|plan| plan.reference.clone().unwrap_or_default())),
    ];
    let changed = all.into_iter().filter(|(_, (before, now))| before != now);
    changed
        .map(|(key, (before, now))| Difference { label: texts.message(key, &[]), before, now })
        .collect()
}
