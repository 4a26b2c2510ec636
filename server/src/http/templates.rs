//! Templates: what there is to send by one tap, and how an admin publishes another version.

use std::collections::BTreeSet;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use waypost_domain::Deed;
use waypost_domain::rights::Right;
use waypost_locales::{Catalogue, Locale, Template, preview};
use waypost_protocol::{Body, ProblemCode, TemplateDefinition};
use waypost_storage::TemplateRow;

use super::caller::{Caller, holds};
use super::extract::{IdempotencyKey, Json, NewFact, Path, Query};
use super::problem::Problem;
use crate::waypost::Waypost;

pub fn router() -> OpenApiRouter<Waypost> {
    OpenApiRouter::new()
        .routes(routes!(list_templates))
        .routes(routes!(show_template, publish_template))
        .routes(routes!(preview_template))
}

/// A template.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct TemplateShown {
    /// Its stable id.
    pub template: String,
    /// This version; a message of the template names it.
    pub version: u16,
    /// What it is.
    pub definition: TemplateDefinition,
}

impl From<&Template> for TemplateShown {
    fn from(template: &Template) -> Self {
        let Template { id, version, definition } = template.clone();
        Self { template: id, version, definition }
    }
}

/// The templates that there are.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct Templates {
    /// The newest version of each, in the order of their buttons.
    pub templates: Vec<TemplateShown>,
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct WhichVersion {
    /// Which version; the newest if it is absent.
    version: Option<u16>,
}

/// How [`publish`] takes the version that it builds on.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[allow(dead_code)] // it documents a header that `publish` reads
struct BuildsOn {
    /// The `ETag` of the version that was changed. If there is a newer one by now, nothing is
    /// published.
    #[param(rename = "If-Match", required = false)]
    version: String,
}

/// What a template would say.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct Previews {
    /// One for each language, if there is no mistake.
    pub previews: Vec<PreviewShown>,
    /// What is wrong with it; it cannot be published like that.
    pub mistakes: Vec<MistakeShown>,
}

/// What a template says in one language.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct PreviewShown {
    /// A BCP 47 tag.
    pub language: String,
    /// The messages as readers see them, one for each form.
    pub lines: Vec<String>,
}

/// What is wrong with one language of a template.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct MistakeShown {
    /// A BCP 47 tag.
    pub language: String,
    /// What is wrong with it and what would be right.
    pub what: String,
}

/// Every template that there is: those that every version has, and those that were published.
#[utoipa::path(get, path = "/v1/templates", tag = "templates",
    responses((status = 200, body = Templates)))]
async fn list_templates(
    State(waypost): State<Waypost>,
    Caller(_): Caller,
) -> Result<axum::Json<Templates>, Problem> {
    let catalogue = catalogue(&waypost).await?;
    let templates = catalogue.all_current().into_iter().map(TemplateShown::from).collect();
    Ok(axum::Json(Templates { templates }))
}

/// One template. Its `ETag` is its version.
#[utoipa::path(get, path = "/v1/templates/{template}", tag = "templates",
    params(("template" = String, Path), WhichVersion),
    responses((status = 200, body = TemplateShown, headers(("ETag", description = "The version.")))))]
async fn show_template(
    State(waypost): State<Waypost>,
    Caller(_): Caller,
    Path(id): Path<String>,
    Query(WhichVersion { version }): Query<WhichVersion>,
) -> Result<Response, Problem> {
    let catalogue = catalogue(&waypost).await?;
    let found = match version {
        Some(version) => catalogue.find(&id, version),
        None => catalogue.current(&id),
    };
    Ok(tagged(StatusCode::OK, found.ok_or(ProblemCode::NotFound)?))
}

/// Publishes a version of a template (admins): every device has it before the first message of it. It needs
/// a text in each language that someone of the fleet reads, and in English. To withdraw a template, publish
/// a version that nobody uses (`used_by` is empty).
#[utoipa::path(put, path = "/v1/templates/{template}", tag = "templates",
    request_body = TemplateDefinition,
    params(("template" = String, Path), BuildsOn, IdempotencyKey),
    responses((status = 201, body = TemplateShown, headers(("ETag", description = "The version."))),
        (status = 412, description = "There is a newer version.")))]
async fn publish_template(
    State(waypost): State<Waypost>,
    Caller(actor): Caller,
    NewFact(id): NewFact,
    Path(template): Path<String>,
    headers: HeaderMap,
    Json(definition): Json<TemplateDefinition>,
) -> Result<Response, Problem> {
    holds(actor, Right::PublishTemplates)?;
    if let Some(row) = waypost.db.fact_for(actor.person, id).await?
        && let Ok(Body::TemplatePublished { template: same, version, definition: told }) =
            row.event.content.to_body()
        && (&same, &*told, row.event.author) == (&template, &definition, Some(actor.person))
    {
        // The answer to it was lost, and others have published since.
        return Ok(tagged(StatusCode::CREATED, &Template { id: template, version, definition }));
    }
    let catalogue = catalogue(&waypost).await?;
    let last = catalogue.current(&template);
    if let Some(done) = last.filter(|last| last.definition == definition) {
        return Ok(tagged(StatusCode::CREATED, done)); // A repeat changes nothing.
    }
    builds_on_the_last(&headers, last)?;
    definition.check(&template)?;
    if let Err(mistakes) = preview(&definition, &spoken(&waypost).await?)
        && let Some(first) = mistakes.first()
    {
        let field = format!("texts.{}", first.language);
        return Err(Problem::of_field(ProblemCode::ContentInvalid, &field, &first.what));
    }
    knows_answers(&catalogue, &template, &definition)?;
    let version = last.map_or(1, |last| last.version.saturating_add(1));
    let deed = Deed::PublishTemplate {
        template: template.clone(),
        version,
        definition: definition.clone(),
    };
    waypost.deed(actor, id, deed).await.map_err(outdated)?;
    Ok(tagged(StatusCode::CREATED, &Template { id: template, version, definition }))
}

