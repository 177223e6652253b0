// What a page with a space of a connected account is told at once.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ACCOUNTS, account, connectAtOnce, withdraw } from "../connecting.mjs";
import { OFFICE, atOnce, becomes, eventually, place, showcase, stage } from "../stage.mjs";

const all = stage();

/** A page with a tour of a connected account, and its stream. */
async function tour(t, { endpoint = () => ACCOUNTS } = {}) {
  const server = await all.serve(t, "-sdk", "own");
  const visitor = await all.visitor(t, server);
  const id = await connectAtOnce(visitor);
  const page = await visitor.open("/blank");
  await place(page, { model: OFFICE, endpoint: endpoint(id) });
  await showcase(page);
  await eventually(async () => Object.keys(await server.counts()).some((name) => name.endsWith("/watch")), "the stream");
  return { server, visitor, page, id };
}

const frames = (page) => page.locator("pme-space iframe").count();

test("who forgets an account in another tab reads in a tour of it within a second that it has to be connected", async (t) => {
  const { page, visitor } = await tour(t, { endpoint: (id) => ACCOUNTS + id + "/" });
  const other = await visitor.open(ACCOUNTS);
  await account(other, "Main").getByRole("button", { name: "Forget" }).click();
  await other.getByRole("dialog").waitFor();
  await atOnce("forgotten", async () => {
    await other.getByRole("dialog").getByRole("button", { name: "Forget" }).click();
    await becomes(page, "reconnect_required");
  });
  await visitor.wantClean({ except: /404/ });
});

test("an account that an operator disconnects is noticed within a second, and goes on when it is connected again", async (t) => {
  const { page, server, visitor } = await tour(t);
  await atOnce("disconnected", async () => {
    await server.post("disconnect", { user: "alice" });
    await becomes(page, "reconnect_required");
  });
  await connectAtOnce(visitor); // on another computer: no window of this browser tells the page
  await becomes(page, "live");
  await showcase(page);
  await visitor.wantClean({ except: /404/ });
});

test("a refresh token that Matterport refuses is noticed within a second", async (t) => {
  const { page, server, visitor } = await tour(t);
  await withdraw(visitor);
  assert.equal(await page.locator("pme-space").getAttribute("state"), "live", "Matterport tells of nothing");
  await visitor.context.request.get(server.site + ACCOUNTS + "models");
  await atOnce("refused", () => becomes(page, "reconnect_required"));
  await visitor.wantClean({ except: /401/ });
});

test("who is signed out reads so within a second in a tour of a connected account", async (t) => {
  const { page, server } = await tour(t);
  await atOnce("signed out", async () => {
    await server.post("sign-out", { user: "alice" });
    await becomes(page, "login_required");
  });
  assert.equal(await frames(page), 1, "the tour stays");
});

test("a tour of a connected account asks for nothing without a reason", async (t) => {
  const { server, visitor } = await tour(t);
  const asked = async () => Object.entries(await server.counts()).filter(([name]) => /connect\/(token|settings|watch)$/.test(name));
  const before = await asked();
  await visitor.pass(120_000, 30_000);
  assert.deepEqual(await asked(), before);
});
