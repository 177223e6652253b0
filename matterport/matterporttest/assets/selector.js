// The model selector: tells the page that frames it, or that has opened it, what was chosen. Any page may
// be that one, so the target origin is "*"; what is told is of no use without the access token.
"use strict";

const host = parent === window ? opener : parent;
const form = document.getElementById("selector");

function tell(message) {
  host?.postMessage({ component: "@mp/model-select", ...message }, "*");
}

function approve(models, text) {
  tell({ models });
  notice(host ? text : "This page was not opened by an application: nobody is told.");
}

function notice(text) {
  document.getElementById("notice").textContent = text;
}

form?.addEventListener("submit", (event) => {
  event.preventDefault();
  const chosen = new FormData(form).getAll("model");
  if (chosen.length === 0) notice("Choose a space first.");
  else approve(chosen.join(","), chosen.length === 1 ? "One space is approved." : chosen.length + " spaces are approved.");
});

document.getElementById("all")?.addEventListener("click", () => approve("*", "All spaces are approved."));

if ("unauthorized" in document.body.dataset) tell({ unauthorized: true });
