/** Starts the console. */

import { render } from "preact";
import { Console } from "./view/Console.tsx";

const root = document.getElementById("app") as HTMLElement;
root.replaceChildren();
render(<Console />, root);
