// A running tour: its token is renewed until it cannot be, and then the tour is opened again.
import { stopped } from "./errors.js";
import { give, left } from "./tabs.js";
import { LATE, TRY } from "./times.js";
import { listen } from "./told.js";
import { obtain, recheck, settings, streams, viewer } from "./tokens.js";
import { onAbort, visible, watch } from "./wait.js";

/**
 * @param {import("./endpoint.js").Want} want
 * @param {any} mpSdk
 * @param {import("./tabs.js").Held} token
 * @param {{ again: () => void, fail: (error: unknown) => void, live: () => void, refreshed: (seconds: number) => void }} on
 */
export function keep(want, mpSdk, token, on) {
  const { signal } = want;
  let person = viewer(want);
  let looked = performance.now();
  let asking = false;
  let told = false; // while it was asking
  /** @type {any} */
  let refresher;
  /** @type {object | undefined} */
  let current; // dispose() does not end a refresher that is fetching
  const expired = () => left(token) < 0;

  /** @template T @param {() => Promise<T>} work */
  const asks = async (work) => {
    asking = true;
    try {
      return await work();
    } catch (error) {
      if (/** @type {any} */ (error)?.code !== "stopped") on.fail(error);
      throw error;
    } finally {
      asking = false;
      if (told && !signal.aborted) hear();
    }
  };

  // What is told during a question may be newer than its answer.
  const hear = () => {
    told = asking;
    if (!asking) asks(confirm).catch(() => {});
  };

  /** The SDK's fetch. @param {object} me @param {string} old */
  const next = async (me, old) => {
    if (expired()) return on.again();
    if (me !== current || signal.aborted) throw stopped();
    const fresh = await obtain({ ...want, old });
    if (expired() || person !== (await settings(want)).viewer) return on.again();
    if (me !== current || signal.aborted) throw stopped();
    token = fresh;
    on.live();
    on.refreshed(left(token));
    return give(token);
  };

  const renew = (/** @type {{ access_token: string, expires_in: number }} */ initial) => {
    const me = current = {};
    refresher?.dispose();
    refresher = mpSdk.OAuth.createTokenRefresher(initial, { fetch: (/** @type {string} */ old) => asks(() => next(me, old)) });
  };

  const check = () => { // after sleep, the SDK's timer is late
    if (asking) return;
    if (expired()) on.again();
    else if (left(token) < LATE) renew({ access_token: token.access_token, expires_in: 0 });
  };

  // Someone who comes back to the page may have signed out in another tab.
  const look = async () => {
    recheck(want);
    const now = (await settings(want)).viewer;
    if (now !== person && (await obtain(want)).access_token !== token.access_token) on.again();
    person = now;
    on.live();
  };

  // Something may have changed. The viewer changes with each revocation: Showcase has gone dark then, and another token
  // does not wake it. With another token, the viewer is asked for anew: the revocation may have come between the two answers.
  const confirm = async () => {
    recheck(want);
    const fresh = await obtain({ ...want, old: token.access_token });
    if (fresh.access_token !== token.access_token) recheck(want);
    const now = (await settings(want)).viewer;
    if (fresh.access_token === token.access_token) on.live();
    else if (now !== person) on.again();
    else renew({ access_token: token.access_token, expires_in: 0 });
    person = now;
  };

  renew(give(token));
  if (streams(want)) listen(want, signal, hear);
  watch(signal, () => {
    check();
    if (asking || !visible() || performance.now() - looked < 10_000) return;
    looked = performance.now();
    asks(look).catch(() => {});
  });
  const clock = setInterval(check, TRY);
  onAbort(signal, () => {
    current = undefined;
    clearInterval(clock);
    refresher.dispose();
  });
}
