// Access that ends by itself: a tour goes on until then, and the visitor reads why it is over.
import assert from "node:assert/strict";
import { test } from "node:test";
import { atOnce, becomes, eventually, place, showcase, shown, stage } from "../stage.mjs";

const all = stage();
const said = (page) => page.locator("pme-space").first().evaluate((it) => it.shadowRoot.querySelector("[role=status]").innerText);
const silent = (page) => page.locator("pme-space").first().evaluate((it) => it.shadowRoot.querySelector("[role=status]").hidden);

for (const sdk of ["own", "none"]) {
  test(`a tour ends with the access, and not before (SDK: ${sdk})`, async (t) => {
    const server = await all.serve(t, "-sdk", sdk);
    const visitor = await all.visitor(t, server);
    await server.post("end", { ms: 400_000 });
    const page = await visitor.open("/blank");
    await place(page);
    await becomes(page, "live");
    await eventually(async () => (await server.counts()).watch > 0, "the stream");
    await visitor.pass(330_000);
    const { mints } = await server.counts();
    for (let left = 60; left > 10; left -= 10) {
      await visitor.pass(10_000, 5000);
      assert.equal(await page.locator("pme-space").getAttribute("state"), "live", `${left} s before the end`);
      assert.equal(await silent(page), true);
    }
    if (sdk !== "none") assert.equal((await shown(await showcase(page))).state, "live");
    await visitor.pass(20_000, 5000);
    await atOnce("ended", () => becomes(page, "access_denied"));
    assert.match(await said(page), /You no longer have access to this space\./);
    assert.equal(await page.locator("pme-space iframe").count(), 0, "the tour is gone");
    assert.equal((await server.counts()).mints, mints, "nothing is minted for the end");
    await visitor.wantClean({ except: /403|503/ }).catch((error) => { if (sdk !== "none") throw error; });
  });
}
