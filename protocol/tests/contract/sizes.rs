//! What one message costs on the sender's link, in bytes of payload. See
//! `docs/decisions/0003-frame-size.md`.

use expect_test::expect_file;
use waypost_protocol::*;

use crate::samples::*;

/// The record of a fleet that has been at work for a while: numbers take 5 bytes.
const N: u64 = 1_000_000;

#[test]
fn one_message_with_all_its_receipts_and_its_answer() {
    let rows = story();
    let mut table = String::new();
    for (direction, name, bytes) in &rows {
        table += &format!("{direction:4} {bytes:4}  {name}\n");
    }
    let sum = |way: &str| -> usize { rows.iter().filter(|r| r.0 == way).map(|r| r.2).sum() };
    let (up, down) = (sum("up"), sum("down"));
    table += &format!("\nup   {up:4}\ndown {down:4}\nall  {:4}\n", up + down);
    println!("{table}");
    expect_file!["golden/sizes.txt"].assert_eq(&table);
}

type Row = (&'static str, &'static str, usize);

fn up(name: &'static str, frame: Uplink) -> Row {
    ("up", name, frame.to_bytes().len())
}

fn down(name: &'static str, frame: Downlink) -> Row {
    ("down", name, frame.to_bytes().len())
}

fn push(name: &'static str, event: Event) -> Row {
    down(name, Downlink::Events(pushed(event.n, event)))
}

/// A busy desk: Omar has had the message on the screen before the server commits his receipts.
#[test]
fn receipts_of_one_commit_cost_less_than_two() {
    let receipts = |moves| push("", event(N + 1, &Body::Receipts { moves })).2;
    let together = receipts(vec![delivered(N), read(N)]);
    let apart = receipts(vec![delivered(N)]) + receipts(vec![read(N)]);
    assert_eq!((together, apart), (73, 107));
}

/// Dana taps "Running late"; Omar's desk stores it, he reads it, acknowledges it and answers; Dana's
/// tablet stores and shows all that, and says so in one pull.
fn story() -> Vec<Row> {
    let receipts = |n, one| event(n, &Body::Receipts { moves: vec![one] });
    let acknowledgement = Body::Acknowledgement { message: fact(1) };
    let answer = Body::Text {
        text: "OK, use gate 5".into(),
        answers: Some(fact(1)),
        header: Header::default(),
    };
    vec![
        up("Submit: the template", submit()),
        down("Answers: accepted", accepted()),
        down("Events: the same, for the cursor", Downlink::Events(own(N))),
        push("Events: delivered to Omar", receipts(N + 1, delivered(N))),
        push("Events: read by Omar", receipts(N + 2, read(N))),
        push("Events: Omar's acknowledgement", of_omar(N + 3, &acknowledgement)),
        push("Events: Omar's answer", of_omar(N + 4, &answer)),
        up("Pull: stored and read marks", marks()),
        down("Events: the marks are kept", confirmed()),
    ]
}

fn submit() -> Uplink {
    let entry = Entry { number: 312, offset_minutes: 60, skew_ms: Some(-350), ..entry() };
    Uplink::Submit(Submit { entries: vec![entry] })
}

fn accepted() -> Downlink {
    let sequence = Sequence { epoch: 0, n: N };
    let accepted =
        Answer::Accepted { id: fact(1), sequence, recorded_at: MORNING + 900, before: 0 };
    Downlink::Answers { answers: vec![accepted] }
}

fn of_omar(n: u64, body: &Body) -> Event {
    Event {
        id: Some(fact(2)),
        author: Some(OMAR),
        conversation: Some(dana_and_omar()),
        offset_minutes: 60,
        skew_ms: Some(12),
        ..event(n, body)
    }
}

fn marks() -> Uplink {
    let (up_to, at) = (N + 4, MORNING + 60_000);
    Uplink::Pull(Pull {
        after: Sequence { epoch: 0, n: up_to },
        number: 57,
        limit: 256,
        stored: vec![StoredMark { up_to, at }],
        read: vec![ReadMark { conversation: dana_and_omar(), up_to, at }],
    })
}

fn confirmed() -> Downlink {
    Downlink::Events(Events {
        after: N + 4,
        next: N + 4,
        answers: Some(57),
        server_time: Some(MORNING + 60_300),
        safe_up_to: Some(N - 1000),
        ..Events::default()
    })
}
