/** An order: what, where, how long and in which words; then the same as its bytes tell it, and the first signature. */

import { useEffect, useState } from "preact/hooks";
import type { Kind, Level, Status, Text } from "../../shared/notice.ts";
import { domainOf } from "../../shared/roster.ts";
import { type Draft, differences, newId, readDraft } from "../draft.ts";
import { type AlarmAnswer, type Order, askBoard, handIn, makeDraft } from "../office.ts";
import { sign } from "../signing.ts";
import { DURATIONS_S, FIRST, HAZARDS, KINDS, LANGUAGES, LEVELS } from "../words.ts";
import type { PageProps } from "./Console.tsx";
import { RegionPicker } from "./RegionPicker.tsx";
import { Shown } from "./Shown.tsx";

interface Prepared {
  draft: Draft;
  warnings: string[];
  /** How the bytes differ from what was ordered: then nobody signs them. */
  differs: string[];
}

export function OrderForm({ desk, go, fail, kind, alarm: about }: PageProps & { kind: Kind; alarm: string }) {
  const [alarm, setAlarm] = useState<AlarmAnswer>();
  const [hazard, setHazard] = useState("");
  const [level, setLevel] = useState<Level>("red");
  const [regions, setRegions] = useState<string[]>([]);
  const [lasts, setLasts] = useState(0);
  const [text, setText] = useState<Record<string, Text>>();
  const [prepared, setPrepared] = useState<Prepared>();
  const [busy, setBusy] = useState(false);
  const isNew = kind === "alert";
  const status: Status = alarm?.status ?? (about === "exercise" ? "exercise" : "actual");

  useEffect(() => {
    if (isNew) return;
    askBoard().then((board) => {
      const found = [...board.actual, ...board.exercise, ...board.test].find((one) => one.alarm === about);
      setAlarm(found);
      if (!found) return;
      setHazard(found.hazard);
      setLevel(found.level);
      setRegions(found.regions);
    }, fail);
  }, []);

  const attempt = async (act: () => Promise<void>) => {
    setBusy(true);
    fail(undefined);
    await act().catch(fail);
    setBusy(false);
  };
  const prepare = () =>
    attempt(async () => {
      const order: Order = { id: newId(), kind, status };
      if (alarm) order.alarm = alarm.alarm;
      if (isNew) order.hazard = hazard;
      if (isNew || kind === "update") Object.assign(order, { level, regions: [...regions].sort() });
      if (lasts > 0 && (isNew || kind === "update")) order.expires_in_s = lasts;
      if (text) order.text = text;
      const answer = await makeDraft(order);
      if ("issued" in answer) return go("/");
      const draft = await readDraft(answer);
      const differs = differences(draft, order, desk.authority, desk.atlas);
      setPrepared({ draft, warnings: answer.preview.warnings, differs });
    });
  const submit = () =>
    attempt(async () => {
      if (!prepared || !desk.me) return;
      const { draft } = prepared;
      const signatures = await sign(draft, desk.me, await desk.roster(domainOf(status)), desk.demoKeys);
      const result = await handIn(draft.id, signatures);
      go("submitted" in result ? `/approve/${draft.id}` : "/");
    });

  if (prepared) {
    const { draft, warnings, differs } = prepared;
    return (
      <>
        <h1>Look again, then sign</h1>
        {warnings.map((line) => <p key={line} class="warning">{line}</p>)}
        {differs.length > 0 && (
          <div role="alert" class="problem">
            The server wrote something else than what you ordered. Do not sign it.
            <ul>{differs.map((line) => <li key={line}>{line}</li>)}</ul>
          </div>
        )}
        <Shown draft={draft} desk={desk} />
        <div class="actions">
          <button type="button" class="main" disabled={busy || differs.length > 0} onClick={submit}>
            {desk.isDemo ? "Sign with the demo's key" : "Sign with passkey"}
          </button>
          <button type="button" disabled={busy} onClick={() => setPrepared(undefined)}>Change the order</button>
          <button type="button" disabled={busy} onClick={() => { setText(draft.notice.text); setPrepared(undefined); }}>Change the words</button>
          <button type="button" disabled={busy} onClick={() => go("/")}>Drop it</button>
        </div>
      </>
    );
  }
  if (!isNew && !alarm) return <p class="starting">Looking for the alarm…</p>;
  const first = FIRST[status];
  const canPrepare = isNew ? hazard !== "" && regions.length > 0 : kind !== "update" || regions.length > 0;
  return (
    <form class={`order ${status}`} onSubmit={(event) => { event.preventDefault(); void prepare(); }}>
      <h1>
        {first && <strong class="first">{first}</strong>}
        {isNew ? "New alert" : `${KINDS[kind]}: ${HAZARDS[hazard] ?? hazard}`}
      </h1>
      {isNew && (
        <fieldset>
          <legend>What</legend>
          <div class="options">
            {Object.entries(HAZARDS).map(([code, name]) => (
              <label key={code}>
                <input type="radio" name="hazard" value={code} checked={hazard === code} onChange={() => setHazard(code)} />
                <span>{name}</span>
              </label>
            ))}
          </div>
        </fieldset>
      )}
      {(isNew || kind === "update") && (
        <>
          <fieldset>
            <legend>Level</legend>
            <div class="options">
              {(["red", "yellow"] as const).map((one) => (
                <label key={one} class={one}>
                  <input type="radio" name="level" value={one} checked={level === one} onChange={() => setLevel(one)} />
                  <span>{LEVELS[one]}</span>
                </label>
              ))}
            </div>
          </fieldset>
          <RegionPicker desk={desk} chosen={regions} choose={setRegions} />
          <fieldset>
            <legend>How long</legend>
            <div class="options">
              {[[0, isNew ? "As usual" : "As before"] as const, ...DURATIONS_S].map(([seconds, name]) => (
                <label key={seconds}>
                  <input type="radio" name="lasts" checked={lasts === seconds} onChange={() => setLasts(seconds)} />
                  <span>{name}</span>
                </label>
              ))}
            </div>
          </fieldset>
        </>
      )}
      {!isNew && kind !== "update" && <p>{regions.map((code) => desk.name(code)).join("; ")}</p>}
      {text ? <Words text={text} setText={setText} /> : <p class="faint">The standard words of this hazard are used. You see them before you sign, and can change them then.</p>}
      <div class="actions">
        <button type="submit" class="main" disabled={busy || !canPrepare}>Prepare</button>
        <button type="button" onClick={() => go("/")}>Drop it</button>
      </div>
    </form>
  );
}

function Words({ text, setText }: { text: Record<string, Text>; setText: (text: Record<string, Text> | undefined) => void }) {
  const change = (language: string, part: Partial<Text>) => setText({ ...text, [language]: { ...(text[language] as Text), ...part } });
  return (
    <fieldset>
      <legend>Words</legend>
      {Object.entries(text).map(([language, { headline, instruction }]) => (
        <div key={language} class="words" lang={language}>
          <label>
            {LANGUAGES[language] ?? language}: headline
            <input value={headline} maxLength={200} required onInput={(event) => change(language, { headline: event.currentTarget.value })} />
          </label>
          <label>
            {LANGUAGES[language] ?? language}: what to do
            <textarea value={instruction} maxLength={1_000} rows={3} onInput={(event) => change(language, { instruction: event.currentTarget.value })} />
          </label>
        </div>
      ))}
      <button type="button" onClick={() => setText(undefined)}>Back to the standard words</button>
    </fieldset>
  );
}
