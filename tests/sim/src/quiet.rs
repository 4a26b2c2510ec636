//! When a healed world is quiet: everyone has what is theirs, and nothing waits.

use waypost_domain::audit::{Tree, leaf_hash};
use waypost_engine::reference::Fate;
use waypost_engine::{LinkState, Now};
use waypost_protocol::{Body, ConversationId, Move, PersonId, kind};

use crate::choices::are_kept;
use crate::device::Device;
use crate::reference::Reference;
use crate::reports::reports_are_kept;
use crate::store::Store;
use crate::story::{Broken, broken};

/// The first thing that is not as it must be in a quiet world; `Ok` if it is quiet.
pub(crate) fn is_quiet(
    devices: &[Device],
    server: &Store,
    reference: &Reference,
) -> Result<(), Broken> {
    for (id, (number, _)) in &reference.said {
        let device = &devices[*number];
        let decided = server.place_of.contains_key(id) || server.rejections.contains_key(id);
        // What a lost device kept cannot be sent any more; whoever finds it sees it.
        let kept = is_out(device, server, reference) && device.store.own.contains_key(id);
        if !decided && !kept {
            return broken("nothing is lost", format!("{id} of {} is", device.name));
        }
    }
    for device in devices.iter().filter(|device| !device.hostile) {
        if is_out(device, server, reference) {
            knows_that_it_is_out(device)?;
            continue;
        }
        outbox_is_empty(device, server)?;
        has_come_to_the_end(device, server, reference)?;
        if let Some(n) = reference.missing(device, reference.line().end()) {
            return broken("everyone has what is theirs", format!("{} lacks {n}", device.name));
        }
        if let Some(n) = reference.unopened(device) {
            let what = format!("{} lacks {n}", device.name);
            return broken("everyone has what was opened to them", what);
        }
        if has_all_devices(device.person, devices, server, reference) {
            agrees_on_reading(device, reference)?;
        }
    }
    are_kept(server)?;
    reports_are_kept(server)?;
    has_receipts(devices, server, reference)
}

/// After a restore a device may have every fact from before and not yet know that it has.
fn has_come_to_the_end(
    device: &Device,
    server: &Store,
    reference: &Reference,
) -> Result<(), Broken> {
    let cursor = device.store.cursor;
    let beyond = (cursor.n + 1..=server.end()).any(|n| reference.line().may_read(device, n));
    if cursor.epoch != server.head.epoch || beyond {
        return broken("everyone comes to the end", format!("{} is at {cursor}", device.name));
    }
    Ok(())
}

fn knows_that_it_is_out(device: &Device) -> Result<(), Broken> {
    match device.engine.link(Now::default()) {
        LinkState::Revoked => Ok(()),
        other => broken("a revoked device knows it", format!("{} is {other:?}", device.name)),
    }
}

/// What a person read on a lost device, the others may never hear.
fn has_all_devices(
    person: PersonId,
    devices: &[Device],
    server: &Store,
    reference: &Reference,
) -> bool {
    let mut theirs = devices.iter().filter(|device| device.person == person);
    theirs.all(|device| !is_out(device, server, reference))
}

/// Whether a device was revoked. One that heard of it stays out until it is started again, even if
/// the record was restored from before that.
fn is_out(device: &Device, server: &Store, reference: &Reference) -> bool {
    let heard =
        device.off_until.is_none() && device.engine.link(Now::default()) == LinkState::Revoked;
    !server.knows(device.enrolment) || heard && reference.was_ever_revoked(device.enrolment)
}

fn outbox_is_empty(device: &Device, server: &Store) -> Result<(), Broken> {
    let own = device.store.own.values();
    let waiting = own.filter(|(_, fate)| *fate == Fate::Waiting).count();
    if waiting > 0 || device.engine.waiting() > 0 {
        let what = format!("{waiting} facts wait on {}", device.name);
        return broken("outboxes run empty", what);
    }
    if !device.store.stored_marks.is_empty() || !device.store.read_marks.is_empty() {
        return broken("marks are confirmed", format!("{} still owes marks", device.name));
    }
    let wedged =
        device.store.own.iter().filter(|(_, (_, fate))| matches!(fate, Fate::Rejected { .. }));
    match wedged.map(|(id, _)| id).find(|id| !server.rejections.contains_key(id)) {
        Some(id) => broken("what is wedged was refused", format!("{id} of {}", device.name)),
        None => Ok(()),
    }
}

/// What a person has read on one device is read on their other devices too, up to the last
/// message of someone else.
fn agrees_on_reading(device: &Device, reference: &Reference) -> Result<(), Broken> {
    let line = reference.line();
    let read = reference.read.iter().filter(|((person, _), _)| *person == device.person);
    for ((person, conversation), up_to) in read {
        let last = (1..=*up_to).rev().find(|n| {
            line.is_message_for(*person, *n)
                && line.fact(*n).is_some_and(|fact| fact.conversation == Some(*conversation))
        });
        let here = device.store.read_up_to.get(conversation).copied().unwrap_or(0);
        if last.is_some_and(|last| here < last) {
            let what = format!("{} shows {conversation} as read up to {here}", device.name);
            return broken("a person's devices agree on what is read", what);
        }
    }
    Ok(())
}

fn has_receipts(devices: &[Device], server: &Store, reference: &Reference) -> Result<(), Broken> {
    let line = reference.line();
    let there = |device: &&Device| !device.hostile && !is_out(device, server, reference);
    for author in devices.iter().filter(there) {
        let moves = moves_at(author, reference);
        let readers = devices.iter().filter(there);
        for reader in readers.filter(|reader| reader.person != author.person) {
            let told_all = has_all_devices(reader.person, devices, server, reference);
            let reached = |conversation: Option<ConversationId>| {
                let theirs = moves.iter().filter(|step| {
                    step.person == reader.person && step.conversation == conversation
                });
                theirs.map(|step| step.up_to).max().unwrap_or(0)
            };
            for fact in line.record.iter().filter(|fact| fact.author == author.person) {
                let n = fact.sequence.n;
                if !line.is_message_for(reader.person, n) {
                    continue;
                }
                let key = fact.conversation.map(|it| (reader.person, it));
                let read = key.and_then(|key| reference.read.get(&key)).copied().unwrap_or(0);
                let what = || format!("{} lacks that of {} for {n}", author.name, reader.name);
                if reached(None) < n {
                    return broken("authors have all delivered receipts", what());
                }
                if told_all && read >= n && reached(fact.conversation) < n {
                    return broken("authors have all read receipts", what());
                }
            }
        }
    }
    Ok(())
}

/// The moves in a device's timeline, as far as the record has what they are about.
fn moves_at(device: &Device, reference: &Reference) -> Vec<Move> {
    let receipts = device.store.record.iter();
    let moves = receipts.filter(|(_, event)| event.content.kind == kind::RECEIPTS).filter_map(
        |(place, event)| match event.content.to_body() {
            Ok(Body::Receipts { moves }) => Some((place.epoch, moves)),
            _ => None,
        },
    );
    let left = |epoch, step: Move| Move { up_to: reference.left_of(epoch, step.up_to), ..step };
    moves.flat_map(|(epoch, moves)| moves.into_iter().map(move |step| left(epoch, step))).collect()
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
