// The module that pages import. What it exports is described in assets/pme.d.ts.
import { PMESpace } from "./element.js";
import { listen } from "./policy.js";

export { configure } from "./endpoint.js";
export { PMEError } from "./errors.js";
export { createFetcher, signIn } from "./tokens.js";
export { PMESpace };

/** Defines <pme-space>. It does nothing where there is no DOM, and nothing the second time. */
export function define() {
  if (!globalThis.customElements || customElements.get("pme-space")) return;
  listen();
  customElements.define("pme-space", PMESpace);
}

define();
