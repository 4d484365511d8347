import assert from "node:assert/strict";
import { test } from "node:test";
import { EventParser } from "./events.ts";

const TEXT = 'retry: 1234\r\n\r\n: quiet\n\nevent: notice\ndata: {"a":1}\nid: 00-7\n\ndata: one\rdata:two\r\revent: heartbeat\ndata: x\n\n';
const EVENTS = [
  { event: "notice", data: '{"a":1}', id: "00-7" },
  { event: "message", data: "one\ntwo" },
  { event: "heartbeat", data: "x" },
];

test("events come out whole, wherever the stream was cut", () => {
  for (let cut = 0; cut <= TEXT.length; cut += 1) {
    const parser = new EventParser();
    assert.deepEqual([...parser.push(TEXT.slice(0, cut)), ...parser.push(TEXT.slice(cut))], EVENTS, `cut at ${cut}`);
    assert.equal(parser.retryMs, 1234);
  }
});

test("a server cannot make a page wait for long, nor ask without a pause", () => {
  for (const [asked, waits] of [["99999999999", 30_000], ["0", 1_000], ["2500", 2_500]] as const) {
    const parser = new EventParser();
    parser.push(`retry: ${asked}\n\n`);
    assert.equal(parser.retryMs, waits);
  }
});

test("an event without its end is not told", () => {
  assert.deepEqual(new EventParser().push("event: notice\ndata: {}\nid: 00-1\n"), []);
});
