/**
 * What the alarms mean for one place ("What an alert means", `ARCHITECTURE.md`).
 *
 * A place is under alarm if an alerted region is the place or an ancestor of it. An alerted descendant shows it as partial.
 * It knows no connection: whether to believe silence is for `freshness.ts`, and what is said aloud for `telling.ts`.
 */

import { type Phase, phase } from "./alarms.ts";
import { type Notice, isEnding } from "./notice.ts";
import type { Atlas, Names } from "./regions.ts";

/** A place that a person chose, with what is needed to know it while the atlas is not there. */
export interface Place {
  code: string;
  names: Names;
  /** The parent first, the country last. */
  ancestors: { code: string; names: Names }[];
}

/** "unknown": an alarm holds in a region of which the atlas at hand does not know where it lies. */
export type PlaceState = "alarm" | "expired" | "partial" | "unknown" | "clear";

/** One alarm as it touches one place. */
export interface Touch<Of extends Notice = Notice> {
  notice: Of;
  phase: Phase;
  cover: "whole" | "part";
  /** The alerted regions that are the place, above it, or, where it is covered in part, inside it. */
  regions: string[];
}

export interface PlaceView<Of extends Notice = Notice> {
  place: Place;
  state: PlaceState;
  /** What counts first: in force before expired, whole before part, red before yellow, newest first. */
  touches: Touch<Of>[];
}

// The worst first: what holds here, then what may still hold here, then what holds nearby, then nobody knows where.
export const STATES: readonly PlaceState[] = ["alarm", "expired", "partial", "unknown", "clear"];

/** Return how a notice that has not ended touches the place, if it does. Without an atlas only whole cover is known. */
export function touch<Of extends Notice>(
  place: Place,
  notice: Of,
  nowS: number,
  atlas: Atlas | undefined,
): Touch<Of> | undefined {
  const now = phase(notice, nowS);
  if (now === "ended_clear" || now === "ended_false") return undefined;
  const above = new Set([place.code, ...place.ancestors.map((one) => one.code)]);
  const whole = notice.regions.filter((code) => above.has(code));
  if (whole.length > 0) return { notice, phase: now, cover: "whole", regions: whole };
  const inside = notice.regions.filter((code) => isInside(code, place.code, atlas));
  return inside.length > 0 ? { notice, phase: now, cover: "part", regions: inside } : undefined;
}

/** Return the state of the place under *notices*, at *nowS* (Unix seconds, signed time). */
export function viewPlace<Of extends Notice>(
  place: Place,
  notices: Iterable<Of>,
  nowS: number,
  atlas: Atlas | undefined,
): PlaceView<Of> {
  const begun = Array.from(notices).filter((notice) => phase(notice, nowS) !== "announced");
  const touches = begun.map((notice) => touch(place, notice, nowS, atlas)).filter((one) => one !== undefined);
  touches.sort(byWeight);
  const [first] = touches;
  if (first) return { place, touches, state: stateOf(first) };
  const unknown = begun.some((notice) => !isEnding(notice) && lacks(atlas, notice));
  return { place, touches, state: unknown ? "unknown" : "clear" };
}

/** Whether the notice names a region of which the atlas does not know where it lies. */
export function lacks(atlas: Atlas | undefined, notice: Notice): boolean {
  return notice.regions.some((code) => !atlas?.region(code));
}

export function stateOf(one: Touch): PlaceState {
  if (one.cover === "part") return "partial";
  return one.phase === "expired" ? "expired" : "alarm";
}

/** What counts first comes first: for sorting touches, of one place or of several. */
export function byWeight(one: Touch, two: Touch): number {
  return weight(one) - weight(two) || two.notice.sent - one.notice.sent;
}

/** One alarm, with all the places that it touches in the same way. */
export interface Holding<Of extends Notice = Notice> extends Touch<Of> {
  places: Place[];
}

/** Return the alarms of all the views, each once where it holds whole and once where in part, what counts first in front. */
export function holdings<Of extends Notice>(views: readonly PlaceView<Of>[]): Holding<Of>[] {
  const found = new Map<string, Holding<Of>>();
  for (const { place, touches } of views) {
    for (const one of touches) {
      const key = `${one.cover} ${one.notice.alarm}`;
      const known = found.get(key);
      if (known) known.places.push(place);
      else found.set(key, { ...one, places: [place] });
    }
  }
  return [...found.values()].sort(byWeight);
}

function weight(one: Touch): number {
  const expired = one.phase === "expired" ? 1 : 0;
  return STATES.indexOf(stateOf(one)) * 4 + expired * 2 + (one.notice.level === "red" ? 0 : 1);
}

function isInside(code: string, place: string, atlas: Atlas | undefined): boolean {
  return atlas?.region(code)?.ancestors.some((one) => one.code === place) ?? false;
}
