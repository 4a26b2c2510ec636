//! The real files that are damaged: a record and the store of a tablet, as a real server and a real
//! client left them. They are made once and kept, so that an input means the same for ever; a later
//! version migrates them first, as it would on a tablet.

use std::path::Path;

use sqlx::Connection as _;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use waypost_client::{Client, Command, StoreKey};
use waypost_protocol::{Argument, Body, ConversationId, Header, PersonId};

use crate::house::House;

/// The server's record.
pub const RECORD: &[u8] = include_bytes!("../bases/record.sqlite");

/// The encrypted store of Dana's tablet.
pub const DEVICE: &[u8] = include_bytes!("../bases/device.sqlite");

/// The key of that store.
pub const KEY: [u8; 32] = [42; 32];

/// A credential that the record knows.
pub fn credential() -> &'static str {
    include_str!("../bases/credential.txt").trim()
}

/// Makes the files anew in a folder.
///
/// # Panics
/// If anything of it fails.
pub async fn make_bases(folder: &Path) {
    std::fs::create_dir_all(folder).expect("the folder can be made");
    let house = House::open().await;
    let device = folder.join("device.sqlite");
    let _ = std::fs::remove_file(&device);
    let link = house.link("dana").await;
    let dana = Client::enrol(&link, "Tablet 12", &device, StoreKey::new(KEY)).await;
    day(&dana.expect("Dana is enrolled")).await;
    let dana = Client::open(&device, StoreKey::new(KEY)).await.expect("her store opens");
    offline(&dana).await;
    dana.close().await;
    leads_nowhere(&device).await;
    let (_, credential) = &house.credentials[0];
    std::fs::write(folder.join("credential.txt"), format!("{credential}\n")).expect("it is kept");
    let data = house.close().await;
    let record = data.path().join("waypost.db");
    std::fs::copy(record, folder.join("record.sqlite")).expect("it is kept");
}

/// Dana says this and that, until the server has it all.
async fn day(dana: &Client) {
    let to_omar = ConversationId::Direct(PersonId(1), PersonId(2));
    let template = Command::send(
        ConversationId::Group(1),
        Body::Template {
            template: "running-late".into(),
            version: 1,
            arguments: [("minutes".to_owned(), Argument::Minutes(15))].into(),
            answers: None,
            header: Header::default(),
        },
    );
    let nobody = ConversationId::Direct(PersonId(1), PersonId(99));
    for command in [say(to_omar, "Gate 4 is closed"), template, say(nobody, "is refused")] {
        dana.send(command).await.expect("it is kept");
    }
    let mut view = dana.view();
    let level = view.wait_for(|view| view.waiting == 0 && view.wedged.len() == 1);
    level.await.expect("the server answers");
    let read = Command::MarkRead { conversation: to_omar, up_to: 2 };
    dana.send(read).await.expect("it is kept");
}

/// She goes on where there is no network.
async fn offline(dana: &Client) {
    dana.send(Command::SetOnline { online: false }).await.expect("it is kept");
    let to_omar = ConversationId::Direct(PersonId(1), PersonId(2));
    dana.send(say(to_omar, "Now by gate 5")).await.expect("it is kept");
}

fn say(conversation: ConversationId, text: &str) -> Command {
    Command::text(conversation, text)
}

/// Whoever opens the store later must not find a server at its old port.
async fn leads_nowhere(device: &Path) {
    let key = format!("\"x'{}'\"", hex::encode(KEY));
    let options = SqliteConnectOptions::new().filename(device).pragma("key", key);
    let mut store = SqliteConnection::connect_with(&options).await.expect("the store opens");
    sqlx::query("UPDATE enrolment SET host = '127.0.0.1', https_port = 1, mqtt_port = 1")
        .execute(&mut store)
        .await
        .expect("it can be written");
    store.close().await.expect("it closes");
}
