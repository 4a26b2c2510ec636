//! The pages for people: PDF/A-3 (ISO 19005-3, level U), which holds the bundle as a file.

use krilla::color::rgb;
use krilla::configure::{Archival, ConfigurationBuilder};
use krilla::embed::{AssociationKind, EmbeddedFile, MimeType};
use krilla::geom::{PathBuilder, Rect, Size, Transform};
use krilla::image::Image;
use krilla::metadata::{DateTime, Metadata, TextDirection};
use krilla::num::NormalizedF32;
use krilla::page::PageSettings;
use krilla::paint::{Fill, FillRule};
use krilla::surface::Surface;
use krilla::{Document, SerializeSettings};
use qrcode::{EcLevel, QrCode};
use waypost_locales::Texts;
use waypost_protocol::{EvidenceManifest, GeoStamp, Millis, ReasonCode, TimeWindow};

use super::bundle::Bundle;
use super::drawing::Fonts;
use super::layout::{Colour, HEIGHT, Layout, Mark, WIDTH};
use super::words;

/// What the pages show besides the bundle.
pub struct Sheet {
    /// The bundle. Its bytes of files are left out of the pages.
    pub bundle: Bundle,
    /// What its device has signed.
    pub manifest: EvidenceManifest,
    /// When it was done, by the clock of the device.
    pub done_at: Millis,
    /// Where the device was then.
    pub at: Option<GeoStamp>,
    /// Why it did not go as planned.
    pub reason: Option<ReasonCode>,
    /// The window that was planned, which says by whose clock times are told.
    pub window: Option<TimeWindow>,
    /// The pictures among the items.
    pub pictures: Vec<Picture>,
    /// When the pages are made.
    pub made_at: Millis,
}

/// A picture among the items.
pub struct Picture {
    /// Which item.
    pub item: usize,
    /// Whether the original is still on its way: what is shown is the same in small.
    pub is_coming: bool,
    /// What is shown; nothing, if it is not here or there is no room for it.
    pub bytes: Option<Vec<u8>>,
}

/// Why there are no pages.
#[derive(Debug, thiserror::Error)]
#[error("the pages of a certificate cannot be made: {0}")]
pub struct PagesError(String);

/// Draws the pages. It takes a while and blocks.
///
/// # Errors
/// If something cannot be drawn within PDF/A.
pub fn draw(sheet: &Sheet, texts: &Texts) -> Result<Vec<u8>, PagesError> {
    let failed = |what: &str| PagesError(what.to_owned());
    let fonts = Fonts::load().ok_or_else(|| failed("the fonts are damaged"))?;
    let mut layout = Layout::new(&fonts, texts.locale().is_right_to_left());
    words::put(&mut layout, sheet, texts);
    let configuration = ConfigurationBuilder::new().with_archival_validator(Archival::A3_U);
    let configuration = configuration.finish().map_err(|_| failed("no such PDF/A"))?;
    let mut document =
        Document::new_with(SerializeSettings { configuration, ..SerializeSettings::default() });
    let made_at = date(sheet.made_at);
    document.set_metadata(metadata(sheet, texts, made_at));
    let code = code(&sheet.bundle).ok_or_else(|| failed("the code"))?;
    for marks in layout.pages() {
        let settings = PageSettings::from_wh(WIDTH, HEIGHT).ok_or_else(|| failed("the size"))?;
        let mut page = document.start_page_with(settings);
        let mut surface = page.surface();
        for mark in &marks {
            put(&mut surface, mark, &code).ok_or_else(|| failed("a mark is beside the page"))?;
        }
        surface.finish();
        page.finish();
    }
    let file = EmbeddedFile {
        path: "certificate.json".into(),
        mime_type: MimeType::new("application/json"),
        description: Some(texts.message("certificate-bundle", &[])),
        association_kind: AssociationKind::Data,
        data: serde_json::to_vec(&without_bytes(&sheet.bundle))
            .map_err(|it| failed(&it.to_string()))?
            .into(),
        modification_date: Some(made_at),
        // Whoever checks it finds it without reading the pages.
        compress: Some(false),
        location: None,
    };
    document.embed_file(file).ok_or_else(|| failed("the bundle"))?;
    document.finish().map_err(|error| PagesError(format!("{error:?}")))
}

fn without_bytes(bundle: &Bundle) -> Bundle {
    let mut bundle = bundle.clone();
    bundle.files.iter_mut().for_each(|file| file.data = None);
    bundle
}

fn metadata(sheet: &Sheet, texts: &Texts, made_at: DateTime) -> Metadata {
    let direction = match texts.locale().is_right_to_left() {
        true => TextDirection::RightToLeft,
        false => TextDirection::LeftToRight,
    };
    let title = texts.message("certificate-title", &[]);
    Metadata::new()
        .title(format!("{title}: {}", sheet.bundle.told.stop))
        .language(texts.locale().tag().into())
        .creator("Waypost".into())
        .producer("Waypost".into())
        .document_id(sheet.bundle.fact.to_string())
        .creation_date(made_at)
        .text_direction(direction)
}

