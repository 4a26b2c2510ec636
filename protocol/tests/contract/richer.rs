//! Bodies that hold more than words: files, places, contacts, and what a template is.

use waypost_protocol::*;

use crate::samples::{DANA, MORNING, fact};

/// Samples of each, without and with their optional parts.
pub fn bodies() -> Vec<(&'static str, Body)> {
    let (answers, nothing) = (Some(fact(1)), Header::default());
    vec![
        ("file", file(gate(), "", None, nothing.clone())),
        ("file with everything", file(voice_note(), "Listen", answers, header())),
        ("location", Body::Location { place: depot(), answers: None, header: nothing.clone() }),
        (
            "location with everything",
            Body::Location { place: named_depot(), answers, header: header() },
        ),
        ("contact", Body::Contact { contact: shipper().into(), answers: None, header: nothing }),
        (
            "contact with everything",
            Body::Contact { contact: full_contact().into(), answers, header: header() },
        ),
        (
            "broadcast of a location",
            Body::Broadcast {
                to: Recipients { everyone: true, ..Recipients::default() },
                message: Box::new(Body::Location {
                    place: depot(),
                    answers: None,
                    header: Header::default(),
                }),
            },
        ),
        ("template of every argument", every_argument()),
        ("template published", published(on_the_ferry())),
        ("template published with everything", published(full_definition())),
    ]
}

/// Every field of a header.
pub fn header() -> Header {
    Header {
        thread: Some(fact(2)),
        mentions: vec![Mention::Person(DANA), Mention::Group(5), Mention::Everyone],
        priority: Priority::Emergency,
        acknowledge_by: Some(MORNING + 600_000),
        expires_after_s: Some(3_600),
        broadcast: None,
        chain: None,
        escalates: None,
    }
}

pub fn gate() -> File {
    File::of("gate.txt", "text/plain", b"Use gate 5".to_vec())
}

pub fn voice_note() -> File {
    let voice = Voice { length_ms: 1_200, waveform: Bytes(vec![0, 128, 255]) };
    File { voice: Some(voice), ..File::of("note.opus", "audio/ogg", b"OggS".to_vec()) }
}

pub fn file(file: File, text: &str, answers: Option<FactId>, header: Header) -> Body {
    Body::File { file: file.into(), text: text.into(), answers, header }
}

pub fn depot() -> Place {
    Place::at(52.520_006_6, -13.404_954)
}

pub fn named_depot() -> Place {
    Place { name: Some("Depot".into()), accuracy_m: Some(12), ..depot() }
}

pub fn shipper() -> Contact {
    let phone = Some("+48 22 555 01 00".into());
    Contact { name: "Ewa Lis".into(), phone, ..Contact::default() }
}

fn full_contact() -> Contact {
    Contact {
        mail: Some("ewa@example.com".into()),
        company: Some("Lis Freight".into()),
        person: Some(DANA),
        ..shipper()
    }
}

fn every_argument() -> Body {
    let arguments = [
        ("what", Argument::Text("pallets".into())),
        ("count", Argument::Number(-3)),
        ("wait", Argument::Minutes(20)),
        ("at", Argument::TimeOfDay(870)),
        ("where", Argument::Place(named_depot())),
        ("stop", Argument::Stop { stop: "S-12".into(), name: "Bakery".into() }),
        ("why", Argument::Choice("closed".into())),
    ];
    Body::Template {
        template: "everything".into(),
        version: 3,
        arguments: arguments.map(|(name, value)| (name.to_owned(), value)).into(),
        answers: None,
        header: Header::default(),
    }
}

pub fn published(definition: TemplateDefinition) -> Body {
    Body::TemplatePublished {
        template: "on-the-ferry".into(),
        version: 2,
        definition: definition.into(),
    }
}

pub fn on_the_ferry() -> TemplateDefinition {
    let text = TemplateText {
        label: "On the ferry".into(),
        text: "I am on the ferry.".into(),
        ..TemplateText::default()
    };
    TemplateDefinition { texts: [("en".into(), text)].into(), ..TemplateDefinition::default() }
}

pub fn full_definition() -> TemplateDefinition {
    let text = TemplateText {
        label: "Ferry".into(),
        text: "{ $minutes } minutes on the ferry: { $why }".into(),
        options: [("storm".into(), "Storm".into()), ("queue".into(), "Queue".into())].into(),
    };
    let argument = |name: &str, holds, options: &[&str]| TemplateArgument {
        name: name.into(),
        holds,
        options: options.iter().map(|option| (*option).to_owned()).collect(),
    };
    TemplateDefinition {
        arguments: vec![
            argument("minutes", ArgumentType::Minutes, &[]),
            argument("why", ArgumentType::Choice, &["storm", "queue"]),
        ],
        texts: [("en".into(), text)].into(),
        icon: "ferry".into(),
        used_by: vec![Role::Driver, Role::Admin],
        rank: 40,
        priority: Priority::Urgent,
        acknowledge_within_minutes: Some(15),
        chain: Some(4),
        answers: vec!["understood".into()],
        moves: None,
        for_consignees: false,
    }
}

