import assert from "node:assert/strict";
import { test } from "node:test";
import { notEnded, phase } from "./alarms.ts";
import { b64, fromB64 } from "./bytes.ts";
import { Device } from "./device.ts";
import { type Memory, fleetingMemory } from "./memory.ts";
import type { Notice } from "./notice.ts";
import { HandClock, START_S, TestAuthority } from "./testing.ts";

const authority = await TestAuthority.found();

/** A device with its clock, what it asked for, and the server's side of its stream. */
class Bench {
  readonly clock = new HandClock();
  readonly asked: string[] = [];
  reconnects = 0;
  doubts = 0;
  history: string[] | Promise<string[]> = [];
  device!: Device;
  private readonly memory: Memory;

  private constructor(memory: Memory) {
    this.memory = memory;
  }

  static async open(memory = fleetingMemory(), meets: TestAuthority | undefined = authority): Promise<Bench> {
    const bench = new Bench(memory);
    bench.device = new Device({
      memory: bench.memory,
      remembered: await memory.load(),
      clock: bench.clock,
      askLineage: async () => (code) => [code],
      askAlarm: async (alarm) => {
        bench.asked.push(alarm);
        return bench.history;
      },
      reconnect: () => {
        bench.reconnects += 1;
      },
      doubtAuthority: () => {
        bench.doubts += 1;
      },
    });
    if (meets) await bench.device.meet({ ...meets.pin, rosters: meets.rosters, revocations: {} });
    return bench;
  }

  event(event: string, data: object, sequence?: number): Promise<void> {
    const id = sequence === undefined ? {} : { id: authority.position(sequence) };
    return this.device.hear({ frame: "event", event: { event, data: JSON.stringify(data), ...id } });
  }

  /** The device asks for a connection with this nonce, now. */
  connect(nonce: string): Promise<void> {
    return this.device.hear({ frame: "trying", nonce, wall: this.clock.wall() });
  }

  async snapshot(sequence: number, ...actual: Notice[]): Promise<void> {
    const envelopes = await Promise.all(actual.map((notice) => authority.seal(notice)));
    const data = { position: authority.position(sequence), rosters: [], revocations: [], actual: envelopes, exercise: [], test: [] };
    await this.event("snapshot", data, sequence);
  }

  async notice(sequence: number, notice: Notice): Promise<void> {
    await this.event("notice", { envelope: await authority.seal(notice) }, sequence);
  }

  async heartbeat(sequence: number, inForce: Notice[], given: object = {}): Promise<void> {
    await this.event("heartbeat", { heartbeat: await authority.heartbeat(sequence, inForce, given) });
  }

  /** Wait for the next change of the device. */
  changed(): Promise<void> {
    return new Promise((resolve) => {
      const unsubscribe = this.device.subscribe(() => {
        unsubscribe();
        resolve();
      });
    });
  }

  get inForce(): Notice[] {
    return notEnded(this.device.alarms);
  }

  /** What is in force and may make a sound. */
  get told(): Notice[] {
    return notEnded(this.device.tellable());
  }

  get live(): boolean {
    return this.device.freshness.live;
  }
}

const YEAR_MS = 365 * 86_400_000;
const alert = authority.notice();
const end = authority.notice({ alarm: alert.alarm, version: 2, kind: "all_clear" });

test("a device shows what was signed, and is live when the heartbeat says the same", async () => {
  const bench = await Bench.open();
  await bench.snapshot(5, alert);
  assert.deepEqual(bench.inForce, [alert]);
  assert.equal(bench.live, false);
  await bench.heartbeat(5, [alert]);
  assert.equal(bench.live, true);
  assert.equal(bench.device.position, authority.position(5));
});

