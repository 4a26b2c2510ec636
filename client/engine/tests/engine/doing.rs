//! What Dana is at, and where she writes, is said while it is true, and not more often than it matters.

use waypost_engine::{Effect, Input, LinkPath, POLL_IDLE_MS, TYPING_AGAIN_MS, Wish};
use waypost_protocol::{Activity, ConversationId, Here, Uplink};

use crate::hand::{DANA, OMAR, Tablet, lost, pull_of};

fn with_omar() -> ConversationId {
    ConversationId::direct(DANA, OMAR).expect("two people")
}

fn said(effects: &[Effect]) -> Vec<Here> {
    let here = effects.iter().filter_map(|effect| match effect {
        Effect::Send(_, Uplink::Here(here)) => Some(*here),
        _ => None,
    });
    here.collect()
}

fn at_the_wheel() -> Here {
    Here { activity: Activity::Driving, typing: None }
}

fn writing() -> Here {
    Here { activity: Activity::Active, typing: Some(with_omar()) }
}

impl Tablet {
    fn reconnects(&mut self) -> Vec<Effect> {
        self.passes(60_000);
        self.input(Input::LinkUp { path: LinkPath::Mqtt })
    }

    fn drives(&mut self) -> Vec<Here> {
        said(&self.input(Input::Tapped(Wish::Do(Activity::Driving))))
    }

    fn types(&mut self) -> Vec<Here> {
        said(&self.input(Input::Tapped(Wish::Type(with_omar()))))
    }
}

#[test]
fn what_she_is_at_is_said_once_and_again_on_each_new_link() {
    let mut tablet = Tablet::level(LinkPath::Mqtt);
    assert_eq!(tablet.drives(), [at_the_wheel()]);
    assert_eq!(tablet.drives(), [], "it is known");
    tablet.input(lost(LinkPath::Mqtt));
    assert_eq!(tablet.drives(), [], "there is nobody to tell");
    let up = tablet.reconnects();
    assert_eq!(said(&up), [at_the_wheel()], "a server that knows nothing is told");
}

#[test]
fn one_at_her_tablet_says_nothing() {
    let mut tablet = Tablet::level(LinkPath::Mqtt);
    tablet.input(lost(LinkPath::Mqtt));
    assert_eq!(said(&tablet.reconnects()), []);
}

#[test]
fn that_she_writes_is_said_again_after_a_while_only() {
    let mut tablet = Tablet::level(LinkPath::Mqtt);
    assert_eq!(tablet.types(), [writing()]);
    tablet.now.tick += TYPING_AGAIN_MS - 1;
    assert_eq!(tablet.types(), [], "with each stroke of the keyboard");
    tablet.now.tick += 1;
    assert_eq!(tablet.types(), [writing()]);
}

#[test]
fn without_a_link_that_she_writes_is_said_to_nobody_ever() {
    let mut tablet = Tablet::level(LinkPath::Mqtt);
    tablet.input(lost(LinkPath::Mqtt));
    assert_eq!(tablet.types(), []);
    assert_eq!(said(&tablet.reconnects()), [], "it is no longer true");
    assert_eq!(tablet.types(), [writing()]);
}

#[test]
fn over_https_it_is_said_with_each_question_that_she_drives() {
    let mut tablet = Tablet::level(LinkPath::Https);
    assert_eq!(tablet.drives(), [at_the_wheel()]);
    let asks = tablet.passes(POLL_IDLE_MS);
    assert!(pull_of(&asks).is_some(), "it asks what is new: {asks:?}");
    assert_eq!(said(&asks), [at_the_wheel()], "the server may have taken her for gone");
}
