/** A new order: fill in, look at the frozen bytes, sign. */

import { useEffect, useState } from "preact/hooks";
import type { Kind, Level, Notice, Status } from "../../shared/notice.ts";
import type { Atlas } from "../../shared/regions.ts";
import { type AlarmView, type DraftView, type IssuedView, handIn, makeDraft } from "../api.ts";
import { HAZARDS, KINDS, type Order, disagreements, newId, noticesOf } from "../order.ts";
import type { Session } from "../session.ts";
import { Done } from "./Approve.tsx";
import { NoticeCard } from "./NoticeCard.tsx";
import { Regions } from "./Regions.tsx";
import { useWork } from "./work.ts";

const DURATIONS_S = [1_800, 3_600, 10_800, 21_600, 43_200];
const LANGUAGES = { uk: "Ukrainian", en: "English" };

export interface Beginning {
  kind: Kind;
  status: Status;
  alarm?: AlarmView;
}

interface Frozen {
  draft: DraftView;
  notices: Notice[];
}

export function Draft({ session, beginning, leave }: { session: Session; beginning: Beginning; leave: () => void }) {
  const { kind, status, alarm } = beginning;
  const { busy, fault, run } = useWork();
  const [atlas, setAtlas] = useState<Atlas>();
  const [id] = useState(newId);
  const [hazard, setHazard] = useState(alarm?.hazard ?? "air_raid");
  const [level, setLevel] = useState<Level>(alarm?.level ?? "red");
  const [regions, setRegions] = useState<string[]>(kind === "update" ? (alarm?.regions ?? []) : []);
  const [lastsS, setLastsS] = useState("");
  const [headlines, setHeadlines] = useState<Record<string, string>>({});
  const [instructions, setInstructions] = useState<Record<string, string>>({});
  const [frozen, setFrozen] = useState<Frozen>();
  const [issued, setIssued] = useState<IssuedView[]>();
  useEffect(() => void session.regions().then(setAtlas), []);
  const worded = kind === "alert" || kind === "update";

  const order = (): Order => {
    const text = Object.fromEntries(
      Object.entries(headlines)
        .filter(([, headline]) => headline.trim())
        .map(([language, headline]) => [language, { headline, instruction: instructions[language] ?? "" }]),
    );
    return {
      id,
      kind,
      status,
      ...(alarm && { alarm: alarm.alarm }),
      ...(kind === "alert" && { hazard }),
      ...(worded && { level, regions }),
      ...(lastsS && { expires_in_s: Number(lastsS) }),
      ...(Object.keys(text).length > 0 && { text }),
    };
  };
  const freeze = async () => {
    const answer = await makeDraft(order());
    if ("issued" in answer) return setIssued(answer.issued);
    const notices = await noticesOf(answer);
    const found = disagreements(notices, order(), session.authority?.authority ?? "");
    if (found.length > 0) throw new Error(`The server froze something else than was ordered: ${found.join(", ")}. Nothing is signed.`);
    setFrozen({ draft: answer, notices });
  };
  const sign = async () => {
    if (!frozen) return;
    const signatures = await session.signer?.sign(frozen.draft, status);
    const answer = await handIn(frozen.draft.draft, signatures ?? []);
    if ("issued" in answer) setIssued(answer.issued);
    else location.hash = `#/approve/${frozen.draft.draft}`;
  };

  if (issued) return <Done issued={issued} />;
  return (
    <section class={`card ${status}`}>
      <h1>
        {status !== "actual" && <span class="status">{status.toUpperCase()} </span>}
        {KINDS[kind]}
        {alarm && ` · ${HAZARDS[alarm.hazard] ?? alarm.hazard}`}
      </h1>
      {frozen ? (
        <>
          {frozen.notices.map((notice) => (
            <NoticeCard key={notice.id} notice={notice} atlas={atlas} />
          ))}
          {frozen.draft.preview.warnings.map((warning) => (
            <p class="warning" key={warning}>{warning}</p>
          ))}
          <div class="actions">
            <button type="button" class="main" disabled={busy} onClick={() => run(sign)}>
              {session.demo ? "Sign with the DEMO key and submit" : "Sign with passkey and submit"}
            </button>
            <button type="button" onClick={() => setFrozen(undefined)}>
              Change
            </button>
          </div>
        </>
      ) : (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            run(freeze);
          }}
        >
          {kind === "alert" && (
            <label>
              Hazard
              <select value={hazard} onChange={(event) => setHazard(event.currentTarget.value)}>
                {Object.entries(HAZARDS).map(([code, name]) => (
                  <option key={code} value={code}>{name}</option>
                ))}
              </select>
            </label>
          )}
          {worded && (
            <>
              <fieldset>
                <legend>Level</legend>
                {(["red", "yellow"] as const).map((one) => (
                  <label key={one} class="radio">
                    <input type="radio" name="level" checked={level === one} onChange={() => setLevel(one)} /> {one}
                  </label>
                ))}
              </fieldset>
              <Regions atlas={atlas} chosen={regions} choose={setRegions} />
              <label>
                Lasts
                <select value={lastsS} onChange={(event) => setLastsS(event.currentTarget.value)}>
                  <option value="">{kind === "update" ? "as now" : "as usual for the hazard"}</option>
                  {DURATIONS_S.map((seconds) => (
                    <option key={seconds} value={seconds}>{seconds / 3_600} h</option>
                  ))}
                </select>
              </label>
            </>
          )}
          <details>
            <summary>Own words (else the prepared text in every language)</summary>
            {Object.entries(LANGUAGES).map(([language, name]) => (
              <div key={language} lang={language}>
                <label>
                  Headline, {name}
                  <input maxLength={200} value={headlines[language] ?? ""} onInput={(event) => setHeadlines({ ...headlines, [language]: event.currentTarget.value })} />
                </label>
                <label>
                  What to do, {name}
                  <textarea maxLength={1000} value={instructions[language] ?? ""} onInput={(event) => setInstructions({ ...instructions, [language]: event.currentTarget.value })} />
                </label>
              </div>
            ))}
          </details>
          <div class="actions">
            <button type="submit" class="main" disabled={busy}>
              Look at it
            </button>
            <button type="button" onClick={leave}>
              Leave
            </button>
          </div>
        </form>
      )}
      {fault && <p class="fault" role="alert">{fault}</p>}
    </section>
  );
}
