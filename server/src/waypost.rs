//! The running server behind its doors: what MQTT, HTTPS and the command line all use.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use waypost_domain::uplink::{Asked, Page, answer_to, refused};
use waypost_domain::{Actor, Deed, DeedDone, Reply, Request};
use waypost_edge::{Edge, Identity};
use waypost_protocol::{Downlink, Events, FactId, ProblemCode, Pull, Uplink};
use waypost_storage::{Db, Proved, StorageError};

use crate::clock;
use crate::config::Config;
use crate::fanout::Fanout;
use crate::feed::Places;
use crate::files::Files;
use crate::http::{Limits, Scopes, TOKEN_BEGINS};
use crate::identity::{Fingerprint, hash_secret};
use crate::ingest::Ingest;
use crate::metrics::Metrics;

/// Where the MQTT door stands, once it is open.
pub type Door = std::sync::OnceLock<Arc<Edge>>;

/// So many facts that the index lacks a reader waits for.
const INDEX_WAITS_FOR_MAX: u64 = 2_000;

/// For so long a reader waits for the index.
const INDEX_WAIT_MAX: Duration = Duration::from_millis(500);

/// What all doors lead to.
#[derive(Clone)]
pub struct Waypost {
    /// How it was started.
    pub config: Arc<Config>,
    /// The record, for reading.
    pub db: Db,
    /// The record, for writing.
    pub ingest: Ingest,
    /// Who is online.
    pub fanout: Arc<Fanout>,
    /// The MQTT door.
    pub edge: Arc<Door>,
    /// Where HTTPS listens, once it does.
    pub https_addr: Arc<std::sync::OnceLock<std::net::SocketAddr>>,
    /// What is counted.
    pub metrics: Arc<Metrics>,
    /// What devices pin.
    pub ca: Arc<Fingerprint>,
    /// Up to where devices may forget their own copies.
    pub safe_up_to: Arc<AtomicU64>,
    /// How often each caller may ask over HTTP.
    pub limits: Arc<Limits>,
    /// Held by whoever works on the index.
    pub indexing: Arc<tokio::sync::Mutex<()>>,
    /// Files that are on their way, and that are here.
    pub files: Arc<Files>,
    /// The places of those who wait for events over HTTP.
    pub waiting: Arc<Places>,
}

impl Waypost {
    /// Answers one uplink frame of a proved device; not if nothing answers such a frame.
    pub async fn uplink(&self, who: Identity, frame: Uplink) -> Option<Downlink> {
        if let Uplink::Here(here) = &frame {
            self.fanout.is_at(who, here);
            return None;
        }
        Some(self.answer(who, frame).await)
    }

    async fn answer(&self, who: Identity, frame: Uplink) -> Downlink {
        let Asked { request, page } = Asked::by(actor_of(who), frame);
        if let Some(request) = request {
            if let Request::Submit { entries, .. } = &request {
                for entry in entries {
                    tracing::debug!(fact = %entry.id, enrolment = %who.enrolment, "submitted");
                }
            }
            if let Some(answer) = answer_to(self.ingest.ask(request).await) {
                return answer;
            }
        }
        let read = match page {
            Some(Page::Next(pull)) => self.next_page(who, &pull).await.map(Downlink::Events),
            Some(Page::Earlier(asked)) => {
                self.db.earlier(who.person, &asked).await.map(Downlink::Earlier)
            }
            None => return refused(ProblemCode::Internal),
        };
        match read {
            Ok(frame) => frame,
            Err(error) => {
                tracing::error!(%error, enrolment = %who.enrolment, "a page could not be read");
                refused(ProblemCode::Overloaded)
            }
        }
    }

    async fn next_page(&self, who: Identity, pull: &Pull) -> Result<Events, StorageError> {
        let safe_up_to = self.safe_up_to.load(Ordering::Relaxed);
        if let Some(events) = self.fanout.answer_from_memory(who.enrolment, pull, safe_up_to) {
            return Ok(events);
        }
        let events = self.db.pull(who.person, pull, clock::now(), safe_up_to).await?;
        self.fanout.answered(who.enrolment, &events);
        Ok(events)
    }

