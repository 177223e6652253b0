// What no retry heals is named on the console, once each: a policy of the page, or a wrong endpoint.
import { PMEError } from "./errors.js";

/** @type {Map<string, string>} directive by the blocked origin or address */
const violations = new Map();
const said = new Set();

/** @param {string} text */
export function tell(text) {
  if (!said.has(text)) console.error("pme: " + text);
  said.add(text);
}

/** Listens for what the page's policy blocks. */
export function listen() {
  addEventListener("securitypolicyviolation", ({ blockedURI, effectiveDirective, disposition }) => {
    if (disposition === "enforce" && /^http/.test(blockedURI)) violations.set(new URL(blockedURI).origin, effectiveDirective.replace("-elem", ""));
  });
}

/** The error for an address that the page's policy blocks, if it does. @param {string} url */
export function blocked(url) {
  const { origin } = new URL(url, document.baseURI);
  const directive = violations.get(origin);
  if (!directive) return;
  tell(`the Content-Security-Policy of this page blocks ${origin}. Add it to ${directive}.`);
  return new PMEError("transient", { reason: "policy" });
}

/** @type {Promise<string | null | void> | undefined} */
let policy;

/**
 * The error for a page whose Cross-Origin-Embedder-Policy keeps Showcase out, if it has one. No event tells, so the page's
 * headers are asked for, once.
 * @param {number} since when Showcase was first waited for
 */
export async function embedder(since) {
  policy ??= fetch(location.href, { method: "HEAD" }).then(({ headers }) => headers.get("Cross-Origin-Embedder-Policy"), () => {});
  if (crossOriginIsolated || !/^[rc]/.test(await policy ?? "")) return; // require-corp, credentialless
  tell("the Cross-Origin-Embedder-Policy of this page blocks Showcase. Add Cross-Origin-Opener-Policy: same-origin.");
  return new PMEError("transient", { reason: "policy", since });
}

/** Names an endpoint that does not answer as pme does. @param {PMEError} error @param {URL} url */
export function explain({ reason }, url) {
  if (reason === "endpoint") tell(`the answer of ${url.origin + url.pathname} is none of pme's. Is pme mounted there? Set "endpoint" to where it is.`);
}
