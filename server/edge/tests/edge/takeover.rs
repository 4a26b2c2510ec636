//! One enrolment that connects again and again: the newest connection is the one that counts.

use waypost_edge::Closing;

use crate::bytes_of;
use crate::support::{AYO, DANA, Seen, connect, events, house};

#[tokio::test]
async fn danas_new_tablet_session_ends_the_old_one_and_takes_her_downlinks() {
    let house = house().await;
    let mut older = house.device(DANA).await;
    let mut newer = house.device(DANA).await;
    older.is_closed().await;
    house.edge.publish(DANA.enrolment, &events(9));
    assert_eq!(newer.next().await, Some(Seen::Down(events(9))));
    assert_eq!(house.edge.online(), [DANA]);
    let notices = house.server.notices.lock().unwrap().clone();
    assert_eq!(notices, [(DANA.person, true); 2], "the newer one was told nothing yet");
}

#[tokio::test]
async fn two_hundred_connects_with_one_id_leak_nothing_and_hurt_nobody() {
    let house = house().await;
    let ayo = house.bystander(AYO).await;
    let mut tablets = Vec::new();
    for _ in 0..200 {
        let mut tablet = house.tls().await;
        tablet.send(&connect(DANA).bytes()).await;
        tablets.push(tablet);
    }
    house
        .until("199 are taken over", |house| {
            house.edge.counters().closed[&Closing::TakenOver] == 199
        })
        .await;
    house.until("one is left", |house| house.edge.counters().connections == 2).await;
    ayo.was_unharmed().await;
    drop(tablets);
    house.until("all are gone", |house| house.edge.counters().connections == 0).await;
    let notices = house.server.notices.lock().unwrap().clone();
    let danas: Vec<_> = notices.into_iter().filter(|(person, _)| *person == DANA.person).collect();
    let expected = [vec![(DANA.person, true); 200], vec![(DANA.person, false)]].concat();
    assert_eq!(danas, expected, "she comes again and again, and goes once");
}

#[tokio::test]
async fn who_came_and_who_went_alternates() {
    let house = house().await;
    for _ in 0..5 {
        let mut dana = house.device(DANA).await;
        dana.send(&bytes_of::DISCONNECT).await;
        dana.is_closed().await;
        house.until("Dana is offline", |house| house.edge.online().is_empty()).await;
    }
    house.until("all was told", |house| house.server.notices.lock().unwrap().len() == 10).await;
    let notices = house.server.notices.lock().unwrap().clone();
    assert!(notices.iter().map(|(_, came)| *came).eq([true, false].repeat(5)), "{notices:?}");
}
