import assert from "node:assert/strict";
import { test } from "node:test";
import { type Alarms, alarmKey, fold, forgettable, notEnded, phase } from "./alarms.ts";
import type { Notice } from "./notice.ts";
import { TestAuthority } from "./testing.ts";

const authority = await TestAuthority.found();
const first = authority.notice();
const update = authority.notice({ alarm: first.alarm, version: 2, level: "yellow" });
const end = authority.notice({ alarm: first.alarm, version: 3, kind: "all_clear" });

function folded(...notices: Notice[]): Alarms {
  return notices.reduce<Alarms>((alarms, notice) => fold(alarms, { notice, envelope: "", signers: [] }), new Map());
}

test("the newest version of an alarm is kept, in whatever order they come", () => {
  assert.equal(folded(update, first).get(alarmKey("actual", first.alarm))?.notice, update);
});

test("an alarm that ended stays ended, even against a higher version", () => {
  const later = authority.notice({ alarm: first.alarm, version: 4 });
  assert.deepEqual(notEnded(folded(first, end, update, later)), []);
});

test("an exercise that carries the id of a real alarm does not end it", () => {
  const drill = authority.notice({ alarm: first.alarm, version: 9, kind: "all_clear", status: "exercise" });
  assert.deepEqual(notEnded(folded(first, drill)), [first]);
});

test("no news is the same map", () => {
  const alarms = folded(first);
  assert.equal(fold(alarms, { notice: first, envelope: "", signers: [] }), alarms);
});

test("what a notice is worth follows signed time, and an end outlives its expiry", () => {
  assert.equal(phase(first, first.sent), "in_force");
  assert.equal(phase(first, first.expires), "expired");
  assert.equal(phase(end, end.expires + 1), "ended_clear");
  assert.equal(phase(authority.notice({ effective: first.sent + 60 }), first.sent), "announced");
});

test("only what ended long ago is forgotten", () => {
  const alarms = folded(first, authority.notice(), end);
  const week = 7 * 24 * 3600;
  assert.deepEqual(forgettable(alarms, end.sent + week), []);
  assert.deepEqual(forgettable(alarms, end.sent + week + 1), [alarmKey("actual", first.alarm)]);
});
