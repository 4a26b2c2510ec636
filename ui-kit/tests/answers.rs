//! Answers of one tap: offered with the message that asks for them, until one was given.

use std::sync::Arc;

use waypost_client::view::MessageView;
use waypost_client::{Command, View};
use waypost_locales::Locale;
use waypost_protocol::Body;
use waypost_ui_kit::samples::{self, DANA, OMAR};
use waypost_ui_kit::{Bubbles, Filter, Reader, bubbles};

/// Dana's screen with these messages at its end.
fn dana_sees(messages: Vec<MessageView>) -> View {
    let mut view = samples::dana();
    let open = view.timeline.as_mut().expect("a conversation is open");
    open.messages.extend(messages.into_iter().map(Arc::new));
    view
}

fn asked() -> MessageView {
    samples::from(OMAR, 1, 900, samples::template("please-confirm", None))
}

fn shown(reader: &Reader, view: &View) -> Bubbles {
    bubbles(view, reader.texts(), reader.clock(), 100)
}

#[test]
fn dana_confirms_with_one_tap_and_is_not_asked_again() {
    let mut reader = Reader::new(Locale::Pl, samples::here());
    let view = Arc::new(dana_sees(vec![asked()]));
    reader.take(Arc::clone(&view), Filter::Driver);
    let bubble = shown(&reader, &view).rows.pop().expect("his message");
    let [offered] = &bubble.answers[..] else { panic!("one answer: {:?}", bubble.answers) };
    assert_eq!((offered.id.as_str(), offered.label.as_str()), ("understood", "Zrozumiano"));

    let Some(Command::Send { message, .. }) = reader.answer(bubble.id, &offered.id) else {
        panic!("her tap is a message");
    };
    assert_eq!(message.answers(), Some(bubble.id));
    assert!(matches!(&*message, Body::Template { template, .. } if template == "understood"));

    let answer = samples::mine(DANA, 2, None, *message, &[]);
    let view = dana_sees(vec![asked(), answer]);
    let rows = shown(&reader, &view).rows;
    assert!(rows.iter().all(|row| row.answers.is_empty()), "{rows:?}");
}
