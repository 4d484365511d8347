/** Sit down as one of the demo's people, with the software keys in the link. */

import { useEffect } from "preact/hooks";
import type { Session } from "../session.ts";
import { useWork } from "./work.ts";

export function Demo({ session, seeds, changed }: { session: Session; seeds: string; changed: () => void }) {
  const { busy, fault, run } = useWork();
  useEffect(() => {
    run(async () => {
      await session.beginDemo(seeds);
      location.hash = "#/";
      changed();
    });
  }, []);
  return (
    <section class="card narrow">
      <h1>DEMO operator</h1>
      {busy && <p>Signing in with the demo’s software key…</p>}
      {fault && <p class="fault" role="alert">{fault}</p>}
    </section>
  );
}
