// Pages, endpoints and policies that are set up wrongly: the fault is named, and it heals when it is put right.
import assert from "node:assert/strict";
import { test } from "node:test";
import { blank, consoles, says, withHeaders } from "../scenes.mjs";
import { becomes, eventually, place, showcase, shown, stage } from "../stage.mjs";

const all = stage();

for (const [what, answer] of [
  ["404 in HTML", { status: 404, contentType: "text/html", body: "<h1>Not found</h1>" }],
  ["200 in HTML", { status: 200, contentType: "text/html", body: "<div id=root></div>" }],
]) {
  test(`an endpoint that answers ${what} is named`, async (t) => {
    const { visitor, page } = await blank(all, t, { before: ({ context }) => context.route("**/pme/settings", (route) => route.fulfill(answer)) });
    await place(page);
    await says(page, "This space cannot be shown at the moment.");
    await consoles(visitor, /the answer of http.*\/pme\/settings is none of pme's/);
    assert.doesNotMatch(visitor.console.join(), /interrupted/);
    await visitor.context.unroute("**/pme/settings");
    await visitor.pass(40_000, 2000); // the next try
    await showcase(page);
  });
}

for (const [what, answer] of [
  ["an empty object", { status: 401, json: {} }],
  ["HTML", { status: 401, contentType: "text/html", body: "<h1>Sign in</h1>" }],
]) {
  test(`a proxy's 401 with ${what} offers to sign in`, async (t) => {
    const { visitor, page } = await blank(all, t, { before: ({ context }) => context.route("**/pme/settings", (route) => route.fulfill(answer)) });
    await place(page);
    await becomes(page, "login_required");
    await page.getByRole("link", { name: "Sign in" }).waitFor();
    await visitor.context.unroute("**/pme/settings");
  });
}

test("what the endpoint says of its configuration is said to the visitor", async (t) => {
  const text = "Spaces cannot be shown at present. Please tell whoever runs this site.";
  const { page } = await blank(all, t, {
    before: ({ context }) => context.route("**/pme/token?*", (route) => route.fulfill({ status: 502, json: { error: "upstream_error", error_description: text } })),
  });
  await place(page);
  await page.evaluate(() => {
    window.texts = [];
    const status = document.querySelector("pme-space").shadowRoot.querySelector("[role=status]");
    new MutationObserver(() => window.texts.push(status.textContent)).observe(status, { childList: true, subtree: true });
  });
  await says(page, text);
  assert.doesNotMatch((await page.evaluate(() => window.texts)).join(), /interrupted/);
});

test("a policy that blocks the SDK is named, and not called an interruption", async (t) => {
  const { server, visitor, page } = await blank(all, t, {
    before: withHeaders((server) => ({ "Content-Security-Policy": `script-src 'self' 'unsafe-inline'; frame-src ${server.emulator}` })),
  });
  await place(page);
  await says(page, "This space cannot be shown at the moment.");
  await consoles(visitor, new RegExp(`pme: .*blocks ${server.npm}\\. Add it to script-src`));
});

test("a policy that blocks the frame is named", async (t) => {
  const { server, visitor, page } = await blank(all, t, { before: withHeaders(() => ({ "Content-Security-Policy": "frame-src 'self'" })) });
  await place(page);
  await says(page, "This space cannot be shown at the moment.");
  await consoles(visitor, new RegExp(`pme: .*blocks ${server.emulator}\\. Add it to frame-src`));
});

test("an isolated page shows a space", async (t) => {
  const { page } = await blank(all, t, {
    before: withHeaders(() => ({ "Cross-Origin-Embedder-Policy": "require-corp", "Cross-Origin-Opener-Policy": "same-origin" })),
  });
  await place(page);
  await showcase(page);
  await becomes(page, "live");
});

test("an embedder policy without an opener policy is named, and not called an interruption", async (t) => {
  const { visitor, page } = await blank(all, t, { before: withHeaders(() => ({ "Cross-Origin-Embedder-Policy": "require-corp" })) });
  await place(page);
  await page.evaluate(() => {
    window.texts = [];
    const status = document.querySelector("pme-space").shadowRoot.querySelector("[role=status]");
    new MutationObserver(() => window.texts.push(status.textContent)).observe(status, { childList: true, subtree: true });
  });
  await eventually(() => page.locator("pme-space iframe").count(), "the frame");
  await visitor.pass(13_000, 1000);
  await says(page, "This space cannot be shown at the moment.");
  await consoles(visitor, /Cross-Origin-Embedder-Policy of this page blocks Showcase\. Add Cross-Origin-Opener-Policy: same-origin/);
  await visitor.pass(120_000, 5000);
  await says(page, "This space cannot be shown at the moment.");
  assert.doesNotMatch((await page.evaluate(() => window.texts)).join(), /interrupted|longer than usual/);
  assert.doesNotMatch(visitor.console.join(), /SDK key/);
});
