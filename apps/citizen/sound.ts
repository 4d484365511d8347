/**
 * Noise, made by Web Audio. Nothing here copies a national siren: each sound has a pattern of its own.
 *
 * | sound | pattern |
 * |---|---|
 * | siren | three fast rises and two hard beats, over and over |
 * | warning | two bells, high and low |
 * | note | one bell: something was added |
 * | all clear | a slow chord that climbs and rests |
 * | exercise | two soft wooden knocks, far apart |
 * | voiceless | long, short, short: there are words to read and no voice to say them |
 *
 * The siren asks for an actual telling: an exercise has none, so no mistake can make it sound.
 */

import type { ActualTelling, ExerciseTelling } from "../shared/telling.ts";

export type Sound = "siren" | "warning" | "note" | "all_clear" | "exercise" | "voiceless" | "tap";

interface Tone {
  /** Seconds from the beginning of the sound. */
  at: number;
  lasts: number;
  fromHz: number;
  toHz: number;
  wave: OscillatorType;
  loud: number;
}

const SIREN_ROUND_S = 2.4;
const SIREN_ROUNDS = 3;
// Loud enough to know it again, too quiet to be taken for the alarm.
const SAMPLE_LOUD = 0.15;

const PATTERNS: Record<Sound, Tone[]> = {
  siren: repeated(SIREN_ROUNDS, SIREN_ROUND_S, [
    ...[0, 0.42, 0.84].map((at) => ({ at, lasts: 0.38, fromHz: 520, toHz: 1_240, wave: "sawtooth" as const, loud: 0.5 })),
    ...[1.32, 1.72].map((at) => ({ at, lasts: 0.3, fromHz: 932, toHz: 932, wave: "square" as const, loud: 0.45 })),
  ]),
  warning: repeated(3, 1.3, [
    { at: 0, lasts: 0.5, fromHz: 784, toHz: 784, wave: "triangle", loud: 0.5 },
    { at: 0.55, lasts: 0.55, fromHz: 587, toHz: 587, wave: "triangle", loud: 0.5 },
  ]),
  note: [{ at: 0, lasts: 0.7, fromHz: 698, toHz: 698, wave: "triangle", loud: 0.4 }],
  all_clear: [392, 494, 587, 784].map((hz, index) => ({
    at: index * 0.45,
    lasts: 2.4 - index * 0.3,
    fromHz: hz,
    toHz: hz,
    wave: "sine",
    loud: 0.22,
  })),
  exercise: [0, 0.9].flatMap((at) => [
    { at, lasts: 0.16, fromHz: 330, toHz: 294, wave: "sine" as const, loud: 0.35 },
    { at: at + 0.22, lasts: 0.16, fromHz: 294, toHz: 262, wave: "sine" as const, loud: 0.3 },
  ]),
  voiceless: repeated(2, 1.6, [
    { at: 0, lasts: 0.6, fromHz: 660, toHz: 660, wave: "triangle", loud: 0.4 },
    { at: 0.75, lasts: 0.18, fromHz: 660, toHz: 660, wave: "triangle", loud: 0.4 },
    { at: 1.02, lasts: 0.18, fromHz: 660, toHz: 660, wave: "triangle", loud: 0.4 },
  ]),
  tap: [{ at: 0, lasts: 0.12, fromHz: 523, toHz: 659, wave: "sine", loud: 0.2 }],
};

export class Sounds {
  private context: AudioContext | undefined;
  private volume: GainNode | undefined;
  private readonly changed: () => void;

  constructor(changed: () => void) {
    this.changed = changed;
  }

  /** Whether a sound made now would be heard, as far as the browser says. */
  get armed(): boolean {
    return this.context?.state === "running";
  }

  /** Ask the browser for sound. It may want a tap first: then nothing is armed, and the page says so. */
  async arm(): Promise<boolean> {
    if (!this.context) {
      this.context = new AudioContext();
      this.context.onstatechange = this.changed;
    }
    // Without a tap some browsers neither grant nor refuse: the answer would be waited for until there is one.
    await Promise.race([this.context.resume().catch(() => undefined), wait(1)]);
    this.changed();
    return this.armed;
  }

  siren(_: ActualTelling): Promise<void> {
    return this.play("siren");
  }

  warning(_: ActualTelling): Promise<void> {
    return this.play("warning");
  }

  note(_: ActualTelling): Promise<void> {
    return this.play("note");
  }

  allClear(_: ActualTelling): Promise<void> {
    return this.play("all_clear");
  }

  exercise(_: ExerciseTelling): Promise<void> {
    return this.play("exercise");
  }

  voiceless(_: ActualTelling): Promise<void> {
    return this.play("voiceless");
  }

  /** The small sound that answers the tap by which a person turned sound on. */
  tap(): Promise<void> {
    return this.play("tap");
  }

  /** Let a person hear, quietly, what a sound is like. Only a tap of theirs can ask for it. */
  async sample(sound: Sound, tap: Event): Promise<void> {
    if (tap.isTrusted && (await this.arm())) await this.play(sound, SAMPLE_LOUD);
  }

  /** Be quiet at once. */
  hush(): void {
    this.volume?.disconnect();
    this.volume = undefined;
  }

  /** Sound a pattern, and come back when it is over. */
  private async play(sound: Sound, loud = 1): Promise<void> {
    const { context } = this;
    if (!context || !this.armed) return;
    this.hush();
    const volume = context.createGain();
    volume.gain.value = loud;
    volume.connect(context.destination);
    this.volume = volume;
    document.dispatchEvent(new CustomEvent("tocsin:sound", { detail: { sound, sample: loud < 1 } }));
    const start = context.currentTime + 0.05;
    const tones = PATTERNS[sound];
    for (const tone of tones) playTone(context, volume, tone, start);
    await wait(Math.max(...tones.map(({ at, lasts }) => at + lasts)) + 0.1);
  }
}

function playTone(context: AudioContext, volume: GainNode, tone: Tone, start: number): void {
  const oscillator = context.createOscillator();
  oscillator.type = tone.wave;
  const begin = start + tone.at;
  const end = begin + tone.lasts;
  oscillator.frequency.setValueAtTime(tone.fromHz, begin);
  oscillator.frequency.exponentialRampToValueAtTime(tone.toHz, end);
  const envelope = context.createGain();
  // A tone that begins or ends at once clicks.
  envelope.gain.setValueAtTime(0, begin);
  envelope.gain.linearRampToValueAtTime(tone.loud, begin + 0.02);
  envelope.gain.setValueAtTime(tone.loud, Math.max(begin + 0.02, end - 0.08));
  envelope.gain.linearRampToValueAtTime(0, end);
  oscillator.connect(envelope).connect(volume);
  oscillator.start(begin);
  oscillator.stop(end);
}

function repeated(times: number, everyS: number, tones: Tone[]): Tone[] {
  return Array.from({ length: times }, (_, round) => tones.map((tone) => ({ ...tone, at: tone.at + round * everyS }))).flat();
}

function wait(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
}
