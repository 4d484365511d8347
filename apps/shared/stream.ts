/**
 * The connection to `GET /v1/stream` (`spec/stream.md`): it resumes by position, asks for a signed nonce, and comes back.
 *
 * It moves events and judges none: that is `device.ts`. Reading by `fetch` and not by `EventSource`, because each
 * connection needs a nonce of its own, and a browser that reconnects by itself would send the old one again.
 */

import { b64 } from "./bytes.ts";
import { EventParser, type ServerEvent } from "./events.ts";

// Three heartbeats: a connection that carries nothing for so long is dead, whatever TCP says.
const SILENCE_MS_MAX = 15_000;
// The server sends its own wait first on each connection. This one is for when it cannot be reached.
const RETRY_MS_MIN = 1_000;
const RETRY_MS_MAX = 4_000;
const NONCE_SIZE_BYTES = 18;

/** What a tab hears from the stream, and passes on to the other tabs. */
export type Frame =
  /** A connection is asked for; *wall* is when, by the clock that all tabs share: a tab may hear of it late. */
  | { frame: "trying"; nonce: string; wall: number }
  | { frame: "event"; event: ServerEvent }
  | { frame: "closed" };

export interface StreamOptions {
  url: string;
  /** The position to resume from, asked for at each connection; nothing asks for a snapshot. */
  position: () => string | undefined;
  hear: (frame: Frame) => void;
  fetch?: typeof fetch;
}

export class Stream {
  private readonly options: StreamOptions;
  private stopped = false;
  private connection: AbortController | undefined;
  private wake: (() => void) | undefined;
  private retryMs: number | undefined;

  constructor(options: StreamOptions) {
    this.options = options;
  }

  /** Keep the stream until `stop`. */
  async run(): Promise<void> {
    while (!this.stopped) {
      const nonce = b64(crypto.getRandomValues(new Uint8Array(NONCE_SIZE_BYTES)));
      this.options.hear({ frame: "trying", nonce, wall: Date.now() });
      await this.connect(nonce).catch(() => undefined);
      this.options.hear({ frame: "closed" });
      if (!this.stopped) await this.pause(this.retryMs ?? jittered());
    }
  }

  stop(): void {
    this.stopped = true;
    this.connection?.abort();
    this.wake?.();
  }

  /** Drop the connection and make another: after a doubt, or when the browser says that it is online again. */
  reconnect(): void {
    this.connection?.abort();
    this.wake?.();
  }

  private async connect(nonce: string): Promise<void> {
    const connection = new AbortController();
    this.connection = connection;
    this.retryMs = undefined;
    let watchdog = setTimeout(() => connection.abort(), SILENCE_MS_MAX);
    try {
      const answer = await (this.options.fetch ?? fetch)(this.address(nonce), {
        headers: { Accept: "text/event-stream" },
        cache: "no-store",
        signal: connection.signal,
      });
      if (!answer.ok || !answer.body) throw new Error(`the stream answered ${answer.status}`);
      const parser = new EventParser();
      const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
      for (;;) {
        const { value, done } = await reader.read();
        if (done) return;
        clearTimeout(watchdog);
        watchdog = setTimeout(() => connection.abort(), SILENCE_MS_MAX);
        const events = parser.push(value);
        this.retryMs = parser.retryMs;
        for (const event of events) this.options.hear({ frame: "event", event });
      }
    } finally {
      clearTimeout(watchdog);
      connection.abort();
    }
  }

  private address(nonce: string): string {
    const query = new URLSearchParams({ nonce });
    const since = this.options.position();
    if (since !== undefined) query.set("since", since);
    return `${this.options.url}?${query}`;
  }

  private pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

function jittered(): number {
  return RETRY_MS_MIN + Math.random() * (RETRY_MS_MAX - RETRY_MS_MIN);
}
