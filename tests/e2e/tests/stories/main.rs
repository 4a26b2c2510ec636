//! Stories of people and their devices, each on both databases, with a real server process, real
//! TLS and real MQTT.

mod attachments;
mod broadcasts;
mod cases;
mod clocks;
mod devices;
mod escalations;
mod evidence;
mod groups;
mod journey;
mod kills;
mod notifications;
mod pains;
mod presence;
mod refusals;
mod reports;
mod revisions;
mod search;
mod templates;
mod trips;

// Three test binaries share it, and each uses a part.
#[allow(dead_code)]
#[path = "../support/venv.rs"]
mod venv;

/// Tells each story once on each database.
#[macro_export]
macro_rules! on_both {
    ($($name:ident)*) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                super::$name(waypost_world::World::new(waypost_world::On::Sqlite).await).await;
            })*
        }
        mod on_postgres {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                super::$name(waypost_world::World::new(waypost_world::On::Postgres).await).await;
            })*
        }
    };
}
