/** What the page asks of the server apart from the stream (`spec/stream.md`, "Reading"). It judges nothing. */

import type { AuthorityAnswer } from "../shared/device.ts";
import type { Tree } from "../shared/regions.ts";

// On the slowest line that can carry the stream, the largest answer (the tree of regions) has come by then.
const ANSWER_MS_MAX = 20_000;

export interface RegionsMap {
  atlas: string;
  viewBox: [number, number, number, number];
  first: Record<string, string>;
  second: Record<string, string>;
}

export const askAuthority = () => ask<AuthorityAnswer>("/v1/authority", "no-store");
export const askRegions = (cache?: RequestCache) => ask<Tree>("/v1/regions", cache);
export const askMap = () => ask<RegionsMap>("/v1/regions/map");

export async function askAlarm(alarm: string): Promise<string[]> {
  const { history } = await ask<{ history: { envelope: string }[] }>(`/v1/alarms/${alarm}`, "no-store");
  return history.map((one) => one.envelope);
}

/** Return the cosigned checkpoints of the witness at *url*. */
export async function askWitness(url: string): Promise<unknown> {
  return (await ask<{ checkpoints: unknown }>(`${url.replace(/\/$/, "")}/v1/witness`, "no-store")).checkpoints;
}

async function ask<Answer>(path: string, cache: RequestCache = "default"): Promise<Answer> {
  const answer = await fetch(path, {
    headers: { Accept: "application/json" },
    cache,
    signal: AbortSignal.timeout(ANSWER_MS_MAX),
  });
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}`);
  return answer.json();
}
