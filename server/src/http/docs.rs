//! The OpenAPI document and the page that shows it.

mod wording;

pub use wording::MessageBody;

use axum::Router;
use axum::http::Method;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{
    Components, ContentBuilder, InfoBuilder, LicenseBuilder, OpenApi, OpenApiBuilder, Ref, RefOr,
    Response, ResponseBuilder, ServerBuilder, path::Operation, path::Parameter, path::PathItem,
};
use utoipa::{PartialSchema as _, ToSchema as _};
use utoipa_swagger_ui::SwaggerUi;

use waypost_protocol::ProblemCode;

use super::problem::Problem;
use super::scopes::scopes_of;

const DESCRIPTION: &str = "Fleet messaging that keeps working where the network does not. \
    Every refusal is an RFC 9457 problem with a stable code; the same codes are used on MQTT. \
    Every POST that makes a fact takes an `Idempotency-Key` (a UUIDv7). Times are milliseconds \
    since 1970.";

/// The document before the resources are added.
pub fn outline() -> OpenApi {
    let info = InfoBuilder::new()
        .title("Waypost")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(DESCRIPTION))
        .license(Some(
            LicenseBuilder::new().name("GPL-3.0-only").identifier(Some("GPL-3.0-only")).build(),
        ))
        .build();
    let bearer = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some(
            "The credential of an enrolment, or a token with the scopes that an operation names.",
        ))
        .build();
    let mut components = Components::new();
    components.add_security_scheme("credential", SecurityScheme::Http(bearer));
    let server =
        ServerBuilder::new().url("/").description(Some("The server that tells this.")).build();
    OpenApiBuilder::new()
        .info(info)
        .servers(Some([server]))
        .components(Some(components))
        .security(Some([SecurityRequirement::new("credential", Vec::<String>::new())]))
        .build()
}

/// Adds the problems with which an operation can answer, each under its status, and says everything in
/// words that need no Rust.
pub fn finish(mut document: OpenApi) -> OpenApi {
    for (path, item) in &mut document.paths.paths {
        for (method, operation) in operations(item) {
            if operation.security.is_none() {
                let scopes = scopes_of(&method, path).unwrap_or_default();
                let names = scopes.iter().map(|scope| scope.name()).collect::<Vec<_>>();
                operation.security = Some(vec![SecurityRequirement::new("credential", names)]);
            }
            let summary = operation.summary.clone().unwrap_or_default();
            let done = operation.responses.responses.values_mut();
            done.for_each(|response| is_described(response, &summary));
            for status in problem_statuses(operation) {
                let response = RefOr::T(problem_response(status));
                operation.responses.responses.insert(status.to_string(), response);
            }
        }
    }
    let components = document.components.get_or_insert_default();
    components.schemas.insert(Problem::name().into(), Problem::schema());
    let mut nested = Vec::new();
    Problem::schemas(&mut nested);
    components.schemas.extend(nested);
    wording::without_rust(&document)
}

/// Says of a success what was asked for; a response without a description is none (OpenAPI 3.1).
fn is_described(response: &mut RefOr<Response>, summary: &str) {
    if let RefOr::T(response) = response
        && response.description.is_empty()
    {
        response.description = summary.to_owned();
    }
}

/// Which problems this operation can meet, by what it asks of its caller. 410 is said by the
/// operation itself.
fn problem_statuses(operation: &Operation) -> Vec<u16> {
    let is_public = operation.security.iter().flatten().any(|it| *it == Default::default());
    let has_body = operation.request_body.is_some();
    let takes = |name: &str| {
        let named = |parameter: &RefOr<Parameter>| matches!(parameter, RefOr::T(parameter) if parameter.name == name);
        operation.parameters.iter().flatten().any(named)
    };
    let (makes_fact, is_upload) = (takes("Idempotency-Key"), takes("Tus-Resumable"));
    let mut statuses = vec![400, 404, 429, 500, 503];
    statuses.extend(if is_public { &[][..] } else { &[401, 403][..] });
    statuses.extend(if has_body { &[413, 415][..] } else { &[][..] });
    statuses.extend(if has_body || makes_fact { &[409, 422][..] } else { &[][..] });
    statuses.extend(if is_upload {
        &[405, 409, 412, 413, 415, 422, 460, 507][..]
    } else {
        &[][..]
    });
    let declared = operation.responses.responses.keys().filter_map(|key| key.parse::<u16>().ok());
    statuses.extend(declared.filter(|status| *status >= 400));
    statuses
}

fn problem_response(status: u16) -> utoipa::openapi::Response {
    let codes = ProblemCode::ALL.iter().filter(|code| code.http_status() == status);
    let codes: Vec<_> = codes.map(|code| format!("`{}`", code.slug())).collect();
    let problem = ContentBuilder::new()
        .schema(Some(RefOr::Ref(Ref::from_schema_name(Problem::name()))))
        .build();
    ResponseBuilder::new()
        .description(format!("A problem (RFC 9457) with a code such as {}.", codes.join(", ")))
        .content("application/problem+json", problem)
        .build()
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = (Method, &mut Operation)> {
    let PathItem { get, put, post, delete, patch, head, options, .. } = item;
    let of = |method, operation: Option<_>| operation.map(|operation| (method, operation));
    let all = [
        of(Method::HEAD, head.as_mut()),
        of(Method::OPTIONS, options.as_mut()),
        of(Method::GET, get.as_mut()),
        of(Method::PUT, put.as_mut()),
        of(Method::POST, post.as_mut()),
        of(Method::DELETE, delete.as_mut()),
        of(Method::PATCH, patch.as_mut()),
    ];
    all.into_iter().flatten()
}

/// `/openapi.json`, and a browsable page of it at `/docs` that needs no other host.
pub fn router(document: OpenApi) -> Router {
    SwaggerUi::new("/docs").url("/openapi.json", document).into()
}
