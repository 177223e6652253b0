#!/usr/bin/env bash
# Starts the example and signs in at its provider as a newcomer with curl would.
set -euo pipefail
cd "$(dirname "$0")/../.."

work=$(mktemp -d)
go build -o "$work/oidc" ./examples/oidc
"$work/oidc" -addr 127.0.0.1:0 >"$work/out" 2>"$work/log" &
example=$!
trap 'kill "$example" 2>/dev/null || true; rm -rf "$work"' EXIT
until [ -s "$work/out" ]; do kill -0 "$example" || { cat "$work/log"; exit 1; }; sleep 0.1; done
site=$(grep -o 'http://[0-9.:]*' "$work/out")

expect() { # WHAT WANTED GOT
  if [[ $3 == *"$2"* ]]; then echo "ok: $1"; else printf 'not ok: %s: want %s, got:\n%s\n' "$1" "$2" "$3"; exit 1; fi
}
browse() { curl -sS -L -b "$work/jar" -c "$work/jar" -H 'Accept: text/html' "$@"; }

form=$(browse -w '\n%{url_effective}' "$site/pme/")
expect 'an unauthenticated visitor is sent to the provider' 'Identity provider' "$form"
id=$(sed -n 's/.*name="id" value="\([^"]*\)".*/\1/p' <<<"$form")
provider=$(tail -n 1 <<<"$form" | grep -o '^http://[0-9.:]*')
expect 'and comes back to the gallery' 'view/SxQL3iGyoDo' \
  "$(browse --data-urlencode "id=$id" -d 'username=alice&password=demo' "$provider/signin")"
expect 'a token for the facilities' '"expires_in":' "$(curl -sS -b "$work/jar" "$site/pme/token?modelId=SxQL3iGyoDo")"
expect 'none for research' '"error":"access_denied"' "$(curl -sS -b "$work/jar" "$site/pme/token?modelId=Zh14WDtkjdC")"
expect 'it is alive' '{"status":"ok"}' "$(curl -sS "$site/livez")"
expect 'and ready' '{"status":"ok","parts":{"login":"ok","matterport":"ok","policy":"ok","tokens":"ok"}}' "$(curl -sS "$site/readyz")"
cp "$work/jar" "$work/copy"
expect 'signing out ends at a page that says so' 'You are signed out.' "$(browse -d '' "$site/auth/logout")"
expect 'nothing after signing out' '"error":"login_required"' "$(curl -sS -b "$work/copy" "$site/pme/token?modelId=SxQL3iGyoDo")"
expect 'the tour has ended' '1 of 1 deleted at Matterport' "$(cat "$work/log")"

kill -TERM "$example"
wait "$example"
echo 'oidc: all as expected'
