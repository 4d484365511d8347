/** Starts the page: the model, the screen, the worker. */

import { render } from "preact";
import { Model } from "./model.ts";
import { Page } from "./view/Page.tsx";

const WORKER_AFTER_MS = 1_500;

const model = await Model.open();
const root = document.getElementById("app") as HTMLElement;
root.replaceChildren();
render(<Page model={model} />, root);
void model.start();

// The first view needs the network more than the copy for later does.
if ("serviceWorker" in navigator && import.meta.env.PROD) {
  setTimeout(() => void navigator.serviceWorker.register("/sw.js").catch(() => undefined), WORKER_AFTER_MS);
}
