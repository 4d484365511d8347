/** The desk: orders that wait for a signature, what is in force, and a new order. */

import { useEffect, useState } from "preact/hooks";
import { type AlarmView, type BoardView, type SubmittedView, askBoard, askSubmitted } from "../api.ts";
import { HAZARDS, clock } from "../order.ts";
import type { Atlas } from "../../shared/regions.ts";
import type { Session } from "../session.ts";
import { type Beginning, Draft } from "./Draft.tsx";

// What waits for a signature is looked for this often.
const ASK_MS = 4_000;

export function Desk({ session }: { session: Session }) {
  const [submitted, setSubmitted] = useState<SubmittedView[]>([]);
  const [board, setBoard] = useState<BoardView>();
  const [atlas, setAtlas] = useState<Atlas>();
  const [fault, setFault] = useState("");
  const [beginning, setBeginning] = useState<Beginning>();
  useEffect(() => {
    const look = () =>
      Promise.all([askSubmitted(), askBoard()]).then(
        ([waiting, now]) => {
          setSubmitted(waiting.submitted);
          setBoard(now);
          setFault("");
        },
        (why: Error) => setFault(why.message),
      );
    void look();
    void session.regions().then(setAtlas);
    const timer = setInterval(look, ASK_MS);
    return () => clearInterval(timer);
  }, []);
  if (beginning) return <Draft session={session} beginning={beginning} leave={() => setBeginning(undefined)} />;
  return (
    <div class="desk">
      {fault && <p class="fault" role="alert">{fault}</p>}
      <section class="card">
        <h1>Waiting for signatures</h1>
        {submitted.length === 0 && <p class="none">Nothing waits.</p>}
        <ul class="waiting">
          {submitted.map(({ draft, signed_by, missing, lapses_at }) => (
            <li key={draft}>
              <a href={`#/approve/${draft}`}>
                Order by {signed_by[0]?.name ?? "somebody"}: {missing} more {missing === 1 ? "person" : "people"}, lapses{" "}
                {clock(lapses_at)}
              </a>
            </li>
          ))}
        </ul>
      </section>
      <section class="card">
        <h1>In force</h1>
        <Alarms alarms={board?.actual ?? []} atlas={atlas} begin={setBeginning} />
        {board && board.exercise.length > 0 && (
          <div class="exercises">
            <h2>EXERCISE</h2>
            <Alarms alarms={board.exercise} atlas={atlas} begin={setBeginning} />
          </div>
        )}
      </section>
      <section class="card">
        <h1>New order</h1>
        <div class="actions">
          <button type="button" class="main" onClick={() => setBeginning({ kind: "alert", status: "actual" })}>
            New alert
          </button>
          <button type="button" class="exercise" onClick={() => setBeginning({ kind: "alert", status: "exercise" })}>
            New EXERCISE
          </button>
        </div>
      </section>
    </div>
  );
}

interface AlarmsProps {
  alarms: AlarmView[];
  atlas: Atlas | undefined;
  begin: (beginning: Beginning) => void;
}

function Alarms({ alarms, atlas, begin }: AlarmsProps) {
  if (alarms.length === 0) return <p class="none">Nothing is in force.</p>;
  return (
    <ul class="alarms">
      {alarms.map((alarm) => (
        <li key={alarm.alarm} class={alarm.level}>
          <p>
            <strong>{HAZARDS[alarm.hazard] ?? alarm.hazard}</strong> · {alarm.level} · {alarm.state.replace("_", " ")} · until{" "}
            {clock(alarm.expires)}
          </p>
          <p>{alarm.regions.map((code) => atlas?.region(code)?.names.en ?? code).join("; ")}</p>
          <div class="actions">
            {(["update", "disputed", "all_clear", "false_alarm"] as const).map((kind) => (
              <button type="button" key={kind} onClick={() => begin({ kind, status: alarm.status, alarm })}>
                {kind.replace("_", " ")}
              </button>
            ))}
          </div>
        </li>
      ))}
    </ul>
  );
}
