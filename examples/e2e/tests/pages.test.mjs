// The pages: what they weigh, whom they serve, and how they look.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { OFFICE, eventually, here, overflow, place, screenshot, showcase, stage, wantAccessible } from "../stage.mjs";

const all = stage();

test("pme.js is small", () => {
  const size = gzipSync(readFileSync(here + "../../pages/assets/pme.js"), { level: 9 }).length;
  console.log(`# pme.js: ${size} bytes gzipped`);
  assert.ok(size <= 10 * 1024, `${size} bytes`);
});

test("a gallery of 50 spaces is light, searchable and accessible", async (t) => {
  const server = await all.serve(t, "-models", "50");
  const visitor = await all.visitor(t, server, { clock: false });
  const page = await visitor.context.newPage();
  const answers = [];
  page.on("response", (response) => answers.push(response));
  await page.goto(server.site + "/pme/");
  await page.waitForLoadState("networkidle");
  let weight = 0;
  for (const answer of answers) {
    if (/^http/.test(answer.url()) && !answer.url().includes("/thumb/")) weight += (await answer.body()).length;
  }
  console.log(`# gallery of 50 spaces: ${weight} bytes without thumbnails, uncompressed`);
  assert.ok(weight > 0 && weight <= 60 * 1024, `${weight} bytes`);
  const view = await (await page.request.get(server.site + "/pme/view/" + OFFICE)).body();
  console.log(`# the page of a space: ${view.length} bytes, ${gzipSync(view, { level: 9 }).length} gzipped`);
  assert.ok(view.length <= 40 * 1024, `${view.length} bytes`);
  await wantAccessible(page);
  const spaces = page.getByRole("listitem");
  assert.equal(await spaces.count(), 50);

  const search = page.getByRole("searchbox");
  await search.fill("canteen");
  assert.equal(await spaces.count(), 5, "while one types");
  await search.fill("no such room");
  await page.getByText("Nothing found").waitFor();
  await wantAccessible(page);
  await search.fill("Guest house");
  await search.press("Enter");
  await page.waitForURL(/\?q=Guest\+house/);
  assert.equal(await spaces.count(), 6, "by the server");
  await page.getByRole("link", { name: "Show all" }).click();
  await eventually(async () => (await spaces.count()) === 50, "all of them");

  for (let i = 0; i < 5; i++) await page.keyboard.press("Tab"); // search field, its button, groups, order, and the first space
  assert.match(await page.evaluate(() => document.activeElement.href), /\/pme\/view\//);
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/pme\/view\//);
  await showcase(page);
  await visitor.wantClean();
});

for (const scheme of ["light", "dark"]) {
  test(`the pages in ${scheme}`, async (t) => {
    const server = await all.serve(t, "-models", "12");
    const visitor = await all.visitor(t, server, { clock: false, colorScheme: scheme, reducedMotion: "reduce" });
    const page = await visitor.open("/pme/");
    await page.waitForLoadState("networkidle");
    await wantAccessible(page);
    await screenshot(page, "gallery-" + scheme);
    await page.getByRole("link", { name: "Head office", exact: true }).click();
    await showcase(page);
    await wantAccessible(page);
    await page.waitForTimeout(500);
    await screenshot(page, "view-" + scheme);
    await page.goto(server.site + "/pme/view/XXXXXXXXXXX");
    await page.getByRole("heading", { name: "You do not have access to this space." }).waitFor();
    await wantAccessible(page);
    await screenshot(page, "refused-" + scheme);
    await visitor.wantClean({ except: /403/ });
  });
}

test("the pages on a phone, on a wall, and with nothing in them", async (t) => {
  const server = await all.serve(t, "-models", "12");
  const visitor = await all.visitor(t, server, { clock: false, viewport: { width: 390, height: 780 }, isMobile: true, hasTouch: true });
  const page = await visitor.open("/pme/");
  await page.waitForLoadState("networkidle");
  assert.equal(await overflow(page), 0);
  await wantAccessible(page);
  await screenshot(page, "gallery-phone");
  await page.getByRole("link", { name: "Head office", exact: true }).click();
  await showcase(page);
  assert.equal(await overflow(page), 0);
  await page.waitForTimeout(500);
  await screenshot(page, "view-phone");

  const wall = await all.visitor(t, server, { clock: false, viewport: { width: 3840, height: 2160 } });
  const large = await wall.open("/pme/");
  await large.waitForLoadState("networkidle");
  await screenshot(large, "gallery-wall");

  const bob = await all.visitor(t, server, { clock: false, user: "bob" });
  const empty = await bob.open("/pme/");
  await empty.getByText("No spaces yet").waitFor();
  await wantAccessible(empty);
  await screenshot(empty, "gallery-empty");
});

test("each state of a space can be read by everybody", async (t) => {
  const server = await all.serve(t);
  const visitor = await all.visitor(t, server, { clock: false, reducedMotion: "reduce" });
  const page = await visitor.open("/pme/view/" + OFFICE);
  await showcase(page);
  const element = page.locator("pme-space");
  for (const [name, act, state] of [
    ["opening", () => server.fail("hang"), "opening"],
    ["waiting", () => server.fail("503"), "opening"],
    ["denied", () => server.post("withdraw", { user: "alice" }), "access_denied"],
  ]) {
    await act();
    if (name === "denied") await server.heal();
    await element.evaluate((e) => e.setAttribute("model", e.getAttribute("model") === "yyHDFKzPzvN" ? "JGPnGQ6hosj" : "yyHDFKzPzvN"));
    await eventually(async () => (await element.getAttribute("state")) === state, state);
    await page.waitForTimeout(200);
    await wantAccessible(page);
    await screenshot(page, "space-" + name);
  }
});

test("the SDK is taken only as it was configured", async (t) => {
  const server = await all.serve(t, "-integrity");
  const visitor = await all.visitor(t, server, { clock: false });
  const page = await visitor.open("/pme/view/" + OFFICE);
  await showcase(page);
  await visitor.wantClean();

  const victim = await all.visitor(t, server, { clock: false });
  await victim.context.route("**/index.esm.js", async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: await response.text() + "\nwindow.harmed = true;" });
  });
  const attacked = await victim.open("/pme/view/" + OFFICE);
  await eventually(() => victim.problems.some((text) => /integrity/i.test(text)), "the browser's refusal");
  assert.equal(await attacked.evaluate(() => window.harmed), undefined);
});

