import assert from "node:assert/strict";
import { test } from "node:test";
import { type Frame, Stream } from "./stream.ts";

/** A server that answers each connection with the next text, and then with nothing. */
function serve(...texts: string[]): { asked: URL[]; fetch: typeof fetch } {
  const asked: URL[] = [];
  const answer = async (address: string) => {
    asked.push(new URL(address, "https://tests.example"));
    const text = texts.shift();
    if (text === undefined) throw new TypeError("nobody answers");
    return new Response(text, { headers: { "Content-Type": "text/event-stream" } });
  };
  return { asked, fetch: answer as typeof fetch };
}

async function hear(texts: string[], connections: number): Promise<{ asked: URL[]; frames: Frame[] }> {
  const server = serve(...texts);
  const frames: Frame[] = [];
  let position: string | undefined;
  const stream = new Stream({
    url: "/v1/stream",
    position: () => position,
    fetch: server.fetch,
    hear: (frame) => {
      frames.push(frame);
      if (frame.frame === "event") position = frame.event.id ?? position;
      if (frame.frame !== "closed") return;
      if (server.asked.length >= connections) stream.stop();
      else queueMicrotask(() => stream.reconnect());
    },
  });
  await stream.run();
  return { asked: server.asked, frames };
}

test("a stream resumes from the last position it saw", async () => {
  const { asked } = await hear(["event: notice\ndata: {}\nid: 00-7\n\n"], 2);
  assert.equal(asked[0]?.searchParams.get("since"), null);
  assert.equal(asked[1]?.searchParams.get("since"), "00-7");
});

test("each connection asks for a nonce of its own, and says which", async () => {
  const { asked, frames } = await hear(["", ""], 2);
  const nonces = asked.map((address) => address.searchParams.get("nonce"));
  assert.notEqual(nonces[0], nonces[1]);
  assert.match(nonces[0] as string, /^[A-Za-z0-9_-]{24}$/);
  const told = frames.filter((frame) => frame.frame === "trying").map((frame) => frame.nonce);
  assert.deepEqual(told, nonces);
});

test("a server that cannot be reached is tried again", async () => {
  const { frames } = await hear([], 3);
  assert.deepEqual(frames.map((frame) => frame.frame), ["trying", "closed", "trying", "closed", "trying", "closed"]);
});

test("an address that names no position asks for a snapshot", async () => {
  const { asked } = await hear(["event: snapshot\ndata: {}\n\n"], 2);
  assert.equal(asked[1]?.searchParams.has("since"), false);
});
