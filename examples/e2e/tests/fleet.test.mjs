// Three replicas behind a balancer, as a newcomer runs them: the emulator's own Showcase and SDK module.
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { FLEET, eventually, here, overflow, run, screenshot, showcase, shown, stage, wantAccessible } from "../stage.mjs";

const all = stage();

test("a replica is killed, one is cut off, and a user is revoked on all", async (t) => {
  const { line } = await run(t, FLEET, ["-addr", "127.0.0.1:0", "-allow", join(here, "../../testdata/allow.yaml")]);
  const site = line.match(/http:\/\/[0-9.:]+/)[0];
  const visitor = await all.visitor(t, { site }, { clock: false, user: "" });
  const page = await visitor.open("/");
  const replica = (name) => page.locator(`[data-replica="${name}"]`);
  const says = (name, words) => replica(name).getByText(words, { exact: true }).waitFor({ timeout: 15_000 });
  const answers = () => page.locator("#answers li").allInnerTexts();
  const count = async (name, what) => Number(await replica(name).locator("." + what).innerText());

  await page.getByRole("button", { name: "Alice" }).first().click();
  for (const name of ["1", "2", "3"]) await says(name, "holds a lease");
  const frame = await showcase(page);
  const mints = async () => (await Promise.all(["1", "2", "3"].map((name) => count(name, "mints")))).reduce((a, b) => a + b);
  await eventually(async () => await mints() === 1, "one mint for all");
  await eventually(async () => (await answers()).length >= 3, "answers");
  await screenshot(page, "fleet");
  await wantAccessible(page);

  await page.getByRole("button", { name: "Kill: replica 2" }).click();
  await says("2", "does not run");
  const before = (await shown(frame)).refreshes;
  await eventually(async () => (await answers()).slice(0, 4).every((text) => /Alice/.test(text) && !/Replica 2/.test(text)), "answers of the others");
  await eventually(async () => (await shown(frame)).refreshes > before, "the tour's next token");
  assert.equal((await shown(frame)).state, "live");
  await page.getByRole("button", { name: "Start: replica 2" }).click();
  await says("2", "holds a lease");

  await page.getByRole("button", { name: "Cut off from Redis: replica 3" }).click();
  await says("3", "holds no lease");
  await screenshot(page, "fleet-cut");
  await page.getByRole("button", { name: "Reconnect to Redis: replica 3" }).click();
  await says("3", "holds a lease");

  const revoke = page.locator("#revoke").getByRole("button", { name: "Alice" });
  await eventually(async () => {
    await revoke.click();
    await page.waitForTimeout(500);
    return /signed out on all replicas/.test(await page.locator("#outcome").innerText());
  }, "the revocation");
  await eventually(async () => {
    const last = (await answers()).slice(0, 3);
    return ["1", "2", "3"].every((name) => last.some((text) => text.includes("Replica " + name) && text.includes("401")));
  }, "401 on all");
  for (const name of ["1", "2", "3"]) assert.ok(await count(name, "revocations") >= 1, "replica " + name);
  assert.notEqual(await page.locator("pme-space").getAttribute("state"), "live");
  await screenshot(page, "fleet-revoked");
  await page.setViewportSize({ width: 390, height: 844 });
  assert.equal(await overflow(page), 0);
  await screenshot(page, "fleet-narrow");
  await visitor.wantClean({ except: /401|503/ });
});
