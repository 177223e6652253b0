// Connects Matterport accounts, and lets people choose spaces of theirs. See connect.d.ts. On the page of the
// connected accounts it does what the page's buttons say.

const POPUP = ["pme-connect", "popup,width=560,height=780"];
const MODEL = /^[A-Za-z0-9]{11}$/;
const PAGES = 20; // that are read for the names of what was chosen

export class ConnectError extends Error {
  constructor(code, message = code, cause) {
    super(message, { cause });
    this.code = code;
  }
}

const base = (endpoint) => endpoint ? new URL(endpoint.replace(/\/?$/, "/"), document.baseURI) : new URL(".", import.meta.url);
const address = (endpoint, ...path) => new URL(path.filter(Boolean).join("/"), base(endpoint));

async function ask(url, options) {
  const response = await fetch(url, {
    credentials: "include", cache: "no-store", redirect: "manual", headers: { Accept: "application/json" }, ...options,
  }).catch((cause) => { throw new ConnectError("transient", undefined, cause); });
  if (response.status === 204) return {};
  const body = await response.json().catch(() => {});
  if (response.ok && body) return body;
  const code = response.type === "opaqueredirect" ? "login_required" : body?.error; // a proxy's login
  throw new ConnectError(code ?? "transient", body?.error_description);
}

export function connectAccount({ endpoint, connection, label = "" } = {}) {
  const url = address(endpoint, connection, "begin");
  url.search = new URLSearchParams({ label, origin: location.origin });
  const popup = open(url, ...POPUP);
  if (!popup) return Promise.reject(new ConnectError("popup_blocked"));
  return new Promise((resolve, reject) => {
    const over = new AbortController();
    const channel = new BroadcastChannel("pme");
    const timer = setInterval(() => {
      if (popup.closed && document.hasFocus()) end(reject, new ConnectError("cancelled"));
    }, 1000);
    const end = (settle, value) => {
      clearInterval(timer);
      channel.close();
      over.abort();
      settle(value);
    };
    const heard = ({ connected }) => connected && end(resolve, connected);
    addEventListener("message", ({ origin, source, data }) => {
      if (origin === url.origin && source === popup && data?.pme === "signed-in") heard(data);
    }, { signal: over.signal });
    // A page on the way may have cut the window off: then it looks closed, and only this reaches us.
    channel.onmessage = ({ data }) => { if (popup.closed) heard(data); };
  });
}

export async function deleteAccount({ endpoint, connection }) {
  await ask(address(endpoint, `${connection}?confirm=${connection}`), { method: "DELETE" });
}

export async function renameAccount({ endpoint, connection, label }) {
  await ask(address(endpoint, connection, "rename"), { method: "POST", body: new URLSearchParams({ label }) });
}

export async function choose({
  endpoint, connection, multiselect = true, approveAll = true, title = "Choose spaces", close = "Close",
} = {}) {
  const of = (name) => ask(address(endpoint, connection, name));
  const [{ selector }, { access_token }] = await Promise.all([of("settings"), of("token")]);
  const src = new URL(selector);
  for (const [name, value] of Object.entries({ oauthToken: access_token, multiselect, approveAll })) src.searchParams.set(name, value);
  const frame = make("iframe", { title, referrerPolicy: "no-referrer", src });
  const dialog = make("dialog", { className: "pme-dialog pme-selector" });
  dialog.setAttribute("aria-label", title);
  dialog.append(
    make("h2", { textContent: title }),
    make("button", { className: "pme-button pme-quiet", textContent: close, onclick: () => dialog.close() }),
    frame,
  );
  document.body.append(dialog);
  dialog.showModal();
  const { models, unauthorized } = await answer(dialog, frame, src.origin).finally(() => {
    dialog.close(); // gives the focus back
    dialog.remove();
  });
  if (unauthorized) {
    await of("models?limit=1"); // says whether the account has to be connected again, or only the token was too old
    throw new ConnectError("transient");
  }
  const list = String(models).split(",").map((id) => id.trim());
  if (models !== "*" && !list.every((id) => MODEL.test(id))) throw new ConnectError("upstream_error");
  return models === "*" ? "*" : [...new Set(list)];
}

