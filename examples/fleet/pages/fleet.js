// The page of the fleet example: what the replicas do, who answers, and the buttons.
import "/pme/pme.js";

const $ = (selector, in_ = document) => in_.querySelector(selector);
const cards = new Map();

/** The card of a replica, which is made when it is seen first. */
function card(name) {
  if (cards.has(name)) return cards.get(name);
  $(".replicas").append($("#replica").content.cloneNode(true));
  const article = $(".replicas").lastElementChild;
  $("h2", article).textContent = "Replica " + name;
  article.dataset.replica = name;
  for (const button of article.querySelectorAll("button")) {
    button.addEventListener("click", () => act(button, `/fleet/${name}/${button.value}`));
  }
  cards.set(name, article);
  return article;
}

async function act(button, address, body) {
  button.disabled = true;
  try {
    return await fetch(address, { method: "POST", body });
  } finally {
    button.disabled = false;
  }
}

function show({ name, origin, cut, lease, ...counts }) {
  const article = card(name);
  const state = !origin ? "killed" : lease ? "ok" : "degraded";
  article.classList.toggle("ok", state === "ok");
  article.classList.toggle("degraded", state === "degraded");
  $(".text", article).textContent = { killed: "does not run", ok: "holds a lease", degraded: "holds no lease" }[state];
  for (const [what, count] of Object.entries(counts)) $("." + what, article).textContent = count;
  label($(".life", article), origin ? "kill" : "start", origin ? "Kill" : "Start", name);
  label($(".link", article), cut ? "mend" : "cut", cut ? "Reconnect to Redis" : "Cut off from Redis", name);
}

function label(button, value, text, name) {
  button.value = value;
  button.textContent = text;
  button.setAttribute("aria-label", `${text}: replica ${name}`);
}

new EventSource("/fleet/events").addEventListener("message", ({ data }) => JSON.parse(data).forEach(show));

/** Asks who is signed in. */
async function ask() {
  const answer = await fetch("/whoami", { headers: { Accept: "application/json" } }).catch(() => null);
  const name = answer?.headers.get("X-Replica") ?? "none";
  const user = answer?.ok ? await answer.json() : null;
  note(name, answer?.status ?? 0, user);
  for (const [other, article] of cards) article.classList.toggle("answering", other === name);
  if (user || answer?.status === 401) signedIn(user);
}

function note(name, status, user) {
  const line = document.createElement("li");
  line.className = user ? "signed-in" : status === 401 ? "signed-out" : "unavailable";
  const words = user?.name ?? (status === 401 ? "signed out" : "not available");
  for (const text of [name === "none" ? "–" : "Replica " + name, status || "–", words]) {
    line.append(Object.assign(document.createElement("span"), { textContent: text }));
  }
  $("#answers").prepend(line);
  while ($("#answers").children.length > 8) $("#answers").lastElementChild.remove();
}

/** Shows the tour of a user. That of one who was signed out stays, and says so. */
function signedIn(user) {
  $("#sign-in").hidden = Boolean(user);
  $("#sign-out").hidden = !user;
  $("#who").textContent = user?.name ?? "";
  if (!user || $("#tour").dataset.user === user.name) return;
  $("#tour").dataset.user = user.name;
  const space = document.createElement("pme-space");
  space.setAttribute("model", user.space);
  $("#tour").replaceChildren(space);
}

$("#revoke").addEventListener("click", async ({ target }) => {
  if (!target.value) return;
  $("#outcome").textContent = "…";
  const answer = await act(target, "/revoke", new URLSearchParams({ user: target.value })).catch(() => null);
  const done = answer?.ok ? await answer.json() : null;
  $("#outcome").textContent = done
    ? `${target.textContent} is signed out on all replicas after ${done.milliseconds} ms. Tokens revoked: ${done.tokens}.`
    : `${target.textContent} was not revoked: it would not hold on every replica. Please try again.`;
});

ask();
setInterval(ask, 1000);
