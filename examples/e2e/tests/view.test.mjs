// The page of a space: its tools, links to a spot, and the way through it by keyboard alone.
import assert from "node:assert/strict";
import { test } from "node:test";
import { OFFICE, eventually, showcase, stage } from "../stage.mjs";

const all = stage();

async function view(t, path, { server: args = [], ...options } = {}) {
  const server = await all.serve(t, "-models", "12", "-full", ...args);
  const visitor = await all.visitor(t, server, { clock: false, permissions: ["clipboard-read", "clipboard-write"], ...options });
  const page = await visitor.open("/pme/view/" + path);
  const frame = await showcase(page);
  return { server, visitor, page, frame };
}

const stands = (frame) => frame.evaluate(() => ({ ...document.body.dataset }));

for (const sdk of ["real", "own"]) {
  test(`a link to a spot leads there, and the address follows the visitor (${sdk} SDK)`, async (t) => {
    const { page, frame, visitor } = await view(t, OFFICE + "?ss=3&sr=0,1&lang=de&q=o", { server: ["-sdk", sdk] });
    const { sweep, lang } = await stands(frame);
    assert.deepEqual([sweep, lang], ["3", "de"]);
    assert.equal(visitor.urls.filter(({ url }) => /\/show\?/.test(url)).length, 1, "the frame of the markup was of this spot");
    await frame.locator("#stage").focus();
    await page.keyboard.press("ArrowUp");
    await eventually(() => new URL(page.url()).searchParams.get("ss") === "4", "the address of the next spot");
    assert.equal(new URL(page.url()).searchParams.get("q"), "o", "the rest stays");
    const before = new URL(page.url()).searchParams.get("sr");
    await page.keyboard.press("ArrowLeft");
    await eventually(() => new URL(page.url()).searchParams.get("sr") !== before, "the address of another direction");
    assert.equal(visitor.tokens.size > 0 && [...visitor.tokens].some((token) => page.url().includes(token)), false);
    await page.reload();
    assert.equal((await stands(await showcase(page))).sweep, "4", "after a reload");
    await visitor.wantClean();
  });
}

test("walking leads away from the start that a link names", async (t) => {
  const { page, frame } = await view(t, OFFICE + "?start=5.1_x-y");
  assert.equal((await stands(frame)).start, "5.1_x-y");
  await frame.locator("#stage").focus();
  await page.keyboard.press("ArrowUp");
  await eventually(() => new URL(page.url()).searchParams.get("ss") === "2", "the next spot");
  assert.equal(new URL(page.url()).searchParams.has("start"), false);
});

test("the link is copied with the spot in it", async (t) => {
  const { page, frame } = await view(t, OFFICE);
  await frame.locator("#stage").focus();
  await page.keyboard.press("ArrowUp");
  await eventually(async () => (await stands(frame)).sweep === "2", "the walk");
  await page.getByRole("button", { name: "Copy link" }).click();
  await page.getByText("The link is copied.").waitFor();
  const link = new URL(await page.evaluate(() => navigator.clipboard.readText()));
  assert.equal(link.pathname, "/pme/view/" + OFFICE);
  assert.equal(link.searchParams.get("ss"), "2");
});

