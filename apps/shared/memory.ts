/**
 * What a device remembers between visits: its places, whom it trusts, what it believed, what it told. Nothing leaves it.
 *
 * `browserMemory` keeps it in IndexedDB, shared by all tabs; `fleetingMemory` is for a browser that keeps nothing.
 */

import { type Mark, type SignedBy, isNews } from "./alarms.ts";
import type { Place } from "./place.ts";
import type { Tree } from "./regions.ts";
import type { Told } from "./telling.ts";
import type { Pin } from "./trust.ts";

export interface Facts {
  pin?: Pin;
  /** Roster envelopes, base64url. */
  rosterActual?: string;
  rosterExercise?: string;
  /** Envelopes of revocation lists, base64url; none where no list is in force. */
  revocationActual?: string | undefined;
  revocationExercise?: string | undefined;
  /** The newest signed time believed, Unix milliseconds; it falls only by `setBack`. */
  newestMs?: number;
  /** Signed time when the board was last confirmed: the state on this device is "as of" then. */
  confirmedMs?: number;
  position?: string;
  places?: Place[];
  language?: "uk" | "en";
  soundWanted?: boolean;
  tree?: Tree;
}

export interface AlarmRecord extends Mark {
  key: string;
  envelope: string;
  signers: readonly SignedBy[];
}

export interface Remembered {
  facts: Facts;
  alarms: AlarmRecord[];
  told: Record<string, Told>;
}

export interface Memory {
  load(): Promise<Remembered>;
  /** Keep facts and alarms, all or nothing. An alarm's version and the newest time do not fall. */
  save(facts: Facts, alarms?: AlarmRecord[], forget?: string[]): Promise<void>;
  /** Let the newest time fall: an answer to a nonce showed that it had been signed by a clock that ran ahead. */
  setBack(newestMs: number): Promise<void>;
  /** Take it upon oneself to tell this version of an alarm; false if it has been told, by whichever tab. */
  claim(key: string, told: Told): Promise<boolean>;
  forgetAll(): Promise<void>;
}

const FACTS = "facts";
const ALARMS = "alarms";
const TOLD = "told";
const STORES = [FACTS, ALARMS, TOLD];

export async function browserMemory(name = "tocsin"): Promise<Memory> {
  const database = await open(name);
  return {
    async load() {
      const reading = database.transaction(STORES);
      const [facts, alarms, told] = await Promise.all([
        entries(reading.objectStore(FACTS)),
        done(reading.objectStore(ALARMS).getAll() as IDBRequest<AlarmRecord[]>),
        entries(reading.objectStore(TOLD)),
      ]);
      return { facts: facts as Facts, alarms, told: told as Record<string, Told> };
    },

    async save(facts, alarms = [], forget = []) {
      const writing = database.transaction([FACTS, ALARMS], "readwrite");
      const end = ended(writing);
      const kept = writing.objectStore(ALARMS);
      for (const key of forget) kept.delete(key);
      for (const alarm of alarms) {
        const known = (await done(kept.get(alarm.key))) as AlarmRecord | undefined;
        if (isNews(alarm, known)) kept.put(alarm);
      }
      const store = writing.objectStore(FACTS);
      for (const [name, value] of Object.entries(facts)) {
        const known = name === "newestMs" ? ((await done(store.get(name))) as number | undefined) : undefined;
        if (value === undefined) store.delete(name);
        else if (known === undefined || known < value) store.put(value, name);
      }
      await end;
    },

    async setBack(newestMs) {
      const writing = database.transaction([FACTS], "readwrite");
      const end = ended(writing);
      writing.objectStore(FACTS).put(newestMs, "newestMs");
      await end;
    },

    async claim(key, told) {
      const writing = database.transaction([TOLD], "readwrite");
      const end = ended(writing);
      const store = writing.objectStore(TOLD);
      const known = (await done(store.get(key))) as Told | undefined;
      const free = isNews(told, known);
      if (free) store.put(told, key);
      await end;
      return free;
    },

    async forgetAll() {
      const writing = database.transaction(STORES, "readwrite");
      const end = ended(writing);
      for (const store of STORES) writing.objectStore(store).clear();
      await end;
    },
  };
}

export function fleetingMemory(): Memory {
  let facts: Facts = {};
  const alarms = new Map<string, AlarmRecord>();
  const told = new Map<string, Told>();
  return {
    load: async () => ({ facts, alarms: [...alarms.values()], told: Object.fromEntries(told) }),
    async save(more, newer = [], forget = []) {
      const newestMs = Math.max(facts.newestMs ?? 0, more.newestMs ?? 0);
      facts = { ...facts, ...more, ...(newestMs > 0 && { newestMs }) };
      for (const key of forget) alarms.delete(key);
      for (const alarm of newer) if (isNews(alarm, alarms.get(alarm.key))) alarms.set(alarm.key, alarm);
    },
    async setBack(newestMs) {
      facts = { ...facts, newestMs };
    },
    async claim(key, now) {
      if (!isNews(now, told.get(key))) return false;
      told.set(key, now);
      return true;
    },
    async forgetAll() {
      facts = {};
      alarms.clear();
      told.clear();
    },
  };
}

function open(name: string): Promise<IDBDatabase> {
  const request = indexedDB.open(name, 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore(FACTS);
    request.result.createObjectStore(ALARMS, { keyPath: "key" });
    request.result.createObjectStore(TOLD);
  };
  return done(request);
}

async function entries(store: IDBObjectStore): Promise<Record<string, unknown>> {
  const [names, values] = await Promise.all([done(store.getAllKeys()), done(store.getAll())]);
  return Object.fromEntries(names.map((name, index) => [String(name), values[index]]));
}

function done<Result>(request: IDBRequest<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function ended(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error);
  });
}
