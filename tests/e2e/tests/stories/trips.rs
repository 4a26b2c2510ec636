//! Trips and stops: what dispatch plans, what drivers do with and without a network, and what becomes of it when
//! the two contradict each other.

use waypost_client::view::TripView;
use waypost_client::{Command, Evidence, StopDone, TripCommand, View};
use waypost_protocol::StopState::*;
use waypost_protocol::{
    Conflict, EvidenceItem, EvidenceKind, FactId, Fix, GeoStamp, Place, ReasonCode, ReceivedBy,
    Stepped, Stop, StopId, StopPlan, StopState, TemplateUse, TripId, TripPlan,
};
use waypost_world::{Person, World};

crate::on_both! {
    what_dana_completes_without_a_network_is_not_undone_by_who_comes_first
    two_stops_completed_without_a_network_keep_their_own_signatures
    a_change_shows_what_was_before_and_asks_for_an_answer
    a_trip_goes_to_ayo_with_what_is_left_of_it
    a_tap_at_the_door_is_the_time_of_the_delivery
}

/// Far enough for every clock.
const DAY: &str = "2090-03-01";

/// Omar plans a trip with these stops for a driver.
pub async fn plans(
    omar: &Person,
    driver: Option<&Person>,
    names: &[&str],
) -> (TripId, Vec<StopId>) {
    let plan = TripPlan { name: "North".into(), day: DAY.into(), ..TripPlan::default() };
    let driver = driver.map(Person::id);
    let (trip, plan) = (None, Box::new(plan));
    let trip = does(omar, TripCommand::PlanTrip { trip, plan, driver }).await;
    let (trip, mut stops) = (TripId(trip.0), Vec::new());
    for name in names {
        let plan = Box::new(StopPlan::of(trip, *name));
        let stop = does(omar, TripCommand::PlanStop { stop: None, plan }).await;
        stops.push(StopId(stop.0));
    }
    (trip, stops)
}

pub async fn does(who: &Person, command: TripCommand) -> FactId {
    who.does(Command::OfTrips(command)).await.expect("it makes a fact")
}

fn stop_in(view: &View, id: StopId) -> Option<Stop> {
    let stops = view.trips.iter().flat_map(|trip| &trip.stops);
    stops.filter(|(it, _)| *it == id).map(|(_, stop)| stop.clone()).next()
}

pub async fn sees_stop(who: &Person, id: StopId, what: &str, is: impl Fn(&Stop) -> bool) -> Stop {
    let view = who.sees(what, |view| stop_in(view, id).is_some_and(|stop| is(&stop))).await;
    stop_in(&view, id).expect("just seen")
}

/// The stop on the board of dispatch, once it is so.
pub async fn on_the_board(
    omar: &Person,
    id: StopId,
    what: &str,
    is: impl Fn(&Stop) -> bool,
) -> Stop {
    let mut views = omar.client().view();
    let waits = async {
        loop {
            let board = omar.client().board(DAY, DAY).await.expect("a board");
            let stops = board.iter().flat_map(|trip: &TripView| &trip.stops);
            let found = stops.filter(|(it, _)| *it == id).map(|(_, stop)| stop.clone()).next();
            if let Some(stop) = found.filter(|stop| is(stop)) {
                return stop;
            }
            views.changed().await.expect("the app runs");
        }
    };
    let within = std::time::Duration::from_secs(60);
    match tokio::time::timeout(within, waits).await {
        Ok(stop) => stop,
        Err(_) => panic!("Omar does not see {what}: {:#?}", omar.client().board(DAY, DAY).await),
    }
}

fn conflicts(stop: &Stop) -> Vec<Conflict> {
    stop.conflicts().filter_map(|step| step.conflict).collect()
}

/// More of it than two clocks are uncertain about each other: the busier the machine is, the more of both.
async fn time_passes(world: &mut World) {
    world.server.stop().await;
    world.server.start().await;
}

async fn moves(who: &Person, stop: StopId, to: StopState) -> FactId {
    who.does(Command::move_stop(stop, to)).await.expect("it makes a fact")
}

