import assert from "node:assert/strict";
import { test } from "node:test";
import { Atlas } from "./regions.ts";
import { Search } from "./search.ts";

const atlas = new Atlas({
  atlas: "",
  attribution: "",
  regions: [
    ["UA", 0, -1, "Україна", "Ukraine", "UA"],
    ["UA32", 1, 0, "Київська область", "Kyiv oblast", "UA-32"],
    ["UA80", 1, 0, "Київ", "Kyiv", "UA-30"],
    ["UA3201", 2, 1, "Вишгородський район", "Vyshhorod raion", ""],
    ["UA320101", 3, 3, "Вишгородська громада", "Vyshhorod hromada", ""],
    ["UA0501", 3, 0, "Кам’янська громада", "Kamianska hromada", ""],
    ["UA63", 1, 0, "Харківська область", "Kharkiv oblast", "UA-63"],
  ],
});
const search = new Search(atlas);

function first(asked: string): string | undefined {
  return search.find(asked, 5)[0]?.code;
}

test("a whole name comes before one that only begins so", () => {
  assert.equal(first("київ"), "UA80");
  assert.equal(first("Kyiv"), "UA80");
});

test("spellings in Latin, old and new, find the same place", () => {
  for (const asked of ["Vyshhorod", "vyshgorod", "Vishgorod", "вишгород", "ВИШГОРОД"]) {
    assert.equal(first(asked), "UA3201", asked);
  }
  for (const asked of ["Kharkiv", "Harkiv", "харків"]) assert.equal(first(asked), "UA63", asked);
});

test("no apostrophe, or another one, finds the place", () => {
  for (const asked of ["камянська", "кам'янська", "Кам’янська", "камʼянська", "Kamyanska", "Kamianska"]) {
    assert.equal(first(asked), "UA0501", asked);
  }
});

test("a typing mistake finds the nearest name, and nonsense nothing", () => {
  assert.equal(first("Вишгрод"), "UA3201");
  assert.deepEqual(search.find("qqqqq", 5), []);
  assert.deepEqual(search.find("  ", 5), []);
});

test("a code finds its region", () => {
  assert.equal(first("UA63"), "UA63");
});
