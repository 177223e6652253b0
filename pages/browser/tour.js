// The life of a space: from its settings to a tour, and again whenever the tour ends.
import { address } from "./endpoint.js";
import { PMEError, stopped } from "./errors.js";
import { ask, insist } from "./ask.js";
import { handshake } from "./handshake.js";
import { keep } from "./keep.js";
import { load } from "./sdk.js";
import { hold, left } from "./tabs.js";
import { HANDSHAKE, HANDSHAKE_MOST, LEAST, SWAP, TRY } from "./times.js";
import { listen } from "./told.js";
import { obtain, persist, settings, streams } from "./tokens.js";
import { onAbort, pause, visible } from "./wait.js";

/** @typedef {import("./endpoint.js").Want} Want */

/**
 * What a tour needs of the element.
 * @typedef {object} Host
 * @property {() => HTMLIFrameElement[]} frames
 * @property {(src: string | URL, properties?: object) => HTMLIFrameElement} frame
 * @property {(frame: HTMLIFrameElement) => HTMLIFrameElement} adopt
 * @property {(drawn?: () => Promise<unknown>) => void} live drawn is settled when there is something to see
 * @property {() => void} opening
 * @property {(type: string, detail: object) => void} tell
 * @property {string} params
 * @property {string | null} key
 * @property {import("./sdk.js").SDK | undefined} sdk
 */

// Of Showcase's parameters, those that only change how it looks.
const PARAMS = "brand dh f fp gt help hl hr kb lang lp mls mt nozoom pin portal qs search sr ss start tagNav title tour ts views vr wh".split(" ");

/** @param {string} query */
function harmless(query) {
  const params = new URLSearchParams(query);
  for (const name of [...params.keys()]) if (!PARAMS.includes(name)) params.delete(name);
  return params;
}

export const drop = (/** @type {Element[]} */ frames) => frames.forEach((frame) => frame.remove());

/** @param {Want} want @param {Host} host */
export async function run(want, host) {
  if (!want.models[0]) throw new PMEError("invalid_request");
  const { showcase, sdk, sdk_key } = await settings(want);
  const key = host.key ?? sdk_key;
  const params = harmless(host.params);
  if (!key) return links(want, host, params);
  const space = { want, host, showcase, sdk, key, params, limit: HANDSHAKE, failures: 0, dark() {} };
  for (;;) {
    await insist(want.signal, want.report, () => tour(space));
    while (!visible()) await pause(60_000, want.signal, true);
  }
}

/**
 * @typedef {{ want: Want, host: Host, showcase: string, sdk: string, key: string, params: URLSearchParams, limit: number, failures: number, dark: () => void }} Space
 */

/** The SDK's module. @param {Space} space */
const module = async ({ want, host, sdk, failures }) =>
  host.sdk ?? insist(want.signal, want.report, (tries) => load(sdk, want.signal, tries + failures));

/** From the frame to the end of the tour. @param {Space} space */
async function tour(space) {
  const { want, host, params } = space;
  const { mpSdk, token } = await open(space).catch((error) => {
    // A slow line gets more time at its next try, and a broken part of the SDK is loaded again.
    if (error?.reason === "frame") space.limit = Math.min(2 * space.limit, HANDSHAKE_MOST);
    if (error?.reason === "sdk") space.failures++;
    throw error;
  });
  space.failures = 0;
  const over = new AbortController();
  const { signal } = over;
  const end = () => over.abort();
  onAbort(want.signal, end, signal);
  try {
    await new Promise((done, fail) => {
      onAbort(signal, () => fail(stopped()));
      const again = space.dark = () => {
        if (signal.aborted) return;
        host.opening();
        done(undefined);
      };
      keep({ ...want, signal }, mpSdk, token, {
        again, fail: (error) => { fail(error); end(); }, live: host.live, refreshed: (expiresIn) => host.tell("pme-refresh", { expiresIn }),
      });
      host.live(async () => mpSdk.App?.state?.waitUntil((/** @type {any} */ { phase }) => phase === "appphase.playing"));
      host.tell("pme-ready", { mpSdk, model: want.models[0] });
    });
    await remember(mpSdk, params, want.signal);
  } finally {
    end();
    mpSdk.disconnect?.();
  }
}

