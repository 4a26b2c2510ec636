//! What did not work, in words: enrolments and commands that were not taken.

use waypost_client::{CommandError, EnrolError};
use waypost_locales::{Problem, Texts};

/// Why an enrolment failed, and what to do.
pub fn enrolment_trouble(error: &EnrolError, texts: &Texts) -> Problem {
    let say = |key: &str| Problem { happened: texts.message(key, &[]), remedy: String::new() };
    match error {
        EnrolError::BadLink => say("enrol-bad-link"),
        EnrolError::Unreachable => say("enrol-unreachable"),
        EnrolError::Refused(code) => texts.problem(*code),
        EnrolError::Store => say("enrol-store"),
    }
}

/// Why a command was not taken, and what to do.
pub fn not_taken(error: &CommandError, texts: &Texts) -> String {
    match error {
        CommandError::OutboxFull => texts.message("notice-full-detail", &[]),
        CommandError::Store => texts.message("notice-store-detail", &[("cause", error.to_string().into())]),
    }
}
