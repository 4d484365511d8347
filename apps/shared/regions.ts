/**
 * The regions of the atlas as a tree (`spec/stream.md`, `GET /v1/regions`).
 *
 * It knows no alarm: what an alerted region means for a place is `place.ts`.
 */

/** code, level, index of the parent or -1, name in Ukrainian or local, name in English, ISO 3166-2 or "". */
export type Row = [code: string, level: number, parent: number, local: string, english: string, iso: string];

export interface Tree {
  atlas: string;
  attribution: string;
  regions: Row[];
}

export interface Names {
  uk: string;
  en: string;
}

export interface Region {
  code: string;
  level: number;
  names: Names;
  /** The parent first, the country last. */
  ancestors: Region[];
}

export class Atlas {
  readonly hash: string;
  readonly attribution: string;
  /** In the order of the tree: parents first. */
  readonly regions: readonly Region[];
  private readonly byCode: Map<string, Region>;

  constructor(tree: Tree) {
    this.hash = tree.atlas;
    this.attribution = tree.attribution;
    const regions: Region[] = [];
    for (const [code, level, parent, local, english] of tree.regions) {
      const above = regions[parent];
      const names = { uk: local || english, en: english || local };
      regions.push({ code, level, names, ancestors: above ? [above, ...above.ancestors] : [] });
    }
    this.regions = regions;
    this.byCode = new Map(regions.map((region) => [region.code, region]));
  }

  region(code: string): Region | undefined {
    return this.byCode.get(code);
  }

  /** The code and those of all regions above it; of a code that is not here nothing above it is known. */
  lineage(code: string): string[] {
    const region = this.byCode.get(code);
    return region ? [code, ...region.ancestors.map((one) => one.code)] : [];
  }

  children(code: string): Region[] {
    return this.regions.filter((region) => region.ancestors[0]?.code === code);
  }
}
