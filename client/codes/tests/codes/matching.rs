//! Whether a scanned code means what dispatch has planned.

use waypost_codes::{Code, Format, names};

fn plain(text: &str) -> Code {
    Code { format: Format::Code128, text: text.to_owned(), symbology: None, corners: Vec::new() }
}

fn of_gs1(text: &str) -> Code {
    Code { symbology: Some("]C1".to_owned()), ..plain(text) }
}

#[test]
fn plain_text_is_the_same_but_for_white_space_around_it() {
    assert!(names(&plain("WB-4711"), "WB-4711"));
    assert!(names(&plain("WB-4711\r\n"), "  WB-4711 "));
    for other in ["WB-4712", "wb-4711", "WB 4711", "WB-471", "", "  "] {
        assert!(!names(&plain("WB-4711"), other), "{other:?}");
    }
    assert!(!names(&plain(""), ""));
}

#[test]
fn an_sscc_is_the_same_however_it_is_written() {
    let written = [
        "340123450000000017",
        "00340123450000000017",
        "3 4012345 000000001 7",
        "(00)340123450000000017",
        "(00) 3 4012345 000000001 7",
        "]C100340123450000000017",
        "https://id.gs1.org/00/340123450000000017",
    ];
    let scanned = [
        of_gs1("00340123450000000017"),
        of_gs1("00340123450000000017400PO-99"),
        plain("00340123450000000017"),
        plain("(00)340123450000000017"),
        plain("https://example.com/00/340123450000000017"),
    ];
    for code in &scanned {
        for reference in written {
            assert!(names(code, reference), "{} and {reference}", code.text);
        }
        assert!(!names(code, "340123450000000024"), "{}", code.text);
        assert!(!names(code, "340123450000000018"), "a wrong check digit: {}", code.text);
        assert!(!names(code, "https://example.com/t/340123450000000017"), "{}", code.text);
    }
}

#[test]
fn an_order_number_is_found_in_a_label() {
    let label = of_gs1("00340123450000000017400PO-99\u{1d}10LOT7");
    assert!(names(&label, "PO-99"));
    assert!(names(&label, "(400)PO-99"));
    assert!(names(&label, "(00)340123450000000017(400)PO-99"));
    assert!(!names(&label, "(400)PO-98"));
    assert!(!names(&label, "(00)340123450000000017(400)PO-98"));
    assert!(!names(&label, "LOT7"), "many consignments have the same batch");
    assert!(names(&label, "(10)LOT7"), "unless dispatch asks for the batch");
}

#[test]
fn goods_are_named_by_their_gtin_if_dispatch_asks_for_it() {
    let ean = Code { format: Format::Ean13, ..plain("9521234543213") };
    assert!(names(&ean, "9521234543213"));
    assert!(names(&ean, "(01)09521234543213"));
    assert!(!names(&ean, "(01)09521234543213(21)7"), "it does not say which one");
    let item = of_gs1("0109521234543213217");
    assert!(names(&item, "(01)09521234543213(21)7"));
    assert!(!names(&item, "09521234543213"));
}

#[test]
fn a_code_that_claims_to_be_gs1_and_is_not_is_only_its_text() {
    let broken = of_gs1("00340123450000000018");
    assert!(broken.gs1().unwrap().is_err());
    assert!(names(&broken, "00340123450000000018"));
    assert!(!names(&broken, "340123450000000018"));
    assert!(plain("https://example.com/t/4711").gs1().is_none());
    assert!(plain("00340123450000000017").gs1().is_none());
}
