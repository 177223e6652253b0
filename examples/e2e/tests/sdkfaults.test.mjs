// Showcase and its SDK when they come late, in part, or not at all.
import assert from "node:assert/strict";
import { test } from "node:test";
import { SHOWROOM, blank, says } from "../scenes.mjs";
import { OFFICE, WAREHOUSE, becomes, eventually, place, showcase, stage } from "../stage.mjs";

const all = stage();

test("a module of the SDK that fails once is loaded again", async (t) => {
  let asked = 0;
  const { page } = await blank(all, t, {
    before: ({ context }) => context.route("**/index.esm.js", (route) => ++asked === 1 ? route.fulfill({ status: 503, body: "" }) : route.continue()),
  });
  await place(page);
  await showcase(page);
});

test("a second script of the SDK that fails once is loaded again", async (t) => {
  let asked = 0;
  const { page } = await blank(all, t, {
    before: ({ context }) => context.route("**/sdk-client.js", (route) => ++asked === 1 ? route.fulfill({ status: 503, body: "" }) : route.continue()),
  });
  await place(page);
  await showcase(page);
  await becomes(page, "live");
});

test("where the SDK cannot be loaded, the visitor can reload the page", async (t) => {
  const { visitor, page } = await blank(all, t, { before: ({ context }) => context.route("**/sdk-client.js", (route) => route.fulfill({ status: 503, body: "" })) });
  await place(page);
  await says(page, "Reload this page");
  await visitor.context.unroute("**/sdk-client.js");
  const loaded = page.waitForEvent("load");
  await page.getByRole("link", { name: "Reload" }).click();
  await loaded;
});

test("a Showcase that still comes after 70 seconds is not begun again", async (t) => {
  let release;
  const gate = new Promise((go) => { release = go; });
  let frames = 0;
  const { visitor, page } = await blank(all, t, {
    before: ({ context }) => context.route("**/show?*", async (route) => { frames++; await gate; await route.continue(); }),
  });
  await place(page);
  await eventually(() => frames === 1, "the frame");
  await visitor.pass(90_000, 5000);
  release();
  await showcase(page);
  assert.equal(frames, 1);
});

test("a Showcase that has come and needs 70 seconds to answer is given more time", async (t) => {
  let frames = 0;
  const { visitor, page } = await blank(all, t, {
    before: async ({ context }) => {
      await context.route("**/show?*", (route) => { frames++; return route.continue(); });
      await context.addInitScript(() => {
        if (!location.pathname.endsWith("/show")) return;
        const begun = performance.now();
        addEventListener("message", (event) => { if (performance.now() - begun < 70_000) event.stopImmediatePropagation(); }, true);
      });
    },
  });
  await place(page);
  await eventually(() => page.locator("pme-space iframe").count(), "the frame");
  await visitor.pass(75_000, 5000);
  await says(page, "takes longer than usual");
  assert.doesNotMatch(visitor.console.join(), /Embedder-Policy/, "no fault of the page's");
  await visitor.pass(65_000, 5000);
  await becomes(page, "live");
  await showcase(page);
  assert.equal(frames, 2, "the second has twice the time");
});

for (const [where, path] of [["a page of the host's", "/blank"], ["the page of a space", "/pme/view/" + OFFICE]]) {
  test(`a tour in ${where} whose frame loads something else is not called live, and is opened again`, async (t) => {
    const { visitor, server } = await blank(all, t);
    const page = await visitor.open(path);
    if (path === "/blank") await place(page);
    const frame = await showcase(page);
    await becomes(page, "live");
    await page.evaluate(() => {
      window.states = [];
      const element = document.querySelector("pme-space");
      new MutationObserver(() => window.states.push(element.getAttribute("state"))).observe(element, { attributeFilter: ["state"] });
    });
    await eventually(() => frame.evaluate(() => document.readyState === "complete"), "the whole of the frame");
    for (let n = 0; n < 2; n++) await frame.evaluate(() => location.replace("about:blank")).catch(() => {}); // the first load may be Showcase's own
    await eventually(async () => (await page.evaluate(() => window.states))[0] === "opening", "the end of the tour");
    await becomes(page, "live");
    await showcase(page);
    assert.deepEqual((await server.counts()).token, 1, "the token is still good");
  });
}

test("one dead Showcase does not hold up the others", async (t) => {
  const { page } = await blank(all, t, { before: ({ context }) => context.route(/show\?.*m=yyHDFKzPzvN/, () => {}) });
  const started = await page.evaluate(() => performance.now());
  await place(page, { model: WAREHOUSE });
  await eventually(async () => await page.locator("pme-space iframe").count() === 1, "the dead frame");
  for (const model of [OFFICE, SHOWROOM]) await place(page, { model });
  await eventually(async () => await page.locator("pme-space iframe").count() === 3, "three frames at once");
  for (const nth of [1, 2]) await eventually(() => page.locator("pme-space").nth(nth).evaluate((e) => e.getAttribute("state") === "live"), "space " + nth);
  const took = await page.evaluate(() => performance.now()) - started;
  assert.ok(took < 45_000, `${took} ms`);
});
