/**
 * Tells alarms aloud: decides what is due, claims it among the tabs, sounds, and speaks.
 *
 * Only a tab whose sound is armed claims a telling, so that a silent tab does not swallow it.
 */

import type { Alarms } from "../shared/alarms.ts";
import type { Memory } from "../shared/memory.ts";
import type { Place } from "../shared/place.ts";
import { type ActualTelling, type Telling, type Told, telling } from "../shared/telling.ts";
import { announcement } from "./announcing.ts";
import type { Sounds } from "./sound.ts";
import { hushVoice, say } from "./speech.ts";
import type { Language } from "./words/words.ts";

// Said twice: a sleeper who was woken by the first has heard none of its words.
const ROUNDS_OF_RED = 2;

export interface Situation {
  alarms: Alarms;
  places: readonly Place[];
  /** Signed time, Unix seconds. */
  nowS: number;
  language: Language;
  /** Whether, apart from this alarm, another one holds at the chosen places. */
  othersHold: (telling: Telling) => boolean;
}

interface Waiting {
  due: Telling;
  text: string;
  language: Language;
  othersHold: boolean;
}

export class Teller {
  private readonly told: Map<string, Told>;
  private readonly memory: Memory;
  private readonly sounds: Sounds;
  private readonly changed: () => void;
  private queue: Waiting[] = [];
  private current: Waiting | undefined;
  private turn = 0;
  private looking = false;

  constructor(memory: Memory, told: Record<string, Told>, sounds: Sounds, changed: () => void) {
    this.memory = memory;
    this.told = new Map(Object.entries(told));
    this.sounds = sounds;
    this.changed = changed;
  }

  /** Whether something is being told at the moment. */
  get busy(): boolean {
    return this.current !== undefined;
  }

  /** Tell what is due, if sound is armed. */
  async look({ alarms, places, nowS, language, othersHold }: Situation): Promise<void> {
    if (!this.sounds.armed || this.looking) return;
    this.looking = true;
    try {
      for (const [key, held] of alarms) {
        const due = telling(held, this.told.get(key), places, nowS);
        if (!due) continue;
        const free = await this.memory.claim(key, due.told);
        this.told.set(key, due.told);
        const others = othersHold(due);
        if (free) this.take({ due, language, text: announcement(due, language, others), othersHold: others });
      }
    } finally {
      this.looking = false;
    }
  }

  /** Stop sound and speech at once, and drop what waits. */
  hush(): void {
    this.queue = [];
    this.interrupt();
    this.changed();
  }

  /** What weighs more interrupts, and so does a newer word about the same alarm; the rest waits for its turn. */
  private take(one: Waiting): void {
    const { what, status, key, notice } = one.due;
    const detail = { what, status, key, version: notice.version, level: notice.level };
    document.dispatchEvent(new CustomEvent("tocsin:tell", { detail }));
    this.queue = [...this.queue.filter((other) => other.due.key !== key), one];
    this.queue.sort((former, latter) => weight(latter.due) - weight(former.due));
    const { current } = this;
    if (!current) return void this.next();
    if (current.due.key !== key && weight(current.due) >= weight(one.due)) return;
    if (current.due.key !== key) this.queue.push(current);
    this.interrupt();
    void this.next();
  }

  private async next(): Promise<void> {
    const one = this.queue.shift();
    this.current = one;
    this.changed();
    if (!one) return;
    this.turn += 1;
    const { turn } = this;
    for (let round = 0; round < rounds(one.due); round += 1) {
      if (round > 0 && this.queue.length > 0) break;
      await this.sound(one);
      if (turn !== this.turn) return;
      const spoken = await say(one.text, one.language);
      if (turn !== this.turn) return;
      if (!spoken) await this.wordless(one);
      if (turn !== this.turn) return;
    }
    void this.next();
  }

  private interrupt(): void {
    this.turn += 1;
    this.current = undefined;
    this.sounds.hush();
    hushVoice();
  }

  private sound({ due, othersHold }: Waiting): Promise<void> {
    return due.status === "exercise" ? this.sounds.exercise(due) : this.soundActual(due, othersHold);
  }

  /** There are words, and no voice to say them. An exercise only repeats its own sound. */
  private wordless({ due }: Waiting): Promise<void> {
    return due.status === "exercise" ? this.sounds.exercise(due) : this.sounds.voiceless(due);
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
}

function rounds({ status, what, notice }: Telling): number {
  const begins = what === "alarm" || what === "escalation";
  return status === "actual" && begins && notice.level === "red" ? ROUNDS_OF_RED : 1;
}

/** Actual before exercise, beginnings before ends, red before yellow. */
function weight({ status, what, notice }: Telling): number {
  const begins = what === "alarm" || what === "escalation";
  return (status === "actual" ? 4 : 0) + (begins ? 2 : 0) + (notice.level === "red" ? 1 : 0);
}
