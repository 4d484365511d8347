/** The roster: who may order what and where, with which keys, and how many people it takes (`spec/roster.md`). */

import { AUTHORITY, type Rule as FieldRule, among, integer, list, match, parse, record, rises, text } from "./canonical.ts";
import { type Bytes, fromB64, hex, sha256 } from "./bytes.ts";
import { type Kind, type Notice, ROSTER_VERSION_MAX, type Status } from "./notice.ts";
import { isCoseKey } from "./passkeys.ts";

const HOLDERS_MAX = 128;
const KEYS_MAX = 256;
const RULES_MAX = 32;
const ORIGINS_MAX = 8;
const REVOKERS_MAX = 16;
const WITNESSES_MAX = 8;
const PEOPLE_MAX = 8;
const REGIONS_LISTED_MAX = 200;
const HAZARDS_LISTED_MAX = 64;
const REGIONS_CEILING_MAX = 1_000;
const PER_HOUR_MAX = 10_000;
const NAME_LENGTH_MAX = 80;
const URL_LENGTH_MAX = 200;
const PUBLIC_SIZE_BYTES = 32;
const DEMO = "demo";

export type Domain = "actual" | "exercise";
export type Role = "approver" | "author" | "heartbeat" | "issue" | "link-test" | "source";

/** Return a region's code and those of all that lie above it. */
export type Lineage = (code: string) => readonly string[];

export interface Holder {
  id: string;
  name: string;
  kind: "person" | "service";
  roles: Role[];
  kinds: string[];
  hazards: string[];
  regions: string[];
  regions_max: number;
  per_hour: number;
}

export interface RosterKey {
  id: string;
  type: "ed25519" | "webauthn";
  public: string;
  holder: string;
}

interface Rule {
  kinds: string[];
  hazards: string[];
  regions: string[];
  people: number;
}

export interface Witness {
  name: string;
  public: string;
  url: string;
}

export interface Roster {
  roster: 2;
  authority: string;
  domain: Domain;
  version: number;
  /** Unix seconds, like `expires`. */
  issued: number;
  expires: number;
  root: string;
  rp_id: string;
  origins: string[];
  holders: Holder[];
  keys: RosterKey[];
  rules: Rule[];
  revokers: { threshold: number; keys: { id: string; public: string; holder: string }[] };
  witnesses: Witness[];
}

const HOST = "[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?";
const PORT = "(?::[1-9][0-9]{0,4})?";
const KEY_ID = match(/^[0-9a-f]{16}$/);
const PUBLIC: FieldRule = (value) => typeof value === "string" && fromB64(value)?.length === PUBLIC_SIZE_BYTES;
const SCOPE = {
  kinds: everyOr(among("alert", "update", "disputed", "all_clear", "false_alarm"), 5),
  hazards: everyOr(match(/^[a-z][a-z_]{0,39}$/), HAZARDS_LISTED_MAX),
  regions: everyOr(match(/^[A-Za-z0-9._:-]{1,32}$/), REGIONS_LISTED_MAX),
};

const HOLDER = record({
  id: match(/^[a-z0-9-]{1,32}$/),
  name: text(1, NAME_LENGTH_MAX),
  kind: among("person", "service"),
  roles: sorted(among("approver", "author", "heartbeat", "issue", "link-test", "source"), 1, 6),
  ...SCOPE,
  regions_max: integer(0, REGIONS_CEILING_MAX),
  per_hour: integer(0, PER_HOUR_MAX),
});

const TABLE = {
  roster: integer(2, 2),
  authority: match(AUTHORITY),
  domain: among("actual", "exercise"),
  version: integer(1, ROSTER_VERSION_MAX),
  issued: integer(),
  expires: integer(),
  root: PUBLIC,
  rp_id: match(new RegExp(`^(?:${HOST})?$`)),
  origins: sorted(match(new RegExp(`^(?:https://${HOST}|http://localhost)${PORT}$`)), 0, ORIGINS_MAX),
  holders: list(HOLDER, 1, HOLDERS_MAX),
  keys: list(
    record({
      id: KEY_ID,
      type: among("ed25519", "webauthn"),
      public: (value) => typeof value === "string" && fromB64(value) !== undefined,
      holder: (value) => typeof value === "string",
    }),
    1,
    KEYS_MAX,
  ),
  rules: list(record({ ...SCOPE, people: integer(1, PEOPLE_MAX) }), 1, RULES_MAX),
  revokers: record({
    threshold: integer(0, REVOKERS_MAX),
    keys: list(record({ id: KEY_ID, public: PUBLIC, holder: text(1, NAME_LENGTH_MAX) }), 0, REVOKERS_MAX),
  }),
  witnesses: list(
    record({
      name: match(AUTHORITY),
      public: PUBLIC,
      url: (value) =>
        typeof value === "string" &&
        value.length <= URL_LENGTH_MAX &&
        new RegExp(`^(?:https://${HOST}|http://localhost)${PORT}(?:/[A-Za-z0-9._~/-]*)?$`).test(value),
    }),
    0,
    WITNESSES_MAX,
  ),
};

/** Which root stands behind a status. */
export function domainOf(status: Status): Domain {
  return status === "actual" ? "actual" : "exercise";
}

