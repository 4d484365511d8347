/**
 * What the console knows: who is signed in, the regions, the newest rosters, a demo's keys. It asks and keeps; it draws
 * nothing (`view/`) and signs nothing (`signing.ts`).
 */

import { fromB64 } from "../shared/bytes.ts";
import { unpack } from "../shared/envelope.ts";
import { Atlas, type Region } from "../shared/regions.ts";
import { type Domain, type Roster, parseRoster } from "../shared/roster.ts";
import { Search } from "../shared/search.ts";
import { type Me, askAuthority, askMe, askRegions, signOut } from "./office.ts";
import { DemoKey, NotSigned } from "./signing.ts";

// A demo's keys outlive a reload, not the tab.
const DEMO_KEYS = "tocsin-demo-keys";

export class Desk {
  me: Me | undefined;
  demoKeys: DemoKey[] = [];
  readonly authority: string;
  readonly isDemo: boolean;
  readonly atlas: Atlas;
  readonly search: Search;

  private constructor(authority: string, isDemo: boolean, atlas: Atlas) {
    this.authority = authority;
    this.isDemo = isDemo;
    this.atlas = atlas;
    this.search = new Search(atlas);
  }

  static async open(): Promise<Desk> {
    const [me, authority, tree] = await Promise.all([askMe(), askAuthority(), askRegions()]);
    const isDemo = authority.authority === "demo";
    const desk = new Desk(authority.authority, isDemo, new Atlas(tree));
    desk.me = me;
    if (isDemo) desk.demoKeys = await Promise.all((sessionStorage.getItem(DEMO_KEYS) ?? "").split(".").filter(Boolean).map(DemoKey.open));
    return desk;
  }

  /** Return the newest roster of *domain*, asked anew: it may have changed since the page was opened. */
  async roster(domain: Domain): Promise<Roster> {
    const { rosters } = await askAuthority();
    const data = fromB64(rosters[domain]?.at(-1) ?? "");
    const document = data && unpack(data, "TCR1")?.document;
    const roster = document && (await parseRoster(document));
    if (!roster || roster.domain !== domain) throw new NotSigned(`The roster for ${domain} cannot be read.`);
    return roster;
  }

  /** Sign in as the demo person whose keys *text* holds: one for each domain, with a dot between. */
  async signInDemo(text: string): Promise<void> {
    const keys = await Promise.all(text.split(".").map(DemoKey.open));
    for (const domain of ["actual", "exercise"] as const) {
      const listed = (await this.roster(domain)).keys.find(({ id }) => keys.some((one) => one.id === id));
      const key = keys.find(({ id }) => id === listed?.id);
      if (!listed || !key) continue;
      this.me = await key.signIn(listed.holder);
      this.demoKeys = keys;
      sessionStorage.setItem(DEMO_KEYS, text);
      return;
    }
    throw new NotSigned("No roster of this demo lists the key of this link. Each demo prints links of its own.");
  }

  async signOut(): Promise<void> {
    sessionStorage.removeItem(DEMO_KEYS);
    await signOut();
    this.me = undefined;
    this.demoKeys = [];
  }

  name(code: string): string {
    const region = this.atlas.region(code);
    return region ? `${region.names.en} · ${region.names.uk}` : code;
  }

  /** A region and what lies above it, for telling two of one name apart. */
  path(region: Region): string {
    return region.ancestors.slice(0, -1).map(({ names }) => names.en).join(", ");
  }
}