test("an envelope with one byte changed is not believed, and its loss is noticed", async () => {
  const bench = await Bench.open();
  await bench.snapshot(5);
  await bench.heartbeat(5, []);
  const bytes = fromB64(await authority.seal(alert))!;
  bytes[Buffer.from(bytes).indexOf("shelter")]! ^= 1;
  await bench.event("notice", { envelope: b64(bytes) }, 6);
  assert.deepEqual(bench.inForce, []);
  assert.equal(bench.device.refused, "signature");
  await bench.heartbeat(6, [alert]);
  assert.equal(bench.live, false);
  assert.equal(bench.device.position, undefined);
  assert.equal(bench.reconnects, 1);
});

test("an alarm that the server kept back is noticed by the board hash", async () => {
  const bench = await Bench.open();
  await bench.snapshot(5);
  await bench.heartbeat(5, [alert]);
  assert.equal(bench.live, false);
  assert.equal(bench.reconnects, 1);
});

test("an exercise that comes as actual is refused", async () => {
  const bench = await Bench.open();
  await bench.snapshot(5);
  await bench.notice(6, authority.notice({ status: "exercise" }));
  assert.equal(bench.device.refused, "status");
  assert.deepEqual(bench.inForce, []);
});

test("an alarm that a snapshot lacks is asked after, and stays until its end is proven", async () => {
  const bench = await Bench.open();
  await bench.snapshot(5, alert);
  await bench.snapshot(9);
  assert.deepEqual(bench.asked, [alert.alarm]);
  assert.deepEqual(bench.inForce, [alert]);
  bench.history = [await authority.seal(alert), await authority.seal(end)];
  await bench.snapshot(9);
  await bench.changed();
  assert.deepEqual(bench.inForce, []);
});

test("a question that nobody answers holds up no alert", async () => {
  const bench = await Bench.open();
  await bench.snapshot(5, alert);
  let answer!: (history: string[]) => void;
  bench.history = new Promise((resolve) => (answer = resolve));
  void bench.snapshot(9);
  const other = authority.notice();
  await bench.notice(10, other);
  assert.deepEqual(bench.inForce, [alert, other]);
  answer([await authority.seal(end)]);
  await bench.changed();
  assert.deepEqual(bench.inForce, [other]);
});

test("an alarm that a restored server has forgotten stays, and the device is live with what the server does say", async () => {
  const memory = fleetingMemory();
  const bench = await Bench.open(memory);
  await bench.snapshot(5, alert);
  await bench.snapshot(4);
  await bench.heartbeat(4, []);
  assert.deepEqual(bench.inForce, [alert]);
  assert.equal(bench.live, true);
  const other = authority.notice();
  await bench.notice(5, other);
  await bench.heartbeat(5, [other]);
  assert.equal(bench.live, true);
  const after = await Bench.open(memory);
  await after.heartbeat(5, [other], { time_ms: START_S * 1_000 + 1 });
  assert.equal(after.reconnects, 1);
  await after.snapshot(5, other);
  await after.heartbeat(5, [other], { time_ms: START_S * 1_000 + 2 });
  assert.equal(after.live, true);
  assert.equal(after.inForce.length, 2);
});

test("what a restored server has in force is shown and told, though its end was seen before", async () => {
  const memory = fleetingMemory();
  const bench = await Bench.open(memory);
  const more = authority.notice({ alarm: alert.alarm, version: 2, since: START_S, sent: START_S + 20, regions: ["A", "B"] });
  const over = authority.notice({ alarm: alert.alarm, version: 3, kind: "all_clear", since: START_S, sent: START_S + 30 });
  await bench.snapshot(5, alert);
  await bench.notice(6, end);
  await bench.snapshot(7, alert);
  assert.deepEqual(bench.inForce, []);
  await bench.heartbeat(7, [alert]);
  assert.equal(bench.live, true);
  assert.deepEqual(bench.inForce, [alert]);
  assert.deepEqual((await Bench.open(memory)).inForce, [alert]);
  await bench.notice(8, more);
  await bench.heartbeat(8, [more]);
  assert.deepEqual(bench.inForce, [more]);
  await bench.notice(9, over);
  await bench.heartbeat(9, []);
  assert.equal(bench.live, true);
  assert.deepEqual(bench.inForce, []);
});

