/** The frame: which page is shown, who is signed in, and the band that says DEMO. */

import { useEffect, useState } from "preact/hooks";
import { Desk } from "../desk.ts";
import { Refused } from "../office.ts";
import { NotSigned } from "../signing.ts";
import { Unreadable } from "../draft.ts";
import type { Kind } from "../../shared/notice.ts";
import { Approve } from "./Approve.tsx";
import { DemoLink, Enrol, SignIn } from "./SignIn.tsx";
import { OrderForm } from "./OrderForm.tsx";
import { Watch } from "./Watch.tsx";

export interface PageProps {
  desk: Desk;
  /** Show another page. */
  go: (path: string) => void;
  /** Say that something went wrong; nothing takes the message away. */
  fail: (why: unknown) => void;
}

const IDLE_CHECK_MS = 10_000;

export function Console() {
  const [desk, setDesk] = useState<Desk>();
  const [path, setPath] = useState(location.hash.slice(1) || "/");
  const [problem, setProblem] = useState("");
  const [, redraw] = useState(0);

  const fail = (why: unknown) => {
    if (desk && why instanceof Refused && why.status === 401) desk.me = undefined;
    setProblem(why === undefined ? "" : told(why));
    redraw((count) => count + 1);
  };
  useEffect(() => {
    Desk.open().then(setDesk, fail);
    const moved = () => {
      setProblem("");
      setPath(location.hash.slice(1) || "/");
    };
    addEventListener("hashchange", moved);
    return () => removeEventListener("hashchange", moved);
  }, []);

  // The pages ask the server again and again, so that a session does not end of itself while one is open.
  useEffect(() => {
    let touched = Date.now();
    const touch = () => {
      touched = Date.now();
    };
    const timer = setInterval(() => {
      if (desk?.me && Date.now() - touched > desk.me.idle_s * 1000) desk.signOut().then(() => go("/sign-in"), fail);
    }, IDLE_CHECK_MS);
    for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, touch);
    return () => {
      clearInterval(timer);
      for (const kind of ["pointerdown", "keydown"]) removeEventListener(kind, touch);
    };
  }, [desk]);

  const go = (to: string) => {
    setProblem("");
    if (location.hash === `#${to}`) setPath(to);
    else location.hash = to;
    redraw((count) => count + 1);
  };
  return (
    <>
      {desk?.isDemo && <p class="demo">DEMO: nothing here warns anybody</p>}
      <header>
        <a href="#/" class="brand">Tocsin console</a>
        {desk && <span class="authority">{desk.authority}</span>}
        {desk?.me && (
          <span class="who">
            {desk.me.name}{" "}
            <button type="button" class="quiet" onClick={() => desk.signOut().then(() => go("/sign-in"), fail)}>Sign out</button>
          </span>
        )}
      </header>
      {problem && <p role="alert" class="problem">{problem}</p>}
      <main>{desk ? <Page desk={desk} go={go} fail={fail} path={path} /> : !problem && <p class="starting">Loading…</p>}</main>
    </>
  );
}

function Page({ path, ...props }: PageProps & { path: string }) {
  const [, page = "", one = "", two = ""] = path.split("/");
  if (page === "enrol") return <Enrol {...props} key={one} token={one} />;
  if (page === "demo") return <DemoLink {...props} key={one} seed={one} />;
  if (!props.desk.me) return <SignIn {...props} then={page === "sign-in" ? "/" : path} />;
  if (page === "approve") return <Approve {...props} key={one} id={one} />;
  if (page === "order") return <OrderForm {...props} key={path} kind={(one || "alert") as Kind} alarm={two} />;
  return <Watch {...props} />;
}

function told(why: unknown): string {
  if (why instanceof Refused) {
    const which = why.candidates.map((one) => String(one.region ?? one.alarm ?? "")).filter(Boolean);
    return `${why.message}${which.length > 0 ? ` (${which.join(", ")})` : ""}`;
  }
  if (why instanceof NotSigned || why instanceof Unreadable) return why.message;
  return "The server cannot be reached. What is shown may be old.";
}
