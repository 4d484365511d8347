/** The console's words for what the wire calls by a code. */

import type { Kind, Level, Status } from "../shared/notice.ts";

export const HAZARDS: Record<string, string> = {
  air_raid: "Air raid",
  artillery_shelling: "Artillery shelling",
  urban_fights: "Street fighting",
  chemical: "Chemical danger",
  nuclear: "Radiation danger",
  flood: "Flood",
  storm: "Dangerous storm",
  wildfire: "Wildfire",
  earthquake: "Earthquake",
  tsunami: "Tsunami",
  dam_failure: "Dam failure",
  other_danger: "Other danger",
};

export const KINDS: Record<Kind, string> = {
  alert: "Alert",
  update: "Change",
  disputed: "Being checked",
  all_clear: "All clear",
  false_alarm: "False alarm",
};

export const LEVELS: Record<Level, string> = { red: "Red", yellow: "Yellow" };

/** What stands first, before everything else. A real order needs no word. */
export const FIRST: Record<Status, string> = { actual: "", exercise: "EXERCISE", test: "TEST" };

export const LANGUAGES: Record<string, string> = { en: "English", uk: "Ukrainian" };

export const DURATIONS_S: [number, string][] = [
  [3_600, "1 hour"],
  [2 * 3_600, "2 hours"],
  [6 * 3_600, "6 hours"],
  [12 * 3_600, "12 hours"],
  [24 * 3_600, "24 hours"],
];

export function clock(unix_s: number): string {
  return new Date(unix_s * 1000).toLocaleString("en-GB", { weekday: "short", hour: "2-digit", minute: "2-digit" });
}

/** Return how long it is from now until *unix_s*, as `m:ss`. */
export function left(unix_s: number): string {
  const seconds = Math.max(0, Math.round(unix_s - Date.now() / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
