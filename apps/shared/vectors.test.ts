/** The golden data on which Python and TypeScript must agree, by the browser's own Ed25519 and by the script's. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { boardRoot } from "./board.ts";
import { b64, fromB64, type Bytes } from "./bytes.ts";
import { type Verify, browserVerify, scriptVerify } from "./ed25519.ts";
import { type Envelope, unpack } from "./envelope.ts";
import { type Status, parseNotice } from "./notice.ts";
import { SignedNote } from "./checkpoint.ts";
import { type Judged, type Pin, Trust } from "./trust.ts";

const WAYS: Record<string, () => Promise<Verify>> = {
  "the browser's Ed25519": async () => (await browserVerify(crypto.subtle)) as Verify,
  "the script's Ed25519": scriptVerify,
};

interface Vectors<Case> {
  trust: Pin;
  rosters: string[];
  parents?: Record<string, string | null>;
  cases: Case[];
}

interface NoteVectors extends Vectors<{ name: string; note: string; expect: string; cosigned_at: number | null }> {
  witness: { name: string; public: string };
  says: { position: string; chain: string; board: string; time_ms: number };
}

interface PeopleCase {
  name: string;
  event: Status;
  held: string | null;
  revocations: string[];
  envelope: string;
  expect: string;
  signers: string[];
}

function read<Case>(name: string): Vectors<Case> {
  return JSON.parse(readFileSync(new URL(`../../vectors/${name}.json`, import.meta.url), "utf8"));
}

async function trustOf(vectors: Vectors<unknown>, verify: () => Promise<Verify>): Promise<Trust> {
  const trust = new Trust(vectors.trust, verify);
  trust.lineage = (code) => lineage(vectors.parents ?? {}, code);
  for (const roster of vectors.rosters) assert.ok("believed" in (await trust.learn(bytes(roster))));
  return trust;
}

function lineage(parents: Record<string, string | null>, code: string): string[] {
  if (parents[code] === undefined) return [];
  const above = parents[code];
  return above ? [code, ...lineage(parents, above)] : [code];
}

function isRoster(envelope: string): boolean {
  return new TextDecoder().decode(bytes(envelope).slice(0, 4)) === "TCR1";
}

async function after(trust: Trust, revocations: string[]): Promise<Judged<unknown>> {
  let last: Judged<unknown> = { believed: undefined };
  for (const one of revocations) last = await (isRoster(one) ? trust.learn(bytes(one)) : trust.revoke(bytes(one)));
  return last;
}

function bytes(text: string): Bytes {
  return fromB64(text) as Bytes;
}

function verdict(judged: Judged<unknown>): string {
  return "refused" in judged ? judged.refused : "ok";
}

for (const [way, verify] of Object.entries(WAYS)) {
  const notices = read<{ name: string; event: Status; envelope: string; expect: string }>("notices");
  for (const { name, event, envelope, expect } of notices.cases) {
    test(`notice: ${name} (${way})`, async () => {
      const trust = await trustOf(notices, verify);
      assert.equal(verdict(await trust.judgeEvent(bytes(envelope), event)), expect);
    });
  }

  const heartbeats = read<{ name: string; heartbeat: string; newest_ms: number; nonce: string | null; expect: string }>(
    "heartbeats",
  );
  for (const { name, heartbeat, newest_ms, nonce, expect } of heartbeats.cases) {
    test(`heartbeat: ${name} (${way})`, async () => {
      const trust = await trustOf(heartbeats, verify);
      assert.equal(verdict(await trust.judgeHeartbeat(bytes(heartbeat), newest_ms, nonce ?? undefined)), expect);
    });
  }

  const rosters = read<{ name: string; learn: string[]; expect: string }>("rosters");
  for (const { name, learn, expect } of rosters.cases) {
    test(`roster: ${name} (${way})`, async () => {
      const trust = new Trust(rosters.trust, verify);
      let last: Judged<unknown> = { refused: "framing" };
      for (const roster of learn) last = await trust.learn(bytes(roster));
      assert.equal(verdict(last), expect);
    });
  }

  const people = read<PeopleCase>("people");
  for (const { name, event, held, revocations, envelope, expect, signers } of people.cases) {
    test(`people: ${name} (${way})`, async () => {
      const trust = await trustOf(people, verify);
      await after(trust, revocations);
      const before = held ? await parseNotice((unpack(bytes(held), "TCN1") as Envelope).document) : undefined;
      trust.held = () => before;
      const judged = await trust.judgeEvent(bytes(envelope), event);
      assert.equal(verdict(judged), expect);
      assert.deepEqual("signers" in judged ? judged.signers.map(({ holder }) => holder.name) : [], signers);
    });
  }

  const revocations = read<{ name: string; learn: string[]; expect: string }>("revocations");
  for (const { name, learn, expect } of revocations.cases) {
    test(`revocation: ${name} (${way})`, async () => {
      assert.equal(verdict(await after(await trustOf(revocations, verify), learn)), expect);
    });
  }

  const roots = read<{ name: string; learn: string[]; expect: string; root: string }>("roots");
  for (const { name, learn, expect, root } of roots.cases) {
    test(`root: ${name} (${way})`, async () => {
      const trust = new Trust(roots.trust, verify);
      let last: Judged<unknown> = { refused: "framing" };
      for (const roster of learn) last = await trust.learn(bytes(roster));
      assert.equal(verdict(last), expect);
      assert.equal(trust.pin.roots.actual, root);
    });
  }

  const notes = read<{ name: string; note: string; expect: string; cosigned_at: number | null }>("notes") as NoteVectors;
  for (const { name, note: data, expect, cosigned_at } of notes.cases) {
    test(`note: ${name} (${way})`, async () => {
      const trust = await trustOf(notes, verify);
      const note = SignedNote.read(data);
      const judged = note ? await note.judge(trust, await verify()) : { refused: "framing" as const };
      assert.equal(verdict(judged), expect);
      assert.equal((await note?.cosignedAt({ url: "", ...notes.witness }, await verify())) ?? null, cosigned_at);
      if ("believed" in judged && name !== "no audit journal") {
        const { position, chain, board, timeMs } = judged.believed;
        assert.deepEqual({ position, chain, board, time_ms: timeMs }, notes.says);
      }
    });
  }

  const ofPeople = read<{ name: string; revocations: string[]; heartbeat: string; expect: string }>("heartbeats_of_people");
  for (const { name, revocations: lists, heartbeat, expect } of ofPeople.cases) {
    test(`heartbeat under people: ${name} (${way})`, async () => {
      const trust = await trustOf(ofPeople, verify);
      await after(trust, lists);
      assert.equal(verdict(await trust.judgeHeartbeat(bytes(heartbeat), 0)), expect);
    });
  }
}

for (const { name, leaves, root } of read<{ name: string; leaves: [string, string, string, number][]; root: string }>(
  "boards",
).cases) {
  test(`board of ${name}`, async () => {
    const shuffled = leaves.map(([status, region, alarm, version]) => ({ status, region, alarm, version })).reverse();
    assert.equal(b64(await boardRoot(shuffled)), root);
  });
}
