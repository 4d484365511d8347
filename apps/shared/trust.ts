/**
 * Whom to believe: a notice, a roster, a revocation list or a heartbeat against the pinned roots (`spec/roster.md`).
 *
 * It refuses to know where bytes came from and what happens next: a believed thing is data, a refused one a named reason.
 */

import { type Bytes, b64, concat, fromB64, sha256, utf8 } from "./bytes.ts";
import { type Verify, verifier } from "./ed25519.ts";
import { ED25519, type Envelope, type Signature, TAGS, WEBAUTHN, unpack } from "./envelope.ts";
import { type Heartbeat, parseHeartbeat } from "./heartbeat.ts";
import { type Notice, type Status, parseNotice } from "./notice.ts";
import { isPasskeyRight } from "./passkeys.ts";
import { type Revocation, isRevoked, parseRevocation, takesBack } from "./revocation.ts";
import {
  type Domain,
  type Holder,
  type Lineage,
  type Roster,
  type RosterKey,
  covers,
  domainOf,
  keyId,
  needsLineage,
  parseRoster,
  peopleNeeded,
} from "./roster.ts";

export type Reason =
  | "framing"
  | "document"
  | "authority"
  | "roster"
  | "signature"
  | "follows"
  | "key"
  | "revoked"
  | "scope"
  | "people"
  | "revocation"
  | "status"
  | "old"
  | "late"
  | "nonce";

export type Judged<Believed> = { believed: Believed } | { refused: Reason };

/** Whose right signature stands under a document, and by which key. */
export interface Signer {
  holder: Holder;
  key: RosterKey;
}

/** A believed notice has with it those whose signatures count for it. */
export type JudgedNotice = { believed: Notice; signers: Signer[] } | { refused: Reason };

/** What a device holds from its first contact or from a printed card: a name and two root keys (base64url). */
export interface Pin {
  authority: string;
  roots: Record<Domain, string>;
}

const TYPES: Record<number, RosterKey["type"]> = { [ED25519]: "ed25519", [WEBAUTHN]: "webauthn" };

export class Trust {
  /** The roots change with a roster that both, the old one and the new one, have signed. */
  pin: Pin;
  readonly rosters: Partial<Record<Domain, Roster>> = {};
  readonly revocations: Partial<Record<Domain, Revocation>> = {};
  /** The highest version of a list that was seen, also of one that a roster has ended since. */
  private readonly listsSeen: Partial<Record<Domain, number>> = {};
  /** What lies above a region; until it is known, a region lies in no other. */
  lineage: Lineage | undefined;
  /** Return what is believed of the alarm that a notice belongs to; without it a notice is judged as the first one. */
  held: (notice: Notice) => Notice | undefined = () => undefined;
  private readonly verify: () => Promise<Verify>;

  constructor(pin: Pin, verify: () => Promise<Verify> = verifier) {
    this.pin = pin;
    this.verify = verify;
  }

  /** Whether notices can be judged as they are, or what lies above the regions must be known first. */
  get lacksLineage(): boolean {
    return this.lineage === undefined && Object.values(this.rosters).some(needsLineage);
  }

  /** Take a roster in. Its version never falls, and its root is the root from then on. */
  async learn(data: Bytes): Promise<Judged<Roster>> {
    const envelope = unpack(data, "TCR1");
    if (!envelope) return { refused: "framing" };
    const roster = await parseRoster(envelope.document);
    if (!roster) return { refused: "document" };
    if (roster.authority !== this.pin.authority) return { refused: "authority" };
    const refused = await this.refusalOfRoots(envelope, roster);
    if (refused) return { refused };
    const known = this.rosters[roster.domain];
    if (known && roster.version < known.version) return { refused: "old" };
    if (known && roster.version === known.version && !isSame(roster, known)) return { refused: "roster" };
    // A newer roster says it all by itself: what stays revoked is not listed in it.
    if (known && roster.version > known.version) delete this.revocations[roster.domain];
    this.rosters[roster.domain] = roster;
    this.pin = { ...this.pin, roots: { ...this.pin.roots, [roster.domain]: roster.root } };
    return { believed: roster };
  }

  private async refusalOfRoots(envelope: Envelope, roster: Roster): Promise<Reason | undefined> {
    const held = fromB64(this.pin.roots[roster.domain]) ?? new Uint8Array();
    const byHeld = await this.isSignedBy(held, envelope);
    if (byHeld === undefined) return "key";
    if (!byHeld) return "signature";
    const isMoved = roster.root !== this.pin.roots[roster.domain];
    return isMoved && !(await this.isSignedBy(fromB64(roster.root) as Bytes, envelope)) ? "signature" : undefined;
  }

