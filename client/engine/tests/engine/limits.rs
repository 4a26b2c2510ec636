//! The bounds and waits of the engine are what the documents and the people who tuned them say: a
//! slip of a digit would make a device silent, or loud.

use waypost_engine::*;

#[test]
fn a_device_waits_and_asks_as_it_was_told() {
    let seconds = [
        ("an answer is waited for", ANSWER_WAIT_MS, 20),
        ("silence on a live link", SILENCE_MAX_MS, 60),
        ("it asks over HTTPS while something goes on", POLL_ACTIVE_MS, 5),
        ("it asks over HTTPS while nothing goes on", POLL_IDLE_MS, 20),
        ("something goes on after a tap", ACTIVE_FOR_MS, 300),
        ("the longest back-off", BACKOFF_MAX_MS, 60),
        ("a link that was up for so long is good", LINK_GOOD_AFTER_MS, 10),
        ("MQTT is tried beside HTTPS", MQTT_PROBE_MS, 300),
        ("it stays off the link after its store failed", STORE_RETRY_MS, 5),
        ("the best estimate of the skew is kept", SKEW_KEPT_MS, 600),
    ];
    for (what, limit_ms, seconds) in seconds {
        assert_eq!(limit_ms, seconds * 1_000, "{what}");
    }
    assert_eq!((BACKOFF_FIRST_MS, SKEW_STEP_MS), (500, 500));
}

#[test]
fn a_device_holds_and_sends_as_much_as_it_was_told() {
    assert_eq!(SUBMITS_IN_FLIGHT_MAX, 8);
    assert_eq!(SUBMIT_CONTENT_BYTES_MAX, 65_536);
    assert_eq!(OUTBOX_BYTES_MAX, 33_554_432);
    assert_eq!(READ_MARKS_KEPT_MAX, 256);
    assert_eq!(MQTT_FAILURES_MAX, 2);
}
