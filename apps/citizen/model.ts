/**
 * The page's one object: device, places, atlas, sound, language; and what the screen shows of them.
 *
 * It decides nothing about alarms (`shared/`) and draws nothing (`view/`).
 */

import { type SignedBy, alarmKey, notEnded, phase } from "../shared/alarms.ts";
import { fromB64 } from "../shared/bytes.ts";
import { Device } from "../shared/device.ts";
import { type Memory, browserMemory, fleetingMemory } from "../shared/memory.ts";
import { type ActualNotice, type ExerciseNotice, type Notice, type TestNotice, isEnding } from "../shared/notice.ts";
import { type Holding, type Place, type PlaceState, type PlaceView, holdings, lacks, stateOf, touch, viewPlace } from "../shared/place.ts";
import { Atlas, type Region } from "../shared/regions.ts";
import type { Lineage } from "../shared/roster.ts";
import { Tabs } from "../shared/tabs.ts";
import type { Telling } from "../shared/telling.ts";
import type { Pin } from "../shared/trust.ts";
import type { Verdict } from "../shared/witnesses.ts";
import { DEMO } from "./announcing.ts";
import { askAlarm, askAuthority, askRegions, askWitness } from "./net.ts";
import { Sounds } from "./sound.ts";
import { Teller } from "./teller.ts";
import type { Language } from "./words/words.ts";

// As the server keeps ended alarms in a snapshot.
const RECENT_S = 30 * 60;
const RETRY_MS = 5_000;
// While an alarm names a region that the atlas lacks, a newer atlas is asked for this often.
const ATLAS_RETRY_MS = 30_000;
const CONNECTING_MS_MAX = 4_000;
const WITNESS_MS = 15_000;

export type Shown = PlaceState | "not_live" | "no_places";

export class Model {
  places: Place[];
  atlas: Atlas | undefined;
  language: Language;
  soundWanted: boolean;
  soundRefused = false;
  readonly device: Device;
  readonly sounds: Sounds;
  readonly teller: Teller;
  private readonly memory: Memory;
  private readonly tabs: Tabs;
  private readonly listeners = new Set<() => void>();
  /** Whether the list of places could not be fetched the last time. */
  atlasMissing = false;
  /** What each witness said last. */
  readonly watched = new Map<string, Verdict>();
  private atlasWantedAt = Number.NEGATIVE_INFINITY;
  /** Called when the list of places is there. */
  private atlasAwaited: (() => void)[] = [];

  private constructor(memory: Memory, remembered: Awaited<ReturnType<Memory["load"]>>) {
    const { facts, told } = remembered;
    this.memory = memory;
    this.places = facts.places ?? [];
    this.language = facts.language ?? (navigator.language.toLowerCase().startsWith("uk") ? "uk" : "en");
    this.soundWanted = facts.soundWanted ?? false;
    if (facts.tree) this.atlas = new Atlas(facts.tree);
    const changed = () => this.changed();
    this.sounds = new Sounds(changed);
    this.teller = new Teller(memory, told, this.sounds, changed);
    const reconnect = () => this.tabs.reconnect();
    const doubtAuthority = () => void this.meetAuthority();
    this.device = new Device({ memory, remembered, askAlarm, askLineage: () => this.askLineage(), reconnect, doubtAuthority });
    this.tabs = new Tabs({
      url: "/v1/stream",
      position: () => this.device.position,
      hear: (frame) => void this.device.hear(frame),
      welcome: () => this.device.welcome(),
    });
    this.device.subscribe(changed);
  }

  static async open(): Promise<Model> {
    const memory = await browserMemory().catch(() => fleetingMemory());
    return new Model(memory, await memory.load());
  }

