/**
 * Signed time, and whether the device is live (`spec/notice.md`, "Heartbeat").
 *
 * A heartbeat is judged by the device's monotonic clock since the newest one, so that a wrong wall clock changes nothing
 * and one that was held back on the way is stale on arrival. Time falls only by an answer to a nonce of this device's own.
 * Whether it was signed by the right key is for `trust.ts`.
 */

import type { Heartbeat } from "./heartbeat.ts";

/** Milliseconds; `mono` never falls but may stand still while the device sleeps, `wall` may be anything. */
export interface Clock {
  mono(): number;
  wall(): number;
}

export const browserClock: Clock = { mono: () => performance.now(), wall: () => Date.now() };

/** A moment by this device's clocks. */
export interface Moment {
  mono: number;
  wall: number;
}

interface Anchor extends Moment {
  signedMs: number;
}

// A slow line answers within this. Later the answer may have been held back: it says nothing about now.
const ANSWER_MS_MAX = 10_000;

export class Freshness {
  private anchor: Anchor | undefined;
  private validUntilMs = 0;
  private heardAt: Moment | undefined;
  private floorMs: number;
  private readonly clock: Clock;

  /** *floorMs* is the newest signed time remembered from before. */
  constructor(clock: Clock, floorMs: number) {
    this.clock = clock;
    this.floorMs = floorMs;
  }

  /** The time of the newest heartbeat believed, in Unix milliseconds: an older one is refused. */
  get newestMs(): number {
    return this.floorMs;
  }

  /** Now, for keeping when a nonce was sent. */
  moment(): Moment {
    return { mono: this.clock.mono(), wall: this.clock.wall() };
  }

  /** Whether an answer to a nonce sent at *asked* that comes now can still be taken for one signed just now. */
  isInTime(asked: Moment): boolean {
    return this.since(asked) <= ANSWER_MS_MAX;
  }

  /** Take in a believed heartbeat that answers no nonce: time is only ever taken forwards. */
  hear(heartbeat: Heartbeat): void {
    this.floorMs = Math.max(this.floorMs, heartbeat.time_ms);
    if (!this.anchor || heartbeat.time_ms > this.nowMs()) this.anchor = { signedMs: heartbeat.time_ms, ...this.moment() };
  }

  /**
   * Take in a believed answer, in time, to a nonce sent at *asked*. It was signed after that, so it sets the time anew: also
   * back, if the server's clock or this one had run ahead. Counted from the asking, time is never too early.
   */
  hearAnswer(heartbeat: Heartbeat, asked: Moment): void {
    this.floorMs = heartbeat.time_ms;
    this.anchor = { signedMs: heartbeat.time_ms, ...asked };
  }

  /** Take in that the board was found to be what the newest heartbeat says. */
  confirm(heartbeat: Heartbeat): void {
    this.validUntilMs = heartbeat.valid_until_ms;
    this.heardAt = this.moment();
  }

  /** Take in that what this device believes is not what the server says: nothing is live until it is confirmed again. */
  deny(): void {
    this.validUntilMs = 0;
  }

  /** Whether a heartbeat has told the time since the page was opened. */
  get isSet(): boolean {
    return this.anchor !== undefined;
  }

  get live(): boolean {
    return this.anchor !== undefined && this.nowMs() < this.validUntilMs;
  }

  /** Signed time now, in Unix milliseconds; without any heartbeat yet, the later of what was remembered and the wall clock. */
  nowMs(): number {
    return this.anchor ? this.anchor.signedMs + this.since(this.anchor) : Math.max(this.floorMs, this.clock.wall());
  }

  /** Milliseconds since a heartbeat confirmed the board, if one did since the page was opened. */
  silenceMs(): number | undefined {
    return this.heardAt && this.since(this.heardAt);
  }

  // The monotonic clock may have slept. A wall clock that went further can only make the device more careful.
  private since(anchor: Moment): number {
    return Math.max(this.clock.mono() - anchor.mono, this.clock.wall() - anchor.wall);
  }
}
