//! One transaction of the store under way. What returns nothing is kept back and goes to SQLite's
//! thread together with what comes next: each way there and back costs more than most statements.

use sqlx::pool::PoolConnection;
use sqlx::sqlite::{SqliteArguments, SqlitePool, SqliteRow};
use sqlx::{Arguments as _, AssertSqlSafe, Encode, Sqlite, Type};
use waypost_protocol::PersonId;

use super::Touched;

/// Most statements that go over together. The same few texts come again and again, so SQLite has
/// them prepared; the bound keeps that memory small.
const TOGETHER_MAX: usize = 8;

/// One transaction under way.
///
/// Its ends are spoken here and not left to sqlx: SQLite ends a transaction by itself when its disk
/// is full, and sqlx would then refuse to begin another one on that connection for ever.
pub(super) struct Writing {
    on: PoolConnection<Sqlite>,
    pub(super) me: PersonId,
    pub(super) touched: Touched,
    begun: bool,
    kept_back: KeptBack,
}

/// Statements that were not run yet, with their values in order.
#[derive(Default)]
struct KeptBack {
    text: String,
    values: SqliteArguments,
    count: usize,
}

/// The statement that was written last, until it is run.
pub(super) struct Statement<'w> {
    writing: &'w mut Writing,
}

impl Statement<'_> {
    /// The value of the next `?`.
    pub(super) fn bind<'v, T: Encode<'v, Sqlite> + Type<Sqlite>>(self, value: T) -> Self {
        // Numbers, text and bytes are copied into memory, which cannot fail.
        if let Err(error) = self.writing.kept_back.values.add(value) {
            tracing::error!(%error, "a value could not be bound");
        }
        self
    }

    /// Runs it, together with later ones; it returns nothing.
    pub(super) async fn run(self) -> Result<(), sqlx::Error> {
        if self.writing.kept_back.count < TOGETHER_MAX {
            return Ok(());
        }
        self.writing.go_over().await.map(drop)
    }

    /// Its rows, after all before it.
    pub(super) async fn rows(self) -> Result<Vec<SqliteRow>, sqlx::Error> {
        self.writing.go_over().await
    }

    /// Its row, after all before it, if there is one.
    pub(super) async fn row(self) -> Result<Option<SqliteRow>, sqlx::Error> {
        Ok(self.rows().await?.into_iter().next())
    }
}

impl Writing {
    pub(super) async fn begin(pool: &SqlitePool, me: PersonId) -> Result<Self, sqlx::Error> {
        let (on, touched, kept_back) =
            (pool.acquire().await?, Touched::default(), KeptBack::default());
        let mut writing = Self { on, me, touched, begun: false, kept_back };
        writing.sql("BEGIN IMMEDIATE");
        Ok(writing)
    }

    /// A statement whose placeholders are all a plain `?`, because it may stand behind others.
    pub(super) fn sql(&mut self, text: &'static str) -> Statement<'_> {
        self.kept_back.text.push_str(text);
        self.kept_back.text.push(';');
        self.kept_back.count += 1;
        Statement { writing: self }
    }

    /// Makes it durable.
    pub(super) async fn commit(mut self) -> Result<Touched, sqlx::Error> {
        match self.sql("COMMIT").rows().await {
            Ok(_) => Ok(self.touched),
            Err(error) => {
                self.roll_back().await;
                Err(error)
            }
        }
    }

    /// As if it had never begun.
    pub(super) async fn give_up(mut self) {
        self.roll_back().await;
    }

    async fn go_over(&mut self) -> Result<Vec<SqliteRow>, sqlx::Error> {
        let KeptBack { text, values, .. } = std::mem::take(&mut self.kept_back);
        if std::mem::replace(&mut self.begun, true) {
            return self.speak(text, values).await;
        }
        match self.speak(text.clone(), values.clone()).await {
            Ok(rows) => Ok(rows),
            Err(_) => {
                // Whoever was stopped in the middle has left a transaction open.
                self.roll_back().await;
                self.speak(text, values).await
            }
        }
    }

    async fn roll_back(&mut self) {
        // It fails where SQLite has done so by itself.
        let _ = self.speak("ROLLBACK".into(), SqliteArguments::default()).await;
    }

    async fn speak(
        &mut self,
        text: String,
        values: SqliteArguments,
    ) -> Result<Vec<SqliteRow>, sqlx::Error> {
        sqlx::query_with(AssertSqlSafe(text), values).fetch_all(&mut *self.on).await
    }
}
