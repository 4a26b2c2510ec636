//! What is handed to the navigation of a phone.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{ContentError, StopPlan};

/// Longest pattern of an address, in characters.
const PATTERN_CHARS_MAX: usize = 500;

/// What a pattern may name.
const NAMES: [&str; 4] = ["latitude", "longitude", "name", "address"];

/// The address of a navigation, with `{latitude}`, `{longitude}`, `{name}` and `{address}` where those of a stop go.
///
/// ```
/// use waypost_protocol::{NavigationUrl, Place, StopPlan, TripId};
///
/// let maps: NavigationUrl = "https://maps.example/?to={latitude},{longitude}&q={name}".parse().unwrap();
/// let plan = StopPlan::of(TripId::mint(0, 1), "Bäckerei Blum");
/// assert_eq!(maps.to(&plan), None, "nobody knows where it is");
/// let plan = StopPlan { place: Some(Place::at(52.5363, 13.3938)), ..plan };
/// assert_eq!(maps.to(&plan).unwrap(), "https://maps.example/?to=52.5363,13.3938&q=B%C3%A4ckerei%20Blum");
/// assert_eq!(plan.geo().unwrap(), "geo:52.5363,13.3938");
/// assert!("https://maps.example/?to={lat}".parse::<NavigationUrl>().is_err());
/// ```
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct NavigationUrl(String);

impl NavigationUrl {
    /// The address that leads to a stop; `None` if it needs what is not known of that.
    pub fn to(&self, plan: &StopPlan) -> Option<String> {
        let place = plan.place.as_ref();
        let mut url = String::new();
        let mut rest = self.0.as_str();
        while let Some((before, named)) = rest.split_once('{') {
            let (name, after) = named.split_once('}')?;
            url.push_str(before);
            match name {
                "latitude" => url.push_str(&place?.latitude.degrees().to_string()),
                "longitude" => url.push_str(&place?.longitude.degrees().to_string()),
                "name" => encode(&plan.name, &mut url),
                _ if plan.address.is_empty() => return None,
                _ => encode(&plan.address, &mut url),
            }
            rest = after;
        }
        url.push_str(rest);
        Some(url)
    }
}

impl StopPlan {
    /// Where it is, for any navigation (a `geo:` URI of RFC 5870).
    pub fn geo(&self) -> Option<String> {
        let place = self.place.as_ref()?;
        Some(format!("geo:{},{}", place.latitude.degrees(), place.longitude.degrees()))
    }
}

impl FromStr for NavigationUrl {
    type Err = ContentError;

    /// # Errors
    /// What is no address, is too long, names what there is not, or nothing of a stop at all.
    fn from_str(pattern: &str) -> Result<Self, ContentError> {
        let wrong = |what: String| Err(ContentError { field: "navigation", what });
        let scheme = pattern.split_once(':').map_or("", |(scheme, _)| scheme);
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
        if !scheme.starts_with(|c: char| c.is_ascii_alphabetic()) || !scheme.chars().all(plain) {
            return wrong("must begin with a scheme, such as `https://`".into());
        }
        if pattern.chars().count() > PATTERN_CHARS_MAX || pattern.chars().any(char::is_whitespace) {
            return wrong(format!("at most {PATTERN_CHARS_MAX} characters, and no spaces"));
        }
        let mut named = pattern.split('{').skip(1).map(|rest| rest.split_once('}')).peekable();
        if named.peek().is_none() {
            return wrong("must name `{latitude}` and `{longitude}`, or `{address}`".into());
        }
        for name in named {
            match name {
                Some((name, _)) if NAMES.contains(&name) => {}
                _ => return wrong(format!("there are `{{{}}}`", NAMES.join("}`, `{"))),
            }
        }
        Ok(Self(pattern.into()))
    }
}

impl TryFrom<String> for NavigationUrl {
    type Error = ContentError;

    fn try_from(pattern: String) -> Result<Self, ContentError> {
        pattern.parse()
    }
}

impl From<NavigationUrl> for String {
    fn from(url: NavigationUrl) -> Self {
        url.0
    }
}

impl fmt::Display for NavigationUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whatever means something in an address becomes `%` and its number (RFC 3986).
fn encode(text: &str, url: &mut String) {
    for byte in text.bytes() {
        match byte {
            b'-' | b'.' | b'_' | b'~' => url.push(byte.into()),
            _ if byte.is_ascii_alphanumeric() => url.push(byte.into()),
            _ => url.push_str(&format!("%{byte:02X}")),
        }
    }
}
