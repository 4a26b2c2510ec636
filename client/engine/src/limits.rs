//! Every bound and interval of the engine, by name.

/// Most `Submit` frames that wait for their answers over MQTT. With the one `Pull` and the one
/// `History` it stays well within [`waypost_protocol::PUBLISHES_IN_FLIGHT_MAX`].
pub const SUBMITS_IN_FLIGHT_MAX: usize = 8;

/// Most bytes of content in one `Submit`, so that a frame gets through a slow link in one go and
/// stays below [`waypost_protocol::FRAME_BYTES_MAX`].
pub const SUBMIT_CONTENT_BYTES_MAX: usize = 64 * 1024;

/// Most bytes of content that wait in an outbox (32 MiB). Beyond it the outbox is full.
pub const OUTBOX_BYTES_MAX: usize = 32 * 1024 * 1024;

/// Most unconfirmed read marks before earlier ones of the same conversation are given up. Beyond
/// it there is at most one a conversation.
pub const READ_MARKS_KEPT_MAX: usize = 256;

/// How long an answer may take before the question is asked again, in milliseconds.
pub const ANSWER_WAIT_MS: u64 = 20_000;

/// After this much silence on a live link the device asks, in milliseconds.
pub const SILENCE_MAX_MS: u64 = 60_000;

/// How often an HTTPS link asks while something goes on, in milliseconds.
pub const POLL_ACTIVE_MS: u64 = 5_000;

/// How often an HTTPS link asks while nothing goes on, in milliseconds.
pub const POLL_IDLE_MS: u64 = 20_000;

/// For how long something goes on after a tap or an event, in milliseconds.
pub const ACTIVE_FOR_MS: u64 = 5 * 60_000;

/// After so long it is said again that someone is writing, in milliseconds: half of
/// [`waypost_protocol::TYPING_FOR_MS`].
pub const TYPING_AGAIN_MS: u64 = waypost_protocol::TYPING_FOR_MS / 2;
/// The first back-off, in milliseconds. It doubles each time.
pub const BACKOFF_FIRST_MS: u64 = 500;

/// The longest back-off, in milliseconds.
pub const BACKOFF_MAX_MS: u64 = 60_000;

/// A link that was up for so long is good: the back-off starts again, in milliseconds.
pub const LINK_GOOD_AFTER_MS: u64 = 10_000;

/// After so many failed tries of MQTT, HTTPS is tried.
pub const MQTT_FAILURES_MAX: u32 = 2;

/// How often MQTT is tried while HTTPS is in use, in milliseconds.
pub const MQTT_PROBE_MS: u64 = 5 * 60_000;

/// How long the device stays off the link after its store has failed, in milliseconds.
pub const STORE_RETRY_MS: u64 = 5_000;

/// For how long the best estimate of the skew is kept against worse ones, in milliseconds.
pub const SKEW_KEPT_MS: u64 = 10 * 60_000;

/// A change of the skew that is worth a write, in milliseconds.
pub const SKEW_STEP_MS: u64 = 500;

/// How long a piece of an upload should take, in milliseconds: what is more urgent waits no longer than that.
pub const PIECE_FOR_MS: u64 = 1_000;

/// The first piece, while nobody knows what the link carries.
pub const PIECE_BYTES_FIRST: u64 = 32 * 1024;

/// The shortest piece: below it the heads of requests would weigh too much.
pub const PIECE_BYTES_MIN: u64 = 8 * 1024;

/// The longest piece, which is held in memory.
pub const PIECE_BYTES_MAX: u64 = 1024 * 1024;

/// So long uploads make way for facts that wait for an answer, in milliseconds.
pub const UPLOADS_YIELD_MS: u64 = 10_000;

/// Over how long the pace of uploads is averaged, in milliseconds.
pub const UPLOAD_PACE_OVER_MS: u64 = 30_000;

/// What comes of a file is kept in units of so many bytes, as the device seals them.
pub const FETCH_UNIT: u64 = 64 * 1024;

/// How often bytes are sent or fetched again that came as something else.
pub const UPLOAD_TRIES_MAX: u32 = 2;
