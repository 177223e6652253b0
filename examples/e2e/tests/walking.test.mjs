// The stand-in Showcase is walked by keyboard, and the SDK follows: the unmodified one and the emulator's own.
import assert from "node:assert/strict";
import { test } from "node:test";
import { OFFICE, eventually, meanwhile, place, showcase, stage, wantAccessible } from "../stage.mjs";

const all = stage();

/** A space with an SDK whose observations the page collects. */
async function walk(t, sdk, params = "", options = {}) {
  const server = await all.serve(t, "-sdk", sdk);
  const visitor = await all.visitor(t, server, options);
  const page = await visitor.open("/blank");
  await page.evaluate(() => document.addEventListener("pme-ready", ({ detail: { mpSdk } }) => {
    Object.assign(window, { mpSdk, poses: [], sweeps: [] });
    window.subscription = mpSdk.Camera.pose.subscribe((pose) => window.poses.push({ ...pose, projection: pose.projection.length }));
    mpSdk.Sweep.current.subscribe((sweep) => window.sweeps.push(structuredClone(sweep)));
  }));
  await place(page, { model: OFFICE, params });
  const frame = await showcase(page);
  await eventually(() => page.evaluate(() => window.poses?.length > 0 && window.sweeps.length > 0), "the first observations");
  const last = (name) => page.evaluate((name) => window[name].at(-1), name);
  const link = async () => new URL(await meanwhile(page.evaluate(() => window.mpSdk.Link.createDeepLink())));
  const at = () => frame.evaluate(() => ({ ...document.body.dataset }));
  return { visitor, page, frame, last, link, at };
}

for (const sdk of ["real", "own"]) {
  test(`${sdk} SDK: pose, sweep and deep link follow the keyboard`, async (t) => {
    const { visitor, page, frame, last, link, at } = await walk(t, sdk);
    const [first, second] = (await at()).sweeps.split(" ");
    const { position, ...pose } = await last("poses");
    assert.deepEqual(pose, { rotation: { x: 0, y: 0 }, projection: 16, sweep: first, mode: "mode.inside" });
    assert.equal((await last("sweeps")).sid, first);
    assert.equal((await link()).searchParams.get("ss"), "1");

    await frame.locator("#stage").focus();
    await page.keyboard.press("ArrowUp");
    await eventually(async () => (await last("sweeps")).sid === second, "the next sweep");
    assert.ok((await page.evaluate(() => window.sweeps)).some(({ sid }) => sid === ""), "no walk between the sweeps");
    await eventually(async () => (await last("poses")).sweep === second, "the pose there");
    assert.notDeepEqual((await last("poses")).position, position);

    await page.keyboard.press("ArrowLeft");
    await eventually(async () => (await last("poses")).rotation.y === 30, "the turn");
    const there = await link();
    assert.deepEqual(["m", "ss", "sr", "auth"].map((name) => there.searchParams.get(name)), [OFFICE, "2", ",.52", null]);
    for (const token of visitor.tokens) assert.ok(!there.href.includes(token));

    const count = await page.evaluate(() => { window.subscription.cancel(); return window.poses.length; });
    await frame.getByRole("button", { name: "Turn right" }).press("Enter");
    await eventually(async () => (await link()).searchParams.get("sr") === "", "the turn back");
    assert.equal(await page.evaluate(() => window.poses.length), count);
    await frame.getByRole("button", { name: "Walk back" }).press("Enter");
    await eventually(async () => (await last("sweeps")).sid === first, "the way back");
    await visitor.wantClean();
  });

  test(`${sdk} SDK: a visit starts at the place of the address`, async (t) => {
    const { frame, last, link, at } = await walk(t, sdk, "ss=3&sr=-.05,1.2&lang=de");
    const { sweep, sweeps, rotation, lang } = await at();
    assert.deepEqual([sweep, rotation, lang], ["3", "-.05,1.2", "de"]);
    assert.equal(await frame.evaluate(() => document.documentElement.lang), "de");
    assert.equal((await last("sweeps")).sid, sweeps.split(" ")[2]);
    assert.equal(Math.round((await last("poses")).rotation.y), 69);
    const there = await link();
    assert.deepEqual([there.searchParams.get("ss"), there.searchParams.get("sr")], ["3", "-.05,1.2"]);
  });
}

for (const colorScheme of ["light", "dark"]) {
  test(`the stand-in is accessible in ${colorScheme}`, async (t) => {
    const { frame } = await walk(t, "own", "", { clock: false, colorScheme });
    await wantAccessible(frame);
  });
}
