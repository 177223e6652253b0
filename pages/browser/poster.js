// What is to be seen of a space before Showcase has drawn it, and spaces that wait until they are wanted.
import { PATIENCE } from "./times.js";
import { onAbort } from "./wait.js";

export class Poster {
  /** @type {HTMLImageElement | undefined} */
  #picture;
  /** @type {HTMLButtonElement | undefined} */
  #button;

  /** @param {ShadowRoot} stage @param {string} src nothing is shown without one, or if it cannot be loaded */
  show(stage, src) {
    this.drop();
    if (!src) return;
    const picture = this.#picture = document.createElement("img");
    picture.onerror = () => picture.remove();
    // It is never to take the line from what the space itself needs.
    Object.assign(picture, { alt: "", loading: "lazy", decoding: "async", fetchPriority: "low", referrerPolicy: "no-referrer", src });
    stage.querySelector("div")?.before(picture);
  }

  /** @param {string} src */
  change(src) { if (this.#picture) this.#picture.src = src; }

  /** Offers to open the space. @param {ShadowRoot} stage @param {string} label @param {() => void} open */
  offer(stage, label, open) {
    const button = this.#button = document.createElement("button");
    Object.assign(button, { type: "button", ariaLabel: label, onclick: open });
    stage.append(button);
  }

  /** Removes it, when the promise is settled or after a while. @param {() => Promise<unknown>} [drawn] */
  drop(drawn) {
    const picture = this.#picture;
    this.#button?.remove();
    this.#picture = this.#button = undefined;
    if (!picture || !drawn) return picture?.remove();
    const end = () => picture.remove();
    setTimeout(end, PATIENCE);
    drawn().then(end, end);
  }
}

/** Calls back when an element is less than a window away from what the visitor sees. @param {Element} element @param {AbortSignal} signal @param {() => void} back */
export function near(element, signal, back) {
  const observer = new IntersectionObserver((entries) => {
    if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
    observer.disconnect();
    back();
  }, { rootMargin: "100%" });
  observer.observe(element);
  onAbort(signal, () => observer.disconnect());
}
