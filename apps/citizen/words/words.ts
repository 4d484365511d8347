/** The words of the page: one table, two languages. A word that is missing in one of them fails the type check. */

import type { Reason } from "../../shared/trust.ts";
import type { Verdict } from "../../shared/witnesses.ts";
import type { Phase } from "../../shared/alarms.ts";
import type { Level } from "../../shared/notice.ts";
import type { Sound } from "../sound.ts";
import { en } from "./en.ts";
import { uk } from "./uk.ts";

export type Language = "uk" | "en";

/** The hazards that have a name of their own; of others the headline is shown. */
export type Hazard =
  | "air_raid"
  | "artillery_shelling"
  | "urban_fights"
  | "chemical"
  | "nuclear"
  | "flood"
  | "storm"
  | "wildfire"
  | "earthquake"
  | "tsunami"
  | "dam_failure"
  | "other_danger";

export interface Words {
  hazards: Record<Hazard, string>;
  levels: Record<Level, string>;
  phases: Record<Phase, string>;

  demo: string;
  demoMeaning: string;
  exercise: string;
  exerciseMeaning: string;
  test: string;
  testMeaning: string;

  alarm: string;
  partial: string;
  partialMeaning: string;
  expired: string;
  expiredMeaning: string;
  unknown: string;
  unknownMeaning: string;
  clear: string;
  clearMeaning: string;
  notLive: string;
  notLiveMeaning: string;
  notLiveAlarm: string;
  disputed: string;
  disputedMeaning: string;
  falseAlarm: string;
  allClear: string;

  since: (clock: string, ago: string) => string;
  until: (clock: string) => string;
  endedAt: (clock: string) => string;
  asOf: (clock: string) => string;
  lastHeard: (ago: string) => string;
  neverHeard: string;
  live: string;
  connecting: string;
  seconds: (count: number) => string;
  minutes: (count: number) => string;
  hours: (count: number) => string;
  days: (count: number) => string;

  whatToDo: string;
  orderedBy: (issuer: string) => string;
  signaturesChecked: (count: number) => string;
  signerKinds: Record<"person" | "service", string>;
  rosterVersion: (version: number) => string;
  others: (count: number) => string;

  turnOnSound: string;
  soundOn: string;
  soundOff: string;
  soundOffMeaning: string;
  soundBlocked: string;
  stopSound: string;

  places: string;
  addPlace: string;
  choosePlaces: string;
  choosePlacesMeaning: string;
  searchPlaces: string;
  searchExample: string;
  noPlaceFound: string;
  found: (count: number) => string;
  remove: (place: string) => string;
  chosen: string;
  done: string;
  regionsLoading: string;
  regionsMissing: string;

  map: string;
  mapMissing: string;
  bordersApproximate: string;
  alertedRegions: string;
  noneAlerted: string;
  recentlyEnded: string;

  sounds: string;
  soundsMeaning: string;
  soundNames: Record<Exclude<Sound, "tap">, string>;

  about: string;
  authority: string;
  roots: string;
  rootsMeaning: string;
  witnesses: string;
  witnessVerdicts: Record<Verdict, string>;
  witnessSplit: (witness: string) => string;
  witnessWithheld: (witness: string) => string;
  refusedMessage: (reason: Reason) => string;
  forgetAll: string;
  forgetAllMeaning: string;
  language: string;

  strangerTitle: string;
  strangerMeaning: string;
  strangerWas: string;
  strangerIs: string;
  strangerCompared: string;
  strangerTrust: string;
  otherCardTitle: string;
  otherCardMeaning: string;
  otherCardIs: string;
  otherCardKeep: string;
  strangerLast: string;

  insecure: string;

  /** Said aloud, after the hazard and the places. */
  saidAlarm: string;
  saidEscalation: string;
  saidUpdate: string;
  saidLeft: string;
  saidStillOthers: string;
}

export const WORDS: Record<Language, Words> = { uk, en };

/** Return the hazard's name, or nothing if it has none of its own here. */
export function hazardName(words: Words, hazard: string): string | undefined {
  return Object.hasOwn(words.hazards, hazard) ? words.hazards[hazard as Hazard] : undefined;
}
