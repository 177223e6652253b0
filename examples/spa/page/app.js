// Everything that one sees here is this page's own: it asks pme's JSON endpoints, which are on another
// origin, and gives the Showcase SDK a fetcher that lives through failures.
const { pme } = await (await fetch("config.json")).json();
const { createFetcher, signIn } = await import(pme + "pme.js"); // or from your bundle
const choice = document.getElementById("choice");
const notice = document.getElementById("notice");
const tour = document.getElementById("tour");
let current = new AbortController();

async function ask(name) {
  const response = await fetch(pme + name, { credentials: "include", headers: { Accept: "application/json" } });
  return { status: response.status, ...await response.json() };
}

function offerSignIn() {
  const button = document.createElement("button");
  button.textContent = "Sign in";
  button.onclick = () => signIn(pme);
  notice.replaceChildren("You are signed out. ", button);
}

async function list() {
  const { status, models } = await ask("models");
  if (status === 401) return offerSignIn();
  notice.replaceChildren();
  choice.replaceChildren(...models.map(({ id, name }) => new Option(name, id)));
  choice.disabled = false;
  await show(choice.value);
}

async function show(model) {
  current.abort();
  current = new AbortController();
  const { signal } = current;
  tour.ariaBusy = "true";
  const fetcher = createFetcher({
    model, endpoint: pme, signal,
    onTransient: () => { notice.textContent = "Trying again…"; },
    onSignedOut: offerSignIn, // and the fetcher waits until somebody has signed in
  });
  const { showcase, sdk, sdk_key } = await ask("settings");
  const [{ connect }, token] = await Promise.all([import(sdk), fetcher.fetch()]);
  if (signal.aborted) return;
  const frame = document.createElement("iframe");
  frame.title = choice.selectedOptions[0].text;
  frame.allow = "fullscreen; xr-spatial-tracking";
  frame.src = `${showcase}/show?${new URLSearchParams({ m: model, applicationKey: sdk_key, play: "1" })}`;
  tour.replaceChildren(frame);
  const mpSdk = await connect(frame, { auth: token.access_token });
  const refresher = mpSdk.OAuth.createTokenRefresher(token, fetcher);
  refresher.on("refresh", () => notice.replaceChildren());
  refresher.on("error", () => { if (!signal.aborted) notice.textContent = "The tour has ended."; });
  tour.ariaBusy = "false";
}

choice.onchange = () => show(choice.value);
addEventListener("message", ({ origin, data }) => {
  if (origin === new URL(pme).origin && data?.pme === "signed-in" && choice.disabled) list();
});
await list();
