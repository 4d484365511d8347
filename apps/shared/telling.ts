/**
 * What a device says aloud about an alarm, once per version, and nothing twice.
 *
 * A decision from data to data: the noise itself is made by the app. A telling carries the status in its type, so that
 * code which makes the siren's noise can ask for an actual one and is never handed an exercise.
 */

import { type Held, type Mark, alarmKey, isNews, phase } from "./alarms.ts";
import { type ActualNotice, type ExerciseNotice, type Level, type Notice, isEnding } from "./notice.ts";
import type { Place } from "./place.ts";

/** The last that was told of an alarm, and whether it was said to hold at a chosen place. */
export interface Told extends Mark {
  level: Level;
  here: boolean;
}

export type What = "alarm" | "escalation" | "update" | "disputed" | "all_clear" | "false_alarm" | "left";

interface Said<Of extends Notice> {
  key: string;
  what: What;
  notice: Of;
  /** The chosen places that it is about. */
  places: Place[];
  told: Told;
}

export type ActualTelling = Said<ActualNotice> & { status: "actual" };
export type ExerciseTelling = Said<ExerciseNotice> & { status: "exercise" };
export type Telling = ActualTelling | ExerciseTelling;

/** Return what is to be told of a notice at *nowS*, if anything. Tests are quiet, and so is a part of a place. */
export function telling(
  { notice, over }: Pick<Held, "notice" | "over">,
  told: Told | undefined,
  places: readonly Place[],
  nowS: number,
): Telling | undefined {
  const mark: Mark = { version: notice.version, id: notice.id, over };
  if (notice.status === "test" || !isNews(mark, told)) return undefined;
  const covered = places.filter((place) => covers(notice, place));
  const what = whatOf(notice, told, covered.length > 0, nowS);
  if (!what) return undefined;
  const here = covered.length > 0 && !isEnding(notice);
  const said = { key: alarmKey(notice.status, notice.alarm), what, places: covered, told: { ...mark, level: notice.level, here } };
  return notice.status === "actual" ? { ...said, status: "actual", notice } : { ...said, status: "exercise", notice };
}

function whatOf(notice: Notice, told: Told | undefined, here: boolean, nowS: number): What | undefined {
  const now = phase(notice, nowS);
  if (isEnding(notice)) {
    const worthTelling = told?.here === true && nowS < notice.expires;
    return worthTelling ? (notice.kind as "all_clear" | "false_alarm") : undefined;
  }
  if (now === "announced" || now === "expired") return undefined;
  if (!here) return told?.here ? "left" : undefined;
  if (!told?.here) return "alarm";
  if (told.level === "yellow" && notice.level === "red") return "escalation";
  return notice.kind === "disputed" ? "disputed" : "update";
}

function covers(notice: Notice, place: Place): boolean {
  return notice.regions.includes(place.code) || place.ancestors.some((one) => notice.regions.includes(one.code));
}
