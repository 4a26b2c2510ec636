// A device in JavaScript that writes, reads and reconnects until it is told to stop, written from
// protocol/waypost.cddl alone, with MQTT.js and cbor. It speaks MQTT over WebSocket, as in a browser.
//
// The first line of standard input is its settings as JSON. Later lines are orders: `drain` (write
// nothing new, and have accepted what was written), `level` (pull until nothing is left, and end).
// Standard output tells what happens, a line each: `connected`, `sent`, `accepted <id>`,
// `event <id>`, `drained`, `level`, `trouble <what>`.
'use strict';

const crypto = require('node:crypto');
const fs = require('node:fs');
const readline = require('node:readline');
const cbor = require('cbor');
const mqtt = require('mqtt');

const [SUBMIT, PULL] = [1, 2];
const [ANSWERS, EVENTS, REFUSED] = [1, 2, 4];
const [ACCEPTED, REJECTED, OUT_OF_ORDER, DEFERRED] = [1, 2, 3, 4];
const TEXT = 1;
const ENTRIES_MAX = 8;
const WAITING_MAX = 24;
const AGAIN_AFTER_MS = 3000;

const say = (...words) => process.stdout.write(words.join(' ') + '\n');

class Device {
  constructor(settings) {
    this.settings = settings;
    this.outbox = new Map(); // id to entry, in the order of their numbers
    this.said = [null]; // ids by their numbers
    this.number = 0;
    this.cursor = [0, 0];
    this.pulls = 0;
    this.cuts = 0;
    this.order = 'write';
    this.up = false;
    this.answeredAt = this.pulledAt = Date.now();
    const base = `waypost/v1/${settings.enrolment}`;
    this.upTopic = `${base}/up`;
    this.downTopic = `${base}/down`;
    this.open();
    setInterval(() => this.turn(), settings.pause_ms);
  }

  open() {
    const { settings } = this;
    this.mqtt = mqtt.connect(`wss://127.0.0.1:${settings.https_port}/v1/mqtt`, {
      clientId: settings.enrolment,
      username: settings.enrolment,
      password: settings.credential,
      protocolVersion: 4,
      clean: true,
      keepalive: 30,
      reconnectPeriod: 50,
      resubscribe: false,
      ca: fs.readFileSync(settings.ca),
    });
    this.mqtt.on('connect', () => this.connected());
    this.mqtt.on('close', () => (this.up = false));
    this.mqtt.on('message', (_topic, payload) => this.takeFrame(cbor.decode(payload)));
    this.mqtt.on('error', (error) => {
      // The server is being started again.
      if (!['ECONNREFUSED', 'ECONNRESET', 'EPIPE'].includes(error.code)) {
        say('trouble', error.message);
      }
    });
  }

  connected() {
    say('connected');
    this.mqtt.subscribe(this.downTopic, { qos: 1 }, (error) => {
      if (error) return;
      this.up = true;
      this.pull();
      this.submit([...this.outbox.values()]);
    });
  }

  take(order) {
    this.order = order;
    this.pull();
  }

  turn() {
    if (!this.up) return;
    if (this.order === 'write') {
      if (this.outbox.size < WAITING_MAX) this.write(1 + Math.floor(Math.random() * 3));
      if (Math.random() * this.settings.cut_every < 1) return this.cut();
    } else if (this.order === 'drain' && this.outbox.size === 0) {
      this.order = 'drained';
      say('drained');
    }
    const now = Date.now();
    if (now - this.pulledAt > 1000) this.pull();
    if (this.outbox.size > 0 && now - this.answeredAt > AGAIN_AFTER_MS) {
      this.answeredAt = now;
      this.submit([...this.outbox.values()]);
    }
  }

