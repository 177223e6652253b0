// Hosts in other languages with the program pme beside them, behind nginx and Caddy: examples/hosts.
import assert from "node:assert/strict";
import { test } from "node:test";
import { HOSTS, PME, atOnce, becomes, here, run, showcase, stage } from "../stage.mjs";

const all = stage();

/** A person at a site of their own, whose certificate nobody knows. Time passes as it does. */
async function person(t, site, user) {
  const context = await all.browser.newContext({ ignoreHTTPSErrors: true });
  t.after(() => context.close());
  const problems = [];
  context.on("page", (page) => {
    page.on("pageerror", (error) => problems.push("uncaught: " + error.message));
    page.on("console", (message) => { if (message.type() === "error") problems.push(message.text()); });
  });
  const page = await context.newPage();
  await page.goto(site + "/");
  assert.equal(new URL(page.url()).pathname, "/login");
  await page.getByLabel("Name").fill(user);
  await page.getByLabel("Password").fill("demo");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { name: /^Welcome, / }).waitFor();
  return { context, page, problems };
}

for (const [host, proxy, ...flags] of [["php", "nginx"], ["node", "nginx"], ["python", "nginx"], ["php", "caddy"], ["node", "nginx", "-jwt"]]) {
  test(`${host} behind ${proxy}${flags}: a live tour, until its visitor signs out, and none for another group`, async (t) => {
    const { line } = await run(t, HOSTS, ["-root", here + "../..", "-host", host, "-proxy", proxy, "-program", PME, "-revokes", ...flags]);
    const { site } = JSON.parse(line);

    const alice = await person(t, site, "alice");
    await showcase(alice.page);
    await becomes(alice.page, "live");
    const other = await alice.context.newPage();
    await other.goto(site + "/pme/view/SxQL3iGyoDo");
    await showcase(other);

    const bob = await person(t, site, "bob");
    await becomes(bob.page, "access_denied");
    assert.match(await bob.page.locator("pme-space [role=status]").textContent(), /You do not have access to this space/);

    assert.deepEqual(alice.problems, []);
    await alice.page.getByRole("button", { name: "Sign out" }).click();
    await alice.page.getByRole("heading", { name: "Sign in" }).waitFor();
    await atOnce("the other tab after the sign-out", () => becomes(other, "login_required"));
    await other.goto(site + "/pme/view/SxQL3iGyoDo");
    assert.equal(new URL(other.url()).pathname, "/login", "and there is no tour without signing in again");
  });
}
