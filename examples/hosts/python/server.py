"""An intranet with Flask: a login, a page with a space in it, and who is signed in, for pme."""
import os
import re
import secrets
import subprocess

from flask import Flask, abort, jsonify, redirect, render_template_string, request, session
from werkzeug.serving import make_server

PEOPLE = {  # each has the password demo
    "alice": {"id": "alice", "email": "alice@example.com", "email_verified": True, "groups": ["facilities"], "name": "Alice"},
    "bob": {"id": "bob", "email": "bob@example.com", "email_verified": True, "groups": ["research"], "name": "Bob"},
    "carol": {"id": "carol", "email": "carol@example.com", "email_verified": True, "groups": [], "name": "Carol"},
}

app = Flask(__name__)
app.secret_key = os.environ["SESSION_KEY"]
app.config.update(
    SESSION_COOKIE_NAME="intranet",
    SESSION_COOKIE_HTTPONLY=True,
    SESSION_COOKIE_SAMESITE="Lax",
    SESSION_COOKIE_SECURE=True,
)

# Flask has the whole session in the cookie, and a copy of it counts for good. So the cookie has a key here, and who that is
# is on the server: after a sign-out, the key is nobody's.
SIGNED_IN = {}

LAYOUT = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Intranet</title><link rel="icon" href="data:,">
{% if person %}<h1>Welcome, {{ person.name }}</h1>
<form method="post" action="/logout"><button>Sign out</button></form>
<script type="module" src="/pme/pme.js"></script>
<pme-space model="SxQL3iGyoDo"></pme-space>
{% else %}<h1>Sign in</h1><p>{{ problem }}</p>
<form method="post" action="/login"><input type="hidden" name="next" value="{{ next }}"><label>Name <input name="user"></label>
<label>Password <input name="password" type="password"></label> <button>Sign in</button></form>
{% endif %}</html>"""


def signed_in():
    """Who is signed in, or None."""
    return PEOPLE.get(SIGNED_IN.get(session.get("key")))


def own(path):
    """A path of this site, and of no other."""
    return path if re.fullmatch(r"/(?![/\\])[!-~]*", path or "") else "/"


@app.get("/login")
def form():
    return render_template_string(LAYOUT, next=own(request.args.get("next")))


@app.post("/login")
def login():
    user, to = request.form.get("user"), own(request.form.get("next"))
    if user not in PEOPLE or request.form.get("password") != "demo":
        return render_template_string(LAYOUT, next=to, problem="The name or the password is wrong."), 401
    session.clear()
    session["key"] = secrets.token_urlsafe()
    SIGNED_IN[session["key"]] = user
    return redirect(to, 303)


# --- what pme asks: ten lines ---
@app.get("/whoami")
def whoami():
    person = signed_in()
    if person is None:
        abort(401)
    return jsonify(
        id=person["id"],  # stable, unique, never given to another person
        email=person["email"], email_verified=person["email_verified"],
        groups=person["groups"], name=person["name"],
    )
# --- end ---


@app.get("/")
def home():
    person = signed_in()
    if person is None:
        return redirect("/login", 303)
    return render_template_string(LAYOUT, person=person), {"Cache-Control": "no-store"}


@app.post("/logout")
def logout():
    user = SIGNED_IN.pop(session.get("key"), None)
    session.clear()
    if user and "PME" in os.environ:  # tours in other tabs end now, and not within half a minute
        subprocess.run([os.environ["PME"], "revoke", "-socket", os.environ["PME_CONTROL_SOCKET"], "--", user], check=False)
    return redirect("/login", 303)


if __name__ == "__main__":
    server = make_server("127.0.0.1", int(os.environ.get("PORT", 5000)), app, threaded=True)
    print(f"http://127.0.0.1:{server.port}", flush=True)
    server.serve_forever()
