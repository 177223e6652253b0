// The element: its attributes, its words and its events. What it shows is in tour.js.
import { base, list, means } from "./endpoint.js";
import { FINAL, WORDS } from "./words.js";
import { PMEError } from "./errors.js";
import { Poster, near } from "./poster.js";
import { sheet } from "./sheet.js";
import { PATIENCE } from "./times.js";
import { listen } from "./told.js";
import { obtain, signIn, signInAddress, streams } from "./tokens.js";
import { drop, run } from "./tour.js";
import { pause } from "./wait.js";

// On a server there are no elements: the class exists there all the same, so that the module can be imported.
const Base = globalThis.HTMLElement ?? /** @type {typeof HTMLElement} */ (class {});

const make = (/** @type {string} */ tag, /** @type {object} */ properties = {}) => Object.assign(document.createElement(tag), properties);

// Reasons for which retrying does not help, as long as no one changes a configuration.
const CONFIGURATION = ["endpoint", "upstream", "policy"];

export class PMESpace extends Base {
  static observedAttributes = ["model", "endpoint", "sdk-key", "params", "strings", "title", "poster", "loading", "mode"];
  /** @type {import("./sdk.js").SDK | undefined} */
  #sdk;
  /** Whether the element is in a page. A space that was refused is still wanted: another model may take its place. */
  #wanted = false;
  #due = false;
  /** @type {AbortController | undefined} */
  #life;
  /** Whether the visitor has seen the tour. */
  #seen = false;
  /** Whether it was said to open a space that waits for a click, or to be looked at. */
  #called = false;
  #clicked = false;
  /** When retrying first met what it does not heal. @type {number | undefined} */
  #since;
  /** @type {[string, string, string, (() => unknown) | undefined, string] | undefined} */
  #said;
  #text = /** @type {HTMLElement} */ (make("p"));
  #action = /** @type {HTMLAnchorElement} */ (make("a", { target: "pme-sign-in" }));
  #status = make("div", { role: "status", hidden: true });
  /** What is to be seen until Showcase has drawn. */
  #poster = new Poster();
  // The markup of a page may have the frame in it already, in a declarative shadow root.
  #stage = this.shadowRoot ?? this.attachShadow({ mode: "open" });

  constructor() {
    super();
    this.#stage.adoptedStyleSheets = [sheet()];
    this.#status.append(this.#text, this.#action);
    this.#stage.append(this.#status);
  }

