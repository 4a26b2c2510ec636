//! Every bound of the contract, by name. A bound is part of the contract: both sides check it,
//! and what exceeds it is refused with [`crate::ProblemCode::TooLarge`] or its own code.

macro_rules! limits {
    ($($(#[$doc:meta])* $name:ident: $type:ty = $value:expr;)*) => {
        $($(#[$doc])* pub const $name: $type = $value;)*

        /// Every bound by its name, for documents that say how much.
        pub const LIMITS: &[(&str, i64)] = &[$((stringify!($name), $name as i64)),*];
    };
}

limits! {
    /// Largest frame on MQTT or in the body of `POST /v1/sync`, in bytes.
    FRAME_BYTES_MAX: usize = 256 * 1024;

    /// Largest encoded content of one fact, in bytes.
    CONTENT_BYTES_MAX: usize = 32 * 1024;

    /// Largest encoded content of a report, in bytes: it quotes the content of a message.
    REPORT_BYTES_MAX: usize = 36 * 1024;

    /// Longest text of a message, in characters (Unicode scalar values).
    TEXT_CHARS_MAX: usize = 4_000;

    /// Most arguments of a template.
    TEMPLATE_ARGUMENTS_MAX: usize = 16;

    /// Most options of an argument of a template.
    TEMPLATE_OPTIONS_MAX: usize = 24;

    /// Most languages in which a template says something.
    TEMPLATE_LANGUAGES_MAX: usize = 32;

    /// Longest name on the button of a template, and of an option of it, in characters.
    TEMPLATE_LABEL_CHARS_MAX: usize = 40;

    /// Longest text of a template in one language, in characters.
    TEMPLATE_TEXT_CHARS_MAX: usize = 1_000;

    /// Most templates with which one is answered by one tap.
    TEMPLATE_ANSWERS_MAX: usize = 8;

    /// Largest file inside of a message, in bytes. Larger ones travel by themselves.
    FILE_BYTES_MAX: usize = 24 * 1024;

    /// Longest name of a file, in characters.
    FILE_NAME_CHARS_MAX: usize = 120;

    /// Most values of the waveform of a voice note.
    VOICE_WAVEFORM_MAX: usize = 128;

    /// Longest word that is found, in characters: more of a longer one is not looked at.
    WORD_CHARS_MAX: usize = 40;

    /// Most words of one search.
    SEARCH_WORDS_MAX: usize = 8;

    /// Most people and groups called by name in one message.
    MENTIONS_MAX: usize = 64;

    /// Shortest time after which a message goes for ever, in seconds.
    EXPIRES_AFTER_S_MIN: u32 = 5;

    /// Longest time after which a message goes for ever, in seconds: 400 days.
    EXPIRES_AFTER_S_MAX: u32 = 400 * 24 * 60 * 60;

    /// Longest name of a person, group, device or template argument, in characters.
    NAME_CHARS_MAX: usize = 80;

    /// Most entries in one `Submit`.
    SUBMIT_ENTRIES_MAX: usize = 64;

    /// Most events in one `Events`.
    EVENTS_MAX: usize = 256;

    /// Most stored marks in one `Pull`.
    STORED_MARKS_MAX: usize = 16;

    /// Most read marks in one `Pull`.
    READ_MARKS_MAX: usize = 64;

    /// Most members of a group: so many fit into the fact that opens it.
    GROUP_MEMBERS_MAX: usize = 5_000;

    /// Most members who look after a group.
    GROUP_MODERATORS_MAX: usize = 50;

    /// Most people whom one broadcast reaches.
    BROADCAST_RECIPIENTS_MAX: usize = 5_000;

    /// Most groups that one broadcast names.
    BROADCAST_GROUPS_MAX: usize = 100;

    /// Most people who look after the drivers of one coverage.
    COVERAGE_DISPATCHERS_MAX: usize = 200;

    /// Most drivers of one coverage.
    COVERAGE_DRIVERS_MAX: usize = 4_000;

    /// Longest shift, in hours: a week.
    SHIFT_HOURS_MAX: i64 = 7 * 24;

    /// Most coverages that a broadcast or a step names.
    BROADCAST_COVERAGES_MAX: usize = 100;

    /// Most steps of a chain.
    CHAIN_STEPS_MAX: usize = 16;

    /// Longest time until a step of a chain, in minutes: a week.
    CHAIN_AFTER_MINUTES_MAX: u16 = 7 * 24 * 60;

    /// Most people whom one `Presence` names.
    PRESENCE_PEOPLE_MAX: usize = 1_000;

    /// Most members of a group in which it is told who is writing.
    TYPING_MEMBERS_MAX: usize = 50;

    /// How long it holds that someone is writing, in milliseconds, unless it is said again.
    TYPING_FOR_MS: u64 = 6_000;

    /// Most conversations for which someone chooses how much to hear.
    HEARINGS_MAX: usize = 1_000;

    /// Most people whom someone blocks.
    BLOCKED_MAX: usize = 500;

    /// Longest text of a report or a verdict, in characters.
    REPORT_CHARS_MAX: usize = 500;

    /// Most reports of one message that are kept for whoever judges it; more are only counted.
    REPORTS_KEPT_MAX: usize = 50;

    /// Most rules by which messages are flagged.
    FLAG_RULES_MAX: usize = 32;

    /// Most words of such a rule.
    FLAG_WORDS_MAX: usize = 64;

    /// Longest entry among them, in characters.
    FLAG_WORD_CHARS_MAX: usize = 80;

    /// Most stops of one trip.
    TRIP_STOPS_MAX: usize = 100;

    /// Most consignments of one stop.
    CONSIGNMENTS_MAX: usize = 64;

    /// Longest address, and longest description of a consignment, in characters.
    ADDRESS_CHARS_MAX: usize = 200;

    /// Longest instructions for a stop, note and scanned text, in characters.
    INSTRUCTIONS_CHARS_MAX: usize = 1_000;

    /// Longest time that a stop takes, in minutes: a day.
    SERVICE_MINUTES_MAX: usize = 24 * 60;

    /// Longest window of a stop, in hours: a month.
    WINDOW_HOURS_MAX: i64 = 31 * 24;

    /// Most plans that one answer names: those of a whole trip.
    PLANS_ANSWERED_MAX: usize = TRIP_STOPS_MAX + 1;

    /// Most steps of a stop between two decisions of dispatch. More are refused.
    STOP_STEPS_MAX: usize = 100;

    /// With so many of these steps a stop is not planned otherwise any more: room is left for what is done.
    STOP_STEPS_OF_PLANS_MAX: usize = STOP_STEPS_MAX / 2;

    /// Most people whose a stop ever was.
    STOP_DRIVERS_MAX: usize = 50;

    /// Most words of a consignee about one stop. More are refused.
    STOP_WORDS_MAX: usize = 10;

    /// Most items of evidence of one outcome.
    EVIDENCE_ITEMS_MAX: usize = 50;

    /// Largest item of evidence, in bytes.
    EVIDENCE_BYTES_MAX: u64 = 256 * 1024 * 1024;

    /// How old the fix of a position may be before it counts as stale, in milliseconds.
    STALE_FIX_MS: i64 = 2 * 60 * 1000;

    /// Most publishes of one connection that the server holds without an answer. A client keeps its
    /// window no larger than this.
    PUBLISHES_IN_FLIGHT_MAX: u16 = 16;

    /// Most entries that wait in an outbox. A full outbox refuses new sends and says so.
    OUTBOX_ENTRIES_MAX: usize = 10_000;

    /// Largest estimated skew of a device clock that is still believed, in milliseconds (24 hours).
    /// A larger one is kept as it is and flagged as implausible; it is never clamped.
    SKEW_PLAUSIBLE_MS: i64 = 24 * 60 * 60 * 1000;
}
