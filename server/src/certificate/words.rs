//! What the pages say, in the language of their reader.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use waypost_domain::audit::leaf_hash;
use waypost_locales::{Texts, Value};
use waypost_protocol::{Count, EvidenceItem, EvidenceKind, Fix, GeoStamp, Millis, StopState};

use super::drawing::Weight;
use super::layout::{Colour, Layout, Style};
use super::pages::Sheet;
use super::pictures;

const TITLE: Style = Style { size: 21.0, weight: Weight::SemiBold, colour: Colour::Ink };
const NAME: Style = Style { size: 14.0, weight: Weight::SemiBold, colour: Colour::Ink };
const TEXT: Style = Style { size: 9.5, weight: Weight::Regular, colour: Colour::Ink };
const SMALL: Style = Style { size: 10.0, weight: Weight::Regular, colour: Colour::Grey };

/// Puts everything on the pages.
pub(super) fn put(layout: &mut Layout<'_>, sheet: &Sheet, texts: &Texts) {
    let t = |key: &str| texts.message(key, &[]);
    let words = Words { sheet, texts, zone: zone(sheet) };
    let told = &sheet.bundle.told;
    let (outcome, colour) = words.outcome();
    let outcome = (outcome.as_str(), Style { colour, ..NAME });
    let title = t("certificate-title");
    layout.head(&[(&title, TITLE), (&told.stop, NAME), (&told.address, SMALL), outcome]);
    words.values(layout);
    if !sheet.manifest.counts.is_empty() {
        layout.section(&t("certificate-goods"));
        for count in &sheet.manifest.counts {
            layout.value(&count.reference, &words.count(count));
        }
    }
    if !sheet.manifest.items.is_empty() {
        layout.section(&t("certificate-evidence"));
        words.items(layout);
    }
    layout.section(&t("certificate-record"));
    words.record(layout);
    layout.section(&t("certificate-proved"));
    layout.text(&t("certificate-proved-text"), TEXT);
    layout.section(&t("certificate-not-proved"));
    layout.text(&t("certificate-not-proved-text"), TEXT);
}

struct Words<'s> {
    sheet: &'s Sheet,
    texts: &'s Texts,
    zone: Tz,
}

