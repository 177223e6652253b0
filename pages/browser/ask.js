// Requests to pme: one try, and tries until there is an answer.
import { PMEError, refusal, stopped, wrapped } from "./errors.js";
import { blocked, explain } from "./policy.js";
import { TRY } from "./times.js";
import { onAbort, pause, within } from "./wait.js";

/** An answer and the JSON of it, if it is any. There is none if the network failed. @typedef {Promise<[Response, any] | undefined>} Answer */

/**
 * One try. Only the endpoint's own word is final.
 * @param {import("./endpoint.js").Want} want
 * @param {URL} url
 * @param {AbortSignal} signal
 * @param {string} field what every right answer has
 * @param {Answer} [begun] the answer, if it has been asked for
 */
export async function ask(want, url, signal, field, begun) {
  try {
    return await within(TRY, signal, async (limit) => {
      const own = typeof want.headers === "function" ? await want.headers() : want.headers;
      const headers = new Headers(own);
      headers.set("Accept", "application/json");
      const [response, body] = await first(begun, limit) ??
        await read(await (want.fetch ?? fetch)(url, { credentials: "include", cache: "no-store", redirect: "manual", headers, signal: limit }));
      if (response.ok && body?.[field] !== undefined) return body;
      throw refusal(response, body);
    });
  } catch (error) {
    if (signal.aborted) throw stopped();
    const failure = blocked(url.href) ?? wrapped(error);
    explain(failure, url);
    throw failure;
  }
}

/** @param {Response} response @returns {Promise<[Response, any]>} */
const read = async (response) => [response, await response.json().catch(() => {})];

/** An answer to wait for, until the signal. @param {Answer | undefined} answer @param {AbortSignal} signal */
const first = (answer, signal) => answer && Promise.race([answer, new Promise((_, leave) => onAbort(signal, () => leave(stopped())))]);

/**
 * Repeats work while it fails for a moment, with growing pauses.
 * @template T
 * @param {AbortSignal} signal
 * @param {((error: PMEError) => void) | undefined} report
 * @param {(tries: number) => Promise<T>} work
 */
export async function insist(signal, report, work) {
  for (let tries = 0; ; tries++) {
    try {
      return await work(tries);
    } catch (error) {
      if (!(error instanceof PMEError) || error.code !== "transient") throw error;
      report?.(error);
      const wait = navigator.onLine ? Math.min(1000 * 2 ** tries, 30_000) * (0.5 + Math.random() / 2) : 30_000;
      await pause(Math.max(1000 * (error.retryAfter ?? 0), wait), signal, true);
    }
  }
}
