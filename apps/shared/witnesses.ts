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
 * `agree`: it saw what this device saw. `split`: the server shows it another history. `withheld`: it saw more, long enough ago.
 * `nobody`: it did not see the server lately, or nothing of it is believed; that is no doubt of the server.
 */
export type Verdict = "agree" | "split" | "withheld" | "nobody";

const NOTES_MAX = 64;
// A witness cosigns anew every few seconds; what came to it is here within this.
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

export interface Seen {
  heads: Heads;
  /** The position that the device has reached. */
  position: string;
  /** Signed time, Unix seconds. */
  nowS: number;
}

export async function compare(notes: unknown, witness: Witness, trust: Trust, verify: Verify, seen: Seen): Promise<Verdict> {
  let verdict: Verdict = "nobody";
  for (const data of Array.isArray(notes) ? notes.slice(0, NOTES_MAX) : []) {
    const note = typeof data === "string" ? SignedNote.read(data) : undefined;
    const judged = await note?.judge(trust, verify);
    const cosignedS = await note?.cosignedAt(witness, verify);
    if (!judged || !("believed" in judged) || cosignedS === undefined) continue;
    if (seen.heads.contradicts(judged.believed)) return "split";
    const [epoch, sequence] = judged.believed.position.split("-");
    const [ourEpoch, ourSequence] = seen.position.split("-");
    if (epoch !== ourEpoch) continue;
    const isAhead = Number(sequence) > Number(ourSequence);
    if (isAhead && seen.nowS - cosignedS >= WITHHELD_AFTER_S) verdict = "withheld";
    else if (verdict === "nobody" && seen.nowS - cosignedS < WATCHED_WITHIN_S) verdict = "agree";
  }
  return verdict;
}
