//! A record before its server starts: people, enrolments and a history, written through the
//! storage crate's own commit, as the server would, in large batches.

use sha2::{Digest as _, Sha256};
use waypost_domain::{Actor, Clockwork, Decision, Deed, Known, Reply, Request, decide};
use waypost_protocol::{
    Body, ConversationId, DeviceId, EnrolmentId, Entry, FactId, GroupSettings, Millis, PersonId,
    Role, Sequence, StoredMark,
};
use waypost_storage::Db;

use crate::devices::unix_ms;

/// Requests of one commit, as in the server.
const BATCH: usize = 256;
/// Messages of one `Submit` of the history.
const ENTRIES: u32 = 20;
/// What everyone writes.
pub const TEXT: &str = "Running 15 minutes late";
/// Until when a token can be used.
const TOKEN_MS: Millis = 3_600_000;

/// A record that no server has open.
pub struct Seed {
    db: Db,
}

/// Someone with an enrolment.
#[derive(Clone, Debug)]
pub struct Enrolled {
    /// Their number.
    pub person: PersonId,
    /// What they may do.
    pub role: Role,
    /// Their enrolment.
    pub enrolment: EnrolmentId,
    /// Its secret.
    pub credential: String,
}

impl Enrolled {
    fn actor(&self) -> Actor {
        Actor { person: self.person, enrolment: Some(self.enrolment), role: self.role }
    }
}

impl Seed {
    /// Opens the record at this address, or makes it.
    ///
    /// # Errors
    /// If the database cannot be used.
    pub async fn open(url: &str) -> anyhow::Result<Self> {
        Ok(Self { db: Db::open(url).await? })
    }

    /// Closes it, so that a server can have it, and says where the record ends.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn close(self) -> anyhow::Result<Sequence> {
        let end = self.end().await?;
        self.db.close().await;
        Ok(end)
    }

    /// Where the record ends.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn end(&self) -> anyhow::Result<Sequence> {
        Ok(self.db.head().await?.sequence())
    }

    /// Puts so many people into the directory.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn hire(
        &self,
        name: &str,
        role: Role,
        count: usize,
    ) -> anyhow::Result<Vec<PersonId>> {
        let first = self.db.head().await?.last_person + 1;
        let deeds = (0..count).map(|n| Deed::AddPerson {
            handle: format!("{name}{n}"),
            name: format!("{name}{n}"),
            role,
            language: "en".into(),
        });
        self.deeds(deeds.collect()).await?;
        Ok((first..).take(count).map(PersonId).collect())
    }

    /// Enrols a device for each of these people.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn enrol(&self, people: &[PersonId], role: Role) -> anyhow::Result<Vec<Enrolled>> {
        let (mut deeds, mut enrolled) = (Vec::new(), Vec::new());
        for person in people {
            let (token, credential) = (secret(), secret());
            let (token_hash, now) = (hash(&token), unix_ms());
            self.db.issue_token(token_hash, *person, PersonId::SERVER, now + TOKEN_MS).await?;
            let enrolment = EnrolmentId::mint(now, rand::random());
            deeds.push(Deed::Enrol {
                token_hash,
                enrolment,
                device: DeviceId::mint(now, rand::random()),
                device_name: "load".into(),
                credential_hash: hash(&credential),
                public_key: [0; 32],
            });
            enrolled.push(Enrolled { person: *person, role, enrolment, credential });
        }
        self.deeds(deeds).await?;
        Ok(enrolled)
    }

    /// Opens a group of these people.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn group(&self, members: &[PersonId]) -> anyhow::Result<ConversationId> {
        let (first, others) = members.split_at(members.len().min(100));
        let create = Deed::CreateGroup {
            name: "Everyone".into(),
            members: first.to_vec(),
            moderators: Vec::new(),
            settings: GroupSettings::default(),
        };
        self.deeds(vec![create]).await?;
        let group = self.db.head().await?.last_group;
        let joins = others.iter().map(|person| Deed::Join { group, person: *person });
        self.deeds(joins.collect()).await?;
        Ok(ConversationId::Group(group))
    }

    /// Lets each pair write, and the second of each have it delivered, until the record holds so
    /// many facts. They do it on enrolments that are not used again.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn talk(self, pairs: Vec<(Enrolled, Enrolled)>, facts: u64) -> anyhow::Result<Self> {
        self.talk_of(pairs, facts, || TEXT.to_owned()).await
    }

    /// The same, with these words.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn talk_of(
        self,
        pairs: Vec<(Enrolled, Enrolled)>,
        facts: u64,
        words: fn() -> String,
    ) -> anyhow::Result<Self> {
        let mut talk = Talk { words, ..Talk::new(self, pairs) };
        while talk.seed.end().await?.n < facts {
            let batch = talk.next_batch().await?;
            talk.commit(decide, &batch).await?;
        }
        Ok(talk.seed)
    }

    /// Takes all facts into the index, as the server would in a quiet hour.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn index(&self) -> anyhow::Result<()> {
        while self.db.index_next().await? {}
        Ok(())
    }

    async fn deeds(&self, deeds: Vec<Deed>) -> anyhow::Result<()> {
        for batch in deeds.chunks(BATCH) {
            let id = || FactId::mint(unix_ms(), rand::random());
            let request = |deed: &Deed| Request::Deed {
                actor: Actor::OPERATOR,
                id: id(),
                deed: deed.clone(),
            };
            self.commit(&batch.iter().map(request).collect::<Vec<_>>()).await?;
        }
        Ok(())
    }

    async fn commit(&self, batch: &[Request]) -> anyhow::Result<()> {
        checked(self.db.commit(batch, unix_ms(), &mut rand::random).await?).map(|_| ())
    }
}

