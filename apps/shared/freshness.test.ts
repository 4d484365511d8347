import assert from "node:assert/strict";
import { test } from "node:test";
import { Freshness } from "./freshness.ts";
import type { Heartbeat } from "./heartbeat.ts";
import { HandClock, START_S } from "./testing.ts";

function beat(afterMs: number): Heartbeat {
  const time_ms = START_S * 1_000 + afterMs;
  return { time_ms, valid_until_ms: time_ms + 15_000 } as Heartbeat;
}

function begun(): { clock: HandClock; freshness: Freshness } {
  const clock = new HandClock();
  const freshness = new Freshness(clock, 0);
  freshness.hearAnswer(beat(0), freshness.moment());
  freshness.confirm(beat(0));
  return { clock, freshness };
}

test("a device is live for fifteen seconds after a heartbeat that it confirmed", () => {
  const { clock, freshness } = begun();
  clock.pass(14_999);
  assert.equal(freshness.live, true);
  clock.pass(1);
  assert.equal(freshness.live, false);
  assert.equal(freshness.silenceMs(), 15_000);
});

test("a device that heard nothing is not live", () => {
  assert.equal(new Freshness(new HandClock(), 0).live, false);
});

test("a heartbeat that was held back on the way is stale when it arrives", () => {
  const { clock, freshness } = begun();
  clock.pass(60_000);
  freshness.hear(beat(5_000));
  freshness.confirm(beat(5_000));
  assert.equal(freshness.live, false);
});

test("a device that slept is not live when it wakes", () => {
  const { clock, freshness } = begun();
  clock.sleep(3_600_000);
  assert.equal(freshness.live, false);
});

test("signed time never falls below what was remembered", () => {
  const freshness = new Freshness(new HandClock(), (START_S + 500) * 1_000);
  assert.equal(freshness.newestMs, (START_S + 500) * 1_000);
  assert.equal(freshness.nowMs(), (START_S + 500) * 1_000);
});

test("an answer to a nonce sets right a clock that ran fast", () => {
  const { clock, freshness } = begun();
  clock.pass(100_000);
  freshness.hearAnswer(beat(80_000), freshness.moment());
  freshness.confirm(beat(80_000));
  assert.equal(freshness.live, true);
  assert.equal(freshness.nowMs(), START_S * 1_000 + 80_000);
});

test("an answer is in time for ten seconds, by whichever clock went further", () => {
  const { clock, freshness } = begun();
  const asked = freshness.moment();
  clock.pass(9_000);
  assert.equal(freshness.isInTime(asked), true);
  clock.sleep(1_001);
  assert.equal(freshness.isInTime(asked), false);
});

test("time is counted from the asking, so that an answer on a slow way makes it never too early", () => {
  const { clock, freshness } = begun();
  const asked = freshness.moment();
  clock.pass(8_000);
  freshness.hearAnswer(beat(1_000), asked);
  freshness.confirm(beat(1_000));
  assert.equal(freshness.nowMs(), START_S * 1_000 + 9_000);
  clock.pass(7_000);
  assert.equal(freshness.live, false);
});

test("a doubt ends being live at once", () => {
  const { freshness } = begun();
  freshness.deny();
  assert.equal(freshness.live, false);
});
