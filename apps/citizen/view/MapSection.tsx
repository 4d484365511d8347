/** Where alarms hold, everywhere: a list first, and a map that is fetched when it is asked for. */

import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { phase } from "../../shared/alarms.ts";
import { hazardOf } from "../announcing.ts";
import type { Model } from "../model.ts";
import { type RegionsMap, askMap } from "../net.ts";
import type { Words } from "../words/words.ts";
import type { AlertMapProps } from "./AlertMap.tsx";
import { regionNames } from "./names.ts";

interface Loaded {
  AlertMap: ComponentType<AlertMapProps>;
  map: RegionsMap;
}

export function MapSection({ model, words }: { model: Model; words: Words }) {
  const [open, setOpen] = useState(false);
  const [loaded, setLoaded] = useState<Loaded>();
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    if (!open || loaded) return;
    setFailed(false);
    Promise.all([import("./AlertMap.tsx"), askMap()]).then(
      ([{ AlertMap }, map]) => setLoaded({ AlertMap, map }),
      () => setFailed(true),
    );
  }, [open, loaded]);
  return (
    <details class="map" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <h2>{words.map}</h2>
      </summary>
      {open && (
        <div class="map-inside">
          <Alerted model={model} words={words} />
          <div>
            {loaded && <loaded.AlertMap model={model} words={words} map={loaded.map} />}
            {failed && <p>{words.mapMissing}</p>}
            <p class="attribution">
              <span lang="en">Place data: GeoNames, CC BY 4.0.</span> {words.bordersApproximate}
            </p>
          </div>
        </div>
      )}
    </details>
  );
}

function Alerted({ model, words }: { model: Model; words: Words }) {
  const { language } = model;
  const alarms = model.actual().sort((one, two) => two.sent - one.sent);
  return (
    <div class="alerted">
      <h3>{words.alertedRegions}</h3>
      {!model.live && <p>{alarms.length === 0 ? words.notLiveMeaning : words.notLiveAlarm}</p>}
      {model.live && alarms.length === 0 && <p>{words.noneAlerted}</p>}
      <ul>
        {alarms.map((notice) => (
          <li key={notice.alarm} data-level={notice.level}>
            <strong>{regionNames(model, notice.regions)}</strong>
            <span>
              {hazardOf(notice, language)} · {words.levels[notice.level]} · {words.phases[phase(notice, model.nowS)]}
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}
