/** Who is there: enrolling by a one-time link, signing in by passkey, a demo's link. */

import { useEffect, useState } from "preact/hooks";
import { enrol, signIn } from "../signing.ts";
import type { PageProps } from "./Console.tsx";

export function SignIn({ desk, go, fail, then }: PageProps & { then: string }) {
  const [busy, setBusy] = useState(false);
  const ask = async () => {
    setBusy(true);
    fail(undefined);
    try {
      desk.me = await signIn();
      go(then);
    } catch (why) {
      fail(why);
    } finally {
      setBusy(false);
    }
  };
  return (
    <section class="narrow">
      <h1>Sign in</h1>
      {desk.isDemo ? (
        <p>This is a demo. Open one of the links that <code>tocsin demo</code> printed, one for each of its two people.</p>
      ) : (
        <>
          <p>Your passkey shows that it is you. Each order takes another touch of it.</p>
          <button type="button" class="main" disabled={busy} onClick={ask}>Sign in with passkey</button>
          <p class="faint">No passkey yet? Whoever runs this authority gives you a one-time link.</p>
        </>
      )}
    </section>
  );
}

export function Enrol({ fail, token: linked }: PageProps & { token: string }) {
  const [token] = useState(linked);
  const [busy, setBusy] = useState(false);
  const [done, setDone] = useState<{ name: string; key: string }>();
  // The link works once, but it need not stand in the history.
  useEffect(() => history.replaceState(null, "", "#/enrol"), []);
  const ask = async () => {
    setBusy(true);
    fail(undefined);
    try {
      setDone(await enrol(token));
    } catch (why) {
      fail(why);
    } finally {
      setBusy(false);
    }
  };
  if (done)
    return (
      <section class="narrow">
        <h1>{done.name}, your passkey is enrolled</h1>
        <p>It may order nothing until the roster lists it. Read the number to whoever signs the roster:</p>
        <p class="number" data-key={done.key}>{done.key.replace(/(.{4})(?=.)/g, "$1 ")}</p>
      </section>
    );
  return (
    <section class="narrow">
      <h1>Enrol your passkey</h1>
      <p>Your device or security key makes a key that never leaves it. You sign orders with it by a touch and your PIN, finger or face.</p>
      <button type="button" class="main" disabled={busy || !token} onClick={ask}>Make my passkey</button>
    </section>
  );
}

export function DemoLink({ desk, go, fail, seed }: PageProps & { seed: string }) {
  useEffect(() => {
    history.replaceState(null, "", "#/demo");
    desk.signInDemo(seed).then(() => go("/"), fail);
  }, []);
  return <p class="starting">Signing in to the demo…</p>;
}
