// What a tour costs, however many frames and tabs it is in.
import assert from "node:assert/strict";
import { test } from "node:test";
import { OFFICE, WAREHOUSE, becomes, eventually, heard, place, settle, showcase, shown, stage } from "../stage.mjs";

const all = stage();

test("two frames of a model share each request", async (t) => {
  const server = await all.serve(t);
  const visitor = await all.visitor(t, server);
  const page = await visitor.open("/blank");
  await Promise.all([place(page), place(page)]);
  const frames = [await showcase(page, { nth: 0 }), await showcase(page, { nth: 1 })];
  await eventually(async () => (await heard(page)).length === 2, "both");
  assert.equal((await server.counts()).token, 1);
  await visitor.pass(541_000, 60_000);
  for (const frame of frames) await eventually(async () => (await shown(frame)).refreshes === 1, "the refresh");
  assert.equal((await server.counts()).token, 2);
  await visitor.wantClean();
});

test("several models in one frame are one request", async (t) => {
  const server = await all.serve(t);
  const visitor = await all.visitor(t, server);
  const page = await visitor.open("/blank");
  await place(page, { model: `${OFFICE} ${WAREHOUSE}` });
  await showcase(page);
  await page.evaluate((model) => document.querySelector("pme-space").setAttribute("model", model), `${WAREHOUSE} ${OFFICE}`);
  await eventually(async () => (await heard(page)).length === 2, "the other");
  assert.equal((await server.counts()).token, 1);
});

for (const [name, tabs, channel] of [["one tab", 1, true], ["three tabs", 3, true], ["three tabs without BroadcastChannel", 3, false]]) {
  test(`an hour in ${name}`, async (t) => {
    const server = await all.serve(t);
    const visitor = await all.visitor(t, server);
    if (!channel) await visitor.context.addInitScript(() => { window.BroadcastChannel = class extends EventTarget { postMessage() {} }; });
    const pages = [];
    for (let n = 0; n < tabs; n++) {
      const page = await visitor.open("/blank");
      await place(page);
      await showcase(page);
      pages.push(page);
      await visitor.pass(7_000, 7_000); // not all at once
    }
    for (let left = 3_600_000 - 7_000 * tabs; left > 0; left -= 540_000) { // closely where the SDK asks
      await visitor.pass(Math.min(left, 480_000), 40_000);
      await visitor.pass(Math.min(Math.max(left - 480_000, 0), 60_000), 1_000);
    }
    for (const page of pages) {
      const now = await shown(await showcase(page));
      assert.equal(now.state, "live");
      assert.ok(now.refreshes >= 6, `${now.refreshes} refreshes`);
    }
    const { token, mints } = await server.counts();
    t.diagnostic(`${name}: ${token} requests for a token, ${mints} mints at Matterport`);
    console.log(`# an hour in ${name}: ${token} requests, ${mints} mints`);
    assert.ok(mints <= 7, `${mints} mints`);
    if (channel) assert.ok(token <= 7, `${token} requests`);
    else assert.ok(token <= 7 * tabs, `${token} requests`);
  });
}
