//! Does to a database what bad disks, torn copies and faulty programs do: changes bytes, cuts the
//! file, or puts values where they do not belong. It knows SQLite and nothing of what is kept.

use std::path::Path;

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, Connection as _};

use crate::feed::Feed;

/// More than this much damage hides what one does.
const DAMAGES_MAX: usize = 24;

/// Columns that say where a device connects to; an input must not choose that.
const KEPT: [&str; 3] = ["host", "https_port", "mqtt_port"];

/// A column of a table.
struct Column {
    table: String,
    name: String,
}

/// Changes bytes of a file, and perhaps cuts it.
pub fn bytes(file: &mut Vec<u8>, feed: &mut Feed<'_>) {
    for _ in 0..DAMAGES_MAX {
        if feed.is_empty() || file.is_empty() {
            return;
        }
        let at = usize::from_be_bytes([0, 0, 0, 0, 0, feed.byte(), feed.byte(), feed.byte()]);
        let at = at % file.len();
        let piece = feed.piece(32);
        if piece.is_empty() {
            file.truncate(at);
        }
        let to = (at + piece.len()).min(file.len());
        file[at..to].copy_from_slice(&piece[..to - at]);
    }
}

/// Changes values of a database.
pub async fn values(path: &Path, key: Option<&str>, feed: &mut Feed<'_>) {
    let options = SqliteConnectOptions::new().filename(path).foreign_keys(false);
    let options = match key {
        Some(key) => options.pragma("key", key.to_owned()),
        None => options,
    };
    let mut connection = SqliteConnection::connect_with(&options).await.expect("a sound file");
    run(&mut connection, "PRAGMA ignore_check_constraints = ON; PRAGMA synchronous = OFF").await;
    let columns = columns(&mut connection).await;
    for _ in 0..DAMAGES_MAX {
        if feed.is_empty() {
            break;
        }
        change(&mut connection, &columns[feed.below(columns.len())], feed).await;
    }
    connection.close().await.expect("the file is closed");
}

async fn columns(connection: &mut SqliteConnection) -> Vec<Column> {
    let all: Vec<(String, String)> = sqlx::query_as(
        "SELECT t.name, c.name FROM sqlite_master t, pragma_table_info(t.name) c
         WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%' ORDER BY t.name, c.cid",
    )
    .fetch_all(connection)
    .await
    .expect("a schema");
    let columns = all.into_iter().map(|(table, name)| Column { table, name });
    columns.filter(|column| !KEPT.contains(&column.name.as_str())).collect()
}

/// Puts one value in the place of another, in one row or in all.
async fn change(connection: &mut SqliteConnection, column: &Column, feed: &mut Feed<'_>) {
    let Column { table, name } = column;
    let rows = match feed.byte() {
        255 => String::new(),
        at => format!("WHERE {name} IN (SELECT {name} FROM {table} LIMIT 1 OFFSET {})", at % 8),
    };
    let (value, row) = match feed.below(5) {
        0 => ("NULL".to_owned(), false),
        1 | 2 => (format!("{}", feed.signed()), false),
        3 => (format!("CAST(x'{}' AS TEXT)", hex::encode(feed.piece(40))), false),
        _ => (format!("x'{}'", hex::encode(feed.piece(40))), feed.below(8) == 0),
    };
    let statement = match row {
        true => format!("DELETE FROM {table} {rows}"),
        false => format!("UPDATE OR IGNORE {table} SET {name} = {value} {rows}"),
    };
    run(connection, statement).await;
}

/// What a strict table refuses stays as it was.
async fn run(connection: &mut SqliteConnection, statement: impl Into<String>) {
    let _ = sqlx::raw_sql(AssertSqlSafe(statement.into())).execute(connection).await;
}
