//! A case is on the device what it is on the server, though the device looks at few of its words.

use waypost_engine::Change;
use waypost_protocol::{
    Body, Case, ConversationId, Event, FactId, Header, IncidentCategory, IncidentId, Millis,
    PersonId, Priority, Role, Word,
};

use super::Store;
use crate::testing::{AYO, DANA, Folder, NOON, OMAR, entry, fact, person, store_at, text};

/// Numbers that look like dice (splitmix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % sides
    }
}

fn dispatcher(n: u64, id: PersonId, name: &str) -> Change {
    let (handle, role) = (name.to_lowercase(), Role::Dispatcher);
    let language = "en".into();
    let body = Body::PersonAdded { person: id, handle, name: name.into(), role, language };
    fact(n, PersonId::SERVER, Some(ConversationId::Fleet), &body)
}

/// Dana drives; Omar and Ayo sit at dispatch.
async fn store(folder: &Folder, name: &str) -> Store {
    let store = store_at(&folder.path().join(name)).await;
    let people = [person(1, DANA, "Dana"), dispatcher(2, OMAR, "Omar"), dispatcher(3, AYO, "Ayo")];
    store.apply(&people).await.unwrap();
    store
}

fn word(dice: &mut Dice, said: &[FactId]) -> (PersonId, Body) {
    let author = [DANA, DANA, OMAR, AYO][dice.below(4) as usize];
    let staff = [OMAR, AYO][dice.below(2) as usize];
    let to = (dice.below(3) > 0).then_some(staff);
    let message = said.get(dice.below(said.len().max(1) as u64) as usize).copied();
    match (dice.below(8), message) {
        (0, _) => (staff, Body::Assigned { to, instead_of: None }),
        (1, _) => (staff, Body::Resolved { text: String::new() }),
        (2, _) => (staff, Body::Reopened {}),
        (3 | 4, Some(message)) => (author, Body::Acknowledgement { message }),
        _ => {
            let priorities = [Priority::Routine, Priority::Urgent, Priority::Emergency];
            let priority = priorities[dice.below(3) as usize];
            let header = Header { priority, ..Header::default() };
            (author, Body::Text { text: "word".into(), answers: None, header })
        }
    }
}

fn hears(case: &mut Case, author: PersonId, id: FactId, at: Millis, body: &Body) {
    case.hears(Word { id, author, is_staff: author != DANA, at, body });
}

fn of(change: &Change) -> &Event {
    match change {
        Change::Recorded { event, .. } => event,
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_makes_of_a_case_what_the_server_makes_of_it() {
    let folder = Folder::new();
    for run in 0..12 {
        let mut dice = Dice(run);
        let store = store(&folder, &format!("{run}.db")).await;
        let incident = ConversationId::Incident(IncidentId::mint(NOON, u128::from(run)));
        for place in [ConversationId::Dispatch(DANA), incident] {
            let mut whole = Case::of(place).unwrap();
            let mut said = Vec::new();
            for n in 0..40 {
                let at = 100 * (run + 1) + n + if place == incident { 50 } else { 0 };
                let opens = n == 0 && place == incident;
                let (author, body) = match opens {
                    true => (DANA, flat_tyre()),
                    false => word(&mut dice, &said),
                };
                let change = fact(at, author, Some(place), &body);
                let event = of(&change).clone();
                let id = event.id.unwrap();
                store.apply(&[change]).await.unwrap();
                hears(&mut whole, author, id, event.recorded_at, &body);
                said.extend(Some(id).filter(|_| body.is_message()));
                let here = store.reading().case(place).await.unwrap();
                assert_eq!(here.as_ref(), Some(&whole), "run {run}, word {n}: {body:?}");
            }
            let number = if place == incident { 2 } else { 1 };
            let queued = entry(place, number, &text("It is nothing"));
            store.apply(&[Change::Queued(queued.clone())]).await.unwrap();
            let at = queued.id.occurred_at().unwrap();
            hears(&mut whole, DANA, queued.id, at, &text("It is nothing"));
            assert_eq!(
                store.reading().case(place).await.unwrap(),
                Some(whole),
                "what waits counts"
            );
        }
    }
}

fn flat_tyre() -> Body {
    let (category, text) = (IncidentCategory::Breakdown, "Flat tyre".into());
    Body::Incident { category, text, place: None, person: None, header: Header::default() }
}
