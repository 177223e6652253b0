// Tokens: asked for once by all that want the same one, and waited for while nobody is signed in.
import { address, base, list, means } from "./endpoint.js";
import { PMEError, stopped } from "./errors.js";
import { ask, insist } from "./ask.js";
import * as begun from "./begun.js";
import { alone, forget, give, held, hold, join, known, left, offer, seek, usable, wanted } from "./tabs.js";
import { DAY } from "./times.js";
import { onAbort, pause, visible } from "./wait.js";

/** @typedef {import("./endpoint.js").Want} Want */
/** @typedef {{ stop: AbortController, wants: Set<Want>, answer: Promise<any> }} Flight */

/** What is under way, by name. @type {Map<string, Flight>} */
const flights = new Map();

/** @param {string} name @param {Want} want @param {(signal: AbortSignal) => Promise<any>} work */
function flight(name, want, work) {
  const running = flights.get(name);
  if (running) return running;
  const stop = new AbortController();
  /** @type {Set<Want>} */
  const wants = new Set();
  const answer = insist(stop.signal, (error) => wants.forEach((one) => one.report?.(error)), () => work(stop.signal));
  const begun = { stop, wants, answer };
  flights.set(name, begun);
  return begun;
}

/** The answer of a flight, or an end with the signal. @param {Promise<any>} answer @param {AbortSignal} signal */
async function unless(answer, signal) {
  const over = new AbortController();
  try {
    return await Promise.race([answer, new Promise((_, leave) => onAbort(signal, () => leave(stopped()), over.signal))]);
  } finally {
    over.abort();
  }
}

/**
 * Does work once for all that want it. If the person is signed out, it says so and waits.
 * @param {string} name
 * @param {Want} want
 * @param {(signal: AbortSignal) => Promise<any>} work
 */
export async function persist(name, want, work) {
  join();
  for (;;) {
    if (want.signal.aborted) throw stopped();
    const current = flight(name, want, work);
    current.wants.add(want);
    try {
      return await unless(current.answer, want.signal);
    } catch (error) {
      if (!(error instanceof PMEError) || !/_required/.test(error.code)) throw error;
      forget();
      if (!want.signedOut) throw error;
      want.signedOut(error);
    } finally {
      current.wants.delete(want);
      if (!current.wants.size) {
        if (flights.get(name) === current) flights.delete(name);
        current.stop.abort();
      }
    }
    await pause(1000 * DAY, want.signal, true);
  }
}

const place = (/** @type {Want} */ want) => want.endpoint + want.scope;

/** The settings that the page has in it. They are of the time at which it was made, so they count once. @param {Want} want */
function written(want) {
  if (want.scope) return;
  for (const script of /** @type {NodeListOf<HTMLElement & { begun?: begun.Begun }>} */ (document.querySelectorAll("script.pme-settings"))) {
    if (new URL(script.dataset.endpoint ?? "", document.baseURI).href !== want.endpoint) continue;
    script.remove();
    begun.note(want.endpoint, script.begun);
    const answer = JSON.parse(script.textContent ?? "");
    known.set(place(want), answer);
    return answer;
  }
}

/** What the server says of itself and of the person. @param {Want} want */
export async function settings(want) {
  return known.get(place(want)) ?? written(want) ?? persist("settings " + place(want), want, async (signal) => {
    const answer = await ask(want, new URL("settings", want.endpoint), signal, "viewer");
    known.set(place(want), answer);
    return answer;
  });
}

/** Lets the next call of settings ask again. @param {Want} want */
export const recheck = (want) => known.delete(place(want));

/** The viewer of whom the answer is at present. @param {Want} want @returns {string | undefined} */
export const viewer = (want) => known.get(place(want))?.viewer;

/** Whether the endpoint, whose settings are known, tells of changes by a stream. @param {Want} want @returns {boolean} */
export const streams = (want) => known.get(place(want))?.watch === true;

/** A token other than want.old. One tab asks at a time. @param {Want} want @returns {Promise<import("./tabs.js").Held>} */
export async function obtain(want) {
  for (;;) {
    const { viewer } = await settings(want);
    const key = JSON.stringify([want.endpoint, viewer, [...want.models].sort()]);
    const found = () => usable(held.get(key), want.old);
    if (!found()) {
      wanted.add(key);
      await persist(key, want, (signal) => {
        const one = begun.token(want);
        return one ? request(want, key, signal, one) : alone(key, signal, () => take(want, key, signal, found));
      }).finally(() => wanted.delete(key));
    }
    const token = held.get(key);
    if (token && usable(token)) return token;
  }
}

/** @param {Want} want @param {string} key @param {AbortSignal} signal @param {() => boolean} found */
async function take(want, key, signal, found) {
  if (!found()) {
    seek(key);
    await pause(50, signal);
  }
  if (!found()) await request(want, key, signal, { at: performance.now() });
}

/** @param {Want} want @param {string} key @param {AbortSignal} signal @param {{ at: number, answer?: import("./ask.js").Answer }} begun */
async function request(want, key, signal, { at, answer }) {
  const { access_token, expires_in } = await ask(want, address(want, "token"), signal, "access_token", answer).catch((error) => {
    if (error.code === "access_denied") held.delete(key); // the token before it is no longer good either
    throw error;
  });
  const token = hold(access_token, Math.min(expires_in, DAY), performance.now() - at);
  if (answer && !usable(token)) return request(want, key, signal, { at: performance.now() }); // it has waited for too long
  if (!usable(token)) throw new PMEError("transient");
  held.set(key, token);
  offer(key, token);
}

/**
 * See pme.d.ts.
 * @param {{ model: string, endpoint?: string, signal?: AbortSignal, headers?: import("./endpoint.js").HeadersSource, fetch?: typeof fetch,
 *   onTransient?: (error: PMEError) => void, onSignedOut?: (error: PMEError) => void }} options
 */
export function createFetcher({ model, endpoint, signal = new AbortController().signal, headers, fetch, onTransient, onSignedOut }) {
  /** @type {Want} */
  const want = { endpoint: base(endpoint), models: list(model), signal, report: onTransient, signedOut: onSignedOut, ...means({ headers, fetch }) };
  /** @type {import("./tabs.js").Held | undefined} */
  let last;
  return {
    /** @param {string} [old] */
    async fetch(old) {
      // A tab that was left long ago asks again when someone looks at it.
      while (last && left(last) < 0 && !visible()) await pause(60_000, signal, true);
      last = await obtain({ ...want, old });
      return give(last);
    },
  };
}

/** @param {string} endpoint */
export const signInAddress = (endpoint) => new URL("signed-in?origin=" + location.origin, endpoint).href;

/** See pme.d.ts. @param {string} [endpoint] */
export function signIn(endpoint) {
  join();
  return open(signInAddress(base(endpoint)), "pme-sign-in", "popup,width=480,height=720");
}
