// The stand-in Showcase page: shows a model for as long as its token lives, and speaks the SDK's handshake
// with the page that frames it.
"use strict";

const body = document.body;
const query = new URLSearchParams(location.search);
const statusURL = new URL("status", document.currentScript.src);
statusURL.searchParams.set("m", body.dataset.model);

const notices = {
  loading: "Loading…",
  live: "",
  dark: "Session ended",
  refused: "This space is not available",
};

// An auth= parameter in the address wins over every token that the SDK brings.
const tokenInAddress = bare(query.get("auth"));

let token = tokenInAddress;
let state = "loading";
let refreshes = 0;
let endsAt = Infinity; // of the token, on performance.now()'s clock
let asking = false;

function bare(auth) {
  return (auth ?? "").replace(/^Bearer\s+/i, "").trim();
}

function show(id, text) {
  document.getElementById(id).textContent = text;
}

function enter(next) {
  state = next;
  body.dataset.state = next;
  visitor.allow(next === "live");
  document.getElementById("state").dataset.state = next;
  show("state", next);
  show("notice", notices[next]);
  if (next === "dark") showLeft(0);
}

function showLeft(seconds) {
  body.dataset.secondsLeft = seconds;
  show("left", Math.floor(seconds / 60) + ":" + String(seconds % 60).padStart(2, "0"));
}

function hint(text) {
  const place = document.getElementById("hint");
  place.textContent = text;
  place.hidden = false;
}

// Asks whether the token is good, and enters the state that follows. A session that has gone dark stays
// dark: it takes a reload to begin another. Not being able to ask is no answer: what is left of the token's
// time still runs.
async function check() {
  if (asking || state === "dark" || state === "refused") return;
  asking = true;
  const asked = token;
  try {
    const headers = asked ? { Authorization: "Bearer " + asked } : {};
    const answer = await fetch(statusURL, { headers, cache: "no-store", credentials: "omit" });
    if (answer.ok) learn(asked, await answer.json());
  } catch {
    // Asked again in a second.
  } finally {
    asking = false;
  }
  if (asked !== token) check();
}

function learn(asked, answer) {
  if (asked !== token || state === "dark") return;
  if (!answer.access) {
    if (state === "live" || answer.reason === "expired" || answer.reason === "revoked") enter("dark");
    else if (asked || !mayBeHandedAToken()) enter("refused");
    return;
  }
  endsAt = answer.seconds ? performance.now() + 1000 * answer.seconds : Infinity;
  body.dataset.fingerprint = answer.fingerprint ?? "";
  show("model-name", answer.name);
  show("fingerprint", answer.fingerprint ?? "none needed");
  document.title = answer.name;
  if (state !== "live") enter("live");
  tick();
}

// Only a page that frames this one, and has told it an SDK key, can hand it a token.
function mayBeHandedAToken() {
  return state === "loading" && parent !== window && (query.has("applicationKey") || sessions.size > 0);
}

function tick() {
  if (state !== "live" || endsAt === Infinity) return;
  showLeft(Math.max(0, Math.ceil((endsAt - performance.now()) / 1000)));
  if (performance.now() >= endsAt) enter("dark");
}

// The SDK's side: what frames this page connects, and then sends actions.

const sessions = new Map(); // host windows that were accepted
const greeted = new Set();  // the fromId of every connect seen: hosts repeat it until they are answered

function post(host, message) {
  host.source.postMessage(message, host.origin === "null" ? "*" : host.origin);
}

