import assert from "node:assert/strict";
import { test } from "node:test";
import { clockTime, span } from "./time.ts";
import { WORDS } from "./words/words.ts";

test("a span is told in its largest units", () => {
  const told = [-5, 0, 59, 60, 3_599, 3_600, 5_400, 86_400, 190_000].map((seconds) => span(seconds, WORDS.en));
  assert.deepEqual(told, ["0 s", "0 s", "59 s", "1 min", "59 min", "1 h", "1 h 30 min", "1 day", "2 days"]);
  assert.deepEqual([1, 2, 5, 11, 21, 22].map((days) => span(days * 86_400, WORDS.uk)), ["1 день", "2 дні", "5 днів", "11 днів", "21 день", "22 дні"]);
});

test("a time of another day names the day", () => {
  const now = new Date(2026, 10, 24, 14, 3).getTime();
  assert.equal(clockTime(now, now, "en"), "14:03");
  assert.equal(clockTime(now - 86_400_000, now, "en"), "23 November, 14:03");
});
