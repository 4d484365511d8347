/** One draft: what it says, who signed, and the touch that signs it too. */

import { useEffect, useState } from "preact/hooks";
import { domainOf } from "../../shared/roster.ts";
import { type Draft, readDraft } from "../draft.ts";
import { Refused, type SubmittedAnswer, askDraft, askIssued, giveBack, handIn } from "../office.ts";
import { sign } from "../signing.ts";
import { left } from "../words.ts";
import type { PageProps } from "./Console.tsx";
import { Shown } from "./Shown.tsx";

const REASON_LENGTH_MAX = 500;
const POLL_MS = 2_000;
const ISSUED = "Issued. It is on its way to every device.";

export function Approve({ desk, go, fail, id }: PageProps & { id: string }) {
  const [answer, setAnswer] = useState<SubmittedAnswer>();
  const [draft, setDraft] = useState<Draft>();
  const [busy, setBusy] = useState(false);
  const [returning, setReturning] = useState(false);
  const [reason, setReason] = useState("");
  const [done, setDone] = useState("");
  const [, tick] = useState(0);
  useEffect(() => {
    const look = async () => {
      try {
        const found = await askDraft(id);
        setDraft(await readDraft(found));
        setAnswer(found);
      } catch (why) {
        if (!(why instanceof Refused && why.code === "draft_unknown")) return fail(why);
        setDone((await askIssued(id)) ? ISSUED : "This draft is gone: it lapsed, was returned, or was never made.");
      }
    };
    void look().catch(fail);
    const looking = setInterval(() => void look().catch(fail), POLL_MS);
    const ticking = setInterval(() => tick((count) => count + 1), 1_000);
    return () => {
      clearInterval(looking);
      clearInterval(ticking);
    };
  }, [id]);

  const attempt = async (act: () => Promise<void>) => {
    setBusy(true);
    fail(undefined);
    await act().catch(fail);
    setBusy(false);
  };
  const approve = () =>
    attempt(async () => {
      if (!draft || !desk.me) return;
      const signatures = await sign(draft, desk.me, await desk.roster(domainOf(draft.notice.status)), desk.demoKeys);
      const result = await handIn(draft.id, signatures);
      if ("submitted" in result) setAnswer(result.submitted);
      else setDone(ISSUED);
    });
  const back = () =>
    attempt(async () => {
      await giveBack(id, reason);
      setDone("Returned. The draft is gone; its reason is in the audit journal.");
    });

  if (done)
    return (
      <section class="narrow">
        <h1 data-done="true">{done}</h1>
        <button type="button" class="main" onClick={() => go("/")}>Back to what is in force</button>
      </section>
    );
  if (!answer || !draft) return <p class="starting">Looking for the draft…</p>;
  const mine = answer.signed_by.some(({ holder }) => holder === desk.me?.holder);
  const isLast = answer.missing <= 1 && !mine;
  return (
    <>
      <h1>{mine ? "Waiting for another person" : isLast ? "Approve" : "Sign"}</h1>
      <p class="faint">
        {answer.signed_by.length > 0 ? `Signed by ${answer.signed_by.map(({ name }) => name).join(", ")}` : "Nobody has signed yet"} · it takes {answer.people}{" "}
        {answer.people === 1 ? "person" : "people"} · lapses in <time>{left(answer.lapses_at)}</time>
      </p>
      <Shown draft={draft} desk={desk} />
      {mine && (
        <p>
          Give this link to the other person: <a href={answer.link}>{location.origin + answer.link}</a>
        </p>
      )}
      <div class="actions">
        {!mine && (
          <button type="button" class="main" disabled={busy} onClick={approve}>
            {desk.isDemo ? "Approve with the demo's key" : "Approve with passkey"}
          </button>
        )}
        <button type="button" disabled={busy} onClick={() => setReturning(!returning)} aria-expanded={returning}>Return with a reason</button>
      </div>
      {returning && (
        <form class="back" onSubmit={(event) => { event.preventDefault(); void back(); }}>
          <label>
            Reason
            <input value={reason} maxLength={REASON_LENGTH_MAX} required onInput={(event) => setReason(event.currentTarget.value)} />
          </label>
          <button type="submit" disabled={busy || reason.trim() === ""}>Return it</button>
        </form>
      )}
    </>
  );
}
