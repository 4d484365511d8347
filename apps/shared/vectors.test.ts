/** The golden data on which Python and TypeScript must agree, by the browser's own Ed25519 and by the script's. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { boardRoot } from "./board.ts";
import { b64, fromB64, type Bytes } from "./bytes.ts";
import { type Verify, browserVerify, scriptVerify } from "./ed25519.ts";
import type { Status } from "./notice.ts";
import { type Judged, type Pin, Trust } from "./trust.ts";

const WAYS: Record<string, () => Promise<Verify>> = {
  "the browser's Ed25519": async () => (await browserVerify(crypto.subtle)) as Verify,
  "the script's Ed25519": scriptVerify,
};

interface Vectors<Case> {
  trust: Pin;
  rosters: string[];
  cases: Case[];
}

function read<Case>(name: string): Vectors<Case> {
  return JSON.parse(readFileSync(new URL(`../../vectors/${name}.json`, import.meta.url), "utf8"));
}

async function trustOf(vectors: Vectors<unknown>, verify: () => Promise<Verify>): Promise<Trust> {
  const trust = new Trust(vectors.trust, verify);
  for (const roster of vectors.rosters) assert.ok("believed" in (await trust.learn(bytes(roster))));
  return trust;
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
}

for (const { name, leaves, root } of read<{ name: string; leaves: [string, string, string, number][]; root: string }>(
  "boards",
).cases) {
  test(`board of ${name}`, async () => {
    const shuffled = leaves.map(([status, region, alarm, version]) => ({ status, region, alarm, version })).reverse();
    assert.equal(b64(await boardRoot(shuffled)), root);
  });
}
