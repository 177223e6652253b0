// The SDK's module, and what to do where the browser or the SDK remembers that loading it has failed.
import { module } from "./begun.js";
import { PMEError } from "./errors.js";
import { blocked, tell } from "./policy.js";
import { pause } from "./wait.js";

/** @typedef {{ connect?: Function, setupSdk?: Function }} SDK */

/** After so many failures of one kind, the visitor is asked to reload the page. */
const ATTEMPTS = 3;

let instance = 0;

/** Whether an import map has an integrity for this very address, which another address would evade. @param {string} url */
const pinned = (url) => [...document.querySelectorAll("script[type=importmap]")].some((map) => map.textContent?.includes(url));

/**
 * Imports the SDK. Some browsers remember an import that has failed, and the SDK remembers that its own second
 * script has. So each further try has an address of its own, by its fragment, which the server never sees.
 * @param {string} url
 * @param {AbortSignal} signal
 * @param {number} tries that failed before
 * @returns {Promise<SDK>}
 */
export async function load(url, signal, tries) {
  const begun = tries ? undefined : module(url);
  const early = await begun;
  if (early) return early;
  if (tries || begun) instance++;
  const at = instance && !pinned(url) ? `${url}#${instance}` : url;
  try {
    return await import(/* webpackIgnore: true */ /* @vite-ignore */ at);
  } catch (cause) {
    await pause(50, signal); // the report of a violation comes after the failure
    throw blocked(url) ?? (pinned(url) && tries + 1 >= ATTEMPTS ? broken(cause) : new PMEError("transient", { cause }));
  }
}

/** Only a new page helps. @param {unknown} cause */
const broken = (cause) => new PMEError("failed", { cause, reason: "sdk" });

/**
 * What a refusal by the SDK means: its second script could not be loaded, or it does not want this page.
 * @param {any} cause
 * @param {number} tries that failed before
 */
export function refused(cause, tries) {
  const script = cause instanceof TypeError || /load|module/i.test(cause?.message ?? "");
  if (!script) {
    tell(`the Showcase SDK does not open the space. Check the SDK key, and that it is registered for ${location.origin}.`);
    return new PMEError("failed", { cause });
  }
  return tries + 1 >= ATTEMPTS ? broken(cause) : new PMEError("transient", { cause, reason: "sdk" });
}
