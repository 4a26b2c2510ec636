//! The harness itself: apart, durable, and killable.

use sqlx::{Connection, PgConnection};

use super::{PrivateCluster, database};

async fn connect(url: &str) -> PgConnection {
    PgConnection::connect(url).await.expect("a connection")
}

#[tokio::test]
async fn two_tests_never_see_each_others_rows() {
    let (one, other) = (database().await, database().await);
    let mut here = connect(&one.url()).await;
    sqlx::query("CREATE TABLE fact (n BIGINT)").execute(&mut here).await.unwrap();
    let mut there = connect(&other.url()).await;
    let foreign = sqlx::query("SELECT n FROM fact").execute(&mut there).await;
    assert!(foreign.is_err(), "a table of one test is visible to another");
}

#[tokio::test]
async fn the_cluster_keeps_the_durability_that_production_has() {
    let database = database().await;
    let mut connection = connect(&database.url()).await;
    for setting in ["fsync", "synchronous_commit", "full_page_writes"] {
        let (value,): (String,) = sqlx::query_as(sqlx::AssertSqlSafe(format!("SHOW {setting}")))
            .fetch_one(&mut connection)
            .await
            .unwrap();
        assert_eq!(value, "on", "{setting} is off, so a durability test proves nothing");
    }
}

#[tokio::test]
async fn a_killed_cluster_comes_back_with_what_was_committed() {
    let cluster = PrivateCluster::start().await;
    let mut before = connect(&cluster.url()).await;
    sqlx::query("CREATE TABLE fact (n BIGINT)").execute(&mut before).await.unwrap();
    sqlx::query("INSERT INTO fact VALUES (7)").execute(&mut before).await.unwrap();

    cluster.kill().await;
    let dead = PgConnection::connect(&cluster.url()).await;
    assert!(dead.is_err(), "the server answers although it was killed");

    cluster.restart().await;
    let mut after = connect(&cluster.url()).await;
    let (n,): (i64,) = sqlx::query_as("SELECT n FROM fact").fetch_one(&mut after).await.unwrap();
    assert_eq!(n, 7, "a committed row is gone after a crash");
}
