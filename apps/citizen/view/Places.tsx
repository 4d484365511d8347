/** The chosen places, each with its own state. */

import type { Place } from "../../shared/place.ts";
import { hazardOf } from "../announcing.ts";
import type { Model } from "../model.ts";
import type { Words } from "../words/words.ts";
import { type Sign, Icon } from "./icons.tsx";

export function Places({ model, words, add }: { model: Model; words: Words; add: () => void }) {
  const { language } = model;
  return (
    <section class="places" aria-labelledby="places-title">
      <h2 id="places-title">{words.places}</h2>
      <ul>
        {model.views().map(({ place, state, touches }) => {
          const unheard = (state === "clear" || state === "unknown") && !model.live;
          const sign: Sign = unheard ? "not_live" : state;
          const said = { alarm: words.alarm, partial: words.partial, expired: words.expired, unknown: words.unknown, clear: words.clear }[state];
          const [first] = touches;
          return (
            <li key={place.code} class="place" data-place={place.code} data-state={sign}>
              <Icon sign={sign} />
              <div>
                <strong>{place.names[language]}</strong>
                <span class="above">{above(place, language)}</span>
                <span class="said">
                  {unheard ? words.notLive : said}
                  {first && ` · ${hazardOf(first.notice, language)}`}
                </span>
              </div>
              <button type="button" class="remove" aria-label={words.remove(place.names[language])} onClick={() => void model.removePlace(place.code)}>
                ×
              </button>
            </li>
          );
        })}
      </ul>
      <button type="button" class="add" onClick={add}>
        + {words.addPlace}
      </button>
    </section>
  );
}

export function above({ ancestors }: Pick<Place, "ancestors">, language: "uk" | "en"): string {
  return ancestors.map((one) => one.names[language]).join(", ");
}
