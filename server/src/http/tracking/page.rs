//! The page itself: HTML with its style inside, for a phone first, light and dark, in the reader's language and direction.

use chrono::DateTime;
use chrono_tz::Tz;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use waypost_locales::{Locale, Texts};
use waypost_protocol::{EvidenceKind, Millis, Sha256Hash, StopPlan, StopState};

use super::form::of_writing;
use super::words::Written;

/// What a consignee may know.
pub(super) struct Page {
    pub(super) plan: StopPlan,
    pub(super) state: StopState,
    /// Since when it is so.
    pub(super) since: Millis,
    /// Who took the goods.
    pub(super) received_by: Option<String>,
    pub(super) photos: Vec<Photo>,
    /// What the consignee has written, the oldest first.
    pub(super) written: Vec<Written>,
    /// Whether there is someone to whom they can write.
    pub(super) may_write: bool,
    /// Whether they have not written as often as they may.
    pub(super) has_room: bool,
    /// When the page was made.
    pub(super) told_at: Millis,
}

impl Page {
    /// By the clock of the stop, as far as that is known.
    pub(super) fn time(&self, at: Millis) -> String {
        let zone = self.plan.window.as_ref().and_then(|window| window.zone.parse().ok());
        let at = DateTime::from_timestamp_millis(at).unwrap_or_default();
        at.with_timezone(&zone.unwrap_or(Tz::UTC)).format("%Y-%m-%d %H:%M %:z").to_string()
    }
}

/// A picture in small.
pub(super) struct Photo {
    pub(super) sha256: Sha256Hash,
    pub(super) kind: EvidenceKind,
}

/// What a stop goes through, as far as a consignee cares.
const STEPS: [StopState; 4] =
    [StopState::Assigned, StopState::EnRoute, StopState::Arrived, StopState::Completed];

/// The page as text; `None` says that the link has ended or never was.
pub(super) fn shown(page: Option<&Page>, path: &str, texts: &Texts) -> String {
    let t = |key: &str| texts.message(key, &[]);
    let title = page.map_or_else(|| t("tracking-gone"), |page| t(state_key(page.state)));
    let main = match page {
        Some(page) => of_stop(page, path, texts),
        None => html! {
            h1 { (t("tracking-gone")) }
            p { (t("tracking-gone-text")) }
        },
    };
    whole(&title, &main, path, texts)
}

/// What was written could not be taken.
pub(super) fn not_written(path: &str, texts: &Texts) -> String {
    let t = |key: &str| texts.message(key, &[]);
    let main = html! {
        h1.bad { (t("tracking-not-written")) }
        p { a href={ (path) "?language=" (texts.locale().tag()) } { (t("tracking-not-written-text")) } }
    };
    whole(&t("tracking-not-written"), &main, path, texts)
}

fn whole(title: &str, main: &Markup, path: &str, texts: &Texts) -> String {
    let (t, locale) = (|key: &str| texts.message(key, &[]), texts.locale());
    let direction = if locale.is_right_to_left() { "rtl" } else { "ltr" };
    let whole = html! {
        (DOCTYPE)
        html lang=(locale.tag()) dir=(direction) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) " · Waypost" }
                style { (PreEscaped(STYLE)) }
            }
            body {
                main { (main) }
                nav aria-label=(t("tracking-language")) {
                    @for other in Locale::ALL {
                        @if other == locale {
                            b lang=(other.tag()) { (other.own_name()) }
                        } @else {
                            a href={ (path) "?language=" (other.tag()) } lang=(other.tag())
                                hreflang=(other.tag()) { bdi { (other.own_name()) } }
                        }
                    }
                }
            }
        }
    };
    whole.into_string()
}

fn of_stop(page: &Page, path: &str, texts: &Texts) -> Markup {
    let t = |key: &str| texts.message(key, &[]);
    html! {
        p.label { (t("tracking-title")) }
        h1 class=(mood(page.state)) { (t(state_key(page.state))) }
        p { bdi { (page.time(page.since)) } }
        @if !page.state.is_final() && page.state != StopState::Attempted {
            ol.steps {
                @for step in STEPS {
                    @let reached = reached(page.state) >= reached(step);
                    li class=[reached.then_some("done")]
                        aria-current=[(reached && step == at_step(page.state)).then_some("step")] {
                        (t(state_key(step)))
                    }
                }
            }
        }
        dl {
            dt { (t("tracking-to")) }
            dd { bdi { (page.plan.name) } @if !page.plan.address.is_empty() { br; bdi { (page.plan.address) } } }
            @if let Some(window) = &page.plan.window {
                dt { (t("tracking-window")) }
                dd { bdi { (page.time(window.from)) } " – " bdi { (page.time(window.until)) } }
            }
            @if let Some(name) = &page.received_by {
                dt { (t("tracking-received-by")) }
                dd { bdi { (name) } }
            }
        }
        @if !page.photos.is_empty() {
            h2 { (t("tracking-proof")) }
            div.photos {
                @for photo in &page.photos {
                    @let what = t(photo_key(photo.kind));
                    figure {
                        img src={ (path) "/" (photo.sha256.to_string()) } alt=(what) loading="lazy";
                        figcaption { (what) }
                    }
                }
            }
        }
        (of_writing(page, path, texts))
        p.small { (t("tracking-told-at")) " " bdi { (page.time(page.told_at)) } br; (t("tracking-again")) }
    }
}

