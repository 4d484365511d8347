/**
 * Tells alarms aloud: decides what is due, claims it among the tabs, sounds, and speaks.
 *
 * Only a tab whose sound is armed claims a telling, so that a silent tab does not swallow it.
 */

import type { Alarms } from "../shared/alarms.ts";
import type { Memory } from "../shared/memory.ts";
import type { Place } from "../shared/place.ts";
import { type ActualTelling, type ExerciseTelling, type Telling, type Told, telling } from "../shared/telling.ts";
import { announcement } from "./announcing.ts";
import type { Sounds } from "./sound.ts";
import { hushVoice, say } from "./speech.ts";
import type { Language } from "./words/words.ts";

// Said twice: a sleeper who was woken by the first has heard none of its words.
const ROUNDS_OF_RED = 2;

export interface Situation {
  alarms: Alarms;
  places: readonly Place[];
  nowS: number;
  language: Language;
  /** Whether, apart from this alarm, another one holds at the places it is about. */
  othersHold: (telling: Telling) => boolean;
}

export class Teller {
  /** Whether something is being told at the moment. */
  busy = false;
  private readonly told: Map<string, Told>;
  private readonly memory: Memory;
  private readonly sounds: Sounds;
  private readonly changed: () => void;
  private turn = 0;
  private looking = false;

  constructor(memory: Memory, told: Record<string, Told>, sounds: Sounds, changed: () => void) {
    this.memory = memory;
    this.told = new Map(Object.entries(told));
    this.sounds = sounds;
    this.changed = changed;
  }

  /** Tell what is due, if sound is armed. */
  async look(situation: Situation): Promise<void> {
    if (!this.sounds.armed || this.looking) return;
    this.looking = true;
    try {
      for (const due of tellingsDue(situation, this.told)) {
        const free = await this.memory.claim(due.key, due.told);
        this.told.set(due.key, due.told);
        if (free) void this.tell(due, situation);
      }
    } finally {
      this.looking = false;
    }
  }

  /** Stop sound and speech at once. */
  hush(): void {
    this.turn += 1;
    this.sounds.hush();
    hushVoice();
    this.setBusy(false);
  }

  /** Tell one thing. The newest word interrupts the one before: it is the one that counts. */
  private async tell(due: Telling, { language, othersHold }: Situation): Promise<void> {
    this.hush();
    const turn = this.turn;
    const { what, status, key, notice } = due;
    const detail = { what, status, key, version: notice.version, level: notice.level };
    document.dispatchEvent(new CustomEvent("tocsin:tell", { detail }));
    this.setBusy(true);
    const text = announcement(due, language, othersHold(due));
    const red = due.status === "actual" && notice.level === "red" && (what === "alarm" || what === "escalation");
    for (let round = 0; round < (red ? ROUNDS_OF_RED : 1) && turn === this.turn; round += 1) {
      await (due.status === "actual" ? this.soundActual(due, othersHold(due)) : this.soundExercise(due));
      if (turn !== this.turn) return;
      const spoken = await say(text, language);
      if (!spoken && turn === this.turn) await this.sounds.voiceless();
    }
    if (turn === this.turn) this.setBusy(false);
  }

  private soundActual(due: ActualTelling, othersHold: boolean): Promise<void> {
    switch (due.what) {
      case "alarm":
      case "escalation":
        return due.notice.level === "red" ? this.sounds.siren(due) : this.sounds.warning(due);
      case "all_clear":
      case "false_alarm":
      case "left":
        // While another alarm holds here, nothing may sound like the end of danger.
        return othersHold ? this.sounds.note(due) : this.sounds.allClear(due);
      case "update":
      case "disputed":
        return this.sounds.note(due);
    }
  }

  private soundExercise(due: ExerciseTelling): Promise<void> {
    return this.sounds.exercise(due);
  }

  private setBusy(busy: boolean): void {
    this.busy = busy;
    this.changed();
  }
}

function tellingsDue({ alarms, places, nowS }: Situation, told: Map<string, Told>): Telling[] {
  const due = Array.from(alarms, ([key, { notice }]) => telling(notice, told.get(key), places, nowS));
  // The last one told is the one that is heard to its end: actual after exercise, red after yellow, alarms after ends.
  return due.filter((one) => one !== undefined).sort((one, two) => weight(one) - weight(two));
}

function weight({ status, what, notice }: Telling): number {
  const begins = what === "alarm" || what === "escalation";
  return (status === "actual" ? 4 : 0) + (begins ? 2 : 0) + (notice.level === "red" ? 1 : 0);
}
