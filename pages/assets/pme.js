// An element that shows a private space and keeps it alive. See pme.d.ts. Tokens stay in memory.

const TRY = 15_000; // ms for one request
const LEAST = 65; // s left of a token: the SDK renews at 60, and asks in a loop below that
const DAY = 86_400; // s

// Of Showcase's parameters, those that only change how it looks.
const PARAMS = "brand dh f fp gt help hl hr kb lang lp mls mt nozoom pin portal qs search sr ss start tagNav title tour ts views vr wh".split(" ");

const STRINGS = {
  opening: "Opening the space…",
  waiting: "Connection interrupted. Trying again…",
  login_required: "You are signed out.",
  reconnect_required: "This space's Matterport account has to be connected.",
  access_denied: "You do not have access to this space.",
  model_not_found: "This space is no longer available.",
  invalid_request: "There is no such space.",
  failed: "This space cannot be opened.",
  sign_in: "Sign in",
  connect: "Connect",
  again: "Try again",
};

export class PMEError extends Error {
  constructor(code, more) {
    super(STRINGS[code] ?? code);
    Object.assign(this, { code }, more);
  }
}

const stopped = () => new PMEError("stopped");
const visible = () => !document.hidden;
const left = (token) => Math.floor((token.until - Date.now()) / 1000);
const usable = (token, old) => token && left(token) > LEAST && token.access_token !== old;
const give = (token) => ({ access_token: token.access_token, expires_in: left(token) });
const list = (models) => models?.match(/\S+/g) ?? [];
const origins = new Set();

function base(endpoint) {
  const url = endpoint ? new URL(endpoint.replace(/\/?$/, "/"), document.baseURI) : new URL(".", import.meta.url);
  origins.add(url.origin);
  return url.href;
}

const address = ({ endpoint, models }, name) => new URL(name + "?" + new URLSearchParams(models.map((id) => ["modelId", id])), endpoint);

// Gives work a signal, for at most ms.
async function within(ms, signal, work) {
  if (signal.aborted) throw stopped();
  const limit = new AbortController();
  const end = () => limit.abort();
  const timer = setTimeout(end, ms);
  signal.addEventListener("abort", end, { signal: limit.signal });
  try {
    const result = await work(limit.signal);
    if (signal.aborted) throw stopped();
    return result;
  } finally {
    clearTimeout(timer);
    end();
  }
}

function watch(signal, back) {
  for (const type of ["online", "pageshow", "focus", "visibilitychange", "pme-signed-in"]) addEventListener(type, back, { signal });
}

// Waits ms, or until another try may be worth it.
const pause = (ms, signal, wakeable) => within(ms, signal, (limit) => new Promise((done) => {
  limit.addEventListener("abort", done);
  if (wakeable) watch(limit, () => navigator.onLine && visible() && setTimeout(done, 500 * Math.random()));
}));

// One try. Only the endpoint's own word is final.
const ask = (url, signal) => within(TRY, signal, async (limit) => {
  const response = await fetch(url, {
    credentials: "include", cache: "no-store", redirect: "manual", headers: { Accept: "application/json" }, signal: limit,
  });
  const body = await response.json().catch(() => {});
  if (response.ok && body) return body;
  const code = response.type === "opaqueredirect" ? "login_required" // a proxy's login
    : body?.error?.replace("not_connected", "reconnect_required");
  const after = response.headers.get("Retry-After");
  const retryAfter = (isNaN(after) ? (Date.parse(after) - Date.now()) / 1000 : +after) || 0;
  const sentence = code === "upstream_error" ? body.error_description : undefined; // trying again may not help
  throw new PMEError(STRINGS[code] ? code : "transient", { loginURL: body?.login_url, retryAfter, sentence });
}).catch((cause) => {
  throw signal.aborted ? stopped() : cause instanceof PMEError ? cause : new PMEError("transient", { cause });
});

async function insist(signal, report, work) {
  for (let wait = 1000; ; wait = Math.min(2 * wait, 30_000)) {
    try {
      return await work();
    } catch (error) {
      if (error.code !== "transient") throw error;
      report(error);
      const { retryAfter = 0 } = error;
      await pause(Math.max(1000 * retryAfter, navigator.onLine ? wait * (0.5 + Math.random() / 2) : 30_000), signal, !retryAfter);
    }
  }
}

// What several want is asked for once. Who is signed out is waited for.
const flights = new Map();

