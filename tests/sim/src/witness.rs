//! Someone who hears what the server's store is asked, and says whether they know otherwise.
//!
//! The store of a run is a model in memory. A witness that asks a real database the same questions
//! finds out where the model flatters us.

use waypost_domain::{Decision, Request, TokenState};
use waypost_protocol::{Earlier, Events, History, Millis, PersonId, Pull};

/// What the store was asked or told.
pub enum Asked<'a> {
    /// A link was issued.
    Issued {
        /// The hash of its token.
        hash: [u8; 32],
        /// What it is good for.
        token: TokenState,
    },
    /// A batch was decided and is committed.
    Committed {
        /// The requests, in order.
        batch: &'a [Request],
        /// The server's time.
        now: Millis,
        /// Every random value that the decision took, in order.
        random: &'a [u128],
        /// What was decided.
        decision: &'a Decision,
    },
    /// A page was read.
    Pulled {
        /// By whom.
        person: PersonId,
        /// What they asked for.
        pull: &'a Pull,
        /// The server's time.
        now: Millis,
        /// Up to here a backup covers the record.
        safe_up_to: u64,
        /// The page.
        events: &'a Events,
    },
    /// What was said before was read.
    Earlier {
        /// By whom.
        person: PersonId,
        /// What they asked for.
        asked: &'a History,
        /// The page.
        page: &'a Earlier,
    },
    /// What has expired is erased.
    Expired {
        /// The server's time.
        now: Millis,
        /// How many messages that were.
        count: u64,
    },
    /// A backup is made in place of the one before.
    BackedUp,
    /// The record is lost, and the backup takes its place.
    Restored,
    /// The server crashed and starts again.
    Crashed,
}

/// Hears what the store is asked; an error says what the witness knows otherwise.
pub type Witness = Box<dyn FnMut(Asked<'_>) -> Result<(), String>>;
