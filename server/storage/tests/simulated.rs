//! The simulation again, with a real database as its witness: what the model of the store decides
//! and reads, the record on SQLite and on PostgreSQL decides and reads as well, through crashes,
//! backups and restores.

use std::path::PathBuf;

use tempfile::TempDir;
use tokio::runtime::Runtime;
use waypost_protocol::PersonId;
use waypost_sim::{Asked, run_before};
use waypost_storage::{Db, StorageError};
use waypost_world::postgres::{self, Database};

/// How many seeds are played on SQLite and on PostgreSQL, which takes four times as long for each;
/// `WAYPOST_SIM_SEEDS` asks for more.
const SEEDS: (u64, u64) = (140, 60);

/// The first seed: from 500 on devices are lost as well.
const FIRST: u64 = 450;

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
    for seed in (FIRST..FIRST + seeds).filter(|seed| seed % 2 == half) {
        let mut real = Real::open(on);
        let witness = Box::new(move |asked: Asked<'_>| real.agrees(asked));
        if let Err(fault) = run_before(Some(witness), seed) {
            panic!("on {on:?}: {fault}");
        }
    }
}

#[derive(Clone, Copy, Debug)]
enum On {
    Sqlite,
    Postgres,
}

/// A real record and its last backup.
struct Real {
    runtime: Runtime,
    db: Db,
    kept: Kept,
}

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
        Self { runtime, db, kept }
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
                let mut drawn = random.iter().copied();
                // A value more than the model took makes a difference that is seen below.
                let mut random = || drawn.next().unwrap_or_default();
                let commit = self.db.commit(batch, now, &mut random);
                let real = self.runtime.block_on(commit).map_err(failed)?;
                same("decides", &real, decision)
            }
            Asked::Pulled { person, pull, now, safe_up_to, events } => {
                let pulled = self.db.pull(person, pull, now, safe_up_to);
                let real = self.runtime.block_on(pulled).map_err(failed)?;
                same("reads", &real, events)
            }
            Asked::BackedUp => self.backs_up().map_err(failed),
            Asked::Restored => self.restores().map_err(failed),
            Asked::Crashed => self.opens_again().map_err(failed),
        }
    }

    fn backs_up(&mut self) -> Result<(), StorageError> {
        match &mut self.kept {
            Kept::Files { folder } => {
                let file = folder.path().join("backup.db");
                // There is none before the first.
                let _ = std::fs::remove_file(&file);
                self.runtime.block_on(self.db.backup(&file)).map(|_| ())
            }
            Kept::Databases { record, backup } => {
                self.runtime.block_on(self.db.close());
                *backup = Some(self.runtime.block_on(record.copied()));
                self.opens_again()
            }
        }
    }

    fn restores(&mut self) -> Result<(), StorageError> {
        self.runtime.block_on(self.db.close());
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
        self.runtime.block_on(self.db.close());
        self.db = self.runtime.block_on(Db::open(&self.kept.url()))?;
        Ok(())
    }
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