/// Pairs that write into a record without a server.
pub struct Talk {
    seed: Seed,
    pairs: Vec<(Enrolled, Enrolled)>,
    /// The last number of each lane.
    number: u32,
    words: fn() -> String,
}

impl Talk {
    /// They have not written yet.
    pub fn new(seed: Seed, pairs: Vec<(Enrolled, Enrolled)>) -> Self {
        Self { seed, pairs, number: 0, words: || TEXT.to_owned() }
    }

    /// Some messages of each pair, and the receipts for those before.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn next_batch(&mut self) -> anyhow::Result<Vec<Request>> {
        let (end, now) = (self.seed.end().await?, unix_ms());
        let said = self.pairs.iter().map(|(writer, reader)| Request::Submit {
            actor: writer.actor(),
            entries: self.entries(writer.person, reader.person, now),
        });
        let heard = self.pairs.iter().map(|(_, reader)| Request::Marks {
            actor: reader.actor(),
            epoch: end.epoch,
            stored: vec![StoredMark { up_to: end.n, at: now }],
            read: Vec::new(),
        });
        let batch = said.chain(heard).collect();
        self.number += ENTRIES;
        Ok(batch)
    }

    /// Commits a batch by this decision.
    ///
    /// # Errors
    /// If the database fails, or something is refused.
    pub async fn commit(
        &self,
        decide: impl FnOnce(&mut Known, &[Request], Clockwork<'_>) -> Decision + Send,
        batch: &[Request],
    ) -> anyhow::Result<Decision> {
        let random = &mut rand::random;
        checked(self.seed.db.commit_by(decide, batch, unix_ms(), random).await?)
    }
}

impl Talk {
    fn entries(&self, writer: PersonId, reader: PersonId, now: Millis) -> Vec<Entry> {
        let Some(conversation) = ConversationId::direct(writer, reader) else { return Vec::new() };
        let entry = |number| Entry {
            id: FactId::mint(now, rand::random()),
            conversation,
            number,
            content: Body::text((self.words)()).to_content(),
            offset_minutes: 0,
            skew_ms: None,
            needs: None,
            gap: false,
        };
        (self.number + 1..=self.number + ENTRIES).map(entry).collect()
    }
}

fn checked(decision: Decision) -> anyhow::Result<Decision> {
    let refused = decision.replies.iter().find(|reply| matches!(reply, Reply::Refused(_)));
    anyhow::ensure!(refused.is_none(), "the record refuses: {refused:?}");
    anyhow::ensure!(decision.rejections.is_empty(), "{:?}", decision.rejections);
    Ok(decision)
}

fn secret() -> String {
    hex(&rand::random::<[u8; 32]>())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn hash(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}
