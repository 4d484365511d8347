/** Who sits here, what they sign with, and what the pages share: the regions and whose authority this is. */

import type { AuthorityAnswer } from "../shared/device.ts";
import { Atlas } from "../shared/regions.ts";
import { type Me, Refused, askAuthority, askMe, askRegions, beginDemo, signOut } from "./api.ts";
import { signIn } from "./passkeys.ts";
import { DemoKeys, type Signer, passkeySigner } from "./signing.ts";

const DEMO_PATH = "/v1/console/demo";
// Kept for this tab only, so that a reload of a demo asks for nothing; a demo's keys protect nothing.
const DEMO_KEYS = "tocsin-demo-keys";

export class Session {
  me: Me | undefined;
  authority: AuthorityAnswer | undefined;
  atlas: Atlas | undefined;
  private demoKeys: DemoKeys | undefined;

  async open(): Promise<void> {
    this.authority = await askAuthority();
    const seeds = sessionStorage.getItem(DEMO_KEYS);
    if (seeds && this.demo) this.demoKeys = await DemoKeys.read(seeds);
    try {
      this.me = await askMe();
    } catch (why) {
      if (!(why instanceof Refused)) throw why;
    }
  }

  get demo(): boolean {
    return this.authority?.authority === "demo";
  }

  get signer(): Signer | undefined {
    return this.demoKeys ?? (this.me && passkeySigner(this.me));
  }

  async regions(): Promise<Atlas> {
    this.atlas ??= new Atlas(await askRegions());
    return this.atlas;
  }

  async signIn(): Promise<void> {
    this.me = await signIn();
  }

  async beginDemo(seeds: string): Promise<void> {
    this.demoKeys = await DemoKeys.read(seeds);
    this.me = await beginDemo(await this.demoKeys.authorization(DEMO_PATH));
    sessionStorage.setItem(DEMO_KEYS, seeds);
  }

  async signOut(): Promise<void> {
    sessionStorage.removeItem(DEMO_KEYS);
    this.demoKeys = undefined;
    this.me = undefined;
    await signOut();
  }
}
