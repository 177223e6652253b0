// examples/theming: a host's own templates and colours are on every page, in light and dark, and break no policy.
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { OFFICE, Visitor, here, overflow, run, screenshot, showcase, stage, wantAccessible } from "../stage.mjs";

const all = stage();

const ROOT = join(here, "../..");
const THEMING = join(here, "artifacts/bin/theming");
const COLOURS = {
  light: { ground: "rgb(251, 247, 244)", card: "rgb(255, 255, 255)", accent: "rgb(122, 31, 92)" },
  dark: { ground: "rgb(23, 19, 26)", card: "rgb(34, 28, 39)", accent: "rgb(240, 166, 214)" },
};

async function open(t, options = {}) {
  const { line } = await run(t, THEMING, ["-addr", "127.0.0.1:0"], { cwd: ROOT });
  const site = line.match(/http:\/\/[\d.:]+/)[0];
  const visitor = await Visitor.create(t, all.browser, { site, emulator: "no selector" }, { user: "", clock: false, ...options });
  const page = await visitor.open("/pme/");
  await wantAccessible(page); // the login
  await page.locator("button").click();
  await page.waitForURL(site + "/pme/");
  return { site, visitor, page };
}

const style = (page, selector, property) => page.locator(selector).first().evaluate((it, property) => getComputedStyle(it)[property], property);

/** The page has the company's ground and font, and its navigation instead of pme's own top. */
async function wantLook(page, { ground, accent }) {
  assert.equal(await style(page, "body", "backgroundColor"), ground);
  assert.match(await style(page, "body", "fontFamily"), /Georgia/);
  assert.equal(await style(page, "nav.nordwind", "backgroundColor"), accent);
  assert.equal(await page.locator("nav.nordwind").count(), 1);
  assert.equal(await page.locator(".pme-top, #pme-me").count(), 0, "the navigation says who is signed in");
  assert.equal(await overflow(page), 0);
  await wantAccessible(page);
}

for (const [colorScheme, colours] of Object.entries(COLOURS)) {
  test(`the company's look on every page, ${colorScheme}`, async (t) => {
    const { site, visitor, page } = await open(t, { colorScheme });
    assert.equal(await page.title(), "Spaces · Nordwind");
    await wantLook(page, colours);
    assert.equal(await style(page, ".pme-spaces a", "backgroundColor"), colours.card);
    assert.equal(await style(page, ".pme-spaces a", "borderRadius"), "4px");
    await screenshot(page, "theming-gallery-" + colorScheme);

    await page.goto(site + "/pme/view/" + OFFICE);
    await showcase(page);
    await wantLook(page, colours);
    assert.equal(await style(page, ".pme-bar", "backgroundColor"), colours.card);
    assert.equal(await style(page, "pme-space", "backgroundColor"), "rgb(36, 26, 46)", "the element has the property, too");
    await screenshot(page, "theming-view-" + colorScheme);

    for (const [what, path, status] of [["refused", "/pme/view/Zh14WDtkjdC", 403], ["nothing", "/pme/nothing", 404]]) {
      const answer = await page.goto(site + path);
      assert.equal(answer.status(), status);
      await wantLook(page, colours);
      await screenshot(page, `theming-${what}-${colorScheme}`);
    }

    await page.goto(site + "/");
    await wantLook(page, colours);
    assert.equal(await style(page, ".pme-spaces a", "backgroundColor"), colours.card, "the fragment in a page of the company's own");
    await screenshot(page, "theming-home-" + colorScheme);
    await visitor.wantClean({ except: /40[34]/ });
  });
}

test("the company's navigation is in the visitor's language", async (t) => {
  const { site, visitor, page } = await open(t, { locale: "de" });
  await page.getByRole("navigation").getByText("Alle Räume").waitFor();
  await page.goto(site + "/pme/view/Zh14WDtkjdC");
  assert.equal(await page.getAttribute("html", "lang"), "de");
  const arabic = await all.browser.newContext({ locale: "ar", storageState: await visitor.context.storageState() });
  t.after(() => arabic.close());
  const other = await arabic.newPage();
  await other.goto(site + "/pme/");
  assert.equal(await other.getAttribute("html", "dir"), "rtl");
  await wantAccessible(other);
  assert.equal(await overflow(other), 0);
});

test("forced colours leave nothing invisible", async (t) => {
  const { page } = await open(t, { forcedColors: "active" });
  await wantAccessible(page);
  assert.notEqual(await style(page, ".pme-spaces a", "borderTopWidth"), "0px", "cards have a border");
});

/** What WCAG 1.4.12 lets a visitor set. */
const SPACED = "* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important } p { margin-bottom: 2em !important }";

test("a window of 320 pixels and wide spacing cut off nothing", async (t) => {
  const { site, page } = await open(t, { viewport: { width: 320, height: 568 }, locale: "de" });
  for (const path of ["/pme/", "/pme/view/" + OFFICE, "/pme/view/Zh14WDtkjdC", "/"]) {
    await page.goto(site + path);
    await page.evaluate((rules) => {
      const spaced = new CSSStyleSheet();
      spaced.replaceSync(rules);
      document.adoptedStyleSheets.push(spaced);
    }, SPACED);
    assert.equal(await overflow(page), 0, path);
    await wantAccessible(page);
  }
  assert.equal(await page.goto(site + "/pme/view/Zh14WDtkjdC").then(() => page.title()), "Sie haben keinen Zugang zu diesem Raum. · Räume · Nordwind");
});

test("a style sheet can have the pages in light only", async (t) => {
  const { page } = await open(t, { colorScheme: "dark" });
  await page.evaluate(() => {
    const light = new CSSStyleSheet();
    light.replaceSync(":root body { color-scheme: light; }");
    document.adoptedStyleSheets.push(light);
  });
  assert.equal(await style(page, "body", "backgroundColor"), COLOURS.light.ground);
  assert.equal(await style(page, ".pme-spaces a", "backgroundColor"), COLOURS.light.card);
  await wantAccessible(page);
});

test("signing out of the company's site ends the session", async (t) => {
  const { site, visitor, page } = await open(t);
  await page.getByRole("link", { name: "Sign out" }).click();
  await wantAccessible(page);
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  await wantAccessible(page);
  assert.equal((await visitor.context.request.get(site + "/pme/token?modelId=" + OFFICE)).status(), 401);
});
