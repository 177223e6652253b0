// What every engine has to do: the same scenes in Chromium, Firefox and WebKit, with the clock that they have.
import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { OFFICE, SERVER, WAREHOUSE, here, run } from "../stage.mjs";
import { engines } from "../webdriver.mjs";

const WAIT = 20_000; // ms for what should happen soon

async function eventually(check, what) {
  for (const deadline = Date.now() + WAIT; ;) {
    const result = await check();
    if (result) return result;
    assert.ok(Date.now() < deadline, what + " in time");
    await new Promise((done) => setTimeout(done, 50));
  }
}

const state = (browser, n = 0) => browser.evaluate((n) => document.querySelectorAll("pme-space")[n]?.getAttribute("state"), n);
const becomes = (browser, wanted, n) => eventually(async () => await state(browser, n) === wanted, "the state " + wanted);
const words = (browser) => browser.evaluate(() => document.querySelector("pme-space").shadowRoot.querySelector("[role=status]").innerText);
const frame = () => document.querySelector("pme-space").shadowRoot.querySelector("iframe");
const shown = (browser) => browser.within(frame, () => browser.evaluate(() => ({ ...document.body.dataset })));

/** Runs work as a module of the page's own, which evaluate is not in Firefox. */
const inPage = async (browser, work, ...args) => JSON.parse(await browser.evaluate((text) => new Promise((done) => {
  addEventListener("in-page", ({ detail }) => done(detail), { once: true });
  document.head.append(Object.assign(document.createElement("script"), { type: "module", text }));
}), `const value = await (${work})(...${JSON.stringify(args)});
  dispatchEvent(new CustomEvent("in-page", { detail: JSON.stringify(value ?? null) }));`));

/** Puts a space into the page. */
const place = (browser, attributes = { model: OFFICE }) => inPage(browser, async (attributes) => {
  await import("/pme/pme.js");
  const element = document.createElement("pme-space");
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  document.body.append(element);
}, attributes);

/** Waits until a space is live, and to be seen: what is on top in its middle is Showcase. */
async function live(browser, n = 0) {
  await becomes(browser, "live", n);
  await eventually(() => browser.evaluate((n) => {
    const { shadowRoot, offsetWidth, offsetHeight } = document.querySelectorAll("pme-space")[n];
    const { left, top } = shadowRoot.host.getBoundingClientRect();
    const found = shadowRoot.elementFromPoint(left + offsetWidth / 2, top + Math.min(offsetHeight, innerHeight) / 2);
    return found?.localName === "iframe";
  }, n), "Showcase on top");
}

/** Lets time pass, for the server and for the page, which comes back to the front. */
async function pass(stage, ms) {
  for (let gone = 0; gone < ms; gone += 60_000) await stage.post("advance", { ms: Math.min(60_000, ms - gone) });
  await inPage(stage.browser, (ms) => {
    for (const clock of [Date, performance]) {
      const now = clock.now.bind(clock);
      clock.now = () => now() + ms;
    }
    dispatchEvent(new Event("focus"));
  }, ms);
}

