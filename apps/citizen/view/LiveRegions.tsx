/** What a screen reader says by itself: an alarm at once, the rest when it has a moment. Ticking clocks stay out of it. */

import { hazardOf, textIn } from "../announcing.ts";
import type { Model, Shown } from "../model.ts";
import type { Words } from "../words/words.ts";

export function LiveRegions({ model, words, shown }: { model: Model; words: Words; shown: Shown }) {
  return (
    <div class="unseen">
      <div role="alert" aria-live="assertive" aria-atomic="true">
        {urgent(model, words)}
      </div>
      <div role="status" aria-live="polite" aria-atomic="true">
        {calm(model, words, shown)}
      </div>
    </div>
  );
}

function urgent(model: Model, words: Words): string {
  const { language } = model;
  const alarms = model.views().filter((view) => view.state === "alarm");
  return alarms
    .map(({ place, touches }) => {
      const [first] = touches;
      if (!first) return "";
      const text = textIn(first.notice, language);
      const demo = model.demo ? `${words.demo}. ` : "";
      const checking = first.phase === "disputed" ? ` ${words.disputedMeaning}` : "";
      const level = words.levels[first.notice.level];
      return `${demo}${hazardOf(first.notice, language)}. ${level}. ${place.names[language]}. ${text.instruction}${checking}`;
    })
    .join(" ");
}

function calm(model: Model, words: Words, shown: Shown): string {
  const said = [
    model.exerciseViews().length > 0 && `${words.exercise}. ${words.exerciseMeaning}`,
    shown === "clear" && words.clear,
    shown === "partial" && words.partial,
    shown === "expired" && words.expired,
    shown === "unknown" && `${words.unknown}. ${words.unknownMeaning}`,
    !model.live && !model.connecting && shown !== "no_places" && words.notLive,
    !model.sounds.armed && words.soundOffMeaning,
  ];
  return said.filter(Boolean).join(". ");
}
