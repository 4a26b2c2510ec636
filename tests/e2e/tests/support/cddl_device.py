"""A device in Python, written from protocol/waypost.cddl alone, with paho-mqtt and cbor2.

It connects, submits one text, waits until it is accepted, waits for an answer of its partner,
reports it as stored and read, and ends once that is confirmed, over TCP or WebSocket (`transport`:
`tcp` or `websockets`). Settings come as JSON on standard input; what happened goes to standard output, a line each.
"""

import json
import os
import queue
import ssl
import sys
import time
import uuid

import cbor2
import paho.mqtt.client as mqtt

SUBMIT, PULL = 1, 2
ANSWERS, EVENTS = 1, 2
ACCEPTED = 1
TEXT = 1
WAIT_S = 60


class Device:
    def __init__(self, settings):
        self.settings = settings
        self.frames = queue.Queue()
        self.cursor = [0, 0]
        self.pulls = 0
        base = f"waypost/v1/{settings['enrolment']}"
        self.up, self.down = f"{base}/up", f"{base}/down"
        self.mqtt = mqtt.Client(
            mqtt.CallbackAPIVersion.VERSION2,
            client_id=settings["enrolment"],
            protocol=mqtt.MQTTv311,
            clean_session=True,
            transport=settings["transport"],
        )
        self.mqtt.ws_set_options(path="/v1/mqtt")
        self.mqtt.username_pw_set(settings["enrolment"], settings["credential"])
        tls = ssl.create_default_context(cafile=settings["ca"])
        tls.minimum_version = ssl.TLSVersion.TLSv1_2
        self.mqtt.tls_set_context(tls)
        self.mqtt.on_connect = self.connected
        self.mqtt.on_subscribe = lambda *_: self.frames.put("subscribed")
        self.mqtt.on_message = lambda _c, _u, message: self.frames.put(cbor2.loads(message.payload))

    def connected(self, client, _userdata, _flags, reason, _properties):
        if reason.is_failure:
            self.frames.put(f"refused: {reason}")
        else:
            client.subscribe(self.down, qos=0)

    def publish(self, frame):
        self.mqtt.publish(self.up, cbor2.dumps(frame), qos=1)

    def pull(self, *marks):
        self.pulls += 1
        self.publish([PULL, [self.cursor, self.pulls, 100, *marks]])

    def next(self):
        frame = self.frames.get(timeout=WAIT_S)
        if isinstance(frame, str) and frame.startswith("refused"):
            sys.exit(frame)
        return frame

    def run(self):
        self.mqtt.connect("127.0.0.1", self.settings["port"], keepalive=30)
        self.mqtt.loop_start()
        while self.next() != "subscribed":
            pass
        self.submit(self.settings["text"])
        answer = self.wait_for_answer()
        print("read", cbor2.loads(answer[2][1])[0], flush=True)
        self.confirm(answer)
        self.mqtt.disconnect()
        self.mqtt.loop_stop()

    def submit(self, text):
        fact = uuid7()
        content = [TEXT, cbor2.dumps([text])]
        self.publish([SUBMIT, [[[fact, self.settings["people"], 1, content]]]])
        while True:
            frame = self.next()
            for answer in frame[1] if frame[0] == ANSWERS else []:
                if answer[:2] == [ACCEPTED, fact]:
                    print("accepted", *answer[2], flush=True)
                    return

    def wait_for_answer(self):
        """Pulls, then takes what comes, until the partner has written."""
        self.pull()
        while True:
            for event in self.new_events(self.next()):
                if event[2][0] == TEXT and event[4] == self.settings["partner"]:
                    return event

    def new_events(self, frame):
        """The events after the cursor, which moves; after a gap it pulls."""
        if frame[0] != EVENTS:
            return []
        epoch, after, newest, events, more = (frame[1] + [[], False])[:5]
        if after > self.cursor[1]:
            self.pull()
            return []
        if newest <= self.cursor[1]:
            return []
        fresh = [event for event in events if event[0] > self.cursor[1]]
        self.cursor = [epoch, newest]
        if more:
            self.pull()
        return fresh

    def confirm(self, event):
        """Says that the event is stored and read, until the server has kept it."""
        now = millis()
        self.pull([[self.cursor[1], now]], [[self.settings["people"], event[0], now]])
        while True:
            frame = self.next()
            if frame[0] == EVENTS and frame[1][5:6] == [self.pulls]:
                return
            self.new_events(frame)


def millis():
    return time.time_ns() // 1_000_000


def uuid7():
    value = millis() << 80 | int.from_bytes(os.urandom(10), "big")
    value = value & ~(0xF << 76) | 7 << 76
    value = value & ~(0x3 << 62) | 2 << 62
    return uuid.UUID(int=value).bytes


Device(json.load(sys.stdin)).run()
