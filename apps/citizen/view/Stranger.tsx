/** The warning that fills the page when another authority, or one with other keys, answers here or stands on a printed card. */

import { useState } from "preact/hooks";
import type { Pin } from "../../shared/trust.ts";
import { DEMO } from "../announcing.ts";
import type { Model } from "../model.ts";
import type { Words } from "../words/words.ts";
import { Fingerprints } from "./About.tsx";
import { Demo } from "./Head.tsx";
import { Icon } from "./icons.tsx";
import { Screen } from "./Screen.tsx";

export function Stranger({ model, words }: { model: Model; words: Words }) {
  const { pin, otherCard } = model.device;
  const stranger = otherCard ?? model.device.stranger;
  if (!pin || !stranger) return null;
  const demo = pin.authority === DEMO || stranger.authority === DEMO;
  return (
    <>
      {demo && <Demo words={words} />}
      <Warning model={model} words={words} pin={pin} stranger={stranger} />
    </>
  );
}

function Warning({ model, words, pin, stranger }: { model: Model; words: Words; pin: Pin; stranger: Pin }) {
  const [compared, setCompared] = useState(false);
  const shown = model.shown();
  const isCard = stranger === model.device.otherCard;
  return (
    <main class="stranger" data-state="stranger" data-live="false" data-armed={model.sounds.armed}>
      <Icon sign="alarm" />
      <div role="alert">
        <h1>{isCard ? words.otherCardTitle : words.strangerTitle}</h1>
        <p>{isCard ? words.otherCardMeaning : words.strangerMeaning}</p>
      </div>
      <h2>
        {words.strangerWas}: {pin.authority}
      </h2>
      <Fingerprints pin={pin} words={words} />
      <h2>
        {isCard ? words.otherCardIs : words.strangerIs}: {stranger.authority}
      </h2>
      <Fingerprints pin={stranger} words={words} />
      {isCard && (
        <button type="button" onClick={() => location.assign(location.pathname)}>
          {words.otherCardKeep}
        </button>
      )}
      <label class="compared">
        <input type="checkbox" checked={compared} onChange={(event) => setCompared(event.currentTarget.checked)} />
        <span>{words.strangerCompared}</span>
      </label>
      <button type="button" disabled={!compared} onClick={() => void model.forgetAll()}>
        {words.strangerTrust}
      </button>
      {shown !== "no_places" && shown !== "not_live" && (
        <>
          <h2>{words.strangerLast}</h2>
          <Screen model={model} words={words} shown={shown} />
        </>
      )}
    </main>
  );
}