// What the selector says, and nobody else.
const answer = (dialog, frame, selector) => new Promise((resolve, reject) => {
  const over = new AbortController();
  addEventListener("message", ({ origin, source, data }) => {
    if (origin !== selector || source !== frame.contentWindow || data?.component !== "@mp/model-select") return;
    over.abort();
    resolve(data);
  }, { signal: over.signal });
  dialog.addEventListener("close", () => {
    over.abort();
    reject(new ConnectError("cancelled"));
  });
});

const make = (tag, properties) => Object.assign(document.createElement(tag), properties);

// The page.

function drive(page) {
  const endpoint = new URL(page.dataset.pmeConnect, document.baseURI).href;
  const said = JSON.parse(page.dataset.said);
  const popup = "window" in page.dataset; // this window is one, to be used for all of it
  const say = (text) => { page.querySelector(".pme-said").textContent = text; };
  const chosen = (section) => "pme-chosen " + section.dataset.connection;
  const channel = new BroadcastChannel("pme");
  const busy = new Set();

  // Does what somebody wants, once, however often they press.
  async function attempt(work, subject) {
    const name = work.name + subject.dataset.connection;
    if (busy.has(name)) return;
    busy.add(name);
    say("");
    try {
      await work(subject);
    } catch (error) {
      if (error.code === "cancelled") return;
      if (error.code === "login_required" && work !== show) return location.reload();
      if (/^(reconnect_required|not_connected)$/.test(error.code)) await refresh().catch(() => {});
      say(error instanceof ConnectError && error.message !== error.code ? error.message : said.failed);
    } finally {
      busy.delete(name);
    }
  }

  async function begin(form) {
    const to = popup ? window : open("about:blank", ...POPUP) ?? window;
    try {
      const { authorize_url } = await ask(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) });
      to.location.assign(authorize_url);
      if (to !== window) away(to);
    } catch (error) {
      if (to !== window) to.close();
      throw error;
    }
  }

  // Says so while Matterport is in another window.
  async function away(to) {
    say(said.leaving);
    while (!to.closed) await new Promise((next) => setTimeout(next, 500));
    if (page.querySelector(".pme-said").textContent === said.leaving) say("");
  }

  const actions = {
    ask: (section) => section.querySelector("dialog[data-part=delete]").showModal(),
    name: (section) => section.querySelector("dialog[data-part=name]").showModal(),
    cancel: (section) => section.querySelector("dialog[open]").close(),
    more,
    async choose(section) {
      const models = await choose({ endpoint, connection: section.dataset.connection, title: said.choose, close: said.close });
      sessionStorage.setItem(chosen(section), JSON.stringify(models));
      await show(section);
    },
    async delete(section) {
      await deleteAccount({ endpoint, connection: section.dataset.connection });
      sessionStorage.removeItem(chosen(section));
      channel.postMessage({ deleted: section.dataset.connection });
      await refresh();
      say(said.deleted);
    },
  };

  async function rename(section) {
    const { connection } = section.dataset;
    const dialog = section.querySelector("dialog[data-part=name]");
    try {
      await renameAccount({ endpoint, connection, label: new FormData(dialog.querySelector("form")).get("label") });
    } finally {
      dialog.close(); // what is said is behind it
    }
    channel.postMessage({ renamed: connection });
    await refresh(connection);
    say(said.renamed);
  }

  // The page as it would be if it were loaded again.
  async function refresh(connection) {
    const response = await fetch(endpoint, { cache: "no-store" });
    const fresh = new DOMParser().parseFromString(await response.text(), "text/html").querySelector("[data-pme-connect]");
    if (!fresh) return location.reload();
    for (const part of [".pme-accounts", "#connect"]) page.querySelector(part).replaceWith(fresh.querySelector(part));
    history.replaceState(null, "", endpoint);
    dress();
    page.querySelector(connection ? "#name-" + connection : "h1")?.focus();
  }

  function dress() {
    for (const time of page.querySelectorAll("time")) {
      time.textContent = new Date(time.dateTime).toLocaleString(document.documentElement.lang, { dateStyle: "long", timeStyle: "short" });
    }
    for (const section of page.querySelectorAll("[data-connection]:has([data-do=choose])")) attempt(show, section);
    tellApart();
  }

  // Says of several accounts how many spaces they have, which are the first, and which accounts have the same.
  // If that fails, nothing is said.
  async function tellApart() {
    const sections = [...page.querySelectorAll("[data-connection]")];
    if (sections.length < 2) return;
    const name = (section) => section.querySelector("h2").textContent;
    const alike = new Map();
    await Promise.all(sections.map(async (section) => {
      const found = section.querySelector("[data-do=choose]") && await models(section, 100).catch(() => {});
      if (!found) return;
      tell(section, "spaces", [said.spaces, found.total], found.models.slice(0, 3).map(({ name, id }) => name || id));
      const key = found.models.map(({ id }) => id).sort().join() + found.total;
      if (found.total) alike.set(key, [...alike.get(key) ?? [], section]);
    }));
    for (const twins of alike.values()) {
      for (const section of twins) {
        const others = twins.filter((twin) => twin !== section).map(name);
        if (others.length) tell(section, "twin", [said.twin], others);
      }
    }
  }

  function tell(section, part, words, names) {
    for (const place of section.querySelectorAll(`p[data-part=${part}]`)) {
      place.replaceChildren(words.join(" "));
      names.forEach((textContent, n) => place.append(n || part === "spaces" ? " · " : " ", make("bdi", { textContent })));
      place.hidden = false;
    }
  }

  function card(section, id, { name, thumbnail }) {
    const link = make("a", { href: `${endpoint}${section.dataset.connection}/view/${id}` });
    const picture = make("span", { className: "pme-picture" });
    if (thumbnail) picture.append(make("img", { alt: "", loading: "lazy", decoding: "async", referrerPolicy: "no-referrer", src: thumbnail }));
    link.append(picture, make("span", { className: "pme-name", textContent: name || id }));
    const item = make("li", {});
    item.append(link);
    return item;
  }

  const models = (section, limit, offset = "") =>
    ask(address(endpoint, section.dataset.connection, "models?" + new URLSearchParams({ limit, offset })));

  async function show(section) {
    const wanted = JSON.parse(sessionStorage.getItem(chosen(section)));
    if (!wanted) return;
    const list = section.querySelector(".pme-spaces");
    const all = wanted === "*";
    section.querySelector("h3").textContent = all ? said.all : said.chosen;
    section.querySelector(".pme-chosen").hidden = false;
    section.querySelector("[data-do=more]").hidden = true;
    list.replaceChildren();
    if (all) return more(section);
    const cards = new Map();
    for (const id of wanted) {
      cards.set(id, card(section, id, {}));
      list.append(cards.get(id));
    }
    for (let page = 0, offset; page < PAGES && cards.size && offset !== ""; page++) {
      const answer = await models(section, 100, offset);
      for (const model of answer.models) {
        cards.get(model.id)?.replaceWith(card(section, model.id, model));
        cards.delete(model.id);
      }
      offset = answer.next_offset ?? "";
    }
  }

  async function more(section) {
    const button = section.querySelector("[data-do=more]");
    const answer = await models(section, 24, button.dataset.offset);
    const cards = answer.models.map((model) => card(section, model.id, model));
    section.querySelector(".pme-spaces").append(...cards);
    if (document.activeElement === button) cards[0]?.querySelector("a").focus();
    button.dataset.offset = answer.next_offset ?? "";
    button.hidden = !answer.next_offset;
  }

  page.addEventListener("click", ({ target }) => {
    const work = actions[target.closest("[data-do]")?.dataset.do];
    if (work) attempt(work, target.closest("[data-connection]"));
  });
  page.addEventListener("submit", (event) => {
    const { do: name } = event.target.dataset;
    if (!name) return;
    event.preventDefault();
    if (name === "rename") attempt(rename, event.target.closest("[data-connection]"));
    else attempt(begin, event.target);
  });
  if (popup) {
    sessionStorage.setItem("pme-opener", page.dataset.opener ?? ""); // for the page on which this window ends
    return;
  }
  channel.addEventListener("message", ({ data: { connected, deleted, renamed } }) => {
    if (connected) refresh(connected).then(() => say(said.connected), () => say(said.failed));
    if (deleted || renamed) refresh().catch(() => {});
  });
  dress();
}

const page = document.querySelector("[data-pme-connect]");
if (page) drive(page);
