/**
 * The alarms a device knows: a fold of believed notices, and what each of them is worth at a given signed time.
 *
 * An older version never replaces a newer one, and an alarm that ended stays ended. Where an alarm holds is `place.ts`.
 */

import { type Notice, type Status, isEnding } from "./notice.ts";

/** The newest believed notice of an alarm, with the bytes that prove it (base64url). */
export interface Held {
  envelope: string;
  notice: Notice;
}

export type Alarms = ReadonlyMap<string, Held>;

export type Phase = "announced" | "in_force" | "disputed" | "expired" | "ended_clear" | "ended_false";

// An ended alarm is remembered for a week, so that its alert, sent again by somebody, does not bring it back.
const ENDED_KEPT_S = 7 * 24 * 3600;

/** Alarms of different status never meet, whatever their ids: an exercise cannot end a real alarm. */
export function alarmKey(status: Status, alarm: string): string {
  return `${status} ${alarm}`;
}

/** Return the alarms with *held* in them; the same map if it is no news. */
export function fold(alarms: Alarms, held: Held): Alarms {
  const key = alarmKey(held.notice.status, held.notice.alarm);
  const known = alarms.get(key)?.notice;
  if (known && (isEnding(known) || known.version >= held.notice.version)) return alarms;
  return new Map(alarms).set(key, held);
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
