import htmx from "htmx.org";
import { configure } from "@go-pme/pme";

configure({ endpoint: "/pme/" }); // a bundle does not know where pme is

// The gallery links its tiles to pme's own page of a space. Here a tile opens the space beside the gallery. All other links of the
// gallery, and its forms, are boosted by hx-boost. A click with Ctrl or Shift opens pme's page in a tab or window, as usual.
document.addEventListener("click", (event) => {
  const tile = (event.target as Element).closest<HTMLAnchorElement>(".pme-spaces a[href*='/view/']");
  if (!tile || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  event.stopPropagation(); // before the boosted link hears it
  const model = tile.pathname.split("/").pop() ?? "";
  void htmx.ajax("get", "/htmx/space?" + new URLSearchParams({ model }), "#stage");
}, true);