test("an end of the same version as what a server lost in a restore ends the alarm", async () => {
  const bench = await Bench.open();
  const lost = authority.notice({ alarm: alert.alarm, version: 3, since: START_S, sent: START_S + 10 });
  const later = authority.notice({ alarm: alert.alarm, version: 2, kind: "all_clear", since: START_S, sent: START_S + 20 });
  await bench.snapshot(5, lost);
  await bench.snapshot(4, alert);
  await bench.heartbeat(4, [alert]);
  assert.deepEqual(bench.inForce, [lost]);
  await bench.notice(5, later);
  await bench.heartbeat(5, []);
  assert.equal(bench.live, true);
  assert.deepEqual(bench.inForce, []);
});

test("an old alert, sent again, does not bring an ended alarm back", async () => {
  const bench = await Bench.open();
  await bench.snapshot(5, alert);
  await bench.notice(6, end);
  await bench.notice(7, alert);
  assert.deepEqual(bench.inForce, []);
});

test("a recorded heartbeat does not answer the nonce of this connection", async () => {
  const bench = await Bench.open();
  await bench.connect("fresh");
  await bench.snapshot(5);
  await bench.heartbeat(5, [], { nonce: "stale" });
  assert.equal(bench.device.refused, "nonce");
  assert.equal(bench.live, false);
  await bench.heartbeat(5, [], { nonce: "fresh" });
  assert.equal(bench.live, true);
});

test("a heartbeat older than one believed before the page was closed is refused", async () => {
  const memory = fleetingMemory();
  const before = await Bench.open(memory);
  await before.snapshot(5);
  await before.heartbeat(5, [], { time_ms: START_S * 1_000 + 9_000 });
  const after = await Bench.open(memory);
  await after.heartbeat(5, [], { time_ms: START_S * 1_000 + 8_999 });
  assert.equal(after.device.refused, "old");
  assert.equal(after.live, false);
});

test("what was believed is there again after the page was closed, without a network, and not live", async () => {
  const memory = fleetingMemory();
  const before = await Bench.open(memory);
  await before.snapshot(5, alert);
  await before.heartbeat(5, [alert]);
  const after = await Bench.open(memory, undefined);
  await after.connect("unanswered");
  assert.deepEqual(after.inForce, [alert]);
  assert.equal(after.device.position, authority.position(5));
  assert.equal(after.device.confirmedMs, START_S * 1_000);
  assert.equal(after.live, false);
});

test("an authority with other roots is a stranger, and nothing of it is believed", async () => {
  const bench = await Bench.open();
  await bench.snapshot(5);
  await bench.heartbeat(5, []);
  const other = await TestAuthority.found();
  await bench.device.meet({ ...other.pin, rosters: other.rosters, revocations: {} });
  assert.deepEqual(bench.device.stranger, other.pin);
  await bench.device.meet({ ...authority.pin, rosters: authority.rosters, revocations: {} });
  assert.equal(bench.device.stranger, undefined);
  await bench.device.meet({ ...other.pin, rosters: other.rosters, revocations: {} });
  assert.equal(bench.live, false);
  await bench.event("notice", { envelope: await other.seal(alert) }, 6);
  assert.deepEqual(bench.inForce, []);
});

test("a heartbeat by a stranger's key raises the question who answers here", async () => {
  const bench = await Bench.open();
  await bench.snapshot(5);
  const other = await TestAuthority.found();
  await bench.event("heartbeat", { heartbeat: await other.heartbeat(5, []) });
  assert.equal(bench.device.refused, "key");
  assert.equal(bench.live, false);
  assert.equal(bench.doubts, 1);
});

test("forged by a self-made key, and by the key of exercises: key", async () => {
  const bench = await Bench.open();
  await bench.snapshot(5);
  const other = await TestAuthority.found();
  for (const envelope of [await other.seal(alert), await authority.seal(alert, "exercise"), await authority.seal(alert, "heartbeat")]) {
    await bench.event("notice", { envelope }, 6);
    assert.equal(bench.device.refused, "key");
  }
  assert.deepEqual(bench.inForce, []);
});

