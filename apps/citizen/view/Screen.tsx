/** The state that fills the screen: in words, by a sign, by a pattern, and last of all by colour. */

import type { ActualNotice, Notice } from "../../shared/notice.ts";
import { type Holding, type Place, stateOf } from "../../shared/place.ts";
import { hazardOf, textIn } from "../announcing.ts";
import type { Model, Shown } from "../model.ts";
import { clockTime, span } from "../time.ts";
import type { Words } from "../words/words.ts";
import { Fingerprints } from "./About.tsx";
import { Icon } from "./icons.tsx";
import { namesOf, regionNames } from "./names.ts";

interface Props {
  model: Model;
  words: Words;
  shown: Exclude<Shown, "no_places">;
}

export function Screen({ model, words, shown }: Props) {
  const [first, ...others] = model.holdings();
  return (
    <section class={`screen ${shown}`} data-level={first?.notice.level} data-disputed={first?.phase === "disputed"}>
      {first && !model.live && (
        <p class="unsure">
          <Icon sign="not_live" /> {words.notLiveAlarm}
        </p>
      )}
      {first ? (
        <Alarm model={model} words={words} holding={first} others={others} />
      ) : shown === "unknown" ? (
        <Unknown model={model} words={words} />
      ) : (
        <Quiet model={model} words={words} shown={shown} />
      )}
    </section>
  );
}

interface AlarmProps {
  model: Model;
  words: Words;
  holding: Holding<ActualNotice>;
  others: Holding<ActualNotice>[];
}

function Alarm({ model, words, holding, others }: AlarmProps) {
  const { language } = model;
  const { notice, phase, cover, regions, places } = holding;
  const nowMs = model.nowS * 1_000;
  const text = textIn(notice, language);
  const since = words.since(clockTime(notice.since * 1_000, nowMs, language), span(model.nowS - notice.since, words));
  const state = stateOf(holding) as "alarm" | "partial" | "expired";
  const here = state === "alarm";
  const hazard = hazardOf(notice, language);
  return (
    <>
      <Icon sign={state} />
      {/* Only an alarm that holds here has the hazard as its largest word. */}
      <p class="kind">
        {here ? words.alarm : hazard}
        {phase !== "expired" && <span class="level"> · {words.levels[notice.level]}</span>}
      </p>
      <h1 tabIndex={-1}>{here ? hazard : words[state]}</h1>
      <p class="where">{namesOf(places, language)}</p>
      {cover === "part" && (
        <p class="parts">
          <span>{words.partialMeaning}</span> <strong>{regionNames(model, regions)}</strong>
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
          <p lang={text.tag}>{text.instruction}</p>
        </div>
      )}
      <Proof model={model} words={words} notice={notice} />
      <Others model={model} words={words} others={others} />
    </>
  );
}

/** Who ordered it: in a line, and one tap away with all that was checked. */
function Proof({ model, words, notice }: { model: Model; words: Words; notice: Notice }) {
  const signers = model.signersOf(notice);
  const { pin, rosterVersion } = model.device;
  return (
    <details class="proof">
      <summary>
        {words.orderedBy(notice.issuer)} · {words.signaturesChecked(signers.length)}
      </summary>
      <ul class="signers">
        {signers.map(({ name, kind }) => (
          <li key={name}>
            {name} · {words.signerKinds[kind]}
          </li>
        ))}
      </ul>
      <p>
        {words.authority}: {notice.authority} · {words.rosterVersion(rosterVersion)}
      </p>
      {pin && <Fingerprints pin={pin} words={words} />}
    </details>
  );
}

/** The other alarms: each is its own, and the end of one ends no other. */
function Others({ model, words, others }: Omit<AlarmProps, "holding">) {
  const { language } = model;
  if (others.length === 0) return null;
  return (
    <div class="others">
      <h2>{words.others(others.length)}</h2>
      <ul>
        {others.map(({ notice, phase, cover, regions, places }) => (
          <li key={`${cover} ${notice.alarm}`}>
            <strong>{hazardOf(notice, language)}</strong> · {namesOf(places, language)} · {words.phases[phase]} ·{" "}
            {words.levels[notice.level]}
            {cover === "part" && ` · ${regionNames(model, regions)}`}
          </li>
        ))}
      </ul>
    </div>
  );
}

function Unknown({ model, words }: Omit<Props, "shown">) {
  return (
    <>
      <Icon sign="unknown" />
      <h1 tabIndex={-1}>{words.unknown}</h1>
      <p class="where">{namesOf(model.places, model.language)}</p>
      <p class="meaning">{words.unknownMeaning}</p>
    </>
  );
}

function Quiet({ model, words, shown }: Props) {
  const { language, device } = model;
  const nowMs = model.nowS * 1_000;
  const clear = shown === "clear";
  const wasClear = model.views().every((view) => view.state === "clear");
  return (
    <>
      <Icon sign={clear ? "clear" : "not_live"} />
      <h1 tabIndex={-1}>{clear ? words.clear : model.connecting ? words.connecting : words.notLive}</h1>
      <p class="where">{namesOf(model.places, language)}</p>
      <p class="meaning">{clear ? words.clearMeaning : words.notLiveMeaning}</p>
      {!clear && wasClear && device.confirmedMs !== undefined && (
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

function touches(regions: string[], place: Place): boolean {
  return regions.includes(place.code) || place.ancestors.some((one) => regions.includes(one.code));
}
