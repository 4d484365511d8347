/** Exercises: another colour, another frame, and the word first. They never take the place of the actual state. */

import { hazardOf, textIn } from "../announcing.ts";
import type { Model } from "../model.ts";
import { clockTime } from "../time.ts";
import type { Words } from "../words/words.ts";
import { Icon } from "./icons.tsx";

export function Exercises({ model, words }: { model: Model; words: Words }) {
  const views = model.exerciseViews();
  if (views.length === 0) return null;
  const { language } = model;
  const alarms = new Map(views.flatMap((view) => view.touches.map((one) => [one.notice.alarm, one.notice] as const)));
  return (
    <section class="exercise" aria-label={words.exercise}>
      <h2 class="exercise-word">
        <Icon sign="exercise" /> {words.exercise}
      </h2>
      <p class="exercise-meaning">{words.exerciseMeaning}</p>
      <ul>
        {Array.from(alarms.values(), (notice) => (
          <li key={notice.alarm}>
            <strong>
              {words.exercise}: {hazardOf(notice, language)}
            </strong>{" "}
            · {clockTime(notice.since * 1_000, model.nowS * 1_000, language)} ·{" "}
            {views
              .filter((view) => view.touches.some((one) => one.notice.alarm === notice.alarm))
              .map((view) => view.place.names[language])
              .join(", ")}
            <p>{textIn(notice, language).instruction}</p>
          </li>
        ))}
      </ul>
    </section>
  );
}