/// Pain 15: the offline action of half past nine loses to an online one of ten o'clock.
async fn what_dana_completes_without_a_network_is_not_undone_by_who_comes_first(mut world: World) {
    let (dana, omar) = (world.driver("dana").await, world.dispatcher("omar").await);
    let (_, stops) = plans(&omar, Some(&dana), &["Bakery Blum", "Harbour"]).await;
    sees_stop(&dana, stops[1], "her stops", |_| true).await;
    dana.goes_offline().await;
    moves(&dana, stops[0], Completed).await;
    sees_stop(&dana, stops[0], "that it is done", |stop| stop.state == Completed).await;
    time_passes(&mut world).await;
    moves(&omar, stops[0], Cancelled).await;
    let board =
        on_the_board(&omar, stops[0], "that it is cancelled", |it| it.state == Cancelled).await;
    assert_eq!(conflicts(&board), [], "he cannot know yet");

    dana.goes_online().await;
    let seen =
        on_the_board(&omar, stops[0], "that she was there", |it| it.state == Completed).await;
    assert_eq!((conflicts(&seen), seen.proposal()), (vec![Conflict::Over], Some(Completed)));
    let hers =
        sees_stop(&dana, stops[0], "that he has cancelled", |it| !conflicts(it).is_empty()).await;
    assert_eq!(hers.state, Completed, "both see the same");
    let settles =
        TripCommand::SettleStop { stop: stops[0], state: Completed, text: "She was there".into() };
    does(&omar, settles).await;
    sees_stop(&dana, stops[0], "that it is settled", |it| conflicts(it).is_empty()).await;
    world.ends([dana, omar]).await;
}

fn signed_by(name: &str, text: &str) -> Box<Evidence> {
    let scan = EvidenceItem {
        kind: EvidenceKind::Scan,
        captured_at: 1,
        original: None,
        preview: None,
        text: text.into(),
        at: Some(GeoStamp::without(Fix::None)),
    };
    let received_by = Some(ReceivedBy { name: name.into(), role: "Consignee".into() });
    Box::new(Evidence { items: vec![scan], received_by, ..Evidence::default() })
}

async fn completes(dana: &Person, stop: StopId, evidence: Box<Evidence>) -> FactId {
    let at = Some(GeoStamp::of(Place::at(52.5363, 13.3938), 1_000, 1_000));
    let template =
        TemplateUse { template: "delivered".into(), version: 1, arguments: Default::default() };
    let done =
        StopDone { at, template: Some(template), evidence: Some(evidence), ..StopDone::default() };
    does(dana, TripCommand::MoveStop { stop, to: Completed, done: done.into() }).await
}

/// Pain 7: of two deliveries made without a network both signatures land on one.
async fn two_stops_completed_without_a_network_keep_their_own_signatures(mut world: World) {
    let (mut dana, omar) = (world.driver("dana").await, world.dispatcher("omar").await);
    let (_, stops) = plans(&omar, Some(&dana), &["Bakery Blum", "Harbour"]).await;
    sees_stop(&dana, stops[1], "her stops", |_| true).await;
    dana.goes_offline().await;
    moves(&dana, stops[0], Arrived).await;
    moves(&dana, stops[1], Arrived).await;
    let harbour = completes(&dana, stops[1], signed_by("Hark", "harbour")).await;
    let blum = completes(&dana, stops[0], signed_by("Ada Blum", "blum")).await;
    dana.is_killed();
    dana.starts_again().await;
    sees_stop(&dana, stops[0], "what she did before", |stop| stop.state == Completed).await;
    dana.is_level().await;
    for (stop, fact) in [(stops[0], blum), (stops[1], harbour)] {
        let seen = on_the_board(&omar, stop, "that it is done", |it| it.state == Completed).await;
        let proof: Vec<_> = seen
            .steps
            .iter()
            .filter(|step| matches!(step.what, Stepped::Moved { proof: true, .. }))
            .map(|step| step.fact)
            .collect();
        assert_eq!((proof, conflicts(&seen)), (vec![fact], vec![]), "its own, and no other");
    }
    world.ends([dana, omar]).await;
}

