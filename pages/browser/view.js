// The page of a space: its tools, and where the visitor stands, in the address.

const WALKED = 1000; // milliseconds between two changes of the address: browsers allow few
const SPOT = ["ss", "sr", "start"]; // start wins over the others, and is never where a visitor has walked to

const page = (/** @type {string} */ selector) => /** @type {HTMLElement} */ (document.querySelector(selector));

/** The connected SDK, once there is one. @type {any} */
let sdk;
let walked = 0;

/** Puts where the visitor stands into the address, where the SDK tells. */
async function note() {
  const told = async () => sdk?.Link?.createDeepLink();
  const link = await Promise.race([told(), new Promise((enough) => setTimeout(enough, WALKED))]).catch(() => {});
  if (!link) return;
  const from = new URL(link).searchParams;
  if (!from.get("ss")) return;
  const url = new URL(location.href);
  for (const name of SPOT) {
    const value = name !== "start" && from.get(name);
    if (value) url.searchParams.set(name, value);
    else url.searchParams.delete(name);
  }
  if (url.href !== location.href) history.replaceState(history.state, "", url);
}

function walk() {
  walked ||= setTimeout(() => {
    walked = 0;
    void note();
  }, WALKED);
}

/** Follows the visitor. What the SDK does not have costs nothing. */
function follow() {
  for (const place of [sdk?.Camera?.pose, sdk?.Sweep?.current]) {
    try {
      place?.subscribe(walk);
    } catch { /* then the address stays */ }
  }
}

/** Says something for a moment. @param {string} text */
function say(text) {
  const told = page(".pme-told");
  told.textContent = text;
  setTimeout(() => { if (told.textContent === text) told.textContent = ""; }, 4000);
}

/** @param {string} name @param {Record<string, string>} words */
async function act(name, words) {
  if (name === "fullscreen") {
    if (document.fullscreenElement) return document.exitFullscreen();
    return page(".pme-stage").requestFullscreen();
  }
  const noted = note();
  if (name === "share") {
    await noted;
    const error = await navigator.share({ title: document.title, url: location.href }).catch((error) => error);
    if (!error || error.name === "AbortError") return; // the visitor has changed their mind
  }
  try {
    // Some browsers let a page write only at once after the click, with a text that may come later.
    const text = noted.then(() => new Blob([location.href], { type: "text/plain" }));
    await navigator.clipboard.write([new ClipboardItem({ "text/plain": text })]);
    say(words.copied);
  } catch { // without https, or not allowed
    await noted;
    prompt(words.copy, location.href);
  }
}

/**
 * Completes the ways to the spaces before and after this one.
 * @param {HTMLAnchorElement[]} links
 * @param {string} address
 * @param {Record<string, string>} words
 */
async function around(links, address, words) {
  const response = await fetch(address, { credentials: "include", cache: "no-store", redirect: "manual", headers: { Accept: "application/json" } });
  if (!response.ok) throw new Error("not known");
  const found = await response.json();
  const here = new URL(location.href);
  for (const name of SPOT) here.searchParams.delete(name);
  for (const link of links) {
    const side = link.rel === "prev" ? "previous" : "next";
    const space = found[side];
    link.ariaDisabled = String(!space);
    if (!space) continue;
    link.href = space.id + here.search;
    link.title = space.name;
    link.ariaLabel = `${words[side]}: ${space.name}`;
  }
}

/** A list can be costly, so it is asked for when the visitor reaches for it. @param {HTMLElement} bar @param {Record<string, string>} words */
function ways(bar, words) {
  const links = /** @type {HTMLAnchorElement[]} */ ([...bar.querySelectorAll("a[rel=prev], a[rel=next]")]);
  /** @type {Promise<void> | undefined} */
  let asked;
  const ask = () => asked ??= around(links, bar.dataset.around ?? "", words).catch(() => { asked = undefined; });
  for (const link of links) {
    link.addEventListener("pointerenter", ask);
    link.addEventListener("focus", ask);
    link.addEventListener("click", async (event) => {
      if (link.ariaDisabled === "false" || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      await ask();
      if (link.ariaDisabled !== "true") location.assign(link.href); // to the list, if it is not known
    });
  }
}

/** The tools that this browser has. */
function tools() {
  const bar = document.querySelector(".pme-bar");
  if (!(bar instanceof HTMLElement)) return; // a template of the host's
  const words = JSON.parse(bar.dataset.said ?? "{}");
  const able = /** @type {Record<string, boolean>} */ ({ fullscreen: document.fullscreenEnabled, copy: true, share: "share" in navigator });
  for (const button of /** @type {NodeListOf<HTMLElement>} */ (bar.querySelectorAll("[data-do]"))) {
    const name = button.dataset.do ?? "";
    if (able[name]) button.dataset.ready = "";
    button.addEventListener("click", () => act(name, words).catch(() => {})); // of a full screen that the browser refuses
  }
  ways(bar, words);
}

addEventListener("pme-ready", (event) => {
  sdk = /** @type {CustomEvent} */ (event).detail.mpSdk;
  follow();
});
if (document.readyState === "loading") addEventListener("DOMContentLoaded", tools);
else tools();
