//! The state of the link and the device, in words.

use waypost_client::View;
use waypost_client::view::{LinkPath, LinkView};
use waypost_locales::Texts;

use crate::Clock;

/// How loud the banner is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tone {
    /// All is well.
    Plain,
    /// Something to know.
    Warn,
    /// Something to act on.
    Bad,
}

/// Which sign stands in the banner.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LinkSign {
    /// MQTT: live.
    Live,
    /// HTTPS: at intervals.
    Slow,
    /// Trying to connect.
    Trying,
    /// No connection.
    Off,
    /// Switched off by a person.
    Flight,
    /// The enrolment has ended.
    Revoked,
}

/// The banner at the head of the window.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Banner {
    /// Its sign.
    pub sign: LinkSign,
    /// Its loudness.
    pub tone: Tone,
    /// What the state is called.
    pub title: String,
    /// What waits and what happens next; may be empty.
    pub detail: String,
    /// Whether a person has switched the link off.
    pub flight: bool,
}

/// What is wrong with the device itself; an empty title means nothing.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Notices {
    /// The outbox has no room.
    pub full: String,
    /// What to do about it.
    pub full_detail: String,
    /// The store cannot write.
    pub store: String,
    /// What to do about it.
    pub store_detail: String,
}

/// What the banner says.
pub fn banner(view: &View, texts: &Texts, clock: Clock) -> Banner {
    let (sign, tone, title) = match &view.link {
        LinkView::Online { path: LinkPath::Mqtt, .. } => {
            (LinkSign::Live, Tone::Plain, "link-online")
        }
        LinkView::Online { path: LinkPath::Https, .. } => {
            (LinkSign::Slow, Tone::Plain, "link-https")
        }
        LinkView::Connecting => (LinkSign::Trying, Tone::Plain, "link-connecting"),
        LinkView::Offline { retry_at: Some(_) } => (LinkSign::Off, Tone::Warn, "link-offline"),
        LinkView::Offline { retry_at: None } => (LinkSign::Flight, Tone::Warn, "link-flight"),
        LinkView::Revoked => (LinkSign::Revoked, Tone::Bad, "link-revoked"),
    };
    let title = texts.message(title, &[]);
    let flight = sign == LinkSign::Flight;
    Banner { sign, tone, title, detail: detail(view, texts, clock), flight }
}

/// What the notices say.
pub fn notices(view: &View, texts: &Texts) -> Notices {
    let mut notices = Notices::default();
    if view.outbox_full {
        notices.full = texts.message("notice-full", &[]);
        notices.full_detail = texts.message("notice-full-detail", &[]);
    }
    if let Some(cause) = &view.store_trouble {
        notices.store = texts.message("notice-store", &[]);
        notices.store_detail =
            texts.message("notice-store-detail", &[("cause", cause.as_str().into())]);
    }
    notices
}

fn detail(view: &View, texts: &Texts, clock: Clock) -> String {
    let waiting = (view.waiting > 0)
        .then(|| texts.message("link-waiting", &[("count", view.waiting.into())]));
    let next = match &view.link {
        LinkView::Online { catching_up: true, .. } => Some(texts.message("link-catching-up", &[])),
        LinkView::Online { path: LinkPath::Https, .. } => {
            Some(texts.message("link-https-detail", &[]))
        }
        LinkView::Offline { retry_at: Some(at) } => {
            Some(texts.message("link-retry", &[("time", clock.seconds(*at).into())]))
        }
        LinkView::Offline { retry_at: None } => Some(texts.message("link-flight-detail", &[])),
        LinkView::Revoked => Some(texts.message("link-revoked-detail", &[])),
        LinkView::Online { .. } | LinkView::Connecting => None,
    };
    [waiting, next].into_iter().flatten().collect::<Vec<_>>().join(" · ")
}
