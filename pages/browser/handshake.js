// The handshake of the SDK with a frame. The SDK takes any frame's answer for its own, and knocks for ever where
// there is none: so the spaces of a page take turns, and a turn that is given up is ended by a refusal.
import { PMEError, stopped } from "./errors.js";
import { blocked, embedder } from "./policy.js";
import { refused } from "./sdk.js";
import { HANDSHAKE_MOST, PATIENCE, TURN } from "./times.js";
import { onAbort, within } from "./wait.js";

let busy = false;
/** @type {(() => void)[]} */
const line = [];

/** Waits for a turn. @param {AbortSignal} signal */
function turn(signal) {
  if (!busy) {
    busy = true;
    return;
  }
  return new Promise((go, leave) => {
    const enter = () => go(undefined);
    line.push(enter);
    onAbort(signal, () => {
      const at = line.indexOf(enter);
      if (at < 0) return;
      line.splice(at, 1);
      leave(stopped());
    });
  });
}

function next() {
  const enter = line.shift();
  if (enter) enter();
  else busy = false;
}

/** Says that others wait. */
const yielded = new Error("another space's turn");

/**
 * @typedef {{ sdk: import("./sdk.js").SDK, key: string, frame: HTMLIFrameElement, loaded: () => boolean, limit: number, failures: number,
 *   signal: AbortSignal, token: () => Promise<import("./tabs.js").Held> }} Attempt
 */

/** Connects, in as many turns as it takes. @param {Attempt} attempt */
export async function handshake(attempt) {
  const begun = performance.now();
  for (;;) {
    await turn(attempt.signal);
    try {
      const token = await attempt.token();
      return { token, mpSdk: await knock(attempt, token.access_token, begun) };
    } catch (error) {
      if (error !== yielded) throw error;
    } finally {
      next();
    }
  }
}

/** Why to give up now, if there is a reason. @param {Attempt} attempt @param {number} all ms @param {number} now ms of this turn */
function impatience({ frame, limit, loaded }, all, now) {
  if (line.length && now >= TURN) return yielded;
  // A frame whose document still comes is not begun again.
  if (all >= limit && (loaded() || all >= HANDSHAKE_MOST)) return new PMEError("transient", { reason: "frame" });
  return blocked(frame.src);
}

/** One turn. @param {Attempt} attempt @param {string} auth @param {number} begun */
const knock = (attempt, auth, begun) => within(2 * HANDSHAKE_MOST, attempt.signal, (limit) => new Promise((resolve, reject) => {
  const { sdk, key, frame, failures, loaded } = attempt;
  const source = frame.contentWindow;
  const turned = performance.now();
  const answer = sdk.connect?.(frame, { auth }) ?? sdk.setupSdk?.(key, { iframe: frame, connectOptions: { auth } });
  Promise.resolve(answer).then(resolve, (cause) => limit.aborted || reject(refused(cause, failures)));
  const clock = setInterval(() => {
    const now = performance.now();
    const reason = impatience(attempt, now - begun, now - turned);
    if (reason) reject(reason);
    else if (loaded() && now - begun >= PATIENCE) embedder(begun).then((error) => error && reject(error));
  }, 1000);
  onAbort(limit, () => {
    clearInterval(clock);
    reject(stopped());
    const payload = { reason: "given up", errorType: "ConnectionRefused" };
    dispatchEvent(new MessageEvent("message", { source, data: { type: "postmessage.reject", payload } }));
  });
}));
