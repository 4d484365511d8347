/** Choosing places by name. Nothing that is typed or chosen here leaves the device. */

import { useMemo, useRef, useState, useEffect } from "preact/hooks";
import type { Region } from "../../shared/regions.ts";
import { Search } from "../../shared/search.ts";
import type { Model } from "../model.ts";
import type { Words } from "../words/words.ts";
import { Icon } from "./icons.tsx";
import { above } from "./Places.tsx";

const FOUND_MAX = 30;
// The country and its first level: what is offered before anything is typed.
const OFFERED_LEVEL_MAX = 1;

export function Chooser({ model, words, done }: { model: Model; words: Words; done: () => void }) {
  const { atlas, language } = model;
  const [asked, ask] = useState("");
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus({ preventScroll: true }), []);
  const search = useMemo(() => atlas && new Search(atlas), [atlas]);
  const offered = useMemo(() => atlas?.regions.filter((one) => one.level <= OFFERED_LEVEL_MAX) ?? [], [atlas]);
  const wanted = asked.trim();
  const found = useMemo(() => (wanted ? (search?.find(wanted, FOUND_MAX) ?? []) : offered), [search, offered, wanted]);
  return (
    <section class="chooser" aria-labelledby="chooser-title">
      <h1 id="chooser-title">{words.choosePlaces}</h1>
      <p class="meaning">{words.choosePlacesMeaning}</p>
      <label class="search">
        <span>{words.searchPlaces}</span>
        <input
          ref={field}
          type="search"
          value={asked}
          placeholder={words.searchExample}
          autocomplete="off"
          spellcheck={false}
          enterkeyhint="search"
          onInput={(event) => ask(event.currentTarget.value)}
        />
      </label>
      <p class="count" role="status">
        {!atlas && (model.atlasMissing ? words.regionsMissing : words.regionsLoading)}
        {atlas && wanted && (found.length > 0 ? words.found(found.length) : words.noPlaceFound)}
      </p>
      <ul class="found">
        {found.map((region) => (
          <Found key={region.code} region={region} model={model} words={words} language={language} />
        ))}
      </ul>
      {model.places.length > 0 && (
        <button type="button" class="done" onClick={done}>
          {words.done}: {model.places.map((place) => place.names[language]).join(", ")}
        </button>
      )}
    </section>
  );
}

interface FoundProps {
  region: Region;
  model: Model;
  words: Words;
  language: "uk" | "en";
}

function Found({ region, model, words, language }: FoundProps) {
  const chosen = model.places.some((place) => place.code === region.code);
  const toggle = () => (chosen ? model.removePlace(region.code) : model.addPlace(region));
  return (
    <li>
      <button type="button" data-region={region.code} aria-pressed={chosen} onClick={() => void toggle()}>
        <Icon sign={chosen ? "clear" : "place"} />
        <span>
          <strong>{region.names[language]}</strong>
          <span class="above">{above(region, language)}</span>
        </span>
        {chosen && <span class="chosen">{words.chosen}</span>}
      </button>
    </li>
  );
}
