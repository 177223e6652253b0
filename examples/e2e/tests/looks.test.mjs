// How the pages look, in every size, colour and direction: nothing overflows, shifts, violates the policy or is found by axe.
// The screenshots are for people to look at.
import assert from "node:assert/strict";
import { test } from "node:test";
import { OFFICE, overflow, screenshot, settle, showcase, stage, wantAccessible } from "../stage.mjs";

const all = stage();

const SIZES = {
  360: { viewport: { width: 360, height: 800 }, isMobile: true, hasTouch: true },
  768: { viewport: { width: 768, height: 1024 } },
  1440: { viewport: { width: 1440, height: 900 } },
  2560: { viewport: { width: 2560, height: 1440 } },
};

const LOOKS = {
  ...Object.fromEntries(Object.entries(SIZES).map(([width, size]) => [width, size])),
  "1440 dark": { ...SIZES[1440], colorScheme: "dark" },
  "1440 forced colours": { ...SIZES[1440], forcedColors: "active" },
  "360 dark": { ...SIZES[360], colorScheme: "dark" },
  "360 text 200": { ...SIZES[360], text: 200 },
  "1440 text 200": { ...SIZES[1440], text: 200 },
  "360 rtl": { ...SIZES[360], locale: "ar" },
  "1440 rtl": { ...SIZES[1440], locale: "ar" },
  "360 rtl text 200": { ...SIZES[360], locale: "ar", text: 200 },
  "1440 german": { ...SIZES[1440], locale: "de-AT" },
  "360 german text 200": { ...SIZES[360], locale: "de", text: 200 },
};

/** Layout shifts that no input has caused. */
const shifts = (page) => page.evaluate(() => window.shifted);
const watchShifts = (context) => context.addInitScript(() => {
  window.shifted = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifted += entry.value;
  }).observe({ type: "layout-shift", buffered: true });
});

/** No word of a text is cut off. */
const cut = (page) => page.evaluate(() => [...document.querySelectorAll("h1, h2, a, button, p, select, .pme-name, .pme-detail")]
  .filter((e) => e.offsetParent && !e.closest("[hidden]") && e.matches("h1, h2, .pme-name, .pme-detail, .pme-who, .pme-back")
    && (e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).display !== "inline"))
  .map((e) => e.outerHTML.slice(0, 120)));

async function judge(page, name, { text }) {
  if (text) await page.addStyleTag({ content: "" }).catch(() => {});
  assert.equal(await overflow(page), 0, name + " overflows");
  assert.deepEqual(await cut(page), [], name);
  await wantAccessible(page);
  await screenshot(page, "look-" + name);
}

for (const [look, { text = 100, ...options }] of Object.entries(LOOKS)) {
  test(`the pages at ${look}`, async (t) => {
    const server = await all.serve(t, "-models", "70", "-full");
    const visitor = await all.visitor(t, server, { clock: false, reducedMotion: "reduce", ...options });
    await watchShifts(visitor.context);
    // What a browser's setting for the size of text does: the root's size is what rem is.
    if (text !== 100) await visitor.context.addInitScript((size) => {
      new MutationObserver((_, observer) => {
        if (!document.documentElement) return;
        document.documentElement.style.fontSize = size + "%";
        observer.disconnect();
      }).observe(document, { childList: true });
    }, text);
    await visitor.context.route(/\/thumb\/.*(Space000006|Space000007)/, (route) => route.abort());

    const page = await visitor.open("/pme/");
    await page.waitForLoadState("networkidle");
    const name = look.replaceAll(" ", "-");
    await judge(page, "gallery-" + name, { text });
    await page.goto(server.site + "/pme/?group=folder&page=2");
    await page.waitForLoadState("networkidle");
    await judge(page, "groups-" + name, { text });
    assert.equal(await shifts(page), 0);

    await page.goto(server.site + "/pme/view/Space000004");
    await showcase(page);
    await page.locator(".pme-next").hover();
    await page.waitForFunction(() => document.querySelector(".pme-next[title]"));
    await settle(500);
    await judge(page, "view-" + name, { text });
    assert.equal(await shifts(page), 0);
    const menu = page.locator("[popovertarget]");
    await menu.click();
    await judge(page, "menu-" + name, { text });

    for (const [what, path] of [["refused", "view/XXXXXXXXXXX"], ["nothing", "nothing"], ["mistyped", "view/x"]]) {
      await page.goto(server.site + "/pme/" + path);
      await judge(page, what + "-" + name, { text });
      assert.equal(await shifts(page), 0);
    }
    await page.goto(server.site + "/pme/?q=nothing+like+it");
    await judge(page, "nothing-found-" + name, { text });
    await page.goto(server.site + "/pme/signed-in");
    await wantAccessible(page);
    await visitor.wantClean({ except: /40[034]|thumb|ERR_FAILED|may close only/ });
  });
}

test("somebody without spaces, and somebody with one", async (t) => {
  const server = await all.serve(t, "-full");
  const bob = await all.visitor(t, server, { clock: false, user: "bob", locale: "de" });
  const empty = await bob.open("/pme/");
  await empty.getByRole("heading", { name: "Noch keine Räume" }).waitFor();
  await wantAccessible(empty);
  await screenshot(empty, "look-empty");

  const carol = await all.visitor(t, server, { clock: false, user: "carol" });
  const page = await carol.open("/pme/");
  await page.waitForURL("**/pme/view/" + OFFICE);
  await showcase(page);
  await page.getByRole("link", { name: "All spaces" }).click();
  await page.waitForURL(/\/pme\/\?at=/);
  assert.equal(await page.getByRole("listitem").count(), 1);
  await wantAccessible(page);
});

for (const [look, options] of Object.entries({ light: {}, dark: { colorScheme: "dark" }, "forced colours": { forcedColors: "active" }, rtl: { locale: "ar" } })) {
  test(`what is seen in trouble, in ${look}`, async (t) => {
    const server = await all.serve(t, "-models", "12", "-full");
    const visitor = await all.visitor(t, server, { clock: false, reducedMotion: "reduce", ...options });
    await watchShifts(visitor.context);
    const name = look.replaceAll(" ", "-");
    const page = await visitor.context.newPage();
    const seen = async (what, path) => {
      if (path) await page.goto(server.site + path);
      await judge(page, what + "-" + name, {});
      assert.equal(await shifts(page), 0, what);
    };
    await server.post("outage"); // before anything is listed
    await seen("outage", "/pme/");
    await page.goto(server.site + "/blank");
    await page.evaluate(() => new Promise((loaded) => { // a signed-out person, in a frame
      document.cookie = "e2e=; Max-Age=0";
      document.body.append(Object.assign(document.createElement("iframe"), { src: "/pme/", title: "pme", onload: loaded }));
    }));
    await server.post("end-session", { user: "alice" });
    await page.locator("iframe").evaluate((frame) => new Promise((loaded) => { frame.onload = loaded; frame.contentWindow.location.reload(); }));
    const refused = page.frames()[1];
    await refused.getByRole("main").waitFor();
    assert.match(await refused.locator("h1").textContent(), /Please sign in|يُرجى/);
    await server.post("forget");
    await seen("unknown", "/pme/");
  });
}
