import htmx from "htmx.org";
import { configure, type PMESpaceEvents } from "@go-pme/pme";

configure({ endpoint: "/pme/" }); // a bundle does not know where pme is

// The gallery links its tiles to pme's own page of a space. Here a tile opens the space above the gallery. The gallery's
// other links and its forms are boosted. A click with Ctrl or Shift opens pme's page in a tab or window, as usual.
document.addEventListener("click", (event) => {
  const tile = (event.target as Element).closest<HTMLAnchorElement>(".pme-spaces a[href*='/view/']");
  if (!tile || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  event.stopPropagation(); // before htmx hears it at the boosted link
  const model = tile.pathname.split("/").pop() ?? "";
  void htmx.ajax("get", "/htmx/space?" + new URLSearchParams({ model }), "#stage");
}, true);

document.addEventListener("click", ({ target }) => {
  if ((target as Element).id === "reload") document.querySelector("pme-space")?.reload();
});

// The events of the element bubble.
function on<Name extends keyof PMESpaceEvents>(name: Name, state: (detail: PMESpaceEvents[Name]["detail"]) => string) {
  document.addEventListener(name, (event) => {
    document.querySelector("#stage output")!.textContent = state((event as PMESpaceEvents[Name]).detail);
  });
}
on("pme-ready", () => "live");
on("pme-error", ({ error, final }) => final ? error.code : "trying again");
on("pme-signed-out", () => "signed out");

// The gate answers a request of a script with 401. The page itself is redirected to the login.
document.addEventListener("htmx:responseError", (event) => {
  if ((event as CustomEvent<{ xhr: XMLHttpRequest }>).detail.xhr.status === 401) location.reload();
});
