/** The board hash: a Merkle root over what has not ended (`spec/notice.md`, "Board hash"; tree of RFC 6962, 2.1). */

import { type Bytes, b64, concat, hex, sha256, utf8 } from "./bytes.ts";
import type { Notice } from "./notice.ts";

export interface Leaf {
  status: string;
  region: string;
  alarm: string;
  version: number;
}

/** Return the root of the leaves, in any order. */
export async function boardRoot(leaves: Leaf[]): Promise<Bytes> {
  const bytes = leaves.map((leaf) => utf8([leaf.status, leaf.region, leaf.alarm, leaf.version].join("\0")));
  // Hex sorts as bytes do.
  const sorted = bytes.map((leaf) => [hex(leaf), leaf] as const).sort(([one], [two]) => (one < two ? -1 : 1));
  return root(await Promise.all(sorted.map(([, leaf]) => sha256(concat(new Uint8Array([0]), leaf)))));
}

/** Return the board hash of *notices*, the newest of each alarm that has not ended. */
export async function boardHash(notices: Iterable<Notice>): Promise<string> {
  const leaves = Array.from(notices, ({ status, alarm, version, regions }) =>
    regions.map((region) => ({ status, region, alarm, version })),
  );
  return b64(await boardRoot(leaves.flat()));
}

async function root(hashes: Bytes[]): Promise<Bytes> {
  if (hashes.length === 0) return sha256(new Uint8Array());
  if (hashes.length === 1) return hashes[0] as Bytes;
  let split = 1;
  while (split * 2 < hashes.length) split *= 2;
  const [left, right] = await Promise.all([root(hashes.slice(0, split)), root(hashes.slice(split))]);
  return sha256(concat(new Uint8Array([1]), left, right));
}
