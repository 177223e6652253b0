// Tabs, clocks, networks and servers that say what is not so.
import assert from "node:assert/strict";
import { test } from "node:test";
import { blank } from "../scenes.mjs";
import { OFFICE, becomes, eventually, meanwhile, place, showcase, stage } from "../stage.mjs";

const all = stage();

test("a tab that stands still does not hold up the others", async (t) => {
  const { server, visitor, page } = await blank(all, t);
  const other = await visitor.open("/blank");
  await other.evaluate(async (model) => {
    const { viewer } = await (await fetch("/pme/settings", { headers: { Accept: "application/json" } })).json();
    const name = "pme " + JSON.stringify([location.origin + "/pme/", viewer, [model]]);
    await new Promise((granted) => { navigator.locks.request(name, () => { granted(); return new Promise(() => {}); }); });
  }, OFFICE);
  await place(page);
  await visitor.pass(5000, 500);
  await showcase(page);
  assert.equal((await server.counts()).token, 1);
});

test("signing in counts, whatever the browser believes about being online", async (t) => {
  const { visitor, page } = await blank(all, t, {
    user: "", before: ({ context }) => context.addInitScript(() => Object.defineProperty(Navigator.prototype, "onLine", { get: () => false })),
  });
  await place(page);
  await becomes(page, "login_required");
  const popup = visitor.context.waitForEvent("page");
  await page.getByRole("link", { name: "Sign in" }).click();
  await (await popup).getByRole("button", { name: "Sign in" }).click();
  await becomes(page, "live");
});

test("a Retry-After of days is obeyed for two minutes, and not by a storm", async (t) => {
  const { server, visitor, page } = await blank(all, t);
  await server.fail("503 2147484");
  await place(page);
  await eventually(async () => (await server.counts()).token === 1, "the first try");
  await visitor.pass(100_000);
  assert.equal((await server.counts()).token, 1, "no storm");
  await visitor.pass(40_000);
  assert.equal((await server.counts()).token, 2, "after two minutes");
  await page.evaluate(() => dispatchEvent(new Event("focus")));
  await eventually(async () => (await server.counts()).token === 3, "a try when someone looks");
});

test("a Retry-After that is a date is compared with the answer's own clock", async (t) => {
  const { server, visitor, page } = await blank(all, t);
  await visitor.context.clock.setSystemTime(Date.now() - 3_600_000); // an hour behind
  await server.fail("503 " + new Date(Date.now() + 5000).toUTCString(), 1);
  await place(page);
  await eventually(async () => (await server.counts()).token === 1, "the first try");
  await visitor.pass(15_000, 1000);
  assert.equal((await server.counts()).token, 2);
});

test("a clock that is put back does not make a token young", async (t) => {
  const { server, visitor, page } = await blank(all, t);
  const fetched = () => meanwhile(page.evaluate(async (model) => {
    const { createFetcher } = await import("/pme/pme.js");
    return createFetcher({ model }).fetch();
  }, OFFICE));
  await fetched();
  await visitor.context.clock.setSystemTime(await page.evaluate(() => Date.now()) - 3_600_000);
  await visitor.pass(590_000, 59_000);
  const { expires_in } = await fetched();
  assert.ok(expires_in <= 600, `${expires_in} s`);
  assert.equal((await server.counts()).token, 2);
});

test("two requests for a token have two addresses, so that a service worker's cache does not answer", async (t) => {
  const { visitor, page } = await blank(all, t);
  await place(page);
  await showcase(page);
  await becomes(page, "live");
  await visitor.pass(541_000, 60_000);
  const tokens = visitor.urls.map(({ url }) => url).filter((url) => url.includes("/pme/token"));
  assert.equal(new Set(tokens).size, 2, tokens.join("\n"));
});
