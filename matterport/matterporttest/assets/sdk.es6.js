// A small module compatible with the Showcase SDK's bootstrap: connect(iframe, options) and, of the SDK
// itself, OAuth.createTokenRefresher, Camera.pose, Sweep.current and Link.createDeepLink. Written for the emulator from the protocol's description; the
// project's licence (MIT) applies. What it does not do the real SDK does; what both do they do alike, the
// inconvenient parts included.

const pollEvery = 500; // ms between two connects
const lead = 60;       // s before its end at which a token is replaced

let lastCall = 0;

// Connects to the Showcase in an iframe and resolves to the SDK. options.auth is an embed token without
// "Bearer ". The application key is the one in the iframe's address; options.applicationKey is used where
// there is none. There is no time limit: a Showcase that never answers is waited for.
export async function connect(iframe, options = {}) {
  const showcase = iframe?.contentWindow;
  if (!showcase) throw new Error("the iframe has no window: put it into the document first");
  const address = new URL(iframe.src || "about:blank", document.baseURI);
  const accepted = await shakeHands(showcase, {
    bootstrapVersion: "3.0",
    options: { auth: options.auth, provider: options.provider, sdkType: options.sdkType },
    applicationKey: address.searchParams.get("applicationKey") ?? options.applicationKey,
  });
  return buildSdk(new WindowChannel(showcase, accepted));
}

export default connect;

// Sends connects until Showcase answers, and resolves to what it accepts with.
function shakeHands(showcase, payload) {
  const { promise, resolve, reject } = Promise.withResolvers();
  const fromId = Math.floor(Math.random() * 1e6);
  // The target origin is "*" because the iframe may still be on its way to Showcase.
  const poll = setInterval(() => {
    showcase.postMessage({ type: "postmessage.connect", payload, fromId, toId: -1, timestamp: Date.now() }, "*");
  }, pollEvery);
  const listen = (event) => {
    if (event.source !== showcase) return;
    const message = event.data;
    if (message?.type === "postmessage.handshake") clearInterval(poll);
    if (message?.type === "postmessage.accept" && message.payload?.targetId === fromId) resolve(message.payload);
    if (message?.type === "postmessage.reject") reject(rejection(message.payload));
  };
  addEventListener("message", listen);
  return promise.finally(() => {
    clearInterval(poll);
    removeEventListener("message", listen);
  });
}

function rejection({ reason, errorType } = {}) {
  const error = new Error(reason);
  error.name = errorType + "Error";
  error.type = errorType;
  return error;
}

// A channel carries actions to Showcase and their answers back: call(targetFunction, params). It also asks
// for observations, and hands them to observed: send(type, payload). close() ends it.

class WindowChannel {
  #calls = new Map();
  #send;
  #listen;
  observed = () => {};

  constructor(showcase, { sourceId, targetId, targetOrigin }) {
    this.#send = (type, payload) => {
      const message = { type, payload, fromId: sourceId, toId: targetId, timestamp: Date.now() };
      showcase.postMessage(message, targetOrigin);
    };
    this.#listen = (event) => {
      if (event.source !== showcase) return;
      const { type, payload, toId } = event.data ?? {};
      if (type === "postmessage.response") settle(this.#calls, payload);
      if (type === "postmessage.observation" && toId === sourceId) this.observed(payload);
    };
    addEventListener("message", this.#listen);
  }

