/** The heartbeat: a signed statement of the time and of what is in force (`spec/notice.md`, "Heartbeat"). */

import { AUTHORITY, HASH, integer, match, parse, record } from "./canonical.ts";
import { ROSTER_VERSION_MAX } from "./notice.ts";
import type { Bytes } from "./bytes.ts";

export interface Heartbeat {
  heartbeat: 2;
  authority: string;
  /** Unix milliseconds, like `valid_until_ms`. */
  time_ms: number;
  valid_until_ms: number;
  position: string;
  chain: string;
  board: string;
  rosters: { actual: number; exercise: number };
  /** Versions of the revocation lists; 0 where there is none. */
  revocations: { actual: number; exercise: number };
  nonce: string;
}

export const POSITION = /^[0-9a-f]{16}-(0|[1-9][0-9]{0,15})$/;

const VERSION = integer(1, ROSTER_VERSION_MAX);
const VERSION_OR_NONE = integer(0, ROSTER_VERSION_MAX);

const TABLE = {
  heartbeat: integer(2, 2),
  authority: match(AUTHORITY),
  time_ms: integer(),
  valid_until_ms: integer(),
  position: match(POSITION),
  chain: match(HASH),
  board: match(HASH),
  rosters: record({ actual: VERSION, exercise: VERSION }),
  revocations: record({ actual: VERSION_OR_NONE, exercise: VERSION_OR_NONE }),
  nonce: match(/^[A-Za-z0-9_-]{0,64}$/),
};

/** Return the heartbeat, or nothing unless the bytes are canonical and keep the table. */
export function parseHeartbeat(bytes: Bytes): Heartbeat | undefined {
  const heartbeat = parse(bytes, TABLE) as Heartbeat | undefined;
  return heartbeat && heartbeat.valid_until_ms > heartbeat.time_ms ? heartbeat : undefined;
}
