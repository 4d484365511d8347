/**
 * The alarms a device knows: a fold of believed notices, and what each of them is worth at a given signed time.
 *
 * An older version never replaces a newer one, and an alarm that ended stays ended; what a restored server says against that
 * counts only once its heartbeat confirms it (`contradict`). Where an alarm holds is `place.ts`.
 */

import { type Notice, type Status, isEnding } from "./notice.ts";

/** The newest believed notice of an alarm, with the bytes that prove it (base64url). */
export interface Held {
  envelope: string;
  notice: Notice;
  /** Whose signatures counted when it was believed. */
  signers: readonly SignedBy[];
  /** The id of the notice that it replaced although that one's version is not older. */
  over?: string | undefined;
}

export interface SignedBy {
  name: string;
  kind: "person" | "service";
}

/** What is kept of a notice to know whether another one is news against it. */
export interface Mark {
  version: number;
  id?: string | undefined;
  over?: string | undefined;
}

/** Whether *now* is news against what is *known*: of a newer version, or in place of just that one. */
export function isNews(now: Mark, known: Mark | undefined): boolean {
  return !known || known.version < now.version || (now.over !== undefined && known.id === now.over);
}

export type Alarms = ReadonlyMap<string, Held>;

export type Phase = "announced" | "in_force" | "disputed" | "expired" | "ended_clear" | "ended_false";

// An ended alarm is remembered for a week, so that its alert, sent again by somebody, does not bring it back.
const ENDED_KEPT_S = 7 * 24 * 3600;

/** Alarms of different status never meet, whatever their ids: an exercise cannot end a real alarm. */
export function alarmKey(status: Status, alarm: string): string {
  return `${status} ${alarm}`;
}

/**
 * Return the alarms with *held* in them; the same map if it is no news. An end that was signed later ends an alarm whatever
 * its version: a server restored from a backup counts anew.
 */
export function fold(alarms: Alarms, held: Held): Alarms {
  const { notice } = held;
  const key = alarmKey(notice.status, notice.alarm);
  const known = alarms.get(key);
  if (!known) return new Map(alarms).set(key, held);
  if (isEnding(known.notice)) return alarms;
  const newer = notice.version > known.notice.version;
  if (!newer && !(isEnding(notice) && notice.sent > known.notice.sent)) return alarms;
  return new Map(alarms).set(key, { ...held, over: newer ? known.over : known.notice.id });
}

/** Return the alarms with *served*, which the server proved to be in force, in place of what is held, if it is worse. */
export function contradict(alarms: Alarms, served: Held): Alarms {
  const key = alarmKey(served.notice.status, served.notice.alarm);
  const known = alarms.get(key)?.notice;
  if (!known || known.id === served.notice.id || !isWorse(served.notice, known)) return alarms;
  return new Map(alarms).set(key, { ...served, over: known.id });
}

/** In force is worse than ended, red than yellow, and of two that are alike the later word counts. */
function isWorse(one: Notice, other: Notice): boolean {
  if (isEnding(one) || isEnding(other)) return !isEnding(one);
  return one.level === other.level ? one.sent > other.sent : one.level === "red";
}

export function notEnded(alarms: Alarms): Notice[] {
  return Array.from(alarms.values(), (held) => held.notice).filter((notice) => !isEnding(notice));
}

/** Return what a notice is worth at *nowS* (Unix seconds, signed time). */
export function phase(notice: Notice, nowS: number): Phase {
  if (notice.kind === "all_clear") return "ended_clear";
  if (notice.kind === "false_alarm") return "ended_false";
  if (nowS >= notice.expires) return "expired";
  if (nowS < notice.effective) return "announced";
  return notice.kind === "disputed" ? "disputed" : "in_force";
}

/** Return the keys of alarms that ended so long ago that they may be forgotten. */
export function forgettable(alarms: Alarms, nowS: number): string[] {
  const old = ({ notice }: Held) => isEnding(notice) && nowS - notice.sent > ENDED_KEPT_S;
  return Array.from(alarms).flatMap(([key, held]) => (old(held) ? [key] : []));
}
