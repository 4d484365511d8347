/**
 * Whom to believe: a notice, a roster or a heartbeat against the pinned roots (`spec/notice.md`, "Who is believed").
 *
 * It refuses to know where bytes came from and what happens next: a believed notice is data, a refused one a named reason.
 */

import { type Bytes, concat, fromB64, utf8 } from "./bytes.ts";
import { type Verify, verifier } from "./ed25519.ts";
import { ED25519, type Envelope, type Signature, TAGS, unpack } from "./envelope.ts";
import { type Heartbeat, parseHeartbeat } from "./heartbeat.ts";
import { type Notice, type Status, parseNotice } from "./notice.ts";
import { type Domain, type Role, type Roster, domainOf, keyId, parseRoster } from "./roster.ts";

export type Reason =
  | "framing"
  | "document"
  | "authority"
  | "roster"
  | "key"
  | "signature"
  | "status"
  | "old"
  | "late"
  | "nonce";

export type Judged<Believed> = { believed: Believed } | { refused: Reason };

/** What a device holds from its first contact or from a printed card: a name and two root keys (base64url). */
export interface Pin {
  authority: string;
  roots: Record<Domain, string>;
}

export class Trust {
  readonly pin: Pin;
  readonly rosters: Partial<Record<Domain, Roster>> = {};
  private readonly verify: () => Promise<Verify>;

  constructor(pin: Pin, verify: () => Promise<Verify> = verifier) {
    this.pin = pin;
    this.verify = verify;
  }

  /** Take a roster in. Its version never falls. */
  async learn(data: Bytes): Promise<Judged<Roster>> {
    const envelope = unpack(data, "TCR1");
    if (!envelope) return { refused: "framing" };
    const roster = await parseRoster(envelope.document);
    if (!roster) return { refused: "document" };
    if (roster.authority !== this.pin.authority) return { refused: "authority" };
    const root = fromB64(this.pin.roots[roster.domain]);
    if (!root) return { refused: "key" };
    const rootId = await keyId(root);
    const ours = envelope.signatures.filter((one) => one.type === ED25519 && one.key === rootId);
    if (ours.length === 0) return { refused: "key" };
    for (const one of ours) if (!(await this.isRight(one, root, envelope))) return { refused: "signature" };
    const known = this.rosters[roster.domain];
    if (known && roster.version < known.version) return { refused: "old" };
    if (known && roster.version === known.version && JSON.stringify(roster) !== JSON.stringify(known)) {
      return { refused: "roster" };
    }
    this.rosters[roster.domain] = roster;
    return { believed: roster };
  }

  async judgeNotice(data: Bytes): Promise<Judged<Notice>> {
    const envelope = unpack(data, "TCN1");
    if (!envelope) return { refused: "framing" };
    const notice = await parseNotice(envelope.document);
    if (!notice) return { refused: "document" };
    const refused = await this.refusal(notice.authority, domainOf(notice.status), "issue", notice.sent, envelope);
    return refused ? { refused } : { believed: notice };
  }

  /** Like `judgeNotice`, for an event that carries notices of *status* only. */
  async judgeEvent(data: Bytes, status: Status): Promise<Judged<Notice>> {
    const judged = await this.judgeNotice(data);
    return "believed" in judged && judged.believed.status !== status ? { refused: "status" } : judged;
  }

  /** Judge a heartbeat; *newestMs* is the time of the newest one believed, *nonce* what this connection asked for. */
  async judgeHeartbeat(data: Bytes, newestMs: number, nonce?: string): Promise<Judged<Heartbeat>> {
    const envelope = unpack(data, "TCH1");
    if (!envelope) return { refused: "framing" };
    const heartbeat = parseHeartbeat(envelope.document);
    if (!heartbeat) return { refused: "document" };
    const at = Math.floor(heartbeat.time_ms / 1000);
    const refused = await this.refusal(heartbeat.authority, "actual", "heartbeat", at, envelope);
    if (refused) return { refused };
    if (heartbeat.time_ms < newestMs) return { refused: "old" };
    if (nonce !== undefined && heartbeat.nonce !== nonce) return { refused: "nonce" };
    return { believed: heartbeat };
  }

  private async refusal(
    authority: string,
    domain: Domain,
    role: Role,
    at: number,
    envelope: Envelope,
  ): Promise<Reason | undefined> {
    if (authority !== this.pin.authority) return "authority";
    const roster = this.rosters[domain];
    if (!roster || at < roster.issued || at >= roster.expires) return "roster";
    let signers = 0;
    for (const signature of envelope.signatures) {
      const key = roster.keys.find((one) => one.id === signature.key && one.roles.includes(role));
      if (!key || signature.type !== ED25519) continue;
      if (!(await this.isRight(signature, fromB64(key.public) as Bytes, envelope))) return "signature";
      signers += 1;
    }
    return signers > 0 ? undefined : "key";
  }

  private async isRight(signature: Signature, publicKey: Bytes, envelope: Envelope): Promise<boolean> {
    const verify = await this.verify();
    return verify(publicKey, signature.fields[0] as Bytes, concat(utf8(TAGS[envelope.magic]), envelope.document));
  }
}
