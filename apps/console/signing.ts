/**
 * The touch of a passkey: enrolling it, signing in with it, and signing a draft's bytes; in a demo a software key instead.
 *
 * The challenge of a signature is the hash of the bytes that were shown, taken here. What came back is checked against the
 * roster before it is handed in.
 */

import { type Bytes, b64, concat, fromB64, hex, sha256, utf8 } from "../shared/bytes.ts";
import { TAGS } from "../shared/envelope.ts";
import { isPasskeyRight } from "../shared/passkeys.ts";
import { type Roster, domainOf, keyId } from "../shared/roster.ts";
import type { Draft } from "./draft.ts";
import { DEMO_PATH, type HandedSignature, type Me, demoSignIn, enrolFinish, enrolOptions, signInFinish, signInOptions } from "./office.ts";

const REQUEST_TAG = "tocsin-request-v1\0";
const TOUCH_MS_MAX = 120_000;

/** The touch did not happen or is worth nothing; the message is for people. */
export class NotSigned extends Error {}

interface Described {
  id: string;
  type: "public-key";
  transports?: AuthenticatorTransport[];
}

interface CreationOptions extends Omit<PublicKeyCredentialCreationOptions, "challenge" | "user" | "excludeCredentials"> {
  challenge: string;
  user: { id: string; name: string; displayName: string };
  excludeCredentials?: Described[];
}

interface RequestOptions extends Omit<PublicKeyCredentialRequestOptions, "challenge" | "allowCredentials"> {
  challenge: string;
  allowCredentials?: Described[];
}

/** Make a passkey for the person whom the one-time *token* invites. */
export async function enrol(token: string): Promise<{ name: string; key: string }> {
  const { challenge, user, excludeCredentials = [], ...options } = (await enrolOptions(token)) as CreationOptions;
  const made = await touched(() =>
    navigator.credentials.create({
      publicKey: {
        ...options,
        challenge: bytesOf(challenge),
        user: { ...user, id: bytesOf(user.id) },
        excludeCredentials: excludeCredentials.map(described),
      },
    }),
  );
  const response = made.response as AuthenticatorAttestationResponse;
  return enrolFinish(token, {
    ...plain(made),
    response: { clientDataJSON: text(response.clientDataJSON), attestationObject: text(response.attestationObject) },
  });
}

export async function signIn(): Promise<Me> {
  const { challenge, allowCredentials = [], ...options } = (await signInOptions()) as RequestOptions;
  const made = await touched(() =>
    navigator.credentials.get({
      publicKey: { ...options, challenge: bytesOf(challenge), allowCredentials: allowCredentials.map(described) },
    }),
  );
  const response = made.response as AuthenticatorAssertionResponse;
  return signInFinish({
    ...plain(made),
    response: {
      clientDataJSON: text(response.clientDataJSON),
      authenticatorData: text(response.authenticatorData),
      signature: text(response.signature),
      userHandle: response.userHandle ? text(response.userHandle) : null,
    },
  });
}

/** Sign each part of *draft*: with a demo's key if one stands here for *me*, else by one touch for each. */
export async function sign(draft: Draft, me: Me, roster: Roster, demoKeys: DemoKey[]): Promise<HandedSignature[]> {
  if (roster.domain !== domainOf(draft.notice.status)) throw new NotSigned("This is the roster of another domain.");
  if (draft.notice.authority !== me.authority) throw new NotSigned(`This draft is of ${draft.notice.authority}, and you are of ${me.authority}.`);
  const demo = demoKeys.find(({ id }) => roster.keys.some((key) => key.id === id && key.holder === me.holder));
  if (me.demo && demo) return demo.signDraft(draft);
  const listed = me.passkeys.filter(({ key }) => roster.keys.some(({ id }) => id === key));
  if (listed.length === 0) throw new NotSigned(`The roster for ${roster.domain} lists no key of yours.`);
  const signatures: HandedSignature[] = [];
  for (const { bytes, notice } of draft.parts) signatures.push({ notice: notice.id, ...(await touch(bytes, listed, roster)) });
  return signatures;
}

