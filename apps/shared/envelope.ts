/**
 * The envelope: a document and its signatures in a small binary framing (`spec/notice.md`, "The envelope").
 *
 * It knows neither what the document says nor whom to believe: that is `trust.ts`.
 */

import { type Bytes, fromUtf8, hex } from "./bytes.ts";

const ENVELOPE_SIZE_BYTES_MAX = 3_900; // one Web Push message holds 3,993
// Rosters and revocation lists never travel by push.
const TRUST_SIZE_BYTES_MAX = 60_000;
const SIGNATURES_MAX = 8;
const FIELDS_MAX = 8;
const KEY_ID_SIZE_BYTES = 8;

export const ED25519 = 1;
export const WEBAUTHN = 2;
const FIELDS_OF: Record<number, number> = { [ED25519]: 1, [WEBAUTHN]: 3 };

export type Magic = "TCN1" | "TCH1" | "TCR1" | "TCV1";

/** What an Ed25519 key signs before the document, so that no signature can be taken for one of another kind. */
export const TAGS: Record<Magic, string> = {
  TCN1: "tocsin-notice-v1\0",
  TCH1: "tocsin-heartbeat-v1\0",
  TCR1: "tocsin-roster-v1\0",
  TCV1: "tocsin-revocation-v1\0",
};

export interface Signature {
  type: number;
  /** 16 hex digits. */
  key: string;
  fields: Bytes[];
}

export interface Envelope {
  magic: Magic;
  document: Bytes;
  signatures: Signature[];
}

/** Read an envelope to its last byte; nothing if the framing is broken. */
export function unpack(data: Bytes, magic: Magic): Envelope | undefined {
  const most = magic === "TCR1" || magic === "TCV1" ? TRUST_SIZE_BYTES_MAX : ENVELOPE_SIZE_BYTES_MAX;
  if (data.length > most) return undefined;
  try {
    const reader = new Reader(data);
    if (fromUtf8(reader.take(4)) !== magic) return undefined;
    const document = reader.sized();
    const count = reader.number();
    if (count < 1 || count > SIGNATURES_MAX) return undefined;
    const signatures = Array.from({ length: count }, () => readSignature(reader));
    return reader.rest === 0 ? { magic, document, signatures } : undefined;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function readSignature(reader: Reader): Signature {
  const type = reader.number();
  const key = hex(reader.take(KEY_ID_SIZE_BYTES));
  const count = reader.number();
  if (count > FIELDS_MAX || count !== (FIELDS_OF[type] ?? count)) throw new RangeError("wrong number of fields");
  return { type, key, fields: Array.from({ length: count }, () => reader.sized()) };
}

class Reader {
  private at = 0;
  private readonly data: Bytes;

  constructor(data: Bytes) {
    this.data = data;
  }

  get rest(): number {
    return this.data.length - this.at;
  }

  take(size: number): Bytes {
    if (size > this.rest) throw new RangeError("the envelope ends early");
    this.at += size;
    return this.data.slice(this.at - size, this.at);
  }

  number(): number {
    return this.take(1)[0] as number;
  }

  sized(): Bytes {
    return this.take(this.number() * 256 + this.number());
  }
}
