// What goes wrong on the way: failures, outages, answers that never come, sleep.
import assert from "node:assert/strict";
import { test } from "node:test";
import { OFFICE, becomes, eventually, heard, meanwhile, place, showcase, shown, stage } from "../stage.mjs";

const all = stage();

/** Opens a space on a blank page, and returns what the tests below want to look at. */
async function touring(t, ...args) {
  const server = await all.serve(t, ...args);
  const visitor = await all.visitor(t, server);
  const page = await visitor.open("/blank");
  await place(page);
  const frame = await showcase(page);
  await becomes(page, "live"); // after the rest of the SDK has come
  return { server, visitor, page, frame };
}

test("one failure is tried again within the refresh", async (t) => {
  const { server, visitor, page, frame } = await touring(t);
  await server.fail("503", 1);
  await visitor.pass(540_000, 60_000);
  await visitor.pass(5_000, 1_000);
  await eventually(async () => (await shown(frame)).refreshes === 1, "the refresh");
  assert.deepEqual((await heard(page)).map((e) => e.code ?? e.type), ["pme-ready", "transient", "pme-refresh"]);
  assert.equal((await server.counts()).token, 3);
  await visitor.wantClean({ except: /503/ });
});

test("Retry-After is honoured", async (t) => {
  const { server, visitor, frame } = await touring(t);
  await server.fail("503 20", 1);
  await visitor.pass(540_000, 60_000);
  await eventually(async () => (await server.counts()).token === 2, "the first try");
  await visitor.pass(17_000, 1_000);
  assert.equal((await server.counts()).token, 2, "a try before its time");
  await visitor.pass(5_000, 1_000);
  await eventually(async () => (await shown(frame)).refreshes === 1, "the refresh");
});

test("an answer that never comes is not waited for", async (t) => {
  const { server, visitor, frame } = await touring(t);
  await server.fail("hang", 1);
  await visitor.pass(540_000, 60_000);
  await eventually(async () => (await server.counts()).token === 2, "the request that hangs");
  await visitor.pass(20_000, 1_000);
  const now = await eventually(async () => { const s = await shown(frame); return s.refreshes === 1 && s; }, "the refresh");
  assert.equal(now.state, "live");
});

test("under the same outage the guide's fetcher dies, and ours lives", async (t) => {
  const { server, visitor, page, frame } = await touring(t);
  const naive = page.evaluate(async ({ npm, emulator, model }) => {
    const { setupSdk } = await import(npm + "/@matterport/sdk/dist/index.esm.js");
    const iframe = document.createElement("iframe");
    iframe.id = "naive";
    iframe.src = `${emulator}/show?m=${model}&applicationKey=demo-sdk-key&play=1`;
    document.body.append(iframe);
    const fetchToken = async () => { // as the guide has it
      const response = await fetch("/pme/token?modelId=" + model);
      return response.json();
    };
    const token = await fetchToken();
    const sdk = await setupSdk("demo-sdk-key", { iframe, connectOptions: { auth: token.access_token } });
    sdk.OAuth.createTokenRefresher(token, { fetch: fetchToken });
    return true;
  }, { npm: server.npm, emulator: server.emulator, model: OFFICE });

  const theirs = await (await page.waitForSelector("#naive")).contentFrame();
  await eventually(async () => (await shown(theirs)).state === "live", "their tour");

  await visitor.pass(530_000, 53_000);
  await server.fail("503");
  await visitor.pass(40_000, 2_000); // 30 s of it after the SDK has asked
  await server.heal();
  await visitor.pass(60_000, 5_000); // past the first token's end
  await eventually(async () => (await shown(theirs)).state === "dark", "their end");
  const ours = await shown(frame);
  assert.equal(ours.state, "live");
  assert.equal(ours.refreshes, 1);
  const held = [...visitor.tokens].at(-1);
  assert.equal(ours.fingerprint, await server.fingerprint(held));
  const { token } = await server.counts();
  assert.ok(token <= 12, `${token} requests in an outage of 30 s`);
});

test("a space comes back by itself after the computer has slept past the token's end", async (t) => {
  const { server, visitor, page } = await touring(t);
  await page.evaluate(() => { window.neverReloaded = true; });
  await visitor.sleep(3_600_000);
  await visitor.pass(16_000, 4_000); // the next look at the clock
  const frame = await showcase(page);
  const now = await shown(frame);
  assert.equal(now.refreshes, 0, "a new session");
  assert.equal(now.fingerprint, await server.fingerprint([...visitor.tokens].at(-1)));
  assert.ok(await page.evaluate(() => window.neverReloaded));
  assert.deepEqual((await heard(page)).map((e) => e.type), ["pme-ready", "pme-ready"]);
  assert.equal((await server.counts()).token, 2);
  await visitor.pass(540_000, 60_000);
  await eventually(async () => (await shown(frame)).refreshes === 1, "the refresh of the new session");
});

test("a space comes back after a long time offline", async (t) => {
  const { server, visitor, page } = await touring(t);
  await visitor.context.setOffline(true);
  await visitor.pass(700_000, 20_000);
  assert.equal(await page.locator("pme-space").getAttribute("state"), "waiting");
  await page.getByText("Trying again").waitFor();
  const { token } = await server.counts();
  assert.equal(token, 1);
  await visitor.context.setOffline(false);
  await visitor.pass(10_000, 500);
  const now = await shown(await showcase(page));
  assert.equal(now.fingerprint, await server.fingerprint([...visitor.tokens].at(-1)));
});

test("createFetcher tells its codes apart", async (t) => {
  const server = await all.serve(t);
  const visitor = await all.visitor(t, server);
  const page = await visitor.open("/blank");
  const outcome = (options) => meanwhile(page.evaluate(async (options) => {
    const { createFetcher } = await import("/pme/pme.js");
    try {
      const { expires_in, access_token } = await createFetcher(options).fetch();
      return typeof access_token === "string" && expires_in > 60 && "token";
    } catch (error) {
      return error.code;
    }
  }, options));
  assert.equal(await outcome({ model: OFFICE }), "token");
  assert.equal(await outcome({ model: OFFICE, endpoint: "/pme" }), "token");
  assert.equal(await outcome({ model: "XXXXXXXXXXX" }), "access_denied");
  assert.equal(await outcome({ model: "no model" }), "invalid_request");
  await server.post("end-session", { user: "alice" });
  assert.equal(await outcome({ model: "yyHDFKzPzvN" }), "login_required");
});

test("a token with no time left is not handed to the SDK", async (t) => {
  const server = await all.serve(t);
  const visitor = await all.visitor(t, server);
  const page = await visitor.open("/blank");
  let answers = 0;
  await page.route("**/pme/token?**", (route) => route.fulfill({
    json: { access_token: "t" + ++answers, token_type: "Bearer", expires_in: answers < 3 ? 60 : 600 },
  }));
  const fetched = page.evaluate(async (model) => {
    const { createFetcher } = await import("/pme/pme.js");
    return createFetcher({ model }).fetch();
  }, OFFICE);
  await visitor.pass(20_000, 500);
  assert.deepEqual(await fetched, { access_token: "t3", expires_in: (await fetched).expires_in });
  assert.ok((await fetched).expires_in > 500);
  assert.equal(answers, 3);
});
