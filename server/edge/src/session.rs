//! One connection from its CONNACK to its end: reads packets, answers them, writes what waits.
//! It is one task, and it decides nothing that `policy` can decide.

use std::sync::Arc;

use bytes::{BufMut, BytesMut};
use rumqttd::protocol::v4::V4;
use rumqttd::protocol::{Packet, Protocol, Publish as Forwarded};
use tokio::io::{AsyncRead, AsyncWrite};
use waypost_protocol::topic;

use crate::Closing;
use crate::admission::Admitted;
use crate::deadlines::Deadlines;
use crate::frame::{self, Fault, Frame, Publish};
use crate::held::{HeldPublishes, Work};
use crate::mailbox::Order;
use crate::online::Seat;
use crate::policy;
use crate::shared::Shared;
use crate::socket::{Incoming, Outgoing};

/// While more than this waits to be sent, nothing more is read or taken from the mailbox.
const PENDING_BYTES_MAX: usize = 32 * 1024;

pub(crate) struct Session<S> {
    shared: Arc<Shared>,
    seat: Seat,
    incoming: Incoming<S>,
    outgoing: Outgoing<S>,
    held: HeldPublishes,
    /// The client holds more publishes open than it may: its next one stays in the buffer.
    resting: bool,
    deadlines: Deadlines,
}

enum Step {
    Changed,
    Read(std::io::Result<usize>),
    Wrote(std::io::Result<()>),
    Answered(Option<u16>),
    Emptied,
    Time(Option<Closing>),
}

impl<S: AsyncRead + AsyncWrite> Session<S> {
    pub(crate) fn new(shared: Arc<Shared>, admitted: Admitted<S>) -> Self {
        let deadlines = Deadlines::new(admitted.keep_alive, shared.config.write_timeout);
        Self {
            held: HeldPublishes::new(Arc::clone(&shared), admitted.seat.identity),
            shared,
            seat: admitted.seat,
            incoming: admitted.incoming,
            outgoing: admitted.outgoing,
            resting: false,
            deadlines,
        }
    }

    /// Serves the connection to its end, gives the seat back, and returns what is still held.
    pub(crate) async fn run(mut self) -> HeldPublishes {
        let reason = self.serve().await;
        let Self { shared, seat, outgoing, held, .. } = self;
        shared.tally.closed(reason, seat.identity.enrolment);
        drop(seat);
        outgoing.close().await;
        held
    }

    async fn serve(&mut self) -> Closing {
        // What came right behind the CONNECT is already here.
        let mut end = self.understand().err();
        while end.is_none() {
            end = self.turn().await.err();
        }
        end.unwrap_or(Closing::Gone)
    }

    async fn turn(&mut self) -> Result<(), Closing> {
        let order = self.seat.mailbox.order();
        if let Order::Close(reason) = order {
            return Err(reason);
        }
        self.collect();
        let reads = order == Order::Serve
            && !self.resting
            && self.outgoing.buffer.len() < PENDING_BYTES_MAX;
        self.deadlines.set(reads, self.outgoing.is_pending());
        match self.step(order, reads).await {
            Step::Changed => Ok(()),
            Step::Read(Ok(0) | Err(_)) => Err(Closing::Gone),
            Step::Read(Ok(bytes)) => self.heard(bytes),
            Step::Wrote(written) => {
                self.deadlines.took();
                written.map_err(|_| Closing::Gone)
            }
            Step::Answered(packet) => self.acknowledge(packet),
            Step::Emptied => self.end_of_drain(),
            Step::Time(None) => Ok(()),
            Step::Time(Some(reason)) => Err(reason),
        }
    }

    /// Waits for one thing to happen.
    async fn step(&mut self, order: Order, reads: bool) -> Step {
        let pending = self.outgoing.is_pending();
        let drained = order == Order::Drain && self.held.len() == 0 && !pending;
        let router = self.shared.router();
        let emptied = async {
            if let Some(router) = router {
                router.emptied().await;
            }
        };
        tokio::select! {
            () = self.seat.mailbox.changed() => Step::Changed,
            packet = self.held.answered(), if self.held.len() > 0 => Step::Answered(packet),
            written = self.outgoing.write(), if pending => Step::Wrote(written),
            read = self.incoming.read(), if reads => Step::Read(read),
            () = emptied, if drained => Step::Emptied,
            reason = self.deadlines.passed() => Step::Time(reason),
        }
    }

