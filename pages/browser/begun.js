// What the page has begun before this module has come. A script in its head leaves it at the element with the settings.
import { list } from "./endpoint.js";
import { TRY } from "./times.js";

/**
 * at is no later than when it was sent: where the browser may have preloaded it, the beginning of the page.
 * @typedef {{ models: string, at: number, answer: import("./ask.js").Answer }} Request for a token
 * @typedef {{ sdk: string, module: Promise<import("./sdk.js").SDK | undefined>, tokens: Request[] }} Begun
 */

/** By endpoint. @type {Map<string, Begun>} */
const all = new Map();

/** @param {string} endpoint @param {Begun | undefined} begun */
export const note = (endpoint, begun) => begun && all.set(endpoint, begun);

/** The request for this very token, once and as long as its answer is fresh. @param {import("./endpoint.js").Want} want */
export function token({ endpoint, models, scope, headers, fetch, old }) {
  const { tokens = [] } = all.get(endpoint) ?? {};
  const name = (/** @type {string[]} */ ids) => [...ids].sort().join();
  const at = scope || headers || fetch || old ? -1 : tokens.findIndex((one) => name(list(one.models)) === name(models));
  if (at < 0) return;
  const [found] = tokens.splice(at, 1);
  if (performance.now() - found.at < TRY) return found;
}

/** The SDK's module, if it is on its way. @param {string} url */
export const module = (url) => [...all.values()].find(({ sdk }) => sdk === url)?.module;
