/**
 * Canonical JSON: one spelling per document (`spec/notice.md`, "Conventions").
 *
 * A document is described by a table of its fields, in order, each with the rule for its value. What the fields mean is
 * for `notice.ts`, `roster.ts` and `heartbeat.ts` to say.
 */

import { type Bytes, fromUtf8 } from "./bytes.ts";

export type Rule = (value: unknown) => boolean;
export type Table = Record<string, Rule>;

/** Return the document, or nothing unless the bytes are its one spelling and every field keeps its rule. */
export function parse(bytes: Bytes, table: Table): unknown {
  const text = fromUtf8(bytes);
  if (text === undefined) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  // Parsing merges repeated keys and rounds numbers; writing it out again shows that nothing was lost.
  return record(table)(value) && JSON.stringify(value) === text ? value : undefined;
}

/** The fields of the table, all of them, in its order, and no other. */
export function record(table: Table): Rule {
  const names = Object.keys(table);
  return (value) => {
    if (!isObject(value)) return false;
    const found = Object.keys(value);
    return (
      found.length === names.length &&
      names.every((name, index) => found[index] === name && (table[name] as Rule)(value[name]))
    );
  };
}

export function integer(least = 0, most = Number.MAX_SAFE_INTEGER): Rule {
  return (value) => Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most;
}

export function match(pattern: RegExp): Rule {
  return (value) => typeof value === "string" && pattern.test(value);
}

export function among(...words: string[]): Rule {
  return (value) => typeof value === "string" && words.includes(value);
}

/** Text for people: its length in code points; no control character but the line feed, and no half of a character. */
export function text(least: number, most: number): Rule {
  return (value) => {
    if (typeof value !== "string" || /[\0-\x09\x0b-\x1f\x7f-\x9f]|\p{Surrogate}/u.test(value)) return false;
    const length = Array.from(value).length;
    return length >= least && length <= most;
  };
}

/** A list whose elements keep *rule*; `sorted` ones rise by byte and do not repeat. Codes and tags are ASCII. */
export function list(rule: Rule, least = 0, most = Infinity): Rule {
  return (value) => Array.isArray(value) && value.length >= least && value.length <= most && value.every(rule);
}

export function rises(values: readonly string[]): boolean {
  return values.every((value, index) => index === 0 || (values[index - 1] as string) < value);
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export const HASH = /^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/;
export const AUTHORITY = /^[a-z0-9.-]{1,64}$/;
