/** Both ways of Ed25519 refuse what only one of two verifiers would take. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { type Bytes, concat, hex, utf8 } from "./bytes.ts";
import { type Verify, browserVerify, scriptVerify } from "./ed25519.ts";

// The order of the group (RFC 8032, 5.1).
const L = 2n ** 252n + 27742317777372353535851937790883648493n;
const HALF_SIZE_BYTES = 32;
const MESSAGE = utf8("said");

const { privateKey, publicKey } = (await crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"])) as CryptoKeyPair;
const raw = new Uint8Array(await crypto.subtle.exportKey("raw", publicKey));
const signature = new Uint8Array(await crypto.subtle.sign("Ed25519", privateKey, MESSAGE));

/** The same signature with the order added to its second half: the equation still holds. */
function stretched(): Bytes {
  const [r, s] = [signature.slice(0, HALF_SIZE_BYTES), signature.slice(HALF_SIZE_BYTES)];
  const sum = BigInt(`0x${hex(s.reverse())}`) + L;
  const digits = sum.toString(16).padStart(2 * HALF_SIZE_BYTES, "0").match(/../g) as string[];
  return concat(r, Uint8Array.from(digits.reverse(), (pair) => Number.parseInt(pair, 16)));
}

for (const [name, verify] of [
  ["the browser's", (await browserVerify(crypto.subtle)) as Verify],
  ["the script's", await scriptVerify()],
] as const) {
  test(`a signature has one spelling (${name} Ed25519)`, async () => {
    assert.equal(await verify(raw, signature, MESSAGE), true);
    assert.equal(await verify(raw, stretched(), MESSAGE), false);
    assert.equal(await verify(raw, concat(signature, new Uint8Array(1)), MESSAGE), false);
    assert.equal(await verify(raw, signature.slice(1), MESSAGE), false);
  });
}