function connect(host, message) {
  if (greeted.has(message.fromId)) return;
  greeted.add(message.fromId);
  const { options, applicationKey } = message.payload ?? {};
  post(host, { type: "postmessage.handshake", payload: {} });
  if ((applicationKey ?? query.get("applicationKey")) !== body.dataset.sdkKey) {
    post(host, {
      type: "postmessage.reject",
      payload: { reason: "key/referrer mismatch", errorType: "KeyReferrerMismatch" },
    });
    if (state !== "live") enter("refused"); // one opened by its address goes on without the SDK
    return;
  }
  sessions.set(host.source, message.fromId);
  post(host, {
    type: "postmessage.accept",
    payload: {
      scriptUrl: body.dataset.scriptUrl,
      interface: {
        collections: { "Sweep.data": { namespace: "Sweep", name: "data" } },
        observables: {
          "Camera.pose": { namespace: "Camera", name: "pose" },
          "Sweep.current": { namespace: "Sweep", name: "current" },
        },
        functions: { "Link.createDeepLink": { namespace: "Link", name: "createDeepLink", args: [] } },
        unlistedFcns: { "OAuth.updateToken": { namespace: "OAuth", name: "updateToken", args: ["token"] } },
      },
      sourceId: Math.floor(Math.random() * 1e9),
      targetId: message.fromId,
      targetOrigin: location.origin,
    },
  });
  const auth = bare(options?.auth);
  if (auth) use(auth);
  else check();
}

// Takes over a token that the SDK brings, and reports whether it counts.
function use(next) {
  if (tokenInAddress) {
    hint("auth= in the address wins: tokens from the SDK are not used.");
    return false;
  }
  token = next;
  if (state === "refused") enter("loading");
  check();
  return true;
}

const actions = {
  "OAuth.updateToken"(params) {
    const next = bare(params?.token);
    if (!next) throw new Error("the token is missing");
    if (state === "dark") throw new Error("the session has ended");
    if (use(next)) {
      refreshes++;
      body.dataset.refreshes = refreshes;
      show("refreshes", refreshes);
    }
  },
  "Link.createDeepLink": () => visitor.deepLink(),
};

function act(host, message) {
  if (!sessions.has(host.source)) return;
  const { uid, targetFunction, params } = message.payload ?? {};
  const answer = { uid, message: undefined, success: true, error: undefined };
  try {
    if (!Object.hasOwn(actions, targetFunction)) throw new Error(targetFunction + " is not available in the stand-in");
    answer.message = actions[targetFunction](params);
  } catch (error) {
    answer.success = false;
    answer.error = error.message;
  }
  reply(host, message, "postmessage.response", answer);
}

function reply(host, { fromId, toId }, type, payload) {
  post(host, { type, payload, fromId: toId, toId: fromId, timestamp: Date.now() });
}

// What is observed, by whom: the host's window, and the message that asked, whose IDs an observation mirrors.
let observations = [];

function observe(host, message) {
  const key = message.payload?.observableKey;
  if (!sessions.has(host.source) || !Object.hasOwn(visitor.observables, key)) return;
  unobserve(host, message, key);
  observations.push({ host, message, key });
  tell(observations.at(-1));
}

// Ends the observation of one key, or of all where the host disconnects.
function unobserve({ source }, { fromId }, key) {
  observations = observations.filter((it) =>
    it.host.source !== source || it.message.fromId !== fromId || it.key !== (key ?? it.key));
}

function tell({ host, message, key }) {
  reply(host, message, "postmessage.observation", { observableKey: key, observableData: visitor.observables[key]() });
}

visitor.listen((changed) => observations.filter(({ key }) => key === changed).forEach(tell));

addEventListener("message", (event) => {
  if (!event.source || event.source === window) return;
  const { type, payload } = event.data ?? {};
  if (type === "postmessage.connect") connect(event, event.data);
  if (type === "postmessage.action") act(event, event.data);
  if (type === "postmessage.observe") observe(event, event.data);
  if (type === "postmessage.unobserve") unobserve(event, event.data, payload?.observableKey);
  if (type === "sdk.client.disconnect") unobserve(event, event.data);
});

// The room follows the pointer a little.
addEventListener("pointermove", (event) => {
  const style = document.documentElement.style;
  style.setProperty("--x", (2 * event.clientX / innerWidth - 1).toFixed(3));
  style.setProperty("--y", (2 * event.clientY / innerHeight - 1).toFixed(3));
});

body.dataset.refreshes = 0;
check();
setInterval(check, 1000);
setInterval(tick, 250);
// A host that has not connected by now has no token to hand over. If it does so later, it is still heard.
setTimeout(() => { if (state === "loading" && !token) enter("refused"); }, 20_000);
