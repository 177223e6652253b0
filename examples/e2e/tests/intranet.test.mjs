// The intranet example as a newcomer runs it, offline: the emulator's own Showcase and SDK module.
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { INTRANET, eventually, here, run, screenshot, showcase, shown, stage } from "../stage.mjs";

const all = stage();

test("login, gallery, view and refreshes", async (t) => {
  const { line } = await run(t, INTRANET, ["-addr", "127.0.0.1:0", "-valid-for", "92s", "-refresh-before", "62s", "-allow", join(here, "../../testdata/allow.yaml")]);
  const site = line.match(/http:\/\/[0-9.:]+/)[0];
  const visitor = await all.visitor(t, { site }, { clock: false, user: "" });
  const page = await visitor.open("/pme/");
  await page.waitForURL(/\/login/);
  await screenshot(page, "intranet-login");
  await page.getByLabel("Name").fill("alice");
  await page.getByLabel("Password").fill("demo");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL(site + "/pme/");
  await page.waitForLoadState("networkidle");
  await screenshot(page, "intranet-gallery");
  await page.getByRole("link", { name: "Head office" }).click();
  const frame = await showcase(page);
  const first = await shown(frame);
  await page.waitForTimeout(34_000); // 32 s, and the answer
  const now = await shown(frame);
  assert.equal(now.state, "live");
  assert.equal(now.refreshes, 1);
  assert.notEqual(now.fingerprint, first.fingerprint);
  await screenshot(page, "intranet-view");
  await visitor.wantClean();
});
