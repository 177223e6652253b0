// The pages for administrators: how they look, that they are used by keyboard alone, and that what they end is over.
import assert from "node:assert/strict";
import { test } from "node:test";
import { OFFICE, becomes, eventually, overflow, place, screenshot, showcase, stage, wantAccessible } from "../stage.mjs";

const all = stage();

const LOOKS = {
  360: { viewport: { width: 360, height: 800 }, isMobile: true, hasTouch: true },
  1440: { viewport: { width: 1440, height: 900 } },
  "360 dark": { viewport: { width: 360, height: 800 }, colorScheme: "dark" },
  "1440 forced colours": { viewport: { width: 1440, height: 900 }, forcedColors: "active" },
  "360 text 200": { viewport: { width: 360, height: 800 }, text: 200 },
  "360 rtl": { viewport: { width: 360, height: 800 }, locale: "ar" },
};

/** alice looks at a space, and root at what alice does. */
async function scene(t, options = {}) {
  const server = await all.serve(t, "-sdk", "own", "-admin", "-full", "-models", "5");
  const alice = await all.visitor(t, server, { clock: false });
  const tour = await alice.open("/blank");
  await place(tour);
  await showcase(tour);
  await eventually(async () => (await server.counts()).watch > 0, "the stream");
  const root = await all.visitor(t, server, { clock: false, user: "root", ...options });
  return { server, alice, tour, root };
}

for (const [look, { text = 100, ...options }] of Object.entries(LOOKS)) {
  test(`the pages at ${look}`, async (t) => {
    const { server, root } = await scene(t, options);
    if (text !== 100) await root.context.addInitScript((size) => {
      new MutationObserver((_, observer) => {
        if (!document.documentElement) return;
        document.documentElement.style.fontSize = size + "%";
        observer.disconnect();
      }).observe(document, { childList: true });
    }, text);
    const page = await root.open("/pme-admin/");
    for (const [name, path] of Object.entries({
      tokens: "", none: "?person=nobody", person: "revoke?user=alice", self: "revoke?user=root", space: "revoke?model=" + OFFICE, everything: "revoke?all=1",
      explain: "explain", explained: `explain?user=alice&model=${OFFICE}`, connections: "connections?user=alice", health: "health", events: "events", nothing: "nothing",
    })) {
      await page.goto(server.site + "/pme-admin/" + path);
      assert.equal(await overflow(page), 0, name + " overflows");
      await wantAccessible(page);
      await screenshot(page, `admin-${name}-${look.replaceAll(" ", "-")}`);
    }
    assert.deepEqual(root.problems.filter((problem) => !/404/.test(problem)), []);
  });
}

test("by keyboard alone, a token is found and revoked, and the tour ends and says so", async (t) => {
  const { server, alice, tour, root } = await scene(t);
  const page = await root.open("/pme-admin/");
  const tabTo = async (name) => {
    for (let n = 0; n < 60; n++) {
      await page.keyboard.press("Tab");
      const at = await page.evaluate(() => document.activeElement.labels?.[0]?.innerText.trim() ?? document.activeElement.getAttribute("aria-label") ?? document.activeElement.innerText);
      if (at.startsWith(name)) return;
    }
    assert.fail(`Tab does not reach ${name}`);
  };
  await tabTo("Person");
  await page.keyboard.type("alice");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/pme-admin/?person=alice**");
  assert.match(await page.locator("main").innerText(), /open now/);
  await tabTo("Revoke this person: alice");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/revoke?user=alice");
  await tabTo("Revoke");
  await page.keyboard.press("Enter");
  await page.getByText("1 live tokens are revoked").waitFor();
  await becomes(tour, "login_required");
  assert.match(await tour.locator("pme-space").evaluate((it) => it.shadowRoot.querySelector("[role=status]").innerText), /You are signed out\./);

  await page.goto(server.site + "/pme-admin/");
  assert.match(await page.locator("main").innerText(), /No live token is found/);
  await page.goto(server.site + "/pme-admin/events?user=alice");
  assert.match(await page.locator("main").innerText(), /administrator acted · revoke_user · 1[^]*by root[^]*tokens revoked · admin/);
  const seen = await page.content();
  for (const token of alice.tokens) assert.ok(!seen.includes(token));
  await alice.wantClean({ except: /401/ });
});

test("the browser asks before everything or one's own session ends", async (t) => {
  const { server, tour, root } = await scene(t);
  const page = await root.open("/pme-admin/revoke?all=1");
  await page.getByRole("button", { name: "Revoke" }).click();
  assert.equal(new URL(page.url()).search, "?all=1", "the browser asks for the word");
  await page.getByLabel("Type everything to confirm").fill("everything");
  await page.getByRole("button", { name: "Revoke" }).click();
  await page.getByText("live tokens are revoked").waitFor();
  await showcase(tour); // alice is signed in and allowed: the tour goes on with a new token

  await page.goto(server.site + "/pme-admin/revoke?user=root");
  await page.getByRole("button", { name: "Revoke" }).click();
  assert.equal(new URL(page.url()).search, "?user=root", "the browser asks for the tick");
  await page.getByLabel("This ends my own session").check();
  await page.getByRole("button", { name: "Revoke" }).click();
  await page.getByText("live tokens are revoked").waitFor();
  await page.goto(server.site + "/pme-admin/");
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
});

test("people who are no administrators find nothing", async (t) => {
  const { alice } = await scene(t);
  const page = await alice.open("/pme-admin/");
  await page.getByText("There is nothing at this address.").waitFor();
});