impl Words<'_> {
    fn t(&self, key: &str) -> String {
        self.texts.message(key, &[])
    }

    fn outcome(&self) -> (String, Colour) {
        match self.sheet.manifest.outcome {
            StopState::Completed => (self.t("certificate-completed"), Colour::Good),
            StopState::Attempted => (self.t("certificate-attempted"), Colour::Bad),
            _ => (self.t("certificate-refused"), Colour::Bad),
        }
    }

    fn values(&self, layout: &mut Layout<'_>) {
        let sheet = self.sheet;
        let (told, manifest) = (&sheet.bundle.told, &sheet.manifest);
        if let Some(window) = &sheet.window {
            let (from, until) = (self.time(window.from), self.time(window.until));
            layout.value(&self.t("certificate-window"), &format!("{from} – {until}"));
        }
        layout.value(&self.t("certificate-done-at"), &self.time(sheet.done_at));
        let recorded_at = self.time(sheet.bundle.record.recorded_at);
        layout.value(&self.t("certificate-recorded-at"), &recorded_at);
        if let Some(at) = &sheet.at {
            layout.value(&self.t("certificate-position"), &self.position(at));
        }
        layout.value(&self.t("certificate-driver"), &told.driver);
        if let Some(by) = &manifest.received_by {
            let role = if by.role.is_empty() { String::new() } else { format!(" ({})", by.role) };
            layout.value(&self.t("certificate-received-by"), &format!("{}{role}", by.name));
        }
        if let Some(reason) = sheet.reason {
            layout.value(&self.t("certificate-reason"), &self.texts.reason(reason));
        }
        if !manifest.note.is_empty() {
            layout.value(&self.t("certificate-note"), &manifest.note);
        }
        if !told.trip.is_empty() {
            layout.value(&self.t("certificate-trip"), &told.trip);
        }
    }

    fn count(&self, count: &Count) -> String {
        let number = |n: u32| Value::from(n);
        self.texts.message(
            "certificate-count",
            &[
                ("delivered", number(count.delivered)),
                ("refused", number(count.refused)),
                ("damaged", number(count.damaged)),
            ],
        )
    }

    fn items(&self, layout: &mut Layout<'_>) {
        let (mut shown, mut listed) = (Vec::new(), Vec::new());
        for (at, item) in self.sheet.manifest.items.iter().enumerate() {
            let picture = self.sheet.pictures.iter().find(|picture| picture.item == at);
            let is_coming = picture.is_some_and(|picture| picture.is_coming);
            let bytes = picture.and_then(|picture| picture.bytes.as_deref());
            match bytes.and_then(pictures::for_a_page) {
                Some((jpeg, size)) => shown.push((jpeg, size, self.caption(item, is_coming))),
                None => listed.push((item, is_coming)),
            }
        }
        layout.pictures(shown);
        for (item, still_coming) in listed {
            let coming = if still_coming { self.t("certificate-coming") } else { String::new() };
            let hash = item.original.as_ref().map(|file| file.sha256.to_string());
            let said = [item.text.clone(), hash.unwrap_or_default(), coming];
            let said: Vec<_> = said.into_iter().filter(|it| !it.is_empty()).collect();
            layout.value(&self.kind(item.kind), &said.join(" · "));
        }
    }

    fn caption(&self, item: &EvidenceItem, is_coming: bool) -> String {
        let coming = if is_coming { self.t("certificate-coming") } else { String::new() };
        let said = [self.kind(item.kind), self.time(item.captured_at), item.text.clone(), coming];
        said.into_iter().filter(|it| !it.is_empty()).collect::<Vec<_>>().join(" · ")
    }

    fn kind(&self, kind: EvidenceKind) -> String {
        self.t(match kind {
            EvidenceKind::Photo => "certificate-photo",
            EvidenceKind::Signature | EvidenceKind::SignatureLines => "certificate-signature",
            EvidenceKind::Scan => "certificate-scan",
            EvidenceKind::Condition => "certificate-condition",
            EvidenceKind::Document => "certificate-document",
            EvidenceKind::Other => "certificate-other",
        })
    }

    fn record(&self, layout: &mut Layout<'_>) {
        use base64::Engine as _;
        let bundle = &self.sheet.bundle;
        let leaf = base64::engine::general_purpose::STANDARD.decode(&bundle.record.leaf);
        let leaf = hex::encode(leaf_hash(&leaf.unwrap_or_default()));
        layout.small_value(&self.t("certificate-number"), &bundle.record.n.to_string());
        layout.small_value(&self.t("certificate-fact"), &bundle.fact.to_string());
        layout.small_value(&self.t("certificate-leaf"), &leaf);
        layout.small_value(&self.t("certificate-device-key"), &bundle.device.public_key);
        layout.small_value(&self.t("certificate-server-key"), &bundle.record.server_key);
    }

    fn position(&self, at: &GeoStamp) -> String {
        let place = at.place.as_ref().map(|place| isolated(&waypost_locales::place_name(place)));
        match (at.fix, place) {
            (Fix::Current, Some(place)) => place,
            (Fix::Stale, Some(place)) => {
                let old = self.time(at.at.unwrap_or_default());
                format!("{place} · {} {old}", self.t("certificate-position-stale"))
            }
            (Fix::Denied, _) => self.t("certificate-position-denied"),
            _ => self.t("certificate-position-none"),
        }
    }

    /// By the clock of the stop, as far as that is known.
    fn time(&self, at: Millis) -> String {
        let at: DateTime<Utc> = DateTime::from_timestamp_millis(at).unwrap_or_default();
        isolated(&at.with_timezone(&self.zone).format("%Y-%m-%d %H:%M %:z").to_string())
    }
}

fn zone(sheet: &Sheet) -> Tz {
    sheet.window.as_ref().and_then(|window| window.zone.parse().ok()).unwrap_or(Tz::UTC)
}

/// Numbers keep their order in a text that is read from right to left.
fn isolated(text: &str) -> String {
    format!("\u{2066}{text}\u{2069}")
}
