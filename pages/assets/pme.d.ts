/**
 * The browser side of pme: an element that shows a private Matterport space and keeps it alive, and a fetcher
 * for those who drive the Showcase SDK themselves.
 *
 *     <script type="module" src="/pme/pme.js"></script>
 *     <pme-space model="SxQL3iGyoDo"></pme-space>
 *
 * Tokens are kept in memory only: never in a URL, in storage or on the console. There is one exception. Without
 * an SDK key, a space is shown by the plain link of Matterport, whose address, in the frame, carries its token.
 *
 * Frames of a page that want the same token ask for it once. So do the tabs of one person, through a
 * BroadcastChannel and, in secure contexts, a lock.
 *
 * Importing it defines the element. On a server, where there is no DOM, importing it does nothing.
 *
 * In a bundle, say where pme is, because "beside this module" would be beside the bundle:
 *
 *     import { configure } from "@go-pme/pme";
 *     configure({ endpoint: "/pme/" });
 */

/**
 * Why there is no token:
 *
 * - `login_required`: the visitor is not signed in;
 * - `reconnect_required`: the Matterport account that the space belongs to has to be connected, for the first time
 *   or again (with an endpoint of connected accounts);
 * - `access_denied`: this person may not see the space, or there is none;
 * - `model_not_found`: they may, but it is gone at Matterport;
 * - `invalid_request`: what was asked for is no space;
 * - `transient`: it is tried again (see `reason`);
 * - `failed`: the SDK refuses, for instance a key that is not for this site, or could not be loaded (see `cause`);
 * - `stopped`: the signal was aborted, or the element was removed.
 */
export type Code = "login_required" | "reconnect_required" | "access_denied" | "model_not_found" | "invalid_request" | "transient" | "failed" | "stopped";

/**
 * Why trying again may not help:
 *
 * - `endpoint`: the answer is none of pme's. The endpoint is probably misspelt; the console names its address;
 * - `upstream`: Matterport refuses the application (see `description`, and the server's log);
 * - `ending`: access ends within a minute or two (see `retryAfter`). A running tour goes on until then;
 * - `policy`: the page's Content-Security-Policy or Cross-Origin-Embedder-Policy blocks it. The console names what is missing;
 * - `frame`: Showcase did not answer in time;
 * - `sdk`: a script of the SDK could not be loaded.
 */
export type Reason = "endpoint" | "upstream" | "ending" | "policy" | "frame" | "sdk";

export class PMEError extends Error {
  readonly code: Code;
  /** Where to sign in, if the server says so. Only with `login_required`. */
  readonly loginURL?: string;
  /** Seconds that the server asks to wait, at most 120. Only with `transient`. */
  readonly retryAfter?: number;
  readonly reason?: Reason;
  /** The server's own sentence for the visitor, in English. Only with `upstream` and `ending`. */
  readonly description?: string;
  readonly cause?: unknown;
}

/** What createTokenRefresher of the SDK wants. */
export interface Token {
  /** Without "Bearer ". */
  access_token: string;
  /** Seconds left, always more than 60: with less the SDK would ask again at once, in a loop. */
  expires_in: number;
}

/** Headers of requests to pme, or a function that returns them and is called for each request. */
export type HeadersSource = HeadersInit | (() => HeadersInit | Promise<HeadersInit>);

export interface Options {
  /**
   * Where pme is mounted, such as "/pme/" or "https://api.example.com/pme/"; for a space of a connected account where
   * that is, such as "/pme/connect/" or "/pme/connect/ID/". Default: beside this module.
   */
  endpoint?: string;
  /** For sites whose requests carry a bearer token: `() => ({ Authorization: "Bearer " + mine() })`. */
  headers?: HeadersSource;
  /** Used in place of the global fetch. It has to honour the signal that it is given. */
  fetch?: typeof fetch;
}

/** Sets what elements and fetchers use that are given nothing of their own. Call it before the first one is made. */
export function configure(options: Options): void;

/** Defines `<pme-space>`. Importing the module does so already, where there is a DOM. */
export function define(): void;

export interface FetcherOptions extends Options {
  /** Model ID, or several with spaces between them, for one token that opens all of them. */
  model: string;
  /** Ends it: what is under way rejects with `stopped`, and no timer is left. */
  signal?: AbortSignal;
  /** Called after each failed try. */
  onTransient?: (error: PMEError) => void;
  /**
   * Called if the visitor is not signed in, or the account is not connected. If it is given, the fetcher waits until
   * that is done. Otherwise it rejects.
   */
  onSignedOut?: (error: PMEError) => void;
}

/**
 * A fetcher for `mpSdk.OAuth.createTokenRefresher(token, fetcher)`; its first token is for `connect`.
 *
 * The SDK gives up for good when a fetch fails, and waits for ever for one that hangs. So this one gives each try
 * 15 seconds, tries again with growing pauses (as long as Retry-After says, but no more than two minutes), goes on as
 * soon as the browser is online or the page is looked at again, and rejects only where trying cannot help: with a
 * {@link PMEError} other than `transient`. It never resolves to a token with 60 seconds or less left.
 */
