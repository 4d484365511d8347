/** Choosing regions by name. */

import { useId, useState } from "preact/hooks";
import type { Desk } from "../desk.ts";

const FOUND_MAX = 8;

export function RegionPicker({ desk, chosen, choose }: { desk: Desk; chosen: string[]; choose: (codes: string[]) => void }) {
  const [asked, setAsked] = useState("");
  const id = useId();
  const found = desk.search.find(asked, FOUND_MAX).filter(({ code }) => !chosen.includes(code));
  const add = (code: string) => {
    choose([...chosen, code]);
    setAsked("");
    document.getElementById(id)?.focus();
  };
  return (
    <fieldset>
      <legend>Where</legend>
      <ul class="chosen">
        {chosen.map((code) => (
          <li key={code}>
            {desk.name(code)}{" "}
            <button type="button" class="quiet" aria-label={`Take out ${desk.name(code)}`} onClick={() => choose(chosen.filter((one) => one !== code))}>×</button>
          </li>
        ))}
      </ul>
      <label for={id}>Name of a place</label>
      <input
        id={id}
        value={asked}
        autocomplete="off"
        onInput={(event) => setAsked(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== "Enter") return;
          event.preventDefault();
          if (found[0]) add(found[0].code);
        }}
      />
      <ul class="found">
        {found.map((region) => (
          <li key={region.code}>
            <button type="button" data-region={region.code} onClick={() => add(region.code)}>
              {desk.name(region.code)} <span class="faint">{desk.path(region)}</span>
            </button>
          </li>
        ))}
      </ul>
    </fieldset>
  );
}