fn state_key(state: StopState) -> &'static str {
    match state {
        StopState::Assigned | StopState::Accepted => "tracking-planned",
        StopState::EnRoute => "tracking-en-route",
        StopState::Arrived | StopState::Servicing => "tracking-arrived",
        StopState::Completed => "tracking-completed",
        StopState::Attempted => "tracking-attempted",
        StopState::Refused => "tracking-refused",
        StopState::Cancelled => "tracking-cancelled",
    }
}

fn photo_key(kind: EvidenceKind) -> &'static str {
    match kind {
        EvidenceKind::Signature | EvidenceKind::SignatureLines => "certificate-signature",
        _ => "certificate-photo",
    }
}

fn mood(state: StopState) -> &'static str {
    match state {
        StopState::Completed => "good",
        StopState::Attempted | StopState::Refused | StopState::Cancelled => "bad",
        _ => "going",
    }
}

/// The step at which a stop is.
fn at_step(state: StopState) -> StopState {
    match state {
        StopState::Accepted => StopState::Assigned,
        StopState::Servicing => StopState::Arrived,
        other => other,
    }
}

fn reached(state: StopState) -> usize {
    STEPS.iter().position(|step| *step == at_step(state)).unwrap_or(0)
}

/// Contrast is 4.5 at the least in light and dark (WCAG 2.2, AA).
const STYLE: &str = "\
:root{--paper:#fff;--ink:#181c22;--grey:#5c6470;--line:#dee2e8;--good:#157347;--bad:#b02a20;--going:#0b5cad}\
@media(prefers-color-scheme:dark){:root{--paper:#14171b;--ink:#eef1f4;--grey:#a5aeba;--line:#333a44;--good:#5fd39a;--bad:#ff8a80;--going:#7db8ff}}\
*{box-sizing:border-box}\
body{margin:0;background:var(--paper);color:var(--ink);font:17px/1.5 system-ui,sans-serif}\
main,nav{max-width:34rem;margin:0 auto;padding:1.5rem 1.25rem}\
h1{font-size:2rem;line-height:1.15;margin:.25rem 0}\
h2{font-size:1.15rem;margin:1.75rem 0 .5rem}\
p{margin:.25rem 0}\
.label,.small,dt,figcaption{color:var(--grey);font-size:.9rem}\
.small{margin-top:1.75rem}\
.good{color:var(--good)}.bad{color:var(--bad)}.going{color:var(--going)}\
dl{margin:1.25rem 0 0;border-top:1px solid var(--line)}\
dt{margin-top:.9rem}dd{margin:0;overflow-wrap:anywhere}\
.steps{list-style:none;display:flex;gap:.4rem;margin:1.25rem 0 0;padding:0}\
.steps li{flex:1;border-top:4px solid var(--line);padding-top:.4rem;font-size:.85rem;color:var(--grey)}\
.steps .done{border-color:var(--going);color:var(--ink)}\
.photos{display:grid;grid-template-columns:repeat(auto-fill,minmax(9rem,1fr));gap:.75rem}\
figure{margin:0}img{width:100%;border-radius:8px;border:1px solid var(--line);display:block;background:#fff}\
details{border:1px solid var(--line);border-radius:8px;margin:.5rem 0}\
summary{padding:.75rem 1rem;cursor:pointer;font-weight:600}\
form{padding:0 1rem 1rem}label span{display:block;font-size:.9rem;color:var(--grey)}\
input,select{width:100%;font:inherit;color:inherit;background:var(--paper);border:1px solid var(--grey);border-radius:8px;padding:.7rem}\
button{width:100%;margin-top:.75rem;padding:.8rem;font:inherit;font-weight:600;border:0;border-radius:8px;background:var(--going);color:var(--paper);cursor:pointer}\
input:focus-visible,select:focus-visible,button:focus-visible,summary:focus-visible{outline:3px solid var(--going);outline-offset:2px}\
.written{list-style:none;margin:.5rem 0;padding:0}\
.written li{border-inline-start:4px solid var(--going);padding:.25rem .75rem;margin:.5rem 0;overflow-wrap:anywhere}\
nav{display:flex;flex-wrap:wrap;gap:.25rem .25rem;border-top:1px solid var(--line)}\
nav a,nav b{padding:.6rem;min-width:44px;text-align:center}\
a{color:var(--going)}a:focus-visible{outline:3px solid var(--going);outline-offset:2px}\
@media print{nav{display:none}}";
