/**
 * A device: it hears frames of the stream, believes what is proven, remembers it, and knows whether it is live.
 *
 * It knows no screen and no sound, and it does not connect: frames come from this tab's stream or from another tab's
 * (`tabs.ts`), and are verified here in either case. Silence never clears: an alarm goes only by a verified end.
 */

import { type Alarms, type Held, alarmKey, contradict, fold, forgettable, notEnded } from "./alarms.ts";
import { boardHash } from "./board.ts";
import { fromB64 } from "./bytes.ts";
import { verifier } from "./ed25519.ts";
import { type Envelope, unpack } from "./envelope.ts";
import type { ServerEvent } from "./events.ts";
import { type Clock, Freshness, type Moment, browserClock } from "./freshness.ts";
import type { Heartbeat } from "./heartbeat.ts";
import type { AlarmRecord, Facts, Memory, Remembered } from "./memory.ts";
import { type Notice, type Status, isEnding, parseNotice } from "./notice.ts";
import type { Domain, Lineage, Witness } from "./roster.ts";
import type { Frame } from "./stream.ts";
import { type Pin, type Reason, Trust } from "./trust.ts";
import { type Ahead, Heads, type Verdict, compare } from "./witnesses.ts";

/** `GET /v1/authority`, as far as a device needs it. */
export interface AuthorityAnswer extends Pin {
  /** Those that change the root, in their order, and then the newest. */
  rosters: Record<Domain, string[]>;
  revocations: Partial<Record<Domain, string>>;
}

interface Snapshot extends Record<Status, string[]> {
  position: string;
  rosters: string[];
  revocations: string[];
}

export interface DeviceOptions {
  memory: Memory;
  remembered: Remembered;
  /** Return the envelopes of an alarm's history, oldest first (`GET /v1/alarms/{alarm}`). */
  askAlarm: (alarm: string) => Promise<string[]>;
  /** Return what lies above a region; asked only where the roster speaks of some regions and not of all. */
  askLineage: () => Promise<Lineage>;
  /** Called when the connection is in doubt and another one is wanted. */
  reconnect: () => void;
  /** Called when a heartbeat is not believed: somebody else may answer at this address (`meet` will tell). */
  doubtAuthority: () => void;
  clock?: Clock;
}

const STATUSES: readonly Status[] = ["actual", "exercise", "test"];
const DOMAINS: readonly Domain[] = ["actual", "exercise"];
// One heartbeat of a position that did not come may have crossed a notice on its way. Two in a row tell of one withheld.
const STRANGE_HEARTBEATS_MAX = 2;
// An order may wait twice ten minutes for its people before it is issued; what is older is confirmed by the next heartbeat.
const NEW_S = 20 * 60;

export class Device {
  alarms: Alarms = new Map();
  position: string | undefined;
  confirmedMs: number | undefined;
  /**
   * An authority of another name or with other roots answers at this address. Nothing of it is believed; what the pinned one
   * signed still is, and a heartbeat of the pinned one takes the suspicion back.
   */
  stranger: Pin | undefined;
  /** What stands on a printed card, if it is not what is pinned. Only a person can tell which of them is right. */
  otherCard: Pin | undefined;
  /** The newest message that was not believed, and why. */
  refused: Reason | undefined;
  readonly freshness: Freshness;
  private trust: Trust | undefined;
  /** The nonce of this connection and when it was sent, until it is answered. */
  private asked: (Moment & { nonce: string }) | undefined;
  /** A witness that contradicts the server: while there is one, nothing is shown as clear. */
  doubt: { witness: string; verdict: "split" | "withheld" } | undefined;
  private readonly heads = new Heads();
  private readonly ahead = new Map<string, Ahead | undefined>();
  private lastHeartbeat: ServerEvent | undefined;
  private strangeHeartbeats = 0;
  /**
   * What the server says is not ended, by key: what a heartbeat's board hash is held against. A server that was restored
   * from an old backup may have forgotten an alarm; it stays on the screen all the same.
   */
  private served = new Map<string, Held>();
  /** Keys of alarms of which no heartbeat has confirmed yet that they are as they are here. */
  private readonly unconfirmed = new Set<string>();
  /** Keys of alarms that are not in the memory yet as they are here. */
  private readonly unsaved = new Set<string>();
  /** Keys of alarms that the server was asked after and has not answered yet. */
  private readonly asking = new Set<string>();
  private readonly options: DeviceOptions;
  private readonly listeners = new Set<() => void>();
  private queue: Promise<void> = Promise.resolve();

