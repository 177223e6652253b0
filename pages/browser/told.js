// What the server tells at once: that access was withdrawn, that a token was revoked, that the user was signed out.
// One tab of a browser has the stream, and the others hear of it. What is told is a hint: who hears it asks for a token,
// and that answer counts.
import { PMEError, stopped } from "./errors.js";
import { join, relay, welcome } from "./tabs.js";
import { QUIET, RECONNECT, TRY, WATCH } from "./times.js";
import { onAbort, pause, within } from "./wait.js";

/** @typedef {import("./endpoint.js").Want} Want */
/** @typedef {{ want: Want, hear: () => void }} Listener */

/** One endpoint, as this tab has it. */
class Line {
  /** @type {Set<Listener>} */
  listeners = new Set();
  /** The models that tabs show: a stream is about them. @type {Set<string>} */
  models = new Set();
  over = new AbortController();
  /** Ends the present stream, for one that is about more models. */
  renew = new AbortController();

  /** @param {string} name @param {Want} want */
  constructor(name, want) {
    this.name = name;
    this.want = want;
  }

  /** @param {string[]} models */
  add(models) {
    const more = models.filter((model) => !this.models.has(model));
    for (const model of more) this.models.add(model);
    if (more.length) this.renew.abort();
  }

  /** Tells this tab. @param {string} [model] any, if there is none */
  tell(model) {
    for (const { want, hear } of [...this.listeners]) if (!model || want.models.includes(model)) hear();
  }

  /** Tells all tabs. @param {string} [model] */
  spread(model) {
    this.tell(model);
    relay({ told: this.name, model });
  }
}

/** @type {Map<string, Line>} */
const lines = new Map();

/** What other tabs say. @param {{ told?: string, model?: string, watching?: string, models?: string[] }} message */
export function overheard({ told, model, watching, models }) {
  if (told) lines.get(told)?.tell(model);
  if (watching && models) lines.get(watching)?.add(models);
}

/**
 * Calls hear, until the signal, when a token for the models should be asked for. The endpoint has to have a stream.
 * @param {Want} want
 * @param {AbortSignal} signal
 * @param {() => void} hear
 */
export function listen(want, signal, hear) {
  if (signal.aborted) return;
  join(overheard);
  const name = want.endpoint + want.scope;
  const line = lines.get(name) ?? new Line(name, want);
  const listener = { want, hear };
  line.listeners.add(listener);
  line.add(want.models);
  relay({ watching: name, models: want.models });
  if (!lines.has(name)) {
    lines.set(name, line);
    lead(line).catch(() => {});
  }
  onAbort(signal, () => {
    line.listeners.delete(listener);
    if (line.listeners.size) return;
    lines.delete(name);
    line.over.abort();
  });
}

/** Waits until this tab is the one with the stream. @param {Line} line */
async function lead(line) {
  const { signal } = line.over;
  if (line.want.scope || !navigator.locks) return stream(line, signal);
  await navigator.locks.request("pme watch " + line.name, { signal }, () => stream(line, signal));
}

/** Keeps a stream open. While there is none, all ask once a minute. @param {Line} line @param {AbortSignal} signal */
async function stream(line, signal) {
  for (let missed = false; !signal.aborted;) {
    line.renew = new AbortController();
    onAbort(signal, () => line.renew.abort(), line.renew.signal);
    const opened = () => {
      if (missed) line.spread(); // of what happened in between
      missed = false;
    };
    const error = await read(line, line.renew.signal, opened).catch((error) => error);
    if (signal.aborted) return;
    if (line.renew.signal.aborted) continue;
    missed = true;
    if (error) line.spread();
    await pause(error ? WATCH : RECONNECT * (0.5 + Math.random()), signal, !!error);
  }
}

/** Reads one stream to its end. @param {Line} line @param {AbortSignal} signal @param {() => void} opened */
async function read(line, signal, opened) {
  const { want } = line;
  const url = new URL("watch?" + new URLSearchParams([...line.models].sort().map((model) => ["modelId", model])), want.endpoint);
  const own = typeof want.headers === "function" ? await want.headers() : want.headers;
  const headers = new Headers(own);
  headers.set("Accept", "text/event-stream");
  const stop = new AbortController();
  onAbort(signal, () => stop.abort(), stop.signal);
  try {
    const response = await within(TRY, signal, () =>
      (want.fetch ?? fetch)(url, { credentials: "include", cache: "no-store", redirect: "manual", headers, signal: stop.signal }));
    if (!response.ok || !response.body || !/^text\/event-stream/.test(response.headers.get("Content-Type") ?? "")) {
      throw new PMEError("transient");
    }
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    for (let first = true; ; first = false) {
      // A proxy may send the headers and hold the rest back.
      const { done, value } = await within(first ? TRY : QUIET, signal, (limit) => Promise.race([reader.read(), late(limit)]));
      if (done) return;
      if (first) opened();
      const events = (text + value).split("\n\n");
      text = events.pop() ?? "";
      for (const event of events) heed(line, event);
    }
  } finally {
    stop.abort();
  }
}

/** @param {AbortSignal} limit @returns {Promise<never>} */
const late = (limit) => new Promise((_, leave) => onAbort(limit, () => leave(stopped())));

/** @param {Line} line @param {string} event */
function heed(line, event) {
  const data = /^data: (.*)$/m.exec(event);
  if (!data) return;
  const { modelId, error } = JSON.parse(data[1]);
  line.spread(modelId);
  if (modelId || error) return;
  welcome(); // an account can be used again, for which spaces may wait
  relay({ signedIn: true });
}
