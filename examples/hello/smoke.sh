#!/usr/bin/env bash
# Signs in to the hello example with curl and opens a space, on a free port.
set -euo pipefail
cd "$(dirname "$0")/../.."

work=$(mktemp -d)
go build -o "$work/hello" ./examples/hello
touch "$work/log"
ADDR=127.0.0.1:0 "$work/hello" 2>"$work/log" &
hello=$!
trap 'kill "$hello" 2>/dev/null || true; rm -rf "$work"' EXIT
until grep -q 'sign in as alice' "$work/log"; do kill -0 "$hello" || { cat "$work/log"; exit 1; }; sleep 0.1; done
site=$(grep -o 'http://[0-9.:]*' "$work/log" | tail -1)

expect() { # WHAT WANTED GOT
  if [[ $3 == *"$2"* ]]; then echo "ok: $1"; else printf 'not ok: %s: want %s, got:\n%s\n' "$1" "$2" "$3"; exit 1; fi
}
as() { curl -sS -b "$work/cookies" -c "$work/cookies" -H 'Accept: text/html' "$@"; }
where='%{http_code} %{redirect_url}'

expect 'a visitor is led to the login' "302 $site/login?next=%2Fpme%2Fview%2FSxQL3iGyoDo" "$(as -o /dev/null -w "$where" "$site/pme/view/SxQL3iGyoDo")"
expect 'the login asks' '<form method=post>' "$(as "$site/login?next=/pme/view/SxQL3iGyoDo")"
expect 'signing in leads back' "303 $site/pme/view/SxQL3iGyoDo" "$(as -o /dev/null -w "$where" -d user=alice "$site/login?next=/pme/view/SxQL3iGyoDo")"
expect 'the space' '<pme-space model="SxQL3iGyoDo"' "$(as "$site/pme/view/SxQL3iGyoDo")"
expect 'its token' '"token_type":"Bearer","expires_in":' "$(as "$site/pme/token?modelId=SxQL3iGyoDo")"
expect 'bob signs in' "303 $site/" "$(as -o /dev/null -w "$where" -d user=bob "$site/login")"
expect 'bob may not see it' '"error":"access_denied"' "$(as -H 'Accept: application/json' "$site/pme/token?modelId=SxQL3iGyoDo")"

kill -TERM "$hello"
wait "$hello"
echo 'hello: all as expected'
