// The frameworks example: pages of React 18, React 19, Vue and htmx that mount a space, change it, and unmount it.
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { FRAMEWORKS, OFFICE, WAREHOUSE, becomes, eventually, here, overflow, run, screenshot, settle, showcase, stage, wantAccessible } from "../stage.mjs";

const all = stage();
const example = join(here, "../frameworks");

/** Runs the example and signs alice in, on the way to a page. */
async function arrive(t, path) {
  const args = ["-addr", "127.0.0.1:0", "-valid-for", "92s", "-refresh-before", "62s", "-allow", join(example, "allow.yaml"), "-dist", join(example, "dist")];
  const { line } = await run(t, FRAMEWORKS, args);
  const visitor = await all.visitor(t, { site: line.match(/http:\/\/[0-9.:]+/)[0] }, { clock: false, user: "" });
  await visitor.context.clock.install();
  const page = await visitor.open(path);
  await page.waitForURL(/\/login/);
  await signIn(page);
  await page.waitForURL(visitor.server.site + path);
  return { visitor, page };
}

async function signIn(page) {
  await page.getByLabel("Name").fill("alice");
  await page.getByLabel("Password").fill("demo");
  await page.getByRole("button", { name: "Sign in" }).click();
}

const says = (page, state) => eventually(async () => await page.locator("output").textContent() === state, "the word " + state);

/** The one space of the page shows a model, and is live. */
async function shows(page, model) {
  await eventually(async () => (await showcase(page)).evaluate((model) => document.body.dataset.model === model, model).catch(() => false), "the space " + model);
  assert.equal(await page.locator("pme-space").count(), 1);
  assert.equal(await page.locator("pme-space iframe").count(), 1);
  await becomes(page, "live");
  await says(page, "live");
}

const choose = (page, label) => page.getByRole("combobox", { name: "Space" }).selectOption({ label });

const tokensAsked = (visitor) => visitor.urls.filter(({ url }) => new URL(url).pathname === "/pme/token").length;

/** Everything that every page can do, after its space was opened. */
async function useSpace(visitor, page, open) {
  await open();
  await shows(page, OFFICE);
  await wantAccessible(page);
  assert.equal(await overflow(page), 0);

  await choose(page, "Warehouse");
  await shows(page, WAREHOUSE);
  const before = await showcase(page);
  await page.getByRole("button", { name: "Reload" }).click();
  await eventually(() => before.isDetached(), "the end of the frame");
  await shows(page, WAREHOUSE);
  const mounted = tokensAsked(visitor);
  await eventually(async () => {
    await visitor.context.clock.runFor(5_000); // a request may take 15 seconds of the page's time
    return tokensAsked(visitor) > mounted;
  }, "the refresh");
  await shows(page, WAREHOUSE);

  await page.getByRole("button", { name: "Close" }).click();
  await eventually(async () => await page.locator("pme-space").count() === 0, "the end of the element");
  assert.equal(page.frames().length, 1);
  await settle(200);
  const unmounted = visitor.urls.length;
  await visitor.context.clock.runFor(20 * 60_000);
  await settle(200);
  assert.deepEqual(visitor.urls.slice(unmounted), [], "requests after the end of the element");
}

for (const [path, heading] of Object.entries({ "/react18": "React 18", "/react19": "React 19", "/vue": "Vue" })) {
  test(`a page of ${heading} mounts a space, changes it, and unmounts it`, async (t) => {
    const { visitor, page } = await arrive(t, path);
    assert.equal(await page.getByRole("heading", { level: 1 }).textContent(), heading);
    const open = () => page.getByRole("button", { name: "Open" }).click();
    await choose(page, "Head office");
    await useSpace(visitor, page, open);
    await open();
    await shows(page, WAREHOUSE);
    await screenshot(page, "frameworks-" + path.slice(1));
    await visitor.wantClean();
  });
}

test("a page of htmx searches the gallery, and swaps a space in and out", async (t) => {
  const { visitor, page } = await arrive(t, "/htmx");
  await page.evaluate(() => { window.stays = true; });
  const tiles = page.locator(".pme-gallery ul.pme-spaces a");
  assert.equal(await tiles.count(), 12);
  await wantAccessible(page);
  const open = async (name) => {
    await page.locator(".pme-search [name=q]").fill(name);
    await page.locator(".pme-search [name=q]").press("Enter");
    await page.waitForURL((url) => url.searchParams.get("q") === name);
    await eventually(async () => await tiles.count() === 1 && (await tiles.first().textContent()).toLowerCase() === name, "the result");
    await tiles.first().click();
  };
  await useSpace(visitor, page, () => open("head office"));
  await open("warehouse");
  await shows(page, WAREHOUSE);
  assert.equal(await page.evaluate(() => window.stays), true, "the page was not loaded anew");
  await screenshot(page, "frameworks-htmx");

  await page.goBack();
  await eventually(async () => await tiles.first().textContent() === "Head office", "the earlier search");
  await visitor.wantClean();
});

test("a page of htmx leads to the login when the session has ended", async (t) => {
  const { visitor, page } = await arrive(t, "/htmx");
  await visitor.context.clearCookies();
  await page.locator(".pme-gallery ul.pme-spaces a").first().click();
  await page.waitForURL(/\/login\?next=%2Fhtmx$/);
});

test("pme's own pages have the company's parts", async (t) => {
  const { visitor, page } = await arrive(t, "/pme/view/" + OFFICE);
  await showcase(page);
  await wantAccessible(page);
  await screenshot(page, "frameworks-view");
  await page.getByRole("link", { name: "All spaces" }).first().click();
  await page.waitForURL(visitor.server.site + "/pme/");
  assert.equal(await page.getByRole("contentinfo").count(), 1);
  await wantAccessible(page);
  await screenshot(page, "frameworks-gallery");
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.waitForURL(/\/login$/);
  await wantAccessible(page);
  await screenshot(page, "frameworks-login");
  await visitor.wantClean();
});
