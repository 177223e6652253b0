// Every kind of token × every way to revoke it: the tour ends, Matterport accepts the token no more, and the audit trail
// says who did it. Where a cell cannot be, the table of connected accounts says why not, and what happens instead.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ACCOUNTS, connectAtOnce } from "../connecting.mjs";
import { OPEN, atMatterport, operated, recorded, signIn } from "../operated.mjs";
import { asRoot, pages, revokes } from "../revoking.mjs";
import { OFFICE, WAREHOUSE, becomes, eventually, place, settle, showcase, shown, stage } from "../stage.mjs";

const all = stage();
const BOTH = [OFFICE, WAREHOUSE];

/** Spaces on a page, by the attributes of each. */
const spaces = (...attributes) => async ({ page }) => {
  for (const one of attributes) await place(page, one);
  const frames = [];
  for (const nth of attributes.keys()) frames.push(await showcase(page, { nth }));
  return frames;
};

/** A plain iframe with a link. */
async function iframe({ page }) {
  await page.evaluate(async (model) => {
    const { link } = await (await fetch("/pme/link?modelId=" + model)).json();
    document.body.append(Object.assign(document.createElement("iframe"), { src: link }));
  }, OFFICE);
  const frame = await (await page.locator("iframe").elementHandle()).contentFrame();
  await eventually(() => frame.evaluate(() => document.body?.dataset.state === "live").catch(() => false), "the tour");
  return [frame];
}

/** The page's time passes, and the server's does not. */
async function aMinute({ visitor }) {
  for (let n = 0; n < 6; n++) {
    await visitor.context.clock.runFor(10_000);
    await settle();
  }
}

const kinds = {
  "one space": { models: [OFFICE], open: spaces({ model: OFFICE }) },
  "several spaces": { models: BOTH, open: spaces({ model: BOTH.join(" ") }, { model: BOTH.toReversed().join(" ") }) },
  "a space without an SDK key": { models: [OFFICE], open: spaces({ model: OFFICE, "sdk-key": "" }) },
  "a plain iframe": { models: [OFFICE], open: iframe, plain: true },
  "a page that gets no stream": {
    models: [OFFICE], open: spaces({ model: OFFICE }), later: aMinute,
    before: async ({ context }) => {
      await context.clock.install();
      await context.route("**/pme/watch?*", (route) => route.abort());
    },
  },
  "one space, while Matterport is away": { models: [OFFICE], open: spaces({ model: OFFICE }), away: true },
};

/** Opens a page of alice, who has just signed in. */
async function begin(t, server, kind) {
  const visitor = await all.visitor(t, server, { clock: false, user: "" });
  await kind.before?.(visitor);
  const who = await signIn(visitor, "alice");
  const page = await visitor.open("/blank");
  const tour = { all, t, server, visitor, who, page, models: kind.models };
  tour.frames = await kind.open(tour);
  tour.fingerprints = await Promise.all(tour.frames.map(async (frame) => (await shown(frame)).fingerprint));
  tour.token = new URL(tour.frames[0].url()).searchParams.get("auth")?.slice("Bearer ".length) ?? [...visitor.tokens][0];
  tour.after = (await server.trail()).records.length;
  return tour;
}

const dark = (frame) => frame.isDetached() || frame.evaluate(() => document.body.dataset.state === "dark").catch(() => true);

/** All spaces of the page say that they have ended, and no frame shows what it showed. */
async function wantEnded({ page, frames, fingerprints }, { plain }, { state, text }) {
  if (!plain) {
    const elements = page.locator("pme-space");
    await eventually(async () => (await elements.evaluateAll((all) => all.map((it) => it.state))).every((it) => it === state), "the state " + state);
    const said = await elements.evaluateAll((all) => all.map((it) => it.shadowRoot.querySelector("[role=status]").innerText));
    for (const one of text ? said : []) assert.match(one, text);
  }
  for (const frame of frames) await eventually(() => dark(frame), "the end of the tour");
  if (plain || state !== "live") return;
  for (const [nth, before] of fingerprints.entries()) assert.notEqual((await shown(await showcase(page, { nth }))).fingerprint, before);
}

/** What the site answers to a request for a token of the tour's kind. */
const asked = ({ visitor, server, models }, path = "/pme/token?" + new URLSearchParams(models.map((id) => ["modelId", id]))) =>
  visitor.context.request.get(server.site + path, { headers: { Accept: "application/json" } });

async function wantRecords(tour, { says, signedOut }) {
  const { server, after, who, models } = tour;
  const revoked = says(tour);
  await recorded(server, after, { kind: "tokens revoked", count: 1, ...revoked });
  await recorded(server, after, { kind: "space viewed", user: who.user, session: who.session, models, reason: revoked.reason, by: revoked.by });
  if (signedOut) await recorded(server, after, { kind: "signed out", user: who.user, ...signedOut(tour) });
  assert.equal((await server.trail()).problems, null, "the trail is whole");
}

/** One cell of the table. */
async function cell(t, server, kind, revoke) {
  const tour = await begin(t, server, kind);
  const page = pages[revoke.page];
  if (kind.away) await server.post("matterport", { down: 1 });
  tour.facts = await revoke.act(tour);
  if (kind.away) {
    if (revoke.page !== "gone") await recorded(server, tour.after, { kind: "tokens revoked" }); // Matterport says whether a space is gone
    if (revoke.page === "signed out" || revoke.page === "withdrawn") await becomes(tour.page, page.state);
    await server.post("matterport", { down: 0 });
  }
  await wantRecords(tour, revoke);
  await kind.later?.(tour);
  await wantEnded(tour, kind, page);
  await server.post("space", { model: OFFICE, name: "Head office" });
  await eventually(async () => await atMatterport(server, tour.token, OFFICE) === "revoked", "the end of the token at Matterport");
  const answer = await asked(tour);
  assert.equal(answer.status(), page.status);
  if (answer.ok()) assert.notEqual((await answer.json()).access_token, tour.token);
  await tour.visitor.context.close();
}

/** Everyone may see everything again. */
async function reopen(server) {
  const { records } = await server.trail();
  const version = server.write(OPEN);
  if ((records.findLast((record) => record.kind === "policy changed")?.policy ?? version) === version) return;
  await recorded(server, records.length, { kind: "policy changed", policy: version });
}

describe("tokens of the application's own account", { concurrency: 3 }, () => {
  for (const [name, kind] of Object.entries(kinds)) {
    test(name, async (t) => {
      const server = await operated(all, t);
      for (const [how, revoke] of Object.entries(revokes)) {
        await t.test(`${name}, revoked by ${how}`, (t) => cell(t, server, kind, revoke));
        await reopen(server);
      }
    });
  }
});
