/** A step that takes time and may fail: one at a time, and its fault in words. */

import { useState } from "preact/hooks";

export interface Work {
  busy: boolean;
  fault: string;
  run: (step: () => Promise<void>) => void;
}

export function useWork(): Work {
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState("");
  const run = (step: () => Promise<void>) => {
    if (busy) return;
    setBusy(true);
    setFault("");
    step()
      .catch((why: unknown) => setFault(inWords(why)))
      .finally(() => setBusy(false));
  };
  return { busy, fault, run };
}

function inWords(why: unknown): string {
  if (why instanceof DOMException && why.name === "NotAllowedError") return "The passkey was not used: it was cancelled, or the time was up.";
  return why instanceof Error ? why.message : String(why);
}
