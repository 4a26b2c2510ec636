//! A server of a newer version on the same record: it writes facts of kinds that nobody here
//! knows. Older servers and devices must carry them along as they came.

use waypost_domain::audit::{LeafAudience, LeafFields, commitment, leaf_hash};
use waypost_domain::{Decision, Recorded};
use waypost_protocol::{Content, ConversationId, FactId};

use crate::story::Broken;
use crate::world::{World, tell};

/// A kind that this version does not know.
const NEWER_KIND: u16 = 900;

impl World {
    /// A fact of an unknown kind gets into the record.
    pub(crate) fn a_newer_server_writes(&mut self) -> Result<(), Broken> {
        let (Some(author), Some(partner)) =
            (self.dice.pick(&self.people), self.dice.pick(&self.people))
        else {
            return Ok(());
        };
        let conversation = match self.dice.chance(40) {
            true => self.dice.pick(&self.groups).map(ConversationId::Group),
            false => ConversationId::direct(author, partner),
        };
        let Some(conversation) = conversation else { return Ok(()) };
        tell!(self, "a newer server writes what nobody here understands");
        let mut head = self.servers.store.head.clone();
        let mut sequence = head.sequence();
        sequence.n += 1;
        let (recorded_at, salt) = (self.at(), self.dice.wide().to_be_bytes());
        let content = Content { kind: NEWER_KIND, bytes: vec![0x81, 7] };
        let id = FactId::mint(recorded_at, self.dice.wide());
        let leaf = LeafFields {
            sequence,
            id: *id.as_bytes(),
            kind: content.kind,
            author: [0; 16],
            enrolment: None,
            audience: LeafAudience::Named(conversation.to_string()),
            occurred_at: id.occurred_at(),
            offset_minutes: 0,
            skew_ms: None,
            recorded_at,
            commitment: commitment(&salt, &content),
        };
        let leaf = leaf.to_bytes();
        head.tree.append(leaf_hash(&leaf));
        let digest = content.digest();
        let fact = Recorded {
            sequence,
            id,
            author,
            enrolment: None,
            number: 0,
            conversation: Some(conversation),
            content,
            offset_minutes: 0,
            skew_ms: None,
            recorded_at,
            digest,
            salt,
            leaf,
            receipts_for: Vec::new(),
            expires_at: None,
            broadcast: None,
            deed: None,
        };
        let decision = Decision { facts: vec![fact], head, ..Decision::default() };
        self.servers.store.write(&decision);
        self.reference.committed(&decision, &self.devices)?;
        self.summary.newer += 1;
        for at in 0..self.servers.replicas.len() {
            self.must_follow(at);
        }
        Ok(())
    }
}
