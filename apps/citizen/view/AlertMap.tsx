/** The map: one path per region, its state as a pattern and a title as well as a colour. Loaded when it is opened. */

import type { ActualNotice, Level } from "../../shared/notice.ts";
import { type Touch, viewPlace } from "../../shared/place.ts";
import { hazardOf } from "../announcing.ts";
import type { Model } from "../model.ts";
import type { RegionsMap } from "../net.ts";
import type { Words } from "../words/words.ts";

export interface AlertMapProps {
  model: Model;
  words: Words;
  map: RegionsMap;
}

type Fill = Level | "expired" | "part";

export function AlertMap({ model, words, map }: AlertMapProps) {
  return (
    <>
      <Regions model={model} words={words} map={map} />
      <Legend words={words} />
    </>
  );
}

function Regions({ model, words, map }: AlertMapProps) {
  const [x, y, width, height] = map.viewBox;
  return (
    <svg class="alert-map" viewBox={`${x} ${y} ${width} ${height}`} role="group" aria-label={words.map}>
      <Patterns />
      <Layer model={model} words={words} paths={map.first} layer="first" />
      <Layer model={model} words={words} paths={map.second} layer="second" />
      <Layer model={model} words={words} paths={map.first} layer="outline" />
    </svg>
  );
}

function Legend({ words }: { words: Words }) {
  const meanings: Record<Fill, string> = {
    red: words.levels.red,
    yellow: words.levels.yellow,
    part: words.partial,
    expired: words.expired,
  };
  return (
    <ul class="legend">
      {Object.entries(meanings).map(([fill, meaning]) => (
        <li key={fill}>
          <svg class="alert-map" viewBox="0 0 36 24" aria-hidden="true">
            <rect width="36" height="24" fill={`url(#${fill})`} />
          </svg>
          {meaning}
        </li>
      ))}
    </ul>
  );
}

/** Stripes for red, dots for yellow, a grid for what expired, thin lines for a part: told apart without colour, and in print. */
function Patterns() {
  return (
    <defs>
      <pattern id="red" width="10" height="10" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <rect width="10" height="10" class="ground" />
        <rect width="5" height="10" class="mark" />
      </pattern>
      <pattern id="yellow" width="9" height="9" patternUnits="userSpaceOnUse">
        <rect width="9" height="9" class="ground" />
        <circle cx="4.5" cy="4.5" r="2" class="mark" />
      </pattern>
      <pattern id="expired" width="9" height="9" patternUnits="userSpaceOnUse">
        <rect width="9" height="9" class="ground" />
        <path d="M0 0h9M0 0v9" class="mark" />
      </pattern>
      <pattern id="part" width="8" height="8" patternUnits="userSpaceOnUse" patternTransform="rotate(-45)">
        <rect width="8" height="8" class="ground" />
        <path d="M0 0v8" class="mark" />
      </pattern>
    </defs>
  );
}

interface LayerProps extends Omit<AlertMapProps, "map"> {
  paths: Record<string, string>;
  layer: "first" | "second" | "outline";
}

function Layer({ model, words, paths, layer }: LayerProps) {
  if (layer === "outline") {
    return (
      <g class="outline" aria-hidden="true">
        {Object.entries(paths).map(([code, path]) => (
          <path key={code} d={path} />
        ))}
      </g>
    );
  }
  const alarms = model.actual();
  return (
    <g class={layer}>
      {Object.entries(paths).map(([code, path]) => {
        const region = model.atlas?.region(code);
        const one = region && viewPlace(region, alarms, model.nowS, model.atlas).touches[0];
        if (!one && layer === "second") return null;
        const fill = one && fillOf(one);
        const name = region?.names[model.language] ?? code;
        const state = one && (fill === "part" ? words.partial : words.phases[one.phase]);
        const said = one ? `${name}: ${hazardOf(one.notice, model.language)}, ${state}` : name;
        return (
          <path key={code} d={path} id={`map-${code}`} data-alert={fill ?? "none"} fill={fill ? `url(#${fill})` : undefined} fill-rule="evenodd" role="img" aria-label={said} tabIndex={one ? 0 : undefined}>
            <title>{said}</title>
          </path>
        );
      })}
    </g>
  );
}

function fillOf(one: Touch<ActualNotice>): Fill {
  if (one.cover === "part") return "part";
  return one.phase === "expired" ? "expired" : one.notice.level;
}