    /// Takes downlinks out of the mailbox as long as the client takes them from us.
    fn collect(&mut self) {
        while self.outgoing.buffer.len() < PENDING_BYTES_MAX {
            let Some(payload) = self.seat.mailbox.take() else {
                return;
            };
            let topic = topic::down(self.seat.identity.enrolment).into();
            let publish = Forwarded::new(topic, payload, false);
            // It fails only on a length that the contract does not allow.
            if V4.write(Packet::Publish(publish, None), &mut self.outgoing.buffer).is_err() {
                self.seat.mailbox.close(Closing::Oversized);
            }
        }
    }

    /// All held publishes are answered and the router is empty: what is left is in the mailbox.
    fn end_of_drain(&mut self) -> Result<(), Closing> {
        self.collect();
        if self.outgoing.is_pending() { Ok(()) } else { Err(Closing::Stopping) }
    }

    fn heard(&mut self, bytes: usize) -> Result<(), Closing> {
        self.deadlines.heard_part(bytes);
        self.understand()
    }

    /// Answers every whole packet in the buffer, up to a PUBLISH for which there is no room.
    fn understand(&mut self) -> Result<(), Closing> {
        loop {
            let full = self.held.len() >= self.shared.config.publishes_in_flight_max;
            self.resting = full && frame::starts_with_publish(&self.incoming.buffer);
            if self.resting {
                return Ok(());
            }
            match frame::next(&mut self.incoming.buffer).map_err(closing_of)? {
                Some(frame) => {
                    self.deadlines.heard();
                    self.answer(frame)?;
                }
                None => {
                    self.incoming.shrink();
                    return Ok(());
                }
            }
        }
    }

    fn answer(&mut self, frame: Frame) -> Result<(), Closing> {
        match frame {
            // Only once [MQTT-3.1.0-2].
            Frame::Connect(_) => Err(Closing::Malformed),
            Frame::Publish(publish) => {
                self.hold(publish);
                Ok(())
            }
            Frame::Subscribe { packet, filters } => {
                self.subscribe(packet, &filters);
                Ok(())
            }
            Frame::Unsubscribe { packet, filters } => {
                self.unsubscribe(packet, &filters);
                Ok(())
            }
            Frame::PubAck => Ok(()),
            Frame::PingReq => {
                self.outgoing.buffer.extend_from_slice(&[0xD0, 0]);
                Ok(())
            }
            Frame::Disconnect => Err(Closing::Left),
        }
    }

    fn hold(&mut self, publish: Publish) {
        let uplink = policy::uplink_of(self.seat.identity.enrolment, &publish);
        self.held.hold(Work { packet: publish.packet, uplink });
    }

    fn subscribe(&mut self, packet: u16, filters: &[String]) {
        let enrolment = self.seat.identity.enrolment;
        let codes: Vec<u8> =
            filters.iter().map(|filter| policy::subscribe_code(enrolment, filter)).collect();
        if codes.contains(&policy::suback::QOS_0) {
            self.seat.mailbox.subscribe(true);
        }
        acknowledge_with(&mut self.outgoing.buffer, 0x90, packet, &codes);
    }

    fn unsubscribe(&mut self, packet: u16, filters: &[String]) {
        let down = topic::down(self.seat.identity.enrolment);
        if filters.contains(&down) {
            self.seat.mailbox.subscribe(false);
        }
        acknowledge_with(&mut self.outgoing.buffer, 0xB0, packet, &[]);
    }

    fn acknowledge(&mut self, packet: Option<u16>) -> Result<(), Closing> {
        if let Some(packet) = packet {
            acknowledge_with(&mut self.outgoing.buffer, 0x40, packet, &[]);
        }
        if !self.resting {
            return Ok(());
        }
        // There is room again; the keep-alive begins anew.
        self.deadlines.heard();
        self.understand()
    }
}

fn acknowledge_with(buffer: &mut BytesMut, first: u8, packet: u16, codes: &[u8]) {
    buffer.put_u8(first);
    put_remaining_length(buffer, 2 + codes.len());
    buffer.put_u16(packet);
    buffer.put_slice(codes);
}

fn put_remaining_length(buffer: &mut BytesMut, length: usize) {
    // Writing to memory fails only beyond 256 MiB; packets are bounded by what was read.
    let _ = rumqttd::protocol::v4::write_remaining_length(buffer, length);
}

fn closing_of(fault: Fault) -> Closing {
    match fault {
        Fault::Malformed | Fault::ProtocolLevel => Closing::Malformed,
        Fault::Oversized => Closing::Oversized,
        Fault::Qos2 => Closing::Qos2,
    }
}
