// A page that uses all of the module. It is type-checked, and never run.
import { PMEError, PMESpace, configure, createFetcher, define, signIn } from "@go-pme/pme";
import type { Code, FetcherOptions, HeadersSource, Options, PMESpaceEventMap, Reason, State, Token, Word } from "@go-pme/pme";

const headers: HeadersSource = async () => ({ Authorization: "Bearer mine" });
const options: Options = { endpoint: "/pme/", headers, fetch: globalThis.fetch };
configure(options);
define();

const space: PMESpace = document.createElement("pme-space");
space.model = "SxQL3iGyoDo";
space.endpoint = "/pme/";
space.sdkKey = null;
space.params = "qs=1";
space.title = "Head office";
space.poster = "/office.jpg";
space.loading = "lazy";
space.mode = "click";
space.strings = { opening: "Wird geöffnet…", broken: "Seite neu laden." };
space.sdk = { setupSdk: () => Promise.resolve({}) };
const word: Word = "slow";
const state: State | "" = space.state;
const ready: PMESpaceEventMap["pme-ready"] | undefined = undefined;
space.addEventListener("pme-ready", ({ detail }) => console.log(detail.model, detail.mpSdk, word, state, ready));
space.addEventListener("pme-refresh", ({ detail }) => console.log(detail.expiresIn.toFixed()));
space.addEventListener("pme-error", ({ detail: { error, final } }) => console.log(error.code, final));
space.addEventListener("pme-signed-out", ({ detail }) => console.log(detail.code, detail.loginURL));
document.body.append(space);
space.reload();

const stop = new AbortController();
const asked: FetcherOptions = {
  model: "SxQL3iGyoDo", ...options, signal: stop.signal,
  onTransient: (error) => console.log(error.reason, error.description, error.retryAfter, error.cause),
  onSignedOut: (error) => console.log(error.loginURL),
};
const token: Token = await createFetcher(asked).fetch("old");
console.log(token.access_token, token.expires_in.toFixed());
const popup: WindowProxy | null = signIn("/pme/");
popup?.focus();

try {
  await createFetcher({ model: "SxQL3iGyoDo" }).fetch();
} catch (error) {
  if (!(error instanceof PMEError)) throw error;
  const code: Code = error.code;
  const reason: Reason | undefined = error.reason;
  console.log(code, reason);
}
// @ts-expect-error a fetcher is for a model
createFetcher({});
// @ts-expect-error the element sets its state
space.state = "live";
