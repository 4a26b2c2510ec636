//! What a driver lives through, and what her tablet does about it.

use crate::tablet::Tablet;
use expect_test::{Expect, expect};

fn check(story: &str, expected: Expect) {
    let mut tablet = Tablet::new();
    story.split(';').for_each(|step| tablet.play(step.trim()));
    expected.assert_eq(&(tablet.log.join("\n") + "\n"));
}

#[test]
fn dana_is_offline_taps_running_late_and_it_goes_out_once_when_the_link_comes() {
    check(
        "starts; taps running-late; link up; server answers pull; server accepts",
        expect![[r#"
            - starts
                connect Mqtt
                show Connecting
            - taps running-late
                store queued running-late as 1 of direct-2-7
                kept a fact
            - link up
                send Mqtt pull after 0.0 with 0 stored, 0 read
                send Mqtt submit running-late as 1 of direct-2-7
                show Up { path: Mqtt, catching_up: true }
                timer in 20000 ms
            - server answers pull
                store skew 0
                show Up { path: Mqtt, catching_up: false }
            - server accepts
                store accepted at 0.1
                timer in 60000 ms
        "#]],
    );
}

#[test]
fn what_dana_tapped_without_signal_is_accepted_with_one_word() {
    check(
        "starts; taps loading; taps loaded; taps on-my-way; link up; server answers pull; \
         server accepts all; server places own",
        expect![[r#"
            - starts
                connect Mqtt
                show Connecting
            - taps loading
                store queued loading as 1 of direct-2-7
                kept a fact
            - taps loaded
                store queued loaded as 2 of direct-2-7
                kept a fact
            - taps on-my-way
                store queued on-my-way as 3 of direct-2-7
                kept a fact
            - link up
                send Mqtt pull after 0.0 with 0 stored, 0 read
                send Mqtt submit loading as 1 of direct-2-7, loaded as 2 of direct-2-7, on-my-way as 3 of direct-2-7
                show Up { path: Mqtt, catching_up: true }
                timer in 20000 ms
            - server answers pull
                store skew 0
                show Up { path: Mqtt, catching_up: false }
            - server accepts all
                store accepted at 0.1, accepted at 0.2, accepted at 0.3
                timer in 60000 ms
            - server places own
                store cursor 0.3
        "#]],
    );
}

#[test]
fn a_lost_answer_is_made_good_by_the_push_that_places_what_came_after_it() {
    check(
        "starts; link up; server answers pull; taps loading; server commits; taps loaded; \
         server accepts all; server places own",
        expect![[r#"
            - starts
                connect Mqtt
                show Connecting
            - link up
                send Mqtt pull after 0.0 with 0 stored, 0 read
                show Up { path: Mqtt, catching_up: true }
                timer in 20000 ms
            - server answers pull
                store skew 0
                show Up { path: Mqtt, catching_up: false }
                timer in 60000 ms
            - taps loading
                store queued loading as 1 of direct-2-7
                kept a fact
                send Mqtt submit loading as 1 of direct-2-7
                timer in 20000 ms
            - server commits
            - taps loaded
                store queued loaded as 2 of direct-2-7
                kept a fact
                send Mqtt submit loaded as 2 of direct-2-7
            - server accepts all
                store accepted at 0.2
            - server places own
                store accepted at 0.1, cursor 0.2
                timer in 60000 ms
        "#]],
    );
}

#[test]
fn the_tablet_dies_after_the_send_and_the_same_fact_is_sent_again() {
    check(
        "starts; link up; server answers pull; taps delivered; crash; link up",
        expect![[r#"
            - starts
                connect Mqtt
                show Connecting
            - link up
                send Mqtt pull after 0.0 with 0 stored, 0 read
                show Up { path: Mqtt, catching_up: true }
                timer in 20000 ms
            - server answers pull
                store skew 0
                show Up { path: Mqtt, catching_up: false }
                timer in 60000 ms
            - taps delivered
                store queued delivered as 1 of direct-2-7
                kept a fact
                send Mqtt submit delivered as 1 of direct-2-7
                timer in 20000 ms
            - crash
                connect Mqtt
                show Connecting
            - link up
                send Mqtt pull after 0.0 with 0 stored, 0 read
                send Mqtt submit delivered as 1 of direct-2-7
                show Up { path: Mqtt, catching_up: true }
                timer in 20000 ms
        "#]],
    );
}

#[test]
fn one_refused_message_is_wedged_and_the_rest_goes_on() {
    check(
        "starts; link up; server answers pull; taps delivered; tells north \"hello; server rejects; \
         server accepts",
        expect![[r#"
            - starts
                connect Mqtt
                show Connecting
            - link up
                send Mqtt pull after 0.0 with 0 stored, 0 read
                show Up { path: Mqtt, catching_up: true }
                timer in 20000 ms
            - server answers pull
                store skew 0
                show Up { path: Mqtt, catching_up: false }
                timer in 60000 ms
            - taps delivered
                store queued delivered as 1 of direct-2-7
                kept a fact
                send Mqtt submit delivered as 1 of direct-2-7
                timer in 20000 ms
            - tells north "hello
                store queued "hello" as 1 of group-3
                kept a fact
                send Mqtt submit "hello" as 1 of group-3
            - server rejects
                store rejected, not-allowed
            - server accepts
                store accepted at 0.2
                timer in 60000 ms
        "#]],
    );
}

#[test]
fn an_acknowledgement_overtakes_what_waits_in_other_conversations() {
    check(
        "starts; taps delivered; taps running-late; acknowledges; link up",
        expect![[r#"
            - starts
                connect Mqtt
                show Connecting
            - taps delivered
                store queued delivered as 1 of direct-2-7
                kept a fact
            - taps running-late
                store queued running-late as 2 of direct-2-7
                kept a fact
            - acknowledges
                store queued acknowledgement as 1 of group-3
                kept a fact
            - link up
                send Mqtt pull after 0.0 with 0 stored, 0 read
                send Mqtt submit acknowledgement as 1 of group-3, delivered as 1 of direct-2-7, running-late as 2 of direct-2-7
                show Up { path: Mqtt, catching_up: true }
                timer in 20000 ms
        "#]],
    );
}

#[test]
fn a_deferred_lane_rests_and_goes_back_to_its_first_entry() {
    check(
        "starts; link up; server answers pull; taps delivered; taps running-late; server defers; \
         server expects 1; timer; server accepts",
        expect![[r#"
            - starts
                connect Mqtt
                show Connecting
            - link up
                send Mqtt pull after 0.0 with 0 stored, 0 read
                show Up { path: Mqtt, catching_up: true }
                timer in 20000 ms
            - server answers pull
                store skew 0
                show Up { path: Mqtt, catching_up: false }
                timer in 60000 ms
            - taps delivered
                store queued delivered as 1 of direct-2-7
                kept a fact
                send Mqtt submit delivered as 1 of direct-2-7
                timer in 20000 ms
            - taps running-late
                store queued running-late as 2 of direct-2-7
                kept a fact
                send Mqtt submit running-late as 2 of direct-2-7
            - server defers
                timer in 230 ms
            - server expects 1
            - timer
                send Mqtt submit delivered as 1 of direct-2-7, running-late as 2 of direct-2-7
                timer in 20000 ms
            - server accepts
                store accepted at 0.3, accepted at 0.4
                timer in 60000 ms
        "#]],
    );
}

#[test]
fn an_answer_that_was_lost_is_asked_for_again() {
    check(
        "starts; link up; server answers pull; taps delivered; waits 20000",
        expect![[r#"
            - starts
                connect Mqtt
                show Connecting
            - link up
                send Mqtt pull after 0.0 with 0 stored, 0 read
                show Up { path: Mqtt, catching_up: true }
                timer in 20000 ms
            - server answers pull
                store skew 0
                show Up { path: Mqtt, catching_up: false }
                timer in 60000 ms
            - taps delivered
                store queued delivered as 1 of direct-2-7
                kept a fact
                send Mqtt submit delivered as 1 of direct-2-7
                timer in 20000 ms
            - waits 20000
                send Mqtt submit delivered as 1 of direct-2-7
                timer in 20000 ms
        "#]],
    );
}

#[test]
fn omar_writes_and_the_delivery_is_confirmed_with_its_own_time() {
    check(
        "starts; link up; server answers pull; omar writes; server answers pull; reads 1; reads 1; \
         server answers pull",
        expect![[r#"
            - starts
                connect Mqtt
                show Connecting
            - link up
                send Mqtt pull after 0.0 with 0 stored, 0 read
                show Up { path: Mqtt, catching_up: true }
                timer in 20000 ms
            - server answers pull
                store skew 0
                show Up { path: Mqtt, catching_up: false }
                timer in 60000 ms
            - omar writes
                store fact 1, cursor 0.1, 1 stored marks
                send Mqtt pull after 0.1 with 1 stored, 0 read
                timer in 20000 ms
            - server answers pull
                store 0 stored marks, 0 read marks
                timer in 60000 ms
            - reads 1
                store read up to 1, 1 read marks
                kept
                send Mqtt pull after 0.1 with 0 stored, 1 read
                timer in 20000 ms
            - reads 1
                kept
            - server answers pull
                store 0 stored marks, 0 read marks
                timer in 60000 ms
        "#]],
    );
}

#[test]
fn a_push_that_was_lost_shows_as_a_gap_and_is_pulled() {
    check(
        "starts; link up; server answers pull; omar writes unheard; omar writes",
        expect![[r#"
            - starts
                connect Mqtt
                show Connecting
            - link up
                send Mqtt pull after 0.0 with 0 stored, 0 read
                show Up { path: Mqtt, catching_up: true }
                timer in 20000 ms
            - server answers pull
                store skew 0
                show Up { path: Mqtt, catching_up: false }
                timer in 60000 ms
            - omar writes unheard
            - omar writes
                send Mqtt pull after 0.0 with 0 stored, 0 read
                timer in 20000 ms
        "#]],
    );
}

#[test]
fn where_mqtt_is_blocked_https_carries_and_mqtt_is_probed() {
    check(
        "starts; link down; timer; link down; timer; https up; server answers pull; timer; \
         server answers pull; taps delivered; server accepts; waits 300000; link up",
        expect![[r#"
            - starts
                connect Mqtt
                show Connecting
            - link down
                show waiting, next try in 20 ms
                timer in 20 ms
            - timer
                connect Mqtt
                show Connecting
            - link down
                show waiting, next try in 905 ms
                timer in 905 ms
            - timer
                connect Https
                show Connecting
            - https up
                send Https pull after 0.0 with 0 stored, 0 read
                show Up { path: Https, catching_up: true }
                timer in 20000 ms
            - server answers pull
                store skew 0
                show Up { path: Https, catching_up: false }
                timer in 5000 ms
            - timer
                send Https pull after 0.0 with 0 stored, 0 read
                timer in 20000 ms
            - server answers pull
                timer in 5000 ms
            - taps delivered
                store queued delivered as 1 of direct-2-7
                kept a fact
                send Https submit delivered as 1 of direct-2-7
            - server accepts
                store accepted at 0.1
                send Https pull after 0.0 with 0 stored, 0 read
                timer in 20000 ms
            - waits 300000
                connect Mqtt
                send Https pull after 0.0 with 0 stored, 0 read
                timer in 20000 ms
            - link up
                disconnect Https
                send Mqtt pull after 0.0 with 0 stored, 0 read
                show Up { path: Mqtt, catching_up: true }
        "#]],
    );
}

#[test]
fn a_full_disk_keeps_nothing_by_half_and_the_tablet_tries_again_later() {
    check(
        "starts; link up; server answers pull; disk full; taps delivered; disk freed; timer; link up; \
         taps delivered",
        expect![[r#"
            - starts
                connect Mqtt
                show Connecting
            - link up
                send Mqtt pull after 0.0 with 0 stored, 0 read
                show Up { path: Mqtt, catching_up: true }
                timer in 20000 ms
            - server answers pull
                store skew 0
                show Up { path: Mqtt, catching_up: false }
                timer in 60000 ms
            - disk full
            - taps delivered
                the store fails
                show waiting, next try in 5082 ms
                timer in 5082 ms
            - disk freed
            - timer
                connect Mqtt
                show Connecting
            - link up
                send Mqtt pull after 0.0 with 0 stored, 0 read
                show Up { path: Mqtt, catching_up: true }
                timer in 20000 ms
            - taps delivered
                store queued delivered as 1 of direct-2-7
                kept a fact
                send Mqtt submit delivered as 1 of direct-2-7
        "#]],
    );
}

#[test]
fn after_a_restore_the_tablet_gives_back_what_the_server_lost() {
    check(
        "starts; link up; server answers pull; taps delivered; server accepts; taps running-late; \
         server accepts; link down; timer; link up; server restored at 1; link up",
        expect![[r#"
            - starts
                connect Mqtt
                show Connecting
            - link up
                send Mqtt pull after 0.0 with 0 stored, 0 read
                show Up { path: Mqtt, catching_up: true }
                timer in 20000 ms
            - server answers pull
                store skew 0
                show Up { path: Mqtt, catching_up: false }
                timer in 60000 ms
            - taps delivered
                store queued delivered as 1 of direct-2-7
                kept a fact
                send Mqtt submit delivered as 1 of direct-2-7
                timer in 20000 ms
            - server accepts
                store accepted at 0.1
                timer in 60000 ms
            - taps running-late
                store queued running-late as 2 of direct-2-7
                kept a fact
                send Mqtt submit running-late as 2 of direct-2-7
                timer in 20000 ms
            - server accepts
                store accepted at 0.2
                timer in 60000 ms
            - link down
                show waiting, next try in 305 ms
                timer in 305 ms
            - timer
                connect Mqtt
                show Connecting
            - link up
                send Mqtt pull after 0.0 with 0 stored, 0 read
                show Up { path: Mqtt, catching_up: true }
                timer in 20000 ms
            - server restored at 1
                store cut after 1, epoch 1, cursor 1.0, 0 stored marks, 0 read marks
                start over
                connect Mqtt
                show Connecting
            - link up
                send Mqtt pull after 1.0 with 0 stored, 0 read
                send Mqtt submit running-late as 2 of direct-2-7
                show Up { path: Mqtt, catching_up: true }
                timer in 20000 ms
        "#]],
    );
}

#[test]
fn a_server_that_expects_what_the_tablet_has_forgotten_is_told_so() {
    check(
        "starts; link up; server answers pull; taps delivered; server accepts; \
         taps running-late; server expects 1; server answers pull; timer; server expects 1; timer",
        expect![[r#"
            - starts
                connect Mqtt
                show Connecting
            - link up
                send Mqtt pull after 0.0 with 0 stored, 0 read
                show Up { path: Mqtt, catching_up: true }
                timer in 20000 ms
            - server answers pull
                store skew 0
                show Up { path: Mqtt, catching_up: false }
                timer in 60000 ms
            - taps delivered
                store queued delivered as 1 of direct-2-7
                kept a fact
                send Mqtt submit delivered as 1 of direct-2-7
                timer in 20000 ms
            - server accepts
                store accepted at 0.1
                timer in 60000 ms
            - taps running-late
                store queued running-late as 2 of direct-2-7
                kept a fact
                send Mqtt submit running-late as 2 of direct-2-7
                timer in 20000 ms
            - server expects 1
                send Mqtt pull after 0.0 with 0 stored, 0 read
                timer in 318 ms
            - server answers pull
            - timer
                send Mqtt submit running-late as 2 of direct-2-7 (gap)
                timer in 20000 ms
            - server expects 1
                send Mqtt pull after 0.0 with 0 stored, 0 read
                timer in 107 ms
            - timer
                send Mqtt submit running-late as 2 of direct-2-7 (gap)
                timer in 19893 ms
        "#]],
    );
}

#[test]
fn a_stolen_tablet_stops_and_a_refused_frame_waits() {
    check(
        "starts; link up; server answers pull; taps delivered; server refuses all; timer; \
         server revokes; waits 100000; flight mode on; flight mode off",
        expect![[r#"
            - starts
                connect Mqtt
                show Connecting
            - link up
                send Mqtt pull after 0.0 with 0 stored, 0 read
                show Up { path: Mqtt, catching_up: true }
                timer in 20000 ms
            - server answers pull
                store skew 0
                show Up { path: Mqtt, catching_up: false }
                timer in 60000 ms
            - taps delivered
                store queued delivered as 1 of direct-2-7
                kept a fact
                send Mqtt submit delivered as 1 of direct-2-7
                timer in 20000 ms
            - server refuses all
                timer in 3082 ms
            - timer
                send Mqtt submit delivered as 1 of direct-2-7
                timer in 20000 ms
            - server revokes
                disconnect Mqtt
                show Revoked
                no timer
            - waits 100000
            - flight mode on
                kept
                show Off
            - flight mode off
                kept
                connect Mqtt
                show Connecting
        "#]],
    );
}

#[test]
fn silence_on_a_live_link_makes_the_tablet_ask() {
    check(
        "starts; link up; server answers pull; waits 59999; waits 1",
        expect![[r#"
        - starts
            connect Mqtt
            show Connecting
        - link up
            send Mqtt pull after 0.0 with 0 stored, 0 read
            show Up { path: Mqtt, catching_up: true }
            timer in 20000 ms
        - server answers pull
            store skew 0
            show Up { path: Mqtt, catching_up: false }
            timer in 60000 ms
        - waits 59999
        - waits 1
            send Mqtt pull after 0.0 with 0 stored, 0 read
            timer in 20000 ms
    "#]],
    );
}
