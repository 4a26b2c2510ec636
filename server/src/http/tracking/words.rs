//! What a consignee writes to the driver: a template from the page, said by the server where the stop is.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{Path, Query, State};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use sha2::{Digest as _, Sha256};
use waypost_domain::Actor;
use waypost_locales::{Catalogue, Template, Texts};
use waypost_protocol::{
    Argument, ArgumentType, Arguments, Body, ConsigneeWord, ConversationId, FactId, Header, Millis,
    ProblemCode, STOP_WORDS_MAX, Stop, StopId, TemplateArgument, TemplateUse,
};

use super::super::messages::submit;
use super::super::problem::Problem;
use super::super::templates::catalogue;
use super::page::{not_written, shown};
use super::{PATH, Wanted, answer, known, locale_of};
use crate::clock;
use crate::waypost::Waypost;

/// Longest words that a page takes, in characters.
pub(super) const CHARS_MAX: usize = 300;

/// Most minutes that a page takes.
pub(super) const MINUTES_MAX: u32 = 600;

/// How often a stop is looked for anew that is given to someone else in the same moment.
const TRIES: usize = 3;

/// How far the clock of a server may be behind that of another which made the page.
const CLOCKS_MS: Millis = 60_000;

/// Something that was written, and how far it has come.
pub(super) struct Written {
    pub(super) said: TemplateUse,
    pub(super) at: Millis,
    pub(super) delivered: bool,
    pub(super) read: bool,
}

/// What a form says, under the names of its fields.
type Fields = BTreeMap<String, String>;

/// Takes what was written, and leads back to the page: whoever looks at it anew sends nothing twice.
pub(super) async fn write_of(
    State(waypost): State<Waypost>,
    Path(secret): Path<String>,
    Query(wanted): Query<Wanted>,
    parts: Parts,
    form: Result<Form<Fields>, FormRejection>,
) -> Response {
    let locale = locale_of(wanted.language.as_deref(), &parts.headers);
    let path = format!("{PATH}/{secret}");
    let fields = form.map_err(|rejection| wrong("body", rejection.body_text()));
    let taken = match fields {
        Ok(Form(fields)) => take(&waypost, &secret, &parts, &fields).await,
        Err(problem) => Err(problem),
    };
    match taken {
        Ok(()) => {
            let back = format!("{path}?language={}#written", locale.tag());
            (StatusCode::SEE_OTHER, [(header::LOCATION, back)]).into_response()
        }
        Err(problem) if problem.code == ProblemCode::NotFound => {
            answer(problem.http_status(), locale, shown(None, &path, &Texts::of(locale)))
        }
        Err(problem) => {
            tracing::debug!(?problem, "what a consignee wrote is not taken");
            answer(problem.http_status(), locale, not_written(&path, &Texts::of(locale)))
        }
    }
}

/// Says it once, whoever sends the form again.
async fn take(
    waypost: &Waypost,
    secret: &str,
    parts: &Parts,
    fields: &Fields,
) -> Result<(), Problem> {
    waypost.limits.take_stranger(parts)?;
    let link = known(waypost, secret, parts).await?.ok_or(ProblemCode::NotFound)?;
    let id: FactId = field(fields, "id")?;
    let since = link.made_at - CLOCKS_MS..=clock::now() + CLOCKS_MS;
    if !id.occurred_at().is_some_and(|at| since.contains(&at)) {
        return Err(wrong("id", "the page is not of this link"));
    }
    let (template, version) = (field::<String>(fields, "template")?, field(fields, "version")?);
    let catalogue = catalogue(waypost).await?;
    let is_offered = |it: &&Template| it.definition.for_consignees;
    // What was withdrawn meanwhile is said no more; another version of what there is, is.
    let is_there = catalogue.current(&template).as_ref().is_some_and(is_offered);
    let found = catalogue.find(&template, version).filter(|it| is_there && is_offered(it));
    let found = found.ok_or_else(|| wrong("template", "there is no such template here"))?;
    let (arguments, header) = (arguments(found, fields)?, found.definition.header(clock::now()));
    say(waypost, link.stop, id, TemplateUse { template, version, arguments }, header).await
}

