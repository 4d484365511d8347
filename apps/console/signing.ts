/**
 * Signing what was frozen: by passkey, or in a demo by the software key in the link.
 *
 * What is signed are the bytes that the screen was made from. A key never leaves this page, a passkey not even its authenticator.
 */

import { type Bytes, b64, concat, fromB64, hex, sha256, utf8 } from "../shared/bytes.ts";
import { TAGS } from "../shared/envelope.ts";
import type { Status } from "../shared/notice.ts";
import { keyId } from "../shared/roster.ts";
import type { DraftView, HandedSignature, Me } from "./api.ts";

const REQUEST_TAG = "tocsin-request-v1\0";

export interface Signer {
  sign(draft: DraftView, status: Status): Promise<HandedSignature[]>;
}

/** One touch for each notice of the order: an assertion whose challenge is the hash of its bytes. */
export function passkeySigner({ passkeys, rp_id }: Me): Signer {
  return {
    async sign(draft) {
      const signatures: HandedSignature[] = [];
      for (const { notice, bytes } of draft.notices) {
        const credential = (await navigator.credentials.get({
          publicKey: {
            challenge: await sha256(bytesOf(bytes)),
            rpId: rp_id,
            userVerification: "required",
            allowCredentials: passkeys.map((one) => ({ type: "public-key" as const, id: bytesOf(one.credential) })),
          },
        })) as PublicKeyCredential | null;
        if (!credential) throw new Error("No passkey was used; nothing was signed.");
        const response = credential.response as AuthenticatorAssertionResponse;
        const id = b64(new Uint8Array(credential.rawId));
        const key = passkeys.find((one) => one.credential === id)?.key;
        if (!key) throw new Error("This passkey is not one of yours in the roster.");
        signatures.push({
          notice,
          type: "webauthn",
          key,
          signature: b64(new Uint8Array(response.signature)),
          authenticator_data: b64(new Uint8Array(response.authenticatorData)),
          client_data_json: b64(new Uint8Array(response.clientDataJSON)),
        });
      }
      return signatures;
    },
  };
}

/** The software keys of a demo's person: one for real orders, one for exercises. */
export class DemoKeys implements Signer {
  private readonly keys: Record<"actual" | "exercise", SoftKey>;

  private constructor(keys: Record<"actual" | "exercise", SoftKey>) {
    this.keys = keys;
  }

  /** Read the two seeds of a demo link. */
  static async read(text: string): Promise<DemoKeys> {
    const [actual = "", exercise = ""] = text.split(".");
    return new DemoKeys({ actual: await softKey(actual), exercise: await softKey(exercise) });
  }

  async sign(draft: DraftView, status: Status): Promise<HandedSignature[]> {
    const key = this.keys[status === "actual" ? "actual" : "exercise"];
    return Promise.all(
      draft.notices.map(async ({ notice, bytes }) => ({
        notice,
        type: "ed25519" as const,
        key: key.id,
        signature: b64(await key.sign(concat(utf8(TAGS.TCN1), bytesOf(bytes)))),
      })),
    );
  }

  /** Return the header of a request with an empty object as its body, signed (`spec/stream.md`, "Ordering"). */
  async authorization(path: string): Promise<string> {
    const { actual } = this.keys;
    const at = Date.now();
    const said = `POST ${path}\n${at}\n${hex(await sha256(utf8("{}")))}`;
    return `Tocsin ${actual.id}.${at}.${b64(await actual.sign(utf8(REQUEST_TAG + said)))}`;
  }
}

interface SoftKey {
  id: string;
  sign(message: Bytes): Promise<Bytes>;
}

async function softKey(seed: string): Promise<SoftKey> {
  const secret = fromB64(seed);
  if (secret?.length !== 32) throw new Error("This link holds no demo keys.");
  const { getPublicKeyAsync, signAsync } = await import("@noble/ed25519");
  const id = await keyId(new Uint8Array(await getPublicKeyAsync(secret)));
  return { id, sign: async (message) => new Uint8Array(await signAsync(message, secret)) };
}

function bytesOf(text: string): Bytes {
  const bytes = fromB64(text);
  if (!bytes) throw new Error("The server sent something that is not base64url.");
  return bytes;
}
