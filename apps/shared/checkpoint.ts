/**
 * A checkpoint of the journal as a signed note, and who cosigned it (`spec/witness.md`; C2SP signed-note, cosignature/v1).
 *
 * It says whether a note is to be believed. What follows for a device from what it says is `witnesses.ts`.
 */

import { AUTHORITY } from "./canonical.ts";
import { type Bytes, b64, concat, fromB64, hex, sha256, utf8 } from "./bytes.ts";
import type { Verify } from "./ed25519.ts";
import type { Witness } from "./roster.ts";
import type { Judged, Trust } from "./trust.ts";

const NOTE_SIZE_BYTES_MAX = 8_192;
const SIGNATURES_MAX = 16;
const KEY_HASH_SIZE_BYTES = 4;
const TIMESTAMP_SIZE_BYTES = 8;
const NOTE = 1;
const COSIGNATURE = 4;

const NUMBER = "(0|[1-9][0-9]{0,15})";
const HASH = "([A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=)";
const NAME = AUTHORITY.source.slice(1, -1);
const TEXT = new RegExp(`^(${NAME})/tocsin/([0-9a-f]{16})\\n${NUMBER}\\n${HASH}\\naudit ${NUMBER} ${HASH}\\nboard ${HASH}\\ntime ${NUMBER}\\n$`);
const LINE = /^— ([^\s+]+) ([A-Za-z0-9+/]+={0,2})$/;

export interface Checkpoint {
  position: string;
  /** base64url, like `board`. */
  chain: string;
  board: string;
  timeMs: number;
}

interface Line {
  name: string;
  keyHash: string;
  signature: Bytes;
}

export class SignedNote {
  private readonly text: string;
  private readonly lines: Line[];

  private constructor(text: string, lines: Line[]) {
    this.text = text;
    this.lines = lines;
  }

  /** Read a note to its last line; nothing if the framing is broken. */
  static read(data: string): SignedNote | undefined {
    const at = data.lastIndexOf("\n\n");
    const under = data.slice(at + 2).split("\n");
    const isForm = at >= 0 && under.pop() === "" && under.length >= 1 && under.length <= SIGNATURES_MAX;
    if (!isForm || utf8(data).length > NOTE_SIZE_BYTES_MAX || /[\0-\x09\x0b-\x1f\x7f-\x9f]|\p{Surrogate}/u.test(data)) return undefined;
    const lines = under.map(readLine);
    return lines.includes(undefined) ? undefined : new SignedNote(data.slice(0, at + 1), lines as Line[]);
  }

  /** Judge what the note says by the rules of a heartbeat. */
  async judge(trust: Trust, verify: Verify): Promise<Judged<Checkpoint>> {
    const [, authority, epoch, sequence, chain, entries, , board, time] = TEXT.exec(this.text) ?? [];
    const numbers = [sequence, entries, time].map(Number);
    if (authority === undefined || !numbers.every(Number.isSafeInteger)) return { refused: "document" };
    if (authority !== trust.pin.authority) return { refused: "authority" };
    const timeMs = Number(time);
    const servers = trust.serversAt(Math.floor(timeMs / 1_000));
    if (!Array.isArray(servers)) return { refused: servers };
    const signed = [];
    for (const server of servers) if (await this.isSignedBy(`${authority}/tocsin/${epoch}`, server.raw, verify)) signed.push(server);
    if (signed.length === 0) return { refused: "key" };
    if (signed.every(({ isRevoked }) => isRevoked)) return { refused: "revoked" };
    const spelled = (hash = "") => hash.replace("=", "").replaceAll("+", "-").replaceAll("/", "_");
    return { believed: { position: `${epoch}-${sequence}`, chain: spelled(chain), board: spelled(board), timeMs } };
  }

  /** Return when *witness* last cosigned the note (Unix seconds); nothing if it did not, or one of its lines is wrong. */
  async cosignedAt({ name, public: text }: Witness, verify: Verify): Promise<number | undefined> {
    const publicKey = fromB64(text) as Bytes;
    let newest: number | undefined;
    for (const { signature } of await this.linesOf(name, publicKey, COSIGNATURE)) {
      if (signature.length < TIMESTAMP_SIZE_BYTES) return undefined;
      const at = Number(new DataView(signature.buffer, signature.byteOffset).getBigUint64(0));
      const said = utf8(`cosignature/v1\ntime ${at}\n${this.text}`);
      if (!Number.isSafeInteger(at) || !(await verify(publicKey, signature.slice(TIMESTAMP_SIZE_BYTES), said))) return undefined;
      newest = Math.max(newest ?? 0, at);
    }
    return newest;
  }

  private async isSignedBy(name: string, publicKey: Bytes, verify: Verify): Promise<boolean> {
    const ours = await this.linesOf(name, publicKey, NOTE);
    for (const { signature } of ours) if (!(await verify(publicKey, signature, utf8(this.text)))) return false;
    return ours.length > 0;
  }

  private async linesOf(name: string, publicKey: Bytes, type: number): Promise<Line[]> {
    const hash = await sha256(concat(utf8(`${name}\n`), Uint8Array.of(type), publicKey));
    const wanted = hex(hash.slice(0, KEY_HASH_SIZE_BYTES));
    return this.lines.filter((line) => line.name === name && line.keyHash === wanted);
  }
}

function readLine(line: string): Line | undefined {
  const [, name, text] = LINE.exec(line) ?? [];
  if (name === undefined || text === undefined) return undefined;
  const data = fromB64(text.replace(/=+$/, "").replaceAll("+", "-").replaceAll("/", "_"));
  if (!data || data.length <= KEY_HASH_SIZE_BYTES || padded(data) !== text) return undefined;
  return { name, keyHash: hex(data.slice(0, KEY_HASH_SIZE_BYTES)), signature: data.slice(KEY_HASH_SIZE_BYTES) };
}

/** Base64 of RFC 4648, section 4, with padding: its one spelling. */
function padded(data: Bytes): string {
  const text = b64(data).replaceAll("-", "+").replaceAll("_", "/");
  return text + "=".repeat((4 - (text.length % 4)) % 4);
}
