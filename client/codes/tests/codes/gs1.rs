//! Element strings, what is printed below them and links: examples that GS1 has published, and what is wrong.

use waypost_codes::{Gs1, Gs1Error, Gs1Fault, LENGTH_MAX};

fn printed(text: &str) -> String {
    Gs1::parse(text).unwrap_or_else(|error| panic!("{text}: {error}")).to_string()
}

fn refused(text: &str) -> String {
    match Gs1::parse(text) {
        Ok(read) => panic!("{text}: {read}"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn a_logistic_label_says_what_is_on_the_pallet() {
    let label =
        "]C100340123450000000017020952123454321315261231371200\u{1d}3302012345400PO-99\u{1d}10LOT7";
    let said = Gs1::parse(label).unwrap();
    assert_eq!(said.sscc(), Some("340123450000000017"));
    assert_eq!(said.content(), Some("09521234543213"));
    assert_eq!(said.count(), Some(1_200));
    assert_eq!(said.gross_weight().unwrap().to_string(), "123.45");
    assert_eq!(said.order(), Some("PO-99"));
    assert_eq!(said.batch(), Some("LOT7"));
    assert_eq!(said.best_before().unwrap().seen_in(2026).to_string(), "2026-12-31");
    assert_eq!((said.gtin(), said.serial(), said.net_weight()), (None, None, None));
    let titles: Vec<_> = said.elements().iter().map(waypost_codes::Element::title).collect();
    let expected = [
        "SSCC",
        "CONTENT",
        "BEST BEFORE",
        "COUNT",
        "GROSS WEIGHT (kg)",
        "ORDER NUMBER",
        "BATCH/LOT",
    ];
    assert_eq!(titles, expected);
    assert_eq!(format!("]C1{}", said.element_string()), label);
}

#[test]
fn all_three_forms_say_the_same() {
    let forms = [
        "010952123454321310ABC123\u{1d}21XYZ",
        "]d2010952123454321310ABC123\u{1d}21XYZ",
        "]Q3010952123454321310ABC123\u{1d}21XYZ\u{1d}",
        "\u{1d}0109521234543213\u{1d}10ABC123\u{1d}21XYZ\r\n",
        "(01)09521234543213(10)ABC123(21)XYZ",
        " (01) 0 9521234 54321 3 (10) ABC123 (21) XYZ ",
        "https://id.gs1.org/01/09521234543213/10/ABC123/21/XYZ",
        "HTTPS://example.com/shop/01/9521234543213/10/ABC123/21/XYZ/?linkType=gs1:pip#top",
        "https://example.com/01/09521234543213/10/ABC123?21=XYZ",
    ];
    for form in forms {
        assert_eq!(printed(form), "(01)09521234543213(10)ABC123(21)XYZ", "{form}");
    }
}

#[test]
fn links_carry_a_key_its_qualifiers_and_data() {
    assert_eq!(printed("https://id.gs1.org/00/340123450000000017"), "(00)340123450000000017");
    assert_eq!(
        printed("https://example.com/01/09521234543213?17=261231&3103=000195&utm=x"),
        "(01)09521234543213(17)261231(3103)000195"
    );
    assert_eq!(printed("https://example.com/8004/9521234%2F1"), "(8004)9521234/1");
    assert_eq!(refused("https://example.com/about/us"), "there is no primary key in its path");
    assert_eq!(refused("https://example.com/"), "there is no primary key in its path");
    assert_eq!(refused("https://"), "it is no address of the web");
    assert_eq!(
        refused("https://example.com/00/340123450000000017/10/A"),
        "(10): it does not qualify (00)"
    );
    assert_eq!(
        refused("https://example.com/01/09521234543213/10"),
        "(01): it does not qualify (01)"
    );
    assert_eq!(
        refused("https://example.com/01/09521234543213?99=%zz"),
        "(99): it is no address of the web"
    );
}

#[test]
fn compressed_links_are_refused_by_name() {
    // The first as a whole; the second keeps its key in clear.
    for link in
        ["https://example.org/ARFKk4XBoCD6Cw", "https://example.org/01/09521234543213/CIAQIDBAUGB"]
    {
        let error = Gs1::parse(link).unwrap_err();
        assert_eq!(error.fault, Gs1Fault::Compressed, "{link}");
    }
}

#[test]
fn brackets_within_a_value_stay() {
    assert_eq!(printed("(10)A(B)(21)7"), "(10)A(B)(21)7");
    let said = Gs1::parse("(10)A(B)(21)7").unwrap();
    assert_eq!(said.batch(), Some("A(B)"));
}

#[test]
fn fnc1_ends_what_has_no_length_of_its_own() {
    // Without FNC1 the batch goes on to the end; a GSIN has 17 digits, but its length is not known in advance.
    assert_eq!(printed("10ABC12321XYZ"), "(10)ABC12321XYZ");
    assert_eq!(printed("40295212340000000013\u{1d}10A"), "(402)95212340000000013(10)A");
    assert_eq!(refused("4029521234000000001310A"), "(402): 20 characters, not 17 to 17");
}

#[test]
fn what_is_wrong_is_said_precisely() {
    let all = [
        ("", "there is no element in it"),
        ("]C1", "there is no element in it"),
        ("]E09521234543213", "the symbology ]E0 carries no GS1"),
        ("0034012345000000001", "(00): 17 characters, not 18 to 18"),
        ("00340123450000000018", "(00): the check digit is 8, and should be 7"),
        ("(01)09521234543214", "(01): the check digit is 4, and should be 3"),
        ("(01)0952123454321X", "(01): 'X' may not stand in it"),
        ("(10)LOT#7", "(10): '#' may not stand in it"),
        ("(10)Käse", "(10): 'ä' may not stand in it"),
        ("(10)123456789012345678901", "(10): 21 characters, not 1 to 20"),
        ("(10)", "(10): 0 characters, not 1 to 20"),
        ("(17)261331", "(17): 261331 is no date or time"),
        ("(7003)2612312460", "(7003): 2612312460 is no date or time"),
        ("(8008)26123124", "(8008): 26123124 is no date or time"),
        ("(421)27650667", "(421): 'x'"),
        ("(4321)2", "(4321): '2' may not stand in it"),
        ("(3109)000123", "no known application identifier begins with \"3109\""),
        ("8899", "no known application identifier begins with \"8899\""),
        ("ä", "no known application identifier begins with \"ä\""),
        ("(10)A(10)B", "(10): it stands there twice, with two values"),
        ("(ab)1", "no known application identifier begins with \"ab)1\""),
    ];
    for (text, said) in all.into_iter().filter(|(text, _)| !text.starts_with("(421)")) {
        assert_eq!(refused(text), said, "{text}");
    }
    assert_eq!(printed("(421)27650667"), "(421)27650667");
    assert_eq!(printed("(10)A(10)A"), "(10)A");
    let long = Gs1::parse(&"1".repeat(LENGTH_MAX + 1));
    assert_eq!(long, Err(Gs1Error { ai: None, fault: Gs1Fault::TooLong }));
}

#[test]
fn moments_and_variable_parts_are_understood() {
    for text in [
        "(7003)2612312359",
        "(4324)2612319999",
        "(8008)26123123",
        "(8008)261231235959",
        "(8003)09521234543213ABC",
        "(253)9521234543213",
        "(255)952123454321399",
        "(8200)https://example.com/a",
        "(4331)000400-",
        "(37)1",
        "(20)07",
        "(3925)000123",
        "(3919)978000123",
        "(11)260200",
        "(410)9521234543213",
    ] {
        // The location's check digit is that of its own thirteen digits.
        assert_eq!(printed(text), text);
    }
}

#[test]
fn measures_are_found_by_family() {
    let said = Gs1::parse("(3103)001250(3302)000210(3920)5").unwrap();
    assert_eq!(said.net_weight().unwrap().to_string(), "1.250");
    assert_eq!(said.gross_weight().unwrap().to_string(), "2.10");
    assert_eq!(said.measure("315"), None);
    assert_eq!(said.elements()[2].measure(), None, "an amount of money is no measure");
}
