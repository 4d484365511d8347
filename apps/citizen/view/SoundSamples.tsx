/** Every sound of the page, to be known before it is needed. */

import type { Model } from "../model.ts";
import type { Words } from "../words/words.ts";

type Sample = keyof Words["soundNames"];

export function SoundSamples({ model, words }: { model: Model; words: Words }) {
  return (
    <details class="samples">
      <summary>
        <h2>{words.sounds}</h2>
      </summary>
      <p>{words.soundsMeaning}</p>
      <ul>
        {(Object.keys(words.soundNames) as Sample[]).map((sound) => (
          <li key={sound}>
            <button type="button" disabled={model.teller.busy} onClick={(event) => void model.sounds.sample(sound, event)}>
              ▶ {words.soundNames[sound]}
            </button>
          </li>
        ))}
      </ul>
    </details>
  );
}
