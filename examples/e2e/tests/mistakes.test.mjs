// Mistakes of those who build the site, as the browser tells of them. The others are in internal/mistakes.
import assert from "node:assert/strict";
import { test } from "node:test";
import { OFFICE, becomes, eventually, place, stage } from "../stage.mjs";

const all = stage();

async function blank(t) {
  const server = await all.serve(t, "-sdk", "own");
  const visitor = await all.visitor(t, server, { clock: false });
  return { visitor, page: await visitor.open("/blank") };
}

const text = (page) => page.locator("pme-space").evaluate((it) => it.shadowRoot.textContent);
const said = (visitor, pattern) => eventually(() => visitor.console.some((line) => pattern.test(line)), String(pattern));

// Mistake 9: a wrong client secret. The visitor cannot help it, so it is no "connection interrupted".
test("a wrong client secret shows the endpoint's own sentence", async (t) => {
  const { page } = await blank(t);
  const sentence = "Spaces cannot be shown at present. Please tell the people who run this site.";
  await page.route("**/pme/token?*", (route) => route.fulfill({ status: 502, json: { error: "upstream_error", error_description: sentence } }));
  await place(page);
  await eventually(async () => (await text(page)).includes(sentence), sentence);
});

// Mistake 17: a wrong SDK key, or one that is registered for another domain.
test("a wrong SDK key is named on the console", async (t) => {
  const { visitor, page } = await blank(t);
  await place(page, { model: OFFICE, "sdk-key": "wrong" });
  await becomes(page, "failed");
  await said(visitor, /pme: the Showcase SDK does not open the space\. Check the SDK key.*http:\/\/127\.0\.0\.1/);
});

// Mistake 18: no type=module, or a wrong src. The browser says so itself.
test("a script without type=module is named on the console", async (t) => {
  const { visitor, page } = await blank(t);
  await page.evaluate(() => document.head.append(Object.assign(document.createElement("script"), { src: "/pme/pme.js" })));
  await eventually(() => visitor.problems.some((line) => /import\.meta|export|module/.test(line)), "the word module");
});

test("a wrong address of the script is named on the console", async (t) => {
  const { visitor, page } = await blank(t);
  await page.evaluate(() => document.head.append(Object.assign(document.createElement("script"), { src: "/pme/pme.mjs", type: "module" })));
  await said(visitor, /404/);
  assert.ok(visitor.urls.some(({ url }) => url.endsWith("/pme/pme.mjs")));
});
