import assert from "node:assert/strict";
import { test } from "node:test";
import type { Notice } from "../shared/notice.ts";
import type { Place } from "../shared/place.ts";
import { type Told, telling } from "../shared/telling.ts";
import { START_S, TestAuthority } from "../shared/testing.ts";
import { announcement, textIn } from "./announcing.ts";

const authority = await TestAuthority.found();
const home: Place = { code: "A", names: { uk: "Київ", en: "Kyiv" }, ancestors: [] };
const text = {
  en: { headline: "Signed headline", instruction: "Take shelter." },
  uk: { headline: "Підписаний заголовок", instruction: "До укриття." },
};

function said(given: object, language: "uk" | "en", told?: Told, othersHold = false): string {
  const notice = authority.notice({ text, ...given } as Partial<Notice>);
  return announcement(telling({ notice }, told, [home], START_S)!, language, othersHold);
}

test("an alarm is said by hazard, level, place and what to do", () => {
  assert.equal(said({}, "en"), "Attention! Air raid alert. Red level. Kyiv. Take shelter.");
  assert.equal(said({}, "uk"), "Увага! Повітряна тривога. Червоний рівень. Київ. До укриття.");
});

test("a demo says so first, and so does an exercise", () => {
  assert.match(said({ authority: "demo" }, "uk"), /^ДЕМО\. /);
  assert.match(said({ status: "exercise" }, "en"), /^EXERCISE\. This is an exercise\. There is no real danger\./);
  assert.match(said({ authority: "demo", status: "exercise" }, "uk"), /^ДЕМО, НАВЧАННЯ\. /);
});

test("an all clear names no level, and says when another alarm still holds", () => {
  const end = { kind: "all_clear", version: 2, text: { en: { headline: "x", instruction: "" } } };
  const told: Told = { version: 1, level: "red", here: true };
  assert.equal(said(end, "en", told), "All clear. Air raid alert. Kyiv.");
  assert.equal(said(end, "en", told, true), "All clear. Air raid alert. Kyiv. Another alarm still holds here.");
});

test("of a hazard without a name the signed headline is said", () => {
  assert.match(said({ hazard: "locusts" }, "en"), /Signed headline/);
  assert.match(said({ hazard: "constructor" }, "en"), /Signed headline/);
});

test("a text that is missing in the language of the page is shown in English, else in what there is", () => {
  const regional = authority.notice({ text: { "de-AT": { headline: "Alarm", instruction: "" }, en: text.en } });
  assert.equal(textIn(regional, "uk").tag, "en");
  const foreign = authority.notice({ text: { "de-AT": { headline: "Alarm", instruction: "" } } });
  assert.equal(textIn(foreign, "uk").headline, "Alarm");
});
