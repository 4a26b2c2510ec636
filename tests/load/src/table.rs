//! The figures as a table for people: a line for each server, then what belongs to none.

use crate::figure::{Figure, What, short};

/// What stands side by side, in groups that fit a screen.
const GROUPS: [&[What]; 4] = [
    &[
        What::MessagesEachSecond,
        What::SlowestTenSeconds,
        What::FullP50Ms,
        What::FullP99Ms,
        What::ServerCores,
        What::GeneratorCores,
        What::OtherCores,
    ],
    &[What::PacedP50Ms, What::PacedP99Ms, What::ViewP50Ms, What::ViewP99Ms],
    &[
        What::BroadcastMs,
        What::BroadcastSlowestMs,
        What::ToldEachMs,
        What::ReconnectS,
        What::IdleKb,
        What::IdleConnections,
    ],
    &[
        What::UploadOne,
        What::UploadTen,
        What::UploadHundred,
        What::UploadServerCores,
        What::UploadGeneratorCores,
        What::UploadFairness,
        What::ResumeP50Ms,
        What::ResumeP99Ms,
        What::UploadKib,
        What::UploadLargeKib,
    ],
];

/// All of it as text.
pub fn text(figures: &[Figure]) -> String {
    let mut text = String::new();
    for group in GROUPS {
        text += &table(figures, group);
    }
    let alone = figures.iter().filter(|it| !GROUPS.iter().any(|group| group.contains(&it.what)));
    for figure in alone {
        text += &format!("{:<24}{:>12}  {}\n", figure.of, short(figure.value), figure.what.words());
    }
    text
}

fn table(figures: &[Figure], columns: &[What]) -> String {
    let mut servers: Vec<&str> = Vec::new();
    for figure in figures.iter().filter(|it| columns.contains(&it.what)) {
        if !servers.contains(&figure.of.as_str()) {
            servers.push(&figure.of);
        }
    }
    let head = columns.iter().map(|what| what.words().to_owned()).collect();
    let mut lines = vec![("".to_owned(), head)];
    for server in servers {
        let cell = |what: &What| {
            let found = figures.iter().find(|it| it.of == server && it.what == *what);
            found.map_or("–".to_owned(), |it| short(it.value))
        };
        lines.push((server.to_owned(), columns.iter().map(cell).collect::<Vec<_>>()));
    }
    if lines.len() == 1 {
        return String::new();
    }
    let widths: Vec<usize> = (0..columns.len())
        .map(|at| lines.iter().map(|(_, cells)| cells[at].chars().count()).max().unwrap_or(0))
        .collect();
    let line = |(name, cells): &(String, Vec<String>)| {
        let cells = cells.iter().zip(&widths).map(|(cell, width)| format!("  {cell:>width$}"));
        format!("{name:<24}{}\n", cells.collect::<String>())
    };
    lines.iter().map(line).chain(["\n".to_owned()]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_measured_is_a_dash() {
        let figure = |of: &str, what, value| Figure { of: of.into(), what, value };
        let figures = [
            figure("Waypost on SQLite", What::PacedP50Ms, 1.5),
            figure("mosquitto, memory", What::PacedP99Ms, 0.25),
            figure("this machine", What::SyncUs, 123.0),
        ];
        let shown = text(&figures);
        let rows: Vec<Vec<&str>> = shown
            .lines()
            .map(|line| line.split("  ").filter(|it| !it.is_empty()).collect())
            .collect();
        let cells = |row: usize| rows[row].iter().map(|cell| cell.trim()).collect::<Vec<_>>();
        assert_eq!(cells(1), ["Waypost on SQLite", "1.50", "–", "–", "–"], "{shown}");
        assert_eq!(cells(2), ["mosquitto, memory", "–", "0.25", "–", "–"], "{shown}");
        assert_eq!(cells(4), ["this machine", "123", "write and sync, µs"], "{shown}");
    }
}
