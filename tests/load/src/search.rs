//! How long people wait for the first page of a search among a million messages.

use std::path::Path;
use std::time::Instant;

use anyhow::Context as _;
use rand::Rng as _;
use waypost_protocol::Role;

use crate::figure::{Figure, Figures, Times, What};
use crate::seed::Enrolled;
use crate::settings::Settings;
use crate::station::{Database, Station};

/// Drivers who wrote, each to one of the dispatchers: whoever reads most reads a fifth of everything.
const DRIVERS: usize = 50;
const DISPATCHERS: usize = 5;
/// How often someone looks for something.
const SEARCHES: usize = 400;
/// The first of them warm up.
const WARM: usize = 50;
/// Words that there are.
const VOCABULARY: f64 = 20_000.0;
/// Words of a message.
const WORDS: usize = 8;

/// Fills a record with messages of words that are common and rare as in any language, then lets people
/// look for some of them over HTTP, one after the other.
///
/// # Errors
/// If something does not start, or a search is refused.
pub async fn measure(
    folder: &Path,
    on: Database,
    settings: Settings,
) -> anyhow::Result<Vec<Figure>> {
    let mut figures = Figures::of(on.words());
    let mut station = Station::new(folder, on).await?;
    let seed = station.seed().await?;
    let drivers = seed.hire("driver", Role::Driver, DRIVERS).await?;
    let dispatchers = seed.hire("omar", Role::Dispatcher, DISPATCHERS).await?;
    let writing = seed.enrol(&drivers, Role::Driver).await?;
    let of_each: Vec<_> = dispatchers.iter().cycle().take(DRIVERS).copied().collect();
    let reading = seed.enrol(&of_each, Role::Dispatcher).await?;
    let people: Vec<_> = writing.iter().chain(&reading).cloned().collect();
    let pairs = writing.into_iter().zip(reading).collect();
    let seed = seed.talk_of(pairs, settings.searched, sentence).await?;
    let (began, end) = (Instant::now(), seed.end().await?.n);
    seed.index().await?;
    figures.add(What::IndexedEachSecond, end as f64 / began.elapsed().as_secs_f64());
    seed.close().await?;

    station.start().await?;
    let mut took = look(&station, &people).await?;
    figures.add(What::SearchP50Ms, took.at(50));
    figures.add(What::SearchP99Ms, took.at(99));
    station.close().await?;
    Ok(figures.into_vec())
}

async fn look(station: &Station, people: &[Enrolled]) -> anyhow::Result<Times> {
    let http = station.http()?;
    let (mut took, mut found) = (Times::default(), 0);
    let mut of_sort = [(); SORTS.len()].map(|()| Times::default());
    for search in 0..SEARCHES {
        let who = &people[rand::rng().random_range(0..people.len())];
        let words = wanted(search).replace(' ', "+");
        let url = format!("{}/v1/search?limit=50&words={words}", station.base());
        let began = Instant::now();
        let answer = http.get(url).bearer_auth(&who.credential).send().await?.error_for_status()?;
        let page: serde_json::Value = answer.json().await?;
        if search >= WARM {
            let ms = began.elapsed().as_secs_f64() * 1000.0;
            took.add(ms);
            of_sort[search % SORTS.len()].add(ms);
        }
        found += page["messages"].as_array().context("a page has messages")?.len();
    }
    for (sort, took) in SORTS.iter().zip(&mut of_sort) {
        eprintln!("{sort}: {:.1} ms, the slowest {:.1} ms", took.at(50), took.at(100));
    }
    eprintln!("{SEARCHES} searches found {found} messages");
    anyhow::ensure!(found > 0, "nobody found anything");
    Ok(took)
}

/// What people look for, in turn.
const SORTS: [&str; 4] = ["a common word", "a rare word", "three words", "the beginning of a word"];

fn wanted(search: usize) -> String {
    match search % SORTS.len() {
        0 => word(rand::rng().random_range(0..20)),
        1 => word(rand::rng().random_range(5_000..20_000)),
        2 => [any_word(), any_word(), any_word()].join(" "),
        _ => any_word().chars().take(3).collect(),
    }
}

/// What someone writes.
fn sentence() -> String {
    (0..WORDS).map(|_| any_word()).collect::<Vec<_>>().join(" ")
}

/// Common words are common: the n-th stands in every n-th place (Zipf's law).
fn any_word() -> String {
    word((VOCABULARY.powf(rand::random::<f64>()) - 1.0) as u32)
}

/// The n-th word.
fn word(n: u32) -> String {
    let syllable = |part: u32| {
        let (consonants, vowels) = (b"bdfgklmnprstvz", b"aeiou");
        let consonant = consonants[part as usize % consonants.len()];
        let vowel = vowels[part as usize / consonants.len() % vowels.len()];
        [char::from(consonant), char::from(vowel)]
    };
    [n % 70, n / 70 % 70, n / 4_900 + 7].into_iter().flat_map(syllable).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_another_one() {
        let all: std::collections::BTreeSet<_> = (0..20_000).map(word).collect();
        assert_eq!(all.len(), 20_000);
    }
}
