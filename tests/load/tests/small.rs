//! The benchmark in small, so that it works on the day when somebody wants its figures.

use std::time::Duration;

use waypost_load::figure::{Figure, What};
use waypost_load::run::Measurement;
use waypost_load::settings::Settings;

const SMALL: Settings = Settings {
    pairs: 2,
    window: 10,
    facts_before: 200,
    full_for: Duration::from_millis(300),
    paced_for: Duration::from_millis(300),
    crowd: 10,
    waiting: 3,
    broadcasts: 1,
    idle: 10,
    queued: 10,
    in_store: 100,
    searched: 2_000,
    uploads: 4,
    upload_mib_of_many: 1,
    upload_mib: 1,
    upload_look_mib: 10,
    resumes: 5,
    upload_peers: false,
    ..Settings::QUICK
};

/// What was measured, in a folder that is gone afterwards.
async fn measured(what: Measurement) -> Vec<Figure> {
    // Another test of this process may have installed it.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let folder = tempfile::tempdir().expect("a folder");
    what.run(folder.path(), SMALL).await.expect("it is measured")
}

fn found(figures: &[Figure], what: What) -> f64 {
    let figure = figures.iter().find(|figure| figure.what == what);
    figure.unwrap_or_else(|| panic!("{what:?} was not measured: {figures:?}")).value
}

#[tokio::test(flavor = "multi_thread")]
async fn a_few_people_write_hear_one_voice_and_come_back() {
    let figures = measured(Measurement::Sqlite).await;
    assert!(found(&figures, What::FactsBefore) >= 200.0);
    for what in [What::MessagesEachSecond, What::PacedP99Ms, What::BroadcastMs, What::ReconnectS] {
        assert!(found(&figures, what) > 0.0, "{what:?}: {figures:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn people_find_words_again() {
    let figures = measured(Measurement::Search).await;
    for what in [What::IndexedEachSecond, What::SearchP50Ms, What::SearchP99Ms] {
        assert!(found(&figures, what) > 0.0, "{what:?}: {figures:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_narrow_link_needs_no_less_than_its_bytes() {
    let figures = measured(Measurement::Narrow).await;
    assert!(found(&figures, What::NarrowTimes) >= 1.0, "{figures:?}");
    assert!(found(&figures, What::NarrowBytes) > 23.0, "the text alone has as many: {figures:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_promised_is_uploaded_and_resumed() {
    let figures = measured(Measurement::Uploads).await;
    for what in [What::UploadOne, What::UploadTen, What::UploadHundred, What::ResumeP99Ms] {
        assert!(found(&figures, what) > 0.0, "{what:?}: {figures:?}");
    }
    assert!(found(&figures, What::UploadFairness) >= 1.0, "{figures:?}");
    assert!(found(&figures, What::BesideUploadsP50Times) > 0.0, "{figures:?}");
}
