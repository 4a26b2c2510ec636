//! What the audit record costs the one committer: the same batches are committed with it and
//! without, in turn, on two records of the same size.
//!
//! "Without" has no leaf and no salt in the rows, and the time for hashing, measured alone over
//! the very facts of the batch, is taken off. So it is the share of the committer, which bounds
//! the share of the whole from above.

use std::path::Path;
use std::time::{Duration, Instant};

use waypost_domain::audit::{LeafAudience, LeafFields, Tree, commitment, leaf_hash};
use waypost_domain::{Clockwork, Decision, Known, Recorded, Request, decide};
use waypost_protocol::Role;

use crate::devices::unix_ms;
use crate::figure::{Figure, Figures, What};
use crate::seed::Talk;
use crate::settings::Settings;
use crate::station::{Database, Station};

/// Batches that are committed each way.
const ROUNDS: u32 = 400;
/// The first of them warm up.
const WARM: u32 = 50;

/// Measures the share in percent.
///
/// # Errors
/// If the database fails.
pub async fn measure(
    folder: &Path,
    on: Database,
    settings: Settings,
) -> anyhow::Result<Vec<Figure>> {
    let mut figures = Figures::of(on.words());
    let mut with = Side::open(&folder.join("with"), on, settings).await?;
    let mut without = Side::open(&folder.join("without"), on, settings).await?;
    let mut hashing = Duration::ZERO;
    for round in 0..ROUNDS {
        if round == WARM {
            (with.took, without.took, hashing) = Default::default();
        }
        let facts = with.commit(decide).await?;
        hashing += hash_again(&facts);
        without.commit(without_leaves).await?;
    }
    let [with, without, hashing] = [with.took, without.took, hashing].map(|it| it.as_secs_f64());
    let saved = with - without + hashing;
    eprintln!("with {with:.3} s, without leaves {without:.3} s, hashing {hashing:.3} s");
    figures.add(What::AuditPercent, 100.0 * saved / with);
    Ok(figures.into_vec())
}

/// One of the two records.
struct Side {
    talk: Talk,
    took: Duration,
    // A database of its own may live in it.
    _station: Station,
}

impl Side {
    async fn open(folder: &Path, on: Database, settings: Settings) -> anyhow::Result<Self> {
        let station = Station::new(folder, on).await?;
        let seed = station.seed().await?;
        let writers = seed.hire("writer", Role::Driver, settings.pairs).await?;
        let readers = seed.hire("reader", Role::Dispatcher, settings.pairs).await?;
        let writers = seed.enrol(&writers, Role::Driver).await?;
        let readers = seed.enrol(&readers, Role::Dispatcher).await?;
        let pairs: Vec<_> = writers.into_iter().zip(readers).collect();
        Ok(Self { talk: Talk::new(seed, pairs), took: Duration::ZERO, _station: station })
    }

    async fn commit(
        &mut self,
        decide: impl FnOnce(&mut Known, &[Request], Clockwork<'_>) -> Decision + Send,
    ) -> anyhow::Result<Vec<Recorded>> {
        let batch = self.talk.next_batch().await?;
        let began = Instant::now();
        let decision = self.talk.commit(decide, &batch).await?;
        self.took += began.elapsed();
        Ok(decision.facts)
    }
}

fn without_leaves(known: &mut Known, batch: &[Request], clockwork: Clockwork<'_>) -> Decision {
    let mut decision = decide(known, batch, clockwork);
    decision.facts.iter_mut().for_each(|fact| fact.leaf = Vec::new());
    decision
}

/// What the leaves and the tree took of the decision, done again.
fn hash_again(facts: &[Recorded]) -> Duration {
    let (began, mut tree) = (Instant::now(), Tree::default());
    for fact in facts {
        let leaf = LeafFields {
            sequence: fact.sequence,
            id: *fact.id.as_bytes(),
            kind: fact.content.kind,
            author: fact.salt,
            enrolment: fact.enrolment.map(|enrolment| *enrolment.as_bytes()),
            audience: LeafAudience::Pair(fact.salt, fact.salt),
            occurred_at: fact.id.occurred_at(),
            offset_minutes: fact.offset_minutes,
            skew_ms: fact.skew_ms,
            recorded_at: unix_ms(),
            commitment: commitment(&fact.salt, &fact.content),
        };
        tree.append(leaf_hash(&leaf.to_bytes()));
    }
    std::hint::black_box(tree.root());
    began.elapsed()
}
