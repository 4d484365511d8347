/** The revocation list: keys that are taken away between two rosters (`spec/roster.md`, "Revocation list"). */

import { AUTHORITY, HASH, among, integer, list, match, parse, record, rises, text } from "./canonical.ts";
import type { Bytes } from "./bytes.ts";
import { ROSTER_VERSION_MAX } from "./notice.ts";
import type { Domain, Roster } from "./roster.ts";

const KEYS_MAX = 256;
const REASON_LENGTH_MAX = 200;
const SPARED_MAX = 512;

export interface Revocation {
  revocation: 1;
  authority: string;
  domain: Domain;
  version: number;
  /** Unix seconds. */
  issued: number;
  keys: { key: string; reason: string; spared: string[] }[];
}

const KEY = record({
  key: match(/^[0-9a-f]{16}$/),
  reason: text(1, REASON_LENGTH_MAX),
  spared: (value) => list(match(HASH), 0, SPARED_MAX)(value) && rises(value as string[]),
});

const TABLE = {
  revocation: integer(1, 1),
  authority: match(AUTHORITY),
  domain: among("actual", "exercise"),
  version: integer(1, ROSTER_VERSION_MAX),
  issued: integer(),
  keys: list(KEY, 1, KEYS_MAX),
};

/** Return the list, or nothing unless the bytes are canonical and keep every rule. */
export function parseRevocation(bytes: Bytes): Revocation | undefined {
  const revocation = parse(bytes, TABLE) as Revocation | undefined;
  return revocation && rises(revocation.keys.map(({ key }) => key)) ? revocation : undefined;
}

/** Whether *key* counts no longer for the notice with the hash *hash*, or, without one, for anything. */
export function isRevoked(revocation: Revocation | undefined, key: string, hash = ""): boolean {
  return revocation?.keys.some((one) => one.key === key && !one.spared.includes(hash)) ?? false;
}

/** Whether *newer* gives back anything that *known* took, of the keys that *roster* still lists. */
export function takesBack(known: Revocation, newer: Revocation, roster: Roster): boolean {
  return known.keys.some((one) => {
    if (!roster.keys.some(({ id }) => id === one.key)) return false;
    const then = newer.keys.find(({ key }) => key === one.key);
    return !then || then.spared.some((hash) => !one.spared.includes(hash));
  });
}
