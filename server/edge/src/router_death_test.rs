//! The router dies under a full house, as it does on a topic that we never let in.

use waypost_protocol::PersonId;

use crate::Closing;
use crate::support::{AYO, DANA, Seen, events, house};

#[tokio::test]
async fn after_the_router_died_everyone_comes_back_and_is_served() {
    let house = house().await;
    let mut dana = house.device(DANA).await;
    let mut ayo = house.device(AYO).await;
    dana.exchange(DANA, 1).await;
    house.edge.shared.router().expect("there is a router").kill();
    dana.is_closed().await;
    ayo.is_closed().await;
    let counters = house.edge.counters();
    assert_eq!((counters.router_restarts, counters.closed[&Closing::RouterDied]), (1, 2));
    let mut dana = house.device(DANA).await;
    house
        .until("there is a new router", |house| {
            house.edge.publish(DANA.enrolment, &events(2));
            house.edge.counters().published > 1
        })
        .await;
    assert_eq!(dana.next().await, Some(Seen::Down(events(2))));
    assert!(house.server.notices.lock().unwrap().contains(&(PersonId(1), false)));
}
