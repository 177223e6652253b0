// What a page is told at once, and what happens where nothing can tell it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { OFFICE, WAREHOUSE, atOnce, becomes, eventually, place, showcase, shown, stage } from "../stage.mjs";

const all = stage();
const text = (page) => page.locator("pme-space").first().evaluate((it) => it.shadowRoot.querySelector("[role=status]").innerText);

async function tour(t, attributes) {
  const server = await all.serve(t, "-sdk", "own");
  const visitor = await all.visitor(t, server);
  const page = await visitor.open("/blank");
  await place(page, attributes);
  await showcase(page);
  await eventually(async () => (await server.counts()).watch > 0, "the stream");
  return { server, visitor, page };
}

test("a space that is withdrawn goes dark within a second, and says why", async (t) => {
  const { server, visitor, page } = await tour(t);
  await atOnce("withdrawn", async () => {
    await server.post("withdraw", { user: "alice" });
    await becomes(page, "access_denied");
  });
  assert.match(await text(page), /You no longer have access to this space\./);
  assert.equal(await page.locator("pme-space iframe").count(), 0, "the tour is gone");
  await server.post("restore", { user: "alice" });
  await showcase(page);
  await visitor.wantClean({ except: /403/ });
});

test("without an SDK key too, a space that is withdrawn goes dark within a second", async (t) => {
  const server = await all.serve(t, "-sdk", "none");
  const visitor = await all.visitor(t, server);
  const page = await visitor.open("/blank");
  await place(page);
  await becomes(page, "live");
  await eventually(async () => (await server.counts()).watch > 0, "the stream");
  const { link } = await server.counts();
  await visitor.pass(100_000);
  assert.equal(await page.locator("pme-space iframe").count(), 1);
  assert.equal((await server.counts()).link, link, "no request without a reason");
  await atOnce("withdrawn", async () => {
    await server.post("withdraw", { user: "alice" });
    await becomes(page, "access_denied");
  });
  assert.equal(await page.locator("pme-space iframe").count(), 0, "the tour is gone");
});

/** Holds the next good answer to a request for a token back, until it is released. */
async function heldBack(page) {
  const held = { asked: false };
  const released = new Promise((done) => { held.release = done; });
  await page.route("**/pme/token?*", async (route) => {
    const response = await route.fetch();
    held.asked = true;
    await released;
    await route.fulfill({ response });
  }, { times: 1 });
  return held;
}

/** Counts what the page is told: its other channels hear it as other tabs do. */
const listenToTold = (page) => page.evaluate(() => {
  window.told = 0;
  new BroadcastChannel("pme").onmessage = ({ data }) => { if (data.told) window.told++; };
});

for (const [what, ask] of [
  ["the SDK asks for a token", ({ visitor }) => visitor.pass(540_000, 30_000)],
  ["the page asks for a token because one was revoked", ({ server }) => server.post("revoke-tokens", { user: "alice" })],
]) {
  test(`a space that is withdrawn while ${what} goes dark as soon as that is answered`, async (t) => {
    const { server, visitor, page } = await tour(t);
    const held = await heldBack(page);
    await ask({ server, visitor });
    await eventually(() => held.asked, "the request");
    await listenToTold(page);
    await server.post("withdraw", { user: "alice" });
    await eventually(() => page.evaluate(() => window.told > 0), "the event");
    assert.notEqual(await page.locator("pme-space").getAttribute("state"), "access_denied", "there is no answer yet");
    held.release();
    await atOnce("withdrawn", () => becomes(page, "access_denied"));
  });
}

test("who is signed out elsewhere reads so within a second", async (t) => {
  const { server, page } = await tour(t);
  await atOnce("signed out", async () => {
    await server.post("sign-out", { user: "alice" });
    await becomes(page, "login_required");
  });
});

test("a tour whose token was revoked goes on with another", async (t) => {
  const { server, page } = await tour(t);
  const before = await shown(await showcase(page));
  await server.post("revoke-tokens", { user: "alice" });
  await eventually(async () => {
    const frame = await showcase(page);
    return frame && (await shown(frame)).fingerprint !== before.fingerprint;
  }, "a tour with another token");
  await becomes(page, "live");
});

test("all tabs of a browser share one stream", async (t) => {
  const { server, visitor, page } = await tour(t);
  const other = await visitor.open("/blank");
  await place(other, { model: WAREHOUSE });
  await showcase(other);
  await eventually(async () => (await server.counts()).watch === 2, "a stream about both spaces");
  await visitor.pass(60_000);
  assert.equal((await server.counts()).watch, 2, "one stream, begun again for the second space");
  await server.post("withdraw", { user: "alice" });
  await becomes(page, "access_denied");
  await becomes(other, "access_denied");
});

test("without the stream, a withdrawal is noticed within a minute", async (t) => {
  const server = await all.serve(t, "-sdk", "own");
  const visitor = await all.visitor(t, server);
  const page = await visitor.open("/blank");
  await page.route("**/pme/watch?*", (route) => route.abort());
  await place(page, { model: OFFICE });
  await showcase(page);
  await visitor.pass(30_000);
  await server.post("withdraw", { user: "alice" });
  await visitor.pass(60_000);
  await becomes(page, "access_denied");
});

test("an hour with the stream is no more requests than without", async (t) => {
  const { server, visitor } = await tour(t);
  const { token } = await server.counts();
  await visitor.pass(600_000, 30_000);
  const now = await server.counts();
  assert.ok(now.token - token <= 2, `${now.token - token} requests for a token in ten minutes`);
  assert.equal(now.watch, 1, "one stream");
});