test("the pages allow no other script, frame or style", async (t) => {
  const server = await all.serve(t);
  const visitor = await all.visitor(t, server, { clock: false });
  const page = await visitor.open("/pme/view/" + OFFICE);
  await showcase(page);
  const violated = await page.evaluate(async (npm) => {
    const seen = [];
    document.addEventListener("securitypolicyviolation", (event) => seen.push(event.effectiveDirective));
    const add = (tag, properties) => document.body.append(Object.assign(document.createElement(tag), properties));
    add("script", { textContent: "window.harmed = true" });
    add("script", { src: location.origin + "/pme/pme.js?unasked" });
    add("iframe", { src: location.origin + "/blank" });
    add("style", { textContent: "* { color: red }" });
    await fetch(npm).catch(() => {});
    await new Promise((done) => setTimeout(done, 500));
    return { seen: [...new Set(seen)].sort(), harmed: window.harmed };
  }, server.npm);
  assert.deepEqual(violated, { seen: ["connect-src", "frame-src", "script-src-elem", "style-src-elem"], harmed: undefined });
});

test("a host's style for main leaves the space its place", async (t) => {
  const server = await all.serve(t, "-sdk", "own");
  const visitor = await all.visitor(t, server, { bypassCSP: true });
  const page = await visitor.context.newPage();
  await page.goto(server.site + "/pme/view/" + OFFICE);
  await page.addStyleTag({ content: "main { max-width: 40rem; margin: 2rem auto; padding: 0 3rem }" });
  await showcase(page);
  const window = page.viewportSize();
  const box = await page.locator("pme-space").boundingBox();
  assert.deepEqual([box.x, box.width], [0, window.width], "the space is as wide as the window");
  assert.ok(box.height > window.height / 2, `${box.height} of ${window.height}`);
});

test("a gallery that shows only a part asks the server while one types, and Back brings the words back", async (t) => {
  const server = await all.serve(t, "-models", "351");
  const visitor = await all.visitor(t, server, { clock: false });
  const page = await visitor.open("/pme/");
  const spaces = page.locator(".pme-spaces li");
  assert.equal(await spaces.count(), 60);
  await page.getByRole("searchbox").fill("Workshop 39");
  await eventually(async () => (await spaces.count()) === 1, "the space that was not shown");
  assert.match(page.url(), /\?q=Workshop\+39$/);
  await page.getByRole("searchbox").fill("no such room");
  await page.getByText("Nothing found").waitFor();
  await page.getByRole("searchbox").fill("Workshop 39");
  await page.getByRole("link", { name: "Workshop 39" }).click();
  await page.waitForURL(/\/view\//);
  await page.goBack();
  assert.equal(await page.getByRole("searchbox").inputValue(), "Workshop 39");
  assert.equal(await spaces.count(), 1);
  assert.deepEqual(visitor.problems, []);
});
