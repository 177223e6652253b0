// The frameworks example: pages of React 18, React 19, Vue and htmx that mount a space, change it, and unmount it.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { FRAMEWORKS, OFFICE, WAREHOUSE, becomes, eventually, here, overflow, run, screenshot, settle, showcase, stage, wantAccessible } from "../stage.mjs";

const all = stage();
const example = join(here, "../frameworks");
const dist = join(example, "dist");

/** Runs the example and signs alice in, on the way to a page. */
async function arrive(t, path, bundles = dist) {
  const args = ["-addr", "127.0.0.1:0", "-valid-for", "92s", "-refresh-before", "62s", "-allow", join(example, "allow.yaml"), "-dist", bundles];
  const { line } = await run(t, FRAMEWORKS, args);
  const visitor = await all.visitor(t, { site: line.match(/http:\/\/[0-9.:]+/)[0] }, { clock: false, user: "" });
  await visitor.context.clock.install();
  const page = await visitor.open(path);
  await page.waitForURL(/\/login/);
  await page.getByLabel("Name").fill("alice");
  await page.getByLabel("Password").fill("demo");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL(visitor.server.site + path);
  return { visitor, page };
}

/** The one space of the page shows a model, and is live. */
async function shows(page, model) {
  await eventually(async () => (await showcase(page)).evaluate((model) => document.body.dataset.model === model, model).catch(() => false), "the space " + model);
  assert.equal(await page.locator("pme-space").count(), 1);
  assert.equal(await page.locator("pme-space iframe").count(), 1);
  await becomes(page, "live");
  await eventually(async () => await page.locator("output").textContent() === "live", "the word live");
}

const choose = (page, label) => page.getByRole("combobox", { name: "Space" }).selectOption({ label });

const press = (page, name) => page.getByRole("button", { name }).click();

const tokensAsked = (visitor) => visitor.urls.filter(({ url }) => new URL(url).pathname === "/pme/token").length;

/** What is the same on every page once a space is open: another model, a reload, a refresh, and the end. */
async function useSpace(visitor, page) {
  await shows(page, OFFICE);
  assert.equal(tokensAsked(visitor), 1);
  await wantAccessible(page);
  assert.equal(await overflow(page), 0);

  await choose(page, "Warehouse");
  await shows(page, WAREHOUSE);
  const before = await showcase(page);
  await press(page, "Reload");
  await eventually(() => before.isDetached(), "the end of the frame");
  await shows(page, WAREHOUSE);

  const mounted = tokensAsked(visitor);
  await eventually(async () => {
    await visitor.context.clock.runFor(5_000); // a request may take 15 seconds of the page's time
    return tokensAsked(visitor) > mounted;
  }, "the refresh");
  await shows(page, WAREHOUSE);
  await press(page, "Close");
  await wantNothingLeft(visitor, page);
}

/** No element, no frame, and no timer that asks for anything. */
async function wantNothingLeft(visitor, page) {
  await eventually(async () => await page.locator("pme-space").count() === 0, "the end of the element");
  assert.equal(page.frames().length, 1);
  await settle(200);
  const asked = visitor.urls.length;
  await visitor.context.clock.runFor(20 * 60_000);
  await settle(200);
  assert.deepEqual(visitor.urls.slice(asked), []);
}

/** Builds a page of React in which StrictMode runs every effect twice, as it does in development. */
async function inDevelopment(t, name) {
  const bundles = mkdtempSync(join(tmpdir(), "pme-dist-"));
  t.after(() => rmSync(bundles, { recursive: true }));
  cpSync(dist, bundles, { recursive: true });
  const args = ["build", name, "--mode", "development", "--outDir", join(bundles, name), "--logLevel", "warn"];
  await promisify(execFile)(join(example, "node_modules/.bin/vite"), args, { cwd: example, env: { ...process.env, NODE_ENV: "development" } });
  return bundles;
}

const production = () => dist;

