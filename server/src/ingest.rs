//! The one way into the record: requests wait in a bounded queue, are committed in groups, and
//! are answered after their commit.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use waypost_domain::live::Told;
use waypost_domain::{Decision, Reply, Request};
use waypost_protocol::ProblemCode;
use waypost_storage::{Db, StorageError};

use crate::clock::Clock;
use crate::fanout::Fanout;
use crate::metrics::Metrics;

/// Most requests that wait for a commit. More are refused as `Overloaded`.
const QUEUE_MAX: usize = 4096;

/// Most requests in one commit.
const BATCH_MAX: usize = 256;

/// A database that fails sooner than this is worth a second try at once.
const QUICK_MAX: Duration = Duration::from_secs(1);

struct Job {
    request: Request,
    reply: oneshot::Sender<Reply>,
}

/// The entrance of the record.
#[derive(Clone)]
pub struct Ingest {
    queue: mpsc::Sender<Job>,
}

impl Ingest {
    /// Starts the committer. It ends, after everything in the queue, once `stop` is cancelled.
    pub fn start(
        db: Db,
        fanout: Arc<Fanout>,
        metrics: Arc<Metrics>,
        clock: Clock,
        stop: CancellationToken,
    ) -> (Self, JoinHandle<()>) {
        let (queue, jobs) = mpsc::channel(QUEUE_MAX);
        let committer = Committer { db, fanout, metrics, clock };
        (Self { queue }, tokio::spawn(committer.run(jobs, stop)))
    }

    /// Commits a request, with others, and returns its reply once it is durable.
    pub async fn ask(&self, request: Request) -> Reply {
        let (reply, answer) = oneshot::channel();
        match self.queue.try_send(Job { request, reply }) {
            Ok(()) => answer.await.unwrap_or(Reply::Refused(ProblemCode::Stopping)),
            Err(mpsc::error::TrySendError::Full(_)) => Reply::Refused(ProblemCode::Overloaded),
            Err(mpsc::error::TrySendError::Closed(_)) => Reply::Refused(ProblemCode::Stopping),
        }
    }

    /// How many requests wait.
    pub fn waiting(&self) -> usize {
        QUEUE_MAX - self.queue.capacity()
    }
}

struct Committer {
    db: Db,
    fanout: Arc<Fanout>,
    metrics: Arc<Metrics>,
    clock: Clock,
}

impl Committer {
    async fn run(self, mut jobs: mpsc::Receiver<Job>, stop: CancellationToken) {
        let mut batch = Vec::with_capacity(BATCH_MAX);
        loop {
            tokio::select! {
                biased;
                count = jobs.recv_many(&mut batch, BATCH_MAX) => {
                    if count == 0 {
                        return;
                    }
                }
                () = stop.cancelled() => {
                    jobs.close();
                    continue;
                }
            }
            self.commit(std::mem::take(&mut batch)).await;
        }
    }

    async fn commit(&self, jobs: Vec<Job>) {
        let (requests, replies): (Vec<_>, Vec<_>) =
            jobs.into_iter().map(|job| (job.request, job.reply)).unzip();
        let started = Instant::now();
        let error = match self.try_commit(&requests).await {
            Ok(decision) => return answer(decision.replies, replies),
            Err(error) => error,
        };
        // It may have been the connection alone: a fresh one tells.
        let outcome = match error.is_outage() && started.elapsed() < QUICK_MAX {
            true => self.try_commit(&requests).await,
            false => Err(error),
        };
        match outcome {
            Ok(decision) => answer(decision.replies, replies),
            Err(error) if error.is_outage() => self.put_off(&error, &requests, replies),
            Err(error) => {
                tracing::warn!(%error, requests = requests.len(), "a commit failed; trying one by one");
                self.commit_singly(requests, replies).await;
            }
        }
        // What the failed try may have committed was not told.
        self.fanout.must_follow();
    }

    /// After a failure nobody knows whether the batch was committed. Running each request again
    /// tells: what is in the record is recognised by its id. So one bad request sinks no other.
    async fn commit_singly(&self, requests: Vec<Request>, replies: Vec<oneshot::Sender<Reply>>) {
        for (request, reply) in requests.into_iter().zip(replies) {
            let request = [request];
            match self.try_commit(&request).await {
                Ok(decision) => answer(decision.replies, vec![reply]),
                Err(error) => self.put_off(&error, &request, vec![reply]),
            }
        }
    }

    /// Nobody knows whether these were committed; whoever asks again is told. While the database
    /// is away each try may take its time, so nobody waits for one of their own.
    fn put_off(
        &self,
        error: &StorageError,
        requests: &[Request],
        replies: Vec<oneshot::Sender<Reply>>,
    ) {
        tracing::error!(%error, requests = requests.len(), "not committed; devices ask again");
        self.metrics.commits_failed.inc_by(requests.len() as u64);
        answer(requests.iter().map(Request::not_now).collect(), replies);
    }

    async fn try_commit(&self, requests: &[Request]) -> Result<Decision, StorageError> {
        let started = Instant::now();
        let mut random = || (self.clock.random)();
        let mut decision = self.db.commit(requests, (self.clock.now)(), &mut random).await?;
        let facts = std::mem::take(&mut decision.facts);
        self.metrics.committed(facts.len(), requests.len(), started.elapsed());
        for fact in &facts {
            tracing::debug!(fact = %fact.id, n = fact.sequence.n, kind = fact.content.kind, "committed");
        }
        self.fanout.committed(facts.into_iter().map(Told::from));
        Ok(decision)
    }
}

fn answer(replies: Vec<Reply>, to: Vec<oneshot::Sender<Reply>>) {
    for (reply, to) in replies.into_iter().zip(to) {
        // Whoever no longer waits will ask again and be recognised.
        let _gone = to.send(reply);
    }
}
