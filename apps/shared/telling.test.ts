import assert from "node:assert/strict";
import { test } from "node:test";
import type { Notice } from "./notice.ts";
import type { Place } from "./place.ts";
import { type Told, telling } from "./telling.ts";
import { START_S, TestAuthority } from "./testing.ts";

const authority = await TestAuthority.found();
const names = { uk: "А", en: "A" };
const home: Place = { code: "A1", names, ancestors: [{ code: "A", names }] };
const alert = authority.notice();
const toldHere: Told = { version: 1, level: "red", here: true };

function what(notice: Notice, told?: Told, nowS = START_S): string | undefined {
  return telling({ notice }, told, [home], nowS)?.what;
}

function next(given: Partial<Notice>): Notice {
  return authority.notice({ alarm: alert.alarm, version: 2, ...given } as Partial<Notice>);
}

test("an alarm at a chosen place is told once", () => {
  assert.equal(what(alert), "alarm");
  assert.equal(what(alert, toldHere), undefined);
});

test("an alarm elsewhere, and one in a part of a place, are silent", () => {
  assert.equal(what(authority.notice({ regions: ["B"] })), undefined);
  assert.equal(what(authority.notice({ regions: ["A11"] })), undefined);
});

test("yellow to red sounds again, red to yellow is an update", () => {
  assert.equal(what(next({ level: "red" }), { ...toldHere, level: "yellow" }), "escalation");
  assert.equal(what(next({ level: "yellow" }), toldHere), "update");
});

test("an update that reaches a place is an alarm there, one that leaves it is its end", () => {
  assert.equal(what(next({ regions: ["A", "B"] }), { ...toldHere, here: false }), "alarm");
  assert.equal(what(next({ regions: ["B"] }), toldHere), "left");
  assert.equal(what(next({ regions: ["B"] }), { ...toldHere, here: false }), undefined);
});

test("an all clear is told only where its alarm was, and only while it is worth telling", () => {
  const end = next({ kind: "all_clear" });
  assert.equal(what(end, toldHere), "all_clear");
  assert.equal(what(end, { ...toldHere, here: false }), undefined);
  assert.equal(what(end), undefined);
  assert.equal(what(end, toldHere, end.expires), undefined);
});

test("a doubt is told as a doubt, never as an end", () => {
  assert.equal(what(next({ kind: "disputed" }), toldHere), "disputed");
});

test("an alarm that a restored server brings back is told again, once", () => {
  const held = { notice: alert, over: "ended" };
  const toldEnd: Told = { version: 2, id: "ended", level: "red", here: false };
  const said = telling(held, toldEnd, [home], START_S);
  assert.equal(said?.what, "alarm");
  assert.equal(telling(held, said.told, [home], START_S), undefined);
  assert.equal(telling(held, { ...toldEnd, id: "another" }, [home], START_S), undefined);
});

test("an alarm that expired, or that does not hold yet, is silent", () => {
  assert.equal(what(alert, undefined, alert.expires), undefined);
  const ahead = authority.notice({ effective: START_S + 60 });
  assert.equal(what(ahead), undefined);
  assert.equal(what(ahead, undefined, START_S + 60), "alarm");
});

test("an exercise is told as one, and a test not at all", () => {
  assert.equal(telling({ notice: authority.notice({ status: "exercise" }) }, undefined, [home], START_S)?.status, "exercise");
  assert.equal(what(authority.notice({ status: "test" })), undefined);
});