for (const [what, name, bundles] of [
  ["React 18", "react18", production], ["React 18 in development", "react18", inDevelopment],
  ["React 19", "react19", production], ["React 19 in development", "react19", inDevelopment],
  ["Vue", "vue", production],
]) {
  test(`a page of ${what} mounts a space, changes it, and unmounts it`, async (t) => {
    const { visitor, page } = await arrive(t, "/" + name, await bundles(t, name));
    await choose(page, "Head office");
    await press(page, "Open");
    await useSpace(visitor, page);
    await press(page, "Open");
    await shows(page, WAREHOUSE);
    await screenshot(page, "frameworks-" + name);
    await visitor.wantClean({ except: /React DevTools/ });
  });
}

test("a page of htmx searches the gallery, and swaps a space in and out", async (t) => {
  const { visitor, page } = await arrive(t, "/htmx");
  await page.evaluate(() => { window.stays = true; });
  const tiles = page.locator(".pme-gallery ul.pme-spaces a");
  const tile = (id) => page.locator(`.pme-gallery ul.pme-spaces a[href*="view/${id}"]`);
  const search = async (text, id) => {
    await page.locator(".pme-search [name=q]").fill(text);
    await page.locator(".pme-search [name=q]").press("Enter");
    await page.waitForURL((url) => url.searchParams.get("q") === text);
    await eventually(async () => await tiles.count() === 1 && await tile(id).count() === 1, "the result");
  };
  assert.ok(await tiles.count() > 1);
  await wantAccessible(page);
  await search("head office", OFFICE);
  await tile(OFFICE).click();
  await useSpace(visitor, page);
  await search("warehouse", WAREHOUSE);
  await tile(WAREHOUSE).click();
  await shows(page, WAREHOUSE);
  assert.equal(await page.evaluate(() => window.stays), true, "the page was loaded anew");
  await screenshot(page, "frameworks-htmx");

  await page.goBack();
  await eventually(async () => await tile(OFFICE).count() === 1, "the search before");
  await visitor.wantClean();
});

test("a page of htmx follows any link and form of the gallery without being loaded anew", async (t) => {
  const { visitor, page } = await arrive(t, "/htmx");
  const more = `<a href="?q=house&amp;page=2">Next</a>
    <form method="get" action="?"><input type="hidden" name="q" value="house"><label>Sort <select name="sort"><option>new</option></select></label><button>Go</button></form>`;
  await visitor.context.route(/\/htmx(\?|$)/, async (route) => {
    const response = await route.fetch();
    return route.fulfill({ response, body: (await response.text()).replace(/<div class="pme-gallery"[^>]*>/, (start) => start + more) });
  });
  await page.reload();
  await page.evaluate(() => { window.stays = true; });
  await page.getByRole("link", { name: "Next" }).click();
  await page.waitForURL((url) => url.searchParams.get("q") === "house" && url.searchParams.get("page") === "2");
  await eventually(async () => await page.locator(".pme-search [name=q]").inputValue() === "house", "the page that the link leads to");
  await press(page, "Go");
  await page.waitForURL((url) => url.searchParams.get("q") === "house" && url.searchParams.get("sort") === "new" && !url.searchParams.has("page"));
  assert.equal(await page.locator(".pme-gallery").count(), 1);
  assert.equal(await page.evaluate(() => window.stays), true, "the page was loaded anew");
});

test("a page of htmx leads to the login when the session has ended", async (t) => {
  const { visitor, page } = await arrive(t, "/htmx");
  await visitor.context.clearCookies();
  await page.locator(".pme-gallery ul.pme-spaces a").first().click();
  await page.waitForURL(/\/login\?next=%2Fhtmx$/);
});

test("pme's pages have the company's header and footer", async (t) => {
  const { visitor, page } = await arrive(t, "/pme/view/" + OFFICE);
  await showcase(page);
  await wantAccessible(page);
  await screenshot(page, "frameworks-view");
  await page.getByRole("navigation", { name: "Tideline" }).getByRole("link", { name: "All spaces" }).click();
  await page.waitForURL(visitor.server.site + "/pme/");
  await page.getByRole("contentinfo").getByText("Tideline").waitFor();
  await wantAccessible(page);
  await screenshot(page, "frameworks-gallery");
  await press(page, "Sign out");
  await page.waitForURL(/\/login$/);
  await wantAccessible(page);
  await screenshot(page, "frameworks-login");
  await visitor.wantClean();
});