test("a dispute whose alert did not come here is refused, and its history asked for", async () => {
  const bench = await Bench.open();
  const dispute = authority.notice({ alarm: alert.alarm, version: 2, kind: "disputed" });
  bench.history = [await authority.seal(alert), await authority.seal(dispute)];
  await bench.snapshot(5);
  await bench.notice(6, dispute);
  assert.equal(bench.device.refused, "follows");
  await bench.changed();
  assert.deepEqual(bench.asked, [alert.alarm]);
  assert.deepEqual(bench.inForce, [dispute]);
});

test("a roster rolled back: old, also after the page was closed", async () => {
  const memory = fleetingMemory();
  const [older, newer] = [authority.rosters.actual[0], await authority.roster("actual", { version: 2 })];
  const before = await Bench.open(memory);
  await before.event("roster", { roster: newer }, 6);
  for (const bench of [before, await Bench.open(memory)]) {
    assert.equal(bench.device.rosterVersion, 2);
    await bench.event("roster", { roster: older }, 7);
    assert.equal(bench.device.refused, "old");
    assert.equal(bench.device.rosterVersion, 2);
  }
});

test("a heartbeat that names a newer roster, or a newer list, leaves the device not live until it has it", async () => {
  const bench = await Bench.open();
  await bench.snapshot(5);
  await bench.heartbeat(5, [], { revocations: { actual: 1, exercise: 0 } });
  assert.equal(bench.live, false);
  const rosters = { actual: 2, exercise: 1 };
  await bench.snapshot(6);
  await bench.heartbeat(6, [], { rosters });
  assert.equal(bench.live, false);
  assert.equal(bench.reconnects, 2);
  await bench.event("roster", { roster: await authority.roster("actual", { version: 2 }) }, 7);
  await bench.heartbeat(7, [], { rosters });
  assert.equal(bench.live, true);
});

test("a server that stands still is not live after fifteen seconds, whatever it repeats", async () => {
  const bench = await Bench.open();
  await bench.snapshot(5);
  await bench.heartbeat(5, []);
  for (let second = 0; second < 15; second += 5) {
    bench.clock.pass(5_001);
    await bench.heartbeat(5, []);
  }
  assert.equal(bench.live, false);
});

test("what was recorded, sent to a device that forgot everything and whose clock is a year off, sounds nothing", async () => {
  for (const offMs of [-YEAR_MS, YEAR_MS]) {
    const bench = await Bench.open();
    bench.clock.sleep(offMs);
    await bench.connect("fresh");
    await bench.snapshot(5, alert);
    // The recording has no answer to this nonce: the alarm is shown as the last known, without a sound.
    await bench.heartbeat(5, [alert], { nonce: "recorded" });
    assert.equal(bench.device.refused, "nonce");
    assert.deepEqual(bench.told, []);
    assert.equal(bench.live, false);
    await bench.heartbeat(5, [alert], { nonce: "fresh", time_ms: (alert.expires + 1) * 1_000 });
    assert.equal(phase(alert, bench.device.freshness.nowMs() / 1_000), "expired");
  }
});

test("what was recorded, sent to a device that remembers, does not bring an ended alarm back, with its clock a year off", async () => {
  for (const offMs of [-YEAR_MS, YEAR_MS]) {
    const memory = fleetingMemory();
    const before = await Bench.open(memory);
    await before.snapshot(5, alert);
    await before.notice(6, end);
    await before.heartbeat(6, []);
    const after = await Bench.open(memory);
    after.clock.sleep(offMs);
    await after.connect("fresh");
    await after.snapshot(5, alert);
    await after.notice(6, alert);
    await after.heartbeat(5, [alert], { nonce: "recorded", time_ms: START_S * 1_000 + 1 });
    assert.deepEqual(after.inForce, []);
    assert.equal(after.live, false);
  }
});

