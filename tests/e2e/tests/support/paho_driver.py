"""A device in Python that writes, reads and reconnects until it is told to stop, written from
protocol/waypost.cddl alone, with paho-mqtt and cbor2.

The first line of standard input is its settings as JSON. Later lines are orders: `drain` (write
nothing new, and have accepted what was written), `level` (pull until nothing is left, and end).
Standard output tells what happens, a line each: `connected`, `sent`, `accepted <id>`,
`event <id>`, `drained`, `level`, `trouble <what>`.
"""

import json
import os
import queue
import random
import socket
import ssl
import sys
import threading
import time
import uuid

import cbor2
import paho.mqtt.client as mqtt

SUBMIT, PULL = 1, 2
ANSWERS, EVENTS, REFUSED = 1, 2, 4
ACCEPTED, REJECTED, OUT_OF_ORDER, DEFERRED = 1, 2, 3, 4
TEXT = 1
ENTRIES_MAX = 8
WAITING_MAX = 24
AGAIN_AFTER_S = 3


class Device:
    def __init__(self, settings):
        self.settings = settings
        self.group = settings["group"]
        self.heard = queue.Queue()
        self.outbox = {}  # id to entry, in the order of their numbers
        self.said = [None]  # ids by their numbers
        self.number = 0
        self.cursor = [0, 0]
        self.pulls = 0
        self.cuts = 0
        self.order = "write"
        self.up = False
        self.answered_at = self.pulled_at = time.monotonic()
        base = f"waypost/v1/{settings['enrolment']}"
        self.up_topic, self.down_topic = f"{base}/up", f"{base}/down"
        self.mqtt = self.client()

    def client(self):
        client = mqtt.Client(
            mqtt.CallbackAPIVersion.VERSION2,
            client_id=self.settings["enrolment"],
            protocol=mqtt.MQTTv311,
            clean_session=True,
        )
        client.username_pw_set(self.settings["enrolment"], self.settings["credential"])
        client.tls_set_context(ssl.create_default_context(cafile=self.settings["ca"]))
        client.max_inflight_messages_set(8)
        client.reconnect_delay_set(min_delay=0.05, max_delay=0.5)
        client.on_connect = self.connected
        client.on_disconnect = lambda *_: self.heard.put(("down", None))
        client.on_subscribe = lambda *_: self.heard.put(("up", None))
        client.on_message = lambda _c, _u, message: self.heard.put(
            ("frame", cbor2.loads(message.payload))
        )
        return client

    def connected(self, client, _userdata, _flags, reason, _properties):
        if reason.is_failure:
            self.heard.put(("trouble", f"not let in: {reason}"))
        else:
            self.heard.put(("connected", None))
            client.subscribe(self.down_topic, qos=1)

    def run(self):
        threading.Thread(target=self.listen, daemon=True).start()
        self.connect()
        pause_s = self.settings["pause_ms"] / 1000
        turn_at = time.monotonic() + pause_s
        while True:
            try:
                what, it = self.heard.get(timeout=max(0.001, turn_at - time.monotonic()))
                self.take(what, it)
            except queue.Empty:
                turn_at = time.monotonic() + pause_s
                self.turn()

    def listen(self):
        for line in sys.stdin:
            self.heard.put(("order", line.strip()))

    def connect(self):
        while True:
            try:
                self.mqtt.connect("127.0.0.1", self.settings["port"], keepalive=30)
                self.mqtt.loop_start()
                return
            except OSError:
                time.sleep(0.1)  # the server is being started again

    def take(self, what, it):
        if what == "frame":
            self.take_frame(it)
        elif what == "order":
            self.order = it
            self.pull()
        elif what == "up":
            self.up = True
            self.pull()
            self.submit(list(self.outbox.values()))
        elif what == "down":
            self.up = False
        else:
            say(what, it or "")

    def turn(self):
        if not self.up:
            return
        now = time.monotonic()
        if self.order == "write":
            if len(self.outbox) < WAITING_MAX:
                self.write(random.randint(1, 3))
            if random.random() * self.settings["cut_every"] < 1:
                return self.cut()
        elif not self.outbox and self.order == "drain":
            self.order = "drained"
            say("drained")
        if now - self.pulled_at > 1:
            self.pull()
        if self.outbox and now - self.answered_at > AGAIN_AFTER_S:
            self.answered_at = now
            self.submit(list(self.outbox.values()))

    def cut(self):
        """Ends the connection, in good order or not; the library, or this program, comes back."""
        self.cuts += 1
        self.up = False
        if self.cuts % 2:
            try:
                self.mqtt.socket().shutdown(socket.SHUT_RDWR)
            except (AttributeError, OSError):
                pass  # it was just lost by itself
        else:
            self.mqtt.disconnect()
            self.mqtt.loop_stop()
            self.connect()

    def write(self, messages):
        entries = []
        for _ in range(messages):
            self.number += 1
            text = f"{self.settings['name']} {self.number}: zażółć 🚚"
            fact = uuid7()
            content = [TEXT, cbor2.dumps([text])]
            self.outbox[fact] = [fact, self.group, self.number, content]
            self.said.append(fact)
            entries.append(self.outbox[fact])
            say("sent")
        self.submit(entries)

    def submit(self, entries):
        for at in range(0, len(entries), ENTRIES_MAX):
            self.publish([SUBMIT, [entries[at : at + ENTRIES_MAX]]])

    def publish(self, frame):
        self.mqtt.publish(self.up_topic, cbor2.dumps(frame), qos=1)

    def pull(self):
        self.pulls += 1
        self.pulled_at = time.monotonic()
        stored = [[[self.cursor[1], millis()]]] if self.cursor[1] else []
        self.publish([PULL, [self.cursor, self.pulls, 100, *stored]])

    def take_frame(self, frame):
        if frame[0] == ANSWERS:
            for answer in frame[1]:
                self.take_answer(*answer[:5])
        elif frame[0] == EVENTS:
            self.take_events(frame[1])
        elif frame[0] == REFUSED and not frame[2:]:  # with a time to wait it is sent again
            say("trouble", f"a frame is refused with code {frame[1]}")

    def take_answer(self, kind, fact, more, _recorded_at=None, before=0):
        self.answered_at = time.monotonic()
        if kind == ACCEPTED:
            for one in self.run_of(fact, before):
                self.accept(one)
        elif kind == REJECTED:
            say("trouble", f"rejected with code {more}")
        elif kind not in (OUT_OF_ORDER, DEFERRED):  # those two are sent again
            say("trouble", f"an answer of kind {kind}")

    def run_of(self, last, before):
        """The ids of a run of own messages, from its last one back."""
        end = self.said.index(last)
        return self.said[end - before : end + 1][::-1]

    def accept(self, fact):
        self.answered_at = time.monotonic()
        if self.outbox.pop(fact, None):
            say("accepted", uuid.UUID(bytes=fact))

    def take_events(self, frame):
        optional = [[], False, None, None, None, None, []]
        frame = frame + optional[len(frame) - 3 :]
        epoch, after, newest, events, more, answers, _time, _safe, _cut, own = frame[:10]
        if after > self.cursor[1]:
            return self.pull()
        for last, n, _recorded_at, *before in own:
            for back, fact in enumerate(self.run_of(last, *before or [0])):
                self.accept(fact)
                if n - back > self.cursor[1]:
                    say("event", uuid.UUID(bytes=fact))
        for event in events:
            if event[0] > self.cursor[1] and event[2][0] == TEXT and event[5] == self.group:
                say("event", uuid.UUID(bytes=event[3]))
        if newest > self.cursor[1]:
            self.cursor = [epoch, newest]
        if more:
            self.pull()
        elif self.order == "level" and answers == self.pulls:
            self.mqtt.disconnect()
            say("level")
            os._exit(0)


def say(*words):
    print(*words, flush=True)


def millis():
    return time.time_ns() // 1_000_000


def uuid7():
    value = millis() << 80 | int.from_bytes(os.urandom(10), "big")
    value = value & ~(0xF << 76) | 7 << 76
    value = value & ~(0x3 << 62) | 2 << 62
    return uuid.UUID(int=value).bytes


Device(json.loads(sys.stdin.readline())).run()
