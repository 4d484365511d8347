/** What is signed is read from its bytes: a server that shows one thing and has another signed is found out. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { b64, concat, fromB64, sha256, utf8 } from "../shared/bytes.ts";
import type { Notice } from "../shared/notice.ts";
import { Atlas } from "../shared/regions.ts";
import { Unreadable, changes, differences, newId, readDraft } from "./draft.ts";
import type { DraftAnswer, Order } from "./office.ts";

const CAP = "<alert/>";
const ATLAS = new Atlas({
  atlas: "",
  attribution: "",
  regions: [
    ["UA", 0, -1, "", "Country", ""],
    ["A", 1, 0, "", "North", ""],
    ["A1", 2, 1, "", "North one", ""],
    ["A2", 2, 1, "", "North two", ""],
    ["B", 1, 0, "", "South", ""],
  ],
});
const ID = "a".repeat(26);

async function notice(changed: Partial<Notice> = {}): Promise<Notice> {
  const hash = b64(await sha256(utf8("")));
  return {
    notice: 1, id: ID, alarm: ID, version: 1, kind: "alert", status: "exercise", authority: "practice", hazard: "flood",
    level: "red", since: 1_000, sent: 1_000, effective: 1_000, expires: 4_600, atlas: hash, regions: ["A", "B"], shapes: [],
    geometry: hash, text: { en: { headline: "EXERCISE: Flood", instruction: "Go up." } }, issuer: "Olena", roster: 1,
    channels: ["*"], cap: b64(await sha256(utf8(CAP))), ...changed,
  } as Notice;
}

async function answer(...notices: Notice[]): Promise<DraftAnswer> {
  const told = notices.map((one) => ({ notice: one.id, bytes: b64(utf8(JSON.stringify(one))), cap: CAP }));
  return { draft: ID, notices: told, lapses_in_s: 600, preview: { ended_regions: [], warnings: [] } };
}

function order(changed: Partial<Order> = {}): Order {
  const text = { en: { headline: "Flood", instruction: "Go up." } };
  return { id: ID, kind: "alert", status: "exercise", hazard: "flood", level: "red", regions: ["A", "B"], expires_in_s: 3_600, text, ...changed };
}

async function found(changed: Partial<Notice>, ordered: Partial<Order> = {}): Promise<string[]> {
  return differences(await readDraft(await answer(await notice(changed))), order(ordered), "practice", ATLAS);
}

test("a draft that says what was ordered differs in nothing", async () => {
  assert.deepEqual(await found({}), []);
});

test("each thing that a server could write otherwise is found", async () => {
  const others: [Partial<Notice>, RegExp][] = [
    [{ status: "actual" } as Partial<Notice>, /status/],
    [{ authority: "another" }, /authority/],
    [{ hazard: "storm" }, /hazard/],
    [{ level: "yellow" }, /level/],
    [{ expires: 9_000 }, /duration/],
    [{ regions: ["A"] }, /B is missing/],
    [{ regions: ["A", "B", "C"] }, /C was not ordered/],
    [{ regions: ["UA"] }, /^$/],
    [{ text: { en: { headline: "EXERCISE: Flood", instruction: "Stay down." } } }, /text \(en\)/],
    [{ text: { en: { headline: "All is well", instruction: "Go up." } } }, /text \(en\)/],
  ];
  for (const [changed, expected] of others) assert.match((await found(changed)).join("; "), expected, JSON.stringify(changed));
});

test("children may be told as the region that they make up", async () => {
  assert.deepEqual(await found({ regions: ["A"] }, { regions: ["A1", "A2"] }), []);
  assert.match((await found({ regions: ["A"] }, { regions: ["A1"] })).join(), /A was not ordered/);
});

test("a part is read as one thing only if all parts say the same", async () => {
  const one = await notice({ regions: ["A"] });
  const two = await notice({ id: "b".repeat(25) + "a", alarm: "b".repeat(25) + "a", regions: ["B"] });
  assert.deepEqual((await readDraft(await answer(one, two))).regions, ["A", "B"]);
  await assert.rejects(readDraft(await answer(one, { ...two, level: "yellow" })), Unreadable);
});

test("bytes that are no notice, or of another id or document, are not shown", async () => {
  const good = await answer(await notice());
  const only = good.notices[0] as DraftAnswer["notices"][number];
  const broken = fromB64(only.bytes)?.slice(1) as Uint8Array<ArrayBuffer>;
  for (const bad of [{ ...only, bytes: b64(broken) }, { ...only, notice: "c".repeat(25) + "a" }, { ...only, cap: "<other/>" }])
    await assert.rejects(readDraft({ ...good, notices: [bad] }), Unreadable);
  await assert.rejects(readDraft({ ...good, notices: [] }), Unreadable);
});

/** An envelope with a signature that is none: what an alarm was is shown, not believed. */
async function enveloped(one: Notice): Promise<string> {
  const document = utf8(JSON.stringify(one));
  const size = (bytes: { length: number }) => Uint8Array.of(bytes.length >> 8, bytes.length & 255);
  const signature = new Uint8Array(64);
  return b64(concat(utf8("TCN1"), size(document), document, Uint8Array.of(1, 1), new Uint8Array(8), Uint8Array.of(1), size(signature), signature));
}

test("what an update changes is told, and what it ends", async () => {
  const before = await enveloped(await notice());
  const told = async (changed: Partial<Notice>) =>
    changes(await readDraft(await answer(await notice({ id: "b".repeat(25) + "a", version: 2, kind: "update", ...changed }))), before, (code) => code);
  assert.deepEqual(await told({}), []);
  assert.deepEqual(await told({ level: "yellow", regions: ["A", "C"] }), ["Level: red → yellow", "New: C", "Ends in: B"]);
  assert.deepEqual(await told({ kind: "all_clear" }), ["Ends the alarm in A, B"]);
  assert.match((await told({ version: 3 })).join(), /moved on/);
});

test("ids are 26 characters and never the same", () => {
  const made = new Set(Array.from({ length: 200 }, newId));
  assert.equal(made.size, 200);
  for (const id of made) assert.match(id, /^[a-z2-7]{25}[aeimquy4]$/);
});
