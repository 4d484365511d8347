/** The state that fills the screen: in words, by a sign, by a pattern, and last of all by colour. */

import type { ActualNotice } from "../../shared/notice.ts";
import type { PlaceView, Touch } from "../../shared/place.ts";
import { hazardOf, textIn } from "../announcing.ts";
import type { Model, Shown } from "../model.ts";
import { clockTime, span } from "../time.ts";
import type { Words } from "../words/words.ts";
import { Icon } from "./icons.tsx";
import { regionNames } from "./names.ts";

interface Props {
  model: Model;
  words: Words;
  shown: Exclude<Shown, "no_places">;
}

export function Screen({ model, words, shown }: Props) {
  const state = shown === "not_live" ? "clear" : shown;
  const worst = model.views().filter((view) => view.state === state);
  const [first] = worst;
  const one = first?.touches[0];
  return (
    <section class={`screen ${shown}`} data-level={one?.notice.level} data-disputed={one?.phase === "disputed"}>
      {!model.live && shown !== "not_live" && (
        <p class="unsure">
          <Icon sign="not_live" /> {shown === "clear" ? words.notLive : words.notLiveAlarm}
        </p>
      )}
      {one && first ? (
        <Alarm model={model} words={words} view={first} one={one} places={worst} />
      ) : (
        <Quiet model={model} words={words} shown={shown} places={worst} />
      )}
    </section>
  );
}

interface AlarmProps {
  model: Model;
  words: Words;
  view: PlaceView<ActualNotice>;
  one: Touch<ActualNotice>;
  places: PlaceView<ActualNotice>[];
}

function Alarm({ model, words, view, one, places }: AlarmProps) {
  const { language } = model;
  const { notice, phase } = one;
  const nowMs = model.nowS * 1_000;
  const text = textIn(notice, language);
  const since = words.since(clockTime(notice.since * 1_000, nowMs, language), span(model.nowS - notice.since, words));
  const sign = view.state === "alarm" ? "alarm" : view.state === "partial" ? "partial" : "expired";
  return (
    <>
      <Icon sign={sign} />
      <p class="kind">
        {view.state === "alarm" ? words.alarm : view.state === "partial" ? words.partial : words.expired}
        {phase !== "expired" && <span class="level"> · {words.levels[notice.level]}</span>}
      </p>
      <h1>{hazardOf(notice, language)}</h1>
      <p class="where">{places.map(({ place }) => place.names[language]).join(", ")}</p>
      {one.cover === "part" && (
        <p class="parts">
          <span>{words.partialMeaning}</span> <strong>{regionNames(model, one.regions)}</strong>
        </p>
      )}
      <p class="since">
        {since}
        {phase !== "expired" && <span class="until">{words.until(clockTime(notice.expires * 1_000, nowMs, language))}</span>}
      </p>
      {phase === "disputed" && <p class="checking">{words.disputedMeaning}</p>}
      {phase === "expired" && <p class="checking">{words.expiredMeaning}</p>}
      {text.instruction && (
        <div class="instruction">
          <h2>{words.whatToDo}</h2>
          <p>{text.instruction}</p>
        </div>
      )}
      <p class="proof">
        {words.orderedBy(notice.issuer)} · {words.signatureChecked}
      </p>
      <Others model={model} words={words} view={view} />
    </>
  );
}

/** The other alarms of the place: each is its own, and the end of one ends no other. */
function Others({ model, words, view }: { model: Model; words: Words; view: PlaceView<ActualNotice> }) {
  const others = view.touches.slice(1);
  if (others.length === 0) return null;
  return (
    <div class="others">
      <h2>{words.others(others.length)}</h2>
      <ul>
        {others.map(({ notice, phase, cover, regions }) => (
          <li key={notice.alarm}>
            <strong>{hazardOf(notice, model.language)}</strong> · {words.phases[phase]} · {words.levels[notice.level]}
            {cover === "part" && ` · ${regionNames(model, regions)}`}
          </li>
        ))}
      </ul>
    </div>
  );
}

function Quiet({ model, words, shown, places }: Props & { places: PlaceView<ActualNotice>[] }) {
  const { language, device } = model;
  const nowMs = model.nowS * 1_000;
  const clear = shown === "clear";
  return (
    <>
      <Icon sign={clear ? "clear" : "not_live"} />
      <h1>{clear ? words.clear : words.notLive}</h1>
      <p class="where">{places.map(({ place }) => place.names[language]).join(", ")}</p>
      <p class="meaning">{clear ? words.clearMeaning : words.notLiveMeaning}</p>
      {!clear && device.confirmedMs !== undefined && (
        <p class="as-of">
          {words.asOf(clockTime(device.confirmedMs, nowMs, language))}: {words.clear.toLowerCase()}
        </p>
      )}
      <Ended model={model} words={words} />
    </>
  );
}

function Ended({ model, words }: { model: Model; words: Words }) {
  const ended = model.recentlyEnded().filter((notice) => model.places.some((place) => touches(notice.regions, place)));
  if (ended.length === 0) return null;
  return (
    <div class="ended">
      <h2>{words.recentlyEnded}</h2>
      <ul>
        {ended.map((notice) => (
          <li key={notice.alarm}>
            <strong>{notice.kind === "false_alarm" ? words.falseAlarm : words.allClear}</strong>{" "}
            {words.endedAt(clockTime(notice.sent * 1_000, model.nowS * 1_000, model.language))} ·{" "}
            {hazardOf(notice, model.language)}
          </li>
        ))}
      </ul>
    </div>
  );
}

function touches(regions: string[], place: { code: string; ancestors: { code: string }[] }): boolean {
  return regions.includes(place.code) || place.ancestors.some((one) => regions.includes(one.code));
}
