/**
 * Ed25519 verification: the browser's own where it has it, else a small library, loaded only then.
 *
 * Browsers have it since Safari 17, Firefox 129, Chrome 137.
 */

import type { Bytes } from "./bytes.ts";

export type Verify = (publicKey: Bytes, signature: Bytes, message: Bytes) => Promise<boolean>;

/** Return the browser's own verification, or nothing if it lacks the algorithm. */
export async function browserVerify(subtle: SubtleCrypto): Promise<Verify | undefined> {
  try {
    await subtle.importKey("raw", new Uint8Array(32), "Ed25519", false, ["verify"]);
  } catch (error) {
    // A browser that knows the algorithm may still refuse this key, which is no point of anybody's.
    if (error instanceof DOMException && error.name === "NotSupportedError") return undefined;
  }
  return async (publicKey, signature, message) => {
    try {
      const key = await subtle.importKey("raw", publicKey, "Ed25519", false, ["verify"]);
      return await subtle.verify("Ed25519", key, signature, message);
    } catch {
      return false;
    }
  };
}

/** Return verification in JavaScript, by the strict rules of RFC 8032, as the browser's own has them. */
export async function scriptVerify(): Promise<Verify> {
  const { verifyAsync } = await import("@noble/ed25519");
  return async (publicKey, signature, message) => {
    try {
      return await verifyAsync(signature, message, publicKey, { zip215: false });
    } catch {
      return false;
    }
  };
}

let chosen: Promise<Verify> | undefined;

export function verifier(): Promise<Verify> {
  chosen ??= browserVerify(crypto.subtle).then((own) => own ?? scriptVerify());
  return chosen;
}
