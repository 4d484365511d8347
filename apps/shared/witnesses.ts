/**
 * What a device concludes from the checkpoints that a witness cosigned (`spec/witness.md`, "What a device does with it").
 *
 * It asks nobody: notes come in, a verdict goes out.
 */

import { type Checkpoint, SignedNote } from "./checkpoint.ts";
import type { Verify } from "./ed25519.ts";
import type { Witness } from "./roster.ts";
import type { Trust } from "./trust.ts";

/**
 * `agree`: it saw what this device saw. `ahead`: it saw more, a moment ago. `split`: the server shows it another history.
 * `withheld`: it has been ahead for so long that something is kept from this device. `nobody`: it did not see the server lately,
 * or nothing of it is believed; that is no doubt of the server.
 */
export type Verdict = "agree" | "ahead" | "split" | "withheld" | "nobody";

const NOTES_MAX = 64;
// What came to a witness is here within this.
const WITHHELD_AFTER_S = 15;
const WATCHED_WITHIN_S = 60;
const HEADS_MAX = 64;

/** The heads of the journal that this device believed heartbeats about, by position. */
export class Heads {
  private readonly known = new Map<string, { chain: string; board: string }>();

  keep(position: string, chain: string, board: string): void {
    this.known.delete(position);
    this.known.set(position, { chain, board });
    for (const oldest of this.known.keys()) {
      if (this.known.size <= HEADS_MAX) break;
      this.known.delete(oldest);
    }
  }

  contradicts({ position, chain, board }: Checkpoint): boolean {
    const head = this.known.get(position);
    return head !== undefined && (head.chain !== chain || head.board !== board);
  }
}

/** A position that a witness has and the device had not, and when the device saw that, by its clock that only rises (s). */
export interface Ahead {
  position: string;
  sinceS: number;
}

export interface Seen {
  heads: Heads;
  /** The position that the device has reached. */
  position: string;
  /** Signed time, Unix seconds. */
  nowS: number;
  monotonicS: number;
  /** Where this witness was ahead when it was asked the last time. */
  ahead: Ahead | undefined;
}

export interface Said {
  verdict: Verdict;
  /** To be handed in the next time. */
  ahead: Ahead | undefined;
}

/**
 * Hold *notes* against what was *seen*. A witness signs its newest checkpoint anew every few seconds, so its own time does not
 * tell how long something has been withheld: the device counts from when it first saw the witness ahead.
 */
export async function compare(notes: unknown, witness: Witness, trust: Trust, verify: Verify, seen: Seen): Promise<Said> {
  let isWatching = false;
  let ahead = seen.ahead && isBeyond(seen.ahead.position, seen.position) ? seen.ahead : undefined;
  for (const data of Array.isArray(notes) ? notes.slice(0, NOTES_MAX) : []) {
    const note = typeof data === "string" ? SignedNote.read(data) : undefined;
    const judged = await note?.judge(trust, verify);
    const cosignedS = await note?.cosignedAt(witness, verify);
    if (!judged || !("believed" in judged) || cosignedS === undefined) continue;
    if (seen.heads.contradicts(judged.believed)) return { verdict: "split", ahead: undefined };
    if (seen.nowS - cosignedS >= WATCHED_WITHIN_S) continue;
    isWatching = true;
    const { position } = judged.believed;
    if (isBeyond(position, seen.position)) ahead ??= { position, sinceS: seen.monotonicS };
  }
  if (!isWatching) return { verdict: "nobody", ahead };
  if (!ahead) return { verdict: "agree", ahead };
  return { verdict: seen.monotonicS - ahead.sinceS >= WITHHELD_AFTER_S ? "withheld" : "ahead", ahead };
}

/** Another epoch, signed lately, is beyond ours: a restored server's, which this device follows in a moment, or a private one. */
function isBeyond(position: string, ours: string): boolean {
  const [epoch, sequence] = position.split("-");
  const [ourEpoch, ourSequence] = ours.split("-");
  return epoch !== ourEpoch || Number(sequence) > Number(ourSequence);
}