/**
 * The frame that the page's markup has begun, if it is of this very space.
 * @param {Host} host
 * @param {string} src
 */
function early(host, src) {
  const [frame] = host.frames();
  if (!frame?.hidden) return;
  const sorted = (/** @type {string} */ text) => {
    const url = new URL(text);
    url.searchParams.sort();
    return url.href;
  };
  if (sorted(frame.src) === sorted(src)) return host.adopt(frame);
  frame.remove();
}

/** Loads the frame at once, unseen while the token is on its way, and connects it when it is its turn. @param {Space} space */
async function open(space) {
  const { want, host, showcase, key, params, limit, failures } = space;
  const sdk = module(space);
  sdk.catch(() => {}); // it is awaited below
  // The frame's address carries no token: it would win over all later ones.
  const src = `${showcase}/show?${new URLSearchParams([...params, ["m", want.models[0]], ["applicationKey", key], ["play", "1"]])}`;
  let loads = 0;
  // Whatever a frame loads after Showcase, the SDK is not connected to it.
  const onload = () => { if (++loads > 1) space.dark(); };
  // An isolated page admits a frame that does not expect it only without credentials, which Showcase needs none of.
  const begin = () => {
    loads = 0;
    return host.frame(src, { onload, credentialless: globalThis.crossOriginIsolated });
  };
  let frame = early(host, src);
  const known = frame && Object.assign(frame, { onload }); // it may have loaded or not: there is no way to know
  const before = host.frames().filter((other) => other !== frame);
  if (!before.length) frame ??= begin();
  await obtain(want);
  if (!frame?.isConnected) frame = begin();
  drop(before);
  return handshake({ sdk: await sdk, key, frame, loaded: () => loads > 0 || frame === known, limit, failures, signal: want.signal, token: () => obtain(want) });
}

/** Where the visitor stands, for the next frame. @param {any} mpSdk @param {URLSearchParams} params @param {AbortSignal} signal */
async function remember(mpSdk, params, signal) {
  const link = await Promise.race([pause(1000, signal), Promise.resolve(mpSdk.Link?.createDeepLink()).catch(() => {})]);
  if (!link) return;
  const spot = new URL(link).searchParams;
  if (!spot.get("ss")) return;
  for (const name of ["ss", "sr", "start"]) params.delete(name); // start would win, and is where the visitor began
  for (const name of ["ss", "sr"]) if (spot.get(name)) params.set(name, spot.get(name) ?? "");
}

/** Without the SDK, the frame is replaced before its token expires. @param {Want} want @param {Host} host @param {URLSearchParams} params */
async function links(want, host, params) {
  const [model] = want.models;
  const one = { ...want, models: [model] };
  let type = "pme-ready";
  let shown = "";
  let told = () => {};
  let drawn = Promise.resolve();
  for (;;) {
    const heard = new Promise((done) => { told = () => done(true); });
    const { link, expires_in } = await persist("link " + want.endpoint + want.scope + model, want, (signal) => ask(want, address(one, "link"), signal, "link"));
    if (!shown && streams(want)) listen(one, want.signal, () => told());
    const token = hold("", Math.max(LEAST, expires_in) - SWAP);
    if (link !== shown) {
      shown = link;
      const src = new URL(link);
      for (const [name, value] of params) src.searchParams.set(name, value);
      const before = host.frames();
      drawn = new Promise((done) => host.frame(src, { onload: () => done(drop(before)) }));
      host.tell(type, { expiresIn: expires_in, model });
      type = "pme-refresh";
    }
    const frame = drawn;
    host.live(() => frame);
    // Something may have changed if it is told: the link is asked for again, and is the same if it still holds.
    while (left(token) > 0 && !await Promise.race([heard, pause(Math.min(TRY, 1000 * left(token)), want.signal, true)]));
  }
}