/// Shows what a template would say in each language, in each of its forms, and what is wrong with it
/// (admins). Nothing is published.
#[utoipa::path(post, path = "/v1/templates/{template}/preview", tag = "templates",
    request_body = TemplateDefinition, params(("template" = String, Path)), responses((status = 200, body = Previews)))]
async fn preview_template(
    State(waypost): State<Waypost>,
    Caller(actor): Caller,
    Path(template): Path<String>,
    Json(definition): Json<TemplateDefinition>,
) -> Result<axum::Json<Previews>, Problem> {
    holds(actor, Right::PublishTemplates)?;
    definition.check(&template)?;
    let shown = match preview(&definition, &spoken(&waypost).await?) {
        Ok(previews) => Previews {
            previews: previews
                .into_iter()
                .map(|it| PreviewShown { language: it.locale.tag().into(), lines: it.lines })
                .collect(),
            mistakes: Vec::new(),
        },
        Err(mistakes) => Previews {
            previews: Vec::new(),
            mistakes: mistakes
                .into_iter()
                .map(|it| MistakeShown { language: it.language, what: it.what })
                .collect(),
        },
    };
    Ok(axum::Json(shown))
}

/// A template that a message names is there and is told what it asks for. Only programs are asked this:
/// what a device sends, its reader reads plainly if need be.
pub async fn knows(waypost: &Waypost, body: &Body) -> Result<(), Problem> {
    let told = match body {
        Body::Broadcast { message, .. } => message,
        told => told,
    };
    let Body::Template { template, version, arguments, .. } = told else { return Ok(()) };
    let catalogue = catalogue(waypost).await?;
    let Some(known) = catalogue.find(template, *version) else {
        let what = match catalogue.current(template) {
            Some(current) => format!("the newest version of `{template}` is {}", current.version),
            None => format!("there is no template `{template}`; see GET /v1/templates"),
        };
        return Err(Problem::of_field(ProblemCode::NotFound, "template", what));
    };
    if let Some(lacked) = known.definition.lacks(arguments) {
        let holds = serde_json::to_string(&lacked.holds).unwrap_or_default();
        let what = format!("`{template}` asks for `{}`: {holds}", lacked.name);
        return Err(Problem::of_field(ProblemCode::ContentInvalid, "arguments", what));
    }
    let asked = |name: &String| known.definition.arguments.iter().any(|it| it.name == *name);
    match arguments.keys().find(|name| !asked(name)) {
        Some(foreign) => {
            let what = format!("`{template}` does not ask for `{foreign}`");
            Err(Problem::of_field(ProblemCode::ContentInvalid, "arguments", what))
        }
        None => Ok(()),
    }
}

/// The templates that there are now.
pub async fn catalogue(waypost: &Waypost) -> Result<Catalogue, Problem> {
    let published = waypost.db.published_templates().await?;
    Ok(Catalogue::with(published.into_iter().map(
        |TemplateRow { template, version, definition }| Template {
            id: template,
            version,
            definition,
        },
    )))
}

/// The languages in which a template has to say something.
async fn spoken(waypost: &Waypost) -> Result<BTreeSet<&'static str>, Problem> {
    let tags = waypost.db.languages().await?;
    let english = std::iter::once(Locale::En);
    Ok(tags.iter().map(|tag| Locale::of(tag)).chain(english).map(Locale::tag).collect())
}

fn knows_answers(
    catalogue: &Catalogue,
    template: &str,
    definition: &TemplateDefinition,
) -> Result<(), Problem> {
    let asks_nothing = |id: &String| match id == template {
        true => definition.arguments.is_empty(),
        false => catalogue.current(id).is_some_and(|it| it.definition.arguments.is_empty()),
    };
    match definition.answers.iter().find(|id| !asks_nothing(id)) {
        Some(id) => {
            let what = format!("`{id}` is no template that can be sent by one tap");
            Err(Problem::of_field(ProblemCode::NotFound, "answers", what))
        }
        None => Ok(()),
    }
}

fn builds_on_the_last(headers: &HeaderMap, last: Option<&Template>) -> Result<(), Problem> {
    let Some(wanted) = headers.get(header::IF_MATCH) else { return Ok(()) };
    let last = last.map_or(0, |last| last.version);
    match wanted.to_str().is_ok_and(|wanted| wanted == "*" && last > 0 || wanted == etag(last)) {
        true => Ok(()),
        false => Err(outdated(ProblemCode::AlreadyDone)),
    }
}

/// Two admins have changed the same version: the second looks at what the first has made of it.
fn outdated(code: ProblemCode) -> Problem {
    match code {
        ProblemCode::AlreadyDone => {
            let what = "there is a newer version; read it, and change that";
            Problem::of_field(ProblemCode::Outdated, "If-Match", what)
        }
        _ => code.into(),
    }
}

fn etag(version: u16) -> String {
    format!("\"{version}\"")
}

fn tagged(status: StatusCode, template: &Template) -> Response {
    let shown = axum::Json(TemplateShown::from(template));
    (status, [(header::ETAG, etag(template.version))], shown).into_response()
}
