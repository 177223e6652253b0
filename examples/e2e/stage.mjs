// What the tests have in common: the server, the browser, visitors, and the clock of all of them.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, before } from "node:test";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

export const here = fileURLToPath(new URL(".", import.meta.url));
export const OFFICE = "SxQL3iGyoDo";
export const WAREHOUSE = "yyHDFKzPzvN";

const FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync",
  "--disable-features=LocalNetworkAccessChecks"]; // a page that a test answers for itself is of no network

/** The commands that "npm test" has built beforehand. */
export const SERVER = join(here, "artifacts/bin/server");
export const INTRANET = join(here, "artifacts/bin/intranet");
export const OIDC = join(here, "artifacts/bin/oidc");
export const FLEET = join(here, "artifacts/bin/fleet");
export const FRAMEWORKS = join(here, "artifacts/bin/frameworks");
export const HOSTS = join(here, "artifacts/bin/hosts");
export const PME = join(here, "artifacts/bin/pme");

/** Runs a command until the test is over, and resolves to the first line that it prints. */
export async function run(t, binary, args, options = {}) {
  const child = spawn(binary, args, { cwd: here, stdio: ["ignore", "pipe", "pipe"], ...options });
  let log = "";
  child.stderr.on("data", (text) => { log += text; });
  const ended = new Promise((done) => { child.once("exit", done); child.once("error", done); });
  t.after(async () => { child.kill("SIGTERM"); await ended; });
  const lines = createInterface(child.stdout);
  const line = await new Promise((resolve, reject) => {
    lines.once("line", resolve);
    ended.then(() => reject(new Error(`${binary} ended:\n${log}`)));
  });
  return { line, log: () => log };
}

/** A browser for all tests of one file. */
export function stage() {
  const all = {};
  before(async () => {
    all.browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: FLAGS });
  });
  after(() => all.browser?.close());
  all.serve = (t, ...args) => serve(t, args);
  all.visitor = (t, server, options) => Visitor.create(t, all.browser, server, options);
  return all;
}

async function serve(t, args) {
  const { line } = await run(t, SERVER, args);
  const server = JSON.parse(line);
  server.post = async (name, values = {}) => {
    const answer = await fetch(`${server.site}/test/${name}?${new URLSearchParams(values)}`, { method: "POST" });
    assert.ok(answer.ok, name);
  };
  server.counts = async () => (await fetch(`${server.site}/test/counts`)).json();
  server.secrets = async () => (await fetch(`${server.site}/test/secrets`)).json();
  server.fail = (how, times = -1) => server.post("fail", { with: how, times });
  server.heal = () => server.post("fail", { times: 0 });
  server.fingerprint = async (token) => (await fetch(`${server.site}/test/fingerprint?token=${token}`)).text();
  return server;
}

// Time stands still, in the server and on the pages, but for pass, sleep and eventually.
const EPOCH = Date.parse("2026-01-02T09:00:00Z");
const clocks = new Set();

/** A browser profile with somebody in it. It remembers all that must not go wrong. */
export class Visitor {
  static async create(t, browser, server, { user = "alice", clock = true, ...options } = {}) {
    const context = await browser.newContext({ viewport: { width: 1100, height: 720 }, ...options });
    t.after(() => context.close());
    const visitor = Object.assign(new Visitor(), { context, server, tokens: new Set(), urls: [], answers: [], console: [], problems: [] });
    if (clock) {
      await context.clock.install({ time: EPOCH });
      await context.clock.pauseAt(EPOCH + 1000);
      clocks.add(visitor);
      t.after(() => clocks.delete(visitor));
    }
    context.on("page", (page) => visitor.#listen(page));
    if (user) await visitor.signIn(user);
    return visitor;
  }

  async signIn(user = "alice") {
    const answer = await this.context.request.post(this.server.site + "/login", { form: { user, next: "/blank" } });
    assert.ok(answer.ok());
  }

  #listen(page) {
    page.on("console", (message) => {
      this.console.push(message.text());
      if (message.type() === "error" || message.type() === "warning") this.problems.push(`${message.type()}: ${message.text()}`);
    });
    page.on("pageerror", (error) => this.problems.push("uncaught: " + error.message));
    page.on("request", (request) => this.urls.push({ url: request.url(), own: request.frame() === page.mainFrame() }));
    page.on("response", async (response) => {
      const path = response.url().startsWith(this.server.site) ? new URL(response.url()).pathname : "";
      if (!/\/token$|\/connect\b/.test(path)) return;
      const text = await response.text().catch(() => ""); // of a redirect there is none
      this.answers.push(text, JSON.stringify(await response.allHeaders().catch(() => "")));
      if (!path.endsWith("/token") || !response.ok()) return;
      const { access_token } = JSON.parse(text || "{}");
      if (access_token) this.tokens.add(access_token);
    });
  }

  async open(path, origin = this.server.site) {
    const page = await this.context.newPage();
    await page.goto(origin + path);
    return page;
  }

