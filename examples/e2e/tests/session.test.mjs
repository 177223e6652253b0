// Signing out, signing in again, losing a space, leaving one.
import assert from "node:assert/strict";
import { test } from "node:test";
import { OFFICE, WAREHOUSE, becomes, eventually, heard, place, screenshot, showcase, shown, stage } from "../stage.mjs";

const all = stage();

test("who was signed out goes on where they were after signing in by popup", async (t) => {
  const server = await all.serve(t);
  const visitor = await all.visitor(t, server);
  const page = await visitor.open("/blank");
  await place(page);
  const frame = await showcase(page);
  await server.post("end-session", { user: "alice" });
  await visitor.pass(541_000, 60_000);
  await becomes(page, "login_required");
  assert.equal((await shown(frame)).state, "live", "the tour is still to be seen");
  assert.ok((await heard(page)).some((e) => e.type === "pme-signed-out"));
  await screenshot(page, "signed-out");

  const popup = visitor.context.waitForEvent("page");
  await page.getByRole("link", { name: "Sign in" }).click();
  const login = await popup;
  await login.getByRole("button", { name: "Sign in" }).click();
  await visitor.context.clock.runFor(1000);
  await eventually(() => login.isClosed(), "the popup's closing itself");
  await eventually(async () => (await shown(frame)).refreshes === 1, "the refresh");
  assert.equal(await page.locator("pme-space").getAttribute("state"), "live");
  assert.equal((await shown(frame)).state, "live");
  assert.deepEqual((await heard(page)).filter((e) => e.type === "pme-ready").length, 1, "the same session");
  await visitor.wantClean({ except: /401/ });
});

test("who signs out everywhere and comes back gets the space anew", async (t) => {
  const server = await all.serve(t);
  const visitor = await all.visitor(t, server);
  const page = await visitor.open("/blank");
  await place(page);
  const before = await shown(await showcase(page));
  await visitor.pass(15_000);
  await server.post("sign-out", { user: "alice" }); // in another tab: it revokes, and Showcase goes dark
  await showcase(page, { state: "dark" });
  await page.evaluate(() => window.dispatchEvent(new Event("focus"))); // back to this one
  await becomes(page, "login_required");
  await visitor.signIn();
  await page.evaluate(() => window.dispatchEvent(new Event("focus")));
  const now = await shown(await showcase(page));
  assert.notEqual(now.fingerprint, before.fingerprint);
  assert.equal(await page.locator("pme-space").getAttribute("state"), "live");
});

test("a tour that was revoked at sign-out begins again after signing in by popup", async (t) => {
  const server = await all.serve(t);
  const visitor = await all.visitor(t, server);
  const page = await visitor.open("/blank");
  await place(page);
  await showcase(page);
  await visitor.pass(300_000, 60_000);
  await server.post("sign-out", { user: "alice" });
  await showcase(page, { state: "dark" });
  await visitor.pass(241_000, 60_000); // the SDK asks
  await becomes(page, "login_required");
  const popup = visitor.context.waitForEvent("page");
  await page.getByRole("link", { name: "Sign in" }).click();
  await (await popup).getByRole("button", { name: "Sign in" }).click();
  await showcase(page);
  await becomes(page, "live");
});

test("a space that is withdrawn is blanked", async (t) => {
  const server = await all.serve(t);
  const visitor = await all.visitor(t, server);
  const page = await visitor.open("/blank");
  await place(page);
  await showcase(page);
  await server.post("withdraw", { user: "alice" });
  await visitor.pass(541_000, 60_000);
  await becomes(page, "access_denied");
  assert.equal(await page.locator("pme-space iframe").count(), 0);
  await page.getByText("You no longer have access to this space.").waitFor();
  const last = (await heard(page)).at(-1);
  assert.deepEqual(last, { type: "pme-error", code: "access_denied", final: true });
});