  // Ends the connection, in good order or not; the library comes back by itself, or is told to.
  cut() {
    this.cuts += 1;
    this.up = false;
    if (this.cuts % 2 === 1) {
      this.mqtt.stream.destroy();
    } else {
      const ended = this.mqtt;
      const again = () => {
        if (ended !== this.mqtt) return;
        ended.removeAllListeners();
        ended.on('error', () => {});
        ended.stream.destroy();
        this.open();
      };
      // Where the connection is lost before its goodbye is sent, the library waits for ever.
      setTimeout(again, 2000);
      ended.end(false, {}, again);
    }
  }

  write(messages) {
    const entries = [];
    for (; messages > 0; messages -= 1) {
      this.number += 1;
      const id = uuid7();
      const text = `${this.settings.name} ${this.number}: zażółć 🚚`;
      const entry = [id, this.settings.group, this.number, [TEXT, cbor.encode([text])]];
      this.outbox.set(id.toString('hex'), entry);
      this.said.push(id.toString('hex'));
      entries.push(entry);
      say('sent');
    }
    this.submit(entries);
  }

  submit(entries) {
    for (let at = 0; at < entries.length; at += ENTRIES_MAX) {
      this.publish([SUBMIT, [entries.slice(at, at + ENTRIES_MAX)]]);
    }
  }

  publish(frame) {
    // An error says that the connection is gone: what has no answer is sent again.
    this.mqtt.publish(this.upTopic, cbor.encode(frame), { qos: 1 }, () => {});
  }

  pull() {
    this.pulls += 1;
    this.pulledAt = Date.now();
    const stored = this.cursor[1] > 0 ? [[[this.cursor[1], Date.now()]]] : [];
    this.publish([PULL, [this.cursor, this.pulls, 100, ...stored]]);
  }

  takeFrame([kind, content, retryAfterMs]) {
    if (kind === ANSWERS) content.forEach((answer) => this.takeAnswer(answer));
    else if (kind === EVENTS) this.takeEvents(content);
    else if (kind === REFUSED && !retryAfterMs) {
      say('trouble', `a frame is refused with code ${content}`);
    }
  }

  takeAnswer([kind, fact, more, _recordedAt, before = 0]) {
    if (kind === ACCEPTED) {
      for (const id of this.run(fact, before)) this.accept(id);
    } else if (kind === REJECTED) {
      say('trouble', `rejected with code ${more}`);
    } else if (kind !== OUT_OF_ORDER && kind !== DEFERRED) {
      say('trouble', `an answer of kind ${kind}`); // those two are sent again
    }
  }

  // The ids of a run of own messages, from its last one back.
  run(last, before) {
    const end = this.said.indexOf(last.toString('hex'));
    return this.said.slice(end - before, end + 1).reverse();
  }

  accept(id) {
    this.answeredAt = Date.now();
    if (this.outbox.delete(id)) say('accepted', dashed(id));
  }

  takeEvents([epoch, after, newest, events = [], more = false, answers = null, ...rest]) {
    if (after > this.cursor[1]) return this.pull();
    const [, , , own = []] = rest;
    for (const [last, n, , before = 0] of own) {
      this.run(last, before).forEach((id, back) => {
        this.accept(id);
        if (n - back > this.cursor[1]) say('event', dashed(id));
      });
    }
    for (const event of events) {
      const fresh = event[0] > this.cursor[1] && event[2][0] === TEXT;
      if (fresh && event[5] === this.settings.group) {
        say('event', dashed(event[3].toString('hex')));
      }
    }
    if (newest > this.cursor[1]) this.cursor = [epoch, newest];
    if (more) this.pull();
    else if (this.order === 'level' && answers === this.pulls) {
      say('level');
      this.mqtt.end(false, {}, () => process.exit(0));
    }
  }
}

function uuid7() {
  const id = crypto.randomBytes(16);
  id.writeUIntBE(Date.now(), 0, 6);
  id[6] = (id[6] & 0x0f) | 0x70;
  id[8] = (id[8] & 0x3f) | 0x80;
  return id;
}

function dashed(hex) {
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

let device;
readline.createInterface({ input: process.stdin }).on('line', (line) => {
  if (device) device.take(line.trim());
  else device = new Device(JSON.parse(line));
});
