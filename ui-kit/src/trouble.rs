//! What did not work, in words: enrolments and commands that were not taken.

use waypost_client::{CommandError, EnrolError};
use waypost_locales::{Problem, Texts};
use waypost_protocol::ProblemCode;

/// Why an enrolment failed, and what to do.
pub fn enrolment_trouble(error: &EnrolError, texts: &Texts) -> Problem {
    let say = |key: &str| Problem { happened: texts.message(key, &[]), remedy: String::new() };
    match error {
        EnrolError::Link(_) => say("enrol-bad-link"),
        EnrolError::Unreachable(_) => say("enrol-unreachable"),
        EnrolError::Answer(_) => say("enrol-wrong-server"),
        EnrolError::Refused { code } => texts.problem(*code),
        EnrolError::Store(_) | EnrolError::StoreExists => say("enrol-store"),
    }
}

/// Why a command was not taken, and what to do.
pub fn not_taken(error: &CommandError, texts: &Texts) -> String {
    let problem = |code| {
        let problem = texts.problem(code);
        format!("{} {}", problem.happened, problem.remedy)
    };
    match error {
        CommandError::OutboxFull => texts.message("notice-full-detail", &[]),
        CommandError::Store(cause) => {
            texts.message("notice-store-detail", &[("cause", cause.as_str().into())])
        }
        CommandError::Content(_) | CommandError::NotCapturedHere => {
            problem(ProblemCode::ContentInvalid)
        }
        CommandError::NoSuchMessage | CommandError::NoSuchTrip => problem(ProblemCode::NotFound),
        CommandError::NotWedged => problem(ProblemCode::AlreadyDone),
        CommandError::Closed => problem(ProblemCode::Stopping),
    }
}
