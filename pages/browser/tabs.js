// Tabs of one person hand tokens on. Who that person is, the server says.

/**
 * A token of this tab. Its end is known by two clocks: one can be set, and the other may stand still during sleep.
 * @typedef {{ access_token: string, until: number, mono: number }} Held
 */
import { LEAST, LOCK } from "./times.js";
import { stopped } from "./errors.js";
import { onAbort } from "./wait.js";
import { origins } from "./endpoint.js";

/** @type {Map<string, Held>} */
export const held = new Map();
/** Answers of settings, by endpoint. @type {Map<string, any>} */
export const known = new Map();
/** The tokens that this tab waits for. @type {Set<string>} */
export const wanted = new Set();

/**
 * @param {string} access_token
 * @param {number} seconds that it lives
 * @param {number} [sent] milliseconds ago at which it was asked for
 * @returns {Held}
 */
export const hold = (access_token, seconds, sent = 0) => ({
  access_token, until: Date.now() + 1000 * seconds - sent, mono: performance.now() + 1000 * seconds - sent,
});

/** Seconds left: the lesser of what the two clocks say. @param {Held} token */
export const left = (token) => Math.floor(Math.min(token.until - Date.now(), token.mono - performance.now()) / 1000);

/** @param {Held | undefined} token @param {string} [old] */
export const usable = (token, old) => token !== undefined && left(token) > LEAST && token.access_token !== old;

/** As the SDK wants it. @param {Held} token */
export const give = (token) => ({ access_token: token.access_token, expires_in: left(token) });

export function forget() {
  held.clear();
  known.clear();
}

/** All that waits for a sign-in, or for an account, goes on. */
export function welcome() {
  forget();
  dispatchEvent(new Event("pme-signed-in"));
}

/** @type {BroadcastChannel | undefined} */
let channel;

/** What hears the messages of other tabs that are not about tokens. @type {((message: any) => void) | undefined} */
let hear;

/**
 * Begins to listen, which it does only when a page first wants something: importing the module starts nothing.
 * @param {(message: any) => void} [others]
 */
export function join(others) {
  hear ??= others;
  if (channel) return;
  channel = new BroadcastChannel("pme");
  channel.addEventListener("message", ({ data }) => {
    const { want, key, token, left: seconds, signedIn } = data;
    hear?.(data);
    const mine = held.get(want);
    if (mine && usable(mine)) offer(want, mine);
    if (seconds > LEAST && (held.has(key) || wanted.has(key))) held.set(key, hold(token, seconds));
    if (signedIn) welcome();
  });
  addEventListener("message", ({ origin, data }) => {
    if (data?.pme === "signed-in" && origins.has(origin)) welcome();
  });
}

/** Says something to the other tabs. @param {object} message */
export const relay = (message) => channel?.postMessage(message);

/** Gives a token to the other tabs. @param {string} key @param {Held} token */
export const offer = (key, token) => channel?.postMessage({ key, token: token.access_token, left: left(token) });

/** Asks the other tabs for a token. @param {string} key */
export const seek = (key) => channel?.postMessage({ want: key });

/**
 * Runs work while no other tab does. The lock only saves requests: a tab that stands still is not waited for.
 * @template T
 * @param {string} name
 * @param {AbortSignal} signal
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function alone(name, signal, work) {
  if (!navigator.locks) return work();
  const limit = new AbortController();
  const granted = new AbortController();
  const end = () => limit.abort();
  const timer = setTimeout(end, LOCK);
  onAbort(signal, end, granted.signal);
  const over = () => {
    clearTimeout(timer);
    granted.abort();
  };
  try {
    return await navigator.locks.request("pme " + name, { signal: limit.signal }, () => {
      over();
      return work();
    });
  } catch (error) {
    if (signal.aborted) throw stopped();
    if (granted.signal.aborted) throw error;
    return work();
  } finally {
    over();
  }
}
