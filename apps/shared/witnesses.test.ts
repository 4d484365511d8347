/** What a device concludes from a witness: golden notes, and what the device saw itself. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { type Bytes, fromB64 } from "./bytes.ts";
import { verifier } from "./ed25519.ts";
import { type Pin, Trust } from "./trust.ts";
import { type Ahead, Heads, type Said, compare } from "./witnesses.ts";

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

interface Given {
  head?: { chain: string; board: string };
  position?: string;
  nowS?: number;
  monotonicS?: number;
  ahead?: Ahead | undefined;
}

async function ask(notes: unknown, given: Given = {}): Promise<Said> {
  const trust = new Trust(vectors.trust);
  for (const roster of vectors.rosters) await trust.learn(fromB64(roster) as Bytes);
  const heads = new Heads();
  if (given.head) heads.keep(vectors.says.position, given.head.chain, given.head.board);
  const { position = vectors.says.position, nowS = cosigned_at + 1, monotonicS = 100, ahead } = given;
  return compare(notes, witness, trust, await verifier(), { heads, position, nowS, monotonicS, ahead });
}

const verdict = async (notes: unknown, given: Given = {}) => (await ask(notes, given)).verdict;

test("one who saw the same agrees", async () => {
  assert.equal(await verdict([note], { head: vectors.says }), "agree");
});

test("another hash at a position that was believed here is a split view", async () => {
  const { chain, board } = vectors.says;
  assert.equal(await verdict([note], { head: { chain: board, board } }), "split");
  assert.equal(await verdict([note], { head: { chain, board: chain } }), "split");
});

test("what a witness has and this device still has not 15 s later, by its own clock, is withheld, however fresh the note", async () => {
  const position = `${epoch}-41`;
  const first = await ask([note], { position, monotonicS: 100 });
  assert.equal(first.verdict, "ahead");
  const second = await ask([note], { position, monotonicS: 114, ahead: first.ahead });
  assert.equal(second.verdict, "ahead");
  assert.equal(await verdict([note], { position, monotonicS: 115, ahead: second.ahead }), "withheld");
});

test("one who was ahead is not any more once the device has come so far", async () => {
  const { ahead } = await ask([note], { position: `${epoch}-41`, monotonicS: 100 });
  assert.deepEqual(await ask([note], { monotonicS: 200, ahead }), { verdict: "agree", ahead: undefined });
});

test("a journal of another epoch that a witness sees now is ahead, and after 15 s withheld", async () => {
  const position = "ffffffffffffffff-1";
  const { verdict: said, ahead } = await ask([note], { position, monotonicS: 100 });
  assert.equal(said, "ahead");
  assert.equal(await verdict([note], { position, monotonicS: 115, ahead }), "withheld");
});

test("an old word of a witness says that nobody watches", async () => {
  assert.equal(await verdict([note], { nowS: cosigned_at + 60 }), "nobody");
  assert.equal(await verdict([note], { position: "ffffffffffffffff-1", nowS: cosigned_at + 60 }), "nobody");
});

test("a note of nobody, or none at all, counts for nothing", async () => {
  for (const { note: data, cosigned_at: at } of vectors.cases) if (at === null) assert.equal(await verdict([data]), "nobody");
  for (const notes of [undefined, "text", [1], [""], {}]) assert.equal(await verdict(notes), "nobody");
});
