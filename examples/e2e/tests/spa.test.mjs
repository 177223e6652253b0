// A page of another origin, with nothing of pme but the JSON endpoints and createFetcher.
import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually, screenshot, shown, stage } from "../stage.mjs";

const all = stage();

const frameOf = (page) => eventually(async () => {
  if (await page.getByRole("main").getAttribute("aria-busy") !== "false") return false;
  const element = await page.$("iframe");
  const frame = await element?.contentFrame();
  return await frame?.evaluate(() => document.body?.dataset.state).catch(() => "") === "live" && frame;
}, "the tour");

test("signs in by popup, lists, shows and refreshes across origins", async (t) => {
  const server = await all.serve(t, "-sdk", "own");
  const visitor = await all.visitor(t, server, { user: "" });
  const page = await visitor.open("/", server.spa);
  await page.getByText("You are signed out").waitFor();
  const popup = visitor.context.waitForEvent("page");
  await page.getByRole("button", { name: "Sign in" }).click();
  const login = await popup;
  await login.getByRole("button", { name: "Sign in" }).click();
  const frame = await frameOf(page);
  await eventually(() => login.isClosed(), "the popup's closing itself");
  assert.equal(await page.getByRole("option").count(), 3);
  await screenshot(page, "spa");

  await server.fail("503", 2);
  await visitor.pass(540_000, 60_000);
  await visitor.pass(20_000, 1_000);
  await eventually(async () => (await shown(frame)).refreshes === 1, "the refresh");

  await page.getByRole("combobox").selectOption({ index: 1 });
  await eventually(async () => /yyHDF|JGPnG/.test((await frameOf(page)).url()) , "the other space");
  await visitor.wantClean({ except: /401|CORS|ERR_FAILED/ });
});

test("an origin that is not listed reads nothing", async (t) => {
  const server = await all.serve(t);
  const visitor = await all.visitor(t, server);
  const page = await visitor.open("/", server.npm);
  const read = await page.evaluate(async (site) => {
    try {
      return (await fetch(site + "/pme/token?modelId=SxQL3iGyoDo", { credentials: "include" })).status;
    } catch (error) {
      return error.name;
    }
  }, server.site);
  assert.equal(read, "TypeError");
});
