// The ways in which a tour is ended, and what the audit trail says of each.
import assert from "node:assert/strict";
import { SHUT, until } from "./operated.mjs";
import { OFFICE } from "./stage.mjs";

// The application calls pme, for the help desk.
const by = (what) => ({ server, who }) => server.post("revoke-by", { what, ...who, model: OFFICE });

/** Matterport tells that the office is deleted. */
export async function event(server) {
  const answer = await fetch(server.site + "/matterport-events", {
    method: "POST",
    headers: { "Content-Type": "application/json", Authorization: "Basic " + btoa("matterport:the secret of the e2e webhook") },
    body: JSON.stringify({ modelId: OFFICE, version: 2, webhookId: "one", webhookCustomKey: "", timestamp: new Date().toISOString(), type: "deleted", body: {} }),
  });
  assert.equal(answer.status, 204);
}

/** The administrator root sends a form. Resolves to the ID of root. */
export async function asRoot({ root, server }, path, form) {
  const answer = await root.context.request.post(server.site + "/pme-admin/" + path, { form, headers: { Accept: "application/json" } });
  assert.equal(answer.status(), 200, await answer.text());
  return root.who.user;
}

/**
 * What each does (act, which may resolve to facts), how the page ends, and what the record "tokens revoked" has. Where
 * sessions end, signedOut is what the record "signed out" has besides the user. A field that is undefined is not there: no
 * one did it but the user, the provider, a rule or Matterport, as the reason says.
 */
export const revokes = {
  person: {
    act: by("person"), page: "signed out",
    says: ({ who }) => ({ reason: "user", by: "helpdesk", user: who.user, session: undefined }),
    signedOut: () => ({ reason: "ended", by: "helpdesk" }),
  },
  session: {
    act: by("session"), page: "signed out",
    says: ({ who }) => ({ reason: "session", by: "helpdesk", user: who.user, session: who.session }),
    signedOut: ({ who }) => ({ reason: "ended", by: "helpdesk", session: who.session }),
  },
  model: {
    act: by("model"), page: "another",
    says: () => ({ reason: "model", by: "helpdesk", models: [OFFICE], names: ["Head office"] }),
  },
  rule: {
    act: ({ server }) => ({ policy: server.write(SHUT) }), page: "withdrawn",
    says: ({ who, models, facts }) => ({ reason: "rule", by: undefined, user: who.user, session: who.session, models, exact: true, policy: facts.policy }),
  },
  date: {
    act: ({ server }) => ({ policy: server.write(until(new Date(Date.now() + 2000))) }), page: "withdrawn",
    says: ({ who, models, facts }) => ({ reason: "date", by: undefined, user: who.user, session: who.session, models, exact: true, policy: facts.policy }),
  },
  admin: {
    act: async (tour) => ({ root: await asRoot(tour, "revoke", { user: tour.who.user }) }),
    page: "signed out",
    says: ({ who, facts }) => ({ reason: "admin", by: facts.root, user: who.user, session: undefined }),
    signedOut: ({ facts }) => ({ reason: "ended", by: facts.root }),
  },
  logout: {
    act: async ({ visitor, server }) => { // the browser does, in another tab
      const answer = await visitor.context.request.post(server.site + "/auth/logout");
      assert.match(await answer.text(), /You are signed out\./);
    },
    page: "signed out",
    says: ({ who }) => ({ reason: "logout", by: undefined, user: who.user, session: who.session }),
    signedOut: ({ who }) => ({ reason: "logout", by: undefined, session: who.session }),
  },
  "back channel": {
    act: ({ server }) => server.post("back-channel", { user: "alice" }), page: "signed out",
    says: ({ who }) => ({ reason: "backchannel", by: undefined, user: who.user }),
    signedOut: () => ({ reason: "backchannel", by: undefined }),
  },
  everything: {
    act: by("everything"), page: "another",
    says: () => ({ reason: "everything", by: "helpdesk", user: undefined, models: undefined }),
  },
  webhook: { // the last one: the space is gone afterwards
    act: async ({ server }) => {
      await server.post("space", { model: OFFICE, gone: 1 });
      await event(server);
    },
    page: "gone",
    says: () => ({ reason: "webhook", by: undefined, user: undefined, models: [OFFICE], names: ["Head office"] }),
  },
};

/** What a page says at its end, by the state of its spaces, and what the site answers to a request for a token. */
export const pages = {
  "signed out": { state: "login_required", text: /You are signed out\./, status: 401 },
  withdrawn: { state: "access_denied", text: /You no longer have access to this space\./, status: 403 },
  gone: { state: "model_not_found", text: /This space is no longer available\./, status: 404 },
  another: { state: "live", status: 200 }, // whoever is signed in and allowed gets another token, and the tour begins anew
};
