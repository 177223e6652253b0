// The element and the fetcher as frameworks and bundles use them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { blank } from "../scenes.mjs";
import { OFFICE, WAREHOUSE, becomes, eventually, heard, meanwhile, place, showcase, shown, stage } from "../stage.mjs";

const all = stage();

test("over a live tour there is nothing, by no rule about what is inside of an element", async (t) => {
  const { page } = await blank(all, t);
  await place(page);
  await showcase(page);
  const { hidden, rules } = await page.evaluate(() => {
    const root = document.querySelector("pme-space").shadowRoot;
    return { hidden: root.querySelector("[role=status]").hidden, rules: [...root.adoptedStyleSheets[0].cssRules].map((r) => r.cssText).join() };
  });
  assert.equal(hidden, true);
  assert.doesNotMatch(rules, /:has\(|:empty/);
});

test("a model that is set late is opened", async (t) => {
  const { page } = await blank(all, t);
  await place(page, {});
  await becomes(page, "invalid_request");
  await page.evaluate((model) => document.querySelector("pme-space").setAttribute("model", model), OFFICE);
  await showcase(page);
  await page.evaluate(() => document.querySelector("pme-space").setAttribute("model", "XXXXXXXXXXX"));
  await becomes(page, "access_denied");
  await page.evaluate((model) => { document.querySelector("pme-space").model = model; }, WAREHOUSE);
  assert.match((await showcase(page)).url(), /yyHDFKzPzvN/);
});

test("strings that are no JSON leave the English words", async (t) => {
  const { page } = await blank(all, t);
  await place(page, { model: "XXXXXXXXXXX", strings: "{access_denied: 'Nein'}" });
  await becomes(page, "access_denied");
  await page.getByText("You do not have access to this space.").waitFor();
  await page.evaluate(() => { document.querySelector("pme-space").strings = { access_denied: "Kein Zutritt." }; });
  await page.getByText("Kein Zutritt.").waitFor();
});

test("properties that are set before the element is defined are kept, and all are reflected", async (t) => {
  const { page } = await blank(all, t);
  const kept = await page.evaluate(async (model) => {
    const element = document.createElement("pme-space");
    document.body.append(element);
    const sdk = { setupSdk: () => { window.mine = true; return new Promise(() => {}); } };
    Object.assign(element, { sdk, model, params: "qs=1", sdkKey: "demo-sdk-key", title: "One" });
    await import("/pme/pme.js");
    const of = (name) => element.getAttribute(name);
    return { model: of("model"), params: of("params"), key: of("sdk-key"), sdk: element.sdk === sdk };
  }, OFFICE);
  assert.deepEqual(kept, { model: OFFICE, params: "qs=1", key: "demo-sdk-key", sdk: true });
  await eventually(() => page.evaluate(() => window.mine), "the page's own SDK");
  await page.evaluate(() => { document.querySelector("pme-space").title = "Two"; });
  assert.equal(await page.locator("pme-space iframe").getAttribute("title"), "Two");
});

test("a space that is moved within the page goes on", async (t) => {
  const { page } = await blank(all, t);
  await place(page);
  const frame = await showcase(page);
  await becomes(page, "live");
  await page.evaluate(() => {
    const to = document.body.appendChild(document.createElement("main"));
    to.moveBefore(document.querySelector("pme-space"), null);
  });
  await becomes(page, "live");
  assert.equal((await shown(frame)).state, "live");
  assert.deepEqual((await heard(page)).map(({ type }) => type), ["pme-ready"]);
});

test("a fetcher leaves no listener on its signal", async (t) => {
  const { page } = await blank(all, t);
  const left = await meanwhile(page.evaluate(async (model) => {
    const { createFetcher } = await import("/pme/pme.js");
    const { signal } = new AbortController();
    let listeners = 0;
    const add = signal.addEventListener.bind(signal);
    signal.addEventListener = (type, work, options) => {
      listeners++;
      options?.signal?.addEventListener("abort", () => { listeners--; });
      add(type, work, options);
    };
    await createFetcher({ model, signal }).fetch();
    return listeners;
  }, OFFICE));
  assert.equal(left, 0);
});

test("a fetcher sends the page's own headers, by the page's own fetch", async (t) => {
  const { visitor, page } = await blank(all, t);
  const seen = await meanwhile(page.evaluate(async (model) => {
    const { createFetcher, configure } = await import("/pme/pme.js");
    const seen = [];
    const mine = (url, options) => {
      seen.push([new URL(url).pathname, options.headers.get("Authorization")]);
      return fetch(url, options);
    };
    configure({ endpoint: "/pme" });
    await createFetcher({ model, headers: async () => ({ Authorization: "Bearer mine" }), fetch: mine }).fetch();
    return seen;
  }, OFFICE));
  assert.deepEqual(seen, [["/pme/settings", "Bearer mine"], ["/pme/token", "Bearer mine"]]);
  await visitor.wantClean();
});
