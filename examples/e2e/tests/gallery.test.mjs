// The gallery: what one finds in it, and how one moves in it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually, showcase, stage } from "../stage.mjs";

const all = stage();

/** A gallery of 70 spaces, at a path. */
async function gallery(t, path = "/pme/", options = {}) {
  const server = await all.serve(t, "-models", "70", "-full");
  const visitor = await all.visitor(t, server, { clock: false, reducedMotion: "reduce", viewport: { width: 1440, height: 900 }, ...options });
  const page = await visitor.open(path);
  await page.waitForLoadState("networkidle");
  return { server, visitor, page };
}

const spaces = (page) => page.locator(".pme-spaces li:visible");
const told = (page) => page.locator(".pme-count").textContent();
const focused = (page) => page.evaluate(() => document.activeElement.id);

test("all spaces can be reached by pages, and found by the server", async (t) => {
  const { page, visitor } = await gallery(t);
  assert.equal(await told(page), "Spaces 1 to 60 of 70");
  await page.getByRole("link", { name: "Next page" }).click();
  await page.waitForURL(/page=2/);
  assert.equal(await spaces(page).count(), 10);
  assert.equal(await page.locator("[aria-current=page]").textContent(), "2");

  const search = page.getByRole("searchbox");
  await search.fill("canteen");
  await eventually(async () => await told(page) === "Spaces: 8", "what is on the other page");
  assert.equal(new URL(page.url()).search, "?q=canteen");
  assert.equal(await page.evaluate(() => document.activeElement.name), "q", "one goes on typing");
  await page.reload();
  assert.equal(await search.inputValue(), "canteen", "the words are in the address");
  assert.equal(await told(page), "Spaces: 8");
  assert.deepEqual(visitor.problems, []);
});

test("numbers are in their order, forward and backward", async (t) => {
  const { page } = await gallery(t, "/pme/?q=showroom");
  const names = () => page.locator(".pme-name").allTextContents();
  const forward = await names();
  assert.deepEqual(forward.slice(0, 3), ["Showroom", "Showroom 2", "Showroom 3"]);
  await page.getByLabel("Sort").selectOption("-name");
  await eventually(async () => (await names())[0] === forward.at(-1), "the other order");
  assert.match(page.url(), /sort=-name/);
});

test("spaces are grouped by folder, place and name", async (t) => {
  const { page } = await gallery(t);
  await page.getByLabel("Group by").selectOption("folder");
  await page.getByRole("heading", { name: "Plant 13 / Halls" }).waitFor();
  const headings = () => page.locator(".pme-group h2 bdi").allTextContents();
  assert.deepEqual(await headings(), ["Plant 3", "Plant 13 / Halls", "Other spaces"]);
  await page.getByText("Jump to a group").click();
  await page.getByRole("link", { name: "Plant 13 / Halls" }).click();
  await page.waitForURL(/#pme-group-/);
  await page.getByLabel("Group by").selectOption("place");
  await eventually(async () => (await headings())[0] === "Bern, Switzerland", "the towns");
  await page.getByLabel("Group by").selectOption("name");
  await eventually(async () => (await headings())[0] === "Archive", "what names begin with");
});

for (const [locale, left, right] of [["en", "ArrowLeft", "ArrowRight"], ["ar", "ArrowRight", "ArrowLeft"]]) {
  test(`arrow keys move in the grid (${locale})`, async (t) => {
    const { page } = await gallery(t, "/pme/?group=folder", { locale });
    const ids = await page.locator(".pme-spaces a").evaluateAll((links) => links.map((link) => link.id));
    const rows = await page.locator(".pme-spaces").evaluateAll((lists) => lists.map((list) => getComputedStyle(list).gridTemplateColumns.split(" ").length));
    const columns = rows[0];
    await page.locator("#" + ids[0]).focus();
    for (const [key, at] of [
      [right, 1], [right, 2], [left, 1], ["ArrowDown", 1 + columns], ["ArrowUp", 1], ["ArrowUp", 1], ["End", ids.length - 1], [right, ids.length - 1], ["Home", 0], [left, 0],
    ]) {
      await page.keyboard.press(key);
      assert.equal(await focused(page), ids[at], key);
    }
    // From the last row of a group, the next group is below.
    const first = await page.locator(".pme-group").first().locator("a").count();
    await page.locator("#" + ids[first - 1]).focus();
    await page.keyboard.press("ArrowDown");
    assert.ok(ids.indexOf(await focused(page)) >= first, "the next group");
    await page.keyboard.press("Tab");
    assert.notEqual(await focused(page), "", "Tab goes on as ever");
  });
}

test("the focus is where it was, back from a space", async (t) => {
  const { page, server } = await gallery(t, "/pme/?sort=-name&page=2");
  const id = await page.locator(".pme-spaces a").nth(4).getAttribute("id");
  await page.locator("#" + id).focus();
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/view\//);
  await showcase(page);
  await page.goBack();
  await eventually(async () => await focused(page) === id, "the focus after Back");

  await page.keyboard.press("Enter");
  await page.waitForURL(/\/view\//);
  await page.getByRole("link", { name: "All spaces" }).focus();
  await page.keyboard.press("Enter");
  await page.waitForURL(/at=/);
  await eventually(async () => await focused(page) === id, "the focus after the link");
  assert.equal(await told(page), "Spaces 61 to 70 of 70");
  assert.ok(page.url().startsWith(server.site));
});

test("a picture that cannot be loaded gives way to a drawing", async (t) => {
  const server = await all.serve(t, "-models", "12");
  const visitor = await all.visitor(t, server, { clock: false });
  await visitor.context.route("**/thumb/**", (route) => route.fulfill({ status: 404, body: "gone" }));
  const page = await visitor.open("/pme/");
  await eventually(async () => await page.locator(".pme-picture img").count() === 0, "no broken picture");
  assert.notEqual(await page.locator(".pme-picture").first().evaluate((e) => getComputedStyle(e, "::before").clipPath), "none");
});

test("without scripts, the form and the links do it all", async (t) => {
  const { page } = await gallery(t, "/pme/", { javaScriptEnabled: false });
  await page.getByRole("searchbox").fill("canteen");
  await page.getByLabel("Group by").selectOption("place");
  await page.getByRole("button", { name: "Search" }).click();
  await page.waitForURL(/q=canteen/);
  assert.equal(await told(page), "Spaces: 8");
  assert.equal(await page.locator(".pme-group").count(), 1);
});

test("the list is one for screen readers", async (t) => {
  const { page } = await gallery(t, "/pme/?group=folder");
  const lists = await page.getByRole("main").locator("ul").evaluateAll((all) => all.map((list) => list.getAttribute("role")));
  assert.ok(lists.length > 2 && lists.every((role) => role === "list"), lists.join());
  await page.getByRole("region", { name: /Plant 3/ }).waitFor();
});
