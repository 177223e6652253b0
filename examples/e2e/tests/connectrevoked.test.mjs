// Tokens of connected accounts × every way to revoke. Matterport has no way to delete such a token, and some ways are about the
// application's own account only: the table says what ends instead, and the documentation why.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { ACCOUNTS, connectAtOnce } from "../connecting.mjs";
import { atMatterport, operated, recorded, reopen, signIn } from "../operated.mjs";
import { asRoot, event, revokes } from "../revoking.mjs";
import { OFFICE, becomes, eventually, here, place, settle, showcase, shown, stage } from "../stage.mjs";

const all = stage();

/** The user is signed out: the page says so, and what it has is of no use to the site. */
const signedOut = (how) => ({
  act: revokes[how].act, state: "login_required", text: /You are signed out\./, status: 401,
  records: (tour) => [
    { kind: "tokens revoked", count: undefined, ...revokes[how].says(tour) },
    { kind: "signed out", user: tour.who.user, ...revokes[how].signedOut(tour) },
  ],
});

/** Nothing ends: it is about the application's own account. */
const apart = (how, record) => ({ act: revokes[how].act, state: "live", status: 200, records: (tour) => [record(tour)] });

const policy = ({ facts }) => ({ kind: "policy changed", policy: facts.policy });
const revoked = (how) => (tour) => ({ kind: "tokens revoked", count: undefined, ...revokes[how].says(tour) });

const table = {
  person: signedOut("person"),
  session: signedOut("session"),
  logout: signedOut("logout"),
  "back channel": signedOut("back channel"),
  "admin, who deletes the connection": {
    act: async (tour) => ({ root: await asRoot(tour, "connections", { user: tour.who.user, connection: tour.id }) }),
    state: "reconnect_required", text: /has to be connected/, status: 404,
    records: ({ facts, who, id }) => [{ kind: "connection deleted", reason: "admin", by: facts.root, user: who.user, connection: id }],
  },
  model: apart("model", revoked("model")),
  everything: apart("everything", revoked("everything")),
  rule: apart("rule", policy),
  date: { ...apart("date", policy), wait: 2500 },
  webhook: { ...apart("webhook", () => ({ kind: "webhook received", reason: "deleted", models: [OFFICE] })), act: ({ server }) => event(server) },
  "Allow, which is the rule of connected accounts": {
    act: ({ server }) => server.post("allow-connect", { allowed: 0 }), state: "access_denied", text: /no longer have access/, status: 403,
    records: ({ who }) => [{ kind: "connecting refused", reason: "denied", by: undefined, user: who.user }],
  },
};

test("the documentation says what ends a tour of a connected account", () => {
  for (const [file, sentence] of [
    ["connected-accounts.md", "The allow-list, its dates, `RevokeModel`, `RevokeAll` and webhooks are about the spaces of your own account."],
    ["connected-accounts.md", "Matterport documents no way to delete a token of an OAuth application"],
    ["webhooks.md", "Models of connected accounts are not looked at"],
  ]) assert.ok(readFileSync(join(here, "../../docs", file), "utf8").includes(sentence), sentence);
});

async function begin(site) {
  const { server, visitor } = site;
  const who = await signIn(visitor, "alice");
  visitor.tokens.clear();
  const tour = { ...site, who, id: await connectAtOnce(visitor), page: await visitor.open("/blank") };
  await place(tour.page, { model: OFFICE, endpoint: ACCOUNTS + tour.id + "/" });
  tour.frame = await showcase(tour.page);
  tour.fingerprint = (await shown(tour.frame)).fingerprint;
  [tour.token] = visitor.tokens;
  await eventually(async () => (await server.counts())[`connect/${tour.id}/watch`] > 0, "the stream");
  tour.after = (await server.trail()).records.length;
  return tour;
}

async function cell(site, { act, state, text, status, records, wait = 500 }) {
  const tour = await begin(site);
  const { server, visitor, page } = tour;
  tour.facts = await act(tour);
  if (state === "live") await settle(wait); // nothing is to happen
  await becomes(page, state);
  if (text) assert.match(await page.locator("pme-space").evaluate((it) => it.shadowRoot.querySelector("[role=status]").innerText), text);
  for (const record of records(tour)) await recorded(server, tour.after, record);
  if (state === "live") assert.deepEqual(await shown(tour.frame), { state: "live", fingerprint: tour.fingerprint, refreshes: 0 }, "the same tour");
  assert.equal(await atMatterport(server, tour.token, OFFICE), "live", "until it expires");
  const answer = await visitor.context.request.get(server.site + ACCOUNTS + tour.id + "/token", { headers: { Accept: "application/json" } });
  assert.equal(answer.status(), status);
  assert.equal((await server.trail()).problems, null, "the trail is whole");
  await page.close();
  await server.post("allow-connect", { allowed: 1 });
  await server.post("disconnect", { user: tour.who.user });
}

test("tokens of connected accounts", async (t) => {
  const site = await operated(all, t);
  site.visitor = await all.visitor(t, site.server, { clock: false, user: "" });
  for (const [how, row] of Object.entries(table)) {
    await t.test("revoked by " + how, () => cell(site, row));
    await reopen(site.server);
  }
});
