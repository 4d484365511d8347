/** The page: what counts most first, and the two things that must never go unnoticed, silence and mute, always in sight. */

import { useEffect, useReducer, useState } from "preact/hooks";
import type { Model } from "../model.ts";
import { WORDS, type Words } from "../words/words.ts";
import { About } from "./About.tsx";
import { Bar } from "./Bar.tsx";
import { Chooser } from "./Chooser.tsx";
import { Exercises } from "./Exercises.tsx";
import { Demo, Head } from "./Head.tsx";
import { LiveRegions } from "./LiveRegions.tsx";
import { MapSection } from "./MapSection.tsx";
import { Places } from "./Places.tsx";
import { Screen } from "./Screen.tsx";
import { SoundSamples } from "./SoundSamples.tsx";
import { Stranger } from "./Stranger.tsx";

export function Page({ model }: { model: Model }) {
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  const [choosing, choose] = useState(model.places.length === 0);
  useEffect(() => model.subscribe(() => redraw(undefined)), [model]);
  const { language } = model;
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  const chosen = () => {
    choose(false);
    // The list that had the focus is gone: what it was chosen for has it now.
    requestAnimationFrame(() => document.querySelector<HTMLElement>("main h1")?.focus());
  };

  const words = WORDS[language];
  const shown = model.shown();
  // An exercise stands first, but never before anything real.
  const danger = shown === "alarm" || shown === "partial" || shown === "expired" || shown === "unknown";
  const level = model.holdings()[0]?.notice.level;
  useEffect(() => {
    const title = { alarm: words.alarm, partial: words.partial, expired: words.expired, unknown: words.unknown, clear: words.clear, not_live: words.notLive, no_places: "Tocsin" };
    document.title = `${model.demo ? `${words.demo} · ` : ""}${title[shown]}`;
  }, [shown, words, model.demo]);

  if (model.device.stranger || model.device.otherCard) return <Stranger model={model} words={words} />;
  return (
    <>
      {model.demo && <Demo words={words} />}
      <Head model={model} words={words} />
      <main
        data-state={shown}
        data-level={level ?? "none"}
        data-live={model.live}
        data-armed={model.sounds.armed}
        data-position={model.device.position ?? ""}
        data-exercise={model.exerciseViews().length > 0}
      >
        {model.device.doubt && <Doubt words={words} doubt={model.device.doubt} />}
        {!danger && <Exercises model={model} words={words} />}
        {/* Whatever a person is doing here, danger at a place they have chosen stands above it. */}
        {(danger || !choosing) && shown !== "no_places" && <Screen model={model} words={words} shown={shown} />}
        {(choosing || shown === "no_places") && <Chooser model={model} words={words} done={chosen} />}
        {danger && <Exercises model={model} words={words} />}
        {!choosing && shown !== "no_places" && <Places model={model} words={words} add={() => choose(true)} />}
        <MapSection model={model} words={words} />
        <SoundSamples model={model} words={words} />
        <About model={model} words={words} />
      </main>
      <Bar model={model} words={words} />
      <LiveRegions model={model} words={words} shown={shown} />
    </>
  );
}

/** Somebody elsewhere sees another journal than this page was shown: said before anything else. */
function Doubt({ words, doubt: { witness, verdict } }: { words: Words; doubt: NonNullable<Model["device"]["doubt"]> }) {
  return (
    <p class="doubt" role="alert">
      {verdict === "split" ? words.witnessSplit(witness) : words.witnessWithheld(witness)}
    </p>
  );
}
