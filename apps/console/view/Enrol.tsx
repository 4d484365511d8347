/** Make a passkey from a one-time link, and read its fingerprint to whoever keeps the root. */

import { useState } from "preact/hooks";
import { enrol } from "../passkeys.ts";
import { useWork } from "./work.ts";

export function Enrol({ token }: { token: string }) {
  const { busy, fault, run } = useWork();
  const [made, setMade] = useState<Awaited<ReturnType<typeof enrol>>>();
  if (made) {
    return (
      <section class="card narrow">
        <h1>Your passkey is made, {made.name}</h1>
        <p>Read this fingerprint to the person who keeps the root key. Your passkey counts once the next roster lists it.</p>
        <p class="fingerprint">{made.fingerprint}</p>
        <p class="small">Key {made.key}</p>
        <p><a href="#/">To sign-in</a></p>
      </section>
    );
  }
  return (
    <section class="card narrow">
      <h1>Enrol</h1>
      <p>This link works once. It makes a passkey on this device or on your security key; its private part never leaves it.</p>
      <button type="button" class="main" disabled={busy} onClick={() => run(async () => setMade(await enrol(token)))}>
        Make my passkey
      </button>
      {fault && <p class="fault" role="alert">{fault}</p>}
    </section>
  );
}
