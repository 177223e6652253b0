#!/usr/bin/env bash
# Starts the example and checks that its page may read the API of the other origin, and no other page may.
set -euo pipefail
cd "$(dirname "$0")/../.."

work=$(mktemp -d)
go build -o "$work/spa" ./examples/spa
"$work/spa" -addr 127.0.0.1:0 -api 127.0.0.1:0 >"$work/out" 2>"$work/log" &
example=$!
trap 'kill "$example" 2>/dev/null || true; rm -rf "$work"' EXIT
until [ -s "$work/out" ]; do kill -0 "$example" || { cat "$work/log"; exit 1; }; sleep 0.1; done
page=$(grep -o 'http://[0-9.:]*' "$work/out")
api=$(curl -sS "$page/config.json" | sed 's/.*"pme":"\([^"]*\)".*/\1/')

allowed=$(curl -sS -o /dev/null -D - -H "Origin: $page" "${api}models")
grep -qi "^access-control-allow-origin: $page" <<<"$allowed" || { printf 'not ok: the page may not read:\n%s\n' "$allowed"; exit 1; }
foreign=$(curl -sS -o /dev/null -D - -H 'Origin: https://evil.example' "${api}models")
if grep -qi '^access-control-allow' <<<"$foreign"; then printf 'not ok: a foreign page may read:\n%s\n' "$foreign"; exit 1; fi

ready=$(curl -sS "${api%pme/}readyz")
[[ $ready == '{"status":"ok","parts":{"matterport":"ok","policy":"ok","tokens":"ok"}}' ]] || { printf 'not ok: not ready:\n%s\n' "$ready"; exit 1; }
[[ $(curl -sS "${api%pme/}livez") == '{"status":"ok"}' ]] || { echo 'not ok: not alive'; exit 1; }

kill -TERM "$example"
wait "$example"
echo 'spa: all as expected'