export function createFetcher(options: FetcherOptions): { fetch(oldToken?: string): Promise<Token> };

/**
 * Opens the login in a popup. Call it in a click handler. The page it ends on tells this one, and all that waits for
 * the sign-in goes on. If the endpoint is that of a connected account, and it has to be connected, the popup does
 * that. It returns null if the browser opens no popups.
 */
export function signIn(endpoint?: string): WindowProxy | null;

/** The names of the element's words. */
export type Word = "play" | "opening" | "slow" | "waiting" | "unavailable" | "ending" | "login_required" | "reconnect_required" | "access_denied"
  | "model_not_found" | "invalid_request" | "failed" | "broken" | "sign_in" | "connect" | "again" | "reload";

/** The states of the element. `idle`: it waits until it is looked at or clicked. */
export type State = "idle" | "opening" | "live" | "waiting" | "login_required" | "reconnect_required" | "access_denied"
  | "model_not_found" | "invalid_request" | "failed";

/** What a page, or a template of a framework, may set on a `<pme-space>`. `sdkKey` and `sdk` are properties only. */
export interface PMESpaceAttributes {
  /** As in {@link FetcherOptions}; of several, the first is shown. May be changed at any time. */
  model?: string;
  /** As in {@link Options}. */
  endpoint?: string;
  /** The SDK key; default: the one that the server has. Empty: the plain link. */
  "sdk-key"?: string;
  sdkKey?: string | null;
  /**
   * Parameters of Showcase as in a query, such as "qs=1&hl=0&lang=de". Those that are not known to change only how a
   * space looks are left out; `auth`, `m` and `applicationKey` are never taken.
   */
  params?: string;
  /** Names the frame, for screen readers. */
  title?: string;
  /** Words: an object, or such an object as JSON, which is what an attribute takes. */
  strings?: Partial<Record<Word, string>> | string | null;
  /** The address of a picture, shown until Showcase has drawn its first frame. */
  poster?: string;
  /** "lazy" loads nothing until the element is less than a window away from what the visitor sees. */
  loading?: "lazy" | "";
  /** "click" shows the poster and a play button, and opens the space when it is pressed. */
  mode?: "click" | "";
  /** A module with `connect` or `setupSdk`, for pages that have the SDK in their bundle. Default: the server's. */
  sdk?: { connect?: Function; setupSdk?: Function };
}

/**
 * The element. Its attributes are {@link PMESpaceAttributes}, each with a property of its name (`sdk-key`: `sdkKey`), and
 * `state`, which it sets itself: one of {@link State}.
 *
 * Custom properties: `--pme-stage`, `--pme-stage-ink` (ground and words), `--pme-font`.
 *
 * With the SDK, the space survives failures, outages, sleep and signing in again. Where its token has expired
 * meanwhile, it is opened anew, without loading the page, where the SDK says that the visitor stood. Without the
 * SDK, the frame is replaced 45 seconds before its token expires, with the position that `params` names (ss, sr,
 * start): where else the visitor stands cannot be known of a frame of another origin.
 */
export class PMESpace extends HTMLElement {
  model: string;
  endpoint: string;
  get sdkKey(): string | null;
  set sdkKey(key: PMESpaceAttributes["sdkKey"]);
  params: string;
  get strings(): Partial<Record<Word, string>>;
  set strings(words: PMESpaceAttributes["strings"]);
  poster: string;
  loading: string;
  mode: string;
  get state(): State | "";
  sdk?: PMESpaceAttributes["sdk"];
  /** Opens the space anew, also one that waits. */
  reload(): void;

  addEventListener<K extends keyof PMESpaceEventMap>(
    type: K, listener: (this: PMESpace, event: PMESpaceEventMap[K]) => unknown, options?: boolean | AddEventListenerOptions): void;
  addEventListener(type: string, listener: EventListenerOrEventListenerObject, options?: boolean | AddEventListenerOptions): void;
}

/** The events of its own that the element has. They bubble. */
export interface PMESpaceEvents {
  /** The space is open, also when it had to be opened anew. `mpSdk` is the connected SDK, if there is one. */
  "pme-ready": CustomEvent<{ model: string; mpSdk?: any }>;
  /** It has another token. */
  "pme-refresh": CustomEvent<{ expiresIn: number }>;
  /** A try failed, or with `final` the space is given up and blanked. */
  "pme-error": CustomEvent<{ error: PMEError; final: boolean }>;
  /** The visitor is not signed in, or the account is not connected. The frame stays, and goes on when that is done. */
  "pme-signed-out": CustomEvent<{ code: "login_required" | "reconnect_required"; loginURL?: string }>;
}

export interface PMESpaceEventMap extends HTMLElementEventMap, PMESpaceEvents {}

declare global {
  interface HTMLElementTagNameMap {
    "pme-space": PMESpace;
  }
}
