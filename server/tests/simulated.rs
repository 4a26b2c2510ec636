//! The simulation again, with the real committer on a real database as its witness: what the model
//! of the store decides and reads, the record on SQLite and on PostgreSQL decides, tells and reads
//! as well, through crashes, backups and restores.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use tempfile::TempDir;
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use waypost_domain::live::Told;
use waypost_domain::{Decision, Recorded, Request};
use waypost_protocol::{Millis, PersonId, kind};
use waypost_server::{Clock, Fanout, Ingest, Metrics};
use waypost_sim::{Asked, run_before};
use waypost_storage::{Db, StorageError};
use waypost_world::postgres::{self, Database};

/// How many seeds are played on SQLite and on PostgreSQL, which takes four times as long for each;
/// `WAYPOST_SIM_SEEDS` asks for more.
const SEEDS: (u64, u64) = (140, 60);

mod two_hundred_seeds_hold {
    //! In two parts for each database, so that they run beside each other.

    use super::{On, half_holds};

    #[test]
    fn on_sqlite() {
        half_holds(On::Sqlite, 0);
    }

    #[test]
    fn on_sqlite_too() {
        half_holds(On::Sqlite, 1);
    }

    #[test]
    fn on_postgres() {
        half_holds(On::Postgres, 0);
    }

    #[test]
    fn on_postgres_too() {
        half_holds(On::Postgres, 1);
    }
}

fn half_holds(on: On, half: u64) {
    let asked = std::env::var("WAYPOST_SIM_SEEDS").ok();
    let asked = asked.map(|seeds| seeds.parse().expect("WAYPOST_SIM_SEEDS is a number"));
    let usual = match on {
        On::Sqlite => SEEDS.0,
        On::Postgres => SEEDS.1,
    };
    let seeds = asked.unwrap_or(usual);
    for seed in (0..seeds).filter(|seed| seed % 2 == half) {
        let mut real = Real::open(on);
        let witness = Box::new(move |asked: Asked<'_>| real.agrees(asked));
        if let Err(fault) = run_before(witness, seed) {
            panic!("on {on:?}: {fault}");
        }
    }
}

#[derive(Clone, Copy, Debug)]
enum On {
    Sqlite,
    Postgres,
}

/// A real record with its committer, and its last backup.
struct Real {
    runtime: Runtime,
    db: Db,
    committing: Committing,
    lent: Lent,
    kept: Kept,
}

/// The server's committer, and who it tells.
struct Committing {
    ingest: Ingest,
    fanout: Arc<Fanout>,
    stop: CancellationToken,
    committer: JoinHandle<()>,
}

/// The time and the random values of the model, for the next commit.
type Lent = Arc<Mutex<(Millis, VecDeque<u128>)>>;

/// Where the record lies, and its backup.
enum Kept {
    Files { folder: TempDir },
    Databases { record: Database, backup: Option<Database> },
}

impl Real {
    fn open(on: On) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.expect("a runtime");
        let kept = match on {
            On::Sqlite => Kept::Files { folder: tempfile::tempdir().expect("a folder") },
            On::Postgres => {
                let record = runtime.block_on(postgres::database());
                Kept::Databases { record, backup: None }
            }
        };
        let db = runtime.block_on(Db::open(&kept.url())).expect("the record opens");
        let lent = Lent::default();
        let committing = runtime.block_on(commits(&db, &lent)).expect("the committer starts");
        Self { runtime, db, committing, lent, kept }
    }

    /// Asks the database what the model was asked.
    fn agrees(&mut self, asked: Asked<'_>) -> Result<(), String> {
        let failed = |error: StorageError| format!("the database fails: {error}");
        match asked {
            Asked::Issued { hash, token } => {
                let issue =
                    self.db.issue_token(hash, token.person, PersonId::SERVER, token.expires_at);
                self.runtime.block_on(issue).map_err(failed)
            }
            Asked::Committed { batch, now, random, decision } => {
                *self.lent.lock().unwrap_or_else(PoisonError::into_inner) =
                    (now, random.iter().copied().collect());
                self.commits_the_same(batch, decision)
            }
            Asked::Pulled { person, pull, now, safe_up_to, events } => {
                let pulled = self.db.pull(person, pull, now, safe_up_to);
                let real = self.runtime.block_on(pulled).map_err(failed)?;
                same("reads", &real, events)
            }
            Asked::Earlier { person, asked, page } => {
                let read = self.db.earlier(person, asked);
                let real = self.runtime.block_on(read).map_err(failed)?;
                same("reads of before", &real, page)
            }
            Asked::Expired { now, count } => {
                let erased = self.runtime.block_on(self.db.erase_expired(now)).map_err(failed)?;
                same("erases", &erased, &count)
            }
            Asked::BackedUp => self.backs_up().map_err(failed),
            Asked::Restored => self.restores().map_err(failed),
            Asked::Crashed => self.opens_again().map_err(failed),
        }
    }

    /// Asks the committer for all of a batch at once, and looks at what it made of it.
    fn commits_the_same(&mut self, batch: &[Request], decision: &Decision) -> Result<(), String> {
        let failed = |error: StorageError| format!("the database fails: {error}");
        let before = self.committing.fanout.position().n;
        let ingest = &self.committing.ingest;
        let asked = batch.iter().map(|request| ingest.ask(request.clone()));
        let replies = self.runtime.block_on(futures_util::future::join_all(asked));
        same("answers", &replies, &decision.replies)?;
        let position = self.committing.fanout.position();
        same("tells up to", &position, &decision.head.sequence())?;
        let head = self.runtime.block_on(self.db.head()).map_err(failed)?;
        let told = self.runtime.block_on(self.db.told(before, head.tree.size())).map_err(failed)?;
        // Lane numbers are in no table, and an edit that comes after its message has expired is gone.
        let as_kept = |(fact, real): (&Recorded, &Told)| {
            let mut told = Told { from: None, ..Told::from(fact.clone()) };
            let is_gone = real.event.content.is_erased() && real.event.content.kind == kind::EDIT;
            if is_gone {
                told.event.content = real.event.content.clone();
            }
            told
        };
        let kept: Vec<_> = decision.facts.iter().zip(&told).map(as_kept).collect();
        same("tells", &told, &kept)?;
        let leaves =
            self.runtime.block_on(self.db.leaves(before, usize::MAX >> 2)).map_err(failed)?;
        let leaves: Vec<_> = leaves.into_iter().map(|leaf| leaf.leaf).collect();
        same("hashes", &leaves, &decision.facts.iter().map(|fact| fact.leaf.clone()).collect())?;
        same("ends at", &head, &decision.head)
    }

    fn backs_up(&mut self) -> Result<(), StorageError> {
        if let Kept::Files { folder } = &self.kept {
            let file = folder.path().join("backup.db");
            // There is none before the first.
            let _ = std::fs::remove_file(&file);
            return self.runtime.block_on(self.db.backup(&file)).map(|_| ());
        }
        self.closes();
        match &mut self.kept {
            Kept::Files { .. } => Ok(()),
            Kept::Databases { record, backup } => {
                *backup = Some(self.runtime.block_on(record.copied()));
                self.opens_again()
            }
        }
    }

    fn restores(&mut self) -> Result<(), StorageError> {
        self.closes();
        match &mut self.kept {
            Kept::Files { folder } => {
                let file = |name: &str| folder.path().join(name);
                for beside in ["record.db-wal", "record.db-shm"] {
                    // A closed database has folded them in.
                    let _ = std::fs::remove_file(file(beside));
                }
                std::fs::copy(file("backup.db"), file("record.db")).expect("the backup is there");
            }
            Kept::Databases { record, backup } => {
                let backup = backup.as_ref().expect("the backup is there");
                *record = self.runtime.block_on(backup.copied());
            }
        }
        self.opens_again()
    }

    fn opens_again(&mut self) -> Result<(), StorageError> {
        self.closes();
        self.db = self.runtime.block_on(Db::open(&self.kept.url()))?;
        self.committing = self.runtime.block_on(commits(&self.db, &self.lent))?;
        Ok(())
    }

    fn closes(&mut self) {
        self.committing.stop.cancel();
        let committer = &mut self.committing.committer;
        if !committer.is_finished() {
            self.runtime.block_on(committer).expect("the committer ends in good order");
        }
        self.runtime.block_on(self.db.close());
    }
}

