/**
 * The page's verifier for `fuzz_envelopes.py`: a file of vectors as its argument; envelopes come in as lines of base64url,
 * and for each a line goes out: `ok`, or the reason why it is not believed.
 */

import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { type Bytes, fromB64 } from "../../apps/shared/bytes.ts";
import { type Pin, Trust } from "../../apps/shared/trust.ts";

interface Vectors {
  trust: Pin;
  rosters: string[];
  parents?: Record<string, string | null>;
}

const vectors: Vectors = JSON.parse(readFileSync(process.argv[2] as string, "utf8"));

function lineage(code: string): string[] {
  const above = vectors.parents?.[code];
  if (above === undefined) return [];
  return above ? [code, ...lineage(above)] : [code];
}

const trust = new Trust(vectors.trust);
trust.lineage = lineage;
for (const roster of vectors.rosters) await trust.learn(fromB64(roster) as Bytes);

for await (const line of createInterface({ input: process.stdin })) {
  const judged = await trust.judgeNotice(fromB64(line) ?? new Uint8Array());
  process.stdout.write(`${"refused" in judged ? judged.refused : "ok"}\n`);
}
