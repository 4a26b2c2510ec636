//! What must become of broadcasts, in the model: right after one, each of its recipients is told it in
//! their direct conversation with its author, once, in its words; and so it is with later words about it.

use std::collections::{BTreeMap, BTreeSet};

use waypost_domain::Recorded;
use waypost_protocol::{Body, ConversationId, FactId, Header, PersonId};

use crate::story::{Broken, broken};

/// The broadcasts of one epoch.
#[derive(Clone, Default)]
pub(crate) struct Broadcasts {
    /// What has been told to whom by each broadcast: the id of their message.
    told: BTreeMap<FactId, BTreeMap<PersonId, FactId>>,
    /// The kind of the words of each.
    kinds: BTreeMap<FactId, u16>,
    /// What still has to follow the fact before: for whom, and what it says to them.
    due: BTreeMap<PersonId, Body>,
    /// The author and the broadcast of what is due.
    from: Option<(PersonId, Option<FactId>)>,
}

impl Broadcasts {
    /// Whether a fact is one that is due; nothing else may come while something is.
    pub(crate) fn brings(&mut self, fact: &Recorded) -> Result<bool, Broken> {
        let Some((author, broadcast)) = self.from.filter(|_| !self.due.is_empty()) else {
            return match fact.broadcast {
                None => Ok(false),
                Some(_) => broken("a broadcast comes once", format!("{} again", fact.sequence)),
            };
        };
        let person = fact.conversation.and_then(|it| it.partner_of(author));
        let due = person.and_then(|person| self.due.remove(&person));
        let is_due = due.is_some_and(|due| Ok(due) == fact.content.to_body());
        if !is_due || fact.author != author || fact.broadcast != broadcast {
            let what = format!("{} is not for who is left: {:?}", fact.sequence, self.due.keys());
            return broken("a broadcast reaches each of its recipients", what);
        }
        if let (Some(broadcast), Some(person)) = (broadcast, person) {
            self.told.entry(broadcast).or_default().insert(person, fact.id);
        }
        Ok(true)
    }

    /// A fact has been recorded; what it says to many is due from here on.
    pub(crate) fn says(&mut self, fact: &Recorded, recipients: BTreeSet<PersonId>) {
        if !matches!(fact.conversation, Some(ConversationId::Broadcasts(_))) {
            return;
        }
        let told = |message: &FactId| self.told.get(message).into_iter().flatten();
        let (broadcast, due) = match fact.content.to_body() {
            Ok(Body::Broadcast { message, .. }) => {
                self.kinds.insert(fact.id, message.to_content().kind);
                let others = recipients.into_iter().filter(|person| *person != fact.author);
                let words = brought(*message, fact.id);
                (Some(fact.id), others.map(|person| (person, words.clone())).collect())
            }
            Ok(Body::Edit { message, text, mentions }) => {
                let edit = |message: &FactId| {
                    let (message, text) = (*message, text.clone());
                    Body::Edit { message, text, mentions: mentions.clone() }
                };
                (None, told(&message).map(|(person, theirs)| (*person, edit(theirs))).collect())
            }
            Ok(Body::Deletion { message, author }) => {
                let deletion = |message: &FactId| Body::Deletion { message: *message, author };
                (None, told(&message).map(|(person, theirs)| (*person, deletion(theirs))).collect())
            }
            _ => (None, BTreeMap::new()),
        };
        self.from = Some((fact.author, broadcast));
        self.due = due;
    }

    /// The kind of the words of a message.
    pub(crate) fn kind_of(&self, message: &Recorded) -> u16 {
        self.kinds.get(&message.id).copied().unwrap_or(message.content.kind)
    }

    /// Nothing is due when a commit ends.
    pub(crate) fn are_told(&self) -> Result<(), Broken> {
        match self.due.keys().next() {
            None => Ok(()),
            Some(person) => broken(
                "a broadcast reaches each of its recipients",
                format!("{person} was not told {:?}", self.from),
            ),
        }
    }
}

/// The words of a broadcast as its recipients are told them.
fn brought(mut words: Body, by: FactId) -> Body {
    if let Some((_, header)) = words.frame_mut() {
        *header = Header { broadcast: Some(by), ..std::mem::take(header) };
    }
    words
}
