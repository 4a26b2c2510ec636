//! A driver whose device is a process of its own, and falls out of a pocket now and then: what was
//! tapped in the moment of the fall may be kept or not, but never half and never twice.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use waypost_client::Command;
use waypost_client::view::MessageView;
use waypost_fleet::ledger::Tap;
use waypost_fleet::process::DeviceProcess;
use waypost_fleet::tablet::Tablet;
use waypost_protocol::{Body, ConversationId, FactId};
use waypost_world::built;

use crate::{Scene, at_any_moment_of};

/// A fall comes so soon after a tap that it may come before the tap is durable.
const FALL_WITHIN: Duration = Duration::from_millis(8);

/// Someone with a device that is killed.
pub struct Pocket {
    /// The device.
    pub device: DeviceProcess,
    name: String,
    store: PathBuf,
    chat: ConversationId,
    /// What was tapped, and its id if the device said that it is durable.
    attempts: Vec<(String, Option<FactId>)>,
}

impl Pocket {
    /// Enrols a new driver with a device, started with this environment.
    ///
    /// # Errors
    /// If that cannot be done.
    pub async fn of(
        scene: &Scene,
        name: &str,
        environment: &[(String, String)],
    ) -> anyhow::Result<Self> {
        scene.depot.adds(name, "driver", "en").await?;
        let store = scene.depot.store_of(name);
        let mut device = DeviceProcess::new(&built("waypost-fleet"), &store);
        for (name, value) in environment {
            device.set(name, value);
        }
        device.start(Some(&scene.depot.link_for(name).await?)).await?;
        let chat = scene.omar.chat_with(name).await?;
        Ok(Self { device, name: name.to_owned(), store, chat, attempts: Vec::new() })
    }

    /// Taps, and hears that it is durable.
    ///
    /// # Errors
    /// If the device does not keep it.
    pub async fn taps(&mut self) -> anyhow::Result<()> {
        let words = self.next_words();
        let id = self.device.taps(&format!("say omar {words}")).await?;
        self.attempts.push((words, Some(id)));
        Ok(())
    }

    /// Taps, and the device dies at any moment from then on. It is started again.
    ///
    /// # Errors
    /// If it does not start again.
    pub async fn taps_and_falls(&mut self) -> anyhow::Result<()> {
        let words = self.next_words();
        self.device.taps_unheard(&format!("say omar {words}")).await?;
        self.attempts.push((words, None));
        at_any_moment_of(FALL_WITHIN).await;
        self.device.kill().await?;
        self.device.start(None).await.map(|_| ())
    }

    fn next_words(&self) -> String {
        format!("Stop {} is done", self.attempts.len() + 1)
    }

    /// Ends the process and takes the device into this one. What its store holds of the taps is
    /// what everyone must hold at the end.
    ///
    /// # Errors
    /// If something that was durable is gone, or something is there twice.
    pub async fn joins(mut self, scene: &mut Scene) -> anyhow::Result<()> {
        self.device.close().await?;
        let tablet = Tablet::open(&self.name, &self.store).await?;
        for (id, author) in self.kept(&tablet).await?.into_iter().map(|id| (id, tablet.id())) {
            scene.ledger.note(Tap { id, author, conversation: self.chat });
        }
        scene.drivers.push((Arc::new(tablet), self.chat));
        Ok(())
    }

    async fn kept(&self, tablet: &Tablet) -> anyhow::Result<Vec<FactId>> {
        let conversation = self.chat;
        let heard: Vec<FactId> = self.attempts.iter().filter_map(|(_, id)| *id).collect();
        tablet.does(Command::Open { conversation: Some(conversation) }).await?;
        let view = tablet
            .sees("its own messages", |view| {
                let open = view.timeline.as_ref().filter(|it| it.conversation == conversation);
                open.is_some_and(|it| {
                    heard.iter().all(|id| it.messages.iter().any(|m| m.id == *id))
                })
            })
            .await?;
        let open = view.timeline.as_ref().context("just seen")?;
        let mine: Vec<_> = open.messages.iter().filter(|it| it.mine).collect();
        let mut attempts = self.attempts.iter();
        for message in &mine {
            let words = words_of(message);
            // Taken in their order, so that neither a repeat nor a change of order passes.
            let found = attempts.any(|(tapped, _)| Some(tapped.as_str()) == words);
            ensure!(found, "{} has {words:?} twice, or out of order", self.name);
        }
        Ok(mine.iter().map(|it| it.id).collect())
    }
}

fn words_of(message: &MessageView) -> Option<&str> {
    match &message.body {
        Body::Text { text, .. } => Some(text),
        _ => None,
    }
}
