/** Silence and mute, always in sight: when the page last heard, and whether it can be heard. */

import type { Model } from "../model.ts";
import { clockTime, span } from "../time.ts";
import type { Words } from "../words/words.ts";
import { Icon } from "./icons.tsx";

export function Bar({ model, words }: { model: Model; words: Words }) {
  return (
    <footer class="bar">
      <Heard model={model} words={words} />
      <Sound model={model} words={words} />
    </footer>
  );
}

function Heard({ model, words }: { model: Model; words: Words }) {
  const silenceMs = model.device.freshness.silenceMs();
  const { confirmedMs } = model.device;
  const before = confirmedMs === undefined ? words.neverHeard : words.asOf(clockTime(confirmedMs, Date.now(), model.language));
  return (
    <p class="heard" data-live={model.live}>
      <Icon sign={model.live ? "live" : "not_live"} />
      <span>
        <strong>{model.live ? words.live : model.connecting ? words.connecting : words.notLive}</strong>
        <span class="detail">{silenceMs === undefined ? before : words.lastHeard(span(silenceMs / 1_000, words))}</span>
      </span>
    </p>
  );
}

function Sound({ model, words }: { model: Model; words: Words }) {
  if (model.teller.busy) {
    return (
      <button type="button" class="sound stop" onClick={() => model.teller.hush()}>
        <Icon sign="mute" />
        <span>
          <strong>{words.stopSound}</strong>
        </span>
      </button>
    );
  }
  if (model.sounds.armed) {
    return (
      <p class="sound on">
        <Icon sign="sound" />
        <span>
          <strong>{words.soundOn}</strong>
        </span>
      </p>
    );
  }
  return (
    <button type="button" class="sound off" onClick={() => void model.turnOnSound()}>
      <Icon sign="mute" />
      <span>
        <strong>{words.turnOnSound}</strong>
        <span class="detail">{model.soundRefused ? words.soundBlocked : words.soundOff}</span>
      </span>
    </button>
  );
}