  call(targetFunction, params) {
    return start(this.#calls, targetFunction, params, (payload) => this.#send("postmessage.action", payload));
  }

  send(type, payload) {
    this.#send(type, payload);
  }

  close() {
    removeEventListener("message", this.#listen);
    this.#send = closed;
  }
}

// The channel of a bootstrap that is not this one, the real one's: its messenger does the transport.
class MessengerChannel {
  #calls = new Map();
  #messenger;
  observed = () => {};

  constructor(messenger) {
    this.#messenger = messenger;
    messenger.init();
    messenger.addObserver({
      messageType: "postmessage.response",
      notify: (payload) => settle(this.#calls, payload),
    });
    messenger.addObserver({
      messageType: "postmessage.observation",
      notify: (payload) => this.observed(payload),
    });
  }

  call(targetFunction, params) {
    return start(this.#calls, targetFunction, params, (payload) => {
      this.send("postmessage.action", payload);
    });
  }

  send(type, payload) {
    this.#messenger.send({ type, payload });
  }

  close() {
    this.#messenger.dispose();
  }
}

function closed() {
  throw new Error("the SDK is disconnected");
}

function start(calls, targetFunction, params, send) {
  const uid = "call-" + ++lastCall;
  const { promise, resolve, reject } = Promise.withResolvers();
  calls.set(uid, { resolve, reject });
  try {
    send({ uid, targetFunction, params });
  } catch (error) {
    calls.delete(uid);
    reject(error);
  }
  return promise;
}

function settle(calls, { uid, message, success, error } = {}) {
  const call = calls.get(uid);
  calls.delete(uid);
  if (success) call?.resolve(message);
  else call?.reject(new Error(error));
}

// What a bootstrap looks for in the script that the handshake names.
export class SdkBuilder {
  #factory;

  constructor(factory) {
    this.#factory = factory;
  }

  async build() {
    return buildSdk(new MessengerChannel(this.#factory.createMessenger()));
  }
}

function buildSdk(channel) {
  const observables = {
    "Camera.pose": new Observable(channel, "Camera.pose"),
    "Sweep.current": new Observable(channel, "Sweep.current"),
  };
  channel.observed = ({ observableKey, observableData }) => observables[observableKey]?.notify(observableData);
  return {
    OAuth: new OAuth(channel),
    Camera: { pose: observables["Camera.pose"] },
    Sweep: { current: observables["Sweep.current"] },
    Link: { createDeepLink: () => channel.call("Link.createDeepLink", {}) },
    disconnect: () => channel.close(),
  };
}

// A value of Showcase's that is asked for as long as there is an observer. The last value that came is
// told to a new observer at once.
class Observable {
  #channel;
  #key;
  #observers = new Set();
  #last;

  constructor(channel, key) {
    this.#channel = channel;
    this.#key = key;
  }

  subscribe(observer) {
    const told = { onChanged: typeof observer === "function" ? observer : (value) => observer.onChanged(value) };
    this.#observers.add(told);
    if (this.#observers.size === 1) this.#channel.send("postmessage.observe", { observableKey: this.#key });
    if (this.#last) queueMicrotask(() => this.#observers.has(told) && told.onChanged(this.#last));
    return { cancel: () => this.#cancel(told) };
  }

  waitUntil(condition) {
    const { promise, resolve } = Promise.withResolvers();
    const subscription = this.subscribe((value) => condition(value) && resolve(value));
    return promise.finally(() => subscription.cancel());
  }

  notify(value) {
    this.#last = value;
    for (const observer of this.#observers) observer.onChanged(value);
  }

  #cancel(observer) {
    if (!this.#observers.delete(observer) || this.#observers.size > 0) return;
    this.#channel.send("postmessage.unobserve", { observableKey: this.#key });
  }
}

// The refreshers of one connection share their listeners and the timer that dispose() stops: one made after
// an error therefore also calls those that listened to the one before.
class OAuth {
  #channel;
  #observers = new Set();
  #timer;

  constructor(channel) {
    this.#channel = channel;
  }

  createTokenRefresher(token, fetcher) {
    this.#schedule(token, fetcher);
    return {
      on: (event, callback) => this.#subscribe(event, callback),
      dispose: () => clearTimeout(this.#timer),
    };
  }

  #subscribe(event, callback) {
    let observer = event;
    if (typeof event === "string") {
      if (typeof callback !== "function") throw new Error("a callback is needed");
      observer = event === "refresh" ? { onRefresh: callback } : { onError: callback };
    }
    this.#observers.add(observer);
    return {
      renew: () => this.#observers.add(observer),
      cancel: () => this.#observers.delete(observer),
    };
  }

  // Not guarded against expires_in of 60 and less, nor against what overflows the timer: both fetch in a hot
  // loop, and so they do with the real one.
  #schedule(token, fetcher) {
    this.#timer = setTimeout(() => this.#refresh(token, fetcher), 1000 * (token.expires_in - lead));
  }

  async #refresh(old, fetcher) {
    let token;
    try {
      token = await fetcher.fetch(old.access_token);
      if (typeof token?.access_token !== "string") throw new Error("what was fetched has no access_token in text");
      if (typeof token.expires_in !== "number") throw new Error("what was fetched has no expires_in in numbers");
    } catch (error) {
      // The end of this refresher: nothing is scheduled any more.
      for (const observer of this.#observers) observer.onError?.(error);
      return;
    }
    this.#channel.call("OAuth.updateToken", { token: token.access_token }).catch(() => {});
    for (const observer of this.#observers) observer.onRefresh?.();
    this.#schedule(token, fetcher);
  }
}
