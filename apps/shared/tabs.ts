/**
 * One stream for all tabs of a browser: the tab that holds a lock connects, the others hear what it hears.
 *
 * Each tab verifies for itself. When the leading tab closes, the lock passes on and the next one resumes from its own
 * position. A leader that fell silent (a frozen tab) is replaced by a tab that somebody looks at.
 */

import { type Frame, Stream, type StreamOptions } from "./stream.ts";

const LOCK = "tocsin-stream";
const CHANNEL = "tocsin-frames";
// A leader says at least that it is trying, every few seconds. One silent for so long is taken for frozen.
const LEADER_SILENCE_MS_MAX = 15_000;

type Word = { word: "hello" } | { word: "frame"; frame: Frame } | { word: "welcome"; frames: Frame[] } | { word: "reconnect" };

export interface TabsOptions extends StreamOptions {
  /** What a tab that comes later needs to begin with. */
  welcome: () => Frame[];
}

export class Tabs {
  private readonly options: TabsOptions;
  private readonly channel = new BroadcastChannel(CHANNEL);
  private stream: Stream | undefined;
  private newcomer = true;
  private leaderHeardAt = performance.now();
  private watch: ReturnType<typeof setInterval> | undefined;

  constructor(options: TabsOptions) {
    this.options = options;
  }

  get leads(): boolean {
    return this.stream !== undefined;
  }

  start(): void {
    this.channel.onmessage = ({ data }: MessageEvent<Word>) => this.heed(data);
    // A browser without locks cannot share: each tab has a stream of its own.
    if (!navigator.locks) {
      void this.lead();
      return;
    }
    this.say({ word: "hello" });
    void this.queue(false);
    this.watch = setInterval(() => this.doubtLeader(), LEADER_SILENCE_MS_MAX / 3);
  }

  stop(): void {
    clearInterval(this.watch);
    this.stream?.stop();
    this.channel.close();
  }

  reconnect(): void {
    if (this.stream) this.stream.reconnect();
    else this.say({ word: "reconnect" });
  }

  private async queue(steal: boolean): Promise<void> {
    try {
      await navigator.locks.request(LOCK, { steal }, () => this.lead());
    } catch {
      // The lock was taken over by another tab. Stand in line again, in case that one closes.
      this.stream?.stop();
      this.stream = undefined;
      this.leaderHeardAt = performance.now();
      void this.queue(false);
    }
  }

  private async lead(): Promise<void> {
    const hear = (frame: Frame) => {
      this.say({ word: "frame", frame });
      this.options.hear(frame);
    };
    this.stream = new Stream({ ...this.options, hear });
    await this.stream.run();
  }

  private heed(word: Word): void {
    if (word.word === "hello") {
      if (this.leads) this.say({ word: "welcome", frames: this.options.welcome() });
      return;
    }
    if (word.word === "reconnect") {
      this.stream?.reconnect();
      return;
    }
    // A tab that leads, or that stole the lead a moment ago, has frames of its own.
    if (this.leads) return;
    this.leaderHeardAt = performance.now();
    if (word.word === "frame") {
      this.options.hear(word.frame);
    } else if (this.newcomer && word.frames.length > 0) {
      this.newcomer = false;
      word.frames.forEach((frame) => this.options.hear(frame));
    }
  }

  private doubtLeader(): void {
    const silent = performance.now() - this.leaderHeardAt > LEADER_SILENCE_MS_MAX;
    if (silent && !this.leads && document.visibilityState === "visible") void this.queue(true);
  }

  private say(word: Word): void {
    this.channel.postMessage(word);
  }
}
