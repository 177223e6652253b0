// Waiting: never without a limit, and never after the signal.
import { stopped } from "./errors.js";

export const visible = () => !document.hidden;

/**
 * Runs when a signal is aborted. The listener is removed with the other signal.
 * @param {AbortSignal} signal
 * @param {() => void} work
 * @param {AbortSignal} [until]
 */
export const onAbort = (signal, work, until) => signal.addEventListener("abort", work, { once: true, signal: until });

/**
 * Gives work a signal, which is aborted after ms, with the outer signal, and when work is done.
 * @template T
 * @param {number} ms
 * @param {AbortSignal} signal
 * @param {(limit: AbortSignal) => Promise<T>} work
 */
export async function within(ms, signal, work) {
  if (signal.aborted) throw stopped();
  const limit = new AbortController();
  const end = () => limit.abort();
  const timer = setTimeout(end, ms);
  onAbort(signal, end, limit.signal);
  try {
    const result = await work(limit.signal);
    if (signal.aborted) throw stopped();
    return result;
  } finally {
    clearTimeout(timer);
    end();
  }
}

/**
 * Calls back when another try may be worth it.
 * @param {AbortSignal} signal
 * @param {(event: Event) => void} back
 */
export function watch(signal, back) {
  for (const type of ["online", "pageshow", "focus", "visibilitychange", "pme-signed-in"]) addEventListener(type, back, { signal });
}

/**
 * Waits ms. If wakeable, someone who looks at the page, the network and a sign-in end it. Whether the browser
 * believes that it is online does not count: it is often wrong, in either direction.
 * @param {number} ms
 * @param {AbortSignal} signal
 * @param {boolean} [wakeable]
 */
export const pause = (ms, signal, wakeable) => within(ms, signal, (limit) => new Promise((done) => {
  onAbort(limit, () => done(undefined));
  if (!wakeable) return;
  watch(limit, ({ type }) => {
    if (type === "pme-signed-in" || visible()) setTimeout(done, 500 * Math.random());
  });
}));
