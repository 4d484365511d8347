/** For tests: an authority with keys of its own, which signs whatever it is asked to, and a clock that is moved by hand. */

import { boardHash } from "./board.ts";
import { type Bytes, b64, concat, hex, sha256, utf8 } from "./bytes.ts";
import { type Magic, TAGS } from "./envelope.ts";
import type { Clock } from "./freshness.ts";
import type { Heartbeat } from "./heartbeat.ts";
import type { Notice } from "./notice.ts";
import type { Domain, Roster } from "./roster.ts";
import type { Pin } from "./trust.ts";

export const START_S = 1_790_000_000;
export const NAME = "tests.example";
const ZERO_HASH = b64(new Uint8Array(32));
const EPOCH = "0011223344556677";

export class HandClock implements Clock {
  private readonly at = { mono: 0, wall: START_S * 1_000 };

  pass(ms: number): void {
    this.at.mono += ms;
    this.at.wall += ms;
  }

  /** The device slept: its monotonic clock stood still. */
  sleep(ms: number): void {
    this.at.wall += ms;
  }

  mono(): number {
    return this.at.mono;
  }

  wall(): number {
    return this.at.wall;
  }
}

interface Key {
  pair: CryptoKeyPair;
  raw: Bytes;
  id: Bytes;
}

export class TestAuthority {
  pin: Pin = { authority: NAME, roots: { actual: "", exercise: "" } };
  rosters: Record<Domain, string[]> = { actual: [], exercise: [] };
  private keys: Record<string, Key> = {};
  private ids = 0;

  static async found(): Promise<TestAuthority> {
    const made = new TestAuthority();
    for (const name of ["rootActual", "rootExercise", "actual", "exercise", "heartbeat"]) made.keys[name] = await makeKey();
    made.pin.roots = { actual: b64(made.key("rootActual").raw), exercise: b64(made.key("rootExercise").raw) };
    made.rosters = { actual: [await made.roster("actual")], exercise: [await made.roster("exercise")] };
    return made;
  }

  /** Return a notice; what is not given is an actual red air raid alert in region A, and fits together. */
  notice(given: Partial<Notice> = {}): Notice {
    this.ids += 1;
    const id = "a".repeat(24 - String(this.ids).length) + String(this.ids).replace(/./g, (digit) => "abcdefghij"[Number(digit)] as string) + "aa";
    const sent = given.sent ?? START_S;
    const alarm = given.alarm ?? id;
    const version = given.version ?? 1;
    return {
      notice: 1,
      id,
      alarm,
      version,
      kind: version === 1 ? "alert" : "update",
      status: "actual",
      authority: NAME,
      hazard: "air_raid",
      level: "red",
      since: sent,
      sent,
      effective: sent,
      expires: sent + 3_600,
      atlas: ZERO_HASH,
      regions: ["A"],
      shapes: [],
      geometry: ZERO_HASH,
      text: { en: { headline: "Air raid", instruction: "Take shelter." } },
      issuer: "Tests",
      roster: 1,
      channels: ["*"],
      cap: ZERO_HASH,
      ...given,
    } as Notice;
  }

  seal(notice: Notice, by = notice.status === "actual" ? "actual" : "exercise"): Promise<string> {
    return this.sign("TCN1", notice, by);
  }

  position(sequence: number): string {
    return `${EPOCH}-${sequence}`;
  }

  /** Return a heartbeat over *inForce* at *sequence*. */
  async heartbeat(sequence: number, inForce: Notice[], given: Partial<Heartbeat> = {}): Promise<string> {
    const time_ms = given.time_ms ?? START_S * 1_000;
    const heartbeat: Heartbeat = {
      heartbeat: 2,
      authority: NAME,
      time_ms,
      valid_until_ms: time_ms + 15_000,
      position: this.position(sequence),
      chain: ZERO_HASH,
      board: await boardHash(inForce),
      rosters: { actual: 1, exercise: 1 },
      revocations: { actual: 0, exercise: 0 },
      nonce: "",
      ...given,
    };
    return this.sign("TCH1", heartbeat, "heartbeat");
  }

  async roster(domain: Domain, given: Partial<Roster> = {}): Promise<string> {
    const names = domain === "actual" ? ["actual", "heartbeat"] : ["exercise"];
    const keys = names.map((name) => ({
      id: hex(this.key(name).id),
      type: "ed25519" as const,
      public: b64(this.key(name).raw),
      holder: name,
    }));
    keys.sort((one, two) => (one.id < two.id ? -1 : 1));
    const everything = { kinds: ["*"], hazards: ["*"], regions: ["*"] };
    const holders = names.map((id) => ({
      id,
      name: id,
      kind: "service" as const,
      roles: [id === "heartbeat" ? ("heartbeat" as const) : ("issue" as const)],
      ...everything,
      regions_max: 0,
      per_hour: 0,
    }));
    const root = domain === "actual" ? "rootActual" : "rootExercise";
    const roster: Roster = {
      roster: 2,
      authority: NAME,
      domain,
      version: 1,
      issued: START_S - 100,
      expires: START_S + 1e6,
      root: b64(this.key(root).raw),
      rp_id: "",
      origins: [],
      holders,
      keys,
      rules: [{ ...everything, people: 1 }],
      revokers: { threshold: 0, keys: [] },
      witnesses: [],
      ...given,
    };
    return this.sign("TCR1", roster, root);
  }

  private async sign(magic: Magic, document: object, keyName: string): Promise<string> {
    const { pair, id } = this.key(keyName);
    const bytes = utf8(JSON.stringify(document));
    const signature = new Uint8Array(await crypto.subtle.sign("Ed25519", pair.privateKey, concat(utf8(TAGS[magic]), bytes)));
    return b64(concat(utf8(magic), sized(bytes), new Uint8Array([1, 1]), id, new Uint8Array([1]), sized(signature)));
  }

  private key(name: string): Key {
    return this.keys[name] as Key;
  }
}

async function makeKey(): Promise<Key> {
  const pair = (await crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"])) as CryptoKeyPair;
  const raw = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
  return { pair, raw, id: (await sha256(raw)).slice(0, 8) };
}

function sized(bytes: Bytes): Bytes {
  return concat(new Uint8Array([bytes.length >> 8, bytes.length & 255]), bytes);
}
