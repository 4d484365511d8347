/** Names of regions for people; a code of which the atlas knows no name is shown as it is. */

import type { Model } from "../model.ts";

export function regionNames(model: Model, codes: string[]): string {
  return codes.map((code) => model.atlas?.region(code)?.names[model.language] ?? code).join(", ");
}
