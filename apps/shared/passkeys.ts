/**
 * A passkey's signature over a document: a WebAuthn assertion whose challenge is the document's hash
 * (`spec/roster.md`, "A passkey's signature").
 *
 * Nothing is parsed that two parsers could read in two ways: the client data is compared byte by byte, the key has one form.
 */

import { type Bytes, b64, concat, hex, sha256, utf8 } from "./bytes.ts";

const BEFORE_X = "a5010203262001215820";
const BEFORE_Y = "225820";
const COORDINATE_SIZE_BYTES = 32;
const X_AT = BEFORE_X.length / 2;
const Y_AT = X_AT + COORDINATE_SIZE_BYTES + BEFORE_Y.length / 2;
const COSE_KEY_SIZE_BYTES = Y_AT + COORDINATE_SIZE_BYTES;

const AUTHENTICATOR_DATA_SIZE_BYTES_MIN = 37;
const FLAGS_AT = 32;
const PRESENT_AND_VERIFIED = 0x05;

// The curve P-256 (SEC 2, 2.4.2): y^2 = x^3 - 3x + b modulo p.
const P = 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n;
const B = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn;
const N = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

/** Whether *key* is the one form of an ES256 key, and its point lies on the curve. */
export function isCoseKey(key: Bytes): boolean {
  const digits = hex(key);
  if (key.length !== COSE_KEY_SIZE_BYTES || !digits.startsWith(BEFORE_X)) return false;
  if (digits.slice(2 * Y_AT - BEFORE_Y.length, 2 * Y_AT) !== BEFORE_Y) return false;
  const x = numberOf(key.subarray(X_AT, X_AT + COORDINATE_SIZE_BYTES));
  const y = numberOf(key.subarray(Y_AT));
  return x < P && y < P && (y * y - x * x * x + 3n * x - B) % P === 0n;
}

/** Whether *fields* (authenticatorData, clientDataJSON, signature) are what the COSE *key* made over *document*. */
export async function isPasskeyRight(
  fields: Bytes[],
  key: Bytes,
  document: Bytes,
  rpId: string,
  origins: string[],
): Promise<boolean> {
  const [data, client, signature] = fields as [Bytes, Bytes, Bytes];
  if (data.length < AUTHENTICATOR_DATA_SIZE_BYTES_MIN) return false;
  if (hex(data.subarray(0, FLAGS_AT)) !== hex(await sha256(utf8(rpId)))) return false;
  if (((data[FLAGS_AT] as number) & PRESENT_AND_VERIFIED) !== PRESENT_AND_VERIFIED) return false;
  if (!isAbout(client, b64(await sha256(document)), origins)) return false;
  const raw = rawSignature(signature);
  if (!raw) return false;
  const point = concat(Uint8Array.of(4), key.slice(X_AT, X_AT + COORDINATE_SIZE_BYTES), key.slice(Y_AT));
  const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
  try {
    const imported = await crypto.subtle.importKey("raw", point, algorithm, false, ["verify"]);
    return await crypto.subtle.verify(algorithm, imported, raw, concat(data, await sha256(client)));
  } catch {
    return false;
  }
}

function isAbout(client: Bytes, challenge: string, origins: string[]): boolean {
  const text = latin(client);
  return origins.some((origin) => {
    const begin = `{"type":"webauthn.get","challenge":"${challenge}","origin":${JSON.stringify(origin)}`;
    if (!text.startsWith(begin)) return false;
    const rest = text.slice(begin.length);
    // A page in a foreign frame writes true here. Newer browsers add members of their own behind it.
    const member = ',"crossOrigin":false';
    const later = rest.startsWith(member) ? rest.slice(member.length) : undefined;
    return rest === "}" || later === "}" || later?.startsWith(",") === true;
  });
}

/** A character for each byte: what is looked at is ASCII, and what follows may be anything. */
function latin(bytes: Bytes): string {
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
}

/** Return r and s side by side, or nothing unless the signature is in the one spelling of DER. */
function rawSignature(der: Bytes): Bytes | undefined {
  const [sequence, length] = der;
  if (sequence !== 0x30 || length !== der.length - 2) return undefined;
  const r = integerAt(der, 2);
  const s = r && integerAt(der, r.end);
  return s && s.end === der.length ? concat(r.digits, s.digits) : undefined;
}

function integerAt(der: Bytes, at: number): { digits: Bytes; end: number } | undefined {
  const length = der[at + 1] ?? 0;
  const end = at + 2 + length;
  const digits = der.slice(at + 2, end);
  const [first = 0x80, second = 0] = digits;
  const isShortest = first < 0x80 && !(first === 0 && length > 1 && second < 0x80);
  if (der[at] !== 0x02 || length === 0 || digits.length !== length || !isShortest) return undefined;
  const bare = first === 0 ? digits.slice(1) : digits;
  if (bare.length > COORDINATE_SIZE_BYTES || numberOf(bare) >= N) return undefined;
  return { digits: concat(new Uint8Array(COORDINATE_SIZE_BYTES - bare.length), bare), end };
}

function numberOf(bytes: Bytes): bigint {
  return bytes.length === 0 ? 0n : BigInt(`0x${hex(bytes)}`);
}
