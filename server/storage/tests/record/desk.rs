//! A record with people at work.

use waypost_domain::{Actor, Decision, Deed, Reply, Request};
use waypost_protocol::{
    Answer, Body, Content, ConversationId, DeviceId, EnrolmentId, Entry, Events, FactId,
    GroupSettings, PersonId, Pull, Role, Sequence,
};
use waypost_storage::Db;

/// When the stories begin.
pub const NOW: i64 = 1_800_000_000_000;

/// A record with Omar (dispatcher), Dana and Ayo (drivers), each with one device.
pub struct Desk {
    pub db: Db,
    pub url: String,
    random: u128,
    now: i64,
    pub omar: Actor,
    pub dana: Actor,
    pub ayo: Actor,
}

impl Desk {
    pub async fn open(url: &str) -> Self {
        let db = Db::open(url).await.expect("the database opens");
        let nobody = Actor::OPERATOR;
        let url = url.to_owned();
        let mut desk =
            Self { db, url, random: 1, now: NOW, omar: nobody, dana: nobody, ayo: nobody };
        desk.omar = desk.person("omar", Role::Dispatcher).await;
        desk.dana = desk.person("dana", Role::Driver).await;
        desk.ayo = desk.person("ayo", Role::Driver).await;
        desk
    }

    fn next(&mut self) -> u128 {
        self.random += 1;
        self.random.wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835)
    }

    pub fn id(&mut self) -> FactId {
        let random = self.next();
        FactId::mint(self.now, random)
    }

    pub async fn commit(&mut self, batch: &[Request]) -> Decision {
        self.now += 1;
        let mut random = self.next();
        let now = self.now;
        let mut draw = || {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            random
        };
        self.db.commit(batch, now, &mut draw).await.expect("the batch commits")
    }

    pub async fn deed(&mut self, deed: Deed) -> Reply {
        let id = self.id();
        let batch = [Request::Deed { actor: Actor::OPERATOR, id, deed }];
        self.commit(&batch).await.replies.remove(0)
    }

    pub async fn opens(&mut self, name: &str, members: Vec<PersonId>) -> Reply {
        let (moderators, settings) = (Vec::new(), GroupSettings::default());
        self.deed(Deed::CreateGroup { name: name.into(), members, moderators, settings }).await
    }

    /// Puts someone into the directory who has no device.
    pub async fn adds(&mut self, handle: &str, role: Role) {
        let deed = Deed::AddPerson {
            handle: handle.into(),
            name: handle.to_uppercase(),
            role,
            language: "en".into(),
        };
        assert!(matches!(self.deed(deed).await, Reply::Done(_)));
    }

    async fn person(&mut self, handle: &str, role: Role) -> Actor {
        self.adds(handle, role).await;
        let person = self.db.person_by_handle(handle).await.expect("read").expect("added").person;
        self.device_of(person, role).await
    }

    async fn device_of(&mut self, person: PersonId, role: Role) -> Actor {
        let token_hash = [(self.next() >> 64) as u8; 32];
        self.db.issue_token(token_hash, person, PersonId::SERVER, NOW * 2).await.expect("token");
        let enrolment = EnrolmentId::mint(self.now, self.next());
        let deed = Deed::Enrol {
            token_hash,
            enrolment,
            device: DeviceId::mint(self.now, self.random),
            device_name: "tablet".into(),
            credential_hash: credential_of(enrolment),
            public_key: [7; 32],
        };
        assert!(matches!(self.deed(deed).await, Reply::Done(_)));
        Actor { person, enrolment: Some(enrolment), role }
    }

    pub fn text(&mut self, from: Actor, to: Actor, number: u32, text: &str) -> Entry {
        Entry {
            id: self.id(),
            conversation: ConversationId::direct(from.person, to.person).expect("two people"),
            number,
            content: Body::text(text).to_content(),
            offset_minutes: 60,
            skew_ms: Some(-5),
            needs: None,
            gap: false,
        }
    }

    pub async fn submit(&mut self, actor: Actor, entries: Vec<Entry>) -> Vec<Answer> {
        let mut decision = self.commit(&[Request::Submit { actor, entries }]).await;
        match decision.replies.remove(0) {
            Reply::Answers(answers) => answers,
            other => panic!("the submit got {other:?}"),
        }
    }

    pub async fn pull(&self, actor: Actor, after: Sequence) -> Events {
        let pull = Pull { after, number: 9, limit: 256, ..Pull::default() };
        self.db.pull(actor.person, &pull, self.now, 0).await.expect("a page")
    }

    /// Commits a batch that the database refuses.
    pub async fn fails(&mut self, batch: &[Request]) {
        let mut draw = || 5;
        let failed = self.db.commit(batch, self.now, &mut draw).await;
        failed.expect_err("the database refuses it");
    }

    pub async fn size(&self) -> u64 {
        self.db.head().await.expect("head").tree.size()
    }
}

/// The hash of the credential of an enrolment.
pub fn credential_of(enrolment: EnrolmentId) -> [u8; 32] {
    Content { kind: 0, bytes: enrolment.as_bytes().to_vec() }.digest()
}