    /// Does an act of administration. The id makes a repeat harmless.
    pub async fn deed(
        &self,
        actor: Actor,
        id: FactId,
        deed: Deed,
    ) -> Result<DeedDone, ProblemCode> {
        match self.ingest.ask(Request::Deed { actor, id, deed }).await {
            Reply::Done(done) => Ok(done),
            Reply::Refused(code) => Err(code),
            Reply::Answers(_) | Reply::MarksKept => Err(ProblemCode::Internal),
        }
    }

    /// Takes what was just said into the index, for whoever is about to read from it. Says whether it is
    /// behind: what is more than a reader waits for, the chores take.
    pub async fn catch_up_index(&self) -> Result<bool, StorageError> {
        let lacks = self.db.index_lacks().await?;
        if lacks == 0 || lacks > INDEX_WAITS_FOR_MAX {
            return Ok(lacks > 0);
        }
        // In a task of its own: whoever asked may go away in the middle of a transaction.
        let (db, indexing) = (self.db.clone(), self.indexing.clone());
        let work = tokio::spawn(async move {
            let _alone = indexing.lock().await;
            while db.index_next().await? {}
            Ok(false)
        });
        match tokio::time::timeout(INDEX_WAIT_MAX, work).await {
            Ok(Ok(done)) => done,
            Ok(Err(_)) | Err(_) => Ok(true),
        }
    }

    /// Whom a credential belongs to.
    pub async fn prove(&self, credential: &str) -> Result<Option<Identity>, StorageError> {
        Ok(self.db.prove(hash_secret(credential)).await?.map(identity_of))
    }

    /// Whom a credential or a token belongs to, and for what alone a token may be used.
    pub async fn prove_for_http(
        &self,
        secret: &str,
    ) -> Result<Option<(Proof, Option<Scopes>)>, StorageError> {
        if !secret.starts_with(TOKEN_BEGINS) {
            let proved = self.prove(secret).await?;
            return Ok(proved.map(|who| (Proof { who, token: None }, None)));
        }
        let hash = hash_secret(secret);
        let Some((proved, scopes)) = self.db.prove_token(hash, clock::now()).await? else {
            return Ok(None);
        };
        let scopes = scopes.parse().map_err(StorageError::Damaged)?;
        Ok(Some((Proof { who: identity_of(proved), token: Some(hash) }, Some(scopes))))
    }

    /// Whether what was proved before still holds: the enrolment has not ended, nor the token.
    pub async fn still_holds(&self, proof: &Proof) -> Result<bool, StorageError> {
        match proof.token {
            Some(hash) => Ok(self.db.prove_token(hash, clock::now()).await?.is_some()),
            None => {
                let row = self.db.enrolment(proof.who.enrolment).await?;
                Ok(row.is_some_and(|row| row.revoked_at.is_none()))
            }
        }
    }

    /// Where others reach this path (it begins with `/`).
    pub fn url(&self, path: &str) -> String {
        format!("https://{}:{}{path}", self.config.name, self.https_port())
    }

    /// The port of HTTPS as devices reach it.
    pub fn https_port(&self) -> u16 {
        self.https_addr.get().map_or(self.config.https.port(), std::net::SocketAddr::port)
    }

    /// The port of MQTT as devices reach it.
    pub fn mqtt_port(&self) -> u16 {
        self.edge.get().map_or(self.config.mqtt.port(), |edge| edge.local_addr().port())
    }
}

/// Someone who has proved who they are over HTTP.
#[derive(Clone, Copy, Debug)]
pub struct Proof {
    /// Who.
    pub who: Identity,
    /// By which token, if by one, as its SHA-256.
    pub token: Option<[u8; 32]>,
}

fn identity_of(proved: Proved) -> Identity {
    let Proved { enrolment, person, role } = proved;
    Identity { enrolment, person, role }
}

/// Who a proved device acts for.
pub fn actor_of(who: Identity) -> Actor {
    Actor { person: who.person, enrolment: Some(who.enrolment), role: who.role }
}
