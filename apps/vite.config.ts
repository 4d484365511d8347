/** Builds the citizen page into the Python package, then its worker, which is told of every file that was built. */

import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { type Plugin, build, defineConfig } from "vite";
import { ICON_SVG, iconPng } from "./build/icons.ts";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const OUT = here("../src/tocsin/web/apps/citizen");

const icons: Plugin = {
  name: "icons",
  generateBundle() {
    this.emitFile({ type: "asset", fileName: "icon.svg", source: ICON_SVG });
    this.emitFile({ type: "asset", fileName: "icon-192.png", source: iconPng(192, "rounded") });
    this.emitFile({ type: "asset", fileName: "icon-512.png", source: iconPng(512, "rounded") });
    this.emitFile({ type: "asset", fileName: "icon-maskable-512.png", source: iconPng(512, "maskable") });
  },
};

const worker: Plugin = {
  name: "worker",
  apply: "build",
  async closeBundle() {
    const files = filesBelow(OUT).filter((file) => !file.endsWith("sw.js"));
    const paths = files.map((file) => `/${relative(OUT, file).split(sep).join("/")}`.replace(/^\/index\.html$/, "/"));
    await build({
      configFile: false,
      logLevel: "error",
      publicDir: false,
      define: { __FILES__: JSON.stringify(paths), __VERSION__: JSON.stringify(hashOf(files)) },
      build: {
        outDir: OUT,
        emptyOutDir: false,
        rolldownOptions: { input: here("citizen/worker/sw.ts"), output: { entryFileNames: "sw.js", format: "iife" } },
      },
    });
  },
};

function filesBelow(folder: string): string[] {
  const entries = readdirSync(folder, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile() && !entry.name.startsWith("."))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** Over all files: one changed byte anywhere makes a new cache. */
function hashOf(files: string[]): string {
  const total = createHash("sha256");
  for (const file of files) total.update(createHash("sha256").update(readFileSync(file)).digest());
  return total.digest("hex").slice(0, 16);
}

export default defineConfig({
  root: here("citizen"),
  publicDir: here("citizen/public"),
  plugins: [icons, worker],
  build: {
    outDir: OUT,
    emptyOutDir: true,
    // The server's content policy allows nothing inline.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    target: "es2022",
  },
});