const scenes = {
  async "a space opens, 16:9 and to be seen"({ browser }) {
    await browser.evaluate(() => document.head.insertAdjacentHTML("beforeend", "<style>pme-space { height: auto !important }</style>"));
    await place(browser);
    await live(browser);
    const { width, height } = await browser.evaluate(() => document.querySelector("pme-space").getBoundingClientRect().toJSON());
    assert.ok(Math.abs(width / height - 16 / 9) < 0.02, `${width} by ${height}`);
    await eventually(async () => (await shown(browser)).state === "live", "a Showcase that is live");
  },
  async "a token is refreshed in the same tour"({ browser, ...stage }) {
    await place(browser);
    await live(browser);
    const first = await shown(browser);
    await pass({ browser, ...stage }, 560_000);
    await eventually(async () => Number((await shown(browser)).refreshes) === 1, "the refresh");
    await eventually(async () => (await shown(browser)).fingerprint !== first.fingerprint, "another token");
  },
  async "who is signed out reads so over the tour, and goes on after a popup"({ browser, ...stage }) {
    await place(browser);
    await live(browser);
    await stage.post("end-session", { user: stage.user });
    await pass({ browser, ...stage }, 560_000);
    await becomes(browser, "login_required");
    assert.match(await words(browser), /You are signed out/);
    assert.equal((await shown(browser)).state, "live", "the tour is still there");
    const own = await browser.handles();
    await browser.click(() => document.querySelector("pme-space").shadowRoot.querySelector("a"));
    const popup = await eventually(async () => (await browser.handles()).find((handle) => !own.includes(handle)), "the popup");
    await browser.inside(popup, async () => {
      await eventually(() => browser.evaluate(() => !!document.querySelector("[name=user]")).catch(() => false), "the login");
      await browser.evaluate((user) => { document.querySelector("[name=user]").value = user; }, stage.user);
      await browser.click("button");
    });
    await eventually(async () => !(await browser.handles()).includes(popup), "the popup's closing itself");
    await live(browser);
  },
  async "a space that was withdrawn is closed, and says so"({ browser, ...stage }) {
    await place(browser);
    await live(browser);
    await stage.post("withdraw", { user: stage.user });
    await becomes(browser, "access_denied");
    assert.match(await words(browser), /You no longer have access to this space\./);
    assert.equal(await browser.evaluate(frame), null);
  },
  async "two spaces of one page are live"({ browser }) {
    await place(browser);
    await place(browser, { model: WAREHOUSE });
    await live(browser, 0);
    await becomes(browser, "live", 1);
  },
  async "two tabs share a token"({ browser, site, counts }) {
    await place(browser);
    await live(browser);
    const { token } = await counts();
    const other = await browser.tab();
    await browser.inside(other, async () => {
      await browser.goto(site + "/blank");
      await place(browser);
      await live(browser);
      await browser.close();
    });
    assert.equal((await counts()).token, token);
  },
  async "an outage ends"({ browser, ...stage }) {
    await stage.post("fail", { with: 503, times: 2 });
    await place(browser);
    await eventually(async () => /interrupted/.test(await words(browser)), "the words for an outage");
    await live(browser);
  },
  async "a space that may not be seen says so"({ browser, ...stage }) {
    await stage.signIn("bob");
    await place(browser);
    await becomes(browser, "access_denied");
    assert.match(await words(browser), /You do not have access to this space\./);
  },
  async "what is no model ID says so"({ browser }) {
    await place(browser, { model: "short" });
    await becomes(browser, "invalid_request");
    assert.match(await words(browser), /There is no such space\./);
  },
  async "an element that is moved opens again"({ browser }) {
    await place(browser);
    await live(browser);
    await browser.evaluate(() => document.body.append(document.createElement("section")));
    await browser.evaluate(() => document.querySelector("section").append(document.querySelector("pme-space")));
    await live(browser);
  },
  async "another model takes the place of the first"({ browser }) {
    await place(browser);
    await live(browser);
    await browser.evaluate((model) => document.querySelector("pme-space").setAttribute("model", model), WAREHOUSE);
    await eventually(async () => await state(browser) === "live" && (await shown(browser)).model === WAREHOUSE, "the other model");
  },
  async "strings and looks are the page's own"({ browser }) {
    await place(browser, { model: "short", strings: JSON.stringify({ invalid_request: "Diesen Raum gibt es nicht." }), style: "--pme-stage: rgb(1, 2, 3)" });
    await becomes(browser, "invalid_request");
    assert.match(await words(browser), /Diesen Raum gibt es nicht\./);
    assert.equal(await browser.evaluate(() => getComputedStyle(document.querySelector("pme-space")).backgroundColor), "rgb(1, 2, 3)");
  },
  async "the tour may go fullscreen"({ browser }) {
    await place(browser);
    await live(browser);
    assert.match(await browser.evaluate(() => document.querySelector("pme-space").shadowRoot.querySelector("iframe").allow), /fullscreen/);
    assert.equal(await browser.within(frame, () => browser.evaluate(() => document.fullscreenEnabled)), true);
  },
  async "a fetcher gives tokens to code of one's own"({ browser }) {
    const token = await inPage(browser, async (model) => {
      const { createFetcher } = await import("/pme/pme.js");
      return createFetcher({ model }).fetch();
    }, OFFICE);
    assert.ok(token.access_token && token.expires_in > 60, JSON.stringify(token));
  },
  async "a page is told at once that access was withdrawn"({ browser, ...stage }) {
    await inPage(browser, (model) => {
      const source = new EventSource("/pme/watch?modelId=" + model);
      source.addEventListener("refused", ({ data }) => { document.body.dataset.told = data; source.close(); });
    }, OFFICE);
    await eventually(async () => (await stage.counts()).watch > 0, "the stream");
    await stage.post("withdraw", { user: stage.user });
    const told = await eventually(() => browser.evaluate(() => document.body.dataset.told), "the event");
    assert.deepEqual(JSON.parse(told), { modelId: OFFICE, error: "access_denied", error_description: "You do not have access to this space." });
  },
  async "the gallery leads to a space"({ browser, site }) {
    await browser.goto(site + "/pme/");
    await browser.click(`a[href$="view/${OFFICE}"]`);
    await eventually(async () => (await browser.url()).endsWith("/pme/view/" + OFFICE), "the page of the space");
    await live(browser);
  },
  async "the gallery finds a space by its name"({ browser, site }) {
    await browser.goto(site + "/pme/?q=warehouse");
    const links = await browser.evaluate(() => [...document.querySelectorAll("a[href*='view/']")].map((link) => link.getAttribute("href")));
    assert.deepEqual([...new Set(links)], ["view/" + WAREHOUSE]);
  },
  async "a page that needs a login leads there, and back"({ browser, site, ...stage }) {
    await stage.post("end-session", { user: stage.user });
    await browser.goto(site + "/pme/view/" + OFFICE);
    assert.match(await browser.url(), /\/login\?next=/);
    await browser.evaluate((user) => { document.querySelector("[name=user]").value = user; }, stage.user);
    await browser.click("button");
    await eventually(async () => (await browser.url()).endsWith("/pme/view/" + OFFICE), "the way back");
    await live(browser);
  },
  async "an account is connected"({ browser, site }) {
    await browser.goto(site + "/pme/connect/");
    const own = await browser.handles();
    await browser.click("form button");
    const popup = await eventually(async () => (await browser.handles()).find((handle) => !own.includes(handle)), "the popup");
    await browser.inside(popup, async () => {
      await eventually(() => browser.evaluate(() => !!document.querySelector("[name=account]")).catch(() => false), "Matterport's question");
      await browser.click("button[value=allow]").catch(() => {}); // the window may close meanwhile
    });
    await eventually(async () => !(await browser.handles()).includes(popup), "the popup's closing itself");
    await eventually(() => browser.evaluate(async () => (await (await fetch("/pme/connect", { headers: { Accept: "application/json" } })).json()).connections.length === 1),
      "the connection");
  },
  async "without an SDK key, the tour is Matterport's link"({ browser, links }) {
    await browser.goto(links.site + "/blank");
    await browser.evaluate((user) => fetch("/login", { method: "POST", body: new URLSearchParams({ user, next: "/blank" }) }).then(() => {}), "alice");
    await place(browser);
    await live(browser);
    await eventually(async () => (await shown(browser)).state === "live", "a Showcase that is live");
  },
};

