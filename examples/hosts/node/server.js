// An intranet with Express: a login, a page with a space in it, and who is signed in, for pme.
import { execFile } from "node:child_process";
import { createHmac, randomUUID } from "node:crypto";
import express from "express";
import session from "express-session";

const people = { // each has the password demo
  alice: { id: "alice", email: "alice@example.com", email_verified: true, groups: ["facilities"], name: "Alice" },
  bob: { id: "bob", email: "bob@example.com", email_verified: true, groups: ["research"], name: "Bob" },
  carol: { id: "carol", email: "carol@example.com", email_verified: true, groups: [], name: "Carol" },
};

const app = express();
app.disable("x-powered-by");
app.use(session({
  name: "intranet", secret: process.env.SESSION_KEY, resave: false, saveUninitialized: false,
  cookie: { path: "/", httpOnly: true, secure: true, sameSite: "lax" },
  proxy: true, // nginx or Caddy in front speaks TLS
}));

const layout = (content) => `<!doctype html><html lang="en"><meta charset="utf-8"><title>Intranet</title>
<link rel="icon" href="data:,">${content}</html>`;
const form = (next, problem = "") => layout(`<h1>Sign in</h1><p>${problem}</p><form method="post" action="/login">
<input type="hidden" name="next" value="${escape(next)}"><label>Name <input name="user"></label>
<label>Password <input name="password" type="password"></label> <button>Sign in</button></form>`);
const escape = (text) => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
const own = (path) => /^\/(?![/\\])[!-~]*$/.test(path ?? "") ? path : "/"; // a path of this site, and of no other

app.get("/login", (req, res) => res.send(form(own(req.query.next))));
app.post("/login", express.urlencoded({ extended: false }), (req, res, next) => {
  const { user, password, next: to } = req.body ?? {};
  if (!Object.hasOwn(people, user) || password !== "demo") {
    return res.status(401).send(form(own(to), "The name or the password is wrong."));
  }
  req.session.regenerate((problem) => { // never a session that was there before
    if (problem) return next(problem);
    Object.assign(req.session, { user, name: randomUUID(), since: Math.floor(Date.now() / 1000) });
    if (JWT_KEY) remember(req, res);
    res.redirect(303, own(to));
  });
});

// --- what pme asks: ten lines ---
app.get("/whoami", (req, res) => {
  const person = people[req.session.user];
  if (!person) return res.status(401).end();
  res.json({
    id: person.id, // stable, unique, never given to another person
    email: person.email, email_verified: person.email_verified,
    groups: person.groups, name: person.name,
  });
});
// --- end ---

// --- the other way, for login.jwt: a cookie for pme that says who is signed in, for ten minutes at a time ---
const JWT_KEY = process.env.JWT_KEY ?? ""; // at least 32 bytes, and for this alone
const remember = (req, res) => {
  const { id, ...person } = people[req.session.user];
  const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const now = Math.floor(Date.now() / 1000);
  const signed = part({ alg: "HS256", typ: "JWT" }) + "." + part({
    iss: "intranet", aud: "pme", sub: id, sid: req.session.name, auth_time: req.session.since, iat: now, exp: now + 600, ...person,
  });
  const value = signed + "." + createHmac("sha256", JWT_KEY).update(signed).digest("base64url");
  res.cookie("pme", value, { path: "/pme", httpOnly: true, secure: true, sameSite: "lax" });
};
app.post("/renew", (req, res) => { // pages ask every few minutes
  if (!people[req.session.user]) return res.sendStatus(401);
  remember(req, res);
  res.sendStatus(204);
});
const renewing = '<script>setInterval(() => fetch("/renew", { method: "POST" }), 240_000)</script>';
// --- end ---

app.get("/", (req, res) => {
  const person = people[req.session.user];
  if (!person) return res.redirect(303, "/login");
  if (JWT_KEY) remember(req, res);
  res.set("Cache-Control", "no-store").send(layout(`${JWT_KEY && renewing}<h1>Welcome, ${person.name}</h1>
<form method="post" action="/logout"><button>Sign out</button></form>
<script type="module" src="/pme/pme.js"></script>
<pme-space model="SxQL3iGyoDo"></pme-space>`));
});

app.post("/logout", (req, res, next) => {
  const user = req.session.user;
  req.session.destroy((problem) => {
    if (problem) return next(problem);
    res.clearCookie("intranet", { path: "/" }).clearCookie("pme", { path: "/pme" });
    const done = () => res.redirect(303, "/login");
    const { PME, PME_CONTROL_SOCKET } = process.env;
    if (!user || !PME) return done();
    execFile(PME, ["revoke", "-socket", PME_CONTROL_SOCKET, "--", user], done); // tours in other tabs end now, and not within half a minute
  });
});

const server = app.listen(Number(process.env.PORT ?? 3000), "127.0.0.1", () => {
  console.log(`http://127.0.0.1:${server.address().port}`);
});
