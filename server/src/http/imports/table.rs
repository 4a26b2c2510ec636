//! People in a table: CSV as RFC 4180 has it, with `,` or `;`.

use super::Line;

/// What a table may say of a person, in the order in which it is documented.
const COLUMNS: [&str; 4] = ["handle", "name", "role", "language"];

/// The lines of a table, each with its number in the file.
pub(super) fn read(table: &[u8]) -> Result<Vec<(u64, Line)>, String> {
    let (table, mut reader) = opened(table);
    let columns = reader.headers().map_err(|error| error.to_string())?;
    let all = COLUMNS.join("`, `");
    if let Some(foreign) = columns.iter().find(|column| !COLUMNS.contains(column)) {
        return Err(format!("there is no column `{foreign}`; there are `{all}`"));
    }
    if !columns.iter().any(|column| column == "handle") {
        return Err(format!("the first line names no column `handle`; there are `{all}`"));
    }
    let mut lines = Vec::new();
    let columns = columns.clone();
    for record in reader.records() {
        let record = record.map_err(|error| error.to_string())?;
        let begin = record.position().map_or(0, csv::Position::byte) as usize;
        let line = record.deserialize(Some(&columns)).map_err(|error| error.to_string())?;
        lines.push((line_at(table, begin), line));
    }
    Ok(lines)
}

/// A table without the mark that some programs put before it, and its reader: with `,` or `;`, as its first line has it.
pub fn opened(table: &[u8]) -> (&[u8], csv::Reader<&[u8]>) {
    let table = table.strip_prefix(b"\xef\xbb\xbf").unwrap_or(table);
    let first = table.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let delimiter = if first.contains(&b';') { b';' } else { b',' };
    let mut builder = csv::ReaderBuilder::new();
    (table, builder.delimiter(delimiter).trim(csv::Trim::All).from_reader(table))
}

/// The number of the line that begins here, or after the end of the one before.
fn line_at(table: &[u8], begin: usize) -> u64 {
    let ends = table[begin..].iter().take_while(|byte| matches!(**byte, b'\r' | b'\n')).count();
    let before = &table[..begin + ends];
    1 + before.iter().filter(|byte| **byte == b'\n').count() as u64
}
