/**
 * The service worker: the page opens without a network, with the last state, which the page itself dates.
 *
 * The list of files and their common hash are put in by the build. The stream and `/v1` go round the worker: an answer
 * kept here could pass for the present one, and a stream through a worker ends when the browser stops the worker.
 */

declare const self: ServiceWorkerGlobalScope;
declare const __FILES__: string[];
declare const __VERSION__: string;

const PREFIX = "tocsin-page-";
const CACHE = PREFIX + __VERSION__;
// A page that is open may still want a chunk of the build before.
const BUILDS_KEPT = 2;

self.addEventListener("install", (event) => {
  event.waitUntil(store().then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(dropOldBuilds().then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  if (request.mode === "navigate" && pathname === "/") event.respondWith(kept("/", request));
  else if (__FILES__.includes(pathname) || pathname.startsWith("/assets/")) event.respondWith(kept(pathname, request));
});

async function store(): Promise<void> {
  const cache = await caches.open(CACHE);
  await cache.addAll(__FILES__.map((path) => new Request(path, { cache: "reload" })));
}

async function kept(path: string, request: Request): Promise<Response> {
  const cache = await caches.open(CACHE);
  return (await cache.match(path)) ?? (await caches.match(path)) ?? fetch(request);
}

async function dropOldBuilds(): Promise<void> {
  // Caches are named in the order in which they were made.
  const builds = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== CACHE);
  await Promise.all(builds.slice(0, Math.max(0, builds.length - (BUILDS_KEPT - 1))).map((name) => caches.delete(name)));
}

export {};
