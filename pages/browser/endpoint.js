// Where pme is, and what requests to it carry.

/**
 * @typedef {HeadersInit | (() => HeadersInit | Promise<HeadersInit>)} HeadersSource
 * @typedef {{ endpoint?: string, headers?: HeadersSource, fetch?: typeof fetch }} Defaults
 * @typedef {{ endpoint: string, models: string[], signal: AbortSignal, headers?: HeadersSource, fetch?: typeof fetch, scope: string,
 *   old?: string, report?: (error: import("./errors.js").PMEError) => void, signedOut?: (error: import("./errors.js").PMEError) => void }} Want
 */

/** @type {Defaults} */
const defaults = {};

/** The origins that pages of a sign-in may tell of it. @type {Set<string>} */
export const origins = new Set();

/** Sets what elements and fetchers use that name nothing of their own. @param {Defaults} options */
export function configure(options) {
  Object.assign(defaults, options);
}

/** The directory of the endpoints, as a whole address. @param {string | null} [endpoint] */
export function base(endpoint) {
  const given = endpoint || defaults.endpoint;
  const url = given ? new URL(given.replace(/\/?$/, "/"), document.baseURI) : new URL(".", import.meta.url);
  origins.add(url.origin);
  return url.href;
}

let scopes = 0;

/**
 * What requests are sent with. Requests with headers of their own may be of another person, so they share no
 * answer about who that is.
 * @param {{ headers?: HeadersSource, fetch?: typeof fetch }} own
 */
export function means({ headers, fetch }) {
  const scope = headers || fetch ? " " + ++scopes : "";
  return { headers: headers ?? defaults.headers, fetch: fetch ?? defaults.fetch, scope };
}

/**
 * The address of an endpoint for models. The number tells requests apart, so that no cache or service worker
 * answers one with what it has kept of another.
 * @param {Want} want
 * @param {string} name
 */
export function address({ endpoint, models }, name) {
  const query = new URLSearchParams(models.map((id) => ["modelId", id]));
  query.append("n", String(Math.random()).slice(2));
  return new URL(name + "?" + query, endpoint);
}

/** The model IDs in an attribute or an option. @param {string | null} [models] @returns {string[]} */
export const list = (models) => models?.match(/\S+/g) ?? [];
