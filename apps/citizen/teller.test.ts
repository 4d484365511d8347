import assert from "node:assert/strict";
import { test } from "node:test";
import { type Held, alarmKey } from "../shared/alarms.ts";
import { type Memory, fleetingMemory } from "../shared/memory.ts";
import type { Notice } from "../shared/notice.ts";
import type { Place } from "../shared/place.ts";
import { START_S, TestAuthority } from "../shared/testing.ts";
import type { Sounds } from "./sound.ts";
import { Teller } from "./teller.ts";

Object.defineProperty(globalThis, "document", { value: new EventTarget() });

const authority = await TestAuthority.found();
const home: Place = { code: "A", names: { uk: "А", en: "A" }, ancestors: [] };

/** A teller whose sounds last until the test ends them. */
class Stage {
  armed = true;
  readonly heard: string[] = [];
  readonly teller: Teller;
  othersHold = false;
  private end: () => void = () => undefined;
  private readonly alarms = new Map<string, Held>();

  constructor(memory: Memory = fleetingMemory()) {
    const make = (name: string) => () => {
      this.heard.push(name);
      return new Promise<void>((resolve) => (this.end = resolve));
    };
    const names = ["siren", "warning", "note", "allClear", "exercise", "voiceless"];
    const sounds = Object.fromEntries(names.map((name) => [name, make(name)]));
    const stage = this;
    const fake = { ...sounds, hush: () => undefined, get armed() { return stage.armed; } };
    this.teller = new Teller(memory, {}, fake as unknown as Sounds, () => undefined);
  }

  async hear(...notices: Notice[]): Promise<void> {
    for (const notice of notices) this.alarms.set(alarmKey(notice.status, notice.alarm), { notice, envelope: "", signers: [] });
    await this.look();
  }

  /** The server proves that *notice* is in force, in place of the one with the id *over*. */
  async hearAgain(notice: Notice, over: string): Promise<void> {
    this.alarms.set(alarmKey(notice.status, notice.alarm), { notice, envelope: "", signers: [], over });
    await this.look();
  }

  async look(): Promise<void> {
    const { alarms, othersHold } = this;
    await this.teller.look({ alarms, places: [home], nowS: START_S, language: "en", othersHold: () => othersHold });
  }

  /** Let the sound that is on end, and what follows it begin. */
  async endSound(): Promise<void> {
    this.end();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

const red = authority.notice();
const yellow = authority.notice({ level: "yellow" });
const drill = authority.notice({ status: "exercise" });

test("red has the siren, yellow another sound, an exercise its own, a test none", async () => {
  for (const [notice, sound] of [[red, ["siren"]], [yellow, ["warning"]], [drill, ["exercise"]]] as const) {
    const stage = new Stage();
    await stage.hear(notice);
    assert.deepEqual(stage.heard, sound);
  }
  const stage = new Stage();
  await stage.hear(authority.notice({ status: "test" }));
  assert.deepEqual(stage.heard, []);
});

test("without sound nothing is told, and it is told when sound is turned on", async () => {
  const stage = new Stage();
  stage.armed = false;
  await stage.hear(red);
  assert.deepEqual(stage.heard, []);
  stage.armed = true;
  await stage.look();
  assert.deepEqual(stage.heard, ["siren"]);
});

test("of two tabs one tells", async () => {
  const memory = fleetingMemory();
  const [first, second] = [new Stage(memory), new Stage(memory)];
  await first.hear(red);
  await second.hear(red);
  assert.deepEqual([first.heard, second.heard], [["siren"], []]);
});

test("a real alarm interrupts an exercise, and an exercise waits for a real alarm", async () => {
  const stage = new Stage();
  await stage.hear(drill);
  await stage.hear(red);
  assert.deepEqual(stage.heard, ["exercise", "siren"]);
  const other = new Stage();
  await other.hear(red);
  await other.hear(drill);
  assert.deepEqual(other.heard, ["siren"]);
  await other.endSound();
  await other.endSound();
  assert.deepEqual(other.heard, ["siren", "voiceless", "exercise"]);
});

test("the end of an alarm silences it at once, and sounds like an end only when nothing else holds", async () => {
  for (const [othersHold, sound] of [[false, "allClear"], [true, "note"]] as const) {
    const stage = new Stage();
    stage.othersHold = othersHold;
    await stage.hear(red);
    await stage.hear(authority.notice({ alarm: red.alarm, version: 2, kind: "all_clear" }));
    assert.deepEqual(stage.heard, ["siren", sound]);
  }
});

test("an alarm that a restored server brings back after its end sounds again, in one tab, once", async () => {
  const memory = fleetingMemory();
  const [stage, other] = [new Stage(memory), new Stage(memory)];
  const end = authority.notice({ alarm: red.alarm, version: 2, kind: "all_clear" });
  for (const one of [stage, other]) await one.hear(red);
  for (const one of [stage, other]) await one.hear(end);
  for (const one of [stage, other, stage]) await one.hearAgain(red, end.id);
  assert.deepEqual(stage.heard, ["siren", "allClear", "siren"]);
  assert.deepEqual(other.heard, []);
});

test("a red alarm is told twice, and stops when a person stops it", async () => {
  const stage = new Stage();
  await stage.hear(red);
  await stage.endSound();
  await stage.endSound();
  assert.deepEqual(stage.heard, ["siren", "voiceless", "siren"]);
  stage.teller.hush();
  await stage.endSound();
  assert.equal(stage.teller.busy, false);
  assert.deepEqual(stage.heard, ["siren", "voiceless", "siren"]);
});

test("yellow to red sounds again", async () => {
  const stage = new Stage();
  await stage.hear(yellow);
  await stage.hear(authority.notice({ alarm: yellow.alarm, version: 2, level: "red" }));
  assert.deepEqual(stage.heard, ["warning", "siren"]);
});
