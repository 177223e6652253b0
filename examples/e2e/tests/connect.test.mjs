// Accounts that people connect by OAuth: to begin with, all the way, and what must not happen on it.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import {
  ACCOUNTS, account, allow, askMatterport, chooseSpaces, closes, connectAtOnce, connectOn, popupOf, status, toMatterport, withdraw,
} from "../connecting.mjs";
import { OFFICE, WAREHOUSE, becomes, eventually, here, place, screenshot, settle, showcase, shown, stage } from "../stage.mjs";

const all = stage();

/** A page of accounts on which one is connected. */
async function connected(t, { args = [], ...options } = {}) {
  const server = await all.serve(t, ...args);
  const visitor = await all.visitor(t, server, { clock: false, ...options });
  const id = await connectAtOnce(visitor);
  const page = await visitor.open(ACCOUNTS);
  return { server, visitor, page, id, section: account(page, "Main") };
}

/**
 * Lets time pass until the next refresh has reached Showcase. When the SDK asks depends on how old the token was that
 * the page got; once it has asked, time goes on slowly, as the token's last minute is all that the answer may take.
 */
async function refreshed(visitor, frame) {
  const asked = async () => Object.entries(await visitor.server.counts()).reduce((n, [name, times]) => n + times * name.endsWith("/token"), 0);
  const [before, { refreshes }] = await Promise.all([asked(), shown(frame)]);
  await visitor.pass(360_000, 30_000);
  for (let n = 0; n < 30 && await asked() === before; n++) await visitor.pass(10_000);
  await eventually(async () => (await shown(frame)).refreshes > refreshes, "the refresh");
}

test("connect.js is small", () => {
  const size = gzipSync(readFileSync(here + "../../accounts/assets/connect.js"), { level: 9 }).length;
  console.log(`# connect.js: ${size} bytes gzipped`);
  assert.ok(size <= 6 * 1024, `${size} bytes`);
});

for (const sdk of ["real", "own"]) {
  test(`connect, choose, view, refresh, revoke at Matterport, connect again: ${sdk} SDK`, async (t) => {
    const server = await all.serve(t, "-sdk", sdk);
    const visitor = await all.visitor(t, server, { user: "" });
    const page = await visitor.open("/pme/connect");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.waitForURL(server.site + ACCOUNTS);
    await page.evaluate(() => { window.neverReloaded = true; });
    const section = await connectOn(page, "Main");
    assert.ok(await page.evaluate(() => window.neverReloaded));

    const { dialog, selector } = await chooseSpaces(page, section);
    await selector.getByRole("checkbox", { name: "Head office" }).check();
    await selector.getByRole("checkbox", { name: "Warehouse" }).check();
    await selector.getByRole("button", { name: "Approve", exact: true }).click();
    await dialog.waitFor({ state: "detached" });
    await section.getByRole("link", { name: "Warehouse" }).waitFor();
    await section.getByRole("link", { name: "Head office" }).click();
    const frame = await showcase(page);
    assert.match(page.url(), new RegExp("/view/" + OFFICE));
    assert.doesNotMatch(frame.url(), /auth/);

    await page.evaluate(() => { window.neverReloaded = true; });
    const { fingerprint } = await shown(frame);
    await refreshed(visitor, frame);
    await eventually(async () => (await shown(frame)).fingerprint !== fingerprint, "another token");
    assert.equal((await shown(frame)).state, "live");
    assert.equal((await server.counts()).refreshes, 1);

    await withdraw(visitor);
    await visitor.pass(540_000, 60_000);
    await becomes(page, "reconnect_required");
    assert.deepEqual((await status(visitor)).map((c) => c.reconnect), [true]);
    await screenshot(page, `connect-lost-${sdk}`);
    const popup = await popupOf(page, () => page.getByRole("link", { name: "Connect" }).click());
    await popup.getByText("Main", { exact: true }).waitFor();
    await toMatterport(popup).click();
    await allow(popup);
    await closes(popup);
    const again = await showcase(page);
    await becomes(page, "live");
    await refreshed(visitor, again);
    assert.ok(await page.evaluate(() => window.neverReloaded));
    assert.deepEqual((await status(visitor)).map((c) => c.reconnect), [false]);
    assert.equal((await server.counts()).overlaps, 0);
    assert.ok((await server.secrets()).length >= 3, "the application's, and two refresh tokens");
    await visitor.wantClean({ except: /401/ });
  });
}

