// How the element looks. No rule depends on what is inside of an element: WebKit does not notice each change of that.

const RULES = `
:host { position: relative; display: block; box-sizing: border-box; width: 100%; min-height: 16rem; aspect-ratio: 16 / 9; font: 1rem/1.5 var(--pme-font, system-ui, sans-serif); }
:host([hidden]), [hidden] { display: none !important; }
:host, div { background: var(--pme-stage, #15171a); color: var(--pme-stage-ink, #f1f1ef); }
iframe, img, div, button { position: absolute; inset: 0; width: 100%; height: 100%; border: 0; }
img { object-fit: cover; pointer-events: none; }
button { background: none; color: inherit; cursor: pointer; forced-color-adjust: none; }
button:focus-visible { outline: 3px solid; outline-offset: -6px; box-shadow: inset 0 0 0 9px #15171a; }
button::before, button::after { content: ""; position: absolute; inset: 0; margin: auto; }
button::before { width: 4.5rem; height: 4.5rem; border-radius: 50%; background: #15171ad9; }
button::after { width: 1.4rem; height: 1.6rem; background: #f1f1ef; clip-path: polygon(15% 0, 100% 50%, 15% 100%); }
div { display: grid; gap: 1rem; place-content: center; place-items: center; text-align: center; }
:host([state=waiting]) iframe ~ div, :host([state$=_required]) iframe ~ div, :host(:is([state=opening], [state=waiting], [state$=_required])) img ~ div { inset: auto 0 1rem; grid-auto-flow: column; width: fit-content;
  height: auto; margin: auto; padding: 1rem; border-radius: 1rem; }
p { margin: 0; padding: 0 1rem; }
a { padding: .5rem 1rem; border-radius: .5rem; background: #f1f1ef; color: #15171a; }
@media (prefers-reduced-motion: no-preference) { :host([state=opening]) p { animation: 1s infinite alternate breathe; } }
@keyframes breathe { to { opacity: .6; } }`;

/** @type {CSSStyleSheet | undefined} */
let made;

export function sheet() {
  if (!made) {
    made = new CSSStyleSheet();
    made.replaceSync(RULES.replace(/\n\s*/g, ""));
  }
  return made;
}
