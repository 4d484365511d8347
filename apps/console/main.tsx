/** The operators' console: sign in, draft, approve. Which page is shown stands behind the # of the address. */

import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Session } from "./session.ts";
import { Approve } from "./view/Approve.tsx";
import { Demo } from "./view/Demo.tsx";
import { Desk } from "./view/Desk.tsx";
import { Enrol } from "./view/Enrol.tsx";
import { SignIn } from "./view/SignIn.tsx";
import { Top } from "./view/Top.tsx";

function Console({ session }: { session: Session }) {
  const [route, setRoute] = useState(location.hash);
  const [, again] = useState(0);
  const changed = () => again((count) => count + 1);
  useEffect(() => {
    const follow = () => setRoute(location.hash);
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, []);
  const [, page = "", argument = ""] = route.split("/");
  return (
    <>
      <Top session={session} changed={changed} />
      <main>{view(session, page, argument, changed)}</main>
    </>
  );
}

function view(session: Session, page: string, argument: string, changed: () => void) {
  if (page === "enrol") return <Enrol token={argument} />;
  if (page === "demo" && !session.me) return <Demo session={session} seeds={argument} changed={changed} />;
  if (!session.me) return <SignIn session={session} changed={changed} />;
  if (page === "approve") return <Approve key={argument} session={session} id={argument} />;
  return <Desk session={session} />;
}

const root = document.getElementById("app") as HTMLElement;
const session = new Session();
try {
  await session.open();
  root.replaceChildren();
  render(<Console session={session} />, root);
} catch (why) {
  root.textContent = `The server cannot be reached: ${why instanceof Error ? why.message : why}. Load the page again.`;
}