test("where popups are blocked, the whole window goes to Matterport and comes back", async (t) => {
  const server = await all.serve(t);
  const visitor = await all.visitor(t, server, { clock: false });
  await visitor.context.addInitScript(() => { window.open = () => null; });
  const page = await visitor.open(ACCOUNTS);
  await page.getByRole("textbox").fill("Main");
  await toMatterport(page).click();
  await allow(page);
  await page.waitForURL(/\/connect\/done/);
  await settle(500); // it is no popup, and stays
  await page.getByRole("link", { name: "Continue" }).click();
  await account(page, "Main").waitFor();
  assert.equal(visitor.context.pages().length, 1);
  for (const path of ["/pme/connect/done", "/oauth/authorize", "/pme/connect/"]) { // and no callback with its code
    await page.goBack();
    assert.equal(new URL(page.url()).pathname, path);
  }
});

test("without scripts, forms do the same", async (t) => {
  const server = await all.serve(t);
  const visitor = await all.visitor(t, server, { clock: false, javaScriptEnabled: false });
  const page = await visitor.open(ACCOUNTS);
  await page.getByRole("textbox").fill("Main");
  await toMatterport(page).click();
  await allow(page);
  await page.getByRole("link", { name: "Continue" }).click();
  await account(page, "Main").waitFor();
});

test("connecting in one tab wakes the others", async (t) => {
  const server = await all.serve(t);
  const visitor = await all.visitor(t, server, { clock: false });
  const tour = await visitor.open("/blank");
  await place(tour, { model: OFFICE, endpoint: ACCOUNTS });
  await becomes(tour, "reconnect_required");
  const list = await visitor.open(ACCOUNTS);
  const page = await visitor.open(ACCOUNTS);
  await connectOn(page, "Main");
  await account(list, "Main").waitFor();
  await showcase(tour);
  await becomes(tour, "live");
  await visitor.wantClean({ except: /404/ });
});

test("who waits at a space of the site's own page connects from there", async (t) => {
  const server = await all.serve(t);
  const visitor = await all.visitor(t, server, { clock: false });
  const page = await visitor.open("/blank");
  await place(page, { model: OFFICE, endpoint: ACCOUNTS });
  await becomes(page, "reconnect_required");
  const popup = await popupOf(page, () => page.getByRole("link", { name: "Connect" }).click());
  await toMatterport(popup).click();
  await allow(popup);
  await closes(popup);
  await showcase(page);
});

test("all spaces may be chosen at once, and the choice outlives the page", async (t) => {
  const { page, section, visitor } = await connected(t, { args: ["-models", "30"] });
  const { dialog, selector } = await chooseSpaces(page, section);
  await selector.getByRole("button", { name: "Approve all" }).click();
  await dialog.waitFor({ state: "detached" });
  await section.getByRole("heading", { name: "All spaces of this account" }).waitFor();
  await eventually(async () => (await section.getByRole("link").count()) === 24, "the first of them");
  await section.getByRole("button", { name: "Show more" }).click();
  await eventually(async () => (await section.getByRole("link").count()) === 30, "all of them");
  await page.reload();
  await eventually(async () => (await section.getByRole("link").count()) === 24, "the same choice");
  await visitor.wantClean();
});

test("what is pressed twice happens once, and the focus stays in its place", async (t) => {
  const { page, section, visitor } = await connected(t, { args: ["-models", "60"] });
  const choose = section.getByRole("button", { name: "Choose spaces" });
  await choose.evaluate((button) => { button.focus(); button.click(); button.click(); });
  await page.getByRole("dialog").waitFor();
  assert.equal(await page.getByRole("dialog").count(), 1);
  await page.frameLocator("dialog iframe").getByRole("button", { name: "Approve all" }).click();
  await eventually(async () => (await section.getByRole("link").count()) === 24, "the first of them");
  const focused = () => page.evaluate(() => document.activeElement.textContent);
  assert.equal(await focused(), "Choose spaces");

  const more = section.getByRole("button", { name: "Show more" });
  await more.evaluate((button) => { button.focus(); button.click(); button.click(); });
  await eventually(async () => (await section.getByRole("link").count()) === 48, "as many more");
  await more.evaluate((button) => { button.focus(); button.click(); });
  await eventually(async () => (await section.getByRole("link").count()) === 60, "the rest");
  const addresses = await section.getByRole("link").evaluateAll((links) => links.map((link) => link.href));
  assert.equal(new Set(addresses).size, 60, "each of them once");
  assert.equal(await page.evaluate(() => document.activeElement.href), addresses[48], "the first of the rest");
  await visitor.wantClean();
});

