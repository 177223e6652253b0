// The pages of connected accounts: how they look, whom they serve, and what they say when Matterport refuses.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ACCOUNTS, account, allow, askMatterport, chooseSpaces, connectAtOnce, popupOf, status, toMatterport, withdraw } from "../connecting.mjs";
import { OFFICE, becomes, eventually, overflow, screenshot, showcase, stage, wantAccessible } from "../stage.mjs";

const all = stage();

/** In light, dark and forced colours and on a small phone, everybody can read a page. */
async function wantReadable(page, name, { forced = true } = {}) {
  const large = page.viewportSize();
  for (const [look, colorScheme, size, forcedColors] of [["light", "light", large], ["dark", "dark", large], ["phone", "light", { width: 360, height: 740 }], ...(forced ? [["forced", "light", large, "active"]] : [])]) {
    await page.emulateMedia({ colorScheme, forcedColors, reducedMotion: "reduce" });
    await page.setViewportSize(size);
    await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
    assert.ok(await overflow(page) <= 0, `${name}, ${look}: wider than its window`);
    await wantAccessible(page);
    await screenshot(page, `connect-${name}-${look}`);
  }
  await page.emulateMedia({ colorScheme: null, forcedColors: null, reducedMotion: null });
  await page.setViewportSize(large);
}

test("the page of accounts, in each of its states", async (t) => {
  const server = await all.serve(t, "-models", "9");
  const visitor = await all.visitor(t, server, { clock: false });
  const page = await visitor.open(ACCOUNTS);
  await wantReadable(page, "empty");
  await connectAtOnce(visitor, { label: "Harbour Estates" });
  await connectAtOnce(visitor, { label: "A gallery whose name is much too long for a telephone: WithoutAnySpaceInItAtAllToBreakTheLineAt", owner: "gallery" });
  await page.reload();
  const section = account(page, "Harbour Estates");
  await wantReadable(page, "two");
  await section.locator("summary").click();
  await section.getByText("purchase assets").waitFor();
  await wantReadable(page, "allowed");

  const { dialog, selector } = await chooseSpaces(page, section);
  await selector.getByRole("checkbox", { name: "Warehouse" }).check();
  await selector.getByRole("checkbox", { name: "Head office" }).check();
  await wantReadable(page, "selector");
  await selector.getByRole("button", { name: "Approve", exact: true }).click();
  await dialog.waitFor({ state: "detached" });
  await section.getByRole("link", { name: "Warehouse" }).waitFor();
  await page.waitForLoadState("networkidle");
  await wantReadable(page, "chosen");

  await section.getByRole("button", { name: "Forget" }).click();
  await wantReadable(page, "forget");
  await page.keyboard.press("Escape");

  await withdraw(visitor);
  await page.bringToFront();
  await section.getByRole("button", { name: "Choose spaces" }).click();
  await page.getByText("has to be connected again").first().waitFor();
  await section.getByRole("link", { name: "Connect again" }).waitFor();
  await wantReadable(page, "again");
  await section.getByRole("link", { name: "Connect again" }).click();
  await page.getByRole("heading", { name: "Connect an account again" }).waitFor();
  await wantReadable(page, "again-form");
  await visitor.wantClean({ except: /401/ });
});

test("accounts without names are told apart, and given names", async (t) => {
  const server = await all.serve(t, "-models", "9");
  const visitor = await all.visitor(t, server, { clock: false });
  const page = await visitor.open(ACCOUNTS);
  const connect = async (owner) => {
    await connectAtOnce(visitor, { label: "", owner });
    await server.post("advance", { ms: 1000 }); // the page lists accounts in the order of their time
  };
  await connect("harbour");
  await connect("gallery");
  await page.reload();
  await page.getByText("A name tells them apart.").waitFor();
  const first = account(page, "Matterport account");
  const second = account(page, "Matterport account (2)");
  await first.getByText(/^Spaces: [1-9]/).first().waitFor();
  await second.getByText(/^Spaces: [0-9]/).first().waitFor();
  const said = (section) => section.locator("[data-part=spaces]").first().textContent();
  assert.notEqual(await said(first), await said(second));
  assert.ok(await page.getByText("may be the same Matterport account").count() === 0);
  await wantReadable(page, "unnamed");

  await second.getByRole("button", { name: "Forget" }).click();
  const forget = page.getByRole("dialog", { name: "Forget this account?" });
  await forget.getByText("Matterport account (2)").waitFor();
  await forget.getByText(await said(second)).waitFor();
  await wantReadable(page, "unnamed-forget");
  await page.keyboard.press("Escape");

  await connect("harbour"); // once more
  await page.reload();
  const third = account(page, "Matterport account (3)");
  for (const [section, other] of [[first, "Matterport account (3)"], [third, "Matterport account"]]) {
    const twin = section.getByText("may be the same Matterport account");
    await twin.waitFor();
    assert.match(await twin.textContent(), new RegExp(`: ${other.replace(/[()]/g, "\\$&")}$`));
  }
  assert.equal(await second.getByText("may be the same Matterport account").count(), 0);
  await wantReadable(page, "twins");

  await third.getByRole("button", { name: "Rename" }).click();
  const dialog = page.getByRole("dialog", { name: "Rename" });
  await dialog.getByText(/^Spaces: /).waitFor();
  await dialog.getByRole("textbox").fill("Head office <b>");
  await wantReadable(page, "rename");
  await page.keyboard.press("Enter");
  await page.getByText("The name is saved.").waitFor();
  await account(page, "Head office <b>").waitFor();
  await first.getByText("may be the same Matterport account").waitFor();
  await account(page, "Head office <b>").getByRole("button", { name: "Rename" }).click();
  await dialog.getByRole("textbox").fill("\u202eHead office");
  await dialog.getByRole("button", { name: "Save" }).click();
  await page.getByText("A name may have 100 characters").waitFor();
  assert.equal(await dialog.count(), 0);
  await account(page, "Head office <b>").waitFor();
  await chooseSpaces(page, first); // which needs a token
  await visitor.wantClean({ except: /400/ });
});