test("removing the element ends everything that it started", async (t) => {
  const server = await all.serve(t);
  const visitor = await all.visitor(t, server, { clock: false });
  await visitor.context.addInitScript(() => {
    const timers = window.timers = new Map();
    for (const [start, stop, once] of [["setTimeout", "clearTimeout", true], ["setInterval", "clearInterval", false]]) {
      const started = window[start], stopped = window[stop];
      window[start] = (work, ms, ...rest) => {
        const id = started(() => { if (once) timers.delete(id); work(...rest); }, ms);
        timers.set(id, `${start} ${ms} ${new Error().stack.split("\n")[2]}`);
        return id;
      };
      window[stop] = (id) => { timers.delete(id); stopped(id); };
    }
  });
  const running = (page) => page.evaluate(() => [...window.timers.values()]);
  const page = await visitor.open("/blank");

  await place(page); // while it is live
  await showcase(page);
  assert.ok((await running(page)).length > 0);
  await page.evaluate(() => document.querySelector("pme-space").remove());
  assert.deepEqual(await running(page), []);

  await place(page); // while it connects
  await page.locator("pme-space iframe").waitFor({ state: "attached" });
  await page.evaluate(() => document.querySelector("pme-space").remove());
  await eventually(async () => (await running(page)).length === 0, "silence after a connection that was given up");

  await server.fail("503"); // while it tries
  await place(page, { model: WAREHOUSE });
  await eventually(async () => (await server.counts()).token >= 2, "a try");
  await page.evaluate(() => document.querySelector("pme-space").remove());
  await eventually(async () => (await running(page)).length === 0, "silence after a try");
  await server.heal();
  const { token } = await server.counts();

  await place(page); // and a new one works after all that
  await showcase(page);
  assert.ok((await server.counts()).token - token <= 1);
});

test("a removed element stays silent when the SDK's fetch was under way", async (t) => {
  const server = await all.serve(t);
  const visitor = await all.visitor(t, server);
  const page = await visitor.open("/blank");
  await place(page);
  await showcase(page);
  await server.fail("hang", 1);
  await visitor.pass(540_000, 60_000);
  await eventually(async () => (await server.counts()).token === 2, "the fetch");
  await page.evaluate(() => { window.gone = document.querySelector("pme-space"); window.gone.remove(); });
  await visitor.pass(1_200_000, 60_000);
  assert.equal((await server.counts()).token, 2);
  assert.deepEqual((await heard(page)).map((e) => e.type), ["pme-ready"]);
});

test("another model may take a space's place", async (t) => {
  const server = await all.serve(t);
  const visitor = await all.visitor(t, server);
  const page = await visitor.open("/blank");
  await place(page);
  await showcase(page);
  await becomes(page, "live"); // after the rest of the SDK has come
  await page.evaluate((model) => document.querySelector("pme-space").setAttribute("model", model), WAREHOUSE);
  await eventually(async () => (await heard(page)).length === 2, "the second space");
  const frame = await showcase(page);
  assert.match(frame.url(), new RegExp("m=" + WAREHOUSE));
  assert.equal(await page.locator("pme-space iframe").count(), 1);
  await visitor.pass(540_000, 60_000);
  await eventually(async () => (await shown(frame)).refreshes === 1, "the refresh");
  assert.equal((await server.counts()).token, 3, "the first is refreshed no more");
});

test("only parameters that are known to be harmless reach Showcase", async (t) => {
  const server = await all.serve(t);
  const visitor = await all.visitor(t, server);
  const page = await visitor.open("/blank");
  await place(page, { model: OFFICE, params: "qs=1&hl=0&ss=12&auth=Bearer+stolen&m=XXXXXXXXXXX&applicationKey=x&lang=de", title: "Head office" });
  const frame = await showcase(page);
  assert.deepEqual(Object.fromEntries(new URL(frame.url()).searchParams),
    { qs: "1", hl: "0", ss: "12", lang: "de", m: OFFICE, applicationKey: "demo-sdk-key", play: "1" });
  assert.equal(await page.locator("pme-space iframe").getAttribute("title"), "Head office");
});

test("a wrong SDK key is said, and not tried for ever", async (t) => {
  const server = await all.serve(t);
  const visitor = await all.visitor(t, server);
  const page = await visitor.open("/blank");
  await place(page, { model: OFFICE, "sdk-key": "wrong" });
  await becomes(page, "failed");
  await page.getByText("Try again").waitFor();
  assert.equal((await server.counts()).token, 1);
});

test("without an SDK key the frame is replaced before its link expires, and stays in its place", async (t) => {
  const server = await all.serve(t, "-sdk", "none");
  const visitor = await all.visitor(t, server);
  const page = await visitor.open("/blank");
  await place(page, { model: OFFICE, params: "ss=12&sr=-.1,.2" });
  const before = await showcase(page);
  assert.match(before.url(), /auth=Bearer/);
  await visitor.pass(550_000, 50_000);
  await visitor.pass(10_000, 1_000);
  await eventually(async () => (await page.locator("pme-space iframe").count()) === 1 && before.isDetached(), "the new frame");
  const now = await showcase(page);
  assert.notEqual((await shown(now)).fingerprint, undefined);
  assert.equal(new URL(now.url()).searchParams.get("ss"), "12");
  assert.deepEqual((await heard(page)).map((e) => e.type), ["pme-ready", "pme-refresh"]);
  assert.equal((await server.counts()).link, 2);
});
