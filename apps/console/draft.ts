/**
 * A draft as its bytes tell it: what is about to be signed, how it differs from what was ordered, what it changes.
 *
 * A preview that the server made is never looked at: a server that is not honest could show one thing and have another
 * signed. Who signs with what is `signing.ts`.
 */

import { type Bytes, b64, fromB64, sha256, utf8 } from "../shared/bytes.ts";
import { unpack } from "../shared/envelope.ts";
import { type Notice, isEnding, parseNotice } from "../shared/notice.ts";
import type { Atlas } from "../shared/regions.ts";
import type { DraftAnswer, Order } from "./office.ts";

// Between the order and its draft a moment passes, and the server's clock may be another.
const EXPIRY_OFF_S_MAX = 120;

export interface Part {
  bytes: Bytes;
  notice: Notice;
}

/** One thing that people see, made of one or several notices. The first notice speaks for all but their regions. */
export interface Draft {
  id: string;
  parts: Part[];
  notice: Notice;
  regions: string[];
}

/** The bytes cannot be shown, so nobody must sign them. */
export class Unreadable extends Error {}

export async function readDraft(answer: DraftAnswer): Promise<Draft> {
  const parts: Part[] = [];
  for (const { notice: id, bytes: text, cap } of answer.notices) {
    const bytes = fromB64(text);
    const notice = bytes && (await parseNotice(bytes));
    if (!bytes || !notice || notice.id !== id) throw new Unreadable("The bytes of this draft are no notice.");
    if (b64(await sha256(utf8(cap))) !== notice.cap) throw new Unreadable("The CAP document is not the one that the notice names.");
    parts.push({ bytes, notice });
  }
  const first = parts[0]?.notice;
  if (!first) throw new Unreadable("This draft is empty.");
  if (parts.some(({ notice }) => said(notice) !== said(first))) throw new Unreadable("The parts of this draft say different things.");
  const regions = [...new Set(parts.flatMap(({ notice }) => notice.regions))].sort();
  return { id: answer.draft, parts, notice: first, regions };
}

/** What all parts must have in common. */
function said(notice: Notice): string {
  const { kind, status, authority, hazard, level, sent, effective, expires, text } = notice;
  return JSON.stringify([kind, status, authority, hazard, level, sent, effective, expires, text]);
}

/** Return how the draft differs from what was ordered, a line each; none if it is what was ordered. */
export function differences(draft: Draft, order: Order, authority: string, atlas: Atlas): string[] {
  const { notice } = draft;
  const found: string[] = [];
  const compare = (what: string, wanted: unknown, is: unknown) => {
    if (wanted !== undefined && wanted !== is) found.push(`${what}: ordered ${String(wanted)}, the draft says ${String(is)}`);
  };
  compare("authority", authority, notice.authority);
  compare("status", order.status, notice.status);
  compare("kind", order.kind, notice.kind);
  compare("alarm", order.alarm, notice.alarm);
  compare("hazard", order.hazard, notice.hazard);
  if (!isEnding(notice)) compare("level", order.level, notice.level);
  if (order.expires_in_s !== undefined && Math.abs(notice.expires - notice.sent - order.expires_in_s) > EXPIRY_OFF_S_MAX)
    found.push(`duration: ordered ${order.expires_in_s} s, the draft says ${notice.expires - notice.sent} s`);
  for (const [language, text] of Object.entries(order.text ?? {})) {
    const is = notice.text[language];
    // The office puts DEMO or EXERCISE first.
    if (!is?.headline.endsWith(text.headline) || is.instruction !== text.instruction) found.push(`text (${language}) is another one`);
  }
  if (order.regions) found.push(...regionDifferences(draft.regions, order.regions, atlas));
  return found;
}

function regionDifferences(regions: string[], ordered: string[], atlas: Atlas): string[] {
  const wanted = new Set(ordered);
  const isWanted = (code: string): boolean =>
    atlas.lineage(code).some((one) => wanted.has(one)) || (atlas.children(code).length > 0 && atlas.children(code).every((child) => isWanted(child.code)));
  const added = regions.filter((code) => !isWanted(code));
  const missing = ordered.filter((code) => !atlas.lineage(code).some((one) => regions.includes(one)));
  return [...added.map((code) => `${code} was not ordered`), ...missing.map((code) => `${code} is missing`)];
}

/** Return what the draft changes of the alarm whose newest envelope is *newest*, a line each. */
export async function changes(draft: Draft, newest: string | undefined, name: (code: string) => string): Promise<string[]> {
  const data = newest === undefined ? undefined : fromB64(newest);
  const document = data && unpack(data, "TCN1")?.document;
  const before = document && (await parseNotice(document));
  if (!before || before.alarm !== draft.notice.alarm) return [];
  const { notice, regions } = draft;
  const found: string[] = [];
  if (notice.version !== before.version + 1) found.push("The alarm has moved on since this draft was made.");
  if (isEnding(notice)) return [...found, `Ends the alarm in ${before.regions.map(name).join(", ")}`];
  if (notice.kind === "disputed") found.push("Says that the alarm is being checked; it goes on meanwhile");
  if (notice.level !== before.level) found.push(`Level: ${before.level} → ${notice.level}`);
  const joined = regions.filter((code) => !before.regions.includes(code));
  const left = before.regions.filter((code) => !regions.includes(code));
  if (joined.length > 0) found.push(`New: ${joined.map(name).join(", ")}`);
  if (left.length > 0) found.push(`Ends in: ${left.map(name).join(", ")}`);
  if (notice.expires !== before.expires) found.push(notice.expires > before.expires ? "Lasts longer" : "Ends sooner");
  if (JSON.stringify(notice.text) !== JSON.stringify(before.text)) found.push("The words are others");
  return found;
}

const DIGITS = "abcdefghijklmnopqrstuvwxyz234567";

/** Return a new id: 128 random bits in base32. */
export function newId(): string {
  let number = crypto.getRandomValues(new Uint8Array(16)).reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n) << 2n;
  let text = "";
  for (let at = 0; at < 26; at += 1) {
    text = DIGITS[Number(number & 31n)] + text;
    number >>= 5n;
  }
  return text;
}