test("a heartbeat of another position proves nothing, and two in a row are a doubt", async () => {
  const bench = await Bench.open();
  await bench.snapshot(5);
  await bench.heartbeat(6, []);
  assert.equal(bench.live, false);
  assert.equal(bench.reconnects, 0);
  await bench.heartbeat(6, []);
  assert.equal(bench.reconnects, 1);
  assert.equal(bench.device.position, undefined);
});

test("a heartbeat that a notice overtook proves nothing and is no doubt", async () => {
  const bench = await Bench.open();
  await bench.snapshot(5);
  await bench.heartbeat(5, []);
  const other = authority.notice();
  await bench.notice(6, alert);
  await bench.heartbeat(5, [], { time_ms: START_S * 1_000 + 5_000 });
  await bench.notice(10, other);
  await bench.heartbeat(6, [alert], { time_ms: START_S * 1_000 + 10_000 });
  assert.equal(bench.reconnects, 0);
  assert.equal(bench.device.confirmedMs, START_S * 1_000);
  await bench.heartbeat(10, [alert, other], { time_ms: START_S * 1_000 + 15_000 });
  assert.equal(bench.live, true);
});

test("one wrong answer about the authority stops no alert, and a proven heartbeat takes it back", async () => {
  const bench = await Bench.open();
  await bench.snapshot(5);
  const other = await TestAuthority.found();
  await bench.device.meet({ ...other.pin, rosters: other.rosters, revocations: {} });
  await bench.notice(6, alert);
  assert.deepEqual(bench.inForce, [alert]);
  assert.deepEqual(bench.device.stranger, other.pin);
  await bench.heartbeat(6, [alert]);
  assert.equal(bench.device.stranger, undefined);
  assert.equal(bench.live, true);
});

test("another tab begins with what this one knows, and verifies it itself", async () => {
  const leader = await Bench.open();
  await leader.snapshot(5, alert);
  await leader.heartbeat(5, [alert]);
  const follower = await Bench.open();
  for (const frame of leader.device.welcome()) await follower.device.hear(frame);
  assert.deepEqual(follower.inForce, [alert]);
  assert.equal(follower.live, true);
  assert.equal(follower.device.position, authority.position(5));
});

test("a device whose clock jumped asks for a signed answer, and is live again", async () => {
  const bench = await Bench.open();
  await bench.snapshot(5);
  await bench.heartbeat(5, []);
  bench.clock.sleep(3_600_000);
  await bench.heartbeat(5, [], { time_ms: START_S * 1_000 + 5_000 });
  assert.equal(bench.live, false);
  assert.equal(bench.reconnects, 1);
  assert.equal(bench.device.position, authority.position(5));
  await bench.connect("fresh");
  await bench.heartbeat(5, [], { time_ms: START_S * 1_000 + 6_000, nonce: "fresh" });
  assert.equal(bench.live, true);
});

test("an answer that was held back for an hour is refused, and another is asked for", async () => {
  const bench = await Bench.open();
  await bench.snapshot(5);
  await bench.connect("held");
  bench.clock.pass(3_600_000);
  for (let beat = 0; beat < 3; beat += 1) {
    await bench.heartbeat(5, [], { time_ms: START_S * 1_000 + beat * 5_000, nonce: beat === 0 ? "held" : "" });
    assert.equal(bench.live, false);
    bench.clock.pass(5_000);
  }
  assert.equal(bench.reconnects, 1);
  await bench.connect("fresh");
  await bench.heartbeat(5, [], { time_ms: START_S * 1_000 + 3_615_000, nonce: "fresh" });
  assert.equal(bench.live, true);
});

test("a tab that hears late of a connection does not take its answer for a new one", async () => {
  const bench = await Bench.open();
  const wall = bench.clock.wall();
  bench.clock.pass(60_000);
  await bench.device.hear({ frame: "trying", nonce: "fresh", wall });
  await bench.snapshot(5);
  await bench.heartbeat(5, [], { nonce: "fresh" });
  assert.equal(bench.live, false);
});

