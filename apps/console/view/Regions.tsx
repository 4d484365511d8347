/** Choosing regions by name. */

import { useMemo, useState } from "preact/hooks";
import type { Atlas } from "../../shared/regions.ts";
import { Search } from "../../shared/search.ts";

const SHOWN_MAX = 8;

interface Props {
  atlas: Atlas | undefined;
  chosen: string[];
  choose: (codes: string[]) => void;
}

export function Regions({ atlas, chosen, choose }: Props) {
  const [typed, setTyped] = useState("");
  const search = useMemo(() => atlas && new Search(atlas), [atlas]);
  const found = typed.trim() && search ? search.find(typed, SHOWN_MAX) : [];
  const add = (code: string) => {
    if (!chosen.includes(code)) choose([...chosen, code]);
    setTyped("");
  };
  return (
    <fieldset>
      <legend>Where</legend>
      <ul class="chosen">
        {chosen.map((code) => (
          <li key={code}>
            {atlas?.region(code)?.names.en ?? code}{" "}
            <button type="button" aria-label={`Remove ${atlas?.region(code)?.names.en ?? code}`} onClick={() => choose(chosen.filter((one) => one !== code))}>
              ×
            </button>
          </li>
        ))}
      </ul>
      <input
        type="search"
        aria-label="Region"
        placeholder={atlas ? "Name or code, as Kyiv, Вишгород, UA-30" : "Loading the regions…"}
        value={typed}
        onInput={(event) => setTyped(event.currentTarget.value)}
        onKeyDown={(event) => {
          const first = found[0];
          if (event.key === "Enter" && first) {
            event.preventDefault();
            add(first.code);
          }
        }}
      />
      <ul class="found">
        {found.map((region) => (
          <li key={region.code}>
            <button type="button" onClick={() => add(region.code)}>
              {region.names.en} <span class="small">{region.ancestors.map(({ names }) => names.en).join(", ")}</span>
            </button>
          </li>
        ))}
      </ul>
    </fieldset>
  );
}