for (const [name, launch] of Object.entries(engines)) {
  if (process.env.ENGINE && process.env.ENGINE !== name) continue;
  test(name, async (t) => {
    const browser = await launch();
    t.after(() => browser.end());
    for (const [scene, play] of Object.entries(scenes)) {
      await t.test(scene, async (t) => {
        const stage = await prepare(t, browser, scene.includes("SDK key") && "none");
        try {
          await play(stage);
        } catch (error) {
          mkdirSync(join(here, "artifacts"), { recursive: true });
          writeFileSync(join(here, "artifacts", `${name} ${scene.replace(/\W+/g, " ")}.png`), await browser.picture().catch(() => ""));
          throw error;
        }
      });
    }
  });
}

/** A server of the scene's own, and alice signed in at it. */
async function prepare(t, browser, second) {
  const serve = async (sdk) => JSON.parse((await run(t, SERVER, ["-sdk", sdk])).line);
  const server = await serve("own");
  const stage = {
    browser, site: server.site, user: "alice", links: second && await serve(second),
    post: async (what, values = {}) => assert.ok((await fetch(`${server.site}/test/${what}?${new URLSearchParams(values)}`, { method: "POST" })).ok, what),
    counts: async () => (await fetch(server.site + "/test/counts")).json(),
    signIn: (user) => browser.evaluate((user) => fetch("/login", { method: "POST", body: new URLSearchParams({ user, next: "/blank" }) }).then(() => {}), user),
  };
  await browser.goto(server.site + "/blank");
  await stage.signIn("alice");
  await browser.goto(server.site + "/blank");
  return stage;
}
