//! The server, its database and the people around it.

use tempfile::TempDir;
use waypost_client::Clock;
use waypost_protocol::TemplateDefinition;

use crate::person::Person;
use crate::postgres::{self, Database};
use crate::server::ServerProcess;

/// On which database a story is told.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum On {
    /// The embedded default.
    Sqlite,
    /// The other one.
    Postgres,
}

/// A server with people. A story ends with [`World::ends`], which looks for what must never be.
pub struct World {
    /// The server.
    pub server: ServerProcess,
    folder: TempDir,
    _database: Option<Database>,
    devices: usize,
    ended: bool,
}

impl World {
    /// A running server on an empty record.
    pub async fn new(on: On) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let database = match on {
            On::Sqlite => None,
            On::Postgres => Some(postgres::database().await),
        };
        let url = database.as_ref().map(Database::url);
        let mut server = ServerProcess::new(&folder.path().join("server"), url);
        server.start().await;
        Self { server, folder, _database: database, devices: 0, ended: false }
    }

    /// A folder for whatever a story needs; it goes with the world.
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// A new driver with a tablet.
    pub async fn driver(&mut self, handle: &str) -> Person {
        self.someone(handle, "driver").await
    }

    /// A new dispatcher with a computer.
    pub async fn dispatcher(&mut self, handle: &str) -> Person {
        self.someone(handle, "dispatcher").await
    }

    /// A new person of any role, with a device.
    pub async fn someone(&mut self, handle: &str, role: &str) -> Person {
        self.adds(handle, role).await;
        self.device_for(handle).await
    }

    /// Puts someone into the directory.
    pub async fn adds(&self, handle: &str, role: &str) {
        let added = self.server.cli(&["person", "add", handle, "--role", role]).await;
        added.unwrap_or_else(|error| panic!("{handle} cannot be added: {error}"));
    }

    /// Puts someone who reads another language than English into the directory.
    pub async fn adds_reader(&self, handle: &str, role: &str, language: &str) {
        let arguments = ["person", "add", handle, "--role", role, "--language", language];
        let added = self.server.cli(&arguments).await;
        added.unwrap_or_else(|error| panic!("{handle} cannot be added: {error}"));
    }

    /// Publishes the next version of a template.
    pub async fn publishes(&self, template: &str, definition: &TemplateDefinition) {
        let file = self.folder().join(format!("{template}.json"));
        let json = serde_json::to_vec(definition).expect("a definition is JSON");
        std::fs::write(&file, json).expect("the folder of the world is writable");
        let file = file.display().to_string();
        let published = self.server.cli(&["template", "publish", template, &file]).await;
        published.unwrap_or_else(|error| panic!("{template} cannot be published: {error}"));
    }

    /// Opens a group with these people, run as the options of the command line say.
    pub async fn makes_group(&self, name: &str, members: &[&Person], options: &[&str]) {
        let mut arguments = vec!["group", "create", name];
        arguments.extend(members.iter().map(|person| person.handle.as_str()));
        arguments.extend(options);
        let made = self.server.cli(&arguments).await;
        made.unwrap_or_else(|error| panic!("the group {name} cannot be made: {error}"));
    }

    /// Takes someone into the group with this number.
    pub async fn takes_in(&self, group: u32, person: &Person) {
        let done = self.server.cli(&["group", "join", &group.to_string(), &person.handle]).await;
        done.unwrap_or_else(|error| panic!("{} cannot join: {error}", person.handle));
    }

    /// Takes someone out of the group with this number.
    pub async fn takes_out(&self, group: u32, person: &Person) {
        let done = self.server.cli(&["group", "leave", &group.to_string(), &person.handle]).await;
        done.unwrap_or_else(|error| panic!("{} cannot leave: {error}", person.handle));
    }

    /// Another device for someone of the directory.
    pub async fn device_for(&mut self, handle: &str) -> Person {
        self.device_with_clock(handle, Clock::default()).await
    }

    /// Another device whose clock is wrong.
    pub async fn device_with_clock(&mut self, handle: &str, clock: Clock) -> Person {
        let link = self.link_for(handle).await;
        self.devices += 1;
        let store = self.folder.path().join(format!("{handle}-{}.db", self.devices));
        Person::enrol(handle, &link, store, clock).await
    }

    /// A one-time enrolment link.
    pub async fn link_for(&self, handle: &str) -> String {
        let link = self.server.cli(&["enrol", handle, "--link-only"]).await;
        link.unwrap_or_else(|error| panic!("{handle} gets no link: {error}"))
    }

    /// Ends the story: everyone's outbox empties, the audit record verifies, the server has logged
    /// no error, and every app closes in good order.
    pub async fn ends(mut self, people: impl IntoIterator<Item = Person>) {
        for person in people {
            person.is_level().await;
            let view = person.view();
            assert!(view.wedged.is_empty(), "{} has wedged items: {view:#?}", person.handle);
            person.closes().await;
        }
        let verdict = self.server.cli(&["audit", "verify"]).await;
        assert!(
            verdict.is_ok_and(|text| text.starts_with("verified")),
            "the audit record verifies"
        );
        self.server.stop().await;
        assert_eq!(self.server.errors(), Vec::<String>::new(), "the server logged errors");
        self.ended = true;
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if !self.ended && !std::thread::panicking() {
            panic!("a story must end with `world.ends(&[…])`");
        }
    }
}