async function persist(name, want, work) {
  const { signal, signedOut } = want;
  for (;;) {
    if (signal.aborted) throw stopped();
    if (!flights.has(name)) {
      const stop = new AbortController();
      const wants = new Set();
      const report = (error) => wants.forEach((one) => one.report?.(error));
      flights.set(name, { stop, wants, landed: insist(stop.signal, report, () => work(stop.signal)) });
    }
    const { stop, wants, landed } = flights.get(name);
    wants.add(want);
    try {
      return await Promise.race([landed, new Promise((_, leave) => signal.addEventListener("abort", () => leave(stopped())))]);
    } catch (error) {
      if (!/_required/.test(error.code)) throw error;
      forget();
      if (!signedOut) throw error;
      signedOut(error);
    } finally {
      wants.delete(want);
      if (!wants.size) {
        flights.delete(name);
        stop.abort();
      }
    }
    await pause(1000 * DAY, signal, true);
  }
}

// Tabs of the same person hand tokens on; who that is, the server says (viewer).
const held = new Map();
const known = new Map();
const channel = new BroadcastChannel("pme");

function forget() {
  held.clear();
  known.clear();
}

function welcome() {
  forget();
  dispatchEvent(new Event("pme-signed-in"));
}

channel.addEventListener("message", ({ data: { want, key, token, signedIn } }) => {
  if (usable(held.get(want))) channel.postMessage({ key: want, token: held.get(want) });
  if ((held.has(key) || flights.has(key)) && usable(token)) held.set(key, token);
  if (signedIn) welcome();
});

addEventListener("message", ({ origin, data }) => {
  if (data?.pme === "signed-in" && origins.has(origin)) welcome();
});

const settings = async (want) => known.get(want.endpoint) ?? persist("settings " + want.endpoint, want, async (signal) => {
  const answer = await ask(new URL("settings", want.endpoint), signal);
  known.set(want.endpoint, answer);
  return answer;
});

// A token other than want.old. One tab asks at a time.
async function obtain(want) {
  for (;;) {
    const { viewer } = await settings(want);
    const key = JSON.stringify([want.endpoint, viewer, [...want.models].sort()]);
    const found = () => usable(held.get(key), want.old);
    const take = async (signal) => {
      if (!found()) {
        channel.postMessage({ want: key });
        await pause(50, signal);
      }
      if (found()) return;
      const sent = Date.now();
      const { access_token, expires_in } = await ask(address(want, "token"), signal);
      const token = { access_token, until: sent + 1000 * Math.min(expires_in, DAY) };
      if (!usable(token)) throw new PMEError("transient");
      held.set(key, token);
      channel.postMessage({ key, token });
    };
    if (!found()) {
      await persist(key, want, (signal) => navigator.locks?.request("pme " + key, { signal }, () => take(signal)) ?? take(signal));
    }
    if (usable(held.get(key))) return held.get(key);
  }
}

export function createFetcher({ model, endpoint, signal = new AbortController().signal, onTransient, onSignedOut }) {
  const want = { endpoint: base(endpoint), models: list(model), signal, report: onTransient, signedOut: onSignedOut };
  let last;
  return {
    async fetch(old) {
      while (last && left(last) < 0 && !visible()) await pause(60_000, signal, true);
      return give(last = await obtain({ ...want, old }));
    },
  };
}

const signInAddress = (endpoint) => new URL("signed-in?origin=" + location.origin, endpoint);

export const signIn = (endpoint) => open(signInAddress(base(endpoint)), "pme-sign-in", "popup,width=480,height=720");

// The SDK takes any frame's answer for its own, and knocks for ever where there is none.
let turn;

const connect = (sdk, key, frame, auth, signal) => within(4 * TRY, signal, (limit) => new Promise((resolve, reject) => {
  const source = frame.contentWindow;
  (sdk.connect?.(frame, { auth }) ?? sdk.setupSdk(key, { iframe: frame, connectOptions: { auth } }))
    .then(resolve, (cause) => {
      if (limit.aborted) return;
      console.error("pme-space: the Showcase SDK does not open the space. Check the SDK key, and that it is registered for", location.origin, cause);
      reject(new PMEError("failed", { cause }));
    });
  limit.addEventListener("abort", () => {
    reject(signal.aborted ? stopped() : new PMEError("transient"));
    const payload = { reason: "given up", errorType: "ConnectionRefused" };
    dispatchEvent(new MessageEvent("message", { source, data: { type: "postmessage.reject", payload } }));
  });
}));