test("a space whose account has to be connected, and the window that does it", async (t) => {
  const server = await all.serve(t);
  const visitor = await all.visitor(t, server, { clock: false });
  await visitor.context.addInitScript(() => { window.close = () => {}; }); // what ends is to be looked at
  const id = await connectAtOnce(visitor, { label: "Harbour Estates" });
  const page = await visitor.open(`${ACCOUNTS}${id}/view/${OFFICE}`);
  await showcase(page);
  await wantReadable(page, "view");
  await withdraw(visitor);
  await visitor.context.request.get(`${server.site}${ACCOUNTS}${id}/models`); // so that the server knows
  await page.bringToFront();
  await page.reload();
  await becomes(page, "reconnect_required");
  await wantReadable(page, "space", { forced: false }); // axe mixes the colours of the element with forced ones; on the screen they are right
  const popup = await popupOf(page, () => page.getByRole("link", { name: "Connect", exact: true }).click());
  await toMatterport(popup).waitFor();
  await wantReadable(popup, "begin");
  await toMatterport(popup).click();
  await allow(popup);
  await popup.getByRole("heading", { name: "Your Matterport account is connected." }).waitFor();
  await wantReadable(popup, "done");
});

for (const { name, args = [], act, says } of [
  {
    name: "denied", says: "You did not agree at Matterport.",
    act: (consent) => consent.getByRole("button", { name: "Deny" }).click(),
  },
  {
    name: "development", args: ["-development"], says: "Matterport does not let this account be connected here.",
    act: (consent) => allow(consent, "Riverside Gallery"),
  },
  {
    name: "scopes", says: "Not everything that is needed was allowed.",
    act: async (consent) => {
      await consent.getByRole("checkbox", { name: /PurchaseAssets/ }).uncheck();
      await allow(consent);
    },
  },
  {
    name: "disabled", says: "Matterport accounts cannot be connected or used at present.",
    act: async (consent, server) => {
      await consent.route("**/oauth/authorize", async (route) => {
        const response = await route.fetch({ maxRedirects: 0 });
        await server.post("disable");
        await route.fulfill({ response });
      });
      await allow(consent);
    },
  },
  {
    name: "over", says: "This attempt to connect is over.",
    act: async (consent, server) => {
      await server.post("advance", { ms: 601_000 });
      await allow(consent);
    },
  },
]) {
  test(`what is refused is said on a page: ${name}`, async (t) => {
    const server = await all.serve(t, ...args);
    const visitor = await all.visitor(t, server, { clock: false });
    const page = await visitor.open(ACCOUNTS);
    const popup = await askMatterport(page, "Main");
    await act(popup, server);
    const heading = popup.getByRole("heading", { name: says });
    await eventually(() => heading.isVisible(), `the page that says ${says}`);
    await eventually(() => new URL(popup.url()).search === "", "an address without what came with it");
    await wantReadable(popup, name);
    assert.deepEqual(await status(visitor), []);
    await popup.getByRole("button", { name: "Close" }).click().catch(() => {}); // which ends with the window
    await eventually(() => popup.isClosed(), "the end of the window");
    await toMatterport(page).waitFor();
  });
}

/** Agrees, and resolves to the callback, which the window does not get. */
async function intercepted(consent) {
  let callback;
  await consent.route("**/oauth/authorize", async (route) => {
    callback = (await route.fetch({ maxRedirects: 0 })).headers().location;
    await route.abort();
  });
  await allow(consent);
  await eventually(() => callback, "the callback");
  await consent.close();
  return callback;
}

test("a callback is good once, for one person, in one browser", async (t) => {
  const server = await all.serve(t);
  const alice = await all.visitor(t, server, { clock: false });
  const bob = await all.visitor(t, server, { clock: false, user: "bob" });
  const page = await alice.open(ACCOUNTS);
  const over = (page) => page.getByRole("heading", { name: "This attempt to connect is over." }).waitFor();
  const stolen = await intercepted(await askMatterport(page, "Main"));
  const theirs = await bob.open("/blank");
  await theirs.goto(stolen);
  await over(theirs);
  assert.deepEqual(await status(bob), []);
  await page.goto(stolen); // bob has neither gained nor spoilt anything
  await page.getByRole("heading", { name: "Your Matterport account is connected." }).waitFor();

  await page.goto(server.site + ACCOUNTS);
  const copied = await intercepted(await askMatterport(page, "Main"));
  const elsewhere = await all.visitor(t, server, { clock: false }); // alice, in another browser
  const other = await elsewhere.open("/blank");
  await other.goto(copied);
  await over(other);

  await page.goto(server.site + ACCOUNTS);
  const mine = await intercepted(await askMatterport(page, "Main"));
  await page.goto(mine);
  await page.getByRole("heading", { name: "Your Matterport account is connected." }).waitFor();
  await page.goto(mine);
  await over(page);
  assert.equal((await status(alice)).length, 2);
});