  async start(): Promise<void> {
    const card = readCard(location.hash);
    if (card) {
      await this.device.pinTo(card);
      // A card that is not believed stays in the address, so that forgetting everything else takes it.
      if (!this.device.otherCard) history.replaceState(null, "", location.pathname);
    }
    addEventListener("hashchange", () => readCard(location.hash) && location.reload());
    setInterval(() => this.changed(), 1_000);
    addEventListener("online", () => this.tabs.reconnect());
    if (this.soundWanted) void this.sounds.arm();
    while (!(await this.meetAuthority()) && !this.device.pin) await wait(RETRY_MS);
    this.tabs.start();
    void this.askWitnesses();
    void this.loadAtlas();
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  // --- what the screen shows -------------------------------------------------------------------------------------

  get nowS(): number {
    return this.device.freshness.nowMs() / 1_000;
  }

  get live(): boolean {
    const { freshness, stranger, otherCard, doubt } = this.device;
    return freshness.live && !stranger && !otherCard && !doubt;
  }

  /** Whether the page was opened so short a while ago that it could not have heard anything yet. */
  get connecting(): boolean {
    return !this.live && this.device.freshness.silenceMs() === undefined && performance.now() < CONNECTING_MS_MAX;
  }

  get demo(): boolean {
    return this.device.pin?.authority === DEMO;
  }

  /** Whose signatures were checked on this device, for what it holds of the alarm. */
  signersOf({ status, alarm, id }: Notice): readonly SignedBy[] {
    const held = this.device.alarms.get(alarmKey(status, alarm));
    return held?.notice.id === id ? held.signers : [];
  }

  actual(): ActualNotice[] {
    return this.known().filter((notice) => notice.status === "actual");
  }

  exercises(): ExerciseNotice[] {
    return this.known().filter((notice) => notice.status === "exercise");
  }

  /** Tests that touch a chosen place now. They are shown in a line, and never sound. */
  tests(): TestNotice[] {
    const tests = this.known().filter((notice) => notice.status === "test");
    return tests.filter((notice) => this.places.some((place) => isNow(touch(place, notice, this.nowS, this.atlas)?.phase)));
  }

  views(): PlaceView<ActualNotice>[] {
    return this.places.map((place) => viewPlace(place, this.actual(), this.nowS, this.atlas));
  }

  exerciseViews(): PlaceView<ExerciseNotice>[] {
    const views = this.places.map((place) => viewPlace(place, this.exercises(), this.nowS, this.atlas));
    return views.filter((view) => view.touches.some((one) => isNow(one.phase)));
  }

  /** The alarms at the chosen places: the first is the one that fills the screen. */
  holdings(): Holding<ActualNotice>[] {
    return holdings(this.views());
  }

  shown(): Shown {
    if (this.places.length === 0) return "no_places";
    const [first] = this.holdings();
    if (first) return stateOf(first);
    if (!this.live) return "not_live";
    return this.views().some((view) => view.state === "unknown") ? "unknown" : "clear";
  }

  /** Actual alarms that ended a short while ago, the newest first. */
  recentlyEnded(): Notice[] {
    const notices = Array.from(this.device.alarms.values(), (held) => held.notice);
    const recent = (notice: Notice) => notice.status === "actual" && isEnding(notice) && this.nowS - notice.sent < RECENT_S;
    return notices.filter(recent).sort((one, two) => two.sent - one.sent);
  }

  // --- what a person does ----------------------------------------------------------------------------------------

  async addPlace({ code, names, ancestors }: Region): Promise<void> {
    if (this.places.some((place) => place.code === code)) return;
    const above = ancestors.map((one) => ({ code: one.code, names: one.names }));
    await this.keepPlaces([...this.places, { code, names, ancestors: above }]);
  }

  async removePlace(code: string): Promise<void> {
    await this.keepPlaces(this.places.filter((place) => place.code !== code));
  }

  async speakLanguage(language: Language): Promise<void> {
    this.language = language;
    this.changed();
    await this.memory.save({ language });
  }

  async turnOnSound(): Promise<void> {
    this.soundWanted = true;
    this.soundRefused = !(await this.sounds.arm());
    if (!this.soundRefused && !this.teller.busy) void this.sounds.tap();
    this.changed();
    await this.memory.save({ soundWanted: true });
  }

  async forgetAll(): Promise<void> {
    await this.memory.forgetAll();
    location.reload();
  }

  // --- inside ----------------------------------------------------------------------------------------------------

  private known(): Notice[] {
    return notEnded(this.device.alarms);
  }

  private async keepPlaces(places: Place[]): Promise<void> {
    this.places = places;
    this.changed();
    await this.memory.save({ places });
  }

  private async meetAuthority(): Promise<boolean> {
    try {
      await this.device.meet(await askAuthority());
      return true;
    } catch {
      return false;
    }
  }

  private async loadAtlas(cache?: RequestCache): Promise<void> {
    try {
      const tree = await askRegions(cache);
      this.atlas = new Atlas(tree);
      this.atlasMissing = false;
      for (const awaited of this.atlasAwaited.splice(0)) awaited();
      await this.memory.save({ tree });
      this.changed();
    } catch {
      this.atlasMissing = true;
      await wait(RETRY_MS);
      return this.loadAtlas(cache);
    }
  }

  /** Ask those who watch from elsewhere, one after another, for as long as the page is seen. */
  private async askWitnesses(): Promise<void> {
    for (;;) {
      await wait(WITNESS_MS * (0.75 + Math.random() / 2));
      if (document.hidden) continue;
      for (const witness of this.device.witnesses) {
        const notes = await askWitness(witness.url).catch(() => []);
        this.watched.set(witness.name, await this.device.hearWitness(witness, notes));
      }
    }
  }

  /** Wait for the list of places: without it nobody's scope can be judged. */
  private async askLineage(): Promise<Lineage> {
    if (!this.atlas) await new Promise<void>((resolve) => this.atlasAwaited.push(resolve));
    return (code) => this.atlas?.lineage(code) ?? [];
  }

  /** A notice that was made with another atlas may name regions that this one lacks: fetch it anew, past every cache. */
  private refreshAtlas(): void {
    const { atlas } = this;
    if (!atlas || this.atlasMissing || !this.known().some((notice) => lacks(atlas, notice))) return;
    const now = performance.now();
    if (now - this.atlasWantedAt < ATLAS_RETRY_MS) return;
    this.atlasWantedAt = now;
    void this.loadAtlas("no-store");
  }

  private changed(): void {
    this.refreshAtlas();
    this.listeners.forEach((listener) => listener());
    const { language, places, device } = this;
    const othersHold = (telling: Telling) => this.othersHold(telling);
    void this.teller.look({ alarms: device.tellable(), places, nowS: this.nowS, language, othersHold });
  }

  private othersHold(telling: Telling): boolean {
    const others = telling.status === "actual" ? this.actual() : this.exercises();
    const rest = others.filter((notice) => notice.alarm !== telling.notice.alarm);
    return this.places.some((place) => ["alarm", "expired"].includes(viewPlace<Notice>(place, rest, this.nowS, this.atlas).state));
  }
}

/** Return the pin in the address that a printed card holds: `#authority=NAME&actual=KEY&exercise=KEY`. */
function readCard(fragment: string): Pin | undefined {
  const fields = new URLSearchParams(fragment.slice(1));
  const [authority, actual, exercise] = ["authority", "actual", "exercise"].map((name) => fields.get(name) ?? "");
  const isKey = (text: string | undefined) => fromB64(text ?? "")?.length === 32;
  return authority && isKey(actual) && isKey(exercise) ? ({ authority, roots: { actual, exercise } } as Pin) : undefined;
}

function isNow(state: ReturnType<typeof phase> | undefined): boolean {
  return state === "in_force" || state === "disputed";
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