test("the page does not go on speaking of a window that is gone", async (t) => {
  const server = await all.serve(t);
  const visitor = await all.visitor(t, server, { clock: false });
  const page = await visitor.open(ACCOUNTS);
  const popup = await askMatterport(page, "Main");
  await page.getByRole("status").getByText("Continue in the window of Matterport.").waitFor();
  await popup.close();
  await eventually(async () => (await page.getByRole("status").textContent()) === "", "the end of the message");
});

test("who is signed out meanwhile is asked to sign in, and what is forgotten is gone from other tabs", async (t) => {
  const { page, section, visitor } = await connected(t);
  const other = await visitor.open(ACCOUNTS);
  await account(other, "Main").waitFor();
  await page.bringToFront();
  await section.getByRole("button", { name: "Forget" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Forget" }).click();
  await page.getByText("The account is forgotten.").waitFor();
  await eventually(async () => (await account(other, "Main").count()) === 0, "the other tab's knowing of it");

  await visitor.context.clearCookies();
  await toMatterport(page).click();
  await page.waitForURL(/login/);
});

test("each account has spaces of its own", async (t) => {
  const { page, visitor } = await connected(t);
  const gallery = await connectOn(page, "Gallery", "Riverside Gallery");
  const { selector } = await chooseSpaces(page, gallery);
  await selector.getByRole("checkbox", { name: "Print Room" }).check();
  await selector.getByRole("button", { name: "Approve", exact: true }).click();
  await gallery.getByRole("link", { name: "Print Room" }).waitFor();
  assert.equal(await account(page, "Main").getByRole("link").count(), 0);
  await gallery.getByRole("link", { name: "Print Room" }).click();
  await showcase(page);
  await visitor.wantClean();
});

test("the selector's word that the token is over leads to connecting again", async (t) => {
  const { page, section, visitor } = await connected(t);
  await visitor.context.request.get(visitor.server.site + "/pme/connect/token");
  await withdraw(visitor);
  await page.bringToFront();
  await section.getByRole("button", { name: "Choose spaces" }).click(); // the server has not heard of it
  await page.getByRole("status").getByText("has to be connected again").waitFor();
  assert.equal(await page.getByRole("dialog").count(), 0);
  const again = section.getByRole("link", { name: "Connect again" });
  await again.click();
  const popup = await askMatterport(page);
  await allow(popup);
  await closes(popup);
  await section.getByRole("button", { name: "Choose spaces" }).waitFor();
  assert.equal((await status(visitor)).length, 1, "the same connection");
  await visitor.wantClean({ except: /401/ });
});

test("nobody else can speak for the model selector", async (t) => {
  const { page, section, server, visitor } = await connected(t);
  const { dialog } = await chooseSpaces(page, section);
  const choice = { component: "@mp/model-select", models: WAREHOUSE };
  const windows = [];
  for (const address of [server.npm + "/axe-core/", server.emulator + "/account/harbour/applications"]) {
    const other = await popupOf(page, () => page.evaluate((address) => { open(address); }, address));
    await other.waitForLoadState();
    windows.push(other);
  }
  await page.evaluate((choice) => postMessage(choice, "*"), choice); // this window
  for (const other of windows) await other.evaluate((choice) => opener.postMessage(choice, "*"), choice);
  const frame = await (await dialog.locator("iframe").elementHandle()).contentFrame();
  await frame.evaluate((choice) => parent.postMessage({ ...choice, component: "@mp/other" }, "*"), choice);
  await settle(300);
  assert.ok(await dialog.isVisible());
  assert.equal(await section.getByRole("link").count(), 0);

  await frame.evaluate(() => parent.postMessage({ component: "@mp/model-select", models: "../token,<b>" }, "*"));
  await page.getByText("That did not work").waitFor();
  assert.equal(await section.getByRole("link").count(), 0, "what is no list of models");
  await visitor.wantClean({ except: /404/ }); // the other page has no icon
});

test("a page of the host's own connects, chooses and deletes", async (t) => {
  const server = await all.serve(t);
  const visitor = await all.visitor(t, server, { clock: false });
  const page = await visitor.open("/blank");
  const call = (name, options) => page.evaluate(async ({ name, options }) => {
    const module = await import("/pme/connect/connect.js");
    return module[name](options).catch((error) => error.code);
  }, { name, options });
  let answer;
  const popup = await popupOf(page, () => { answer = call("connectAccount", { label: "Mine" }); });
  await toMatterport(popup).waitFor();
  assert.equal(await popup.getByRole("textbox").inputValue(), "Mine");

  // Not the popup at this site, and not this site at all: neither ends it.
  const other = await popupOf(page, () => page.evaluate((address) => { open(address); }, server.npm + "/axe-core/"));
  await other.waitForLoadState();
  const lie = { pme: "signed-in", connected: "A".repeat(26) };
  await other.evaluate((lie) => opener.postMessage(lie, "*"), lie);
  await page.evaluate((lie) => postMessage(lie, "*"), lie);
  await other.close();

  await toMatterport(popup).click();
  await allow(popup);
  const connection = await answer;
  const [listed] = await status(visitor);
  assert.equal(connection, listed.id);
  assert.equal(listed.label, "Mine");

  const chosen = call("choose", { connection, multiselect: false });
  await page.frameLocator("dialog iframe").getByRole("radio", { name: "Warehouse" }).check();
  await page.frameLocator("dialog iframe").getByRole("button", { name: "Approve", exact: true }).click();
  assert.deepEqual(await chosen, [WAREHOUSE]);
  const cancelled = call("choose", {});
  await page.getByRole("button", { name: "Close" }).click();
  assert.equal(await cancelled, "cancelled");

  await call("deleteAccount", { connection });
  assert.deepEqual(await status(visitor), []);
  assert.equal(await call("choose", {}), "not_connected");
  const left = await popupOf(page, () => { answer = call("connectAccount"); });
  await left.close();
  await page.bringToFront();
  assert.equal(await answer, "cancelled");
  await visitor.wantClean({ except: /404/ });
});

test("what is to be forgotten is asked for twice", async (t) => {
  const { page, section, visitor } = await connected(t);
  const forget = section.getByRole("button", { name: "Forget" });
  await forget.click();
  const dialog = page.getByRole("dialog", { name: "Forget this account?" });
  await dialog.waitFor();
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "hidden" });
  await forget.click();
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await dialog.waitFor({ state: "hidden" });
  assert.equal((await status(visitor)).length, 1);
  await forget.click();
  await dialog.getByRole("button", { name: "Forget" }).click();
  await page.getByRole("status").getByText("forgotten").waitFor();
  assert.equal(await section.count(), 0);
  assert.deepEqual(await status(visitor), []);
});

