// A tour with the unmodified Showcase SDK: it starts, it is kept fresh, and it costs little.
import assert from "node:assert/strict";
import { test } from "node:test";
import { OFFICE, WAREHOUSE, becomes, eventually, heard, place, showcase, shown, stage } from "../stage.mjs";

const all = stage();

test("a space opens with the real SDK, and each refresh reaches Showcase", async (t) => {
  const server = await all.serve(t);
  const visitor = await all.visitor(t, server);
  const page = await visitor.open("/pme/view/" + OFFICE);
  const frame = await showcase(page);
  assert.match(frame.url(), /\/show\?.*applicationKey=demo-sdk-key/);
  assert.doesNotMatch(frame.url(), /auth/);

  const prints = new Set([(await shown(frame)).fingerprint]);
  for (let n = 1; n <= 3; n++) {
    await visitor.pass(540_000, 60_000);
    const now = await eventually(async () => { const s = await shown(frame); return s.refreshes >= n && s; }, "refresh " + n);
    await eventually(async () => !prints.has((await shown(frame)).fingerprint), "another token");
    prints.add((await shown(frame)).fingerprint);
    assert.equal(now.state, "live");
  }
  assert.equal(prints.size, 4);
  const { token } = await server.counts();
  assert.equal(token, 4, "one request for each token");
  await visitor.wantClean();
});
