//! Which stretch of the record a page covers.

use waypost_domain::page::{EpochStart, From, Read, answer, earlier, fitting, from};
use waypost_protocol::{Body, Content, ConversationId, EVENTS_MAX, Event, History, Sequence, kind};

fn event(n: u64, content: Content) -> Event {
    Event {
        n,
        recorded_at: 0,
        content,
        id: None,
        author: None,
        conversation: None,
        offset_minutes: 0,
        skew_ms: None,
    }
}

fn small(n: u64) -> Event {
    event(n, Body::text("Gate 4").to_content())
}

fn read(numbers: &[u64], searched_up_to: u64, limited: bool) -> Read {
    let events = numbers.iter().map(|n| small(*n)).collect();
    Read { events, searched_up_to, limited }
}

/// Where a page ends, and whether there is more.
fn page(after: u64, read: Read, end: u64) -> (u64, bool) {
    let start = From { after, cut_after: None };
    let page = answer(0, start, read, end, 7, 77, 3);
    assert_eq!((page.after, page.answers), (after, Some(7)));
    assert_eq!((page.server_time, page.safe_up_to), (Some(77), Some(3)));
    (page.next, page.more)
}

#[test]
fn a_page_leads_as_far_as_it_was_searched_and_a_full_one_to_its_last_fact() {
    assert_eq!(page(2, read(&[4, 6], 9, false), 9), (9, false), "the rest is for others");
    assert_eq!(page(2, read(&[4, 6], 9, true), 9), (6, true), "there may be more before 9");
    assert_eq!(page(2, read(&[4, 9], 9, true), 9), (9, false), "the last fact of all");
    assert_eq!(page(2, read(&[], 9, false), 20), (9, true), "nothing so far");
    assert_eq!(page(2, read(&[], 9, true), 20), (9, true));
    assert_eq!(page(9, read(&[], 2, false), 9), (9, false), "it never leads back");
}

#[test]
fn a_cursor_of_an_older_epoch_is_cut_where_the_record_was() {
    let epochs = [(1, 40), (2, 30), (3, 90)].map(|(epoch, after)| EpochStart { epoch, after });
    let at = |epoch, n| from(Sequence { epoch, n }, &epochs, 100);
    assert_eq!(at(3, 95), From { after: 95, cut_after: None });
    assert_eq!(at(3, 101), From { after: 100, cut_after: None }, "beyond the end");
    assert_eq!(at(2, 95), From { after: 90, cut_after: Some(90) });
    assert_eq!(at(1, 95), From { after: 30, cut_after: Some(30) });
    assert_eq!(at(0, 20), From { after: 20, cut_after: Some(30) });
}

#[test]
fn a_frame_holds_so_many_events_and_so_many_bytes() {
    let many: Vec<_> = (1..=EVENTS_MAX as u64 + 1).map(small).collect();
    assert_eq!(fitting(&many), EVENTS_MAX);
    let large = |bytes| event(1, Content { kind: kind::TEXT, bytes: vec![0; bytes] });
    let half = 64 * 1024;
    assert_eq!(fitting(&[large(half), large(half), large(1)]), 2, "128 KiB fit exactly");
    assert_eq!(fitting(&[large(half), large(half + 1)]), 1);
    assert_eq!(fitting(&[large(4 * half), large(1)]), 1, "one alone always does");
    assert_eq!(fitting(&[]), 0);
}

#[test]
fn what_was_said_before_comes_in_its_order_and_says_whether_there_is_more() {
    let asked = History { conversation: ConversationId::Group(1), before: 9, number: 4, limit: 2 };
    let page = |newest: &[u64]| {
        let page = earlier(3, &asked, newest.iter().map(|n| small(*n)).collect());
        assert_eq!((page.answers, page.epoch, page.conversation), (4, 3, asked.conversation));
        (page.events.iter().map(|event| event.n).collect::<Vec<_>>(), page.more)
    };
    assert_eq!(page(&[8, 5, 2]), (vec![5, 8], true));
    assert_eq!(page(&[5, 2]), (vec![2, 5], false), "that is all");
    assert_eq!(page(&[2]), (vec![2], false));
    assert_eq!(page(&[]), (vec![], false));
}