async fn a_change_shows_what_was_before_and_asks_for_an_answer(mut world: World) {
    let (dana, omar) = (world.driver("dana").await, world.dispatcher("omar").await);
    let (trip, stops) = plans(&omar, Some(&dana), &["Bakery Blum"]).await;
    sees_stop(&dana, stops[0], "what is planned", Stop::asks).await;
    let agrees = |accepted, reason, text: &str| TripCommand::Answer {
        trip: Some(trip),
        stops: stops.clone(),
        accepted,
        reason,
        text: text.into(),
    };
    does(&dana, agrees(true, None, "")).await;
    on_the_board(&omar, stops[0], "that she agrees", |it| it.state == Accepted && !it.asks()).await;
    let again = dana.does(Command::OfTrips(agrees(true, None, ""))).await;
    assert_eq!(again, None, "there is nothing left to answer");

    dana.goes_offline().await;
    let plan = StopPlan { address: "Gate 5".into(), ..StopPlan::of(trip, "Bakery Blum") };
    does(&omar, TripCommand::PlanStop { stop: Some(stops[0]), plan: plan.into() }).await;
    dana.goes_online().await;
    let changed =
        sees_stop(&dana, stops[0], "a change", |it| it.asks() && it.agreed.is_some()).await;
    let addresses = (changed.agreed.map(|it| it.address), changed.plan.map(|it| it.address));
    assert_eq!(addresses, (Some(String::new()), Some("Gate 5".into())), "before and after");
    does(&dana, agrees(false, Some(ReasonCode::NoAccess), "Gate 5 is for vans")).await;
    let refused = on_the_board(&omar, stops[0], "that she refuses", |it| {
        it.reply.as_ref().is_some_and(|reply| !reply.accepted)
    })
    .await;
    let reply = refused.reply.expect("an answer");
    assert_eq!(
        (reply.reason, reply.text.as_str()),
        (Some(ReasonCode::NoAccess), "Gate 5 is for vans")
    );
    world.ends([dana, omar]).await;
}

async fn a_trip_goes_to_ayo_with_what_is_left_of_it(mut world: World) {
    let (dana, omar) = (world.driver("dana").await, world.dispatcher("omar").await);
    let ayo = world.driver("ayo").await;
    let (trip, stops) = plans(&omar, Some(&dana), &["Bakery Blum", "Harbour", "Depot"]).await;
    sees_stop(&dana, stops[2], "her stops", |_| true).await;
    moves(&dana, stops[0], Completed).await;
    on_the_board(&omar, stops[0], "that one is done", |it| it.state == Completed).await;
    dana.goes_offline().await;
    moves(&dana, stops[1], Arrived).await;
    time_passes(&mut world).await;
    does(&omar, TripCommand::HandOverTrip { trip, to: Some(ayo.id()) }).await;
    sees_stop(&ayo, stops[2], "what is left", |_| true).await;
    assert_eq!(stop_in(&ayo.view(), stops[0]), None, "what is done is not his");
    time_passes(&mut world).await;
    moves(&dana, stops[1], Completed).await;
    dana.goes_online().await;
    dana.sees("that it is hers no more", |view| view.trips.is_empty()).await;
    let seen =
        on_the_board(&omar, stops[1], "that both have it", |it| !conflicts(it).is_empty()).await;
    assert_eq!((conflicts(&seen), seen.driver), (vec![Conflict::NotTheirs], Some(ayo.id())));
    assert_eq!((seen.state, seen.proposal()), (Assigned, Some(Completed)), "dispatch can see it");
    moves(&ayo, stops[2], Completed).await;
    on_the_board(&omar, stops[2], "what Ayo does", |it| it.state == Completed).await;
    world.ends([dana, omar, ayo]).await;
}

/// Pain 8: stops are closed late and the times are false, because something has to be sent first.
async fn a_tap_at_the_door_is_the_time_of_the_delivery(mut world: World) {
    let (mut dana, omar) = (world.driver("dana").await, world.dispatcher("omar").await);
    let (_, stops) = plans(&omar, Some(&dana), &["Bakery Blum"]).await;
    sees_stop(&dana, stops[0], "her stop", |_| true).await;
    dana.goes_offline().await;
    let tapped = completes(&dana, stops[0], signed_by("Ada Blum", "blum")).await;
    let at = tapped.occurred_at().expect("it says when");
    dana.is_switched_off_for(6 * 3_600_000).await;
    let seen = on_the_board(&omar, stops[0], "that it is done", |it| it.state == Completed).await;
    let late = seen.since.abs_diff(at);
    assert!(late < 60_000, "it was done at {at}, and is told as done {late} ms away from that");
    world.ends([dana, omar]).await;
}
