/**
 * Finding a region by name, however it is typed: case, apostrophes, alphabet and the usual spellings in Latin aside.
 *
 * Ukrainian is compared in Latin letters (Cabinet of Ministers of Ukraine, resolution 55 of 2010), then loosened.
 */

import type { Atlas, Region } from "./regions.ts";

const LATIN: Record<string, string> = {
  а: "a", б: "b", в: "v", г: "h", ґ: "h", д: "d", е: "e", є: "e", ж: "zh", з: "z", и: "i", і: "i", ї: "i", й: "i",
  к: "k", л: "l", м: "m", н: "n", о: "o", п: "p", р: "r", с: "s", т: "t", у: "u", ф: "f", х: "h", ц: "ts", ч: "ch",
  ш: "sh", щ: "shch", ь: "", ю: "u", я: "a", ы: "i", э: "e", ё: "e", ъ: "",
};

// In this order: what people write for one sound, brought to one spelling.
const LOOSE: [RegExp, string][] = [
  [/kh|gh|g/g, "h"],
  [/[yj]/g, "i"],
  [/i([aeu])/g, "$1"],
  [/w/g, "v"],
  [/tz|cz/g, "ts"],
  [/(.)\1+/g, "$1"],
];

/** Return *text* as it is compared. */
export function folded(text: string): string {
  const plain = text.normalize("NFC").toLowerCase().replace(/['’ʼ`‘′"]/g, "");
  const latin = Array.from(plain, (letter) => LATIN[letter] ?? letter).join("");
  const bare = latin.normalize("NFKD").replace(/\p{M}/gu, "");
  const words = bare.replace(/[^\p{L}\p{N}]+/gu, " ").trim();
  return LOOSE.reduce((loose, [pattern, letters]) => loose.replace(pattern, letters), words);
}

export class Search {
  private readonly entries: { region: Region; names: string[] }[];

  constructor(atlas: Atlas) {
    this.entries = atlas.regions.map((region) => ({
      region,
      names: [...new Set([folded(region.names.uk), folded(region.names.en), region.code.toLowerCase()])],
    }));
  }

  /** Return at most *most* regions whose name, or a word of it, begins as asked; near spellings if there is none. */
  find(asked: string, most: number): Region[] {
    const wanted = folded(asked);
    if (wanted === "") return [];
    const code = asked.trim().toLowerCase();
    const score = (names: string[]) => Math.min(...names.map((name) => rank(name, wanted, code)));
    const hits = this.best(score, most, NO_MATCH);
    return hits.length > 0 ? hits : this.best((names) => -Math.max(...names.map((name) => alike(name, wanted))), most, -0.4);
  }

  private best(score: (names: string[]) => number, most: number, below: number): Region[] {
    return this.entries
      .map(({ region, names }) => ({ region, points: score(names) }))
      .filter(({ points }) => points < below)
      .sort((one, two) => one.points - two.points || one.region.level - two.region.level)
      .slice(0, most)
      .map(({ region }) => region);
  }
}

const NO_MATCH = 4;

function rank(name: string, wanted: string, code: string): number {
  if (name === wanted || name === code) return 0;
  if (name.startsWith(wanted)) return 1;
  if (name.includes(` ${wanted}`)) return 2;
  return wanted.length > 3 && name.includes(wanted) ? 3 : NO_MATCH;
}

/** How alike two names are, 0 to 1: the share of letter pairs that both have (Dice), by the best word of the name. */
function alike(name: string, wanted: string): number {
  return Math.max(...[name, ...name.split(" ")].map((word) => dice(pairs(word), pairs(wanted))));
}

function dice(one: Set<string>, two: Set<string>): number {
  const both = Array.from(one).filter((pair) => two.has(pair)).length;
  return (2 * both) / (one.size + two.size);
}

function pairs(text: string): Set<string> {
  const framed = ` ${text} `;
  return new Set(Array.from({ length: framed.length - 1 }, (_, at) => framed.slice(at, at + 2)));
}
