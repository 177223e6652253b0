// What a page begins before the module has come: it is used once, and anything that is wrong with it is healed.
import assert from "node:assert/strict";
import { test } from "node:test";
import { OFFICE, becomes, eventually, showcase, stage } from "../stage.mjs";

const all = stage();
const PAGES = { "the page of a space": "/pme/view/" + OFFICE, "a page of the host's": "/element" };

const tokens = async (server) => (await server.counts()).token ?? 0;
const frames = (visitor) => visitor.urls.filter(({ url }) => /\/show\?/.test(url)).length;
const settings = async (server) => (await server.counts()).settings ?? 0;

async function scene(t, options) {
  const server = await all.serve(t);
  return { server, visitor: await all.visitor(t, server, options) };
}

for (const [name, path] of Object.entries(PAGES)) {
  test(`${name} asks once for the token, and loads one frame`, async (t) => {
    const { server, visitor } = await scene(t);
    const page = await visitor.open(path);
    await showcase(page);
    assert.deepEqual([await tokens(server), await settings(server), frames(visitor)], [1, 0, 1]);
    assert.ok(!(await (await visitor.context.request.get(server.site + path)).text()).includes([...visitor.tokens][0]), "the token is in the page");
    await visitor.wantClean();
  });

  test(`${name} tries again if the first request fails`, async (t) => {
    const { server, visitor } = await scene(t);
    await server.fail("503", 1);
    await showcase(await visitor.open(path));
    assert.equal(await tokens(server), 2);
    await visitor.wantClean({ except: /503/ });
  });

  test(`${name} tries again if the first request does not get through`, async (t) => {
    const { server, visitor } = await scene(t);
    await visitor.context.route("**/pme/token?*", (route) => route.abort(), { times: 1 });
    await showcase(await visitor.open(path));
    assert.equal(await tokens(server), 1);
  });

  test(`${name} says at once that access is denied`, async (t) => {
    const { server, visitor } = await scene(t);
    await visitor.context.route(server.site + path, async (route) => {
      const response = await route.fetch(); // the page is made while the user may see the space
      await server.post("withdraw", { user: "alice" });
      await route.fulfill({ response });
    });
    await becomes(await visitor.open(path), "access_denied");
    assert.equal(await tokens(server), 1);
  });

  test(`${name} does not use a token that has waited for the module`, async (t) => {
    const { server, visitor } = await scene(t);
    let go;
    const late = new Promise((done) => { go = done; });
    await visitor.context.route(/\/pme\.\w+\.js$/, async (route) => { await late; await route.continue(); });
    const page = await visitor.context.newPage();
    const opened = page.goto(server.site + path, { waitUntil: "commit" });
    await eventually(async () => await tokens(server) === 1, "the first request");
    await opened;
    await visitor.pass(20_000);
    go();
    await showcase(page);
    assert.equal(await tokens(server), 2);
  });

  test(`${name} opens if the SDK cannot be loaded at first`, async (t) => {
    const { server, visitor } = await scene(t);
    await visitor.context.route(`${server.npm}/@matterport/sdk/**`, (route) => route.abort(), { times: 1 });
    await showcase(await visitor.open(path));
  });
}

test("a signed-out visitor is asked to sign in, after one request", async (t) => {
  const { server, visitor } = await scene(t);
  await visitor.context.route(server.site + "/element", async (route) => {
    const response = await route.fetch();
    await server.post("sign-out", { user: "alice" });
    await route.fulfill({ response });
  });
  const page = await visitor.open("/element");
  await becomes(page, "login_required");
  assert.equal(await tokens(server), 1);
  await visitor.signIn();
  await page.evaluate(() => new BroadcastChannel("pme").postMessage({ signedIn: true }));
});

test("a page of the host's begins no frame for a space that waits, or that has parameters", async (t) => {
  const { server, visitor } = await scene(t);
  await visitor.context.route(server.site + "/element", async (route) => {
    const response = await route.fetch();
    const body = (await response.text()).replace("<pme-space", '<pme-space mode="click" id="click" model="' + OFFICE + '"></pme-space><pme-space params="qs=1" id="params"');
    await route.fulfill({ response, body });
  });
  const page = await visitor.open("/element");
  await showcase(page);
  assert.equal(frames(visitor), 1);
  assert.match(visitor.urls.find(({ url }) => /\/show\?/.test(url)).url, /qs=1/);
  assert.equal(await page.locator("#click").getAttribute("state"), "idle");
});

test("a page whose policy allows no script in it opens all the same", async (t) => {
  const { server, visitor } = await scene(t);
  await visitor.context.route(server.site + "/element", async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, headers: { ...response.headers(), "Content-Security-Policy": `script-src 'self' ${server.npm} ${server.emulator}` } });
  });
  await showcase(await visitor.open("/element"));
});
