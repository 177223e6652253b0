// What people see when there is nothing to see, and the way to another account.
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { OFFICE, OIDC, eventually, here, overflow, run, screenshot, stage, wantAccessible } from "../stage.mjs";

const all = stage();

/** A page that says so, in a look that can be read in light, in dark, and on a small phone. */
async function wantPage(page, heading, name) {
  await page.getByRole("heading", { level: 1, name: heading }).waitFor();
  assert.ok(await page.title());
  assert.equal(await page.getByRole("main").count(), 1);
  const size = page.viewportSize();
  for (const [look, colorScheme, width] of [["light", "light", size.width], ["dark", "dark", size.width], ["phone", "light", 360]]) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height: size.height });
    await wantAccessible(page);
    assert.equal(await overflow(page), 0, `${name}, ${look}`);
    await screenshot(page, `${name}-${look}`);
  }
  await page.setViewportSize(size);
}

test("an address with nothing at it, and a mistyped space, are pages", async (t) => {
  const server = await all.serve(t);
  const visitor = await all.visitor(t, server, { clock: false });
  for (const [path, heading, name] of [
    ["/pme/nothing/at/all", "There is nothing at this address.", "nothing"],
    [`/pme/view/${OFFICE}/`, "There is no space at this address.", "no-space"],
    ["/pme/view/SxQL3iGyoD", "There is no space at this address.", "mistyped"],
    ["/pme/connect/nothing", "There is nothing at this address.", "nothing-connected"],
  ]) {
    const page = await visitor.open(path);
    await wantPage(page, heading, name);
    await page.getByRole("main").getByRole("link").click();
    await page.waitForURL(/\/pme\/(connect\/)?$/);
    await page.close();
  }
});

test("in a frame, who is signed out gets a link for the whole window", async (t) => {
  const server = await all.serve(t);
  const visitor = await all.visitor(t, server, { clock: false, user: "" });
  const page = await visitor.open("/blank");
  await page.evaluate((src) => document.body.append(Object.assign(document.createElement("iframe"), { src, title: "space", width: 600, height: 400 })), "/pme/view/" + OFFICE);
  const frame = page.frameLocator("iframe");
  await frame.getByRole("heading", { name: "Please sign in." }).waitFor();
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    await wantAccessible(page.frames()[1]);
    await screenshot(page, "signed-out-frame-" + colorScheme);
  }
  await frame.getByRole("link", { name: "Sign in" }).click();
  await page.waitForURL(/\/login\?next=%2Fpme%2Fview%2F/);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL(server.site + "/pme/view/" + OFFICE);
});

test("a login that fails, and Matterport away, are said", async (t) => {
  const server = await all.serve(t);
  const visitor = await all.visitor(t, server, { clock: false });
  await server.post("outage");
  const gallery = await visitor.open("/pme/");
  await gallery.getByText("Your spaces cannot be listed at the moment").waitFor();
  await wantPage(gallery, "Spaces", "outage");
  await server.post("forget");
  await wantPage(await visitor.open("/pme/"), "The sign-in could not be checked just now.", "unavailable");
});

test("from a refusal to another account, by the provider and back", async (t) => {
  const { line } = await run(t, OIDC, ["-addr", "127.0.0.1:0", "-allow", join(here, "../../testdata/allow-groups.yaml")]);
  const site = line.match(/http:\/\/[0-9.:]+/)[0];
  const visitor = await all.visitor(t, { site }, { clock: false, user: "" });
  const page = await visitor.open("/pme/view/Zh14WDtkjdC");
  const signIn = async (name) => {
    await page.getByLabel("Name").fill(name);
    await page.getByLabel("Password").fill("demo");
    await page.getByRole("button", { name: "Sign in" }).click();
  };
  await signIn("alice");
  await wantPage(page, "You do not have access to this space.", "denied");
  await page.getByText("You are signed in as Alice").waitFor();
  await page.getByRole("link", { name: "Use another account" }).click();
  await wantPage(page, "You are signed in.", "sign-out");
  await page.getByRole("button", { name: "Sign out" }).click();
  await wantPage(page, "You are signed out.", "signed-out");
  assert.equal(page.url(), site + "/auth/signed-out");
  await page.getByRole("link", { name: "Sign in" }).click();
  await signIn("bob");
  await eventually(() => page.url() === site + "/", "the home page");
  await page.goto(site + "/auth/callback?code=x&state=x"); // of no login: a tab that was restored
  assert.equal(page.url(), site + "/");
  await visitor.context.clearCookies();
  await page.goto(site + "/auth/callback?code=x&state=x");
  await wantPage(page, "The sign-in could not be completed.", "login-refused");
  assert.deepEqual(visitor.problems.filter((text) => !/40[0-9]/.test(text)), []);
});
