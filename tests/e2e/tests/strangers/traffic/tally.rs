//! What a client told, and whether it is what must have been.

use std::collections::{BTreeMap, BTreeSet};

use waypost_protocol::FactId;

/// What a client is to do, each order for good.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Order {
    /// Write, read, and lose the connection.
    Write,
    /// Write nothing new, and have accepted what was written.
    Drain,
    /// Pull until nothing is left, and end.
    Level,
}

/// What a client tells.
pub enum Told {
    /// It got a CONNACK.
    Connected,
    /// It has written a message and sent it for the first time.
    Sent,
    /// The server has accepted a message of it, told once.
    Accepted(FactId),
    /// It got a message of the group, told once.
    Event(FactId),
    /// It has done what it was ordered to do.
    Done(Order),
    /// Something that must not be.
    Trouble(String),
}

pub struct Tally {
    pub name: &'static str,
    pub connections: usize,
    pub sent: usize,
    pub accepted: Vec<FactId>,
    pub events: Vec<FactId>,
    pub troubles: Vec<String>,
    pub done: Option<Order>,
}

impl Tally {
    pub fn new(name: &'static str) -> Self {
        Self {
            name,
            connections: 0,
            sent: 0,
            accepted: Vec::new(),
            events: Vec::new(),
            troubles: Vec::new(),
            done: None,
        }
    }

    pub fn takes(&mut self, told: Told) {
        match told {
            Told::Connected => self.connections += 1,
            Told::Sent => self.sent += 1,
            Told::Accepted(id) => self.accepted.push(id),
            Told::Event(id) => self.events.push(id),
            Told::Done(order) => self.done = Some(order),
            Told::Trouble(what) => self.troubles.push(what),
        }
    }

    pub fn reconnects(&self) -> usize {
        self.connections.saturating_sub(1)
    }

    /// Fails unless all that it sent was accepted once, is in the record once, and it has read the
    /// whole record once.
    pub fn holds(&self, record: &BTreeMap<FactId, usize>) {
        let name = self.name;
        assert_eq!(self.troubles, Vec::<String>::new(), "{name}");
        assert_eq!(self.accepted.len(), self.sent, "{name}: each message sent is accepted once");
        for id in &self.accepted {
            assert_eq!(record.get(id), Some(&1), "{name}: {id} is in the record once");
        }
        let read: BTreeSet<_> = self.events.iter().collect();
        assert_eq!(read.len(), self.events.len(), "{name} was given nothing twice");
        assert!(read.into_iter().eq(record.keys()), "{name} has read the whole record");
    }

    pub fn row(&self) -> String {
        let Self { name, connections, sent, accepted, events, troubles, .. } = self;
        format!(
            "{name:<10} {connections:>11} {:>10} {sent:>8} {:>8} {:>8} {:>6}",
            self.reconnects(),
            accepted.len(),
            events.len(),
            troubles.len()
        )
    }
}

pub fn rows<'a>(tallies: impl Iterator<Item = &'a Tally>) -> Vec<String> {
    tallies.map(|tally| format!("{} {:?}", tally.row(), tally.troubles.first())).collect()
}

/// All of them in one line, while it goes on.
pub fn line<'a>(tallies: impl Iterator<Item = &'a Tally>) -> String {
    let told = |it: &Tally| {
        let (accepted, troubles) = (it.accepted.len(), it.troubles.len());
        format!("{} {}/{accepted}/{} ({troubles})", it.name, it.connections, it.events.len())
    };
    let told: Vec<_> = tallies.map(told).collect();
    format!("connections/accepted/events (errors): {}", told.join(", "))
}

/// The table at the end.
#[allow(clippy::print_stdout)] // it is what the long run is for
pub fn print(tallies: &[Tally], recorded: usize) {
    println!("client     connections reconnects     sent accepted   events errors");
    for tally in tallies {
        println!("{}", tally.row());
    }
    println!("in the record: {recorded} messages");
}
