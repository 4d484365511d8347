/** What waits for a signature and what is in force; from here every order begins. */

import { useEffect, useState } from "preact/hooks";
import type { Status } from "../../shared/notice.ts";
import { domainOf } from "../../shared/roster.ts";
import { readDraft, type Draft } from "../draft.ts";
import { type AlarmAnswer, type BoardAnswer, Refused, type SubmittedAnswer, askBoard, askDrafts } from "../office.ts";
import { FIRST, HAZARDS, KINDS, LEVELS, clock, left } from "../words.ts";
import type { PageProps } from "./Console.tsx";

const POLL_MS = 2_000;

interface Waiting {
  answer: SubmittedAnswer;
  draft: Draft | undefined;
}

export function Watch({ desk, fail }: PageProps) {
  const [waiting, setWaiting] = useState<Waiting[]>();
  const [board, setBoard] = useState<BoardAnswer>();
  const [isOld, setOld] = useState(false);
  useEffect(() => {
    let timer = 0;
    let stopped = false;
    const look = async () => {
      try {
        const [drafts, now] = await Promise.all([askDrafts(), askBoard()]);
        const read = await Promise.all(drafts.map(async (answer) => ({ answer, draft: await readDraft(answer).catch(() => undefined) })));
        if (stopped) return;
        setWaiting(read);
        setBoard(now);
        setOld(false);
      } catch (why) {
        if (stopped) return;
        if (why instanceof Refused) fail(why);
        setOld(true);
      }
      if (!stopped) timer = setTimeout(look, POLL_MS);
    };
    void look();
    return () => {
      stopped = true;
      clearTimeout(timer);
    };
  }, []);

  return (
    <>
      {isOld && <p role="alert" class="problem">The server cannot be reached. What is shown below may be old.</p>}
      <nav class="actions">
        <a class="button main" href="#/order/alert">New alert</a>
        <a class="button exercise" href="#/order/alert/exercise">New exercise</a>
      </nav>
      <h2>Waiting for a signature</h2>
      {waiting?.length === 0 && <p class="faint">Nothing waits.</p>}
      <ul class="cards">
        {waiting?.map(({ answer, draft }) => (
          <li key={answer.draft}>
            <a class={`card ${draft?.notice.status ?? ""} ${draft?.notice.level ?? ""}`} href={`#/approve/${answer.draft}`}>
              <strong>{draft ? title(draft.notice) : "A draft that cannot be read"}</strong>
              <span>{draft?.regions.slice(0, 4).map((code) => desk.name(code)).join("; ")}{(draft?.regions.length ?? 0) > 4 && " …"}</span>
              <span class="faint">
                signed by {answer.signed_by.map(({ name }) => name).join(", ") || "nobody"} · {answer.missing} missing · lapses in {left(answer.lapses_at)}
              </span>
            </a>
          </li>
        ))}
      </ul>
      <h2>In force</h2>
      {board && (["actual", "exercise", "test"] as const).every((status) => board[status].length === 0) && (
        <p class="faint">The server says: nothing is in force.</p>
      )}
      <ul class="cards">
        {board && (["actual", "exercise", "test"] as const).flatMap((status) => board[status].map((alarm) => <InForce key={alarm.alarm} alarm={alarm} name={(code) => desk.name(code)} />))}
      </ul>
    </>
  );
}

function InForce({ alarm, name }: { alarm: AlarmAnswer; name: (code: string) => string }) {
  const isOver = alarm.state === "expired";
  return (
    <li class={`card ${alarm.status} ${alarm.level}`} data-alarm={alarm.alarm}>
      <strong>{title({ ...alarm, kind: "alert" })}</strong>
      <span>{alarm.regions.map(name).join("; ")}</span>
      <span class="faint">
        {alarm.state === "disputed" && "being checked · "}since {clock(alarm.since)} · {isOver ? "expired, not confirmed clear" : `until ${clock(alarm.expires)}`}
      </span>
      {domainOf(alarm.status) && (
        <span class="choices">
          {(["update", "disputed", "all_clear", "false_alarm"] as const)
            .filter((kind) => !isOver || kind === "all_clear" || kind === "false_alarm")
            .map((kind) => (
              <a key={kind} class="button" href={`#/order/${kind}/${alarm.alarm}`}>{KINDS[kind]}</a>
            ))}
        </span>
      )}
    </li>
  );
}

export function title(of: { status: Status; kind: keyof typeof KINDS; hazard: string; level: keyof typeof LEVELS }): string {
  const kind = of.kind === "alert" ? "" : `${KINDS[of.kind]}: `;
  const first = FIRST[of.status];
  return `${first && `${first}: `}${kind}${HAZARDS[of.hazard] ?? of.hazard}, ${LEVELS[of.level].toLowerCase()}`;
}