mod rules {
    use super::*;

    /// What is refused, and the field that is said to be wrong.
    fn refused(body: &Body) -> &'static str {
        body.check().expect_err("this would reach a screen").field
    }

    #[test]
    fn a_file_is_what_it_says_and_small_enough() {
        let of = |bytes: usize| File::of("photo.jpg", "image/jpeg", vec![7; bytes]);
        let told = |it: File| file(it, "", None, Header::default());
        assert_eq!(told(of(FILE_BYTES_MAX)).check(), Ok(()));
        assert!(told(of(FILE_BYTES_MAX)).to_content().bytes.len() <= CONTENT_BYTES_MAX);
        let named = |name: &str| File { name: name.into(), ..gate() };
        let typed = |media_type: &str| File { media_type: media_type.into(), ..gate() };
        let other_size = File { size: 4, ..gate() };
        let other_hash = File { sha256: Sha256Hash([0; 32]), ..gate() };
        let loud = Voice { length_ms: 1, waveform: Bytes(vec![0; VOICE_WAVEFORM_MAX + 1]) };
        for wrong in [
            of(FILE_BYTES_MAX + 1),
            of(0),
            named(" "),
            named("../gate.txt"),
            named("c:\\gate.txt"),
            named(".bashrc"),
            named("gate\n.txt"),
            named(&"g".repeat(FILE_NAME_CHARS_MAX + 1)),
            typed("jpeg"),
            typed("image/"),
            typed("image/jpeg; charset=x"),
            other_size,
            other_hash,
            File { voice: Some(loud), ..gate() },
        ] {
            assert_eq!(refused(&told(wrong)), "file");
        }
        let by = Header { acknowledge_by: Some(1), chain: Some(4), ..Header::default() };
        assert_eq!(refused(&file(gate(), "", None, by)), "chain", "each on it would get a copy");
        let wordy = file(gate(), &"w".repeat(TEXT_CHARS_MAX + 1), None, Header::default());
        assert_eq!(refused(&wordy), "text");
    }

    #[test]
    fn a_place_is_on_the_earth() {
        let told = |place| Body::Location { place, answers: None, header: Header::default() };
        for (latitude, longitude) in [(90.0, 180.0), (-90.0, -180.0), (0.0, 0.0)] {
            assert_eq!(told(Place::at(latitude, longitude)).check(), Ok(()));
        }
        for (latitude, longitude) in [
            (90.000_000_1, 0.0),
            (0.0, -180.000_000_1),
            (f64::NAN, 0.0),
            (0.0, f64::INFINITY),
            (1e300, 0.0),
            (-1e300, 0.0),
            (0.0, -1_000.0),
        ] {
            assert_eq!(refused(&told(Place::at(latitude, longitude))), "place");
        }
        assert_eq!(refused(&told(Place { name: Some(" ".into()), ..depot() })), "place");
        assert_eq!(depot().latitude.degrees(), 52.520_006_6);
    }

    #[test]
    fn a_contact_can_be_reached_and_nothing_hides_in_it() {
        let told = |contact: Contact| Body::Contact {
            contact: contact.into(),
            answers: None,
            header: Header::default(),
        };
        assert_eq!(told(shipper()).check(), Ok(()));
        let phone = |phone: &str| Contact { phone: Some(phone.into()), ..shipper() };
        let mail = |mail: &str| Contact { mail: Some(mail.into()), ..shipper() };
        for wrong in [
            Contact { phone: None, ..shipper() },
            Contact { name: " ".into(), ..shipper() },
            phone("tel:1;rm"),
            phone("**21*0048225550100#"),
            mail("ewa@example.com?bcc=all@example.com"),
            phone(""),
            mail("ewa"),
            mail("@example.com"),
            mail("ewa @example.com"),
            Contact { company: Some("c".repeat(NAME_CHARS_MAX + 1)), ..shipper() },
        ] {
            assert_eq!(refused(&told(wrong)), "contact");
        }
    }

    #[test]
    fn a_file_is_not_told_to_many() {
        let to = Recipients { everyone: true, ..Recipients::default() };
        let told = |body: Body| Body::Broadcast { to: to.clone(), message: Box::new(body) };
        let everyone = file(gate(), "", None, Header::default());
        assert_eq!(refused(&told(everyone.clone())), "message");
        let nested = told(told(Body::text("Gate 4")));
        assert_eq!(refused(&nested), "message");
        let sent = told(everyone).to_content();
        assert!(matches!(sent.to_body(), Ok(Body::Unknown { .. })), "nor read by a reader");
    }

    #[test]
    fn a_template_is_published_whole_or_not_at_all() {
        let full = full_definition;
        assert_eq!(published(full()).check(), Ok(()));
        let argument = |name: &str, holds, options: &[&str]| TemplateDefinition {
            arguments: vec![TemplateArgument {
                name: name.into(),
                holds,
                options: options.iter().map(|it| (*it).to_owned()).collect(),
            }],
            ..on_the_ferry()
        };
        let text = |change: fn(&mut TemplateText)| {
            let mut changed = full();
            changed.texts.values_mut().for_each(change);
            changed
        };
        let languages = |tags: &[&str]| {
            let english = on_the_ferry().texts["en"].clone();
            let texts = tags.iter().map(|tag| ((*tag).to_owned(), english.clone())).collect();
            TemplateDefinition { texts, ..on_the_ferry() }
        };
        let mut twice = full();
        twice.arguments.push(twice.arguments[0].clone());
        for (wrong, field) in [
            (argument("4th", ArgumentType::Text, &[]), "arguments"),
            (argument("", ArgumentType::Text, &[]), "arguments"),
            (argument("a b", ArgumentType::Text, &[]), "arguments"),
            (argument("why", ArgumentType::Choice, &["one"]), "arguments"),
            (argument("why", ArgumentType::Choice, &["one", "one"]), "arguments"),
            (argument("why", ArgumentType::Choice, &["one", "2"]), "arguments"),
            (argument("why", ArgumentType::Text, &["one", "two"]), "arguments"),
            (twice, "arguments"),
            (languages(&[]), "texts"),
            (languages(&["e n"]), "texts"),
            (text(|it| it.label = " ".into()), "texts"),
            (text(|it| it.text = "t".repeat(TEMPLATE_TEXT_CHARS_MAX + 1)), "texts"),
            (text(|it| it.label = "l".repeat(TEMPLATE_LABEL_CHARS_MAX + 1)), "texts"),
            (text(|it| drop(it.options.remove("storm"))), "texts"),
            (text(|it| drop(it.options.insert("fog".into(), "Fog".into()))), "texts"),
            (text(|it| drop(it.options.insert("storm".into(), " ".into()))), "texts"),
            (TemplateDefinition { icon: "Ferry!".into(), ..full() }, "icon"),
            (TemplateDefinition { answers: vec!["".into()], ..full() }, "answers"),
            (
                TemplateDefinition {
                    answers: vec!["a".into(); TEMPLATE_ANSWERS_MAX + 1],
                    ..full()
                },
                "answers",
            ),
            (TemplateDefinition { acknowledge_within_minutes: None, ..full() }, "chain"),
            (
                TemplateDefinition { acknowledge_within_minutes: Some(0), ..full() },
                "acknowledge_within_minutes",
            ),
        ] {
            assert_eq!(refused(&published(wrong)), field);
        }
        let named = |template: &str, version| Body::TemplatePublished {
            template: template.into(),
            version,
            definition: full().into(),
        };
        assert_eq!(refused(&named("On the ferry", 1)), "template");
        assert_eq!(refused(&named("", 1)), "template");
        assert_eq!(refused(&named("ferry", 0)), "version");
    }

    #[test]
    fn a_message_of_a_template_has_what_it_asks_for() {
        let asks = full_definition();
        let mut told = Arguments::new();
        let lacks = |told: &Arguments| asks.lacks(told).map(|it| it.name.clone());
        assert_eq!(lacks(&told).as_deref(), Some("minutes"));
        told.insert("minutes".into(), Argument::Minutes(5));
        told.insert("why".into(), Argument::Text("storm".into()));
        assert_eq!(lacks(&told).as_deref(), Some("why"), "words are no choice");
        told.insert("why".into(), Argument::Choice("fog".into()));
        assert_eq!(lacks(&told).as_deref(), Some("why"), "that is no option");
        told.insert("why".into(), Argument::Choice("storm".into()));
        assert_eq!(lacks(&told), None);
        let header = asks.header(1_000);
        assert_eq!((header.priority, header.chain), (Priority::Urgent, Some(4)));
        assert_eq!(header.acknowledge_by, Some(901_000));
    }

    #[test]
    fn an_argument_that_cannot_be_is_refused() {
        let told = |argument| Body::Template {
            template: "late".into(),
            version: 1,
            arguments: [("a".to_owned(), argument)].into(),
            answers: None,
            header: Header::default(),
        };
        assert_eq!(told(Argument::TimeOfDay(1_439)).check(), Ok(()));
        for wrong in [
            Argument::TimeOfDay(1_440),
            Argument::Place(Place::at(91.0, 0.0)),
            Argument::Stop { stop: " ".into(), name: "Bakery".into() },
            Argument::Stop { stop: "S-12".into(), name: "".into() },
            Argument::Choice("".into()),
        ] {
            assert_eq!(refused(&told(wrong)), "arguments");
        }
    }
}