fn put(on: &mut Surface<'_>, mark: &Mark, code: &QrCode) -> Option<()> {
    match mark {
        Mark::Text { line, x, y, size, colour } => {
            on.set_fill(Some(fill(*colour)));
            line.draw(on, *x, *y, *size);
        }
        Mark::Bar { x, y, width, height, colour } => {
            let mut path = PathBuilder::new();
            path.push_rect(Rect::from_xywh(*x, *y, *width, *height)?);
            on.set_fill(Some(fill(*colour)));
            on.draw_path(&path.finish()?);
        }
        Mark::Picture { jpeg, x, y, width, height } => {
            let image = Image::from_jpeg(jpeg.clone().into(), false).ok()?;
            on.push_transform(&Transform::from_translate(*x, *y));
            on.draw_image(image, Size::from_wh(*width, *height)?);
            on.pop();
        }
        Mark::Code { x, y, size } => {
            let (modules, mut path) = (code.width(), PathBuilder::new());
            let module = size / modules as f32;
            for (at, colour) in code.to_colors().into_iter().enumerate() {
                if colour == qrcode::Color::Dark {
                    let (column, row) = ((at % modules) as f32, (at / modules) as f32);
                    path.push_rect(Rect::from_xywh(
                        x + column * module,
                        y + row * module,
                        module,
                        module,
                    )?);
                }
            }
            on.set_fill(Some(fill(Colour::Ink)));
            on.draw_path(&path.finish()?);
        }
    }
    Some(())
}

/// What the code on the page says: which fact it is, and what it hashes to in the record.
fn code(bundle: &Bundle) -> Option<QrCode> {
    use base64::Engine as _;
    let leaf = base64::engine::general_purpose::STANDARD.decode(&bundle.record.leaf).ok()?;
    let leaf = hex::encode(waypost_domain::audit::leaf_hash(&leaf));
    let text =
        format!("waypost:certificate?fact={}&n={}&leaf={leaf}", bundle.fact, bundle.record.n);
    QrCode::with_error_correction_level(text, EcLevel::M).ok()
}

fn fill(colour: Colour) -> Fill {
    let (red, green, blue) = colour.rgb();
    let paint = rgb::Color::new(red, green, blue).into();
    Fill { paint, opacity: NormalizedF32::ONE, rule: FillRule::NonZero }
}

fn date(at: Millis) -> DateTime {
    use chrono::{Datelike as _, Timelike as _};
    let at = chrono::DateTime::from_timestamp_millis(at).unwrap_or_default();
    let small = |number: u32| u8::try_from(number).unwrap_or(0);
    DateTime::new(u16::try_from(at.year()).unwrap_or(1970))
        .month(small(at.month()))
        .day(small(at.day()))
        .hour(small(at.hour()))
        .minute(small(at.minute()))
        .second(small(at.second()))
        .utc_offset_hour(0)
        .utc_offset_minute(0)
}

#[cfg(test)]
mod tests {
    use waypost_locales::Locale;
    use waypost_protocol::{
        EnrolmentId, EvidenceItem, EvidenceKind, FactId, ReceivedBy, StopId, StopState,
    };

    use super::super::bundle::{BUNDLE_FORMAT, DeviceKey, Told, VouchedRecord};
    use super::*;

    /// A delivery whose names and notes are all this.
    fn sheet(said: &str) -> Sheet {
        let (stop, fact) = (StopId::mint(1, 1), FactId::mint(1, 2));
        let said = || said.to_owned();
        let item = EvidenceItem {
            kind: EvidenceKind::Scan,
            captured_at: i64::MAX,
            original: None,
            preview: None,
            text: said(),
            at: None,
        };
        let manifest = EvidenceManifest {
            stop,
            fact,
            outcome: StopState::Completed,
            items: vec![item; 50],
            received_by: Some(ReceivedBy { name: said(), role: said() }),
            counts: Vec::new(),
            note: said(),
        };
        let record = VouchedRecord {
            n: 1,
            recorded_at: i64::MIN,
            leaf: "AAAA".into(),
            salt: String::new(),
            kind: 0,
            content: String::new(),
            path: Vec::new(),
            checkpoint: String::new(),
            signature: String::new(),
            server_key: "9x9-> fi".into(),
        };
        let told = Told { stop: said(), address: said(), trip: said(), driver: said() };
        let device = DeviceKey { enrolment: EnrolmentId::mint(1, 3), public_key: said() };
        let format = BUNDLE_FORMAT.to_owned();
        let bundle = Bundle { format, stop, fact, told, record, device, files: Vec::new() };
        let (done_at, made_at) = (i64::MAX, i64::MIN);
        let (at, reason, window, pictures) = (None, None, None, Vec::new());
        Sheet { bundle, manifest, done_at, at, reason, window, pictures, made_at }
    }

    #[test]
    fn whatever_was_typed_the_pages_can_be_drawn() {
        let long = "wordwithoutend".repeat(60);
        let empty = "\u{200b}".repeat(1_000);
        for said in [
            "",
            " \n\t ",
            "\u{feff}ا\u{feff}",
            "a\u{feff} b",
            "🚚 日本 \u{0}\u{7}\u{fffe}\u{e000}",
            "ab\u{202e}cd \u{2066}ef",
            "e\u{301}\u{301}\u{301} لا\u{64b} שלום",
            &long,
            &empty,
        ] {
            for locale in [Locale::En, Locale::Ar] {
                let drawn = draw(&sheet(said), &Texts::of(locale));
                assert!(drawn.is_ok(), "{said:?} in {}: {:?}", locale.tag(), drawn.err());
            }
        }
    }
}
