/** How times are written for people: the clock of the place where the device is, and how long ago in words. */

import type { Language, Words } from "./words/words.ts";

const LOCALES: Record<Language, string> = { uk: "uk-UA", en: "en-GB" };
const MINUTE_S = 60;
const HOUR_S = 3_600;
const DAY_S = 86_400;

/** Return the clock time, with the date if it is not today. Both times are Unix milliseconds. */
export function clockTime(atMs: number, nowMs: number, language: Language): string {
  const at = new Date(atMs);
  const today = at.toDateString() === new Date(nowMs).toDateString();
  const time = at.toLocaleTimeString(LOCALES[language], { hour: "2-digit", minute: "2-digit" });
  return today ? time : `${at.toLocaleDateString(LOCALES[language], { day: "numeric", month: "long" })}, ${time}`;
}

/** Return a span in its one or two largest units; seconds only below a minute. */
export function span(seconds: number, words: Words): string {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < MINUTE_S) return words.seconds(whole);
  if (whole < HOUR_S) return words.minutes(Math.floor(whole / MINUTE_S));
  const minutes = Math.floor((whole % HOUR_S) / MINUTE_S);
  if (whole < DAY_S) {
    const hours = words.hours(Math.floor(whole / HOUR_S));
    return minutes > 0 ? `${hours} ${words.minutes(minutes)}` : hours;
  }
  return words.days(Math.floor(whole / DAY_S));
}
