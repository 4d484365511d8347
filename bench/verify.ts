/**
 * What believing a notice costs the page's verifier, by the browser's own algorithms and by the script's.
 *
 *     node bench/verify.ts        (Node.js 22.18 or newer, whose WebCrypto is that of a browser)
 */

import { readFileSync } from "node:fs";
import { type Bytes, fromB64 } from "../apps/shared/bytes.ts";
import { type Verify, browserVerify, scriptVerify } from "../apps/shared/ed25519.ts";
import { type Pin, Trust } from "../apps/shared/trust.ts";

const ROUNDS = 15;
const TIMES = 100;
const CASES = ["an author and an approver", "a machine within its bounds"];

interface Vectors {
  trust: Pin;
  rosters: string[];
  parents: Record<string, string | null>;
  cases: { name: string; envelope: string }[];
}

const vectors: Vectors = JSON.parse(readFileSync(new URL("../vectors/people.json", import.meta.url), "utf8"));

function lineage(code: string): string[] {
  const above = vectors.parents[code];
  return above ? [code, ...lineage(above)] : [code];
}

async function trustBy(verify: () => Promise<Verify>): Promise<Trust> {
  const trust = new Trust(vectors.trust, verify);
  trust.lineage = lineage;
  for (const roster of vectors.rosters) await trust.learn(fromB64(roster) as Bytes);
  return trust;
}

async function medianUs(step: () => Promise<unknown>): Promise<number> {
  const rounds: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const begun = performance.now();
    for (let time = 0; time < TIMES; time += 1) await step();
    rounds.push(((performance.now() - begun) / TIMES) * 1_000);
  }
  return rounds.sort((one, other) => one - other)[Math.floor(ROUNDS / 2)] as number;
}

const ways: Record<string, () => Promise<Verify>> = {
  "the browser's": async () => (await browserVerify(crypto.subtle)) as Verify,
  "the script's": scriptVerify,
};

console.log("| notice | Ed25519 by | median us |\n| --- | --- | --- |");
for (const name of CASES) {
  const envelope = fromB64(vectors.cases.find((one) => one.name === name)?.envelope ?? "") as Bytes;
  for (const [way, verify] of Object.entries(ways)) {
    const trust = await trustBy(verify);
    console.log(`| ${name} | ${way} | ${(await medianUs(() => trust.judgeNotice(envelope))).toFixed(0)} |`);
  }
}
