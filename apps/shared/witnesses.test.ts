/** What a device concludes from a witness: golden notes, and what the device saw itself. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { type Bytes, fromB64 } from "./bytes.ts";
import { verifier } from "./ed25519.ts";
import { type Pin, Trust } from "./trust.ts";
import { Heads, compare } from "./witnesses.ts";

const vectors: {
  trust: Pin;
  rosters: string[];
  witness: { name: string; public: string };
  says: { position: string; chain: string; board: string };
  cases: { name: string; note: string; cosigned_at: number | null }[];
} = JSON.parse(readFileSync(new URL("../../vectors/notes.json", import.meta.url), "utf8"));

const witness = { ...vectors.witness, url: "https://witness.example" };
const found = vectors.cases.find(({ name }) => name === "and cosigned by the witness");
const { note, cosigned_at } = found as { note: string; cosigned_at: number };
const [epoch] = vectors.says.position.split("-");

async function verdict(notes: unknown, given: { head?: { chain: string; board: string }; position?: string; nowS?: number } = {}) {
  const trust = new Trust(vectors.trust);
  for (const roster of vectors.rosters) await trust.learn(fromB64(roster) as Bytes);
  const heads = new Heads();
  if (given.head) heads.keep(vectors.says.position, given.head.chain, given.head.board);
  const seen = { heads, position: given.position ?? vectors.says.position, nowS: given.nowS ?? cosigned_at + 1 };
  return compare(notes, witness, trust, await verifier(), seen);
}

test("one who saw the same agrees", async () => {
  assert.equal(await verdict([note], { head: vectors.says }), "agree");
});

test("another hash at a position that was believed here is a split view", async () => {
  const { chain, board } = vectors.says;
  assert.equal(await verdict([note], { head: { chain: board, board } }), "split");
  assert.equal(await verdict([note], { head: { chain, board: chain } }), "split");
});

test("what a witness saw 15 s ago and this device did not is withheld", async () => {
  const position = `${epoch}-41`;
  assert.equal(await verdict([note], { position, nowS: cosigned_at + 14 }), "agree");
  assert.equal(await verdict([note], { position, nowS: cosigned_at + 15 }), "withheld");
});

test("an old word of a witness says that nobody watches", async () => {
  assert.equal(await verdict([note], { nowS: cosigned_at + 60 }), "nobody");
});

test("a note of another epoch, of nobody, or none at all counts for nothing", async () => {
  assert.equal(await verdict([note], { position: "ffffffffffffffff-1", nowS: cosigned_at + 20 }), "nobody");
  for (const { note: data, cosigned_at: at } of vectors.cases) if (at === null) assert.equal(await verdict([data]), "nobody");
  for (const notes of [undefined, "text", [1], [""], {}]) assert.equal(await verdict(notes), "nobody");
});
