//! When a healed world is quiet: everyone has what is theirs, and nothing waits.

use waypost_engine::reference::Fate;
use waypost_domain::audit::{Tree, leaf_hash};
use waypost_protocol::{Body, ConversationId, Move, PersonId, kind};

use crate::device::Device;
use crate::reference::{Readers, Reference};
use crate::store::Store;
use crate::story::{Broken, broken};

/// All that is not as it must be in a quiet world; `Ok` if it is quiet.
pub(crate) fn is_quiet(
    devices: &[Device],
    server: &Store,
    reference: &Reference,
) -> Result<(), Broken> {
    for (id, (number, _)) in &reference.said {
        if !server.place_of.contains_key(id) && !server.rejections.contains_key(id) {
            return broken("nothing is lost", format!("{id} of {} is", devices[*number].name));
        }
    }
    for device in devices {
        outbox_is_empty(device)?;
        has_all(device, server, reference)?;
        has_read_marks(device, server, reference)?;
    }
    has_receipts(devices, server, reference)
}

fn outbox_is_empty(device: &Device) -> Result<(), Broken> {
    let waiting = device.store.own.values().filter(|(_, fate)| *fate == Fate::Waiting).count();
    if waiting > 0 || device.engine.waiting() > 0 {
        let what = format!("{waiting} facts wait on {}", device.name);
        return broken("outboxes run empty", what);
    }
    if !device.store.stored_marks.is_empty() || !device.store.read_marks.is_empty() {
        return broken("marks are confirmed", format!("{} still owes marks", device.name));
    }
    Ok(())
}

fn has_all(device: &Device, server: &Store, reference: &Reference) -> Result<(), Broken> {
    let missing = (device.store.cursor.n + 1..=server.end())
        .find(|n| reference.may_read(device, *n));
    match missing {
        Some(n) => broken("everyone has what is theirs", format!("{} lacks {n}", device.name)),
        None => Ok(()),
    }
}

/// What one device's person has read is read on their other devices too, where the record knows.
fn has_read_marks(
    device: &Device,
    server: &Store,
    reference: &Reference,
) -> Result<(), Broken> {
    let read = reference.read.iter().filter(|((person, _), _)| *person == device.person);
    for ((person, conversation), up_to) in read {
        let last = (1..=*up_to).rev().find(|n| {
            is_message_for(*person, *n, server, reference)
                && server.record[*n as usize - 1].conversation == Some(*conversation)
        });
        let here = device.store.read_up_to.get(conversation).copied().unwrap_or(0);
        if last.is_some_and(|last| here < last) {
            let what = format!("{} shows {conversation} as read up to {here}", device.name);
            return broken("a person's devices agree on what is read", what);
        }
    }
    Ok(())
}

/// Whether number `n` is a message of someone else that this person may read.
fn is_message_for(person: PersonId, n: u64, server: &Store, reference: &Reference) -> bool {
    let fact = &server.record[n as usize - 1];
    let theirs = matches!(&reference.readers[n as usize - 1],
        Readers::People(people) if people.contains(&person));
    theirs && fact.author != person && matches!(fact.content.kind, kind::TEXT | kind::TEMPLATE)
}

fn has_receipts(
    devices: &[Device],
    server: &Store,
    reference: &Reference,
) -> Result<(), Broken> {
    for author in devices {
        let moves = moves_at(author);
        for reader in devices.iter().filter(|reader| reader.person != author.person) {
            let reached = |conversation: Option<ConversationId>| {
                let theirs = moves.iter().filter(|step| {
                    step.person == reader.person && step.conversation == conversation
                });
                theirs.map(|step| step.up_to).max().unwrap_or(0)
            };
            for fact in server.record.iter().filter(|fact| fact.author == author.person) {
                let n = fact.sequence.n;
                if !is_message_for(reader.person, n, server, reference) {
                    continue;
                }
                let key = fact.conversation.map(|it| (reader.person, it));
                let read = key.and_then(|key| reference.read.get(&key)).copied().unwrap_or(0);
                let lacks_read = read >= n && reached(fact.conversation) < n;
                if reached(None) < n || lacks_read {
                    let what = format!("{} lacks that of {} for {n}", author.name, reader.name);
                    return broken("authors have all receipts", what);
                }
            }
        }
    }
    Ok(())
}

/// The moves in a device's timeline.
fn moves_at(device: &Device) -> Vec<Move> {
    let receipts = device.store.record.values().filter(|it| it.content.kind == kind::RECEIPTS);
    let moves = receipts.filter_map(|event| match event.content.to_body() {
        Ok(Body::Receipts { moves }) => Some(moves),
        _ => None,
    });
    moves.flatten().collect()
}

/// Recomputes the audit tree from the leaves in the record.
pub(crate) fn audit_holds(server: &Store) -> Result<(), Broken> {
    let mut tree = Tree::default();
    server.record.iter().for_each(|fact| tree.append(leaf_hash(&fact.leaf)));
    if tree != server.head.tree {
        let what = format!("the root over {} leaves differs from the head's", server.end());
        return broken("the audit tree is that of the record", what);
    }
    Ok(())
}
