/** Server-sent events, from text to events (WHATWG HTML, section 9.2). It knows nothing of what they say. */

export interface ServerEvent {
  event: string;
  data: string;
  /** The position to resume from, if this event carries one. */
  id?: string;
}

// A server that asks for less would be stormed, and one that asks for more would leave its devices deaf.
const RETRY_MS_MIN = 1_000;
const RETRY_MS_MAX = 30_000;

export class EventParser {
  /** What the server asks to wait before the next connection, in milliseconds, within bounds. */
  retryMs: number | undefined;
  private rest = "";
  private event = "";
  private data: string[] = [];
  private id: string | undefined;

  /** Take in the next piece of the stream and return the events that it completes. */
  push(piece: string): ServerEvent[] {
    const text = this.rest + piece;
    // A carriage return at the very end may be the first half of a line's end.
    const whole = text.endsWith("\r") ? text.slice(0, -1) : text;
    const lines = whole.split(/\r\n|\r|\n/);
    this.rest = (lines.pop() as string) + text.slice(whole.length);
    return lines.flatMap((line) => this.line(line));
  }

  private line(line: string): ServerEvent[] {
    if (line === "") return this.dispatch();
    const colon = line.indexOf(":");
    if (colon === 0) return [];
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (name === "event") this.event = value;
    else if (name === "data") this.data.push(value);
    else if (name === "id" && !value.includes("\0")) this.id = value;
    else if (name === "retry" && /^\d+$/.test(value)) {
      this.retryMs = Math.min(Math.max(Number(value), RETRY_MS_MIN), RETRY_MS_MAX);
    }
    return [];
  }

  private dispatch(): ServerEvent[] {
    const { event, data, id } = this;
    this.event = "";
    this.data = [];
    this.id = undefined;
    if (data.length === 0) return [];
    return [{ event: event || "message", data: data.join("\n"), ...(id !== undefined && { id }) }];
  }
}