const sheet = new CSSStyleSheet();
sheet.replaceSync(`
:host { position: relative; display: block; box-sizing: border-box; width: 100%; min-height: 16rem; aspect-ratio: 16 / 9; font: 1rem/1.5 var(--pme-font, system-ui, sans-serif); }
:host([hidden]), [hidden], div:has(p:empty) { display: none !important; }
:host, div { background: var(--pme-stage, #15171a); color: var(--pme-stage-ink, #f1f1ef); }
iframe, div { position: absolute; inset: 0; width: 100%; height: 100%; border: 0; }
div { display: grid; gap: 1rem; place-content: center; place-items: center; text-align: center; }
:host([state=waiting]) iframe ~ div, :host([state$=_required]) iframe ~ div { inset: auto 0 1rem; grid-auto-flow: column; width: fit-content;
  height: auto; margin: auto; padding: 1rem; border-radius: 1rem; }
p { margin: 0; }
a { padding: .5rem 1rem; border-radius: .5rem; background: #f1f1ef; color: #15171a; }
@media (prefers-reduced-motion: no-preference) { :host([state=opening]) p { animation: 1s infinite alternate breathe; } }
@keyframes breathe { to { opacity: .6; } }`);

const drop = (frames) => frames.forEach((frame) => frame.remove());
const make = (tag, properties) => Object.assign(document.createElement(tag), properties);

export class PMESpace extends HTMLElement {
  static observedAttributes = ["model", "endpoint", "sdk-key", "params"];
  sdk;
  #life;
  #text = make("p");
  #action = make("a", { target: "pme-sign-in" });
  #stage = this.attachShadow({ mode: "open" });

  constructor() {
    super();
    this.#stage.adoptedStyleSheets = [sheet];
    this.#stage.append(make("div", { role: "status" }));
    this.#stage.firstChild.append(this.#text, this.#action);
  }

  connectedCallback() { this.reload(); }
  disconnectedCallback() { this.#clear(); }
  attributeChangedCallback(_, before, now) { if (this.#life && before !== now) this.reload(); }

  reload() {
    this.#clear();
    const { signal } = this.#life = new AbortController();
    this.#run(signal).catch((error) => {
      if (signal.aborted) return;
      this.#clear();
      const code = STRINGS[error.code] ? error.code : "failed";
      this.#show(code, undefined, code === "failed" && (() => this.reload()));
      this.#tell("pme-error", { error, final: true });
    });
  }

  #clear() {
    this.#life?.abort();
    this.#life = undefined;
    drop(this.#frames());
  }

  #frames() { return this.#stage.querySelectorAll("iframe"); }

  #frame(src) {
    const frame = make("iframe", { title: this.title || "Matterport", allow: "fullscreen; xr-spatial-tracking; autoplay", src });
    this.#stage.prepend(frame);
    return frame;
  }

  #tell(type, detail) { this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true })); }

  #show(state, text = state, go, href) {
    const strings = { ...STRINGS, ...JSON.parse(this.getAttribute("strings") || "{}") };
    this.setAttribute("state", state);
    this.#text.textContent = strings[text] ?? (text === state ? "" : text);
    Object.assign(this.#action, { hidden: !go, href: href ?? "#", textContent: strings[!href ? "again" : state === "login_required" ? "sign_in" : "connect"] });
    this.#action.onclick = (event) => go() === null || event.preventDefault();
  }

  async #run(signal) {
    const endpoint = base(this.getAttribute("endpoint"));
    const want = {
      endpoint, signal, models: list(this.getAttribute("model")),
      report: (error) => {
        this.#show(this.#frames()[0] ? "waiting" : "opening", error.sentence ?? "waiting");
        this.#tell("pme-error", { error, final: false });
      },
      signedOut: ({ code, loginURL }) => {
        this.#show(code, undefined, () => signIn(endpoint), signInAddress(endpoint));
        this.#tell("pme-signed-out", { code, loginURL });
      },
    };
    if (!want.models[0]) throw new PMEError("invalid_request");
    this.#show("opening");
    const { showcase, sdk, sdk_key } = await settings(want);
    const key = this.getAttribute("sdk-key") ?? sdk_key;
    const params = new URLSearchParams(this.getAttribute("params") ?? "");
    for (const name of [...params.keys()]) if (!PARAMS.includes(name)) params.delete(name);
    if (!key) return this.#links(want, params);
    const module = this.sdk ?? await insist(signal, want.report, () => import(sdk).catch((cause) => {
      throw new PMEError("transient", { cause });
    }));
    for (;;) {
      await insist(signal, want.report, () => this.#tour(want, showcase, module, key, params));
      while (!visible()) await pause(60_000, signal, true);
    }
  }