  get sdk() { return this.#sdk; }
  set sdk(module) { this.#sdk = module; }
  get model() { return this.getAttribute("model") ?? ""; }
  set model(text) { this.#reflect("model", text); }
  get endpoint() { return this.getAttribute("endpoint") ?? ""; }
  set endpoint(text) { this.#reflect("endpoint", text); }
  /** @returns {string | null} */
  get sdkKey() { return this.getAttribute("sdk-key"); }
  set sdkKey(text) { this.#reflect("sdk-key", text); }
  get params() { return this.getAttribute("params") ?? ""; }
  set params(text) { this.#reflect("params", text); }
  get poster() { return this.getAttribute("poster") ?? ""; }
  set poster(text) { this.#reflect("poster", text); }
  get loading() { return this.getAttribute("loading") ?? ""; }
  set loading(text) { this.#reflect("loading", text); }
  get mode() { return this.getAttribute("mode") ?? ""; }
  set mode(text) { this.#reflect("mode", text); }
  get state() { return this.getAttribute("state") ?? ""; }
  /** @returns {Record<string, string>} */
  get strings() {
    try {
      return Object(JSON.parse(this.getAttribute("strings") || "{}"));
    } catch {
      return {}; // the English words are better than none
    }
  }
  set strings(words) { this.#reflect("strings", words && (typeof words === "string" ? words : JSON.stringify(words))); }

  /** @param {string} name @param {string | null | undefined} text */
  #reflect(name, text) {
    if (text == null) this.removeAttribute(name);
    else this.setAttribute(name, text);
  }

  connectedCallback() {
    // What was set before the element was defined hides its properties: it is set again.
    for (const name of ["sdk", "model", "endpoint", "sdkKey", "params", "strings", "poster", "loading", "mode"]) {
      if (!Object.hasOwn(this, name)) continue;
      const self = /** @type {any} */ (this);
      const value = self[name];
      delete self[name];
      self[name] = value;
    }
    this.#wanted = true;
    this.#begin();
  }

  disconnectedCallback() {
    this.#wanted = this.#called = false;
    this.#clear();
  }

  // moveBefore() keeps the frame, and so the tour.
  connectedMoveCallback() {}

  /** @param {string} name @param {string | null} before @param {string | null} now */
  attributeChangedCallback(name, before, now) {
    if (!this.#wanted || before === now) return;
    if (name === "title") for (const frame of this.#frames()) frame.title = this.#title();
    else if (name === "strings") this.#said && this.#say(...this.#said);
    else if (name === "poster") this.#poster.change(this.poster);
    else if (this.state === "idle" || name !== "loading" && name !== "mode") this.#soon();
  }

  // Several attributes that change at once open one space.
  #soon() {
    if (this.#due) return;
    this.#due = true;
    queueMicrotask(() => {
      this.#due = false;
      if (this.#wanted) this.#begin();
    });
  }

  /** Opens the space, or waits until it is looked at or clicked. */
  #begin() {
    const click = this.mode === "click";
    if (this.#called || !click && this.loading !== "lazy") return this.reload();
    this.#clear();
    const { signal } = this.#life = new AbortController();
    this.#said = undefined;
    this.setAttribute("state", "idle");
    this.#status.hidden = true;
    if (!click) return near(this, signal, () => this.reload());
    this.#poster.show(this.#stage, this.poster);
    this.#poster.offer(this.#stage, `${this.#word("play")}${this.title && ": " + this.title}`, () => {
      this.reload();
      this.#clicked = true;
    });
  }

  reload() {
    this.#called = true;
    if (this.#life) this.#clear(); // the first time, the frame may be that of the markup
    const life = this.#life = new AbortController();
    const { signal } = life;
    this.#run(signal).catch((error) => {
      if (signal.aborted) return;
      const seen = this.#seen;
      this.#clear();
      const code = FINAL.includes(error.code) ? error.code : "failed";
      if (error.reason === "sdk") this.#say(code, "broken", "reload", () => location.reload());
      else this.#say(code, code === "access_denied" && seen ? "withdrawn" : code, "again", code === "failed" ? () => this.reload() : undefined);
      this.#tell("pme-error", { error, final: true });
      if (code === "access_denied") this.#hope();
    });
  }

  // A new allow-list may let the user in.
  #hope() {
    const { signal } = this.#life = new AbortController();
    const want = { endpoint: base(this.endpoint), models: list(this.model), signal, ...means({}) };
    const open = () => { if (!signal.aborted) this.reload(); };
    if (streams(want)) listen(want, signal, () => void obtain(want).then(open, () => {}));
  }

  #clear() {
    this.#life?.abort();
    this.#life = undefined;
    this.#since = undefined;
    this.#seen = false;
    this.#poster.drop();
    drop(this.#frames());
  }

  #title() { return this.title || "Matterport"; }

  #frames() { return [...this.#stage.querySelectorAll("iframe")]; }

  #dress(/** @type {HTMLIFrameElement} */ frame) {
    return Object.assign(frame, { title: this.#title(), allow: "fullscreen; xr-spatial-tracking; autoplay", hidden: false });
  }

  /** @param {string | URL} src @param {object} [properties] */
  #frame(src, properties) {
    const frame = Object.assign(this.#dress(/** @type {HTMLIFrameElement} */ (make("iframe"))), properties, { src });
    this.#stage.prepend(frame);
    // The button that had the focus is gone.
    if (this.#clicked && document.activeElement === document.body) frame.focus({ preventScroll: true });
    this.#clicked = false;
    return frame;
  }

  /** @param {string} type @param {object} detail */
  #tell(type, detail) { this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true })); }

  /**
   * Says something over the stage, or nothing.
   * @param {string} state
   * @param {string} [text] the name of the words, or the words
   * @param {string} [label] the name of the action's words
   * @param {() => unknown} [go] what the action does; null means that it could not
   * @param {string} [href]
   */
  #say(state, text = state, label = "again", go, href = "#") {
    this.#said = [state, text, label, go, href];
    const said = state === "live" ? "" : this.#word(text);
    this.setAttribute("state", state);
    this.#status.hidden = !said;
    this.#text.textContent = said;
    Object.assign(this.#action, { hidden: !go, href, textContent: this.#word(label) });
    this.#action.onclick = (event) => go?.() === null || event.preventDefault();
  }

  /** @param {string} name of the words, or the words */
  #word(name) { return this.strings[name] ?? WORDS[name] ?? name; }

  /** @param {() => Promise<unknown>} [drawn] */
  #live(drawn) {
    this.#poster.drop(drawn);
    this.#since = undefined;
    this.#seen = true;
    this.#say("live");
  }

  /** A try failed. @param {PMEError} error @param {AbortSignal} signal */
  #report(error, signal) {
    if (error.reason === "ending") { // a tour goes on until then
      if (!this.#seen) this.#say("opening", "ending");
      return;
    }
    this.#tell("pme-error", { error, final: false });
    if (CONFIGURATION.includes(error.reason ?? "")) return this.#complain(error, signal);
    this.#since = undefined;
    if (error.reason === "frame") this.#say("opening", "slow");
    else this.#say(this.#seen ? "waiting" : "opening", "waiting");
  }

  /** It may be over in a moment even so: the visitor is told after ten seconds. @param {PMEError} error @param {AbortSignal} signal */
  async #complain(error, signal) {
    const since = this.#since ??= error.since ?? performance.now();
    await pause(Math.max(0, since + PATIENCE - performance.now()), signal).catch(() => {});
    if (signal.aborted || this.#since !== since) return;
    const own = "unavailable" in this.strings; // another language than the server's sentence may be in
    this.#say(this.state === "opening" ? "opening" : "waiting", own ? "unavailable" : error.description ?? "unavailable");
  }

  /** @param {AbortSignal} signal */
  async #run(signal) {
    const endpoint = base(this.endpoint);
    this.#poster.show(this.#stage, this.poster);
    this.#say("opening");
    await run({
      endpoint, signal, models: list(this.model), ...means({}),
      report: (error) => void this.#report(error, signal),
      signedOut: ({ code, loginURL }) => {
        if (!this.#seen) drop(this.#frames());
        this.#say(code, code, code === "login_required" ? "sign_in" : "connect", () => signIn(endpoint), signInAddress(endpoint));
        this.#tell("pme-signed-out", { code, loginURL });
      },
    }, {
      frames: () => this.#frames(), frame: (src, properties) => this.#frame(src, properties), adopt: (frame) => this.#dress(frame),
      live: (drawn) => this.#live(drawn), opening: () => this.#say("opening"), tell: (type, detail) => this.#tell(type, detail),
      params: this.params, key: this.sdkKey, sdk: this.#sdk,
    });
  }
}