  /** Whether *publicKey* signed rightly, wherever it signed; nothing if it did not sign. */
  private async isSignedBy(publicKey: Bytes, envelope: Envelope): Promise<boolean | undefined> {
    const id = await keyId(publicKey);
    const ours = envelope.signatures.filter((one) => one.type === ED25519 && one.key === id);
    for (const one of ours) if (!(await this.isEd25519Right(one, publicKey, envelope))) return false;
    return ours.length > 0 || undefined;
  }

  /** Take a revocation list in. It can only take away. */
  async revoke(data: Bytes): Promise<Judged<Revocation>> {
    const envelope = unpack(data, "TCV1");
    if (!envelope) return { refused: "framing" };
    const revocation = parseRevocation(envelope.document);
    if (!revocation) return { refused: "document" };
    if (revocation.authority !== this.pin.authority) return { refused: "authority" };
    const roster = this.rosters[revocation.domain];
    if (!roster) return { refused: "roster" };
    const { keys, threshold } = roster.revokers;
    const signed = new Set<string>();
    for (const one of envelope.signatures) {
      const revoker = one.type === ED25519 ? keys.find(({ id }) => id === one.key) : undefined;
      if (!revoker) continue;
      if (!(await this.isEd25519Right(one, fromB64(revoker.public) as Bytes, envelope))) return { refused: "signature" };
      signed.add(one.key);
    }
    if (signed.size < Math.max(1, threshold)) return { refused: "key" };
    const known = this.revocations[revocation.domain];
    if (known && revocation.version < known.version) return { refused: "old" };
    if (known && revocation.version === known.version && !isSame(revocation, known)) return { refused: "revocation" };
    if (!known && revocation.version <= (this.listsSeen[revocation.domain] ?? 0)) return { refused: "old" };
    if (known && takesBack(known, revocation, roster)) return { refused: "revocation" };
    this.revocations[revocation.domain] = revocation;
    this.listsSeen[revocation.domain] = revocation.version;
    return { believed: revocation };
  }

  async judgeNotice(data: Bytes): Promise<JudgedNotice> {
    const envelope = unpack(data, "TCN1");
    if (!envelope) return { refused: "framing" };
    const notice = await parseNotice(envelope.document);
    if (!notice) return { refused: "document" };
    const signers = await this.signers(envelope, notice.authority, domainOf(notice.status), notice.sent);
    if (!Array.isArray(signers)) return { refused: signers };
    if (!canFollow(notice, this.before(notice))) return { refused: "follows" };
    const counting = this.enough(notice, signers, b64(await sha256(envelope.document)));
    return Array.isArray(counting) ? { believed: notice, signers: counting } : { refused: counting };
  }

  /** What *notice* follows: what is held of its alarm, if that is of a lower version. */
  private before(notice: Notice): Notice | undefined {
    const held = this.held(notice);
    const isFollowed = held && held.alarm === notice.alarm && held.status === notice.status && held.version < notice.version;
    return isFollowed ? held : undefined;
  }

  /** Like `judgeNotice`, for an event that carries notices of *status* only. */
  async judgeEvent(data: Bytes, status: Status): Promise<JudgedNotice> {
    const judged = await this.judgeNotice(data);
    return "believed" in judged && judged.believed.status !== status ? { refused: "status" } : judged;
  }

  /** Judge a heartbeat; *newestMs* is the time of the newest one believed, *nonce* what this connection asked for. */
  async judgeHeartbeat(data: Bytes, newestMs: number, nonce?: string): Promise<Judged<Heartbeat>> {
    const envelope = unpack(data, "TCH1");
    if (!envelope) return { refused: "framing" };
    const heartbeat = parseHeartbeat(envelope.document);
    if (!heartbeat) return { refused: "document" };
    const signers = await this.signers(envelope, heartbeat.authority, "actual", Math.floor(heartbeat.time_ms / 1000));
    if (!Array.isArray(signers)) return { refused: signers };
    const servers = signers.filter(({ holder }) => holder.roles.includes("heartbeat"));
    if (servers.length === 0) return { refused: "key" };
    if (servers.every(({ key }) => isRevoked(this.revocations.actual, key.id))) return { refused: "revoked" };
    if (heartbeat.time_ms < newestMs) return { refused: "old" };
    if (nonce !== undefined && heartbeat.nonce !== nonce) return { refused: "nonce" };
    return { believed: heartbeat };
  }