  /** Moves the server's clock and the pages', timers included, in steps that let answers arrive between. */
  async pass(ms, step = 10_000) {
    for (let gone = 0; gone < ms; gone += step) {
      const now = Math.min(step, ms - gone);
      await this.server.post("advance", { ms: now });
      await this.context.clock.runFor(now);
      await settle();
    }
  }

  /** Lets the computer sleep: time passes, and no timer of the pages runs meanwhile. */
  async sleep(ms) {
    await this.server.post("advance", { ms });
    const pages = this.context.pages();
    const now = await pages[0].evaluate(() => Date.now());
    await this.context.clock.setSystemTime(now + ms);
  }

  /**
   * No errors, no warnings, no violations of a policy; no token anywhere where it could be found, but in the address
   * of Matterport's model selector; and nowhere at all what the server keeps to itself.
   */
  async wantClean({ except = /^$/ } = {}) {
    assert.deepEqual(this.problems.filter((text) => !except.test(text)), []);
    await eventually(() => this.tokens.size > 0, "a token that the test has seen"); // the answer is read beside the test
    const selector = this.server.emulator + "/model-select?";
    const urls = this.urls.map(({ url }) => url).filter((url) => !url.startsWith(selector));
    const places = [urls.join("\n"), this.console.join("\n"), JSON.stringify(await this.context.storageState({ indexedDB: true }))];
    for (const page of this.context.pages()) {
      for (const frame of page.frames()) {
        if (!frame.url().startsWith(selector)) places.push(frame.url());
        places.push(await frame.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie])).catch(() => ""));
      }
    }
    for (const token of this.tokens) assert.ok(!places.join("\n").includes(token), "a token is where it does not belong");
    for (const secret of await this.server.secrets?.() ?? []) {
      assert.ok(!places.concat(this.answers).join("\n").includes(secret), "a secret has left the server");
    }
  }
}

/** Lets time pass until a promise is settled. */
export async function meanwhile(promise) {
  let settled = false;
  promise.catch(() => {}).finally(() => { settled = true; });
  await eventually(() => settled, "the promise");
  return promise;
}

export const settle = (ms = 25) => new Promise((done) => setTimeout(done, ms));

/**
 * The frame of the (nth) space on a page, when its stand-in Showcase is live or in the state given, and the page
 * has its SDK: a frame is live before, and one that is not connected within a minute is given up.
 */
export function showcase(page, { nth = 0, state = "live" } = {}) {
  return eventually(async () => {
    const element = await page.locator("pme-space iframe").nth(nth).elementHandle({ timeout: 5000 }).catch(() => null);
    if (await element?.evaluate((it) => it.getRootNode().host.getAttribute("state")).catch(() => "opening") === "opening") return false;
    const frame = await element?.contentFrame();
    return await frame?.evaluate(() => document.body?.dataset.state).catch(() => "") === state && frame;
  }, `a Showcase that is ${state}`);
}

/** What a stand-in shows. */
export const shown = (frame) => frame.evaluate(() => ({
  state: document.body.dataset.state, fingerprint: document.body.dataset.fingerprint, refreshes: Number(document.body.dataset.refreshes),
}));

/** Waits for something to become true; a little time passes meanwhile. */
export async function eventually(check, what = "it") {
  const end = Date.now() + 60_000; // a busy machine is slow
  for (;;) {
    const last = await check();
    if (last) return last;
    assert.ok(Date.now() < end, `${what} did not come true`);
    for (const visitor of clocks) await visitor.pass(200);
    await settle(25);
  }
}

/** Fails if something takes more than a second. */
export async function atOnce(what, work) {
  const begun = performance.now();
  await work();
  const took = Math.round(performance.now() - begun);
  console.log(`# ${what}: ${took} ms`);
  assert.ok(took <= 1000, `${what}: ${took} ms`);
}

/** Puts a space on a blank page of the site, which collects its events. */
export async function place(page, attributes = { model: OFFICE }) {
  await page.evaluate(async (attributes) => {
    await import("/pme/pme.js");
    const element = document.createElement("pme-space");
    window.heard ??= [];
    for (const type of ["pme-ready", "pme-refresh", "pme-error", "pme-signed-out"]) {
      element.addEventListener(type, ({ detail }) => window.heard.push({ type, code: detail.error?.code, final: detail.final }));
    }
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    document.body.append(element);
  }, attributes);
}

/** Waits until the page's space says that it is in a state. */
export const becomes = (page, state) => eventually(async () =>
  await page.locator("pme-space").first().getAttribute("state") === state, "the state " + state);

export const heard = (page) => page.evaluate(() => window.heard);

const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Nothing that axe finds. Time must not stand still. */
export async function wantAccessible(page) {
  await page.evaluate(axeSource); // by the debugger, which a page's policy does not bind
  const { violations } = await page.evaluate(() => window.axe.run(document, { iframes: false, resultTypes: ["violations"] }));
  assert.deepEqual(violations.map(({ id, nodes }) => [id, nodes.map((n) => n.html + n.failureSummary)]), []);
}

/** By how much a page is wider than its window. */
export const overflow = (page) => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

export async function screenshot(page, name) {
  mkdirSync(join(here, "artifacts"), { recursive: true });
  await page.screenshot({ path: join(here, "artifacts", name + ".png") });
}
