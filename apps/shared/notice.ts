/**
 * The notice: the bytes of an alert that people signed (`spec/notice.md`, "The notice").
 *
 * Actual, exercise and test are three types, so that what makes noise can ask for an actual one and get no other.
 */

import { AUTHORITY, HASH, among, integer, isObject, list, match, parse, record, rises, text } from "./canonical.ts";
import { type Bytes, b64, sha256, utf8 } from "./bytes.ts";

export const NOTICE_SIZE_BYTES_MAX = 2_800;
export const ROSTER_VERSION_MAX = 1_000_000_000;
const LANGUAGES_MAX = 8;

export type Status = "actual" | "exercise" | "test";
export type Kind = "alert" | "update" | "disputed" | "all_clear" | "false_alarm";
export type Level = "yellow" | "red";

export interface Text {
  headline: string;
  instruction: string;
}

interface Fields {
  notice: 1;
  id: string;
  alarm: string;
  version: number;
  kind: Kind;
  authority: string;
  hazard: string;
  level: Level;
  /** Unix seconds, like the three below. */
  since: number;
  sent: number;
  effective: number;
  expires: number;
  atlas: string;
  regions: string[];
  shapes: string[];
  geometry: string;
  text: Record<string, Text>;
  issuer: string;
  roster: number;
  channels: string[];
  cap: string;
}

export type ActualNotice = Fields & { status: "actual" };
export type ExerciseNotice = Fields & { status: "exercise" };
export type TestNotice = Fields & { status: "test" };
export type Notice = ActualNotice | ExerciseNotice | TestNotice;

const ID = match(/^[a-z2-7]{25}[aeimquy4]$/);
const LANGUAGE = match(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$/);
const TEXT = record({ headline: text(1, 200), instruction: text(0, 1_000) });
const SHAPE = text(8, NOTICE_SIZE_BYTES_MAX);

const TABLE = {
  notice: integer(1, 1),
  id: ID,
  alarm: ID,
  version: integer(1, 1_000_000),
  kind: among("alert", "update", "disputed", "all_clear", "false_alarm"),
  status: among("actual", "exercise", "test"),
  authority: match(AUTHORITY),
  hazard: match(/^[a-z][a-z_]{0,39}$/),
  level: among("yellow", "red"),
  since: integer(),
  sent: integer(),
  effective: integer(),
  expires: integer(),
  atlas: match(HASH),
  regions: (value: unknown) => list(match(/^[A-Za-z0-9._:-]{1,32}$/), 1)(value) && rises(value as string[]),
  shapes: list((value) => SHAPE(value) && /^(polygon|circle) /.test(value as string)),
  geometry: match(HASH),
  text: isText,
  issuer: text(1, 80),
  roster: integer(1, ROSTER_VERSION_MAX),
  channels: isChannels,
  cap: match(HASH),
};

/** Return the notice, or nothing unless the bytes are canonical and keep the table. */
export async function parseNotice(bytes: Bytes): Promise<Notice | undefined> {
  if (bytes.length > NOTICE_SIZE_BYTES_MAX) return undefined;
  const notice = parse(bytes, TABLE) as Notice | undefined;
  return notice && isSound(notice) && (await holdsItsGeometry(notice)) ? notice : undefined;
}

/** An alarm is ended by an all clear or by saying that it was false. */
export function isEnding(notice: Notice): boolean {
  return notice.kind === "all_clear" || notice.kind === "false_alarm";
}

function isSound(notice: Notice): boolean {
  const first = notice.version === 1;
  return (
    (notice.kind === "alert") === first &&
    (notice.alarm === notice.id) === first &&
    notice.since <= notice.sent &&
    (!first || notice.since === notice.sent) &&
    Math.max(notice.sent, notice.effective) < notice.expires
  );
}

async function holdsItsGeometry(notice: Notice): Promise<boolean> {
  return notice.shapes.length === 0 || b64(await sha256(utf8(notice.shapes.join("\n")))) === notice.geometry;
}

function isText(value: unknown): boolean {
  if (!isObject(value)) return false;
  const languages = Object.keys(value);
  return (
    languages.length >= 1 &&
    languages.length <= LANGUAGES_MAX &&
    rises(languages) &&
    languages.every((language) => LANGUAGE(language) && TEXT(value[language]))
  );
}

function isChannels(value: unknown): boolean {
  if (!Array.isArray(value) || value.length === 0) return false;
  if (value.length === 1 && value[0] === "*") return true;
  return value.every(match(/^[a-z_]{1,32}$/)) && rises(value as string[]);
}
