//! Files that are no record any more.

use waypost_storage::Db;

#[tokio::test]
async fn ines_is_told_at_once_what_is_wrong_with_a_damaged_file() {
    let folder = tempfile::tempdir().expect("folder");
    let file = folder.path().join("waypost.db");
    std::fs::write(&file, [7; 8192]).expect("the folder takes files");
    let opened = Db::open(&format!("sqlite://{}", file.display())).await;
    let told = opened.err().expect("garbage is no record").to_string();
    // And not that a pool has timed out after ten seconds.
    assert!(told.contains("not a database"), "{told}");
}
