//! rumqttc as others use it: its event loop, its own way of coming back.

use std::time::Duration;

use rand::Rng as _;
use rumqttc::{AsyncClient, Event, MqttOptions, Packet, QoS, TlsConfiguration, Transport};
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Interval, MissedTickBehavior, interval};
use waypost_protocol::{Downlink, FRAME_BYTES_MAX, Uplink, topic};

use super::Account;
use super::mailbag::Mailbag;
use super::tally::{Order, Told};

/// Header and topic around a frame.
const AROUND_FRAME_BYTES: usize = 1024;
const AGAIN_AFTER: Duration = Duration::from_secs(3);
const PULL_EVERY: u32 = 20;

/// Its event loop runs by itself: waiting for one of its events must not be given up half-way.
struct Line {
    client: AsyncClient,
    packets: UnboundedReceiver<Option<Packet>>,
    looping: JoinHandle<()>,
}

struct Device {
    account: Account,
    bag: Mailbag,
    line: Line,
    up: bool,
    cuts: u32,
    turns: u32,
}

pub async fn run(
    account: Account,
    mut orders: watch::Receiver<Order>,
    tell: UnboundedSender<Told>,
) {
    let bag = Mailbag::new(account.name, account.group, tell);
    let line = Line::open(&account);
    let mut pace = paced(account.pause);
    let mut device = Device { account, bag, line, up: false, cuts: 0, turns: 0 };
    while !device.bag.is_level {
        tokio::select! {
            Some(packet) = device.line.packets.recv() => device.hears(packet),
            Ok(()) = orders.changed() => {
                let order = *orders.borrow_and_update();
                device.bag.obeys(order);
                let pull = device.bag.pull();
                device.publishes([pull]);
            }
            _ = pace.tick() => device.turns(),
        }
    }
    // The event loop sends it, or has lost the connection already.
    let _ = device.line.client.try_disconnect();
}

impl Device {
    fn hears(&mut self, packet: Option<Packet>) {
        match packet {
            Some(Packet::ConnAck(_)) => {
                self.bag.tells(Told::Connected);
                let down = topic::down(self.account.caller.enrolment);
                let _ = self.line.client.try_subscribe(down, QoS::AtLeastOnce);
            }
            Some(Packet::SubAck(_)) => {
                self.up = true;
                let pull = self.bag.pull();
                let waiting = self.bag.waiting();
                self.publishes([pull].into_iter().chain(waiting));
            }
            Some(Packet::Publish(publish)) => match Downlink::from_bytes(&publish.payload) {
                Ok(frame) => {
                    if self.bag.takes(frame) {
                        let pull = self.bag.pull();
                        self.publishes([pull]);
                    }
                }
                Err(error) => self.bag.tells(Told::Trouble(format!("no frame: {error}"))),
            },
            Some(_) => {}
            None => self.up = false,
        }
    }

    fn turns(&mut self) {
        if !self.up {
            return;
        }
        self.turns += 1;
        if self.bag.order == Order::Write {
            let fresh = self.bag.writes();
            self.publishes(fresh);
            if rand::rng().random_ratio(1, self.account.cut_every) {
                return self.cut();
            }
        }
        if self.turns.is_multiple_of(PULL_EVERY) {
            let pull = self.bag.pull();
            self.publishes([pull]);
        }
        if self.bag.answered_at.elapsed() > AGAIN_AFTER {
            let waiting = self.bag.waiting();
            self.publishes(waiting);
        }
    }

    /// A goodbye, after which its event loop comes back by itself; or a connection that is gone.
    fn cut(&mut self) {
        self.up = false;
        self.cuts += 1;
        if self.cuts.is_multiple_of(2) {
            let _ = self.line.client.try_disconnect();
        } else {
            self.line = Line::open(&self.account);
        }
    }

    fn publishes(&self, frames: impl IntoIterator<Item = Uplink>) {
        let up = topic::up(self.account.caller.enrolment);
        for frame in frames {
            // What finds no room is sent again, as is what is lost with a connection.
            let _ = self.line.client.try_publish(&up, QoS::AtLeastOnce, false, frame.to_bytes());
        }
    }
}

impl Line {
    fn open(account: &Account) -> Self {
        let id = account.caller.enrolment.to_string();
        let mut options = MqttOptions::new(&id, "127.0.0.1", account.port);
        options.set_credentials(&id, &account.caller.credential);
        let ca = std::fs::read(&account.ca).expect("the server has made its CA");
        let tls = TlsConfiguration::Simple { ca, alpn: None, client_auth: None };
        options.set_transport(Transport::tls_with_config(tls));
        let bytes_max = FRAME_BYTES_MAX + AROUND_FRAME_BYTES;
        options.set_max_packet_size(bytes_max, bytes_max).set_inflight(8);
        let (client, mut events) = AsyncClient::new(options, 256);
        let (tell, packets) = mpsc::unbounded_channel();
        // It has no back-off of its own.
        let mut pause = paced(Duration::from_millis(50));
        let looping = tokio::spawn(async move {
            loop {
                let told = match events.poll().await {
                    Ok(Event::Incoming(packet)) => tell.send(Some(packet)),
                    Ok(Event::Outgoing(_)) => Ok(()),
                    Err(_) => {
                        pause.tick().await;
                        tell.send(None)
                    }
                };
                if told.is_err() {
                    return;
                }
            }
        });
        Self { client, packets, looping }
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.looping.abort();
    }
}

pub fn paced(pause: Duration) -> Interval {
    let mut pace = interval(pause);
    pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
    pace
}