test("a server's clock that once ran days ahead is forgotten with the next answer, also after the page was closed", async () => {
  const memory = fleetingMemory();
  const before = await Bench.open(memory);
  await before.connect("first");
  await before.snapshot(5);
  await before.heartbeat(5, [], { nonce: "first", time_ms: (START_S + 5 * 86_400) * 1_000 });
  const bench = await Bench.open(memory);
  await bench.connect("second");
  await bench.snapshot(6, alert);
  await bench.heartbeat(6, [alert], { nonce: "second", time_ms: START_S * 1_000 + 1_000 });
  assert.equal(bench.live, true);
  assert.equal(bench.device.freshness.nowMs(), START_S * 1_000 + 1_000);
  await bench.heartbeat(6, [alert], { time_ms: START_S * 1_000 + 6_000 });
  assert.equal(bench.live, true);
  assert.equal((await memory.load()).facts.newestMs, START_S * 1_000 + 6_000);
});

test("a new alert is told at once by confirmed time, also before a heartbeat has confirmed it", async () => {
  const bench = await Bench.open();
  await bench.connect("fresh");
  await bench.snapshot(5);
  await bench.heartbeat(5, [], { nonce: "fresh" });
  await bench.notice(6, alert);
  assert.deepEqual(bench.told, [alert]);
});

test("a recorded alert that comes between two heartbeats is shown, and told only when the server confirms it", async () => {
  const bench = await Bench.open();
  await bench.connect("fresh");
  await bench.snapshot(5);
  const time_ms = (START_S + 30 * 60) * 1_000;
  await bench.heartbeat(5, [], { nonce: "fresh", time_ms });
  await bench.notice(6, alert);
  assert.deepEqual(bench.told, []);
  await bench.heartbeat(6, [], { time_ms: time_ms + 1 });
  assert.deepEqual(bench.told, []);
  assert.equal(bench.live, false);
  await bench.snapshot(7, alert);
  await bench.heartbeat(7, [alert], { time_ms: time_ms + 2 });
  assert.deepEqual(bench.told, [alert]);
});

test("a clock that ran ahead keeps an alert quiet only until the server's answer", async () => {
  const memory = fleetingMemory();
  await memory.save({ newestMs: (START_S + 5 * 86_400) * 1_000 });
  const bench = await Bench.open(memory);
  await bench.connect("fresh");
  await bench.notice(6, alert);
  assert.deepEqual(bench.told, []);
  await bench.heartbeat(6, [alert], { nonce: "fresh" });
  assert.deepEqual(bench.told, [alert]);
  assert.equal(phase(alert, bench.device.freshness.nowMs() / 1_000), "in_force");
});

test("a leader that is not live hands nothing stale to another tab", async () => {
  const leader = await Bench.open();
  await leader.snapshot(5, alert);
  await leader.heartbeat(5, [alert]);
  leader.clock.pass(60_000);
  await leader.connect("asked");
  leader.clock.pass(60_000);
  const follower = await Bench.open();
  follower.clock.pass(120_000);
  for (const frame of leader.device.welcome()) await follower.device.hear(frame);
  await follower.heartbeat(5, [alert], { nonce: "asked", time_ms: START_S * 1_000 + 60_000 });
  assert.deepEqual(follower.inForce, [alert]);
  assert.equal(follower.live, false);
});

test("a message that is no JSON leaves the device not live, and it goes on", async (context) => {
  context.mock.method(console, "error", () => undefined);
  const bench = await Bench.open();
  await bench.snapshot(5);
  await bench.heartbeat(5, []);
  await bench.device.hear({ frame: "event", event: { event: "notice", data: "{", id: authority.position(6) } });
  assert.equal(bench.live, false);
  await bench.snapshot(6, alert);
  await bench.heartbeat(6, [alert]);
  assert.equal(bench.live, true);
});
