//! What `scripts/demo --once` tells, told as a test.

use std::path::Path;

use waypost_fleet::story;

#[tokio::test(flavor = "multi_thread")]
async fn nobody_loses_or_doubles_a_message_when_a_tablet_and_the_server_are_killed() {
    let folder = tempfile::tempdir().unwrap();
    let binary = Path::new(env!("CARGO_BIN_EXE_waypost-fleet"));
    let told = story::once(&folder.path().join("depot"), binary, &|_| ()).await;
    let figures = told.unwrap_or_else(|suffered| panic!("someone suffered: {suffered:#}"));
    assert!(figures.messages >= 36, "a story of some dozens of messages: {figures}");
    assert_eq!(figures.receipts, 4 * figures.messages, "{figures}");
    assert!(figures.kills >= 2, "a device and the server were killed: {figures}");
}
