/** What the console asks of the server (`spec/stream.md`, "Ordering" and "Sign-in"). It judges nothing. */

import type { AuthorityAnswer } from "../shared/device.ts";
import type { Tree } from "../shared/regions.ts";

const ANSWER_MS_MAX = 20_000;

/** What the server said no to: a stable code, and words for a person. */
export class Refused extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** Who sits here. */
export interface Me {
  holder: string;
  name: string;
  roles: string[];
  /** Passkeys that sign orders: the authenticator's id of each and the key id of the roster. */
  passkeys: { credential: string; key: string }[];
  rp_id: string;
  idle_s: number;
}

export interface DraftView {
  draft: string;
  notices: { notice: string; bytes: string; cap: string }[];
  lapses_in_s: number;
  preview: { ended_regions: string[]; warnings: string[] };
}

export interface SubmittedView extends DraftView {
  signed_by: { holder: string; name: string; at_ms: number }[];
  people: number;
  missing: number;
  /** Unix seconds. */
  lapses_at: number;
}

export interface IssuedView {
  position: string;
  id: string;
  alarm: string;
  version: number;
}

export interface AlarmView {
  authority: string;
  alarm: string;
  version: number;
  status: "actual" | "exercise" | "test";
  state: string;
  hazard: string;
  level: "yellow" | "red";
  since: number;
  expires: number;
  regions: string[];
}

export interface BoardView {
  time_ms: number;
  actual: AlarmView[];
  exercise: AlarmView[];
  test: AlarmView[];
}

export interface HandedSignature {
  notice: string;
  type: "ed25519" | "webauthn";
  key: string;
  signature: string;
  authenticator_data?: string;
  client_data_json?: string;
}

export type Signed = { issued: IssuedView[] } | { submitted: SubmittedView };

export const askAuthority = () => get<AuthorityAnswer>("/v1/authority");
export const askBoard = () => get<BoardView>("/v1/board");
export const askRegions = () => get<Tree>("/v1/regions");
export const askHistory = (alarm: string) =>
  get<{ history: { envelope: string; kind: string; version: number }[] }>(`/v1/alarms/${alarm}`);

export const askMe = () => get<Me>("/v1/console/me");
export const signOut = () => post<object>("/v1/console/sign-out", {});
export const signInOptions = () => post<PublicKeyCredentialRequestOptionsJSON>("/v1/console/sign-in/options", {});
export const finishSignIn = (credential: unknown) => post<Me>("/v1/console/sign-in/finish", { credential });
export const enrolOptions = (token: string) =>
  post<PublicKeyCredentialCreationOptionsJSON>("/v1/console/enrol/options", { token });
export const finishEnrolment = (token: string, credential: unknown) =>
  post<{ holder: string; name: string; key: string; fingerprint: string }>("/v1/console/enrol/finish", { token, credential });
export const beginDemo = (authorization: string) =>
  post<Me>("/v1/console/demo", {}, { Authorization: authorization });

export const askSubmitted = () => get<{ submitted: SubmittedView[] }>("/v1/operator/drafts");
export const askDraft = (id: string) => get<SubmittedView>(`/v1/operator/drafts/${id}`);
export const makeDraft = (order: object) => post<DraftView | { issued: IssuedView[] }>("/v1/operator/drafts", order);
export const handIn = (id: string, signatures: HandedSignature[]) =>
  post<Signed>(`/v1/operator/drafts/${id}/sign`, { signatures });
export const giveBack = (id: string, reason: string) => post<object>(`/v1/operator/drafts/${id}/return`, { reason });

function get<Answer>(path: string): Promise<Answer> {
  return ask(path, { method: "GET" });
}

function post<Answer>(path: string, body: object, headers: Record<string, string> = {}): Promise<Answer> {
  const json = { "Content-Type": "application/json", ...headers };
  return ask(path, { method: "POST", body: JSON.stringify(body), headers: json });
}

async function ask<Answer>(path: string, request: RequestInit): Promise<Answer> {
  let answer: Response;
  try {
    answer = await fetch(path, { ...request, cache: "no-store", signal: AbortSignal.timeout(ANSWER_MS_MAX) });
  } catch {
    throw new Refused("unreachable", "The server did not answer. Nothing was sent twice: try again.");
  }
  const body = answer.status === 204 ? {} : await answer.json().catch(() => ({}));
  if (answer.ok) return body as Answer;
  const { code = `http_${answer.status}`, message = `${path} answered ${answer.status}` } = body.error ?? {};
  throw new Refused(code, message);
}
