// A site as operators run it: its login is a provider's, its allow-list a file, and it has an audit trail, webhooks and administrators.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually } from "./stage.mjs";

/** Everyone whose address is of example.com sees all spaces. */
export const OPEN = `rules:\n  - domains: [example.com]\n    models: ["*"]\n`;
/** The same, until a time. */
export const until = (time) => OPEN + `    until: ${time.toISOString()}\n`;
/** Nobody whom the provider knows sees any. */
export const SHUT = `rules:\n  - users: [nobody]\n    models: ["*"]\n`;

/** Starts such a site, and signs root in. */
export async function operated(all, t) {
  const dir = mkdtempSync(join(tmpdir(), "pme-e2e-allow-"));
  t.after(() => rmSync(dir, { recursive: true }));
  const file = join(dir, "allow.yaml");
  writeFileSync(file, OPEN);
  const server = await all.serve(t, "-sdk", "own", "-operated", file);
  Object.assign(server, {
    /** Replaces the allow-list as an editor does. Resolves to the version. */
    write: (text) => {
      writeFileSync(file + ".new", text);
      renameSync(file + ".new", file);
      return createHash("sha256").update(text).digest("hex").slice(0, 12);
    },
    trail: async () => (await fetch(server.site + "/test/trail")).json(),
  });
  const root = await all.visitor(t, server, { clock: false, user: "" });
  root.who = await signIn(root, "root");
  return { server, root };
}

/** Everyone may see everything again, and no one has a token. */
export async function reopen(server) {
  await server.post("revoke-by", { what: "everything" });
  const { records } = await server.trail();
  const version = server.write(OPEN);
  if ((records.findLast((record) => record.kind === "policy changed")?.policy ?? version) === version) return;
  await recorded(server, records.length, { kind: "policy changed", policy: version });
}

/**
 * Signs in at the provider. Resolves to what the site knows of the person. A logout by the back channel ends every session that
 * the provider has begun until the end of that second: a person who is so quick signs in again.
 */
export const signIn = (visitor, username) => eventually(async () => {
  const { request } = visitor.context;
  const { site } = visitor.server;
  const form = await request.get(site + "/auth/login");
  const id = new URL(form.url()).searchParams.get("authRequestID");
  await request.post(new URL("/signin", form.url()).href, { form: { id, username, password: "demo" } });
  const who = await request.get(site + "/test/whoami", { headers: { Accept: "application/json" } });
  return who.ok() && who.json();
}, "the sign-in of " + username);

/** What Matterport says of a token: "live", or why it opens the space no more. */
export async function atMatterport(server, token, model) {
  const answer = await fetch(`${server.emulator}/show/status?m=${model}`, { headers: { Authorization: "Bearer " + token } });
  const { access, reason } = await answer.json();
  return access ? "live" : reason;
}

/** Waits for a record that has these values, among those after the first ones. Resolves to it. */
export function recorded(server, after, wanted) {
  let seen = [];
  return eventually(async () => {
    seen = (await server.trail()).records.slice(after);
    return seen.find((record) => Object.entries(wanted).every(([name, value]) => {
      try {
        assert.deepEqual(record[name], value);
        return true;
      } catch {
        return false;
      }
    }));
  }, `the record ${JSON.stringify(wanted)}`).catch((error) => {
    error.message += " among\n" + seen.map((record) => JSON.stringify(record)).join("\n");
    throw error;
  });
}