  /** Return the keys that may say at *at* (Unix seconds) that all is well, or why nobody may. */
  serversAt(at: number): { raw: Bytes; isRevoked: boolean }[] | Reason {
    const roster = this.rosters.actual;
    if (!roster || at < roster.issued || at >= roster.expires) return "roster";
    const mayBeat = (key: RosterKey) => roster.holders.some(({ id, roles }) => id === key.holder && roles.includes("heartbeat"));
    const servers = roster.keys.filter(mayBeat);
    return servers.map((key) => ({ raw: fromB64(key.public) as Bytes, isRevoked: isRevoked(this.revocations.actual, key.id) }));
  }

  /** Return those whose right signatures stand under a document, or why it is not looked at further. */
  private async signers(envelope: Envelope, authority: string, domain: Domain, at: number): Promise<Signer[] | Reason> {
    if (authority !== this.pin.authority) return "authority";
    const roster = this.rosters[domain];
    if (!roster || at < roster.issued || at >= roster.expires) return "roster";
    const signers: Signer[] = [];
    for (const signature of envelope.signatures) {
      const key = roster.keys.find(({ id }) => id === signature.key);
      if (!key || TYPES[signature.type] !== key.type) continue;
      if (!(await this.isRight(signature, key, roster, envelope))) return "signature";
      signers.push({ holder: roster.holders.find(({ id }) => id === key.holder) as Holder, key });
    }
    return signers;
  }

  /** Return those of *signers* whose signatures count for *notice*, or why they do not suffice. */
  private enough(notice: Notice, signers: Signer[], hash: string): Signer[] | Reason {
    const able = signers.filter(({ holder }) => mayOrder(holder, notice));
    if (able.length === 0) return "key";
    const revocation = this.revocations[domainOf(notice.status)];
    const valid = able.filter(({ key }) => !isRevoked(revocation, key.id, hash));
    if (valid.length === 0) return "revoked";
    const counting = valid.filter(({ holder }) => covers(holder, notice, this.lineage ?? nowhere, this.before(notice)));
    if (counting.length === 0) return "scope";
    if (this.suffice(counting, notice)) return counting;
    if (this.suffice(valid, notice)) return "scope";
    return this.suffice(able, notice) ? "revoked" : "people";
  }

  private suffice(signers: Signer[], notice: Notice): boolean {
    if (signers.some(({ holder }) => holder.kind === "service")) return true;
    const people = new Set(signers.map(({ holder }) => holder.id));
    const needed = peopleNeeded(this.rosters[domainOf(notice.status)] as Roster, notice, this.lineage ?? nowhere, this.before(notice));
    return people.size >= needed && (needed < 2 || signers.some(({ holder }) => holder.roles.includes("approver")));
  }

  private async isRight(signature: Signature, key: RosterKey, roster: Roster, envelope: Envelope): Promise<boolean> {
    const raw = fromB64(key.public) as Bytes;
    if (signature.type !== WEBAUTHN) return this.isEd25519Right(signature, raw, envelope);
    return isPasskeyRight(signature.fields, raw, envelope.document, roster.rp_id, roster.origins);
  }

  private async isEd25519Right(signature: Signature, publicKey: Bytes, envelope: Envelope): Promise<boolean> {
    const verify = await this.verify();
    return verify(publicKey, signature.fields[0] as Bytes, concat(utf8(TAGS[envelope.magic]), envelope.document));
  }
}

function nowhere(): string[] {
  return [];
}

/** Whether *notice* can follow *before*: an alarm keeps its hazard and beginning, and a dispute changes nothing else either. */
function canFollow(notice: Notice, before: Notice | undefined): boolean {
  const isDispute = notice.kind === "disputed";
  if (!before) return !isDispute;
  if (notice.hazard !== before.hazard || notice.since !== before.since) return false;
  const isSameArea = isSame(notice.regions, before.regions) && notice.level === before.level;
  return !isDispute || (isSameArea && notice.expires >= before.expires && notice.version === before.version + 1);
}

function mayOrder({ roles }: Holder, notice: Notice): boolean {
  const isTester = notice.status === "test" && roles.includes("link-test");
  return isTester || roles.some((role) => role === "author" || role === "approver" || role === "issue");
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
