//! Our own frames: what can be read is written again as something that reads the same, in CBOR and
//! in JSON; a text of a message can be shown in every language.

use std::fmt::Debug;
use std::sync::LazyLock;

use serde_json::Value;
use waypost_locales::{Locale, Texts};
use waypost_protocol::{Body, Content, Downlink, FRAME_BYTES_MAX, Uplink};

/// The words of every language, loaded once.
static LANGUAGES: LazyLock<[Texts; Locale::ALL.len()]> =
    LazyLock::new(|| Locale::ALL.map(Texts::of));

/// The words of one language.
pub fn language(locale: Locale) -> &'static Texts {
    let found = LANGUAGES.iter().find(|texts| texts.locale() == locale);
    found.expect("every language is loaded")
}

/// What a device says.
pub fn uplink(bytes: &[u8]) {
    let Ok(frame) = Uplink::from_bytes(bytes) else { return };
    again(&frame, |frame| Uplink::from_bytes(&frame.to_bytes()).ok());
    if let Uplink::Submit(submit) = &frame {
        submit.entries.iter().for_each(|entry| understood(&entry.content));
    }
    json_form(&frame);
}

/// What the server says.
pub fn downlink(bytes: &[u8]) {
    let Ok(frame) = Downlink::from_bytes(bytes) else { return };
    again(&frame, |frame| Downlink::from_bytes(&frame.to_bytes()).ok());
    if let Downlink::Events(events) = &frame {
        events.events.iter().for_each(|event| understood(&event.content));
    }
    json_form(&frame);
}

/// What a fact says: its kind in two bytes, then the body.
pub fn content(bytes: &[u8]) {
    if let Some((kind, body)) = bytes.split_first_chunk() {
        understood(&Content { kind: u16::from_be_bytes(*kind), bytes: body.to_vec() });
    }
}

/// Frames and bodies in JSON, as they come by HTTP.
pub fn json(bytes: &[u8]) {
    if let Ok(frame) = serde_json::from_slice::<Uplink>(bytes)
        && frame.check_bounds().is_ok()
        && frame.to_bytes().len() <= FRAME_BYTES_MAX
    {
        again(&frame, |frame| Uplink::from_bytes(&frame.to_bytes()).ok());
        json_form(&frame);
    }
    if let Ok(frame) = serde_json::from_slice::<Downlink>(bytes) {
        json_form(&frame);
    }
    if let Ok(body) = serde_json::from_slice::<Body>(bytes) {
        let _ = body.check();
        let text = serde_json::to_string(&body).expect("a body is JSON");
        again(&body, |_| serde_json::from_str(&text).ok());
    }
}

/// A content is read or refused; what is read keeps its meaning, and can be shown.
fn understood(content: &Content) {
    let Ok(body) = content.to_body() else { return };
    again(&body, |body| body.to_content().to_body().ok());
    let text = serde_json::to_string(&body).expect("a body is JSON");
    again(&body, |_| serde_json::from_str(&text).ok());
    if body.check().is_err() {
        return;
    }
    if let Body::Template { template, version, arguments, .. } = &body {
        for texts in LANGUAGES.iter() {
            let shown = texts.render_template(template, *version, arguments);
            assert!(!shown.trim().is_empty(), "an empty bubble for {body:?}");
        }
    }
}

/// A value that is written and read again is the same.
fn again<T: PartialEq + Debug>(value: &T, read: impl FnOnce(&T) -> Option<T>) {
    assert_eq!(read(value).as_ref(), Some(value), "it does not read as it was written");
}

/// The JSON form reads again and is written the same. It may say less than the frame: a content
/// that breaks the rules of its kind stands in it as an unknown one.
fn json_form<T>(frame: &T)
where
    T: serde::Serialize + serde::de::DeserializeOwned + Debug,
{
    let first = serde_json::to_value(frame).expect("a frame is JSON");
    let read: T = serde_json::from_value(first.clone())
        .unwrap_or_else(|error| panic!("its own JSON is refused: {error}\n{first}"));
    let second: Value = serde_json::to_value(&read).expect("a frame is JSON");
    assert_eq!(first, second, "the JSON of {frame:?} is read as something else");
}
