//! Both sides killed at random moments.

use std::collections::BTreeMap;

use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use waypost_protocol::{ConversationId, FactId, ReceiptState};
use waypost_world::{Person, World};

crate::on_both! {
    twenty_kills_during_a_thousand_messages_lose_and_double_nothing
}

const PEOPLE: usize = 20;
const DISPATCHERS: usize = 3;
const MESSAGES: usize = 1000;
const KILLS: usize = 20;

async fn twenty_kills_during_a_thousand_messages_lose_and_double_nothing(mut world: World) {
    let seed = rand::rng().random();
    eprintln!("the moments of this run come from seed {seed}");
    let mut chance = StdRng::seed_from_u64(seed);
    let mut people = Vec::new();
    for i in 0..PEOPLE {
        let role = if i < DISPATCHERS { "dispatcher" } else { "driver" };
        people.push(world.someone(&format!("person-{i}"), role).await);
    }
    let mut sent: BTreeMap<ConversationId, Vec<(usize, FactId)>> = BTreeMap::new();
    for step in 0..MESSAGES {
        if step % (MESSAGES / KILLS) == 0 {
            one_kill(&mut world, &mut people, &mut chance).await;
        }
        let dispatcher = chance.random_range(0..DISPATCHERS);
        let driver = chance.random_range(DISPATCHERS..PEOPLE);
        let (from, to) = if chance.random() { (dispatcher, driver) } else { (driver, dispatcher) };
        let id = people[from].writes(&people[to], &format!("message {step}")).await;
        sent.entry(people[from].with(&people[to])).or_default().push((from, id));
    }
    for person in &people {
        person.is_level().await;
    }
    for (conversation, messages) in &sent {
        both_sides_agree(&people, *conversation, messages).await;
    }
    for (conversation, messages) in &sent {
        every_receipt_is_there(&people, *conversation, messages).await;
    }
    world.ends(people).await;
}

async fn one_kill(world: &mut World, people: &mut [Person], chance: &mut StdRng) {
    if chance.random() {
        world.server.kill().await;
        world.server.start().await;
    } else {
        let someone = chance.random_range(0..people.len());
        people[someone].is_killed();
        people[someone].starts_again().await;
    }
}

/// The two people of a direct conversation, by their place in the list.
fn the_two(people: &[Person], conversation: ConversationId) -> Vec<&Person> {
    people.iter().filter(|person| conversation.partner_of(person.id()).is_some()).collect()
}

async fn both_sides_agree(
    people: &[Person],
    conversation: ConversationId,
    messages: &[(usize, FactId)],
) {
    let mut orders = Vec::new();
    for person in the_two(people, conversation) {
        person.opens(conversation).await;
        let view = person
            .sees("every message", |view| {
                let open = view.timeline.as_ref();
                open.is_some_and(|open| {
                    open.conversation == conversation && open.messages.len() == messages.len()
                })
            })
            .await;
        let open = view.timeline.clone().expect("just seen");
        orders.push(open.messages.iter().map(|message| message.id).collect::<Vec<_>>());
        person.reads(conversation).await;
    }
    assert_eq!(orders[0], orders[1], "both see {conversation} in the same order");
    for author in 0..people.len() {
        let tapped: Vec<_> =
            messages.iter().filter(|(a, _)| *a == author).map(|(_, id)| *id).collect();
        let shown: Vec<_> = orders[0].iter().copied().filter(|id| tapped.contains(id)).collect();
        assert_eq!(shown, tapped, "what one person wrote stands in the order of the taps");
    }
}

async fn every_receipt_is_there(
    people: &[Person],
    conversation: ConversationId,
    messages: &[(usize, FactId)],
) {
    for person in the_two(people, conversation) {
        person.opens(conversation).await;
        let mine =
            |id: &FactId| messages.iter().any(|(a, m)| m == id && people[*a].id() == person.id());
        let all_read = |message: &waypost_client::view::MessageView| {
            !mine(&message.id) || message.state == ReceiptState::Read
        };
        let view = person
            .sees("every receipt of its own messages", |view| {
                view.timeline.as_ref().is_some_and(|open| {
                    open.conversation == conversation && open.messages.iter().all(|m| all_read(m))
                })
            })
            .await;
        for message in &view.timeline.as_ref().expect("just seen").messages {
            let recipient = message.receipts.first();
            assert!(recipient.is_none_or(|r| r.delivered_at <= r.read_at), "{message:#?}");
        }
    }
}