/** The first 8 bytes of SHA-256 of the public key, as 16 hex digits. */
export async function keyId(publicKey: Bytes): Promise<string> {
  return hex((await sha256(publicKey)).slice(0, 8));
}

/** Return the roster, or nothing unless the bytes are canonical and keep every rule. */
export async function parseRoster(bytes: Bytes): Promise<Roster | undefined> {
  const roster = parse(bytes, TABLE) as Roster | undefined;
  if (!roster || roster.expires <= roster.issued) return undefined;
  const { holders, keys, revokers, rules, witnesses } = roster;
  const isOrdered = [holders, keys, revokers.keys].every((all) => rises(all.map(({ id }) => id)));
  if (!isOrdered || !rises(witnesses.map(({ name }) => name))) return undefined;
  if ((roster.rp_id === "") !== (roster.origins.length === 0)) return undefined;
  if (!isForAll(rules[rules.length - 1] as Rule)) return undefined;
  if (revokers.threshold > revokers.keys.length || revokers.threshold < Math.min(1, revokers.keys.length)) return undefined;
  if (!holders.every((holder) => mayHave(holder, roster.domain))) return undefined;
  for (const key of keys) if (!(await mayStand(key, roster))) return undefined;
  for (const { id, public: text } of revokers.keys) if ((await keyId(fromB64(text) as Bytes)) !== id) return undefined;
  return roster;
}

/** Whether what lies above a region must be known to judge under *roster*. */
export function needsLineage({ holders, rules }: Roster): boolean {
  return [...holders, ...rules].some(({ regions }) => !isEverything(regions));
}

/** Whether *notice* lies in the scope of *holder*: its kind, its hazard, each of its regions, and their number. */
export function covers(holder: Holder, notice: Notice, lineage: Lineage, before?: Notice): boolean {
  return (
    isListed(notice.kind, holder.kinds) &&
    isListed(notice.hazard, holder.hazards) &&
    (holder.regions_max === 0 || notice.regions.length <= holder.regions_max) &&
    concerned(notice, before).every((code) => isEverything(holder.regions) || above(code, lineage).some((one) => holder.regions.includes(one)))
  );
}

/**
 * How many people *notice* takes: as many as the region that takes most, of it and of what it follows. An update may end an
 * alarm somewhere, so it takes what an all clear takes if that is more.
 */
export function peopleNeeded(roster: Roster, notice: Notice, lineage: Lineage, before?: Notice): number {
  const kinds: Kind[] = notice.kind === "update" ? ["update", "all_clear"] : [notice.kind];
  const regions = concerned(notice, before);
  return Math.max(...kinds.flatMap((kind) => regions.map((code) => peopleFor(roster, kind, notice.hazard, code, lineage))));
}

function peopleFor({ rules }: Roster, kind: Kind, hazard: string, code: string, lineage: Lineage): number {
  const about = rules.filter((rule) => isListed(kind, rule.kinds) && isListed(hazard, rule.hazards));
  if (lineage(code).length > 0) return about.find((rule) => isFor(rule, code, lineage))?.people ?? Infinity;
  // Who does not know where the region lies takes it to lie wherever it takes most people.
  const everywhere = about.findIndex(({ regions }) => isEverything(regions));
  return Math.max(...about.slice(0, everywhere + 1).map(({ people }) => people));
}

/** The regions that a notice names, and those that it may leave. */
function concerned(notice: Notice, before: Notice | undefined): string[] {
  return [...notice.regions, ...(before?.regions ?? [])];
}

function isFor({ regions }: Rule, code: string, lineage: Lineage): boolean {
  return isEverything(regions) || regions.some((one) => above(code, lineage).includes(one) || above(one, lineage).includes(code));
}

function above(code: string, lineage: Lineage): readonly string[] {
  return [code, ...lineage(code)];
}

function isListed(word: string, listed: string[]): boolean {
  return isEverything(listed) || listed.includes(word);
}

function isEverything(listed: string[]): boolean {
  return listed.length === 1 && listed[0] === "*";
}

function isForAll({ kinds, hazards, regions }: Rule): boolean {
  return [kinds, hazards, regions].every(isEverything);
}

function mayHave({ kind, roles }: Holder, domain: Domain): boolean {
  const able: Role[] = kind === "person" ? ["approver", "author"] : ["heartbeat", "issue", "link-test", "source"];
  const strange: Role = domain === "actual" ? "link-test" : "heartbeat";
  return roles.every((role) => able.includes(role) && role !== strange);
}

async function mayStand(key: RosterKey, { authority, holders, rp_id }: Roster): Promise<boolean> {
  const holder = holders.find(({ id }) => id === key.holder);
  const raw = fromB64(key.public) as Bytes;
  if (!holder || (await keyId(raw)) !== key.id) return false;
  if (key.type === "webauthn") return holder.kind === "person" && rp_id !== "" && isCoseKey(raw);
  return raw.length === PUBLIC_SIZE_BYTES && (holder.kind === "service" || authority === DEMO);
}

function sorted(rule: FieldRule, least: number, most: number): FieldRule {
  return (value) => list(rule, least, most)(value) && rises(value as string[]);
}

function everyOr(rule: FieldRule, most: number): FieldRule {
  return (value) => (Array.isArray(value) && isEverything(value)) || sorted(rule, 1, most)(value);
}
