/** What the console asks of the server (`spec/stream.md`, "Sign-in" and "Ordering"). It judges nothing. */

import type { AuthorityAnswer } from "../shared/device.ts";
import type { Kind, Level, Status, Text } from "../shared/notice.ts";
import type { Tree } from "../shared/regions.ts";

// A synced write on a busy disk takes a second or two.
const ANSWER_MS_MAX = 20_000;

/** Who is signed in, with which passkeys, and until when (Unix seconds). */
export interface Me {
  authority: string;
  demo: boolean;
  holder: string;
  name: string;
  rp_id: string;
  /** Without a touch for so long the session ends. */
  idle_s: number;
  passkeys: { credential: string; key: string }[];
  ends_at: number;
}

/** What is wanted. What an update leaves out stays as it was. */
export interface Order {
  id: string;
  kind: Kind;
  status: Status;
  alarm?: string;
  hazard?: string;
  level?: Level;
  regions?: string[];
  expires_in_s?: number;
  text?: Record<string, Text>;
}

export interface DraftAnswer {
  draft: string;
  notices: { notice: string; bytes: string; cap: string }[];
  lapses_in_s: number;
  preview: { ended_regions: string[]; warnings: string[] };
}

export interface SubmittedAnswer extends DraftAnswer {
  signed_by: { holder: string; name: string; at_ms: number }[];
  people: number;
  missing: number;
  lapses_at: number;
  link: string;
}

export interface IssuedAnswer {
  issued: { position: string; id: string; alarm: string; version: number }[];
}

export interface AlarmAnswer {
  alarm: string;
  version: number;
  status: Status;
  state: "in_force" | "disputed" | "expired" | "ended_clear" | "ended_false";
  hazard: string;
  level: Level;
  since: number;
  expires: number;
  regions: string[];
}

export type BoardAnswer = { time_ms: number } & Record<Status, AlarmAnswer[]>;

export interface HandedSignature {
  notice: string;
  type: "ed25519" | "webauthn";
  key: string;
  signature: string;
  authenticator_data?: string;
  client_data_json?: string;
}

/** An answer that says no. The message names the thing, the rule and the way out. */
export class Refused extends Error {
  readonly status: number;
  readonly code: string;
  readonly candidates: Record<string, unknown>[];

  constructor(status: number, code: string, message: string, candidates: Record<string, unknown>[]) {
    super(message);
    this.status = status;
    this.code = code;
    this.candidates = candidates;
  }
}

export async function askMe(): Promise<Me | undefined> {
  try {
    return await get<Me>("/v1/console/me");
  } catch (why) {
    if (why instanceof Refused && why.status === 401) return undefined;
    throw why;
  }
}

export const enrolOptions = (token: string) => post<unknown>("/v1/console/enrol/options", { token });
export const enrolFinish = (token: string, credential: unknown) =>
  post<{ name: string; key: string }>("/v1/console/enrol/finish", { token, credential });
export const signInOptions = () => post<unknown>("/v1/console/sign-in/options", {});
export const signInFinish = (credential: unknown) => post<Me>("/v1/console/sign-in/finish", { credential });
export const signOut = () => post<unknown>("/v1/console/sign-out", {});
export const DEMO_PATH = "/v1/console/demo";
export const demoSignIn = (body: string, authorization: string) => send<Me>(DEMO_PATH, body, { Authorization: authorization });

export const makeDraft = (order: Order) => post<DraftAnswer | IssuedAnswer>("/v1/operator/drafts", order);
export const askDrafts = async () => (await get<{ submitted: SubmittedAnswer[] }>("/v1/operator/drafts")).submitted;
export const askDraft = (id: string) => get<SubmittedAnswer>(`/v1/operator/drafts/${id}`);
export const handIn = (id: string, signatures: HandedSignature[]) =>
  post<IssuedAnswer | { submitted: SubmittedAnswer }>(`/v1/operator/drafts/${id}/sign`, { signatures });
export const giveBack = (id: string, reason: string) => post<unknown>(`/v1/operator/drafts/${id}/return`, { reason });

export const askBoard = () => get<BoardAnswer>("/v1/board");
export const askAuthority = () => get<AuthorityAnswer>("/v1/authority");
export const askRegions = () => get<Tree>("/v1/regions");

/** Whether the notice of that id is in the journal. */
export async function askIssued(id: string): Promise<boolean> {
  try {
    await get<unknown>(`/v1/alerts/${id}`);
    return true;
  } catch (why) {
    if (why instanceof Refused && why.status === 404) return false;
    throw why;
  }
}

/** Return the newest envelope of an alarm, or nothing if it has none yet. */
export async function askNewest(alarm: string): Promise<string | undefined> {
  try {
    const { history } = await get<{ history: { envelope: string }[] }>(`/v1/alarms/${alarm}`);
    return history[history.length - 1]?.envelope;
  } catch (why) {
    if (why instanceof Refused && why.status === 404) return undefined;
    throw why;
  }
}

function get<Answer>(path: string): Promise<Answer> {
  return answered(path, { headers: { Accept: "application/json" } });
}

function post<Answer>(path: string, body: unknown): Promise<Answer> {
  return send(path, JSON.stringify(body), {});
}

function send<Answer>(path: string, body: string, headers: Record<string, string>): Promise<Answer> {
  return answered(path, { method: "POST", body, headers: { "Content-Type": "application/json", ...headers } });
}

async function answered<Answer>(path: string, init: RequestInit): Promise<Answer> {
  const answer = await fetch(path, { ...init, signal: AbortSignal.timeout(ANSWER_MS_MAX) });
  if (answer.ok) return answer.json();
  const { error } = (await answer.json().catch(() => ({}))) as { error?: { code: string; message: string; candidates?: [] } };
  throw new Refused(answer.status, error?.code ?? "http", error?.message ?? `the server answered ${answer.status}`, error?.candidates ?? []);
}
