/** Whose console this is, who sits at it, and in a demo the word for it. */

import type { Session } from "../session.ts";

export function Top({ session, changed }: { session: Session; changed: () => void }) {
  const leave = () => void session.signOut().finally(() => { location.hash = "#/"; changed(); });
  return (
    <>
      {session.demo && <p class="band">DEMO — nobody is warned by what is ordered here</p>}
      <header>
        <a class="brand" href="#/">
          Tocsin <span>{session.authority?.authority}</span>
        </a>
        {session.me && (
          <p class="who">
            {session.me.name}{" "}
            <button type="button" class="quiet" onClick={leave}>
              Sign out
            </button>
          </p>
        )}
      </header>
    </>
  );
}
