//! The table on the terminal: each message with the time of each step. It is filled from what
//! authors see on their screens, so it shows nothing that a person could not know.
#![allow(clippy::print_stdout)] // the terminal is what it is for

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::IsTerminal as _;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::interval;
use waypost_client::View;
use waypost_client::view::MessageView;
use waypost_protocol::{Body, FactId, Millis, ReceiptState};

/// How many messages are shown, and how many are kept for that.
const ROWS: usize = 24;
const KEPT: usize = 500;

/// Every message that an author has had on the screen.
pub(super) struct Table {
    rows: Mutex<BTreeMap<FactId, Arc<MessageView>>>,
    hint: Option<String>,
}

impl Table {
    /// An empty table, under this hint.
    pub(super) fn new(hint: Option<String>) -> Self {
        Self { rows: Mutex::default(), hint }
    }

    /// Notes what one author sees, for as long as there is something to see.
    pub(super) async fn follow(
        self: Arc<Self>,
        mut views: watch::Receiver<Arc<View>>,
    ) -> anyhow::Result<()> {
        loop {
            let view = views.borrow_and_update().clone();
            self.note(&view);
            if views.changed().await.is_err() {
                return Ok(());
            }
        }
    }

    /// Draws once a second on a terminal; elsewhere prints each message when it is acknowledged.
    pub(super) async fn show(self: Arc<Self>) -> anyhow::Result<()> {
        let is_terminal = std::io::stdout().is_terminal();
        let mut told = std::collections::BTreeSet::new();
        let mut second = interval(Duration::from_secs(1));
        if !is_terminal {
            println!("{}{HEAD}", self.hint.as_deref().unwrap_or_default());
        }
        loop {
            second.tick().await;
            let rows = self.snapshot();
            if is_terminal {
                print!("\x1b[H\x1b[2J{}", self.drawn(&rows));
                continue;
            }
            for row in rows.iter().filter(|row| row.state == ReceiptState::Acknowledged) {
                if told.insert(row.id) {
                    println!("{}", line(row));
                }
            }
        }
    }

    /// What it came to.
    pub(super) fn last_words(&self, folder: &Path) {
        let rows = self.snapshot();
        let agreed = rows.iter().filter(|row| row.state == ReceiptState::Acknowledged).count();
        println!(
            "\nEverything is stopped. {agreed} of the last {} messages were acknowledged.",
            rows.len()
        );
        println!("The record and the devices are in {}.", folder.display());
    }

    fn note(&self, view: &View) {
        let mut rows = self.rows.lock().unwrap_or_else(PoisonError::into_inner);
        for message in view.timeline.iter().flat_map(|it| &it.messages).filter(|it| it.mine) {
            rows.insert(message.id, Arc::clone(message));
        }
        while rows.len() > KEPT {
            rows.pop_first();
        }
    }

    fn snapshot(&self) -> Vec<Arc<MessageView>> {
        let rows = self.rows.lock().unwrap_or_else(PoisonError::into_inner);
        rows.values().cloned().collect()
    }

    fn drawn(&self, rows: &[Arc<MessageView>]) -> String {
        let mut text = self.hint.clone().unwrap_or_default();
        text.push_str(HEAD);
        for row in &rows[rows.len().saturating_sub(ROWS)..] {
            // Writing into a string does not fail.
            let _ = write!(text, "\n{}", line(row));
        }
        text.push_str("\n\nCtrl+C ends everything.\n");
        text
    }
}

const HEAD: &str = "from   to     message           queued        accepted      delivered     read          acknowledged";

fn line(row: &MessageView) -> String {
    let receipt = row.receipts.first();
    let to = receipt.map_or("", |it| it.name.as_str());
    let time = |at: Option<Millis>| clock(at, row.offset_minutes);
    format!(
        "{:<6} {to:<6} {:<17} {}  {}  {}  {}  {}",
        row.author_name,
        what(&row.body),
        time(Some(row.occurred_at)),
        time(row.recorded_at),
        time(receipt.and_then(|it| it.delivered_at)),
        time(receipt.and_then(|it| it.read_at)),
        time(receipt.and_then(|it| it.acknowledged_at)),
    )
}

fn what(body: &Body) -> String {
    let words = match body {
        Body::Broadcast { message, .. } => return what(message),
        Body::Template { template, .. } => template,
        Body::Text { text, .. } | Body::Edit { text, .. } => text,
        Body::File { file, .. } => &file.name,
        Body::Location { place, .. } => place.name.as_deref().unwrap_or("a place"),
        Body::Contact { contact, .. } => &contact.name,
        Body::Incident { text, .. } | Body::Resolved { text } => text,
        Body::StopMoved { moved, .. } => moved.to.name(),
        Body::ConsigneeSaid { said, .. } => &said.template,
        Body::TripPlanned { .. }
        | Body::StopPlanned { .. }
        | Body::PlansAnswered { .. }
        | Body::StopSettled { .. }
        | Body::TripHandedOver { .. }
        | Body::StopHandedOver { .. }
        | Body::Acknowledgement { .. }
        | Body::Deletion { .. }
        | Body::Assigned { .. }
        | Body::Reopened {}
        | Body::Notify { .. }
        | Body::QuietHours { .. }
        | Body::Blocked { .. }
        | Body::Unblocked { .. }
        | Body::ExpirySet { .. }
        | Body::Reported { .. }
        | Body::Flagged { .. }
        | Body::Judged { .. }
        | Body::FlagRulesSet { .. }
        | Body::Erased { .. }
        | Body::Receipts { .. }
        | Body::EscalationStopped { .. }
        | Body::Escalation { .. }
        | Body::ChainSet { .. }
        | Body::CoverageSet { .. }
        | Body::ShiftPlanned { .. }
        | Body::ShiftCancelled { .. }
        | Body::TemplatePublished { .. }
        | Body::PersonAdded { .. }
        | Body::GroupCreated { .. }
        | Body::GroupChanged { .. }
        | Body::ModeratorNamed { .. }
        | Body::ModeratorEnded { .. }
        | Body::MemberJoined { .. }
        | Body::MemberLeft { .. }
        | Body::Enrolled { .. }
        | Body::Revoked { .. }
        | Body::EpochBegan { .. }
        | Body::Unknown { .. } => "",
    };
    words.chars().take(17).collect()
}

/// The time of the day where the author is, with milliseconds.
fn clock(at: Option<Millis>, offset_minutes: i16) -> String {
    let Some(at) = at else { return " ".repeat(12) };
    let day = (at + i64::from(offset_minutes) * 60_000).rem_euclid(86_400_000);
    let (seconds, millis) = (day / 1000, day % 1000);
    format!("{:02}:{:02}:{:02}.{millis:03}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}
