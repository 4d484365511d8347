/** A draft as its bytes tell it: what devices will show if it is issued. */

import { useEffect, useState } from "preact/hooks";
import { isEnding } from "../../shared/notice.ts";
import type { Desk } from "../desk.ts";
import { type Draft, changes } from "../draft.ts";
import { askNewest } from "../office.ts";
import { FIRST, HAZARDS, KINDS, LANGUAGES, LEVELS, clock } from "../words.ts";

export function Shown({ draft, desk }: { draft: Draft; desk: Desk }) {
  const { notice, regions, parts } = draft;
  const [changed, setChanged] = useState<string[]>();
  useEffect(() => {
    if (notice.version === 1) return setChanged([]);
    askNewest(notice.alarm)
      .then((newest) => changes(draft, newest, (code) => desk.name(code)))
      .then(setChanged, () => setChanged(["What it changes could not be found out."]));
  }, [draft.id]);
  const first = FIRST[notice.status];
  return (
    <article class={`shown ${notice.status} ${notice.level} ${isEnding(notice) ? "ending" : ""}`} data-notice={notice.id}>
      <h2>
        {first && <strong class="first">{first}</strong>}
        {KINDS[notice.kind]}: {HAZARDS[notice.hazard] ?? notice.hazard}
      </h2>
      <dl>
        <dt>Level</dt>
        <dd class="level">{LEVELS[notice.level]}</dd>
        <dt>Where</dt>
        <dd>
          <ul class="regions">
            {regions.map((code) => {
              const region = desk.atlas.region(code);
              return (
                <li key={code}>
                  {desk.name(code)} {region && region.ancestors.length > 1 && <span class="faint">{desk.path(region)}</span>}
                </li>
              );
            })}
          </ul>
          {notice.atlas !== desk.atlas.hash && <p class="problem">Made with another edition of the regions: names may differ.</p>}
        </dd>
        {!isEnding(notice) && (
          <>
            <dt>Until</dt>
            <dd>{clock(notice.expires)}</dd>
          </>
        )}
        {parts.length > 1 && (
          <>
            <dt>Parts</dt>
            <dd>{parts.length} alarms: the places do not fit one. You sign each of them.</dd>
          </>
        )}
        {changed && changed.length > 0 && (
          <>
            <dt>Changes</dt>
            <dd>
              <ul class="changes">{changed.map((line) => <li key={line}>{line}</li>)}</ul>
            </dd>
          </>
        )}
      </dl>
      {Object.entries(notice.text).map(([language, text]) => (
        <blockquote key={language} lang={language}>
          <span class="faint">{LANGUAGES[language] ?? language}</span>
          <strong>{text.headline}</strong>
          <p>{text.instruction}</p>
        </blockquote>
      ))}
    </article>
  );
}