test("where the clipboard is not to be had, the link can be copied by hand", async (t) => {
  const { page } = await view(t, OFFICE);
  await page.evaluate(() => Object.defineProperty(navigator, "clipboard", { value: undefined }));
  const asked = page.waitForEvent("dialog");
  await page.getByRole("button", { name: "Copy link" }).click({ noWaitAfter: true });
  const dialog = await asked;
  assert.match(dialog.defaultValue(), /\/pme\/view\//);
  await dialog.dismiss();
});

test("a space can be shared where the browser can, and nowhere else", async (t) => {
  const { page, server, visitor } = await view(t, OFFICE);
  assert.equal(await page.getByRole("button", { name: "Share" }).count(), 0, "invisible");
  await visitor.context.addInitScript(() => { navigator.share = async (data) => { window.shared = data; }; });
  await page.goto(server.site + "/pme/view/" + OFFICE + "?ss=2");
  await showcase(page);
  await page.getByRole("button", { name: "Share" }).click();
  await eventually(() => page.evaluate(() => window.shared), "the share");
  const { title, url } = await page.evaluate(() => window.shared);
  assert.equal(title, "Head office");
  assert.match(url, /ss=2/);
});

test("the space fills the screen, and leaves it again", async (t) => {
  const { page, frame } = await view(t, OFFICE);
  await page.getByRole("button", { name: "Full screen" }).click();
  await eventually(() => page.evaluate(() => document.fullscreenElement?.className === "pme-stage"), "full screen");
  assert.equal(await frame.evaluate(() => document.body.dataset.state), "live", "the same tour");
  await page.evaluate(() => document.exitFullscreen());
  await eventually(() => page.evaluate(() => !document.fullscreenElement), "the window");
});

test("the spaces before and after are those of the list that one came from", async (t) => {
  const { page, server } = await view(t, OFFICE);
  await page.goto(server.site + "/pme/?sort=-name");
  const ids = await page.locator("li[data-id]").evaluateAll((all) => all.map((li) => li.dataset.id));
  await page.locator("#pme-" + ids[1]).click();
  await showcase(page);
  assert.equal((await server.counts()).adjacent, undefined, "a list that nobody reaches for is not asked for");
  const next = page.getByRole("link", { name: /^Next space/ });
  await next.focus();
  await page.getByRole("link", { name: /^Next space: / }).waitFor();
  await next.click();
  await page.waitForURL(new RegExp(ids[2] + "\\?sort=-name"));
  await showcase(page);
  await page.evaluate(() => document.querySelector(".pme-previous").click()); // without focus, as a screen reader does
  await page.waitForURL(new RegExp(ids[1]));
  await page.goto(server.site + "/pme/view/" + ids[0] + "?sort=-name");
  await showcase(page);
  const previous = page.getByRole("link", { name: /^Previous space/ });
  await previous.focus();
  await eventually(async () => await previous.getAttribute("aria-disabled") === "true", "there is none before the first");
  await page.keyboard.press("Enter");
  assert.match(page.url(), new RegExp(ids[0]), "one stays");

  await page.route("**/adjacent?*", (route) => route.fulfill({ status: 503, json: {} }));
  await page.reload();
  await next.click();
  await page.waitForURL(/\/pme\/\?at=/); // the list itself, if it is not known what is next
});

test("one sees who is signed in, and finds the way out and home", async (t) => {
  const { page } = await view(t, OFFICE);
  await page.getByRole("button", { name: "Account" }).click();
  await page.getByText("You are signed in as alice").waitFor();
  assert.match(await page.getByRole("link", { name: "Home" }).getAttribute("href"), /^\/blank$/);
  await page.keyboard.press("Escape");
  await page.getByText("You are signed in as alice").waitFor({ state: "hidden" });
  await page.getByRole("button", { name: "Account" }).click();
  await page.getByRole("link", { name: "Sign out" }).click();
  await page.waitForURL(/\/login/);
});

test("by keyboard alone, from the login to walking and back", async (t) => {
  const server = await all.serve(t, "-models", "12", "-full");
  const visitor = await all.visitor(t, server, { clock: false, user: "" });
  const page = await visitor.open("/pme/");
  await page.waitForURL(/\/login/);
  const tabTo = async (what, found) => {
    for (let i = 0; i < 40; i++) {
      await page.keyboard.press("Tab");
      if (await page.evaluate(found)) return;
    }
    assert.fail("Tab does not reach " + what);
  };
  await tabTo("the button", () => document.activeElement.localName === "button");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/pme\/$/);
  await tabTo("the spaces", () => document.activeElement.matches(".pme-spaces a"));
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowDown");
  const id = await page.evaluate(() => document.activeElement.id);
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/view\//);
  const frame = await showcase(page);
  await tabTo("the tour", () => document.activeElement.localName === "pme-space");
  const walk = async () => (await stands(frame)).sweep;
  for (let i = 0; i < 20 && await walk() === "1"; i++) { // past whatever Showcase has before its stage
    await page.keyboard.press("ArrowUp");
    if (await eventually(async () => [await walk()], "an answer").then(([sweep]) => sweep === "1")) await page.keyboard.press("Tab");
  }
  assert.notEqual(await walk(), "1", "walked");
  for (let i = 0; i < 60 && !await page.evaluate(() => document.activeElement.matches(".pme-back")); i++) await page.keyboard.press("Shift+Tab");
  await page.keyboard.press("Enter");
  await page.waitForURL(/at=/);
  await eventually(async () => await page.evaluate(() => document.activeElement.id) === id, "the same place in the gallery");
});
