// What is to be seen before a space, and spaces that wait until they are looked at or clicked.
import assert from "node:assert/strict";
import { test } from "node:test";
import { OFFICE, becomes, eventually, place, showcase, stage, wantAccessible } from "../stage.mjs";
import { blank } from "../scenes.mjs";

const all = stage();
const POSTER = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='16' height='9'%3E%3Crect width='16' height='9' fill='teal'/%3E%3C/svg%3E";

const picture = (page) => page.locator("pme-space img");
const frames = (page) => page.locator("pme-space iframe").count();
const tokens = async (server) => (await server.counts()).token ?? 0;

test("a poster is shown until the space is live", async (t) => {
  const { server, visitor, page } = await blank(all, t);
  await server.fail("503");
  await place(page, { model: OFFICE, poster: POSTER });
  await eventually(() => picture(page).evaluate((it) => it.naturalWidth > 0 && it.checkVisibility()), "the poster");
  const said = await page.locator("pme-space [role=status]").evaluate((it) => [it.offsetHeight, it.parentNode.host.offsetHeight]);
  assert.ok(said[0] < said[1] / 2, "the words cover the poster");
  await server.heal();
  await showcase(page);
  await eventually(async () => await picture(page).count() === 0, "the poster's end");
  await visitor.wantClean({ except: /503/ });
});

test("a poster that fails is not missed", async (t) => {
  const { page } = await blank(all, t);
  await place(page, { model: OFFICE, poster: "/nothing.png" });
  await showcase(page);
  assert.equal(await picture(page).count(), 0);
});

test("the poster of a space that is refused goes", async (t) => {
  const { page } = await blank(all, t, { user: "bob" });
  await place(page, { model: OFFICE, poster: POSTER });
  await becomes(page, "access_denied");
  assert.equal(await picture(page).count(), 0);
});

test("a lazy space fetches nothing until it is near", async (t) => {
  const { server, visitor, page } = await blank(all, t);
  await page.evaluate(() => document.body.append(Object.assign(document.createElement("div"), { style: "height: 500vh" })));
  await place(page, { model: OFFICE, loading: "lazy", poster: POSTER });
  await becomes(page, "idle");
  await visitor.pass(2000);
  assert.deepEqual([await frames(page), await picture(page).count(), await tokens(server)], [0, 0, 0]);
  await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
  await showcase(page);
  await visitor.wantClean();
});

test("a lazy space that is taken away in time never opens", async (t) => {
  const { server, visitor, page } = await blank(all, t);
  await page.evaluate(() => document.body.append(Object.assign(document.createElement("div"), { style: "height: 500vh" })));
  await place(page, { model: OFFICE, loading: "lazy" });
  await becomes(page, "idle");
  await page.evaluate(() => { window.space = document.querySelector("pme-space"); window.space.remove(); scrollTo(0, document.body.scrollHeight); });
  await visitor.pass(1000);
  assert.equal(await tokens(server), 0);
});

for (const key of ["Enter", "Space", "click"]) {
  test(`a space with a play button opens by ${key}`, async (t) => {
    const { server, visitor, page } = await blank(all, t);
    await place(page, { model: OFFICE, mode: "click", poster: POSTER, title: "Head office" });
    await becomes(page, "idle");
    await visitor.pass(2000);
    assert.deepEqual([await frames(page), await picture(page).count(), await tokens(server)], [0, 1, 0]);
    const button = page.getByRole("button", { name: "Open the space: Head office" });
    if (key === "click") await button.click();
    else {
      await page.keyboard.press("Tab");
      await page.keyboard.press(key);
    }
    await showcase(page);
    assert.equal(await button.count(), 0);
    assert.equal(await page.evaluate(() => document.querySelector("pme-space").shadowRoot.activeElement?.localName), "iframe", "the focus is lost");
    await visitor.wantClean();
  });
}

test("a space that waits drops the frame that its markup has begun", async (t) => {
  const { page } = await blank(all, t);
  await page.evaluate(async (model) => {
    const space = document.createElement("pme-space");
    space.attachShadow({ mode: "open" }).append(Object.assign(document.createElement("iframe"), { hidden: true }));
    for (const [name, value] of Object.entries({ model, mode: "click" })) space.setAttribute(name, value);
    document.body.append(space);
    await import("/pme/pme.js");
  }, OFFICE);
  await becomes(page, "idle");
  assert.equal(await frames(page), 0);
  await page.evaluate(() => document.querySelector("pme-space").reload());
  await showcase(page);
});

test("a play button is accessible", async (t) => {
  const { page } = await blank(all, t, { clock: false });
  await page.evaluate(() => document.body.append(Object.assign(document.createElement("h1"), { textContent: "Host" })));
  await place(page, { model: OFFICE, mode: "click", poster: POSTER });
  await becomes(page, "idle");
  await page.evaluate(() => { const main = document.createElement("main"); main.append(...document.body.children); document.body.append(main); });
  await becomes(page, "idle");
  await wantAccessible(page);
});
