//! One SQL text for both databases: a statement that writes its own placeholders, so that no
//! bind can be missing or out of order.

use sqlx::any::{AnyArguments, AnyRow};
use sqlx::{Any, AnyConnection, AssertSqlSafe, Encode, Type};

use crate::pools::Patience;
use crate::{Db, Dialect, StorageError};

/// Sizes in which the rows of a set are sent, so that few distinct statements are prepared.
const SQLITE_CHUNKS: &[usize] = &[64, 16, 4, 1];

/// Each statement costs a way there and back, so a small set is one statement.
const POSTGRES_CHUNKS: &[usize] = &[64, 32, 16, 12, 10, 8, 7, 6, 5, 4, 3, 2, 1];

/// A statement under construction.
pub(crate) struct Sql {
    dialect: Dialect,
    patience: Patience,
    text: String,
    arguments: AnyArguments,
    bound: usize,
}

impl Sql {
    pub(crate) fn new(dialect: Dialect, patience: Patience, text: &str) -> Self {
        let (text, arguments) = (text.to_owned(), AnyArguments::default());
        Self { dialect, patience, text, arguments, bound: 0 }
    }

    /// Appends SQL.
    pub(crate) fn push(&mut self, text: &str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    /// Appends a placeholder and binds its value.
    pub(crate) fn bind<'v, T: Encode<'v, Any> + Type<Any>>(&mut self, value: T) -> &mut Self {
        self.bound += 1;
        match self.dialect {
            Dialect::Sqlite => self.text.push('?'),
            Dialect::Postgres => self.text.push_str(&format!("${}", self.bound)),
        }
        // Encoding into memory cannot fail for the types that the portable subset uses.
        if let Err(error) = sqlx::Arguments::add(&mut self.arguments, value) {
            tracing::error!(%error, "a value could not be bound");
        }
        self
    }

    /// Appends `?, ?, …`: one value for each item.
    pub(crate) fn list<'v, I, T: Encode<'v, Any> + Type<Any>>(
        &mut self,
        items: &[I],
        value: impl Fn(&I) -> T,
    ) -> &mut Self {
        for (i, item) in items.iter().enumerate() {
            if i > 0 {
                self.push(", ");
            }
            self.bind(value(item));
        }
        self
    }

    /// Appends `(?, ?, …), (…)`: one tuple for each row, written by `row`.
    pub(crate) fn tuples<R>(
        &mut self,
        rows: &[R],
        mut row: impl FnMut(&mut Tuple<'_>, &R),
    ) -> &mut Self {
        for (i, one) in rows.iter().enumerate() {
            self.push(if i == 0 { "(" } else { ", (" });
            row(&mut Tuple { sql: self, empty: true }, one);
            self.push(")");
        }
        self
    }

    pub(crate) async fn execute(&mut self, on: &mut AnyConnection) -> Result<u64, StorageError> {
        let (text, arguments) = self.take();
        let query = sqlx::query_with(AssertSqlSafe(text), arguments);
        Ok(self.patience.answer(query.execute(on)).await?.rows_affected())
    }

    pub(crate) async fn rows(
        &mut self,
        on: &mut AnyConnection,
    ) -> Result<Vec<AnyRow>, StorageError> {
        let (text, arguments) = self.take();
        let query = sqlx::query_with(AssertSqlSafe(text), arguments);
        self.patience.answer(query.fetch_all(on)).await
    }

    pub(crate) async fn row(
        &mut self,
        on: &mut AnyConnection,
    ) -> Result<Option<AnyRow>, StorageError> {
        let (text, arguments) = self.take();
        let query = sqlx::query_with(AssertSqlSafe(text), arguments);
        self.patience.answer(query.fetch_optional(on)).await
    }

    fn take(&mut self) -> (String, AnyArguments) {
        (std::mem::take(&mut self.text), std::mem::take(&mut self.arguments))
    }
}

/// One row of values in a set.
pub(crate) struct Tuple<'a> {
    sql: &'a mut Sql,
    empty: bool,
}

impl Tuple<'_> {
    pub(crate) fn bind<'v, T: Encode<'v, Any> + Type<Any>>(&mut self, value: T) -> &mut Self {
        if !self.empty {
            self.sql.push(", ");
        }
        self.empty = false;
        self.sql.bind(value);
        self
    }
}

impl Db {
    /// Splits rows into chunks of the prepared sizes, largest first.
    pub(crate) fn chunks<'r, R>(
        &self,
        mut rows: &'r [R],
    ) -> impl Iterator<Item = &'r [R]> + use<'r, R> {
        let sizes = match self.dialect {
            Dialect::Sqlite => SQLITE_CHUNKS,
            Dialect::Postgres => POSTGRES_CHUNKS,
        };
        std::iter::from_fn(move || {
            let size = sizes.iter().find(|size| **size <= rows.len())?;
            let (chunk, rest) = rows.split_at(*size);
            rows = rest;
            Some(chunk)
        })
    }
}

/// Numbers are kept as BIGINT. Ours fit: they count facts, people and milliseconds.
pub(crate) fn big(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

/// The way back.
pub(crate) fn unsigned(n: i64) -> u64 {
    u64::try_from(n).unwrap_or(0)
}
