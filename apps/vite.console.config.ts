/** Builds the operators' console into the Python package; it is served at `/console/`. */

import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: here("console"),
  base: "/console/",
  publicDir: false,
  build: {
    outDir: here("../src/tocsin/web/apps/console"),
    emptyOutDir: true,
    // The server's content policy allows nothing inline.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    target: "es2022",
  },
});