/// Starts the committer of the product with the time and the random values of the model.
async fn commits(db: &Db, lent: &Lent) -> Result<Committing, StorageError> {
    let position = db.head().await?.sequence();
    let fanout = Arc::new(Fanout::new(position, db.all_members().await?, Vec::new()));
    let (times, values) = (Arc::clone(lent), Arc::clone(lent));
    let lock = |lent: &Lent| lent.lock().unwrap_or_else(PoisonError::into_inner).0;
    let clock = Clock {
        now: Box::new(move || lock(&times)),
        random: Box::new(move || {
            let mut lent = values.lock().unwrap_or_else(PoisonError::into_inner);
            // A value more than the model took makes a difference that is seen.
            lent.1.pop_front().unwrap_or_default()
        }),
    };
    let stop = CancellationToken::new();
    let (db, metrics) = (db.clone(), Arc::new(Metrics::default()));
    let (ingest, committer) = Ingest::start(db, Arc::clone(&fanout), metrics, clock, stop.clone());
    Ok(Committing { ingest, fanout, stop, committer })
}

impl Kept {
    fn url(&self) -> String {
        match self {
            Self::Files { folder } => {
                let file: PathBuf = folder.path().join("record.db");
                format!("sqlite:{}", file.display())
            }
            Self::Databases { record, .. } => record.url(),
        }
    }
}

fn same<T: PartialEq + std::fmt::Debug>(does: &str, real: &T, model: &T) -> Result<(), String> {
    if real == model {
        return Ok(());
    }
    Err(format!("the database {does}\n{real:#?}\nand the model of it\n{model:#?}"))
}