  constructor(options: DeviceOptions) {
    this.options = options;
    const { facts } = options.remembered;
    this.freshness = new Freshness(options.clock ?? browserClock, facts.newestMs ?? 0);
    this.position = facts.position;
    this.confirmedMs = facts.confirmedMs;
    if (facts.pin) this.pinned(facts.pin);
    this.enqueue(() => this.recall());
  }

  /** The version of the roster for real alerts, 0 before there is one. */
  get rosterVersion(): number {
    return this.trust?.rosters.actual?.version ?? 0;
  }

  get pin(): Pin | undefined {
    return this.trust?.pin;
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Meet the authority that answers at this address: the first one is pinned, another one is never believed silently. */
  meet(answer: AuthorityAnswer): Promise<void> {
    return this.enqueue(async () => {
      const { authority, roots } = answer;
      const pin = { authority, roots: { actual: roots.actual, exercise: roots.exercise } };
      const rosters = [...answer.rosters.actual, ...answer.rosters.exercise];
      // A root may have been changed, by a roster that the old one has signed.
      if (this.trust) await this.learn(rosters);
      if (this.trust && !samePin(this.trust.pin, pin)) {
        this.stranger = pin;
        this.freshness.deny();
        return;
      }
      this.stranger = undefined;
      if (!this.trust) {
        this.pinned(pin);
        this.options.remembered.facts.pin = pin;
        await this.options.memory.save({ pin });
      }
      await this.learn(rosters);
      await this.revoke(Object.values(answer.revocations));
    });
  }

  /** Pin what stands on a printed card, unless something is pinned already: if that is another, it stays and the card is told of. */
  pinTo(card: Pin): Promise<void> {
    return this.enqueue(async () => {
      if (this.trust && !samePin(this.trust.pin, card)) this.otherCard = card;
      if (this.trust) return;
      this.pinned(card);
      this.options.remembered.facts.pin = card;
      await this.options.memory.save({ pin: card });
    });
  }

  private pinned(pin: Pin): void {
    this.trust = new Trust(pin);
    this.trust.held = (notice) => this.alarms.get(keyOf(notice))?.notice;
  }

  /** Who else watches the journal, by the roster. */
  get witnesses(): readonly Witness[] {
    return this.trust?.rosters.actual?.witnesses ?? [];
  }

  /** Hold the cosigned checkpoints of *witness* against what came here. Two histories stay a doubt until the page is opened anew. */
  hearWitness(witness: Witness, notes: unknown): Promise<Verdict> {
    let verdict: Verdict = "nobody";
    const judge = async () => {
      const { trust, position, heads } = this;
      if (!trust || position === undefined) return;
      const { mono } = this.freshness.moment();
      const ahead = this.ahead.get(witness.name);
      const seen = { heads, position, nowS: this.freshness.nowMs() / 1_000, monotonicS: mono / 1_000, ahead };
      const said = await compare(notes, witness, trust, await verifier(), seen);
      verdict = said.verdict;
      this.ahead.set(witness.name, said.ahead);
      if (verdict === "split" || (verdict === "withheld" && !this.doubt)) this.doubt = { witness: witness.name, verdict };
      if (verdict === "withheld") this.startOver();
      if (verdict === "agree" && this.doubt?.verdict === "withheld" && this.doubt.witness === witness.name) this.doubt = undefined;
    };
    return this.enqueue(judge).then(() => verdict);
  }

  /** Take in a frame. Frames are judged one after another, in the order in which they came. */
  hear(frame: Frame): Promise<void> {
    if (frame.frame !== "trying") return this.enqueue(() => this.judge(frame));
    const { nonce, wall } = frame;
    const { mono } = this.freshness.moment();
    return this.enqueue(async () => {
      this.asked = { nonce, mono, wall };
      this.strangeHeartbeats = 0;
    });
  }

  /**
   * Return the alarms that may be told aloud. A recording is signed as well as what is new: until a heartbeat has confirmed
   * that an alarm is in force, it is shown and makes no sound, unless it was ordered a short while ago by confirmed time.
   */
  tellable(): Alarms {
    const nowS = this.freshness.nowMs() / 1_000;
    const isConfirmed = (key: string, { sent }: Notice) => !this.unconfirmed.has(key) || (this.freshness.isSet && nowS - sent < NEW_S);
    return new Map(Array.from(this.alarms).filter(([key, { notice }]) => isConfirmed(key, notice)));
  }

  /** What another tab needs to begin with: everything that this one knows, as the stream would have sent it. */
  welcome(): Frame[] {
    if (this.position === undefined || !this.trust) return [];
    const { rosterActual, rosterExercise, revocationActual, revocationExercise } = this.options.remembered.facts;
    const snapshot: Snapshot = {
      position: this.position,
      rosters: [rosterActual, rosterExercise].filter((one) => one !== undefined),
      revocations: [revocationActual, revocationExercise].filter((one) => one !== undefined),
      actual: [],
      exercise: [],
      test: [],
    };
    for (const { notice, envelope } of this.alarms.values()) snapshot[notice.status].push(envelope);
    const event = { event: "snapshot", data: JSON.stringify(snapshot), id: this.position };
    const frames: Frame[] = [{ frame: "event", event }];
    // What is stale here must not look new there, nor may an answer that this tab still waits for.
    if (this.lastHeartbeat && this.freshness.live) frames.push({ frame: "event", event: this.lastHeartbeat });
    if (this.asked) frames.push({ frame: "trying", nonce: this.asked.nonce, wall: this.asked.wall });
    return frames;
  }

  private enqueue(work: () => Promise<void>): Promise<void> {
    this.queue = this.queue.then(work).catch((error: unknown) => {
      // A message that cannot be worked with proves nothing: the device is not live until one does.
      console.error(error);
      this.freshness.deny();
    });
    return this.queue.then(() => this.listeners.forEach((listener) => listener()));
  }

  private async recall(): Promise<void> {
    const { facts, alarms } = this.options.remembered;
    // Learning a roster forgets the lists that it ends: they are taken in hand first.
    const lists = [facts.revocationActual, facts.revocationExercise].filter((one) => one !== undefined);
    await this.learn([facts.rosterActual, facts.rosterExercise].filter((one) => one !== undefined));
    await this.revoke(lists);
    for (const record of alarms) await this.recallAlarm(record);
    this.served = new Map(Array.from(this.alarms).filter(([, { notice }]) => !isEnding(notice)));
    this.unsaved.clear();
  }

  private async judge(frame: Frame): Promise<void> {
    if (frame.frame !== "event" || !this.trust) return;
    const { event, data, id } = frame.event;
    const message = JSON.parse(data);
    if (event === "heartbeat") return this.hearHeartbeat(message.heartbeat, frame.event);
    if (event === "snapshot") await this.hearSnapshot(message);
    else if (event === "roster") await this.learn([message.roster]);
    else if (event === "revocation") await this.revoke([message.revocation]);
    else if (isStatus(event === "notice" ? "actual" : event)) await this.hearNotice(event, message.envelope);
    else return;
    if (id !== undefined) this.position = id;
    await this.remember({});
  }

  private async hearNotice(event: string, envelope: string): Promise<void> {
    const held = await this.believe(envelope, event === "notice" ? "actual" : (event as Status));
    if (!held) return this.askBefore(envelope);
    const key = keyOf(held.notice);
    const { version } = held.notice;
    const follows = version > (this.served.get(key)?.notice.version ?? version);
    if (follows || this.alarms.get(key)?.notice.version === version) this.serve(held);
  }

  private serve(held: Held): void {
    if (isEnding(held.notice)) this.served.delete(keyOf(held.notice));
    else this.served.set(keyOf(held.notice), held);
  }

  /** Show what the server proved to be in force, also where a later notice of the time before its restore says less. */
  private heedServed(): void {
    for (const [key, held] of this.served) {
      const alarms = contradict(this.alarms, held);
      if (alarms !== this.alarms) this.unsaved.add(key);
      this.alarms = alarms;
    }
  }

  private async hearSnapshot(snapshot: Snapshot): Promise<void> {
    await this.learn(snapshot.rosters);
    await this.revoke(snapshot.revocations);
    const before = notEnded(this.alarms);
    const found = new Set<string>();
    this.served = new Map();
    for (const status of STATUSES) {
      for (const envelope of snapshot[status]) {
        const held = await this.believe(envelope, status);
        if (!held) {
          await this.askBefore(envelope);
          continue;
        }
        found.add(keyOf(held.notice));
        this.serve(held);
      }
    }
    void this.askAfter(before.filter((notice) => !found.has(keyOf(notice))));
  }

  /** Ask one after another, beside the queue: a server that does not answer holds up no message of the stream. */
  private async askAfter(missing: Notice[]): Promise<void> {
    for (const notice of missing) {
      const key = keyOf(notice);
      if (this.asking.has(key)) continue;
      this.asking.add(key);
      const history = await this.options.askAlarm(notice.alarm).catch(() => []);
      this.asking.delete(key);
      void this.enqueue(() => this.hearHistory(history, notice.status));
    }
  }

  private async hearHistory(history: string[], status: Status): Promise<void> {
    for (const envelope of history) await this.believe(envelope, status);
    await this.remember({});
  }

  private async hearHeartbeat(envelope: string, event: ServerEvent): Promise<void> {
    const { asked, freshness } = this;
    // An answer in time was signed just now: if it is older than what was believed, that was signed by a clock run ahead.
    const newestMs = asked ? 0 : freshness.newestMs;
    const judged = await (this.trust as Trust).judgeHeartbeat(bytesOf(envelope), newestMs, asked?.nonce);
    if ("refused" in judged) {
      this.refused = judged.refused;
      this.options.doubtAuthority();
      return;
    }
    if (asked && !freshness.isInTime(asked)) {
      this.refused = "late";
      this.options.reconnect();
      return;
    }
    this.asked = undefined;
    this.stranger = undefined;
    this.lastHeartbeat = event;
    const { position, chain, board } = judged.believed;
    this.heads.keep(position, chain, board);
    if (asked) await this.hearAnswer(judged.believed, asked);
    else freshness.hear(judged.believed);
    await this.compareBoard(judged.believed);
  }

  private async hearAnswer(heartbeat: Heartbeat, asked: Moment): Promise<void> {
    const { newestMs } = this.freshness;
    this.freshness.hearAnswer(heartbeat, asked);
    if (heartbeat.time_ms < newestMs) await this.options.memory.setBack(heartbeat.time_ms);
  }

  private async compareBoard(heartbeat: Heartbeat): Promise<void> {
    if (isBehind(heartbeat.position, this.position)) return;
    if (heartbeat.position !== this.position) {
      this.strangeHeartbeats += 1;
      if (this.strangeHeartbeats >= STRANGE_HEARTBEATS_MAX) this.startOver();
      return;
    }
    this.strangeHeartbeats = 0;
    if (!this.knowsWhoMayOrder(heartbeat) || (await boardHash(Array.from(this.served.values(), (held) => held.notice))) !== heartbeat.board) {
      this.freshness.deny();
      this.startOver();
      return;
    }
    this.heedServed();
    this.freshness.confirm(heartbeat);
    this.confirmedMs = heartbeat.time_ms;
    await this.remember({ confirmedMs: heartbeat.time_ms });
    // It arrived, and is stale all the same: it was held back, or this device's clock jumped. An answer to a nonce tells.
    if (this.freshness.live) this.unconfirmed.clear();
    else this.options.reconnect();
  }

  private startOver(): void {
    this.strangeHeartbeats = 0;
    this.position = undefined;
    this.options.reconnect();
  }

  /** It was believed when it was kept. A key that was taken away since, or a newer roster, does not clear an alarm. */
  private async recallAlarm({ envelope, signers }: AlarmRecord): Promise<void> {
    const document = unpack(bytesOf(envelope), "TCN1")?.document;
    const notice = document && (await parseNotice(document));
    if (notice?.authority === this.pin?.authority) this.alarms = fold(this.alarms, { envelope, notice: notice as Notice, signers });
  }

  /** Believe an envelope if it is proven, and return the alarm that it speaks of. */
  private async believe(envelope: string, status: Status): Promise<Held | undefined> {
    if (!this.trust) return undefined;
    if (this.trust.lacksLineage) this.trust.lineage = await this.options.askLineage();
    const judged = await this.trust.judgeEvent(bytesOf(envelope), status);
    if ("refused" in judged) {
      this.refused = judged.refused;
      return undefined;
    }
    const signers = judged.signers.map(({ holder: { name, kind } }) => ({ name, kind }));
    const held = { envelope, notice: judged.believed, signers };
    const alarms = fold(this.alarms, held);
    if (alarms !== this.alarms) {
      this.unsaved.add(keyOf(held.notice));
      this.unconfirmed.add(keyOf(held.notice));
    }
    this.alarms = alarms;
    return held;
  }

  /** If what a refused notice follows did not come here, its history tells. */
  private async askBefore(envelope: string): Promise<void> {
    if (this.refused !== "follows") return;
    const notice = await parseNotice((unpack(bytesOf(envelope), "TCN1") as Envelope).document);
    const held = notice && this.alarms.get(keyOf(notice))?.notice.version;
    if (notice && (held === undefined || held < notice.version)) void this.askAfter([notice]);
  }

  private async learn(rosters: string[]): Promise<void> {
    const { facts } = this.options.remembered;
    for (const envelope of rosters) {
      const judged = await this.trust?.learn(bytesOf(envelope));
      if (!judged) continue;
      if ("refused" in judged) {
        this.refused = judged.refused;
        continue;
      }
      const { pin, revocations } = this.trust as Trust;
      facts.pin = pin;
      if (judged.believed.domain === "actual") facts.rosterActual = envelope;
      else facts.rosterExercise = envelope;
      // A newer roster has ended the list.
      if (!revocations.actual) facts.revocationActual = undefined;
      if (!revocations.exercise) facts.revocationExercise = undefined;
    }
  }

  private async revoke(lists: string[]): Promise<void> {
    const { facts } = this.options.remembered;
    for (const envelope of lists) {
      const judged = await this.trust?.revoke(bytesOf(envelope));
      if (!judged) continue;
      if ("refused" in judged) this.refused = judged.refused;
      else if (judged.believed.domain === "actual") facts.revocationActual = envelope;
      else facts.revocationExercise = envelope;
    }
  }

  /** Whether nothing newer than what is known here about who may order is named by *heartbeat*. */
  private knowsWhoMayOrder(heartbeat: Heartbeat): boolean {
    const { rosters, revocations } = this.trust as Trust;
    return DOMAINS.every((domain) => {
      const version = rosters[domain]?.version ?? 0;
      const list = revocations[domain]?.version ?? 0;
      const named = heartbeat.rosters[domain];
      return version > named || (version === named && list >= heartbeat.revocations[domain]);
    });
  }

  private async remember(more: Facts): Promise<void> {
    const { pin, rosterActual, rosterExercise, revocationActual, revocationExercise } = this.options.remembered.facts;
    // By signed time alone: a wrong clock must not make the end of an alarm be forgotten, and its alert news again.
    const forget = forgettable(this.alarms, this.freshness.newestMs / 1_000);
    if (forget.length > 0) this.alarms = new Map(Array.from(this.alarms).filter(([key]) => !forget.includes(key)));
    const alarms = Array.from(this.unsaved, (key) => this.record(key)).filter((one) => one !== undefined);
    const { newestMs } = this.freshness;
    const known = { ...more, newestMs, position: this.position, pin, rosterActual, rosterExercise };
    const facts = Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined));
    // A list that a newer roster has ended is forgotten.
    await this.options.memory.save({ ...facts, revocationActual, revocationExercise }, alarms, forget);
    this.unsaved.clear();
  }

  private record(key: string): AlarmRecord | undefined {
    const held = this.alarms.get(key);
    return held && { key, version: held.notice.version, id: held.notice.id, over: held.over, envelope: held.envelope, signers: held.signers };
  }
}

function keyOf({ status, alarm }: Notice): string {
  return alarmKey(status, alarm);
}

/** Whether *position* is an earlier one of the same journal: a heartbeat that a notice overtook on its way. */
function isBehind(position: string, ours: string | undefined): boolean {
  const [epoch, sequence] = position.split("-");
  const [ourEpoch, ourSequence] = (ours ?? "").split("-");
  return epoch === ourEpoch && Number(sequence) < Number(ourSequence);
}

function samePin(one: Pin, other: Pin): boolean {
  return (
    one.authority === other.authority &&
    one.roots.actual === other.roots.actual &&
    one.roots.exercise === other.roots.exercise
  );
}

function isStatus(word: string): word is Status {
  return (STATUSES as readonly string[]).includes(word);
}

function bytesOf(envelope: unknown) {
  return (typeof envelope === "string" && fromB64(envelope)) || new Uint8Array();
}
