// Every kind of token × every way to revoke it: the tour ends, Matterport accepts the token no more, and the audit trail
// says who did it. Where a cell cannot be, the table of connected accounts says why not, and what happens instead.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ACCOUNTS, connectAtOnce } from "../connecting.mjs";
import { atMatterport, operated, recorded, reopen, signIn } from "../operated.mjs";
import { asRoot, event, pages, revokes } from "../revoking.mjs";
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

/** The same in an iframe of the page's own, which nothing renews. */
const andAnIframe = (open) => async (tour) => {
  const frames = await open(tour);
  await tour.page.evaluate(async (model) => {
    const { link } = await (await fetch("/pme/link?modelId=" + model)).json();
    document.body.append(Object.assign(document.createElement("iframe"), { src: link }));
  }, OFFICE);
  const frame = await (await tour.page.locator("body > iframe").elementHandle()).contentFrame();
  await eventually(() => frame.evaluate(() => document.body?.dataset.state === "live").catch(() => false), "the tour");
  return [...frames, frame];
};

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
  "a plain link": { models: [OFFICE], open: andAnIframe(spaces({ model: OFFICE, "sdk-key": "" })) },
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
async function begin(site, kind) {
  const { server, visitor } = site;
  const who = await signIn(visitor, "alice");
  visitor.tokens.clear();
  const tour = { ...site, who, page: await visitor.open("/blank"), models: kind.models };
  tour.frames = await kind.open(tour);
  tour.fingerprints = await Promise.all(tour.frames.map(async (frame) => (await shown(frame)).fingerprint));
  tour.token = new URL(tour.frames[0].url()).searchParams.get("auth")?.slice("Bearer ".length) ?? [...visitor.tokens][0];
  tour.after = (await server.trail()).records.length;
  return tour;
}

const dark = (frame) => frame.isDetached() || frame.evaluate(() => document.body.dataset.state === "dark").catch(() => true);

/** All spaces of the page say that they have ended, and no frame shows what it showed. */
async function wantEnded({ page, frames, fingerprints }, { state, text }) {
  const elements = page.locator("pme-space");
  await eventually(async () => (await elements.evaluateAll((all) => all.map((it) => it.state))).every((it) => it === state), "the state " + state);
  const said = await elements.evaluateAll((all) => all.map((it) => it.shadowRoot.querySelector("[role=status]").innerText));
  for (const one of text ? said : []) assert.match(one, text);
  for (const frame of frames) await eventually(() => dark(frame), "the end of the tour");
  for (let nth = 0; state === "live" && nth < said.length; nth++) {
    assert.notEqual((await shown(await showcase(page, { nth }))).fingerprint, fingerprints[nth]);
  }
}

/** What the site answers to a request for a token of the tour's kind. */
const asked = ({ visitor, server, models }, path = "/pme/token?" + new URLSearchParams(models.map((id) => ["modelId", id]))) =>
  visitor.context.request.get(server.site + path, { headers: { Accept: "application/json" } });

async function wantRecords(tour, { says, signedOut }) {
  const { server, after, who, models } = tour;
  const revoked = says(tour);
  await recorded(server, after, { kind: "tokens revoked", ...revoked }); // the count is that of all sessions whose tokens the model has
  await recorded(server, after, { kind: "space viewed", user: who.user, session: who.session, models, reason: revoked.reason, by: revoked.by });
  if (signedOut) await recorded(server, after, { kind: "signed out", user: who.user, ...signedOut(tour) });
  assert.equal((await server.trail()).problems, null, "the trail is whole");
}

/** One cell of the table. */
async function cell(site, kind, revoke) {
  const tour = await begin(site, kind);
  const { server } = site;
  const page = pages[revoke.page];
  if (kind.away) await server.post("matterport", { down: 1 });
  tour.facts = await revoke.act(tour);
  if (kind.away) await withoutMatterport(tour, revoke, page);
  await wantRecords(tour, revoke);
  await kind.later?.(tour);
  await wantEnded(tour, page);
  await server.post("space", { model: OFFICE, name: "Head office" });
  await eventually(async () => await atMatterport(server, tour.token, OFFICE) === "revoked", "the end of the token at Matterport");
  const answer = await asked(tour);
  assert.equal(answer.status(), page.status);
  if (answer.ok()) assert.notEqual((await answer.json()).access_token, tour.token);
  await tour.page.close();
}

/** While Matterport is away, the trail has it and the page says so. Only whether a space is gone, it alone can say. */
async function withoutMatterport(tour, { page }, { state }) {
  const { server, after } = tour;
  if (page !== "gone") await recorded(server, after, { kind: "tokens revoked" });
  if (page === "signed out" || page === "withdrawn") await becomes(tour.page, state);
  await server.post("matterport", { down: 0 });
}

describe("tokens of the application's own account", { concurrency: 3 }, () => {
  for (const [name, kind] of Object.entries(kinds)) {
    test(name, async (t) => {
      const site = await operated(all, t);
      site.visitor = await all.visitor(t, site.server, { clock: false, user: "" });
      await kind.before?.(site.visitor);
      for (const [how, revoke] of Object.entries(revokes)) {
        await t.test(`${name}, revoked by ${how}`, () => cell(site, kind, revoke));
        await reopen(site.server);
      }
    });
  }
});
