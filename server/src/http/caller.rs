//! Who calls: proved by a credential or by the control socket, never by what the request says.

use axum::extract::{FromRequestParts, MatchedPath, Request};
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use waypost_domain::Actor;
use waypost_domain::rights::{Right, may};
use waypost_edge::Identity;
use waypost_protocol::ProblemCode;

use super::limits::Asker;
use super::problem::Problem;
use super::scopes::{Scopes, scopes_of};
use crate::waypost::{Proof, Waypost};

/// Whoever calls, proved.
#[derive(Clone, Copy)]
pub struct Caller(pub Actor);

/// A device that calls, proved.
pub struct Device(pub Identity);

/// The same with what has proved it, for who stays.
pub struct Proven(pub Proof);

/// Whoever calls without a credential; each address may do so now and then.
pub struct Stranger;

/// Refuses whoever does not have this right.
pub fn holds(actor: Actor, right: Right) -> Result<(), Problem> {
    match may(actor.role, right) {
        true => Ok(()),
        false => Err(ProblemCode::NotAllowed.into()),
    }
}

/// Marks a request of the control socket.
pub async fn as_operator(mut request: Request) -> Request {
    request.extensions_mut().insert(Caller(Actor::OPERATOR));
    request
}

impl FromRequestParts<Waypost> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, waypost: &Waypost) -> Result<Self, Problem> {
        if let Some(caller) = parts.extensions.get::<Caller>() {
            return Ok(*caller);
        }
        let Device(who) = Device::from_request_parts(parts, waypost).await?;
        Ok(Self(crate::waypost::actor_of(who)))
    }
}

impl FromRequestParts<Waypost> for Device {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, waypost: &Waypost) -> Result<Self, Problem> {
        let Proven(proof) = Proven::from_request_parts(parts, waypost).await?;
        Ok(Self(proof.who))
    }
}

impl FromRequestParts<Waypost> for Proven {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, waypost: &Waypost) -> Result<Self, Problem> {
        let credential = parts
            .headers
            .get(AUTHORIZATION)
            .and_then(|value| value.to_str().ok())
            .and_then(bearer)
            .ok_or_else(|| {
                let what = "send `Authorization: Bearer <credential>`";
                Problem::of_field(ProblemCode::NotEnrolled, "Authorization", what)
            })?;
        let Some((proof, scopes)) = waypost.prove_for_http(credential).await? else {
            waypost.limits.take_stranger(parts)?;
            return Err(ProblemCode::NotEnrolled.into());
        };
        let asker = proof.token.map_or(Asker::Enrolment(proof.who.enrolment), Asker::Token);
        waypost.limits.take(asker, parts)?;
        scopes.map_or(Ok(()), |scopes| is_enough(&scopes, parts))?;
        Ok(Self(proof))
    }
}

impl FromRequestParts<Waypost> for Stranger {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, waypost: &Waypost) -> Result<Self, Problem> {
        waypost.limits.take_stranger(parts)?;
        Ok(Self)
    }
}

/// Refuses a token that may not be used for this request.
fn is_enough(scopes: &Scopes, parts: &Parts) -> Result<(), Problem> {
    let path = parts.extensions.get::<MatchedPath>().map_or("", MatchedPath::as_str);
    let refused = |what| Err(Problem::with(ProblemCode::NotAllowed, what));
    match scopes_of(&parts.method, path) {
        None => {
            refused("no token is enough for this; use the credential of an enrolment".to_owned())
        }
        Some(needed) => match needed.iter().find(|scope| !scopes.0.contains(scope)) {
            None => Ok(()),
            Some(scope) => refused(format!("this token lacks the scope `{}`", scope.name())),
        },
    }
}

/// The credential of an `Authorization` header. The name of a scheme has no case (RFC 9110).
fn bearer(value: &str) -> Option<&str> {
    let (scheme, credential) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("Bearer").then_some(credential.trim())
}
