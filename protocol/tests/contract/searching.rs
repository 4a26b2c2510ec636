//! What is said is found by whoever types it as they are used to.

use waypost_protocol::*;

use crate::richer;

fn cut(text: &str) -> Vec<String> {
    words(text).collect()
}

#[test]
fn a_word_is_found_without_regard_to_case_accents_and_the_like() {
    for (written, typed) in [
        ("Gate 4 is CLOSED", "gate 4 is closed"),
        ("Über die Straße", "uber die strasse"),
        ("Zażółć gęślą jaźń, Łódź", "zazolc gesla jazn lodz"),
        ("Iași, șoferul și ținta", "iasi soferul si tinta"),
        ("İstanbul, Ankara’ya ığdır", "istanbul ankara ya igdir"),
        ("Під’їзд, Ґанок, Київ", "під їзд ганок київ"),
        ("Señor Muñoz, ¿cuándo?", "senor munoz cuando"),
        ("Cœur à cœur, garçon", "coeur a coeur garcon"),
        ("إلى المُسْتَوْدَع الكبيرة", "الى المستودع الكبيره"),
        ("ＡＢ　１２", "ab 12"),
        ("WA-4471#K", "wa 4471 k"),
    ] {
        assert_eq!(cut(written), cut(typed), "{written}");
        assert!(!cut(written).is_empty());
    }
    assert_eq!(cut(" -- … \u{e000}p7 \u{301}"), ["p7"], "no text makes a mark");
    assert_eq!(cut("a\u{1f171}c \u{1f171}"), ["a", "c"], "signs are no letters");
    assert_eq!(cut(&"w".repeat(500)), ["w".repeat(WORD_CHARS_MAX)]);
}

#[test]
fn every_message_is_found_by_what_stands_in_it() {
    let found = |body: &Body| words_of(body).into_iter().collect::<Vec<_>>().join(" ");
    for (name, body) in richer::bodies() {
        let expected = match name {
            "file" => "gate txt",
            "file with everything" => "listen note opus",
            "location with everything" => "depot",
            "contact" => "00 01 22 48 555 ewa lis",
            "template of every argument" => "bakery closed depot pallets",
            _ => continue,
        };
        assert_eq!(found(&body), expected, "{name}");
    }
    let told = Body::Broadcast {
        to: Recipients::default(),
        message: Box::new(Body::text("Gate 4 closed, gate 5 open")),
    };
    assert_eq!(found(&told), "4 5 closed gate open");
    assert_eq!(found(&Body::Erased { number: kind::TEXT }), "");
}

#[test]
fn a_mark_is_no_word() {
    let mark = mark('c', ConversationId::Direct(PersonId(2), PersonId(7)));
    assert!(words(&mark).all(|word| word != mark));
    assert!(!mark.contains(['-', ' ', '\'']));
}
