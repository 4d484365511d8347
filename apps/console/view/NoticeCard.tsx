/** What the bytes to be signed say: to whom, about what, in which words, until when. */

import type { Notice } from "../../shared/notice.ts";
import type { Atlas } from "../../shared/regions.ts";
import { HAZARDS, KINDS, clock, duration } from "../order.ts";

export function NoticeCard({ notice, atlas }: { notice: Notice; atlas: Atlas | undefined }) {
  const names = notice.regions.map((code) => atlas?.region(code)?.names.en ?? code);
  return (
    <article class={`notice ${notice.status} ${notice.level}`}>
      {notice.status !== "actual" && <p class="status">{notice.status.toUpperCase()}</p>}
      <h2>
        {KINDS[notice.kind]} · {HAZARDS[notice.hazard] ?? notice.hazard} <span class="level">{notice.level}</span>
      </h2>
      <dl>
        <dt>Where</dt>
        <dd>{names.join("; ")}</dd>
        <dt>Until</dt>
        <dd>
          {clock(notice.expires)} ({duration(notice.expires - notice.effective)})
        </dd>
        {Object.entries(notice.text).map(([language, { headline, instruction }]) => (
          <>
            <dt>{language}</dt>
            <dd lang={language}>
              <strong>{headline}</strong>
              {instruction && <p>{instruction}</p>}
            </dd>
          </>
        ))}
        <dt>Alarm</dt>
        <dd class="code">
          {notice.alarm} version {notice.version}
        </dd>
      </dl>
    </article>
  );
}
