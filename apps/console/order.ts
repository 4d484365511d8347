/** The words and forms of an order, and what a frozen notice says: read from its bytes, never from the server's preview. */

import { fromB64 } from "../shared/bytes.ts";
import { type Kind, type Level, type Notice, type Status, parseNotice } from "../shared/notice.ts";
import type { DraftView } from "./api.ts";

export const HAZARDS: Record<string, string> = {
  air_raid: "Air raid",
  artillery_shelling: "Artillery shelling",
  urban_fights: "Urban fighting",
  chemical: "Chemical danger",
  nuclear: "Radiation danger",
  flood: "Flood",
  storm: "Storm",
  wildfire: "Wildfire",
  earthquake: "Earthquake",
  tsunami: "Tsunami",
  dam_failure: "Dam failure",
  other_danger: "Other danger",
};

export const KINDS: Record<Kind, string> = {
  alert: "Alert",
  update: "Update",
  disputed: "Disputed: being checked",
  all_clear: "All clear",
  false_alarm: "False alarm",
};

export interface Order {
  id: string;
  kind: Kind;
  status: Status;
  alarm?: string;
  hazard?: string;
  level?: Level;
  regions?: string[];
  expires_in_s?: number;
  text?: Record<string, { headline: string; instruction: string }>;
}

const ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";

/** Return a fresh id: 128 random bits in base32, the last two bits of the last character zero. */
export function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  let bits = "";
  for (const byte of bytes) bits += byte.toString(2).padStart(8, "0");
  return (bits.padEnd(130, "0").match(/.{5}/g) ?? []).map((five) => ALPHABET[Number.parseInt(five, 2)]).join("");
}

/** Return the notices that a draft asks to be signed. Fails if one cannot be read: such bytes are not signed. */
export async function noticesOf(draft: DraftView): Promise<Notice[]> {
  return Promise.all(
    draft.notices.map(async ({ notice: id, bytes }) => {
      const notice = await parseNotice(fromB64(bytes) ?? new Uint8Array());
      if (!notice || notice.id !== id) throw new Error("The server froze something that is no notice. Nothing is signed.");
      return notice;
    }),
  );
}

/** Return in words what of *notices* is not as ordered; an empty list: sign. */
export function disagreements(notices: Notice[], order: Order, authority: string): string[] {
  const found: string[] = [];
  for (const notice of notices) {
    if (notice.authority !== authority) found.push(`the authority is ${notice.authority}`);
    if (notice.kind !== order.kind) found.push(`the kind is ${notice.kind}`);
    if (notice.status !== order.status) found.push(`the status is ${notice.status}`);
    if (order.alarm && notice.alarm !== order.alarm) found.push(`the alarm is ${notice.alarm}`);
    if (order.hazard && notice.hazard !== order.hazard) found.push(`the hazard is ${notice.hazard}`);
    if (order.level && notice.level !== order.level) found.push(`the level is ${notice.level}`);
    for (const [language, { headline }] of Object.entries(order.text ?? {})) {
      if (!notice.text[language]?.headline.includes(headline)) found.push(`the ${language} headline is another one`);
    }
  }
  return found;
}

export function duration(seconds: number): string {
  const minutes = Math.round(seconds / 60);
  return minutes < 120 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60 ? `${minutes % 60} min` : ""}`.trim();
}

export function clock(seconds: number): string {
  return new Date(seconds * 1_000).toLocaleString("en-GB", { hour: "2-digit", minute: "2-digit", day: "numeric", month: "short" });
}
