//! Whether a scanned code means what dispatch has planned.

use crate::code::Code;
use crate::gs1::{Gs1, check_digit};

/// The identifiers by which a consignment, or one thing of it, is called: SSCC, order number, GINC, GSIN, GRAI, GIAI.
/// A GTIN or a batch is not among them: many consignments have the same.
const CALLS: [&str; 6] = ["00", "400", "401", "402", "8003", "8004"];

/// Whether a scanned code names the same as a reference that dispatch has planned.
///
/// It does
/// - if both are the same text, white space around them aside;
/// - if the reference is GS1 (in brackets, as an element string with its symbology identifier, as a GS1 Digital Link,
///   or a bare SSCC of 18 digits or of 20 with its `00`) and the code says all of that, whatever else it says;
/// - if the code is GS1 and the reference is its SSCC, order number, GINC, GSIN, GRAI or GIAI.
///
/// An empty reference is named by nothing. Letters are compared as they are: `a1` is not `A1`.
#[must_use]
pub fn names(code: &Code, reference: &str) -> bool {
    let reference = reference.trim();
    if reference.is_empty() {
        return false;
    }
    if code.text.trim() == reference {
        return true;
    }
    let Some(said) = said_by(code) else { return false };
    if CALLS.iter().any(|ai| said.value(ai) == Some(reference)) {
        return true;
    }
    let Some(planned) = planned_by(reference) else { return false };
    planned.elements().iter().all(|element| said.value(element.ai()) == Some(element.value()))
}

/// What the code says; also if it is an SSCC whose printer has forgotten FNC1, or has printed its brackets.
fn said_by(code: &Code) -> Option<Gs1> {
    match code.gs1() {
        Some(said) => said.ok(),
        None => planned_by(code.text.trim()),
    }
}

fn planned_by(reference: &str) -> Option<Gs1> {
    if let Some(sscc) = bare_sscc(reference) {
        return Gs1::parse(&format!("(00){sscc}")).ok();
    }
    let is_told = reference.starts_with(['(', ']']) || crate::gs1::is_web_address(reference);
    is_told.then(|| Gs1::parse(reference).ok()).flatten()
}

/// Digits that can hardly be anything but an SSCC, as their check digit fits. People write them in groups.
fn bare_sscc(text: &str) -> Option<String> {
    let digits: String = text.chars().filter(|character| *character != ' ').collect();
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let sscc = match digits.len() {
        18 => digits.as_str(),
        20 => digits.strip_prefix("00")?,
        _ => return None,
    };
    let (number, check) = sscc.split_at(sscc.len() - 1);
    let fits = check_digit(number).is_some_and(|digit| check.starts_with(digit));
    fits.then(|| sscc.to_owned())
}
