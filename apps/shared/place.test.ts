import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import type { ActualNotice, Notice } from "./notice.ts";
import { viewPlace } from "./place.ts";
import { Atlas, type Row } from "./regions.ts";
import { START_S, TestAuthority } from "./testing.ts";

const vectors = JSON.parse(readFileSync(new URL("../../vectors/places.json", import.meta.url), "utf8"));
const authority = await TestAuthority.found();

function atlasOf(parents: Record<string, string | null>): Atlas {
  const codes = Object.keys(parents);
  const rows = codes.map((code): Row => [code, 0, parents[code] ? codes.indexOf(parents[code]) : -1, code, code, ""]);
  return new Atlas({ atlas: "", attribution: "", regions: rows });
}

const atlas = atlasOf(vectors.parents);

for (const { name, place, now, alarms, expect } of vectors.cases) {
  test(`a place under ${name}`, () => {
    const notices = alarms.map((one: object) => authority.notice({ ...one, sent: now - 60 })) as ActualNotice[];
    assert.equal(viewPlace(atlas.region(place)!, notices, now, atlas).state, expect);
  });
}

test("red comes before yellow, and the newer of two before the older", () => {
  const yellow = authority.notice({ level: "yellow", sent: 300 });
  const older = authority.notice({ sent: 100 });
  const newer = authority.notice({ sent: 200 });
  const view = viewPlace(atlas.region("A")!, [yellow, older, newer], 400, atlas);
  assert.deepEqual(view.touches.map((one) => one.notice.alarm), [newer.alarm, older.alarm, yellow.alarm]);
});

test("an alarm that does not hold yet is not shown", () => {
  const ahead = authority.notice({ sent: 100, effective: 200, expires: 900 });
  assert.equal(viewPlace(atlas.region("A")!, [ahead], 199, atlas).state, "clear");
  assert.equal(viewPlace(atlas.region("A")!, [ahead], 200, atlas).state, "alarm");
});

test("an alarm in a region that the atlas lacks leaves no place clear", () => {
  const strange = authority.notice({ regions: ["NEW"] });
  const known = authority.notice({ regions: ["B"] });
  const state = (notices: Notice[], of: Atlas | undefined) => viewPlace(atlas.region("A")!, notices, START_S, of).state;
  assert.equal(state([strange], atlas), "unknown");
  assert.equal(state([known], undefined), "unknown");
  assert.equal(state([known], atlas), "clear");
  assert.equal(state([strange, authority.notice({ regions: ["A"] })], atlas), "alarm");
  assert.equal(state([authority.notice({ regions: ["NEW"], effective: START_S + 60 })], atlas), "clear");
});

test("without an atlas a place is still known to be covered", () => {
  const notice = authority.notice({ regions: ["A"] });
  assert.equal(viewPlace(atlas.region("A11")!, [notice], notice.sent, undefined).state, "alarm");
});
