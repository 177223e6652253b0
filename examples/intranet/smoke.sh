#!/usr/bin/env bash
# Uses the intranet as a newcomer with curl would, on a free port, and fails where an answer is not the
# expected one.
set -euo pipefail
cd "$(dirname "$0")/../.."

work=$(mktemp -d)
go build -o "$work/intranet" ./examples/intranet
"$work/intranet" -addr 127.0.0.1:0 >"$work/out" 2>"$work/log" &
intranet=$!
trap 'kill "$intranet" 2>/dev/null || true; rm -rf "$work"' EXIT
until [ -s "$work/out" ]; do kill -0 "$intranet" || { cat "$work/log"; exit 1; }; sleep 0.1; done
site=$(grep -o 'http://[0-9.:]*' "$work/out")

expect() { # WHAT WANTED GOT
  if [[ $3 == *"$2"* ]]; then echo "ok: $1"; else printf 'not ok: %s: want %s, got:\n%s\n' "$1" "$2" "$3"; exit 1; fi
}
as() { curl -sS -b "$work/$1" -c "$work/$1" "${@:2}"; }
status='%{http_code} %{redirect_url}'

for who in alice bob carol; do
  expect "$who signs in" "303 $site/" "$(as $who -o /dev/null -w "$status" -d "username=$who&password=demo" "$site/login")"
done
expect 'a wrong password' 401 "$(as mallory -o /dev/null -w "$status" -d 'username=alice&password=wrong' "$site/login")"
expect 'a token for alice' '"token_type":"Bearer","expires_in":' "$(as alice "$site/pme/token?modelId=SxQL3iGyoDo")"
expect 'the same token again' "$(as alice "$site/pme/token?modelId=SxQL3iGyoDo" | cut -d, -f1)" "$(as alice "$site/pme/token?modelId=SxQL3iGyoDo")"
expect 'a space of bob' '"error":"access_denied"' "$(as alice "$site/pme/token?modelId=Zh14WDtkjdC")"
expect 'an invented space' "$(as alice "$site/pme/token?modelId=Zh14WDtkjdC")" "$(as alice "$site/pme/token?modelId=XXXXXXXXXXX")"
expect 'no model' '"error":"invalid_request"' "$(as alice "$site/pme/token")"
expect 'a link' '"link":"http' "$(as alice "$site/pme/link?modelId=SxQL3iGyoDo")"
expect 'models of carol' '"name":"Data centre"' "$(as carol "$site/pme/models")"
expect 'the gallery' 'view/SxQL3iGyoDo' "$(as alice "$site/pme/")"
expect 'a view' '<pme-space model="SxQL3iGyoDo"' "$(as alice "$site/pme/view/SxQL3iGyoDo")"
expect 'unauthenticated, by script' '"error":"login_required"' "$(curl -sS "$site/pme/token?modelId=SxQL3iGyoDo")"
expect 'unauthenticated, by page' "302 $site/login?next=%2Fpme%2Fview%2FSxQL3iGyoDo" \
  "$(curl -sS -o /dev/null -w "$status" -H 'Accept: text/html' "$site/pme/view/SxQL3iGyoDo")"
expect 'it is alive' '{"status":"ok"} 200' "$(curl -sS -w '%{http_code}' "$site/livez" | tr '\n' ' ')"
expect 'and ready' '{"status":"ok","parts":{"matterport":"ok","policy":"ok","sessions":"ok","tokens":"ok"}}' "$(curl -sS "$site/readyz")"
expect 'probes only look' 405 "$(curl -sS -o /dev/null -w "$status" -X POST "$site/readyz")"
cp "$work/alice" "$work/copy"
expect 'alice signs out' "303 $site/login" "$(as alice -o /dev/null -w "$status" -X POST "$site/logout")"
expect 'a copy of her cookie' '"error":"login_required"' "$(as copy "$site/pme/token?modelId=SxQL3iGyoDo")"

kill -TERM "$intranet"
wait "$intranet"
expect 'no secret in the log' 'nothing' "$(grep -E 'demo-secret|access_token' "$work/log" || echo nothing)"
echo 'intranet: all as expected'