/** Presses Tab until what has the focus is called so, in whatever frame. */
async function tabTo(page, name) {
  const called = () => {
    const { activeElement: e } = document;
    return [e?.labels?.[0]?.textContent, e?.getAttribute("aria-label"), e?.textContent].find(Boolean)?.trim() ?? "";
  };
  for (let n = 0; n < 40; n++) {
    await page.keyboard.press("Tab");
    for (const frame of page.frames()) {
      if (name.test(await frame.evaluate(called).catch(() => ""))) return;
    }
  }
  assert.fail(`no way to ${name} by the keyboard`);
}

test("all of it can be done by the keyboard", async (t) => {
  const server = await all.serve(t);
  const visitor = await all.visitor(t, server, { clock: false });
  const page = await visitor.open(ACCOUNTS);
  await tabTo(page, /^What to call it/);
  await page.keyboard.type("Main");
  await tabTo(page, /^Continue to Matterport/);
  const popup = await popupOf(page, () => page.keyboard.press("Enter"));
  await popup.getByRole("heading", { name: /asks for access/ }).waitFor();
  await tabTo(popup, /^Harbour Estates/);
  await tabTo(popup, /^Allow$/);
  await popup.keyboard.press("Enter");
  await closes(popup);
  await page.getByRole("heading", { name: "Main" }).waitFor();
  await eventually(() => page.evaluate(() => document.activeElement.textContent === "Main"), "the focus on what is new");
  await tabTo(page, /^Choose spaces$/);
  await page.keyboard.press("Enter");
  await page.frameLocator("dialog iframe").getByRole("button", { name: "Approve", exact: true }).waitFor();
  await tabTo(page, /^Head office/);
  await page.keyboard.press("Space");
  await tabTo(page, /^Approve$/);
  await page.keyboard.press("Enter");
  await page.getByRole("link", { name: "Head office" }).waitFor();
  await tabTo(page, /^Forget$/);
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "Cancel", "what does no harm has the focus");
  await page.keyboard.press("Escape");
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "Forget", "and goes back to where it was");
  await tabTo(page, /^Head office/);
  await page.keyboard.press("Enter");
  await showcase(page);
});
