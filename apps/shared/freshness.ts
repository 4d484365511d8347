/**
 * Signed time that never falls, and whether the device is live (`spec/notice.md`, "Heartbeat").
 *
 * A heartbeat is judged by the device's monotonic clock since the newest one, so that a wrong wall clock changes nothing
 * and one that was held back on the way is stale on arrival. Whether it was signed by the right key is for `trust.ts`.
 */

import type { Heartbeat } from "./heartbeat.ts";

/** Milliseconds; `mono` never falls but may stand still while the device sleeps, `wall` may be anything. */
export interface Clock {
  mono(): number;
  wall(): number;
}

export const browserClock: Clock = { mono: () => performance.now(), wall: () => Date.now() };

interface Anchor {
  signedMs: number;
  mono: number;
  wall: number;
}

export class Freshness {
  private anchor: Anchor | undefined;
  private validUntilMs = 0;
  private heardAt: Anchor | undefined;
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

  /**
   * Take in a believed heartbeat. One that answers this connection's nonce was signed just now, so it sets the time anew;
   * from the others time is only ever taken forwards.
   */
  hear(heartbeat: Heartbeat, answersNonce: boolean): void {
    const arrived = { signedMs: heartbeat.time_ms, mono: this.clock.mono(), wall: this.clock.wall() };
    this.floorMs = Math.max(this.floorMs, heartbeat.time_ms);
    if (answersNonce || !this.anchor || heartbeat.time_ms > this.nowMs()) this.anchor = arrived;
  }

  /** Take in that the board was found to be what the newest heartbeat says. */
  confirm(heartbeat: Heartbeat): void {
    this.validUntilMs = heartbeat.valid_until_ms;
    this.heardAt = { signedMs: heartbeat.time_ms, mono: this.clock.mono(), wall: this.clock.wall() };
  }

  /** Take in that what this device believes is not what the server says: nothing is live until it is confirmed again. */
  deny(): void {
    this.validUntilMs = 0;
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
  private since(anchor: Anchor): number {
    return Math.max(this.clock.mono() - anchor.mono, this.clock.wall() - anchor.wall);
  }
}
