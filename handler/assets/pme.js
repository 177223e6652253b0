// The browser side of pme: an element that shows a private space and keeps its token fresh.
//
//   <script type="module" src="/pme/pme.js"></script>
//   <pme-space model="SxQL3iGyoDo"></pme-space>
//
// The endpoints token, link and settings are looked for beside this file.

const beside = (name) => new URL(name, import.meta.url);
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

/** A refusal that trying again does not help against. */
export class Refused extends Error {
  constructor(code, text, loginURL) {
    super(text);
    this.name = "Refused";
    this.code = code;
    this.loginURL = loginURL;
  }
}

// One try. Whatever may be over in a moment comes back as an ordinary Error.
async function ask(url) {
  const response = await fetch(url, {
    credentials: "same-origin",
    cache: "no-store",
    headers: { Accept: "application/json" },
    signal: AbortSignal.timeout(20_000),
  });
  const body = await response.json();
  if (response.ok) return body;
  if (response.status === 429 || response.status >= 500) {
    const error = new Error(body.error_description);
    error.retryAfter = Number(response.headers.get("Retry-After")) || 0;
    throw error;
  }
  throw new Refused(body.error, body.error_description, body.login_url);
}

// Tries until there is an answer, or a refusal, or the caller has lost interest.
async function insist(url, { onTrouble = () => {}, wanted = () => true } = {}) {
  for (let wait = 1000; ; wait = Math.min(2 * wait, 15_000)) {
    try {
      return await ask(url);
    } catch (error) {
      if (error instanceof Refused || !wanted()) throw error;
      onTrouble(error);
      await pause(Math.max((error.retryAfter ?? 0) * 1000, wait * (0.5 + Math.random() / 2)));
      if (!wanted()) throw error;
    }
  }
}

function address(name, models) {
  const url = beside(name);
  for (const model of models) url.searchParams.append("modelId", model);
  return url;
}

/**
 * A fetcher for the SDK's createTokenRefresher. The SDK gives up for good when a fetch fails, so this
 * one fails only where trying again cannot help.
 */
export function createFetcher({ model, onTrouble, wanted }) {
  const models = model.trim().split(/\s+/);
  return { fetch: () => insist(address("token", models), { onTrouble, wanted }) };
}

class Space extends HTMLElement {
  static observedAttributes = ["model"];
  #run = 0; // counts what has been started: whoever is not the last has nothing to say any more

  connectedCallback() { this.#start(); }
  disconnectedCallback() { this.#run++; this.replaceChildren(); }
  attributeChangedCallback() { if (this.#run && this.isConnected) this.#start(); }

  async #start() {
    const run = ++this.#run;
    const wanted = () => run === this.#run;
    const model = this.getAttribute("model") ?? "";
    const frame = document.createElement("iframe");
    const status = document.createElement("p");
    frame.title = this.getAttribute("title") ?? "Space";
    frame.allow = "fullscreen; xr-spatial-tracking";
    status.setAttribute("role", "status");
    status.textContent = "Opening the space…";
    this.replaceChildren(frame, status);
    const stage = {
      frame, model, wanted,
      say: (text) => { if (wanted()) status.textContent = text; },
      onTrouble: () => stage.say("The connection is interrupted. Trying again…"),
    };
    try {
      const settings = await insist(beside("settings"), stage);
      if (!wanted()) return;
      await (settings.sdk_key ? this.#connect(stage, settings) : this.#link(stage));
    } catch (error) {
      if (wanted()) this.#fail(stage, error);
    }
  }

  // With the SDK: the frame's address carries no token, as that would win over all later ones.
  async #connect(stage, settings) {
    const { frame, model, wanted, say } = stage;
    const fetcher = createFetcher(stage);
    const renewing = {
      fetch: async () => {
        try {
          const token = await fetcher.fetch();
          say("");
          return token;
        } catch (error) {
          if (wanted()) this.#fail(stage, error);
          throw error;
        }
      },
    };
    const [{ connect }, token] = await Promise.all([import(settings.sdk), fetcher.fetch()]);
    if (!wanted()) return;
    const query = new URLSearchParams({ m: model.trim().split(/\s+/)[0], applicationKey: settings.sdk_key, play: "1" });
    frame.src = `${settings.showcase}/show?${query}`;
    const mpSdk = await connect(frame, { auth: token.access_token });
    if (!wanted()) return;
    mpSdk.OAuth.createTokenRefresher(token, renewing);
    say("");
    this.dispatchEvent(new CustomEvent("pme-ready", { detail: { mpSdk } }));
  }

  // Without it: the link shows the space until its token expires, so it is replaced before.
  async #link(stage) {
    const { frame, model, wanted, say } = stage;
    while (wanted()) {
      const link = await insist(address("link", model.trim().split(/\s+/).slice(0, 1)), stage);
      if (!wanted()) return;
      frame.src = link.link;
      say("");
      await pause(1000 * (link.expires_in - 30));
    }
  }

  #fail({ frame, say }, error) {
    if (error.code === "login_required") {
      say("You are signed out. Reload this page to sign in.");
    } else {
      frame.remove();
      say(error instanceof Refused ? error.message : "This space cannot be opened.");
    }
    this.dispatchEvent(new CustomEvent("pme-error", { detail: { error } }));
  }
}

customElements.define("pme-space", Space);
