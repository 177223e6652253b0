// Errors, and what an answer that is no token says.
import { FINAL, WORDS } from "./words.js";
import { RETRY_MOST } from "./times.js";

/**
 * @typedef {"login_required" | "reconnect_required" | "access_denied" | "model_not_found" | "invalid_request" | "transient" | "failed" | "stopped"} Code
 * @typedef {"endpoint" | "upstream" | "ending" | "policy" | "frame" | "sdk"} Reason
 */

export class PMEError extends Error {
  /** @type {Code} */ code;
  /** @type {string | undefined} */ loginURL;
  /** @type {number | undefined} */ retryAfter;
  /** @type {Reason | undefined} */ reason;
  /** @type {string | undefined} */ description;
  /** @type {unknown} */ cause;
  /** When it began, if that was before now. @type {number | undefined} */ since;

  /**
   * @param {Code} code
   * @param {{ loginURL?: string, retryAfter?: number, reason?: Reason, description?: string, cause?: unknown, since?: number }} [more]
   */
  constructor(code, more) {
    super(more?.description ?? WORDS[code] ?? code);
    this.code = code;
    Object.assign(this, more);
  }
}

export const stopped = () => new PMEError("stopped");

/** Makes an error of whatever was thrown: what is not ours may be over in a moment. @param {unknown} cause */
export const wrapped = (cause) => cause instanceof PMEError ? cause : new PMEError("transient", { cause });

/**
 * Seconds that Retry-After asks for. A date is compared with the answer's own clock, not with the visitor's,
 * and no server can make the module wait for long.
 * @param {Headers} headers
 */
export function retryAfter(headers) {
  const text = headers.get("Retry-After");
  if (!text) return 0;
  const now = Date.parse(headers.get("Date") ?? "") || Date.now();
  const seconds = isNaN(+text) ? (Date.parse(text) - now) / 1000 : +text;
  return Math.min(Math.max(seconds, 0) || 0, RETRY_MOST / 1000);
}

// Statuses with which proxies and servers speak of an outage or of too many requests.
const WEATHER = [408, 421, 425, 429];

/**
 * What an answer means that is not the one that was asked for.
 * @param {Response} response
 * @param {any} body the JSON of it, if it is any
 */
export function refusal(response, body) {
  const said = body?.error === "not_connected" ? "reconnect_required" : body?.error;
  const { status } = response;
  const description = typeof body?.error_description === "string" ? body.error_description : undefined;
  if (FINAL.includes(said)) return new PMEError(said, { loginURL: body.login_url });
  // A login in front of the application redirects, or answers 401 in words of its own.
  if (response.type === "opaqueredirect" || status === 401) return new PMEError("login_required");
  const more = { retryAfter: retryAfter(response.headers) };
  if (said === "upstream_error") return new PMEError("transient", { ...more, reason: "upstream", description });
  if (said === "access_ending") return new PMEError("transient", { ...more, reason: "ending", description });
  if (status >= 500 || WEATHER.includes(status) || typeof said === "string") return new PMEError("transient", more);
  return new PMEError("transient", { ...more, reason: "endpoint" });
}
