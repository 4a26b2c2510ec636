//! The OpenAPI document and the page that shows it.

use axum::Router;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{
    Components, ContentBuilder, InfoBuilder, LicenseBuilder, OpenApi, OpenApiBuilder, Ref, RefOr,
    ResponseBuilder, path::Operation, path::PathItem,
};
use utoipa::{PartialSchema as _, ToSchema as _};
use utoipa_swagger_ui::SwaggerUi;

use super::problem::Problem;

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
        .description(Some("The credential of an enrolment."))
        .build();
    let mut components = Components::new();
    components.add_security_scheme("credential", SecurityScheme::Http(bearer));
    OpenApiBuilder::new()
        .info(info)
        .components(Some(components))
        .security(Some([SecurityRequirement::new("credential", Vec::<String>::new())]))
        .build()
}

/// Adds what every operation can answer: a problem.
pub fn finish(mut document: OpenApi) -> OpenApi {
    for item in document.paths.paths.values_mut() {
        for operation in operations(item) {
            let problem = ContentBuilder::new()
                .schema(Some(RefOr::Ref(Ref::from_schema_name(Problem::name()))))
                .build();
            let response = ResponseBuilder::new()
                .description("What is wrong and what to do about it (RFC 9457).")
                .content("application/problem+json", problem)
                .build();
            operation.responses.responses.insert("default".into(), RefOr::T(response));
        }
    }
    let components = document.components.get_or_insert_default();
    components.schemas.insert(Problem::name().into(), Problem::schema());
    let mut nested = Vec::new();
    Problem::schemas(&mut nested);
    components.schemas.extend(nested);
    document
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    let PathItem { get, put, post, delete, patch, .. } = item;
    [get, put, post, delete, patch].into_iter().flatten()
}

/// `/openapi.json`, and a browsable page of it at `/docs` that needs no other host.
pub fn router(document: OpenApi) -> Router {
    SwaggerUi::new("/docs").url("/openapi.json", document).into()
}
