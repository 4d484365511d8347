/**
 * The words that are said aloud for a telling: first what kind of message it is, then what, where, and what to do.
 *
 * Hazard and place come from the signed fields and the atlas; of the free text only the instruction is said.
 */

import type { Notice, Text } from "../shared/notice.ts";
import type { Telling, What } from "../shared/telling.ts";
import { type Language, type Words, WORDS, hazardName } from "./words/words.ts";

export const DEMO = "demo";

/** Return the notice's text in the language, else in English, else in its first one; and which it is. */
export function textIn(notice: Notice, language: Language): Text & { tag: string } {
  const found = (wanted: string) => Object.keys(notice.text).find((tag) => tag === wanted || tag.startsWith(`${wanted}-`));
  const tag = found(language) ?? found("en") ?? (Object.keys(notice.text)[0] as string);
  return { ...(notice.text[tag] as Text), tag };
}

/** Return the hazard's name, or the headline of a hazard that has none here. */
export function hazardOf(notice: Notice, language: Language): string {
  return hazardName(WORDS[language], notice.hazard) ?? textIn(notice, language).headline;
}

export function announcement(telling: Telling, language: Language, othersHold: boolean): string {
  const words = WORDS[language];
  const { notice, what } = telling;
  const exercise = telling.status === "exercise";
  const kind = [notice.authority === DEMO && words.demo, exercise && words.exercise].filter(Boolean).join(", ");
  const where = telling.places.map((place) => place.names[language]).join(", ");
  const said = [
    kind,
    exercise ? words.exerciseMeaning : undefined,
    opening(what, words),
    hazardOf(notice, language),
    closing(what) ? undefined : words.levels[notice.level],
    where,
    what === "disputed" ? words.disputedMeaning : undefined,
    what === "left" ? undefined : textIn(notice, language).instruction,
    othersHold && closing(what) ? words.saidStillOthers : undefined,
  ];
  return said
    .filter((part): part is string => part !== undefined && part !== "")
    .map((part) => (/[.!?…]$/.test(part) ? part : `${part}.`))
    .join(" ");
}

function closing(what: What): boolean {
  return what === "all_clear" || what === "false_alarm" || what === "left";
}

function opening(what: What, words: Words): string | undefined {
  const openings: Record<What, string | undefined> = {
    alarm: words.saidAlarm,
    escalation: words.saidEscalation,
    update: words.saidUpdate,
    disputed: words.disputed,
    all_clear: words.allClear,
    false_alarm: words.falseAlarm,
    left: words.saidLeft,
  };
  return openings[what];
}
