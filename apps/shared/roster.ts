/** The roster: the signed list of keys under one root (`spec/notice.md`, "Roster, first form"). */

import { AUTHORITY, among, integer, list, match, parse, record, rises, text } from "./canonical.ts";
import { type Bytes, fromB64, hex, sha256 } from "./bytes.ts";
import { ROSTER_VERSION_MAX, type Status } from "./notice.ts";

const KEYS_MAX = 32; // what fits the envelope anyway
const PUBLIC_KEY_SIZE_BYTES = 32;

export type Domain = "actual" | "exercise";
export type Role = "heartbeat" | "issue";

export interface RosterKey {
  id: string;
  type: "ed25519";
  public: string;
  holder: string;
  roles: Role[];
}

export interface Roster {
  roster: 1;
  authority: string;
  domain: Domain;
  version: number;
  /** Unix seconds, like `expires`. */
  issued: number;
  expires: number;
  keys: RosterKey[];
}

const KEY = record({
  id: match(/^[0-9a-f]{16}$/),
  type: among("ed25519"),
  public: (value) => typeof value === "string" && fromB64(value)?.length === PUBLIC_KEY_SIZE_BYTES,
  holder: text(1, 80),
  roles: (value) => list(among("heartbeat", "issue"), 1)(value) && rises(value as string[]),
});

const TABLE = {
  roster: integer(1, 1),
  authority: match(AUTHORITY),
  domain: among("actual", "exercise"),
  version: integer(1, ROSTER_VERSION_MAX),
  issued: integer(),
  expires: integer(),
  keys: list(KEY, 1, KEYS_MAX),
};

/** Which root stands behind a status. */
export function domainOf(status: Status): Domain {
  return status === "actual" ? "actual" : "exercise";
}

/** The first 8 bytes of SHA-256 of the public key, as 16 hex digits. */
export async function keyId(publicKey: Bytes): Promise<string> {
  return hex((await sha256(publicKey)).slice(0, 8));
}

/** Return the roster, or nothing unless the bytes are canonical and keep the table. */
export async function parseRoster(bytes: Bytes): Promise<Roster | undefined> {
  const roster = parse(bytes, TABLE) as Roster | undefined;
  if (!roster || roster.expires <= roster.issued || !rises(roster.keys.map((key) => key.id))) return undefined;
  const ids = await Promise.all(roster.keys.map((key) => keyId(fromB64(key.public) as Bytes)));
  return ids.every((id, index) => id === roster.keys[index]?.id) ? roster : undefined;
}
