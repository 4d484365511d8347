/** What an order changes against what holds now. */

import type { Notice } from "../../shared/notice.ts";
import type { Atlas } from "../../shared/regions.ts";
import { clock } from "../order.ts";

export function Differences({ before, now, atlas }: { before: Notice; now: Notice; atlas: Atlas }) {
  const names = (codes: string[]) => codes.map((code) => atlas.region(code)?.names.en ?? code).join("; ");
  const rows: [string, string, string][] = [];
  if (before.level !== now.level) rows.push(["Level", before.level, now.level]);
  if (before.expires !== now.expires) rows.push(["Until", clock(before.expires), clock(now.expires)]);
  const left = before.regions.filter((code) => !now.regions.includes(code));
  const joined = now.regions.filter((code) => !before.regions.includes(code));
  if (left.length > 0) rows.push(["Ends in", names(left), "—"]);
  if (joined.length > 0) rows.push(["New in", "—", names(joined)]);
  for (const language of Object.keys(now.text)) {
    const [was, is] = [before.text[language]?.headline ?? "—", now.text[language]?.headline ?? "—"];
    if (was !== is) rows.push([language, was, is]);
  }
  if (rows.length === 0) return <p>It changes nothing but its kind.</p>;
  return (
    <table class="differences">
      <thead>
        <tr>
          <th>What</th>
          <th>Now</th>
          <th>After this order</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(([what, was, is]) => (
          <tr key={what}>
            <th>{what}</th>
            <td>{was}</td>
            <td>{is}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
