// The gallery, in its own page or in one of the host's. Without this script it works by links and a form. With it, it finds
// while one types, moves by arrow keys, and gives the focus back to the space that one comes back from. It listens to the
// document, so that a gallery may come later, or be replaced.
import { next } from "./grid.js";

const TYPED = 250; // milliseconds without a key

/** @typedef {HTMLElement & { dataset: { count: string, whole?: string } }} Gallery */

/** The gallery that an event is about. @param {Event} event @returns {Gallery | null} */
const about = ({ target }) => target instanceof Element ? target.closest(".pme-gallery") : null;

/** The links to spaces that can be seen. @param {Element} gallery */
const links = (gallery) =>
  [.../** @type {NodeListOf<HTMLAnchorElement>} */ (gallery.querySelectorAll(".pme-spaces a"))].filter((link) => link.offsetParent);

let asked = new AbortController();

/** The address of the list that the form asks for, without what is the default. @param {HTMLFormElement} form */
function wanted(form) {
  const url = new URL(form.action);
  const fields = /** @type {[string, string][]} */ ([...new FormData(form)].map(([name, value]) => [name, String(value).trim()]));
  url.search = String(new URLSearchParams(fields.filter(([name, value]) => value && !(name === "sort" && value === "name"))));
  return url;
}

/** Says how many spaces there are. @param {Element} gallery @param {string} text */
function tell(gallery, text) {
  const count = gallery.querySelector(".pme-count");
  if (count && count.textContent !== text) count.textContent = text;
}

/** Hides the spaces that do not fit, on a page that has all of them. @param {Gallery} gallery @param {string} text */
function hide(gallery, text) {
  const words = text.toLowerCase().split(/\s+/);
  let found = 0;
  for (const space of gallery.querySelectorAll("li[data-id]")) {
    const said = `${space.querySelector(".pme-name")?.textContent} ${space.getAttribute("data-id")}`.toLowerCase();
    const fits = words.every((word) => said.includes(word));
    space.toggleAttribute("hidden", !fits);
    if (fits) found++;
  }
  for (const group of gallery.querySelectorAll(".pme-group")) group.toggleAttribute("hidden", !group.querySelector("li:not([hidden])"));
  gallery.querySelector(".pme-empty")?.toggleAttribute("hidden", found > 0);
  tell(gallery, gallery.dataset.count.replace("{all}", String(found)));
}

/** Asks the server. The form stays, and with it the focus. @param {Gallery} gallery @param {URL} url @param {AbortSignal} signal */
async function ask(gallery, url, signal) {
  await new Promise((typed) => setTimeout(typed, TYPED));
  if (signal.aborted) return;
  const response = await fetch(url, { signal, cache: "no-store", redirect: "error", headers: { Accept: "text/html" } });
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  if (signal.aborted) return;
  const found = page.querySelector(".pme-results");
  if (!response.ok || !found) throw new Error("no gallery");
  gallery.querySelector(".pme-results")?.replaceWith(document.adoptNode(found));
  tell(gallery, page.querySelector(".pme-count")?.textContent ?? "");
}

/** @param {Event} event */
function find(event) {
  const gallery = about(event);
  const form = /** @type {Element} */ (event.target).closest("form");
  if (!gallery || !form?.matches(".pme-search")) return;
  const url = wanted(form);
  history.replaceState(history.state, "", url);
  asked.abort();
  asked = new AbortController();
  const { signal } = asked;
  if (gallery.dataset.whole !== undefined && event.type === "input" && /** @type {any} */ (event.target).name === "q") {
    return hide(gallery, url.searchParams.get("q") ?? "");
  }
  delete gallery.dataset.whole; // from now on, the server says what there is
  ask(gallery, url, signal).catch(() => { if (!signal.aborted) form.submit(); });
}

/** @param {KeyboardEvent} event */
function move(event) {
  const gallery = about(event);
  const link = /** @type {Element} */ (event.target).closest(".pme-spaces a");
  if (!gallery || !link || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const to = next(links(gallery), /** @type {HTMLAnchorElement} */ (link), event.key, getComputedStyle(gallery).direction === "rtl");
  if (!to) return;
  event.preventDefault();
  to.focus();
}

/** Notes which space is opened, and tells its page among which others it is. @param {Event} event */
function leave(event) {
  const gallery = about(event);
  const link = /** @type {HTMLAnchorElement | null} */ (gallery && /** @type {Element} */ (event.target).closest(".pme-spaces a"));
  if (!link) return;
  const form = gallery?.querySelector("form");
  if (form?.matches(".pme-search")) link.search = wanted(form).search;
  history.replaceState({ ...history.state, pmeSpace: link.id }, "");
}

/** Gives the focus back. The browser itself brings back what was to be seen. */
function comeBack() {
  const id = history.state?.pmeSpace ?? (location.hash.startsWith("#pme-") ? location.hash.slice(1) : "");
  if (id && document.activeElement === document.body) document.getElementById(id)?.focus({ preventScroll: true });
}

/** A picture that cannot be loaded gives way to the drawing behind it. @param {unknown} picture */
function drop(picture) {
  if (picture instanceof HTMLImageElement && picture.closest(".pme-picture")) picture.remove();
}

document.addEventListener("input", find);
document.addEventListener("keydown", move);
document.addEventListener("click", leave);
document.addEventListener("auxclick", leave);
document.addEventListener("error", ({ target }) => drop(target), true);
for (const picture of /** @type {NodeListOf<HTMLImageElement>} */ (document.querySelectorAll(".pme-picture img"))) {
  if (picture.complete && !picture.naturalWidth) drop(picture);
}
addEventListener("pageshow", comeBack);
