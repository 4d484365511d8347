/** Names of places and regions for people; a code of which the atlas knows no name is shown as it is. */

import type { Place } from "../../shared/place.ts";
import type { Model } from "../model.ts";
import type { Language } from "../words/words.ts";

export function regionNames(model: Model, codes: string[]): string {
  return codes.map((code) => model.atlas?.region(code)?.names[model.language] ?? code).join(", ");
}

export function namesOf(places: Place[], language: Language): string {
  return places.map((place) => place.names[language]).join(", ");
}