  // The frame's address carries no token: it would win over all later ones.
  async #tour(want, showcase, module, key, params) {
    let token;
    const before = turn;
    const mine = turn = (async () => {
      await before?.catch(() => {});
      token = await obtain(want);
      const frames = this.#frames();
      const frame = this.#frame(`${showcase}/show?${new URLSearchParams([...params, ["m", want.models[0]], ["applicationKey", key], ["play", 1]])}`);
      drop(frames);
      return connect(module, key, frame, token.access_token, want.signal);
    })();
    const mpSdk = await mine;
    const over = new AbortController();
    const { signal } = over;
    const end = () => over.abort();
    want.signal.addEventListener("abort", end, { signal });
    try {
      await new Promise((again, fail) => {
        signal.addEventListener("abort", () => fail(stopped()));
        this.#keep({ ...want, signal }, mpSdk, token, again, fail);
        this.#show("live");
        this.#tell("pme-ready", { mpSdk, model: want.models[0] });
      });
      const link = await Promise.race([pause(1000, want.signal), Promise.resolve(mpSdk.Link?.createDeepLink()).catch(() => {})]);
      for (const [name, value] of link ? new URL(link).searchParams : []) if (/^(ss|sr|start)$/.test(name)) params.set(name, value);
    } finally {
      end();
      mpSdk.disconnect?.();
    }
  }

  #keep(want, mpSdk, token, again, fail) {
    const { signal } = want;
    let viewer = known.get(want.endpoint)?.viewer;
    let looked = Date.now();
    let asking = false;
    let refresher, current; // dispose() does not end a refresher that is fetching
    const expired = () => Date.now() > token.until;
    const asks = async (work) => {
      asking = true;
      try {
        return await work();
      } catch (error) {
        if (error.code !== "stopped") fail(error);
        throw error;
      } finally {
        asking = false;
      }
    };
    const renew = (initial) => {
      const me = current = {};
      refresher?.dispose();
      refresher = mpSdk.OAuth.createTokenRefresher(initial, {
        fetch: (old) => asks(async () => {
          if (expired()) return again();
          if (me !== current || signal.aborted) throw stopped();
          const next = await obtain({ ...want, old });
          if (expired() || viewer !== (await settings(want)).viewer) return again();
          if (me !== current || signal.aborted) throw stopped();
          token = next;
          this.#show("live");
          this.#tell("pme-refresh", { expiresIn: left(token) });
          return give(token);
        }),
      });
    };
    renew(give(token));
    const check = () => { // after sleep, the SDK's timer is late
      if (asking) return;
      if (expired()) again();
      else if (left(token) < 50) renew({ access_token: token.access_token, expires_in: 0 });
    };
    watch(signal, () => { // who comes back may have signed out
      check();
      if (asking || !visible() || Date.now() - looked < 10_000) return;
      looked = Date.now();
      asks(async () => {
        known.delete(want.endpoint);
        const now = (await settings(want)).viewer;
        if (now !== viewer && (await obtain(want)).access_token !== token.access_token) again();
        viewer = now;
        this.#show("live");
      }).catch(() => {});
    });
    const clock = setInterval(check, TRY);
    signal.addEventListener("abort", () => {
      current = undefined;
      clearInterval(clock);
      refresher.dispose();
    });
  }

  // Without the SDK, the frame is replaced before its token expires.
  async #links(want, params) {
    for (let type = "pme-ready"; ; type = "pme-refresh") {
      const { link, expires_in } = await persist("link " + want.endpoint + want.models[0], want, (signal) =>
        ask(address({ ...want, models: want.models.slice(0, 1) }, "link"), signal));
      const until = Date.now() + 1000 * (Math.max(LEAST, expires_in) - 45);
      const src = new URL(link);
      for (const [name, value] of params) src.searchParams.set(name, value);
      const before = this.#frames();
      this.#frame(src).onload = () => drop(before);
      this.#show("live");
      this.#tell(type, { expiresIn: expires_in, model: want.models[0] });
      while (Date.now() < until) await pause(Math.min(TRY, until - Date.now()), want.signal, true);
    }
  }
}

if (!customElements.get("pme-space")) customElements.define("pme-space", PMESpace);