async function touch(document: Bytes, listed: Me["passkeys"], roster: Roster): Promise<Omit<HandedSignature, "notice">> {
  const challenge = await sha256(document);
  const made = await touched(() =>
    navigator.credentials.get({
      publicKey: {
        challenge,
        rpId: roster.rp_id,
        allowCredentials: listed.map(({ credential }) => described({ id: credential, type: "public-key" })),
        userVerification: "required",
        timeout: TOUCH_MS_MAX,
      },
    }),
  );
  const key = listed.find(({ credential }) => credential === text(made.rawId))?.key;
  const stands = roster.keys.find(({ id }) => id === key);
  const response = made.response as AuthenticatorAssertionResponse;
  const fields = [response.authenticatorData, response.clientDataJSON, response.signature].map((one) => new Uint8Array(one));
  if (!key || !stands || !(await isPasskeyRight(fields, bytesOf(stands.public), document, roster.rp_id, roster.origins)))
    throw new NotSigned("This passkey signed something else, or without checking that it is you. Nothing was handed in.");
  const [authenticator_data, client_data_json, signature] = fields.map((one) => b64(one)) as [string, string, string];
  return { type: "webauthn", key, signature, authenticator_data, client_data_json };
}

/** A demo person's key, from the link that the demo printed: it is worth nothing outside this demo. */
export class DemoKey {
  readonly id: string;
  private readonly seed: Bytes;

  private constructor(seed: Bytes, id: string) {
    this.seed = seed;
    this.id = id;
  }

  static async open(text: string): Promise<DemoKey> {
    const seed = fromB64(text);
    if (seed?.length !== 32) throw new NotSigned("This link holds no key of a demo.");
    const { getPublicKeyAsync } = await import("@noble/ed25519");
    return new DemoKey(seed, await keyId(new Uint8Array(await getPublicKeyAsync(seed))));
  }

  async signDraft(draft: Draft): Promise<HandedSignature[]> {
    const signed = draft.parts.map(async ({ bytes, notice }) => {
      const signature = await this.signature(TAGS.TCN1, bytes);
      return { notice: notice.id, type: "ed25519" as const, key: this.id, signature };
    });
    return Promise.all(signed);
  }

  async signIn(holder: string): Promise<Me> {
    const body = JSON.stringify({ holder });
    const at = Date.now();
    const asked = `POST ${DEMO_PATH}\n${at}\n${hex(await sha256(utf8(body)))}`;
    return demoSignIn(body, `Tocsin ${this.id}.${at}.${await this.signature(REQUEST_TAG, utf8(asked))}`);
  }

  private async signature(tag: string, document: Bytes): Promise<string> {
    const { signAsync } = await import("@noble/ed25519");
    return b64(new Uint8Array(await signAsync(concat(utf8(tag), document), this.seed)));
  }
}

async function touched(ask: () => Promise<Credential | null>): Promise<PublicKeyCredential> {
  let made: Credential | null;
  try {
    made = await ask();
  } catch (why) {
    const name = why instanceof DOMException ? why.name : "";
    if (name === "InvalidStateError") throw new NotSigned("This authenticator holds a passkey of yours already.");
    if (name === "NotAllowedError") throw new NotSigned("The passkey was not touched, or there is none of yours here. Try again.");
    if (name === "SecurityError") throw new NotSigned(`Passkeys work only at the address that the roster names, not at ${location.origin}.`);
    throw new NotSigned(`The passkey could not be used: ${why instanceof Error ? why.message : String(why)}`);
  }
  if (!(made instanceof PublicKeyCredential)) throw new NotSigned("The browser gave no passkey.");
  return made;
}

function plain(made: PublicKeyCredential): Record<string, unknown> {
  return { id: made.id, rawId: text(made.rawId), type: made.type, clientExtensionResults: {} };
}

function described({ id, type, transports }: Described): PublicKeyCredentialDescriptor {
  return { id: bytesOf(id), type, ...(transports ? { transports } : {}) };
}

function bytesOf(text: string): Bytes {
  const bytes = fromB64(text);
  if (!bytes) throw new NotSigned("The server's answer cannot be read.");
  return bytes;
}

function text(bytes: ArrayBuffer): string {
  return b64(new Uint8Array(bytes));
}