async fn say(
    waypost: &Waypost,
    id: StopId,
    form: FactId,
    said: TemplateUse,
    header: Header,
) -> Result<(), Problem> {
    for _ in 0..TRIES {
        let stop = waypost.db.stops_by_id(&[id]).await?.remove(&id).ok_or(ProblemCode::NotFound)?;
        if let Some(word) = stop.words.iter().find(|word| word.first == form) {
            // A browser that goes back keeps the id of the form.
            return if word.said == said { Ok(()) } else { Err(ProblemCode::IdReused.into()) };
        }
        let driver = stop.driver.filter(|_| may_write(&stop)).ok_or(ProblemCode::Outdated)?;
        if stop.words.len() >= STOP_WORDS_MAX {
            return Err(ProblemCode::TooLarge.into());
        }
        let place = ConversationId::Dispatch(driver);
        let (said, header) = (said.clone().into(), header.clone());
        let body = Body::ConsigneeSaid { stop: id, said, first: Some(form), header };
        let fact = fact_for(form, place);
        match submit(waypost, Actor::OPERATOR, fact, place, body.to_content()).await {
            // It was given to someone else meanwhile, or is over.
            Err(problem) if problem.code == ProblemCode::Outdated => {}
            outcome => return outcome.map(drop),
        }
    }
    Err(ProblemCode::Outdated.into())
}

/// The fact that a form becomes where it is told: a refusal at one driver stands in nobody's way at the next.
fn fact_for(form: FactId, place: ConversationId) -> FactId {
    let said = [form.as_bytes().as_slice(), place.to_string().as_bytes()].concat();
    let hash: [u8; 32] = Sha256::digest(said).into();
    let mut random = [0; 16];
    random.copy_from_slice(&hash[..16]);
    FactId::mint(form.occurred_at().unwrap_or_default(), u128::from_be_bytes(random))
}

/// Whether there is someone to whom it can be said, and something left to do.
pub(super) fn may_write(stop: &Stop) -> bool {
    stop.driver.is_some() && !stop.state.is_final()
}

/// What was written about a stop, the oldest first.
pub(super) async fn written(waypost: &Waypost, stop: &Stop) -> Result<Vec<Written>, Problem> {
    let mut all = Vec::new();
    for ConsigneeWord { first, fact, n, said, .. } in stop.words.iter().cloned() {
        let place = stop.driver.map(ConversationId::Dispatch);
        let marks = match place {
            Some(place) => {
                let server = Actor::OPERATOR.person;
                let readers = waypost.db.receipts_of(fact, n, server, place).await?;
                readers.into_iter().find(|it| Some(it.person) == stop.driver)
            }
            None => None,
        };
        let is = |of: fn(&waypost_storage::RecipientRow) -> bool| marks.as_ref().is_some_and(of);
        all.push(Written {
            said,
            at: first.occurred_at().unwrap_or_default(),
            delivered: is(|it| it.delivered_at.is_some()),
            read: is(|it| it.read_at.is_some()),
        });
    }
    Ok(all)
}

/// What a page offers, as the fleet has it now.
pub(super) async fn offered(waypost: &Waypost) -> Result<Arc<Catalogue>, Problem> {
    catalogue(waypost).await.map(Arc::new)
}

fn arguments(template: &Template, fields: &Fields) -> Result<Arguments, Problem> {
    let asked = template.definition.arguments.iter();
    asked.map(|it| Ok((it.name.clone(), argument(it, fields)?))).collect()
}

fn argument(asked: &TemplateArgument, fields: &Fields) -> Result<Argument, Problem> {
    let name = input_of(asked);
    match asked.holds {
        ArgumentType::Number => field(fields, &name).map(Argument::Number),
        ArgumentType::Minutes => match field(fields, &name)? {
            minutes if minutes <= MINUTES_MAX => Ok(Argument::Minutes(minutes)),
            _ => Err(wrong(&name, format!("at most {MINUTES_MAX}"))),
        },
        ArgumentType::Choice => {
            let chosen = Argument::Choice(field(fields, &name)?);
            Some(chosen).filter(|it| asked.takes(it)).ok_or_else(|| wrong(&name, "is no option"))
        }
        ArgumentType::Text => {
            let text = field::<String>(fields, &name)?.trim().to_owned();
            match (1..=CHARS_MAX).contains(&text.chars().count()) {
                true => Ok(Argument::Text(text)),
                false => Err(wrong(&name, format!("from 1 to {CHARS_MAX} characters"))),
            }
        }
        ArgumentType::TimeOfDay | ArgumentType::Place | ArgumentType::Stop => {
            Err(wrong(&name, "cannot be typed"))
        }
    }
}

/// The name of the field that asks for it.
pub(super) fn input_of(asked: &TemplateArgument) -> String {
    format!("argument.{}", asked.name)
}

fn field<T: std::str::FromStr>(fields: &Fields, name: &str) -> Result<T, Problem> {
    let value = fields.get(name).and_then(|value| value.trim().parse().ok());
    value.ok_or_else(|| wrong(name, "is missing, or cannot be read"))
}

fn wrong(field: &str, what: impl Into<String>) -> Problem {
    Problem::of_field(ProblemCode::ContentInvalid, field, what)
}
